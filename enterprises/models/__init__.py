"""The working copy that editors and the council change, and the publications made from it."""

from enterprises.models.admission import CriterionAnswer, ProofFile
from enterprises.models.alert import Alert
from enterprises.models.claims import Claim, Editorship, Invitation, MailedCode
from enterprises.models.confirmations import ConfirmationRequest
from enterprises.models.duplicates import DuplicatePair
from enterprises.models.enterprise import BuyerFacts, Enterprise, FormerSlug, Link, Offer, Opening, SectorOf
from enterprises.models.evidence import Evidence, MarkOf
from enterprises.models.export import Export
from enterprises.models.forgetting import ForgettingNotice
from enterprises.models.imports import Import, ImportRow, Suggestion
from enterprises.models.inquiry import Inquiry, InquiryAbuse, InquiryRecipient
from enterprises.models.mail import Mail
from enterprises.models.missed import MissedSearch
from enterprises.models.people import ErrorReport, User
from enterprises.models.photo import Photo
from enterprises.models.place import HoursException, OpeningHours, Place
from enterprises.models.proposal import Draft, Look, Message, Proposal, ReasonText, SectionPolicy
from enterprises.models.publication import Publication, Withdrawal
from enterprises.models.register import RegisterDifference, RegisterReading
from enterprises.models.report import StoredReport
from enterprises.models.shortlist import Shortlist, ShortlistItem, ShortlistLink
from enterprises.models.synonyms import SynonymGroup
from enterprises.models.taxonomy import District, LegalForm, Mark, Mission, Ownership, Sector, Term
from enterprises.models.term_changes import TermChange
from enterprises.models.texts import PageText, PageTextVersion, Threshold
from enterprises.models.visits import ProfileCount

__all__ = [
    "Alert",
    "BuyerFacts",
    "Claim",
    "ConfirmationRequest",
    "CriterionAnswer",
    "District",
    "Draft",
    "DuplicatePair",
    "Editorship",
    "Enterprise",
    "ErrorReport",
    "Evidence",
    "Export",
    "ForgettingNotice",
    "FormerSlug",
    "HoursException",
    "Import",
    "ImportRow",
    "Inquiry",
    "InquiryAbuse",
    "InquiryRecipient",
    "Invitation",
    "LegalForm",
    "Link",
    "Look",
    "Mail",
    "MailedCode",
    "Mark",
    "MarkOf",
    "Message",
    "MissedSearch",
    "Mission",
    "Offer",
    "Opening",
    "OpeningHours",
    "Ownership",
    "PageText",
    "PageTextVersion",
    "Photo",
    "Place",
    "ProfileCount",
    "ProofFile",
    "Proposal",
    "Publication",
    "ReasonText",
    "RegisterDifference",
    "RegisterReading",
    "SectionPolicy",
    "Sector",
    "SectorOf",
    "Shortlist",
    "ShortlistItem",
    "ShortlistLink",
    "StoredReport",
    "Suggestion",
    "SynonymGroup",
    "Term",
    "TermChange",
    "Threshold",
    "User",
    "Withdrawal",
]

"""The closed lists of the domain. A leaf module: it imports nothing of ours."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    ENTERPRISE = "enterprise", _("Virksomhed")
    ORGANISATION = "organisation", _("Netværk eller organisation")


class Roof(TextChoices):
    """Roof shapes of the drawn houses; each form of ownership has its own."""

    GABLE = "gable", _("Gavl")
    STEP = "step", _("Kamtakket gavl")
    SADDLE = "saddle", _("Saddeltag med kviste")
    BELL = "bell", _("Svungen gavl")
    MANSARD = "mansard", _("Mansardtag")
    DOME = "dome", _("Kuppel")
    FLAT = "flat", _("Fladt tag")


class Audience(TextChoices):
    CITIZENS = "citizens", _("Borgere")
    COMPANIES = "companies", pgettext_lazy("målgruppe", "Virksomheder")
    PUBLIC = "public", _("Det offentlige")


class OpeningKind(TextChoices):
    """Ways in. The Danish schemes keep their Danish names as values: they have no English equals."""

    JOB = "job", _("Job")
    FLEKSJOB = "fleksjob", _("Fleksjob")
    MINI_FLEKSJOB = "mini-fleksjob", _("Fleksjob på få timer")
    SMAAJOB = "smaajob", _("Småjob og få timer")
    SKAANEJOB = "skaanejob", _("Skånejob")
    LOENTILSKUD = "loentilskud", _("Løntilskud")
    PRAKTIK = "praktik", _("Virksomhedspraktik")
    LAERLING = "laerling", _("Lærling eller elev")
    FRITIDSJOB = "fritidsjob", _("Fritidsjob")
    STU = "stu", _("STU-forløb")
    BESKYTTET = "beskyttet", _("Beskyttet beskæftigelse (§ 103)")
    IPS = "ips", _("Samarbejder om IPS")
    FRIVILLIG = "frivillig", _("Frivillig")


class Criterion(TextChoices):
    """The five criteria of lov nr. 711 af 25/06/2014 om registrerede socialøkonomiske virksomheder.

    The directory asks about all five, but does not require the registration itself.
    """

    PURPOSE = "purpose", _("Socialt formål")
    TRADE = "trade", _("Væsentlig erhvervsdrift")
    INDEPENDENCE = "independence", _("Uafhængig af det offentlige")
    INCLUSION = "inclusion", _("Inddragende og ansvarlig ledelse")
    SURPLUS = "surplus", _("Social håndtering af overskud")


class Proof(TextChoices):
    STATUTES = "statutes", _("Vedtægter")
    ANNUAL_REPORT = "annual-report", _("Årsrapport")
    REGISTER = "register", _("CVR-registeret")
    MEMBERSHIP = "membership", _("Medlemskab eller mærke")
    PUBLIC_SOURCE = "public-source", _("Offentlig kilde")
    STATEMENT = "statement", _("Virksomhedens egen erklæring")


class MarkKind(TextChoices):
    REGISTER = "register", _("Registeroplysning")
    MEMBERSHIP = "membership", _("Medlemskab")
    CERTIFICATE = "certificate", _("Mærke eller certifikat")


class LinkKind(TextChoices):
    WEBSHOP = "webshop", _("Webshop")
    FACEBOOK = "facebook", _("Facebook")
    INSTAGRAM = "instagram", _("Instagram")
    LINKEDIN = "linkedin", _("LinkedIn")
    STATUTES = "statutes", _("Vedtægter")
    ANNUAL_REPORT = "annual-report", _("Årsrapport")
    OTHER = "other", _("Andet")


class Weekday(IntegerChoices):
    MONDAY = 0, _("Mandag")
    TUESDAY = 1, _("Tirsdag")
    WEDNESDAY = 2, _("Onsdag")
    THURSDAY = 3, _("Torsdag")
    FRIDAY = 4, _("Fredag")
    SATURDAY = 5, _("Lørdag")
    SUNDAY = 6, _("Søndag")


class Change(TextChoices):
    """Why a publication was made."""

    PUBLISHED = "published", _("Udgivet")
    RESTORED = "restored", _("Gendannet")
    DIRECT = "direct", _("Rettet af virksomheden selv")
    # Staff have split a word of the taxonomies, or taken it out of use.
    TERMS = "terms", _("Sorteret om af rådet")


class ClaimWay(TextChoices):
    """What a person's right to edit an enterprise rests on."""

    INVITATION = "invitation", _("Invitation")
    CODE = "code", _("Kode sendt til virksomhedens mail")
    MITID = "mitid", _("MitID Erhverv")
    EXPLANATION = "explanation", _("Skriftlig forklaring")
    ADDED = "added", _("Har selv tilføjet virksomheden")
    STAFF = "staff", _("Givet af rådets medarbejdere")
    DEMO = "demo", _("Demo")


class ClaimState(TextChoices):
    OPEN = "open", _("Venter på svar")
    ACCEPTED = "accepted", _("Kan rette profilen")
    REFUSED = "refused", _("Afvist")
    WITHDRAWN = "withdrawn", _("Trukket tilbage")
    REVOKED = "revoked", _("Adgangen er taget tilbage")
    LEFT = "left", _("Er trådt ud")

    @classmethod
    def ended(cls) -> list[str]:
        """Those in which somebody could edit once, and cannot any more."""
        return [cls.REVOKED, cls.LEFT]


class MailState(TextChoices):
    """Where a mail in the outbox stands."""

    WAITING = "waiting", _("Venter")
    SENDING = "sending", _("Sendes nu")
    SENT = "sent", _("Sendt")
    FAILED = "failed", _("Kunne ikke sendes")
    # The line was lost, or the worker, when the mail server may have had all of it.
    UNCERTAIN = "uncertain", _("Uvist, om den er sendt")
    GIVEN_UP = "given_up", _("Opgivet")

    @classmethod
    def unfinished(cls) -> list[str]:
        return [cls.WAITING, cls.SENDING]

    @classmethod
    def lost(cls) -> list[str]:
        """Those that wait for somebody to say what becomes of them."""
        return [cls.FAILED, cls.UNCERTAIN]


class PhotoKind(TextChoices):
    LOGO = "logo", _("Logo")
    PHOTO = "photo", _("Billede")


class Section(TextChoices):
    """The parts of a profile that its editors change one at a time, in the reader's order."""

    WHO = "who", _("Hvem I er")
    OWNERSHIP = "ownership", _("Ejerskab og tal")
    OFFERS = "offers", _("Det, I sælger")
    PLACES = "places", _("Steder")
    HOURS = "hours", _("Åbningstider")
    BUYER = "buyer", _("Til indkøbere")
    OPENINGS = "openings", _("Job og andre muligheder")
    CONTACT = "contact", _("Kontakt og links")
    PHOTOS = "photos", _("Billeder og logo")


class ProposalState(TextChoices):
    OPEN = "open", _("Venter på rådet")
    APPROVED = "approved", _("Godkendt")
    # Some sections were published; the others went back to the editors.
    PARTLY = "partly", _("Delvist godkendt")
    REJECTED = "rejected", _("Afvist")
    WITHDRAWN = "withdrawn", _("Trukket tilbage")
    # The profile was put back to an earlier publication in the meantime.
    LAPSED = "lapsed", _("Bortfaldet")


class Answer(TextChoices):
    """What an enterprise says when asked whether its facts still hold."""

    HOLDS = "holds", _("alt passer")
    GONE = "gone", _("findes ikke mere")


class Right(TextChoices):
    """What somebody may do with a shortlist that was shared with them."""

    READ = "read", _("se listen")
    EDIT = "edit", _("se og rette listen")


class Counted(TextChoices):
    """What is counted of those who read a profile."""

    VIEW = "view", _("visning")
    PHONE = "phone", _("opkald")
    MAIL = "mail", _("mail")
    WEBSITE = "website", _("besøg på hjemmeside")
    SEARCH = "search", _("søgning, der førte hertil")


class Likeness(TextChoices):
    """Why two could be the same, the strongest reason first."""

    CVR = "cvr", _("samme CVR-nummer")
    NAME_AND_ADDRESS = "name-and-address", _("navnet ligner, og adressen er den samme")
    NAME_NEAR_BY = "name-near-by", _("navnet ligner, og de ligger tæt på")
    NAME = "name", _("næsten samme navn")
    WEBSITE = "website", _("samme hjemmeside")
    PHONE = "phone", _("samme telefonnummer")
    MAIL = "mail", _("samme mailadresse")


class Reply(TextChoices):
    """What an enterprise answers when asked about one of the criteria."""

    YES = "yes", _("Ja")
    NO = "no", _("Nej")
    UNSURE = "unsure", _("Ved ikke")


class ProofType(TextChoices):
    """What may be handed in as proof, by what it is and not what it is called."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"


class ExportState(TextChoices):
    """Where a list stands that was asked for as a file."""

    WAITING = "waiting", _("Er på vej")
    DONE = "done", _("Klar")
    FAILED = "failed", _("Kunne ikke laves")


class RegisterField(TextChoices):
    """What is compared with CVR."""

    NUMBER = "number", _("CVR-nummer")
    STATUS = "status", _("status")
    NAME = "name", _("navn")
    FORM = "form", _("virksomhedsform")
    ADDRESS = "address", _("adresse")
    BRANCH = "branch", _("branche")
    FOUNDED = "founded", _("stiftet")
    RSV = "rsv", _("RSV i CVR")


class DifferenceState(TextChoices):
    """What became of a difference between us and CVR."""

    OPEN = "open", _("Venter")
    TAKEN = "taken", _("Overtaget fra CVR")
    KEPT = "kept", _("Vi beholder vores")
    GONE = "gone", _("Ikke længere forskellige")


class PairState(TextChoices):
    """What became of two that could be the same."""

    OPEN = "open", _("Venter")
    MERGED = "merged", _("Slået sammen")
    APART = "apart", _("Ikke en dublet")
    GONE = "gone", _("Grunden er faldet bort")


class Take(TextChoices):
    """From which of two enterprises something is taken when they are merged."""

    FIRST = "first", _("den ene")
    SECOND = "second", _("den anden")
    BOTH = "both", _("begge")


class TermChangeKind(TextChoices):
    """What staff do to a word of the taxonomies."""

    RENAME = "rename", _("Omdøb")
    MERGE = "merge", _("Læg sammen")
    SPLIT = "split", _("Del op")
    RETIRE = "retire", _("Tag ud af brug")
    REVIVE = "revive", _("Tag i brug igen")


class TermChangeState(TextChoices):
    WAITING = "waiting", _("I gang")
    DONE = "done", _("Udført")
    REFUSED = "refused", _("Kunne ikke udføres")


class ImportState(TextChoices):
    """How far a spreadsheet has come."""

    LOOKING = "looking", _("Læses igennem")
    DECIDING = "deciding", _("Skal afgøres")
    QUEUED = "queued", _("Indlæses")
    DONE = "done", _("Indlæst")
    UNDOING = "undoing", _("Fortrydes")
    UNDONE = "undone", _("Fortrudt")
    DROPPED = "dropped", _("Opgivet")


class RowKind(TextChoices):
    """What a row of a spreadsheet is to the register."""

    ERROR = "error", _("Fejl")
    SUSPECTED = "suspected", _("Måske en dublet")
    TOMBSTONE = "tombstone", _("Skal ikke optages")
    NEW = "new", _("Ny")
    CHANGED = "changed", _("Ændret")
    SUGGESTED = "suggested", _("Forslag til redaktører")
    UNCHANGED = "unchanged", _("Som før")


class Decision(TextChoices):
    """What becomes of a row."""

    UNDECIDED = "", _("Ikke afgjort")
    TAKE = "take", _("Tag med")
    SKIP = "skip", _("Spring over")


class RowOutcome(TextChoices):
    """What came of a row."""

    CREATED = "created", _("Oprettet")
    UPDATED = "updated", _("Ændret")
    SUGGESTED = "suggested", _("Foreslået redaktørerne")
    UNCHANGED = "unchanged", _("Som før")
    SKIPPED = "skipped", _("Sprunget over")
    STALE = "stale", _("Ændret i mellemtiden, ikke taget med")
    UNDONE = "undone", _("Fortrudt")


class SuggestionState(TextChoices):
    """What the editors said to what a spreadsheet suggests."""

    OPEN = "open", _("Venter")
    ACCEPTED = "accepted", _("Taget imod")
    DECLINED = "declined", _("Afvist")
    GONE = "gone", _("Ikke længere aktuelt")


class InquiryState(TextChoices):
    """Where a buyer's inquiry stands. That its day has come, its dates say."""

    UNCONFIRMED = "unconfirmed", _("Ikke bekræftet")
    SENT = "sent", _("Sendt")
    STOPPED = "stopped", _("Stoppet")


class InquiryAnswer(TextChoices):
    """What an enterprise answers a buyer."""

    YES = "yes", _("Ja, det kan vi")
    WITH_OTHERS = "with-others", _("Ja, sammen med andre")
    NO = "no", _("Nej, ikke denne gang")

    @classmethod
    def willing(cls) -> list[str]:
        return [cls.YES, cls.WITH_OTHERS]


class InquiryOutcome(TextChoices):
    """What came of an inquiry, as the buyer says."""

    BOUGHT = "bought", _("Vi købte hos en eller flere af dem")
    LATER = "later", _("Det er ikke afgjort endnu")
    ELSEWHERE = "elsewhere", _("Vi købte hos andre")
    NOTHING = "nothing", _("Vi købte ikke noget")


class AbuseState(TextChoices):
    """What became of an enterprise's word that an inquiry is abuse."""

    OPEN = "open", _("Venter")
    STOPPED = "stopped", _("Stoppet")
    NOTHING = "nothing", _("Intet at gøre")

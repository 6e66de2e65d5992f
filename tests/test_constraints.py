"""The database refuses bad rows by itself, whichever way they come: every constraint, at SQL level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from directory.models import ApiUse, CatalogueState
from enterprises.models import (
    Alert,
    Claim,
    ConfirmationRequest,
    CriterionAnswer,
    District,
    Draft,
    DuplicatePair,
    Editorship,
    Enterprise,
    Evidence,
    Export,
    ForgettingNotice,
    FormerSlug,
    HoursException,
    Import,
    ImportRow,
    Inquiry,
    InquiryAbuse,
    InquiryRecipient,
    Invitation,
    LegalForm,
    Link,
    Look,
    Mail,
    Mark,
    MarkOf,
    Message,
    MissedSearch,
    Mission,
    Offer,
    Opening,
    OpeningHours,
    Ownership,
    PageText,
    PageTextVersion,
    Photo,
    Place,
    ProfileCount,
    ProofFile,
    Proposal,
    Publication,
    ReasonText,
    RegisterDifference,
    SectionPolicy,
    Sector,
    SectorOf,
    Shortlist,
    ShortlistItem,
    ShortlistLink,
    StoredReport,
    Suggestion,
    SynonymGroup,
    Term,
    TermChange,
    Threshold,
    User,
)
from enterprises.models.enterprise import FIGURES
from tests.builders import a_place, a_user, an_enterprise

Rows = Callable[[Enterprise], list[models.Model]]
DAY = date(2026, 11, 23)
NINE_TO_FIVE = {"opens": time(9), "closes": time(17)}
THREE_SECTORS = (("finans", 1), ("it-data", 2), ("undervisning", 3))


@pytest.fixture
def bakery(db: None) -> Enterprise:
    return an_enterprise(cvr="25063864")


def another(**fields: Any) -> Rows:
    return lambda _bakery: [Enterprise(**{"name": "En anden", "slug": "en-anden"} | fields)]


def of_bakery(model: type[models.Model], *rows: dict[str, Any], **fields: Any) -> Rows:
    """Rows of the bakery that each have the fields and their own."""
    return lambda bakery: [model(enterprise=bakery, **fields | row) for row in rows or ({},)]


def a_report() -> StoredReport:
    return StoredReport(year=2026, language="da", made_at=timezone.now(), content={})


def an_export(**fields: Any) -> Rows:
    return lambda _bakery: [Export(user=a_user(), model="enterprises.mail", columns=["subject"], **fields)]


def of_its_place(model: type[models.Model], *rows: dict[str, Any]) -> Rows:
    return lambda bakery: [model(place=a_place(bakery, hours=()), **row) for row in rows]


def sectors(*chosen: tuple[str, int]) -> Rows:
    def rows(bakery: Enterprise) -> list[models.Model]:
        bakery.sector_ranks.all().delete()
        return [
            SectorOf(enterprise=bakery, sector=Sector.objects.get(slug=slug), rank=rank)
            for slug, rank in chosen
        ]

    return rows


def same_hours(bakery: Enterprise) -> list[models.Model]:
    place = a_place(bakery, hours=())
    return [OpeningHours(place=place, weekday=0, opens=time(9), closes=time(hour)) for hour in (12, 17)]


def editor_twice(bakery: Enterprise) -> list[models.Model]:
    ida = a_user()
    claim = Claim.objects.create(
        enterprise=bakery, user=ida, way="staff", state="accepted", decided_at=timezone.now()
    )
    return [Editorship(enterprise=bakery, user=ida, claim=claim) for _time in range(2)]


def claims(*rows: dict[str, Any]) -> Rows:
    def made(bakery: Enterprise) -> list[models.Model]:
        ida = a_user()
        return [Claim(enterprise=bakery, user=ida, way="code", **row) for row in rows]

    return made


def invited(*rows: dict[str, Any]) -> Rows:
    usual = {"email": "ida@x.dk", "sent_at": timezone.now()}
    return lambda bakery: [
        Invitation(enterprise=bakery, digest=str(number), **usual | row) for number, row in enumerate(rows)
    ]


suggested = {"field": "phone", "cells": {}, "changes": []}


def imported(*rows: dict[str, Any]) -> Rows:
    def made(_bakery: Enterprise) -> list[models.Model]:
        run = Import.objects.create(name="liste.csv")
        return [ImportRow(run=run, **{"number": 2} | row) for row in rows]

    return made


def ida_twice(_bakery: Enterprise) -> list[models.Model]:
    return [User(email="ida@example.dk"), User(email="IDA@example.dk")]


def checked_by_somebody_sometime(bakery: Enterprise) -> list[models.Model]:
    return [Evidence(enterprise=bakery, checked_by=a_user(), **proof)]


def alike(*rows: dict[str, Any]) -> Rows:
    """Pairs of the bakery and another."""
    usual = {"reasons": ["phone"], "grounds": ["phone:1"], "found_at": timezone.now()}

    def made(bakery: Enterprise) -> list[models.Model]:
        other = an_enterprise("En anden")
        return [DuplicatePair(**{"first": bakery, "second": other} | usual | row) for row in rows]

    return made


def of_one(bakery: Enterprise) -> list[models.Model]:
    return [DuplicatePair(first=bakery, second=bakery, reasons=["cvr"], grounds=[], found_at=timezone.now())]


def draft_twice(bakery: Enterprise) -> list[models.Model]:
    ida = a_user()
    return [Draft(enterprise=bakery, user=ida, section="who") for _time in range(2)]


answer = {"criterion": "purpose", "reply": "yes"}


def of_its_answer(*rows: dict[str, Any]) -> Rows:
    usual = {"name": "a.pdf", "media_type": "application/pdf", "size": 1, "key": "ab" * 16, "digest": "x"}

    def made(bakery: Enterprise) -> list[models.Model]:
        answered = CriterionAnswer.objects.create(enterprise=bakery, **answer)
        return [ProofFile(answer=answered, **usual | row) for row in rows]

    return made


def two_looks(bakery: Enterprise) -> list[models.Model]:
    seen = {"proposal": Proposal.objects.create(enterprise=bakery), "user": a_user()}
    return [Look(since=timezone.now(), last_at=timezone.now(), **seen) for _time in range(2)]


def wordless(bakery: Enterprise) -> list[models.Model]:
    return [Message(proposal=Proposal.objects.create(enterprise=bakery), from_council=True, text="")]


def nameless(model: type[models.Model], **fields: Any) -> list[tuple[str, Rows]]:
    names = ({"name_da": "", "name_en": "New"}, {"name_da": "Ny", "name_en": ""})
    return [
        (f"{model._meta.model_name}_has_both_names", lambda _bakery, n=n: [model(slug="ny", **n, **fields)])
        for n in names
    ]


def replaced_in_use(model: type[Term], **fields: Any) -> list[tuple[str, Rows]]:
    def rows(_bakery: Enterprise) -> list[models.Model]:
        return [model(slug="ny", name_da="Ny", name_en="New", successor=model.objects.first(), **fields)]

    def own_heir(_bakery: Enterprise) -> list[models.Model]:
        return [
            model(
                pk=9_999, slug="ny", name_da="Ny", name_en="New", retired_on=DAY, successor_id=9_999, **fields
            )
        ]

    name = f"{model._meta.model_name}_replaced_is_out_of_use"
    return [(name, rows), (name, own_heir)]


def term(model: type[models.Model], **fields: Any) -> Rows:
    return lambda _bakery: [model(slug="ny", name_da="Ny", name_en="New", **fields)]


def version(*rows: dict[str, Any]) -> Rows:
    """Of the page about the site, which has one from the start."""
    usual = {
        f"{name}_{language}": "x" for name in ("title", "description", "body") for language in ("da", "en")
    }
    return lambda _bakery: [
        PageTextVersion(**usual | {"page": PageText.objects.get(key="about")} | row) for row in rows
    ]


def threshold(*rows: dict[str, Any]) -> Rows:
    usual = {"key": "small", "amount": 5, "valid_from": DAY, "read_on": DAY}
    return lambda _bakery: [Threshold(**usual | row) for row in rows]


def missed(*rows: dict[str, Any]) -> Rows:
    return lambda _bakery: [
        MissedSearch(**{"day": DAY, "text": "ubåd", "language": "da"} | row) for row in rows
    ]


def mail(*rows: dict[str, Any]) -> Rows:
    usual = {"message_id": "<1@x.dk>", "recipient": "ida@x.dk", "content": b"Hej", "due_at": timezone.now()}
    return lambda _bakery: [Mail(**usual | row) for row in rows]


def seen(*rows: dict[str, Any]) -> Rows:
    return of_bakery(ProfileCount, *rows, month=date(2026, 11, 1), what="view", count=1)


def question(*rows: dict[str, Any]) -> Rows:
    return of_bakery(ConfirmationRequest, *rows, asked_on=DAY, mailed_on=DAY)


def a_list() -> Shortlist:
    return Shortlist.objects.create(digest="x", used_on=DAY)


def shortlisted(*rows: dict[str, Any]) -> Rows:
    def made(bakery: Enterprise) -> list[models.Model]:
        shortlist = a_list()
        return [
            ShortlistItem(**{"shortlist": shortlist, "enterprise": bakery, "position": 0} | r) for r in rows
        ]

    return made


def followed(*rows: dict[str, Any]) -> Rows:
    usual = {"email": "ida@example.dk", "language": "da", "words": "a"}
    return lambda _bakery: [Alert(**usual | row) for row in rows]


def two_in_one_place(bakery: Enterprise) -> list[models.Model]:
    return shortlisted({}, {"enterprise": an_enterprise("En anden")})(bakery)


def an_inquiry(**fields: Any) -> Inquiry:
    return Inquiry(**{"answer_by": DAY, "email": "b@x.dk"} | fields)


def asked_in_one(*rows: dict[str, Any]) -> Rows:
    def made(bakery: Enterprise) -> list[models.Model]:
        inquiry = an_inquiry()
        inquiry.save()
        return [InquiryRecipient(inquiry=inquiry, enterprise=bakery, **row) for row in rows]

    return made


def abuse(**fields: Any) -> Rows:
    def made(bakery: Enterprise) -> list[models.Model]:
        (recipient,) = asked_in_one({})(bakery)
        recipient.save()
        return [InquiryAbuse(recipient=recipient, **fields)]

    return made


def differs(*rows: dict[str, Any]) -> Rows:
    usual = {"field": "name", "theirs": "Brød", "found_on": DAY, "read_on": DAY}
    return lambda bakery: [RegisterDifference(enterprise=bakery, **usual | row) for row in rows]


publication = {"schema_version": 1, "snapshot": {}, "change": "published", "published_at": timezone.now()}
ended = {"due_at": None, "ended_at": timezone.now()}
photo = {
    "kind": "photo", "alt_da": "Ovnen", "digest": "ab" * 16, "width": 480, "height": 320, "widths": [480]
}  # fmt: skip
proof = {"criterion": "purpose", "proof": "statutes", "wording_da": "Det står der."}

accepted = {"state": "accepted", "decided_at": timezone.now()}
cancelled = {"cancelled_at": timezone.now()}
BAD: list[tuple[str, Rows]] = [
    ("enterprise_has_a_name", another(name="")),
    ("enterprise_is_of_a_known_kind", another(kind="club")),
    ("enterprise_cvr_has_eight_digits", another(cvr="1234567")),
    ("enterprise_cvr_has_eight_digits", another(cvr="DK123456", is_demo=True)),
    ("enterprise_cvr_has_eight_digits", another(cvr="")),
    ("enterprise_cvr_check_digit_fits", another(cvr="25063865")),
    ("enterprise_founded_in_a_plausible_year", another(founded=15)),
    ("enterprise_founded_in_a_plausible_year", another(founded=2101)),
    *((f"enterprise_{figure}_has_a_year", another(**{figure: 3})) for figure in FIGURES),
    *((f"enterprise_{figure}_has_a_year", another(**{f"{figure}_year": 2025})) for figure in FIGURES),
    *((f"enterprise_{figure}_has_a_year", another(**{figure: 3, f"{figure}_year": 9})) for figure in FIGURES),
    (
        "enterprise_special_terms_are_employees",
        another(employees=3, employees_year=2025, special_terms=4, special_terms_year=2025),
    ),
    ("enterprise_rsv_is_a_dated_fact", another(rsv_registered=True)),
    ("enterprise_rsv_is_a_dated_fact", another(rsv_read_on=DAY)),
    ("enterprises_enterprise_slug_key", another(slug="broed-broer")),
    ("enterprises_enterprise_cvr_key", another(cvr="25063864")),
    ("enterprises_formerslug_slug_key", of_bakery(FormerSlug, {"slug": "broed"}, {"slug": "broed"})),
    ("sector_rank_given_once", sectors(("finans", 1), ("it-data", 1))),
    ("sector_chosen_once", sectors(("finans", 1), ("finans", 2))),
    ("sector_ranks_are_one_to_three", sectors(*THREE_SECTORS, ("kultur-event", 4))),
    ("sector_ranks_are_one_to_three", sectors(("finans", 0))),
    ("link_given_once", of_bakery(Link, {"kind": "webshop"}, {"kind": "other"}, url="https://a.example")),
    ("offer_has_a_name", of_bakery(Offer, name_da="")),
    ("offer_is_for_known_audiences", of_bakery(Offer, name_da="Brød", audiences=["public", "martians"])),
    ("photo_given_once", of_bakery(Photo, {}, {}, **photo)),
    ("photo_one_logo", of_bakery(Photo, {}, {"digest": "cd" * 16}, **photo | {"kind": "logo"})),
    ("photo_is_of_a_known_kind", of_bakery(Photo, **photo | {"kind": "film"})),
    ("photo_says_what_one_sees", of_bakery(Photo, **photo | {"alt_da": ""})),
    ("photo_is_named_by_its_content", of_bakery(Photo, **photo | {"digest": "../../secret"})),
    ("photo_has_a_width", of_bakery(Photo, **photo | {"widths": []})),
    ("opening_is_of_a_known_kind", of_bakery(Opening, kind="wizard", title_da="Troldmand")),
    ("evidence_is_for_one_of_five_criteria", of_bakery(Evidence, **proof | {"criterion": "charm"})),
    ("evidence_expires_after_its_check", of_bakery(Evidence, **proof, checked_on=DAY, expires_on=DAY)),
    ("evidence_checker_has_a_date", checked_by_somebody_sometime),
    ("mark_held_once", of_bakery(MarkOf, {}, {}, mark_id="fsc")),
    ("rsv_comes_from_the_register_only", of_bakery(MarkOf, mark_id="rsv")),
    ("place_lies_in_denmark", of_bakery(Place, latitude=59.3, longitude=12.5)),
    ("place_lies_in_denmark", of_bakery(Place, latitude=12.5, longitude=55.6)),
    ("place_lies_in_denmark", of_bakery(Place, latitude=55.6, longitude=float("nan"))),
    ("place_lies_in_denmark", of_bakery(Place, latitude=55.6)),
    ("place_lies_in_denmark", of_bakery(Place, longitude=12.5)),
    ("place_postcode_has_four_digits", of_bakery(Place, postcode="220")),
    ("place_postcode_has_four_digits", of_bakery(Place, postcode="22oo")),
    ("hours_open_once", same_hours),
    ("hours_weekday_exists", of_its_place(OpeningHours, NINE_TO_FIVE | {"weekday": 7})),
    (
        "exception_ends_after_it_starts",
        of_its_place(HoursException, {"first_day": DAY, "last_day": date(2026, 11, 22)}),
    ),
    (
        "exception_has_both_times_or_none",
        of_its_place(HoursException, {"first_day": DAY, "last_day": DAY, "opens": time(9)}),
    ),
    (
        "exception_has_both_times_or_none",
        of_its_place(HoursException, {"first_day": DAY, "last_day": DAY, "closes": time(9)}),
    ),
    ("publication_numbered_once", of_bakery(Publication, {}, {}, number=1, **publication)),
    ("publication_numbers_start_at_one", of_bakery(Publication, number=0, **publication)),
    *nameless(Sector),
    *nameless(Mission),
    *nameless(Ownership),
    *nameless(LegalForm),
    *nameless(District),
    *nameless(Mark, kind="membership"),
    *replaced_in_use(Sector),
    *replaced_in_use(Mission),
    *replaced_in_use(Ownership),
    *replaced_in_use(LegalForm),
    *replaced_in_use(District),
    *replaced_in_use(Mark, kind="membership"),
    ("term_change_ended_has_a_date", lambda _: [TermChange(term=1, kind="merge", state="done")]),
    ("term_change_ended_has_a_date", lambda _: [TermChange(term=1, kind="merge", done_at=timezone.now())]),
    ("sector_colours_are_hex", term(Sector, colour="red")),
    ("sector_colours_are_hex", term(Sector, colour_dark="#FFFFFF")),
    ("district_is_one_of_ten", term(District, number=11)),
    ("enterprises_district_number_key", term(District, number=1)),
    ("user_email_unique_whatever_its_case", ida_twice),
    ("editorship_once_per_person", editor_twice),
    ("claim_open_once_per_person", claims({}, {})),
    ("claim_accepted_once_per_person", claims(accepted, accepted)),
    ("claim_decided_has_a_date", claims({"state": "refused"})),
    ("claim_decided_has_a_date", claims({"decided_at": timezone.now()})),
    ("claim_ended_has_a_date", claims(accepted | {"state": "left"})),
    ("claim_ended_has_a_date", claims(accepted | {"ended_at": timezone.now()})),
    ("invitation_waits_once_per_address", invited({}, {"email": "IDA@x.dk"})),
    ("invitation_is_not_both_accepted_and_cancelled", invited({"accepted_at": timezone.now()} | cancelled)),
    ("page_text_version_is_numbered_once", version({"number": 1})),
    ("page_text_is_in_both_languages", version({"number": 2, "body_en": ""})),
    ("threshold_begins_once", threshold({}, {})),
    ("threshold_ends_after_it_begins", threshold({"valid_to": DAY - timedelta(days=1)})),
    ("threshold_is_an_amount", threshold({"amount": 0})),
    ("synonym_group_has_terms", lambda _bakery: [SynonymGroup()]),
    ("missed_search_counted_in_one_row", missed({}, {"count": 2})),
    ("missed_search_has_a_text", missed({"text": ""})),
    ("missed_search_was_made", missed({"count": 0})),
    ("mail_queued_once_per_recipient", mail({}, {})),
    ("mail_is_in_a_known_state", mail({"state": "lost"} | ended)),
    ("mail_is_due_or_ended", mail({"due_at": None})),
    ("mail_is_due_or_ended", mail({"state": "sent"})),
    ("mail_is_due_or_ended", mail({"state": "sending"} | ended)),
    ("mail_has_content_until_it_ends", mail({"content": b""})),
    ("mail_has_a_recipient", mail({"recipient": ""})),
    ("forgetting_notice_is_about_one_thing", lambda bakery: [ForgettingNotice(sent_on=DAY)]),
    (
        "forgetting_notice_is_about_one_thing",
        lambda bakery: [ForgettingNotice(sent_on=DAY, enterprise=bakery, user=a_user())],
    ),
    ("report_stored_once_per_language", lambda _bakery: [a_report(), a_report()]),
    ("export_has_a_file_when_it_is_done", an_export(state="done")),
    ("export_has_a_file_when_it_is_done", an_export(content=b"x")),
    ("export_has_a_file_when_it_is_done", an_export(state="done", content=b"x")),
    ("export_has_a_file_when_it_is_done", an_export(state="failed")),
    ("export_has_a_file_when_it_is_done", an_export(state="lost")),
    ("profile_count_in_one_row", seen({}, {"count": 2})),
    ("profile_count_is_of_a_month", seen({"month": DAY})),
    ("profile_count_is_of_a_known_kind", seen({"what": "charm"})),
    ("profile_count_of_searches_has_text", seen({"what": "search"})),
    ("profile_count_of_searches_has_text", seen({"text": "ubåd"})),
    ("profile_count_was_made", seen({"count": 0})),
    ("confirmation_asked_once_at_a_time", question({}, {})),
    ("confirmation_answer_has_a_time", question({"answer": "holds"})),
    ("confirmation_answer_has_a_time", question({"answered_at": timezone.now()})),
    ("confirmation_answer_has_a_time", question({"answer": "maybe", "answered_at": timezone.now()})),
    ("confirmation_is_mailed_at_most_thrice", question({"mails": 4})),
    ("catalogue_has_one_state", lambda _bakery: [CatalogueState(pk=2)]),
    ("policy_is_for_a_known_section", lambda _: [SectionPolicy(section="other")]),
    ("draft_once_per_section", draft_twice),
    ("criterion_answered_once", of_bakery(CriterionAnswer, {}, {}, **answer)),
    ("answer_is_about_one_of_five", of_bakery(CriterionAnswer, **answer | {"criterion": "wealth"})),
    ("answer_is_known", of_bakery(CriterionAnswer, **answer | {"reply": "perhaps"})),
    ("answer_link_safe", of_bakery(CriterionAnswer, **answer | {"url": "http://a.dk/"})),
    ("proof_file_given_once", of_its_answer({}, {"key": "cd" * 16})),
    ("proof_file_is_of_a_known_type", of_its_answer({"media_type": "text/html"})),
    ("proof_file_key_is_ours", of_its_answer({"key": "../vedtaegter"})),
    ("proof_file_has_a_name", of_its_answer({"name": ""})),
    ("reason_is_said_in_both_languages", lambda _: [ReasonText(title="Kort", text_da="For kort.")]),
    ("look_once_per_person", two_looks),
    ("proposal_open_once_per_enterprise", of_bakery(Proposal, {}, {})),
    ("proposal_closed_has_a_date", of_bakery(Proposal, {"state": "approved"})),
    ("proposal_closed_has_a_date", of_bakery(Proposal, {"decided_at": timezone.now()})),
    ("message_says_something", wordless),
    ("register_difference_open_once", differs({}, {"found_on": date(2026, 1, 1)})),
    ("register_difference_is_of_a_known_field", differs({"field": "charm"})),
    ("register_difference_closed_has_a_date", differs({"state": "kept"})),
    ("register_difference_closed_has_a_date", differs({"decided_at": timezone.now()})),
    ("register_difference_closed_has_a_date", differs({"state": "lost", "decided_at": timezone.now()})),
    ("duplicate_pair_found_once", alike({}, {})),
    ("duplicate_pair_is_of_two", of_one),
    ("duplicate_pair_has_known_reasons", alike({"reasons": []})),
    ("duplicate_pair_has_known_reasons", alike({"reasons": ["charm"]})),
    ("duplicate_pair_closed_has_a_date", alike({"state": "apart"})),
    ("duplicate_pair_closed_has_a_date", alike({"decided_at": timezone.now()})),
    ("duplicate_pair_closed_has_a_date", alike({"state": "lost", "decided_at": timezone.now()})),
    ("shortlist_has_each_once", shortlisted({}, {"position": 1})),
    ("shortlist_has_one_order", two_in_one_place),
    ("shortlist_link_gives_a_known_right", lambda _: [ShortlistLink(shortlist=a_list(), right="all")]),
    ("import_is_in_a_known_state", lambda _: [Import(name="liste.csv", state="lost")]),
    ("import_row_numbered_once", imported({}, {})),
    ("import_row_takes_no_error_or_tombstone", imported({"kind": "error", "decision": "take"})),
    ("import_row_takes_no_error_or_tombstone", imported({"kind": "tombstone", "decision": "take"})),
    ("suggestion_open_once", of_bakery(Suggestion, {}, {}, **suggested)),
    ("suggestion_closed_has_a_date", of_bakery(Suggestion, **suggested | {"state": "declined"})),
    ("suggestion_closed_has_a_date", of_bakery(Suggestion, **suggested | {"decided_at": timezone.now()})),
    ("inquiry_is_sent_once_confirmed", lambda _: [an_inquiry(state="sent")]),
    ("inquiry_is_sent_once_confirmed", lambda _: [an_inquiry(confirmed_at=timezone.now())]),
    ("inquiry_is_sent_once_confirmed", lambda _: [an_inquiry(state="lost")]),
    ("inquiry_stopped_has_a_time", lambda _: [an_inquiry(state="stopped")]),
    ("inquiry_stopped_has_a_time", lambda _: [an_inquiry(stopped_at=timezone.now())]),
    ("inquiry_outcome_has_a_time", lambda _: [an_inquiry(outcome="bought")]),
    ("inquiry_outcome_has_a_time", lambda _: [an_inquiry(outcome_at=timezone.now())]),
    ("inquiry_outcome_has_a_time", lambda _: [an_inquiry(outcome="riches", outcome_at=timezone.now())]),
    ("inquiry_asks_each_once", asked_in_one({}, {})),
    ("inquiry_answer_has_a_time", asked_in_one({"answer": "yes"})),
    ("inquiry_answer_has_a_time", asked_in_one({"answer": "so-so", "answered_at": timezone.now()})),
    ("inquiry_abuse_decided_has_a_time", abuse(state="stopped")),
    ("inquiry_abuse_decided_has_a_time", abuse(decided_at=timezone.now())),
    ("alert_followed_once", followed({"query": "?q=a"}, {"query": "?q=a"})),
    ("alert_in_a_known_language", followed({"language": "sv"})),
    ("alert_confirmed_before_mails", followed({"mailed_on": DAY})),
    ("api_use_counted_in_one_row", lambda _: [ApiUse(minute=1, who=2, count=n) for n in (1, 2)]),
]  # fmt: skip

GOOD: list[Rows] = [
    claims({}, accepted, accepted | {"state": "refused"}, accepted | {"state": "refused"}),
    followed({"query": "?q=a"}, {"query": "?q=a", "language": "en"}, {}),
    invited({}, cancelled, cancelled, {"email": "ole@x.dk"}),
    another(cvr="25063865", is_demo=True),
    another(cvr=None, founded=1700, volunteers=0, volunteers_year=1990),
    another(employees=3, employees_year=2025, special_terms=3, special_terms_year=2025),
    another(rsv_registered=False, rsv_read_on=DAY),
    sectors(*THREE_SECTORS),
    of_bakery(Place, {"latitude": 55.6, "longitude": 12.5}, {"postcode": ""}),
    of_bakery(Evidence, {"checked_on": DAY, "expires_on": date(2026, 11, 24)}, {"expires_on": DAY}, **proof),
    of_bakery(Photo, {}, {"digest": "cd" * 16}, {"digest": "ef" * 16, "kind": "logo"}, **photo),
    of_its_place(HoursException, {"first_day": DAY, "last_day": DAY}),
    missed({}, {"language": "en"}, {"text": "ubåde"}, {"day": date(2026, 11, 24)}),
    mail({}, {"recipient": "ole@x.dk"}, {"message_id": "<2@x.dk>", "state": "sent", "content": b""} | ended),
    alike({"state": "merged", "decided_at": timezone.now()}),
    version({"number": 2}, {"number": 3}),
    threshold({"valid_to": DAY}, {"valid_from": date(2027, 1, 1)}, {"key": "large"}),
    differs({}, {"field": "rsv"}, {"state": "kept", "decided_at": timezone.now()}),
    of_its_place(OpeningHours, {"weekday": 6, "opens": time(22), "closes": time(2)}),
    imported({"decision": "take"}, {"number": 3, "kind": "error", "decision": "skip"}),
    of_bakery(
        Suggestion, {}, {"state": "gone", "decided_at": timezone.now()}, {"field": "name"}, **suggested
    ),
]


def write(rows: list[models.Model]) -> None:
    """Past every form and every save()."""
    type(rows[0])._base_manager.bulk_create(rows)
    connection.check_constraints()


@pytest.mark.parametrize(("constraint", "rows"), BAD, ids=[name for name, _rows in BAD])
def test_bad_rows_are_refused(bakery: Enterprise, constraint: str, rows: Rows) -> None:
    with pytest.raises(IntegrityError, match=f'"{constraint}'), transaction.atomic():
        write(rows(bakery))


@pytest.mark.parametrize("rows", GOOD)
def test_good_rows_at_the_limits_are_accepted(bakery: Enterprise, rows: Rows) -> None:
    write(rows(bakery))


def test_a_demo_number_that_fails_cannot_become_a_real_ones(bakery: Enterprise) -> None:
    write(another(cvr="25063865", is_demo=True)(bakery))
    with pytest.raises(IntegrityError, match="enterprise_cvr_check_digit_fits"), transaction.atomic():
        Enterprise.objects.update(is_demo=False)


def test_every_constraint_is_tried() -> None:
    """A constraint added to a model must be added here."""
    ours = [*apps.get_app_config("enterprises").get_models(), *apps.get_app_config("directory").get_models()]
    declared = {constraint.name for model in ours for constraint in model._meta.constraints}
    assert declared - {name for name, _rows in BAD} == set()


def test_nobody_edits_without_an_accepted_claim_of_their_own(bakery: Enterprise) -> None:
    ida, ole = a_user(), a_user("ole@example.dk")
    claim = Claim.objects.create(enterprise=bakery, user=ida, way="code")
    with pytest.raises(IntegrityError, match="needs an accepted claim"), transaction.atomic():
        write([Editorship(enterprise=bakery, user=ida, claim=claim)])
    Claim.objects.update(**accepted)
    with pytest.raises(IntegrityError, match="needs an accepted claim"), transaction.atomic():
        write([Editorship(enterprise=bakery, user=ole, claim=claim)])
    write([Editorship(enterprise=bakery, user=ida, claim=claim)])
    for change in ({"state": "refused"}, {"user": ole}):
        with pytest.raises(IntegrityError, match="rests on this claim"), transaction.atomic():
            Claim.objects.update(**change)

"""Two that are one: what is chosen stays, and nobody and nothing of the other is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from enterprises import (
    claims,
    editing,
    merging,
    pairs,
    proposals,
    publishing,
    shortlists,
    side_by_side,
    suspecting,
)
from enterprises.choices import ClaimState, ClaimWay, PairState, ProposalState, Section, Take
from enterprises.merging import MergeError
from enterprises.models import (
    Claim,
    DuplicatePair,
    Editorship,
    Enterprise,
    ErrorReport,
    Evidence,
    Invitation,
    ProfileCount,
    RegisterReading,
    User,
)
from enterprises.pairs import PairError
from enterprises.photos.store import Folder
from tests.builders import a_place, a_user, an_enterprise, let_in, published, with_second_step
from tests.client import PolicingClient
from tests.images import a_photo
from tests.test_editing_any_order import sent

pytestmark = pytest.mark.django_db

QUEUE = "admin:enterprises_duplicatepair_changelist"
NOTHING: dict[str, Any] = {"phone": "", "email": "", "website": ""}


@pytest.fixture
def bakery(db: None) -> Enterprise:
    return published("Brød & Broer", cvr="25063864")


@pytest.fixture
def twin(bakery: Enterprise) -> Enterprise:
    """The bakery once more, by another name, with other words and two offers of its own."""
    other = {"phone": "11 11 11 11", "email": "", "website": "https://www.broed.example/", "founded": 2012}
    offers = ("Frokost til møder", "Bryllupskager")
    return published("Brød og Broer A.M.B.A.", tagline_da="Brød på cykel", offers=offers, **other)


@pytest.fixture
def pair(bakery: Enterprise, twin: Enterprise) -> DuplicatePair:
    pairs.find()
    return DuplicatePair.objects.get()


@pytest.fixture
def karen(clerk: Client) -> User:
    return User.objects.get(email="karen@example.dk")


def shown(pair: DuplicatePair) -> str:
    return merging.seen(*merging.both(pair))


def merge(pair: DuplicatePair, by: User, keep: Take = Take.FIRST, **takes: Take) -> Enterprise:
    """Returns the kept one, as it is afterwards."""
    kept, _other = merging.merge(pair, takes, keep=keep, by=by, having_seen=shown(pair), reason="Set i CVR")
    return Enterprise.objects.get(pk=kept.pk)


def public(enterprise: Enterprise) -> dict[str, Any]:
    current = Enterprise.objects.select_related("current").get(pk=enterprise.pk).current
    assert current is not None
    return dict(current.snapshot)


def page_of(pair: DuplicatePair) -> str:
    return reverse("admin:enterprises_duplicatepair_compare", args=[pair.pk])


def chosen(client: Client, pair: DuplicatePair) -> dict[str, Any]:
    """What a browser would send of the page as it was drawn."""
    found = merging.both(pair)
    rows = side_by_side.rows(*found)
    return {
        "seen": merging.seen(*found),
        "shared": pair.grounds,
        "keep": "first",
        "note": "",
        **{row.key: str(row.suggested) for row in rows if row.differs},
    }


# -- finding ------------------------------------------------------------------------------------------


def kept_pairs() -> dict[tuple[str, str], list[str]]:
    found = DuplicatePair.objects.filter(state=PairState.OPEN).select_related("first", "second")
    return {(pair.first.name, pair.second.name): pair.reasons for pair in found}


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"phone": "+45 0000 1234"}, ["phone"]),
        ({"email": "Hej@Broed.example"}, ["mail"]),
        ({"website": "http://www.broed.example/om"}, ["website"]),
        ({"name": "Brød og Broer"}, ["name-and-address"]),
        ({}, []),
    ],
)
def test_what_two_share_makes_them_suspected(
    bakery: Enterprise, fields: dict[str, Any], reasons: list[str]
) -> None:
    other = an_enterprise(**{"name": "Cykelværkstedet Kæden"} | NOTHING | fields)
    for look in (pairs.find, pairs.find_late, lambda: pairs.find([other.pk])):
        DuplicatePair.objects.all().delete()
        look()
        assert list(kept_pairs().values()) == ([reasons] if reasons else [])


def test_like_names_next_door_and_one_name_within_another_are_found(bakery: Enterprise) -> None:
    near = an_enterprise("Brød & Broer Nørrebro", district=None, **NOTHING)
    a_place(near, street="Griffenfeldsgade 1", postcode="2200")
    beyond = an_enterprise("Brød & Brør", district=None, **NOTHING)
    a_place(beyond, street="Vej 1", postcode="2300", latitude=55.6868, longitude=12.5562)
    far = an_enterprise("Brød & Bro", district=None, **NOTHING)
    a_place(far, street="Vej 1", postcode="2500", latitude=55.60, longitude=12.40)
    pairs.find()
    assert kept_pairs()["Brød & Broer", near.name] == ["name-near-by"]
    assert kept_pairs()["Brød & Broer", beyond.name] == ["name-near-by"]
    assert not any(far.name in two for two in kept_pairs())


def test_a_number_that_is_public_or_was_read_counts_too(bakery: Enterprise) -> None:
    other = an_enterprise("Noget andet", district=None, **NOTHING)
    RegisterReading.objects.create(enterprise=other, cvr="25063864", read_on=date(2026, 1, 1), found=True)
    pairs.find()
    assert kept_pairs() == {("Brød & Broer", "Noget andet"): ["cvr"]}


def test_what_many_share_says_nothing(bakery: Enterprise) -> None:
    for number in range(suspecting.MOST_SHARING):
        an_enterprise(f"Forening {'abcdefgh'[number] * 6}", district=None, **NOTHING | {"phone": "00001234"})
    pairs.find()
    assert kept_pairs() == {}
    pairs.find([bakery.pk])
    assert kept_pairs() == {}


def test_who_has_left_and_the_demo_city_are_no_duplicates(bakery: Enterprise) -> None:
    publishing.withdraw(published("Brød og Broer"), reason="Lukket")
    an_enterprise("Brød & Broer 2", is_demo=True)
    pairs.find()
    assert kept_pairs() == {}


def test_found_again_it_is_the_same_pair(pair: DuplicatePair) -> None:
    outcome = pairs.find()
    assert (outcome.found, outcome.asked_anew, outcome.closed) == (0, 0, 0)
    assert DuplicatePair.objects.get() == pair


def test_a_pair_whose_cause_is_gone_is_closed_and_comes_back_with_it(
    pair: DuplicatePair, twin: Enterprise
) -> None:
    fields = {"name": twin.name, "website": twin.website}
    Enterprise.objects.filter(pk=twin.pk).update(name="Noget andet", website="")
    assert pairs.find([twin.pk]).closed == 1
    pair.refresh_from_db()
    assert pair.state == PairState.GONE and pair.decided_by is None
    Enterprise.objects.filter(pk=twin.pk).update(**fields)
    pairs.find()
    pair.refresh_from_db()
    assert (pair.state, pair.decided_at) == (PairState.OPEN, None)


def test_what_was_dismissed_is_not_asked_again_but_something_else_is(
    pair: DuplicatePair, twin: Enterprise, karen: User
) -> None:
    pairs.tell_apart(pair, by=karen, having_seen=pair.grounds, note="To butikker")
    Enterprise.objects.filter(pk=twin.pk).update(website="")
    pairs.find()
    Enterprise.objects.filter(pk=twin.pk).update(website=twin.website, tagline_da="Nyt")
    pairs.find()
    assert kept_pairs() == {}
    Enterprise.objects.filter(pk=twin.pk).update(email="hej@broed.example")
    assert pairs.find().asked_anew == 1
    Enterprise.objects.filter(pk=twin.pk).update(email="")
    assert pairs.find().closed == 1
    assert pairs.find().asked_anew == 0


def test_nobody_dismisses_what_they_have_not_seen(pair: DuplicatePair, twin: Enterprise, karen: User) -> None:
    Enterprise.objects.filter(pk=twin.pk).update(email="hej@broed.example")
    before = pair.grounds
    pairs.find()
    with pytest.raises(PairError, match="noget andet til fælles"):
        pairs.tell_apart(pair, by=karen, having_seen=before)


# -- merging ------------------------------------------------------------------------------------------


def test_the_kept_one_says_what_was_chosen_and_is_published(
    pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    merge(pair, karen, tagline=Take.SECOND, founded=Take.SECOND, offers=Take.BOTH)
    said = public(bakery)
    assert (said["name"], said["tagline"]["da"], said["founded"]) == ("Brød & Broer", "Brød på cykel", 2012)
    assert [offer["name"]["da"] for offer in said["offers"]] == ["Frokost til møder", "Bryllupskager"]
    assert said["contact"]["phone"] == "00 00 12 34"
    latest = bakery.publications.get(number=2)
    assert (latest.published_by, latest.reason) == (karen, "Set i CVR")
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (PairState.MERGED, karen)


@pytest.mark.parametrize("keep", [Take.FIRST, Take.SECOND])
def test_all_old_addresses_lead_to_the_one_that_stays(
    pair: DuplicatePair, visitor: Client, karen: User, keep: Take
) -> None:
    two = {Take.FIRST: "broed-broer", Take.SECOND: "broed-og-broer-a-m-b-a"}
    merge(pair, karen, keep=keep)
    gone = two[Take.SECOND if keep == Take.FIRST else Take.FIRST]
    answer = visitor.get(reverse("profile", args=[gone]))
    assert (answer.status_code, answer["Location"]) == (301, reverse("profile", args=[two[keep]]))
    assert visitor.get(reverse("profile", args=[two[keep]])).status_code == 200
    publishing.withdraw(Enterprise.objects.get(slug=two[keep]), reason="Lukket")
    assert visitor.get(reverse("profile", args=[gone])).status_code == 410


def test_the_others_publications_stand_as_its_history(
    pair: DuplicatePair, twin: Enterprise, karen: User, clerk: Client
) -> None:
    merge(pair, karen, offers=Take.SECOND, photos=Take.BOTH)
    publication = twin.publications.get()
    page = clerk.get(reverse("admin:enterprises_publication_change", args=[publication.pk])).text
    assert "Brød på cykel" in page


def test_editors_of_both_edit_the_kept_one(
    pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    ida, carl, ole = a_user("ida@example.dk"), a_user("carl@example.dk"), a_user("ole@example.dk")
    for user, enterprise in ((ida, bakery), (ida, twin), (carl, twin)):
        let_in(user, enterprise)
    claims.open_(bakery, carl, ClaimWay.EXPLANATION, "Min")
    claims.open_(twin, ole, ClaimWay.EXPLANATION, "Også min")
    Claim.objects.filter(user=ole).update(proven_at=timezone.now())
    before = Claim.objects.get(user=carl, state=ClaimState.ACCEPTED)
    editing.keep_draft(twin, carl, Section.CONTACT, sent({"phone": "22"}), revision=0)
    editing.keep_draft(twin, ida, Section.WHO, sent({"name": "Tvilling"}), revision=0)
    editing.keep_draft(bakery, ida, Section.WHO, sent({"name": "Bager"}), revision=0)
    merge(pair, karen)
    assert {e.user for e in Editorship.objects.filter(enterprise=bakery)} == {ida, carl}
    assert not Editorship.objects.filter(enterprise=twin).exists()
    before.refresh_from_db()
    assert (before.enterprise, before.state) == (bakery, ClaimState.ACCEPTED)
    assert Claim.objects.get(user=carl, enterprise=bakery, way=ClaimWay.EXPLANATION).state == "withdrawn"
    ended = Claim.objects.get(user=ida, enterprise=twin)
    assert (ended.state, ended.reason) == (ClaimState.LEFT, "Samme virksomhed som “Brød & Broer”.")
    waiting = Claim.objects.get(user=ole)
    assert (waiting.enterprise, waiting.state, waiting.proven_at) == (bakery, ClaimState.OPEN, None)
    carls = editing.draft_of(bakery, carl, Section.CONTACT)
    idas = editing.draft_of(bakery, ida, Section.WHO)
    assert carls and idas and (carls.data, idas.data) == ("phone=22", "name=Bager")


def test_who_added_a_duplicate_is_not_let_in_by_merging(bakery: Enterprise, karen: User) -> None:
    """An address of one's own is not taken over by writing the enterprise down once more."""
    stranger = a_user("fremmed@example.dk")
    draft = an_enterprise("Brød og Broer", **NOTHING)
    claims.open_(draft, stranger, ClaimWay.ADDED)
    pairs.find()
    pair = DuplicatePair.objects.get()
    merge(pair, karen, keep=Take.SECOND)
    claim = Claim.objects.get(user=stranger)
    assert (claim.enterprise, claim.state, claim.way) == (draft, ClaimState.OPEN, ClaimWay.EXPLANATION)
    assert not Editorship.objects.exists()
    assert public(draft)["slug"] == "broed-og-broer"


def test_invitations_wait_on_at_the_kept_one(
    pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    let_in(a_user("ida@example.dk"), bakery)
    for number, email in enumerate(["IDA@example.dk", "ny@example.dk"]):
        Invitation.objects.create(
            enterprise=twin, email=email, digest=str(number), sent_at=timezone.now(), invited_by=karen
        )
    merge(pair, karen)
    assert Invitation.objects.get(enterprise=bakery).email == "ny@example.dk"
    assert Invitation.objects.get(enterprise=twin).cancelled_at


def test_views_are_added_up_month_by_month(
    pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    for enterprise, month, what, text, count in (
        (bakery, october, "view", "", 3),
        (twin, october, "view", "", 4),
        (twin, november, "search", "brød", 5),
    ):
        ProfileCount.objects.create(enterprise=enterprise, month=month, what=what, text=text, count=count)
    merge(pair, karen)
    rows = ProfileCount.objects.order_by("month").values_list("enterprise", "month", "what", "text", "count")
    assert list(rows) == [
        (bakery.pk, october, "view", "", 7),
        (bakery.pk, november, "search", "brød", 5),
    ]


def test_evidence_moves_with_who_checked_it_and_a_hidden_place_stays_hidden(
    pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    Evidence.objects.filter(enterprise=twin, criterion="purpose").update(
        wording_da="Set af Karen", checked_by=karen
    )
    a_place(twin, street="Hjemme 1", hidden=True, hours=())
    merge(pair, karen, evidence=Take.BOTH, places=Take.BOTH)
    moved = bakery.evidence.get(wording_da="Set af Karen")
    assert moved.checked_by == karen and bakery.evidence.count() == 6
    assert [place.street for place in bakery.places.all()] == ["Blågårdsgade 12", "Hjemme 1"]
    assert "Hjemme" not in str(public(bakery)["places"])


def test_photos_move_but_there_is_one_logo(
    pictures: Folder, pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    a_photo(bakery, kind="logo", seed=1)
    a_photo(bakery, seed=2)
    for kind, seed in (("logo", 3), ("photo", 2), ("photo", 4)):
        a_photo(twin, kind=kind, seed=seed)
    merge(pair, karen, photos=Take.BOTH)
    assert [photo.kind for photo in bakery.photos.all()] == ["logo", "photo", "photo"]
    assert len(public(bakery)["photos"]) == 3


def test_the_number_nobody_chose_stays_with_the_other_and_what_cvr_says_follows(
    pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    Enterprise.objects.filter(pk=twin.pk).update(
        cvr="10150817", rsv_registered=True, rsv_read_on=date(2026, 11, 1)
    )
    RegisterReading.objects.create(enterprise=twin, cvr="10150817", read_on=date(2026, 11, 1), found=True)
    kept = merge(pair, karen, cvr=Take.SECOND)
    twin.refresh_from_db()
    assert (kept.cvr, kept.rsv_registered, twin.cvr, twin.rsv_registered) == (
        "10150817",
        True,
        "25063864",
        None,
    )
    assert RegisterReading.objects.get().enterprise == kept


@pytest.mark.parametrize(
    ("days", "silences", "expected"),
    [
        ((date(2026, 1, 1), date(2025, 1, 1)), (None, None), (date(2025, 1, 1), None)),
        ((None, date(2025, 1, 1)), (date(2026, 1, 1), None), (date(2025, 1, 1), None)),
        ((None, None), (date(2026, 1, 1), date(2026, 2, 1)), (None, date(2026, 2, 1))),
    ],
)
def test_what_is_confirmed_was_right_on_the_earlier_day(
    pair: DuplicatePair, karen: User, days: Any, silences: Any, expected: Any
) -> None:
    for pk, day, silence in zip((pair.first_id, pair.second_id), days, silences, strict=True):
        Enterprise.objects.filter(pk=pk).update(confirmed_on=day, unanswered_on=silence)
    kept = merge(pair, karen)
    assert (kept.confirmed_on, kept.unanswered_on) == expected


def test_what_the_other_had_proposed_lapses_and_its_editors_are_told(
    pair: DuplicatePair, twin: Enterprise, karen: User
) -> None:
    ida = a_user("ida@example.dk")
    let_in(ida, twin)
    Enterprise.objects.filter(pk=twin.pk).update(tagline_da="Ny")
    proposal = proposals.submit(twin, by=ida, having_seen=proposals.seen(editing.fresh(twin)))
    ErrorReport.objects.create(enterprise=twin, message="Lukket")
    mail.outbox.clear()
    kept = merge(pair, karen)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (ProposalState.LAPSED, karen)
    assert "Brød & Broer" in proposal.messages.get().text
    (told,) = [message for message in mail.outbox if "lagt sammen" in message.subject]
    assert told.to == ["ida@example.dk"]
    assert reverse("edit-enterprise", args=[kept.slug]) in told.body and "bortfaldet" in told.body
    assert "merged the two profiles into one: Brød & Broer" in told.body
    assert kept.error_reports.count() == 1


def test_shortlists_name_the_one_that_is_left(
    pair: DuplicatePair, karen: User, bakery: Enterprise, twin: Enterprise
) -> None:
    one, both = shortlists.begin("Julefrokost"), shortlists.begin("Begge")
    shortlists.save(one, twin.pk)
    shortlists.write_note(one, twin.pk, "Spørg Bo", 0)
    for enterprise in (bakery, twin):
        shortlists.save(both, enterprise.pk)
    merge(pair, karen)
    assert [(item.enterprise, item.note) for item in one.shortlist.items.all()] == [(bakery, "Spørg Bo")]
    # The other is a gap that leads on; what was noted of it is not lost.
    assert [item.enterprise for item in both.shortlist.items.all()] == [bakery, twin]


def test_one_that_would_lack_something_is_not_merged(
    pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    twin.sector_ranks.all().delete()
    with pytest.raises(publishing.PublishError, match="branche"):
        merge(pair, karen, sectors=Take.SECOND)
    with pytest.raises(MergeError, match="Ansatte på særlige vilkår"):
        Enterprise.objects.filter(pk=twin.pk).update(special_terms=9, special_terms_year=2025)
        Enterprise.objects.filter(pk=bakery.pk).update(employees=3, employees_year=2025)
        merge(pair, karen, special_terms=Take.SECOND)
    pair.refresh_from_db()
    assert pair.state == PairState.OPEN and Enterprise.objects.get(pk=twin.pk).is_public


def test_other_pairs_of_the_one_that_is_gone_are_closed(
    pair: DuplicatePair, twin: Enterprise, karen: User
) -> None:
    an_enterprise("Tredje", district=None, **NOTHING | {"phone": twin.phone})
    pairs.find()
    assert len(kept_pairs()) == 2
    merge(pair, karen)
    pairs.find()
    assert kept_pairs() == {}


def test_a_merged_pair_is_not_asked_about_again(pair: DuplicatePair, karen: User) -> None:
    merge(pair, karen)
    pairs.find()
    assert DuplicatePair.objects.get().state == PairState.MERGED


# -- the desk -----------------------------------------------------------------------------------------


def test_the_queue_shows_the_oldest_first_in_few_queries(clerk: Client, bakery: Enterprise) -> None:
    others = [an_enterprise(f"Nr. {number}", district=None, criteria=(), **NOTHING) for number in range(60)]
    now = timezone.now()
    DuplicatePair.objects.bulk_create(
        DuplicatePair(
            first=bakery, second=other, reasons=["phone"], grounds=["phone:1"],
            found_at=now - timedelta(days=number),
        )
        for number, other in enumerate(others)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        page = clerk.get(reverse(QUEUE)).text
    assert len(queries) < 10
    assert page.index("Nr. 59") < page.index("Nr. 58") and "Nr. 9<" not in page
    assert "60 mulige dubletter" in page
    assert "Nr. 59" not in clerk.get(reverse(QUEUE), {"reason": "mail"}).text
    assert "Nr. 59" not in clerk.get(reverse(QUEUE), {"state": "apart"}).text


def test_the_page_shows_both_and_the_buttons_do_it(
    clerk: Client, pair: DuplicatePair, bakery: Enterprise, twin: Enterprise, karen: User
) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = clerk.get(page_of(pair)).text
    assert len(queries) < 35
    assert "Brød på cykel" in page and "Samme hjemmeside: broed.example" in page
    answer = clerk.post(
        page_of(pair), chosen(clerk, pair) | {"_merge": "1", "note": "Set i CVR"}, follow=True
    )
    assert "er slået sammen med" in answer.text
    logged = LogEntry.objects.filter(user=karen)
    assert {(entry.content_type.model, entry.object_id) for entry in logged} == {
        ("duplicatepair", str(pair.pk)),
        ("enterprise", str(bakery.pk)),
        ("enterprise", str(twin.pk)),
    }
    assert all("Set i CVR" in entry.change_message for entry in logged)
    again = clerk.post(page_of(pair), chosen(clerk, pair) | {"_merge": "1"})
    assert "afgjort i mellemtiden" in again.text
    assert bakery.publications.count() == 2 and twin.withdrawals.count() == 1


def test_the_page_speaks_english_too(clerk: Client, pair: DuplicatePair) -> None:
    with override("en"):
        page = clerk.get(page_of(pair)).text
    assert "Are they the same?" in page and "Keep the address" in page and "Slå sammen" not in page


def test_not_a_duplicate_is_noted_and_remembered(clerk: Client, pair: DuplicatePair) -> None:
    clerk.post(page_of(pair), chosen(clerk, pair) | {"_apart": "1", "note": "To butikker"})
    pairs.find()
    pair.refresh_from_db()
    assert (pair.state, pair.note) == (PairState.APART, "To butikker")
    assert "To butikker" in clerk.get(reverse(QUEUE), {"state": "apart"}).text


def test_what_has_changed_since_the_page_was_shown_is_not_merged(
    clerk: Client, pair: DuplicatePair, twin: Enterprise
) -> None:
    sent_ = chosen(clerk, pair)
    Enterprise.objects.filter(pk=twin.pk).update(tagline_da="Rettet i mellemtiden")
    answer = clerk.post(page_of(pair), sent_ | {"_merge": "1"}).text
    assert "Se efter igen" in answer and "Rettet i mellemtiden" in answer
    pair.refresh_from_db()
    assert pair.state == PairState.OPEN


def test_only_those_who_may_withdraw_may_decide(pair: DuplicatePair, visitor: Client) -> None:
    reader, bent = PolicingClient(), a_user("bent@example.dk", is_staff=True)
    assert visitor.get(page_of(pair)).status_code == 302
    reader.force_login(bent)
    assert reader.get(page_of(pair)).status_code == 302  # to set up a second step
    with_second_step(bent)
    assert reader.get(page_of(pair)).status_code == 403
    bent.user_permissions.add(Permission.objects.get(codename="view_duplicatepair"))
    page = reader.get(page_of(pair))
    assert page.status_code == 200 and "_merge" not in page.text and 'type="radio"' not in page.text
    for button in ("_merge", "_apart"):
        assert reader.post(page_of(pair), chosen(reader, pair) | {button: "1"}).status_code == 403
    bent.user_permissions.add(Permission.objects.get(codename="change_enterprise"))
    assert reader.post(page_of(pair), chosen(reader, pair) | {"_merge": "1"}).status_code == 302

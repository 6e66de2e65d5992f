"""Words are renamed, merged, split and retired, and nothing that was published is lost by it."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from directory import listings
from directory.models import Listing
from enterprises import editing, publishing, sections, taxonomies, term_changes
from enterprises.choices import Change, Section, TermChangeKind
from enterprises.imports.terms import Terms
from enterprises.models import (
    Draft,
    Enterprise,
    LegalForm,
    Mark,
    MarkOf,
    Mission,
    Ownership,
    Publication,
    Sector,
    Term,
    TermChange,
    User,
)
from enterprises.term_carriers import ChangeError
from tests.builders import a_user, an_enterprise, published, republished
from tests.test_listing import shown

pytestmark = pytest.mark.django_db
K = TermChangeKind


@pytest.fixture
def karen(db: None) -> User:
    return a_user("karen@example.dk")


def sector(slug: str) -> Sector:
    found: Sector = Sector.everything.get(slug=slug)
    return found


def changed(karen: User, term: Term, kind: K, **details: Any) -> TermChange:
    term.refresh_from_db()
    return term_changes.ask(term, kind, details, by=karen, reason="Ryddet op.")


def renamed(karen: User, term: Term, slug: str, da: str = "Køkkener", en: str = "Kitchens") -> TermChange:
    return changed(karen, term, K.RENAME, slug=slug, name_da=da, name_en=en)


def merged(karen: User, slug: str, into: str) -> TermChange:
    return changed(karen, sector(slug), K.MERGE, into=sector(into).pk)


def split(karen: User, term: Term, slug: str, choices: dict[str, str]) -> TermChange:
    names = {"slug": slug, "name_da": slug.title(), "name_en": slug.title()}
    return changed(karen, term, K.SPLIT, new=[names], choices=choices)


def chosen(enterprise: Enterprise) -> list[str]:
    return list(enterprise.sector_ranks.order_by("rank").values_list("sector__slug", flat=True))


def card(enterprise: Enterprise) -> list[str]:
    sectors: list[str] = Listing.objects.get(pk=enterprise.pk).card["sectors"]
    return sectors


# -- renaming ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(
    ("facet", "slug"), [("sector", "mad-catering"), ("mission", "unge"), ("ownership", "medarbejderejet")]
)
def test_a_former_address_leads_to_the_present_one(
    visitor: Client, bakery: Enterprise, karen: User, facet: str, slug: str, language: str
) -> None:
    renamed(karen, term_changes.MODELS[facet].everything.get(slug=slug), "nyt-navn")
    with override(language):
        old, new, everything = (
            reverse(facet, args=[slug]),
            reverse(facet, args=["nyt-navn"]),
            reverse("listing"),
        )
        answer = visitor.get(old)
        assert (answer.status_code, answer["Location"]) == (301, new)
        assert shown(visitor.get(new).page) == ["broed-broer"]
        answer = visitor.get(f"{everything}?{facet}={slug}&q=frokost")
        assert answer.status_code == 301
        assert answer["Location"] == f"{everything}?{facet}=nyt-navn&q=frokost"
        assert shown(visitor.get(answer["Location"]).page) == ["broed-broer"]


def test_the_interface_answers_a_former_slug_as_the_present_one(
    visitor: Client, bakery: Enterprise, karen: User
) -> None:
    renamed(karen, sector("mad-catering"), "koekkener")
    for slug in ("mad-catering", "koekkener"):
        told = visitor.get(reverse("api-enterprises"), {"sector": slug}).json()
        assert (told["total"], told["warnings"]) == (1, [])
    (record,) = told["enterprises"]
    assert record["sectors"] == [{"slug": "koekkener", "da": "Køkkener", "en": "Kitchens"}]


def test_a_renamed_word_changes_no_publication_and_no_working_copy(bakery: Enterprise, karen: User) -> None:
    renamed(karen, sector("mad-catering"), "koekkener")
    bakery.refresh_from_db()
    assert Publication.objects.count() == 1
    assert not publishing.has_changes(editing.fresh(bakery))
    assert chosen(bakery) == card(bakery) == ["koekkener"]
    assert "sector:koekkener" in Listing.objects.get(pk=bakery.pk).facets
    listings.rebuild()
    assert card(bakery) == ["koekkener"]


def test_one_finds_by_the_new_name_and_the_old(visitor: Client, bakery: Enterprise, karen: User) -> None:
    renamed(karen, sector("mad-catering"), "koekkener", da="Gryderier")
    for words in ("gryderier", "mad, kantine og catering"):
        assert shown(visitor.get("/virksomheder/", {"q": words}).page) == ["broed-broer"]


def test_a_word_may_have_its_former_slug_back(visitor: Client, bakery: Enterprise, karen: User) -> None:
    renamed(karen, sector("mad-catering"), "koekkener")
    renamed(karen, sector("koekkener"), "mad-catering")
    assert shown(visitor.get("/brancher/mad-catering/").page) == ["broed-broer"]
    assert visitor.get("/brancher/koekkener/")["Location"] == "/brancher/mad-catering/"
    assert not publishing.has_changes(editing.fresh(bakery))


def test_nobody_gets_anothers_former_slug(bakery: Enterprise, karen: User) -> None:
    renamed(karen, sector("mad-catering"), "koekkener")
    with pytest.raises(ChangeError, match="Køkkener"):
        renamed(karen, sector("it-data"), "mad-catering")
    with pytest.raises(ChangeError, match="Køkkener"):
        split(karen, sector("it-data"), "mad-catering", {})


def test_a_renamed_mark_stays_with_its_holders(bakery: Enterprise, karen: User) -> None:
    mark = Mark.objects.exclude(slug=Mark.RSV).first()
    MarkOf.objects.create(enterprise=bakery, mark=mark, number="12")
    renamed(karen, mark, "nyt-maerke")
    assert [(held.mark_id, held.number) for held in bakery.marks.all()] == [("nyt-maerke", "12")]


# -- merging ----------------------------------------------------------------------------------------


def test_merging_gives_the_other_word_once(visitor: Client, karen: User) -> None:
    both = published("Begge", sectors=["mad-catering", "it-data", "finans"])
    one = published("Den ene", sectors=["mad-catering"])
    merged(karen, "mad-catering", "finans")
    assert chosen(both) == card(both) == ["finans", "it-data"]
    assert chosen(one) == card(one) == ["finans"]
    assert Publication.objects.count() == 2
    assert not any(publishing.has_changes(editing.fresh(each)) for each in (both, one))
    assert shown(visitor.get("/brancher/finans/").page) == ["begge", "den-ene"]
    assert visitor.get("/brancher/mad-catering/")["Location"] == "/brancher/finans/"
    assert "mad-catering" not in visitor.get("/brancher/").page.text
    profile = visitor.get("/virksomheder/begge/").page
    assert profile.text.count(str(sector("finans"))) >= 1
    assert {"Mad & catering", "mad-catering"}.isdisjoint(chosen(one))


def test_former_slugs_of_a_merged_word_lead_to_where_it_went(
    visitor: Client, bakery: Enterprise, karen: User
) -> None:
    renamed(karen, sector("mad-catering"), "koekkener")
    merged(karen, "koekkener", "finans")
    merged(karen, "finans", "it-data")
    for slug in ("mad-catering", "koekkener", "finans"):
        assert visitor.get(f"/brancher/{slug}/")["Location"] == "/brancher/it-data/"
    assert card(bakery) == chosen(bakery) == ["it-data"]


def test_what_was_published_before_is_restored_with_the_present_word(karen: User) -> None:
    bakery = published(sectors=["mad-catering", "finans"])
    republished(bakery, tagline_da="Nyt")
    merged(karen, "mad-catering", "finans")
    publishing.restore(bakery.publications.get(number=1), by=karen)
    assert chosen(bakery) == card(bakery) == ["finans"]


def test_working_copies_and_drafts_follow(bakery: Enterprise, karen: User) -> None:
    mission, other = Mission.objects.all()[:2]
    draft = an_enterprise("Ikke udgivet", missions=[mission.slug])
    ida = a_user()
    typed = f"name=Br%C3%B8d&missions={mission.pk}"
    Draft.objects.create(enterprise=bakery, user=ida, section=Section.WHO, data=typed)
    changed(karen, mission, K.MERGE, into=other.pk)
    assert list(draft.missions.all()) == [other]
    assert Draft.objects.get().data == f"name=Br%C3%B8d&missions={other.pk}"


def test_an_old_form_with_a_merged_word_is_saved_with_its_successor(bakery: Enterprise, karen: User) -> None:
    """Somebody has had the page open since before."""
    gone, ownership = sector("it-data"), Ownership.objects.get(slug="medarbejderejet")
    merged(karen, "it-data", "finans")
    data = QueryDict(mutable=True)
    data.update(
        {"name": "Brød", "tagline_da": "Mad", "description_da": "Vi bager.", "sector_1": str(gone.pk)}
    )
    version = sections.version(editing.fresh(bakery), Section.WHO)
    outcome = editing.save(bakery, a_user(), Section.WHO, data, version=version, revision=0)
    assert isinstance(outcome, editing.Saved)
    assert chosen(bakery) == ["finans"]
    heir = Ownership.objects.exclude(pk=ownership.pk).first()
    changed(karen, ownership, K.MERGE, into=heir.pk)
    bakery.refresh_from_db()
    assert bakery.ownership == heir
    Enterprise.objects.filter(pk=bakery.pk).update(ownership=ownership)
    bakery.refresh_from_db()
    assert bakery.ownership == heir


def test_the_import_knows_former_slugs_and_names(karen: User) -> None:
    old = sector("mad-catering").name_da
    renamed(karen, sector("mad-catering"), "koekkener")
    merged(karen, "it-data", "finans")
    terms = Terms.load()
    assert [terms.find("sectors", text).slug for text in ("mad-catering", old, "koekkener", "it-data")] == [
        "koekkener", "koekkener", "koekkener", "finans",
    ]  # fmt: skip


def test_a_word_is_not_merged_with_itself_or_one_that_has_gone(karen: User) -> None:
    with pytest.raises(ChangeError):
        merged(karen, "finans", "finans")
    merged(karen, "it-data", "finans")
    with pytest.raises(ChangeError):
        merged(karen, "mad-catering", "it-data")


# -- splitting --------------------------------------------------------------------------------------


def test_splitting_moves_those_that_are_chosen(visitor: Client, karen: User) -> None:
    stay, move, both = (published(name, sectors=["mad-catering"]) for name in ("Bliver", "Flytter", "Begge"))
    move.tagline_da = "Er ikke udgivet endnu"
    move.save()
    choices = {str(move.pk): "move-0", str(both.pk): "both-0"}
    split(karen, sector("mad-catering"), "bagerier", choices)
    assert [card(each) for each in (stay, move, both)] == [
        ["mad-catering"], ["bagerier"], ["mad-catering", "bagerier"],
    ]  # fmt: skip
    assert [chosen(each) for each in (stay, move, both)] == [card(each) for each in (stay, move, both)]
    numbers = [
        list(each.publications.order_by("number").values_list("change", flat=True)) for each in (stay, move)
    ]
    assert numbers == [[Change.PUBLISHED], [Change.PUBLISHED, Change.TERMS]]
    move.refresh_from_db()
    assert move.current is not None and move.current.snapshot["tagline"]["da"] == "Frokost og brød til møder"
    assert publishing.has_changes(editing.fresh(move))
    assert shown(visitor.get("/brancher/bagerier/").page) == ["begge", "flytter"]


def test_nobody_gets_a_fourth_branch(karen: User) -> None:
    full = published(sectors=["mad-catering", "finans", "it-data"])
    with pytest.raises(ChangeError, match="Brød & Broer"):
        split(karen, sector("finans"), "revision", {str(full.pk): "both-0"})


# -- retiring ---------------------------------------------------------------------------------------


def test_a_retired_word_is_gone_from_what_one_can_choose(visitor: Client, karen: User) -> None:
    bakery = published(sectors=["mad-catering", "finans"])
    changed(karen, sector("finans"), K.RETIRE)
    assert chosen(bakery) == card(bakery) == ["mad-catering"]
    assert bakery.publications.get(number=1).snapshot["sectors"][1]["slug"] == "finans"
    assert visitor.get("/brancher/finans/")["Location"] == "/brancher/"
    assert not Sector.objects.filter(slug="finans").exists()
    publishing.restore(bakery.publications.get(number=1), by=karen)
    assert chosen(bakery) == ["mad-catering"]
    changed(karen, sector("finans"), K.REVIVE)
    assert visitor.get("/brancher/finans/").status_code == 200


def test_nobody_public_is_left_without_a_branch(karen: User) -> None:
    bakery = published(sectors=["finans"])
    with pytest.raises(ChangeError, match="Brød & Broer"):
        changed(karen, sector("finans"), K.RETIRE)
    assert sector("finans").retired_on is None
    changed(karen, sector("finans"), K.RETIRE, instead=sector("it-data").pk)
    assert chosen(bakery) == card(bakery) == ["it-data"]
    assert bakery.publications.count() == 2


def test_a_restored_publication_needs_a_branch_in_use(karen: User) -> None:
    bakery = published(sectors=["finans"])
    changed(karen, sector("finans"), K.RETIRE, instead=sector("it-data").pk)
    with pytest.raises(publishing.PublishError):
        publishing.restore(bakery.publications.get(number=1), by=karen)


def test_facts_are_not_changed(karen: User) -> None:
    rsv = Mark.objects.get(slug=Mark.RSV)
    assert term_changes.possible(rsv) == []
    form = LegalForm.objects.exclude(cvr_code=None).first()
    assert term_changes.possible(form) == [K.RENAME]
    with pytest.raises(ChangeError):
        changed(karen, form, K.RETIRE)


def test_the_worker_does_what_many_have_once(karen: User, monkeypatch: pytest.MonkeyPatch) -> None:
    bakery = published(sectors=["mad-catering"])
    published("Edb", sectors=["it-data"])
    monkeypatch.setattr(term_changes, "MOST_AT_ONCE", 0)
    change = merged(karen, "mad-catering", "finans")
    assert (change.state, chosen(bakery)) == ("waiting", ["mad-catering"])
    for _again in range(2):
        term_changes.carry_out(change.pk)
    change.refresh_from_db()
    assert (change.state, chosen(bakery), card(bakery)) == ("done", ["finans"], ["finans"])
    change = merged(karen, "it-data", "finans")
    assert change.state == "waiting"
    published("Andre", sectors=["it-data"])
    changed_since = sector("finans")
    Sector.everything.filter(pk=changed_since.pk).update(retired_on="2026-01-01")
    waiting = TermChange.objects.create(
        taxonomy="sector",
        term=sector("undervisning").pk,
        name="x",
        kind="merge",
        details={"into": changed_since.pk},
    )
    term_changes.carry_out(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "refused" and waiting.outcome


def test_words_are_read_in_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        taxonomies.words()

"""The council's desk: what a clerk can do there, and what nobody can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from enterprises import claims, publishing, register
from enterprises.models import (
    Claim,
    District,
    Editorship,
    Enterprise,
    ErrorReport,
    Evidence,
    Mark,
    MarkOf,
    Mission,
    OpeningHours,
    Place,
    Publication,
    Sector,
    SectorOf,
    User,
)
from tests.builders import with_second_step

pytestmark = pytest.mark.django_db

LIST = "admin:enterprises_enterprise_changelist"
ADD = "admin:enterprises_enterprise_add"
CHANGE = "admin:enterprises_enterprise_change"


@pytest.fixture
def person() -> User:
    karen = User.objects.create_superuser("karen@example.dk", "en lang sætning", name="Karen Clerk")
    return with_second_step(karen)


@pytest.fixture
def clerk(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def an_enterprise(name: str = "Brød & Fællesskab", **fields: Any) -> Enterprise:
    lines = {"tagline_da": "Frokost til møder.", "description_da": "Et bageri, medarbejderne ejer."}
    enterprise = Enterprise.objects.create(name=name, slug=publishing.free_slug(name), **lines | fields)
    SectorOf.objects.create(enterprise=enterprise, sector=Sector.objects.get(slug="mad-catering"), rank=1)
    return enterprise


@pytest.fixture
def draft() -> Enterprise:
    return an_enterprise()


@pytest.fixture
def public(draft: Enterprise) -> Enterprise:
    publishing.publish(draft)
    draft.refresh_from_db()
    return draft


def page_of(enterprise: Enterprise) -> str:
    return reverse(CHANGE, args=[enterprise.pk])


def filled(response: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send from the form on the page, with some fields changed."""
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    return dict(_values(forms)) | changes


def _values(forms: list[Any]) -> Iterator[tuple[str, Any]]:
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                yield bound.html_name, value


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# -- adding and publishing --------------------------------------------------------------------------


def new_bakery(clerk: Client, **changes: Any) -> Any:
    sector = Sector.objects.get(slug="mad-catering").pk
    data = filled(clerk.get(reverse(ADD)), name="Rød Grød & Co", tagline_da="Grød til alle.")
    data |= {"description_da": "Vi laver grød.", "sector_ranks-0-sector": sector} | changes
    return clerk.post(reverse(ADD), data, follow=True)


def test_an_enterprise_is_added_and_published_in_one_go(clerk: Client, person: User) -> None:
    response = new_bakery(clerk, _publish="1")
    publication = Publication.objects.get()
    assert publication.enterprise.slug == "roed-groed-co"
    assert publication.published_by == person
    assert "udgivet som nr. 1" in messages_of(response)


def test_gem_alone_publishes_nothing(clerk: Client) -> None:
    new_bakery(clerk, _save="1")
    assert Enterprise.objects.get().current is None
    assert not Publication.objects.exists()


def test_publishing_what_is_incomplete_keeps_the_save_and_says_what_is_missing(clerk: Client) -> None:
    response = new_bakery(clerk, description_da="", _publish="1")
    assert Enterprise.objects.get().name == "Rød Grød & Co"
    assert not Publication.objects.exists()
    assert "Der mangler en beskrivelse på dansk." in messages_of(response)


def test_gem_og_udgiv_takes_the_change_along(clerk: Client, public: Enterprise) -> None:
    data = filled(clerk.get(page_of(public)), tagline_da="Morgenbrød.", _publish="1")
    clerk.post(page_of(public), data)
    public.refresh_from_db()
    assert public.current is not None
    assert public.current.snapshot["tagline"] == {"da": "Morgenbrød."}


def test_the_link_to_the_site_leads_to_the_published_address(clerk: Client, public: Enterprise) -> None:
    Enterprise.objects.filter(pk=public.pk).update(slug="ny-adresse")
    assert reverse("profile", args=["broed-faellesskab"]) in clerk.get(page_of(public)).text


def test_a_draft_has_no_link_to_the_site(clerk: Client, draft: Enterprise) -> None:
    assert "Vis på siden" not in clerk.get(page_of(draft)).text


def test_the_page_shows_rsv_with_its_date_but_no_field_for_it(clerk: Client, public: Enterprise) -> None:
    Enterprise.objects.filter(pk=public.pk).update(rsv_registered=True, rsv_read_on=date(2026, 10, 5))
    response = clerk.get(page_of(public))
    assert "Registreret, læst i CVR 5. oktober 2026" in response.text
    assert 'name="rsv' not in response.text


# -- sections ---------------------------------------------------------------------------------------


def test_two_sectors_can_swap_ranks(clerk: Client, draft: Enterprise) -> None:
    SectorOf.objects.create(enterprise=draft, sector=Sector.objects.get(slug="undervisning"), rank=2)
    swapped = {"sector_ranks-0-rank": "2", "sector_ranks-1-rank": "1"}
    clerk.post(page_of(draft), filled(clerk.get(page_of(draft)), **swapped))
    assert list(draft.sector_ranks.values_list("sector__slug", flat=True)) == ["undervisning", "mad-catering"]


def test_a_rank_cannot_be_given_twice(clerk: Client, draft: Enterprise) -> None:
    other = Sector.objects.get(slug="undervisning").pk
    twice = {"sector_ranks-1-rank": "1", "sector_ranks-1-sector": other}
    response = clerk.post(page_of(draft), filled(clerk.get(page_of(draft)), **twice))
    assert response.context["errors"]
    assert draft.sector_ranks.count() == 1


def test_rsv_cannot_be_ticked(clerk: Client, draft: Enterprise) -> None:
    response = clerk.get(page_of(draft))
    marks = next(i.formset for i in response.context["inline_admin_formsets"] if i.formset.model is MarkOf)
    assert Mark.RSV not in [slug for slug, _name in marks.empty_form.fields["mark"].choices]
    ticked = filled(response) | {"marks-TOTAL_FORMS": "1", "marks-0-mark": Mark.RSV}
    assert clerk.post(page_of(draft), ticked).context["errors"]
    assert not MarkOf.objects.exists()


@pytest.mark.parametrize("checked_on", ["2026-10-01", ""])
def test_who_notes_a_check_is_its_checker(
    clerk: Client, person: User, draft: Enterprise, checked_on: str
) -> None:
    proof = {"criterion": "purpose", "proof": "statutes", "wording_da": "§ 2", "checked_on": checked_on}
    data = filled(clerk.get(page_of(draft))) | {"evidence-TOTAL_FORMS": "1"}
    clerk.post(page_of(draft), data | {f"evidence-0-{key}": value for key, value in proof.items()})
    assert Evidence.objects.get().checked_by == (person if checked_on else None)


def test_opening_hours_are_written_on_the_places_page(clerk: Client, public: Enterprise) -> None:
    place = Place.objects.create(enterprise=public, street="Elmegade 1", district=District.objects.first())
    address = reverse("admin:enterprises_place_change", args=[place.pk])
    assert address in clerk.get(page_of(public)).text
    monday = {"hours-0-weekday": "0", "hours-0-opens": "09:00", "hours-0-closes": "17:00"}
    response = clerk.post(address, filled(clerk.get(address), **monday))
    assert response.headers["Location"] == page_of(public)
    assert OpeningHours.objects.get().place == place
    waiting = clerk.get(reverse(LIST), {"status": "changed"}).context["cl"].result_list
    assert list(waiting) == [public]


def test_audiences_are_ticked_and_addresses_without_a_scheme_become_https(
    clerk: Client, draft: Enterprise
) -> None:
    offer = {"name_da": "Frokost", "audiences": ["public", "citizens"], "position": "0"}
    data = filled(clerk.get(page_of(draft)), website="eksempel.dk", source_urls="kilde.dk,https://b.dk/")
    data |= {f"offers-0-{key}": value for key, value in offer.items()} | {"offers-TOTAL_FORMS": "1"}
    clerk.post(page_of(draft), data)
    draft.refresh_from_db()
    assert draft.website == "https://eksempel.dk"
    assert draft.source_urls == ["https://kilde.dk", "https://b.dk/"]
    assert set(draft.offers.get().audiences) == {"public", "citizens"}


# -- the list ---------------------------------------------------------------------------------------


def act(clerk: Client, action: str, *enterprises: Enterprise, **more: Any) -> Any:
    chosen = [enterprise.pk for enterprise in enterprises]
    return clerk.post(reverse(LIST), {"action": action, "_selected_action": chosen} | more, follow=True)


def test_several_are_published_and_the_incomplete_are_named(clerk: Client, draft: Enterprise) -> None:
    incomplete = an_enterprise("Uden ord", tagline_da="")
    response = act(clerk, "publish_selected", draft, incomplete)
    assert Publication.objects.get().enterprise == draft
    assert "Uden ord: Der mangler en linje på dansk" in messages_of(response)
    assert "1 virksomhed er klaret." in messages_of(response)


def test_withdrawing_asks_for_a_reason_first(clerk: Client, public: Enterprise) -> None:
    assert "Begrundelse" in act(clerk, "withdraw_selected", public).text
    assert act(clerk, "withdraw_selected", public, withdraw="1", reason="").context["form"].errors
    public.refresh_from_db()
    assert public.is_public


def test_withdrawing_with_a_reason(clerk: Client, person: User, public: Enterprise) -> None:
    act(clerk, "withdraw_selected", public, withdraw="1", reason="Lukket")
    public.refresh_from_db()
    assert not public.is_public
    assert (public.withdrawals.get().reason, public.withdrawals.get().withdrawn_by) == ("Lukket", person)


def test_a_profile_is_merged_only_into_one_that_is_public(clerk: Client, public: Enterprise) -> None:
    other = an_enterprise("Afløseren")
    more = {"withdraw": "1", "reason": "Fusion", "merged_into": other.pk}
    assert act(clerk, "withdraw_selected", public, **more).context["form"].errors
    publishing.publish(other)
    act(clerk, "withdraw_selected", public, **more)
    assert public.withdrawals.get().merged_into == other


def test_confirming_today(clerk: Client, public: Enterprise) -> None:
    act(clerk, "confirm_today", public)
    public.refresh_from_db()
    assert public.confirmed_on is not None


@pytest.mark.parametrize(
    ("state", "name"),
    [("published", "Udgivet"), ("changed", "Ændret"), ("draft", "Kladde"), ("withdrawn", "Trukket")],
)
def test_the_list_tells_states_apart(clerk: Client, state: str, name: str) -> None:
    an_enterprise("Kladde")
    for other in ("Udgivet", "Ændret", "Trukket"):
        publishing.publish(an_enterprise(other))
    Enterprise.objects.get(name="Udgivet").save()  # saved again, as it was
    changed = Enterprise.objects.get(name="Ændret")
    changed.phone = "33 33 33 33"
    changed.save()
    publishing.withdraw(Enterprise.objects.get(name="Trukket"), reason="Lukket")
    shown = {row.name for row in clerk.get(reverse(LIST), {"status": state}).context["cl"].result_list}
    assert shown == ({"Udgivet", "Ændret"} if state == "published" else {name})


def test_what_cvr_now_says_is_a_change_that_waits(clerk: Client, public: Enterprise) -> None:
    register.record_rsv(public, registered=True, read_on=timezone.localdate())
    assert list(clerk.get(reverse(LIST), {"status": "changed"}).context["cl"].result_list) == [public]


def test_the_list_shows_each_state(clerk: Client, public: Enterprise) -> None:
    assert "udgivet nr. 1<" in clerk.get(reverse(LIST)).text
    Enterprise.objects.filter(pk=public.pk).update(phone="33 33 33 33")
    assert "udgivet nr. 1, ændringer venter" in clerk.get(reverse(LIST)).text
    publishing.withdraw(public, reason="Lukket")
    assert "trukket tilbage</td>" in clerk.get(reverse(LIST)).text


def test_an_alias_and_a_cvr_number_find_the_enterprise(clerk: Client) -> None:
    an_enterprise(aliases=["Bageren på hjørnet"], cvr="25313763")
    an_enterprise("En anden")
    for words in ("hjørnet", "25313763"):
        found = clerk.get(reverse(LIST), {"q": words}).context["cl"].result_list
        assert [row.name for row in found] == ["Brød & Fællesskab"]


def test_the_list_asks_the_database_equally_often_for_3_and_30(clerk: Client) -> None:
    queries = []
    district = District.objects.first()
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            enterprise = an_enterprise(f"Virksomhed {number}")
            Place.objects.create(enterprise=enterprise, district=district)
            if number % 3:
                publishing.publish(enterprise)
        clerk.get(reverse(LIST))
        with CaptureQueriesContext(connection) as captured:
            clerk.get(reverse(LIST))
        queries.append(len(captured))
    assert queries[0] == queries[1]


# -- publications -----------------------------------------------------------------------------------


def restoring(publication: Publication) -> str:
    return reverse("admin:enterprises_publication_restore", args=[publication.pk])


def test_a_publication_reads_as_text_and_cannot_be_changed(clerk: Client, public: Enterprise) -> None:
    address = reverse("admin:enterprises_publication_change", args=[Publication.objects.get().pk])
    response = clerk.get(address)
    assert "<dt>Én linje</dt>" in response.text
    assert f"<dd>{escape(Sector.objects.get(slug='mad-catering'))}</dd>" in response.text
    assert restoring(Publication.objects.get()) in response.text
    assert clerk.post(address, {"reason": "x"}).status_code == 403


def test_an_earlier_publication_is_brought_back(clerk: Client, person: User, public: Enterprise) -> None:
    first = Publication.objects.get()
    Enterprise.objects.filter(pk=public.pk).update(tagline_da="Ny linje.")
    publishing.publish(public)
    assert "skal gå tabt" not in clerk.get(restoring(first)).text
    clerk.post(restoring(first), {"reason": "Fejl i nr. 2"})
    public.refresh_from_db()
    assert public.tagline_da == "Frokost til møder."
    assert public.current is not None
    assert (public.current.number, public.current.reason) == (3, "Fejl i nr. 2")
    assert public.current.published_by == person


def test_unpublished_changes_are_lost_only_when_the_clerk_says_so(clerk: Client, public: Enterprise) -> None:
    first = Publication.objects.get()
    Enterprise.objects.filter(pk=public.pk).update(tagline_da="Aldrig udgivet.")
    response = clerk.post(restoring(first), {"reason": "Fortryd"})
    assert "Der er ændringer, som aldrig er udgivet." in response.text
    clerk.post(restoring(first), {"reason": "Fortryd", "discard_changes": "on"})
    public.refresh_from_db()
    assert public.tagline_da == "Frokost til møder."


def test_what_was_public_cannot_be_deleted_but_a_draft_can(clerk: Client, public: Enterprise) -> None:
    draft = an_enterprise("Kladde")
    Place.objects.create(enterprise=draft)
    for enterprise, answer in ((public, 403), (draft, 200)):
        address = reverse("admin:enterprises_enterprise_delete", args=[enterprise.pk])
        assert clerk.get(address).status_code == answer
        clerk.post(address, {"post": "yes"})
    assert list(Enterprise.objects.all()) == [public]
    assert "delete_selected" not in clerk.get(reverse(LIST)).text


# -- words, people, reports -------------------------------------------------------------------------


def test_a_word_in_use_keeps_its_address_and_its_place(clerk: Client, draft: Enterprise) -> None:
    sector = Sector.objects.get(slug="mad-catering")
    address = reverse("admin:enterprises_sector_change", args=[sector.pk])
    sent = filled(clerk.get(address), slug="ny", name_da="Mad", text_da="Alt, man kan spise.")
    clerk.post(address, sent)
    sector.refresh_from_db()
    # Names have a page of their own, which shows what changes with them.
    assert (sector.slug, sector.text_da) == ("mad-catering", "Alt, man kan spise.")
    assert sector.name_da != "Mad"
    clerk.post(reverse("admin:enterprises_sector_delete", args=[sector.pk]), {"post": "yes"})
    assert Sector.objects.filter(pk=sector.pk).exists()


def test_a_new_word_gets_its_address_from_its_name(clerk: Client) -> None:
    add = reverse("admin:enterprises_mission_add")
    clerk.post(add, filled(clerk.get(add), name_da="Grøn omstilling i byen", name_en="Green city"))
    assert Mission.objects.get(name_en="Green city").slug == "groen-omstilling-i-byen"


def test_a_user_is_made_from_a_mail_address(clerk: Client) -> None:
    add = reverse("admin:enterprises_user_add")
    password = {"usable_password": "true", "password1": "bageri-i-natten", "password2": "bageri-i-natten"}
    clerk.post(add, {"email": "Ole@Example.dk", "name": "Ole", **password})
    assert User.objects.get(name="Ole").email == "ole@example.dk"
    assert Client().login(username="ole@example.dk", password="bageri-i-natten")


def test_an_editorship_says_who_gave_it(clerk: Client, person: User, draft: Enterprise) -> None:
    editor = User.objects.create_user("ole@example.dk")
    add = reverse("admin:enterprises_editorship_add")
    clerk.post(add, {"enterprise": draft.pk, "user": editor.pk})
    assert Editorship.objects.get().claim.decided_by == person


def test_staff_without_all_rights_cannot_take_them(client: Client, person: User) -> None:
    colleague = User.objects.create_user("ida@example.dk", is_staff=True)
    colleague.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(with_second_step(colleague))
    own = reverse("admin:enterprises_user_change", args=[colleague.pk])
    client.post(own, filled(client.get(own), is_superuser="on"))
    colleague.refresh_from_db()
    assert not colleague.is_superuser
    password = reverse("admin:auth_user_password_change", args=[person.pk])
    assert client.get(password).status_code == 403


def test_error_reports_are_marked_as_handled_and_open_ones_come_first(
    clerk: Client, person: User, public: Enterprise
) -> None:
    reports = [
        ErrorReport.objects.create(enterprise=public, message=f"Fejl {i}", email="laeser@example.dk")
        for i in (1, 2)
    ]
    address = reverse("admin:enterprises_errorreport_changelist")
    clerk.post(address, {"action": "mark_handled", "_selected_action": [reports[1].pk]})
    reports[1].refresh_from_db()
    assert reports[1].handled_by == person
    assert not reports[1].email, "the form promises to forget the sender"
    assert list(clerk.get(address).context["cl"].result_list) == reports


# -- who and how ------------------------------------------------------------------------------------


def test_strangers_and_editors_are_turned_away(client: Client, public: Enterprise) -> None:
    editor = User.objects.create_user("ole@example.dk")
    claims.give(public, editor)
    client.force_login(editor)
    for visitor in (Client(), client):
        for address in (reverse(LIST), page_of(public), restoring(Publication.objects.get())):
            assert visitor.get(address).status_code == 302


def test_who_may_only_look_can_neither_publish_nor_restore(client: Client, public: Enterprise) -> None:
    reader = User.objects.create_user("ida@example.dk", is_staff=True)
    looking = ["view_enterprise", "view_publication"]
    reader.user_permissions.set(Permission.objects.filter(codename__in=looking))
    client.force_login(with_second_step(reader))
    publication = Publication.objects.get()
    assert "Gem og udgiv" not in client.get(page_of(public)).text
    assert client.post(page_of(public), {"_publish": "1"}).status_code == 403
    assert client.post(restoring(publication), {"reason": "x"}).status_code == 403
    act(client, "withdraw_selected", public, withdraw="1", reason="x")
    assert not public.withdrawals.exists()
    detail = reverse("admin:enterprises_publication_change", args=[publication.pk])
    assert "Gendan denne udgivelse" not in client.get(detail).text


def test_who_may_only_add_does_not_publish(client: Client) -> None:
    helper = User.objects.create_user("ida@example.dk", is_staff=True)
    adding = ["add_enterprise", "add_sectorof", "view_enterprise"]
    helper.user_permissions.set(Permission.objects.filter(codename__in=adding))
    client.force_login(with_second_step(helper))
    assert "Gem og udgiv" not in client.get(reverse(ADD)).text
    assert new_bakery(client, _publish="1").status_code == 403
    assert not Publication.objects.exists()


INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\sstyle=|\son[a-z]+=\"")


def test_no_page_of_the_desk_needs_inline_scripts_or_styles(clerk: Client, public: Enterprise) -> None:
    Place.objects.create(enterprise=public)
    claims.give(public, User.objects.create_user("ole@example.dk"))
    publication = Publication.objects.get()
    pages = [reverse("admin:index"), page_of(public), restoring(publication)]
    pages += [reverse("admin:enterprises_publication_change", args=[publication.pk])]
    pages += [reverse("admin:enterprises_user_change", args=[User.objects.get(name="Karen Clerk").pk])]
    pages += [reverse("admin:enterprises_enterprise_delete", args=[an_enterprise("Kladde").pk])]
    pages += [reverse("admin:enterprises_claim_decide", args=[Claim.objects.get().pk])]
    pages += [reverse("admin:enterprises_invitation_invite", args=[public.pk])]
    for model in (
        "enterprise",
        "publication",
        "withdrawal",
        "errorreport",
        "editorship",
        "claim",
        "invitation",
        "user",
        "place",
        "mail",
    ):
        pages.append(reverse(f"admin:enterprises_{model}_changelist"))
    for word in ("sector", "mission", "ownership", "legalform", "district", "mark", "enterprise", "user"):
        pages += [reverse(f"admin:enterprises_{word}_{page}") for page in ("changelist", "add")]
    responses = [clerk.get(page) for page in pages] + [act(clerk, "withdraw_selected", public)]
    for response in responses:
        assert response.status_code == 200
        assert not INLINE.search(response.text), response.request["PATH_INFO"]

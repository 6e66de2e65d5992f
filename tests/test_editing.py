"""Editors keep their profile true: what they type is saved, drafted, shown and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enterprises import publishing, sections, snapshots
from enterprises.choices import Section
from enterprises.forms import PAGES
from enterprises.models import Draft, Enterprise, Offer, Place, SectionPolicy, Sector
from tests.builders import a_place, an_enterprise
from tests.client import Element

pytestmark = pytest.mark.django_db


def fresh(enterprise: Enterprise) -> Enterprise:
    return Enterprise.objects.select_related("current").get(pk=enterprise.pk)


def address(section: str, slug: str = "broed-broer") -> str:
    return reverse("edit-section", args=[slug, section])


def filled(page: Element) -> dict[str, Any]:
    """What a browser would send, were the form on a page sent as it is."""
    sent: dict[str, Any] = {}
    (form,) = [form for form in page.all("form") if "data-autosave" in form.attrs]
    for entry in form:
        name = entry.attrs.get("name")
        if not name or entry.tag == "button":
            continue
        if entry.tag == "textarea":
            sent[name] = "".join(child for child in entry.children if isinstance(child, str)).removeprefix(
                "\n"
            )
        elif entry.tag == "select":
            chosen = [option for option in entry.all("option") if "selected" in option.attrs]
            sent[name] = chosen[0].attrs.get("value", "") if chosen else ""
        elif entry.attrs.get("type") in ("checkbox", "radio"):
            if "checked" in entry.attrs:
                sent.setdefault(name, []).append(entry.attrs.get("value", "on"))
        else:
            sent[name] = entry.attrs.get("value", "")
    return sent


def opened(client: Client, section: str) -> dict[str, Any]:
    return filled(client.get(address(section)).page)


def save(client: Client, section: str, **changes: Any) -> Any:
    return client.post(address(section), opened(client, section) | changes)


@pytest.mark.parametrize("section", PAGES)
def test_saving_a_page_as_it_is_changes_nothing(editor: Client, bakery: Enterprise, section: str) -> None:
    before = snapshots.take(fresh(bakery))
    assert save(editor, section).status_code == 302
    assert snapshots.take(fresh(bakery)) == before
    assert bakery.publications.count() == 1


def test_what_is_saved_waits_for_the_council(editor: Client, visitor: Client, bakery: Enterprise) -> None:
    save(editor, "who", tagline_da="Boller hver morgen")
    assert fresh(bakery).tagline_da == "Boller hver morgen"
    assert "Boller hver morgen" not in visitor.get(reverse("profile", args=[bakery.slug])).content.decode()
    home = editor.get(reverse("edit-enterprise", args=[bakery.slug])).page.one("main").text
    assert "I har gemt ændringer, som ikke er sendt" in home
    assert "ændret, ikke udgivet" in home


def test_a_trusted_section_goes_live_without_what_waits(
    editor: Client, visitor: Client, bakery: Enterprise
) -> None:
    save(editor, "who", tagline_da="Boller hver morgen")
    save(editor, "contact", phone="11 22 33 44")
    save(editor, "hours", **{"place0-day_5": "8-12 og 13-15.30"})
    shown = visitor.get(reverse("profile", args=[bakery.slug])).page.one("main").text
    assert "11 22 33 44" in shown and "13.00–15.30" in shown
    assert "Boller hver morgen" not in shown
    assert bakery.publications.count() == 3
    assert publishing.has_changes(fresh(bakery))


def test_staff_decide_what_is_trusted(editor: Client, bakery: Enterprise) -> None:
    SectionPolicy.objects.filter(section="contact").update(direct=False)
    SectionPolicy.objects.filter(section="who").update(direct=True)
    save(editor, "contact", phone="11 22 33 44")
    save(editor, "who", tagline_da="Boller hver morgen")
    shown = fresh(bakery).current.snapshot
    assert (shown["contact"]["phone"], shown["tagline"]["da"]) == ("00 00 12 34", "Boller hver morgen")


def test_hours_of_a_place_that_waits_wait_with_it(editor: Client, bakery: Enterprise) -> None:
    save(editor, "places", **{"places-0-street": "Ny Gade 1"})
    save(editor, "hours", **{"place0-day_6": "10-14"})
    assert bakery.publications.count() == 1
    assert Place.objects.get().hours.filter(weekday=6).exists()
    assert Place.objects.get().latitude is None


def test_hours_of_a_place_with_the_same_address_wait_for_nobody(
    editor: Client, visitor: Client, bakery: Enterprise
) -> None:
    save(editor, "places", **{"places-0-accessibility_da": "Rampe i gården"})
    save(editor, "hours", **{"place0-day_6": "10-14"})
    (place,) = fresh(bakery).current.snapshot["places"]
    assert [interval["day"] for interval in place["hours"]] == [0, 1, 2, 3, 4, 6]
    assert "accessibility" not in place


def test_hours_find_their_place_among_others_that_have_changed(editor: Client, bakery: Enterprise) -> None:
    """Two places change names and order, and one of them its address: no hours go astray."""
    second = a_place(bakery, street="Andenvej 2", postcode="2100", hours=[(5, "10:00", "12:00")])
    publishing.publish(fresh(bakery))
    Place.objects.filter(pk=second.pk).update(position=0, label_da="Lageret")
    Place.objects.exclude(pk=second.pk).update(position=1, street="Ny Gade 1")
    save(editor, "hours", **{"place0-day_6": "10-14", "place1-day_6": "11-15"})
    first, other = fresh(bakery).current.snapshot["places"]
    assert [interval["day"] for interval in first["hours"]] == [0, 1, 2, 3, 4]
    assert [interval["day"] for interval in other["hours"]] == [5, 6]


def test_hours_go_along_with_a_place_that_needs_no_review(editor: Client, bakery: Enterprise) -> None:
    SectionPolicy.objects.filter(section="places").update(direct=True)
    save(editor, "places", **{"places-0-street": "Ny Gade 1"})
    (place,) = fresh(bakery).current.snapshot["places"]
    assert (place["street"], len(place["hours"])) == ("Ny Gade 1", 5)


def test_an_enterprise_nobody_has_published_yet_stays_unseen(editor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    save(editor, "contact", phone="11 22 33 44")
    assert fresh(bakery).current is None


# -- rows -----------------------------------------------------------------------------------------


def press(client: Client, section: str, button: str, **changes: Any) -> dict[str, Any]:
    answer = client.post(address(section), opened(client, section) | changes | {"row": button})
    assert answer.status_code == 302, answer.status_code
    return opened(client, section)


def test_rows_are_added_moved_and_removed_by_buttons_alone(editor: Client, bakery: Enterprise) -> None:
    press(editor, "offers", "add:offers")
    press(editor, "offers", "add:offers", **{"offers-1-name_da": "Kage"})
    press(editor, "offers", "up:offers:1", **{"offers-2-name_da": "Te", "offers-2-audiences": ["citizens"]})
    form = press(editor, "offers", "down:offers:1")
    assert [form[f"offers-{n}-name_da"] for n in range(3)] == ["Kage", "Te", "Frokost til møder"]
    assert form["offers-1-audiences"] == ["citizens"]
    assert not Offer.objects.filter(name_da="Kage").exists()
    press(editor, "offers", "remove:offers:2")
    assert save(editor, "offers").status_code == 302
    assert list(bakery.offers.values_list("name_da", flat=True)) == ["Kage", "Te"]
    assert not Draft.objects.exists()


def test_a_row_left_empty_means_nothing(editor: Client, bakery: Enterprise) -> None:
    press(editor, "openings", "add:openings")
    assert save(editor, "openings").status_code == 302
    assert not bakery.openings.exists()


@pytest.mark.parametrize(
    "button", ["add:evil", "up:offers:999", "remove:offers:-1", "x", "down:offers:²", ""]
)
def test_buttons_that_no_page_has_lose_nothing(editor: Client, bakery: Enterprise, button: str) -> None:
    answer = editor.post(address("offers"), opened(editor, "offers") | {"row": button})
    assert answer.status_code in (302, 404)
    assert opened(editor, "offers")["offers-0-name_da"] == "Frokost til møder"


def test_places_keep_hours_and_coordinates_when_moved(editor: Client, bakery: Enterprise) -> None:
    first = bakery.places.get()
    press(editor, "places", "add:places")
    there = {"places-1-street": "Anden Gade 2", "places-1-postcode": "2200"}
    save(editor, "places", **there | {"places-1-district": str(first.district_id)})
    press(editor, "places", "up:places:1")
    save(editor, "places")
    assert list(bakery.places.values_list("street", flat=True)) == ["Anden Gade 2", first.street]
    moved = bakery.places.get(street=first.street)
    assert (moved.pk, moved.latitude, moved.hours.count()) == (first.pk, first.latitude, 5)


# -- what is wrong --------------------------------------------------------------------------------


def test_mistakes_are_summed_up_with_links_to_their_fields(editor: Client, bakery: Enterprise) -> None:
    answer = save(editor, "contact", phone="ring bare", email="hej@")
    assert answer.status_code == 422
    links = [link.attrs["href"] for link in answer.page.one(role="alert").all("a")]
    assert links == ["#id_phone", "#id_email"]
    assert answer.page.one(id="id_phone").attrs["value"] == "ring bare"
    assert fresh(bakery).phone == "00 00 12 34"


def test_limits_are_said_and_nothing_is_cut(editor: Client, bakery: Enterprise) -> None:
    page = editor.get(address("who")).page
    assert page.one(id=page.one(id="id_tagline_da").attrs["aria-describedby"]).text == "Højst 200 tegn."
    assert not [field for field in page.all("input", "textarea") if "maxlength" in field.attrs]
    answer = save(editor, "who", tagline_da="x" * 201)
    assert answer.status_code == 422
    assert answer.page.one(id="id_tagline_da").attrs["value"] == "x" * 201


def test_a_text_as_long_as_it_may_be_fits_whatever_its_line_breaks(
    editor: Client, bakery: Enterprise
) -> None:
    text = "\r\n".join(["x" * 399] * 10)
    assert save(editor, "who", description_da=text).status_code == 302
    assert fresh(bakery).description_da == text.replace("\r\n", "\n")


@pytest.mark.parametrize("typed", ["9-", "25-26", "9-9", "9-12, 11-14", "altid", "9-17-20", "9.99-10"])
def test_hours_that_nobody_understands_are_asked_about(
    editor: Client, bakery: Enterprise, typed: str
) -> None:
    answer = save(editor, "hours", **{"place0-day_0": typed})
    assert answer.status_code == 422
    assert answer.page.one(role="alert").one("a").attrs["href"] == "#id_place0-day_0"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("9-17", [("09:00", "17:00")]),
        ("kl", None),
        ("9.30 til 12 og 13:15–24", [("09:30", "12:00"), ("13:15", "00:00")]),
        ("22-2", [("22:00", "02:00")]),
        ("Lukket", []),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(
    editor: Client, bakery: Enterprise, typed: str, stored: list[tuple[str, str]] | None
) -> None:
    answer = save(editor, "hours", **{"place0-day_0": typed})
    if stored is None:
        assert answer.status_code == 422
    else:
        hours = bakery.places.get().hours.filter(weekday=0)
        assert [(f"{h.opens:%H:%M}", f"{h.closes:%H:%M}") for h in hours] == stored


def test_one_sector_is_not_chosen_twice(editor: Client, bakery: Enterprise) -> None:
    food = str(Sector.objects.get(slug="mad-catering").pk)
    assert save(editor, "who", sector_2=food).status_code == 422


# -- drafts ---------------------------------------------------------------------------------------


def draft(client: Client, section: str, sent: dict[str, Any], **changes: Any) -> Any:
    return client.post(address(section), sent | changes | {"action": "draft"})


def test_what_is_typed_is_there_next_time_and_only_for_its_author(
    editor: Client, colleague: Client, bakery: Enterprise
) -> None:
    typed = {"tagline_da": "Bol", "email": "halv@"}
    assert draft(editor, "who", opened(editor, "who"), **typed).json()["revision"] == 1
    assert opened(editor, "who")["tagline_da"] == "Bol"
    assert opened(colleague, "who")["tagline_da"] == "Frokost og brød til møder"
    assert fresh(bakery).tagline_da == "Frokost og brød til møder"
    assert "din kladde er ikke gemt" in editor.get(reverse("edit-enterprise", args=[bakery.slug])).page.text


def test_a_draft_can_be_thrown_away(editor: Client, bakery: Enterprise) -> None:
    draft(editor, "who", opened(editor, "who"), tagline_da="Bol")
    save(editor, "who", action="discard")
    assert opened(editor, "who")["tagline_da"] == "Frokost og brød til møder"


def test_two_windows_of_one_person_never_overwrite_each_other(editor: Client, bakery: Enterprise) -> None:
    one, other = opened(editor, "who"), opened(editor, "who")
    assert draft(editor, "who", one, tagline_da="Fra det ene").status_code == 200
    answer = draft(editor, "who", other, tagline_da="Fra det andet")
    assert (answer.status_code, Draft.objects.get().revision) == (409, 1)
    assert opened(editor, "who")["tagline_da"] == "Fra det ene"
    # Saving what the other window says keeps the first one's draft.
    assert editor.post(address("who"), other | {"tagline_da": "Fra det andet"}).status_code == 302
    assert Draft.objects.count() == 1


def test_a_draft_on_what_has_changed_since_is_shown_beside_it(
    editor: Client, colleague: Client, bakery: Enterprise
) -> None:
    draft(editor, "who", opened(editor, "who"), tagline_da="Idas linje")
    save(colleague, "who", tagline_da="Carls linje")
    page = editor.get(address("who")).page
    warning = page.one(class_="conflict").text
    assert "Carls linje" in warning and "Idas linje" in warning
    assert page.one(id="id_tagline_da").attrs["value"] == "Idas linje"


# -- two editors ----------------------------------------------------------------------------------


def test_a_stale_form_overwrites_nothing_unseen(
    editor: Client, colleague: Client, bakery: Enterprise
) -> None:
    stale = opened(editor, "who")
    save(colleague, "who", tagline_da="Carls linje")
    answer = editor.post(address("who"), stale | {"tagline_da": "Idas linje"})
    assert answer.status_code == 409
    assert fresh(bakery).tagline_da == "Carls linje"
    warning = answer.page.one(class_="conflict").text
    assert "Carls linje" in warning and "Idas linje" in warning
    again = filled(answer.page)
    assert again["tagline_da"] == "Idas linje"
    assert editor.post(address("who"), again).status_code == 302
    assert fresh(bakery).tagline_da == "Idas linje"


def test_different_sections_do_not_stand_in_each_others_way(
    editor: Client, colleague: Client, bakery: Enterprise
) -> None:
    stale = opened(editor, "who")
    save(colleague, "ownership", employees="7", employees_year="2025")
    assert editor.post(address("who"), stale | {"tagline_da": "Idas linje"}).status_code == 302
    assert fresh(bakery).employees == 7


def test_a_hidden_address_is_part_of_what_can_be_overwritten(
    editor: Client, colleague: Client, bakery: Enterprise
) -> None:
    bakery.places.update(hidden=True)
    stale = opened(editor, "places")
    save(colleague, "places", **{"places-0-street": "Carls Gade 1"})
    assert editor.post(address("places"), stale | {"places-0-street": "Idas Gade 2"}).status_code == 409
    assert bakery.places.get().street == "Carls Gade 1"


def test_pressing_save_twice_saves_once(editor: Client, bakery: Enterprise) -> None:
    sent = opened(editor, "contact") | {"phone": "11 22 33 44"}
    answers = [editor.post(address("contact"), sent).status_code for _press in range(2)]
    assert answers == [302, 302]
    assert bakery.publications.count() == 2


# -- strangers and their tricks -------------------------------------------------------------------


@pytest.mark.parametrize("section", PAGES)
def test_strangers_change_nothing(stranger: Client, editor: Client, bakery: Enterprise, section: str) -> None:
    before = snapshots.take(fresh(bakery))
    sent = opened(editor, section)
    assert stranger.get(address(section)).status_code == 404
    assert stranger.post(address(section), sent | {"name": "Taget"}).status_code == 404
    assert stranger.post(address(section), sent | {"action": "draft"}).status_code == 404
    assert snapshots.take(fresh(bakery)) == before
    assert not Draft.objects.exists()


def test_another_enterprises_place_cannot_be_taken(editor: Client, bakery: Enterprise) -> None:
    other = an_enterprise("Fremmed & Co", slug="fremmed")
    theirs = other.places.get()
    save(editor, "places", **{"places-0-was": str(theirs.pk), "places-0-street": "Min Gade 1"})
    assert other.places.get() == theirs
    theirs.refresh_from_db()
    assert (theirs.street, theirs.enterprise_id) == ("Blågårdsgade 12", other.pk)
    assert bakery.places.count() == 1


@pytest.mark.parametrize(
    ("section", "field"),
    [("who", "sector_1"), ("who", "missions"), ("ownership", "legal_form"), ("places", "places-0-district")],
)
@pytest.mark.parametrize("key", ["999999", "-1", "x", "1; DROP TABLE"])
def test_keys_of_nothing_are_refused(
    editor: Client, bakery: Enterprise, section: str, field: str, key: str
) -> None:
    assert save(editor, section, **{field: key}).status_code == 422


@pytest.mark.parametrize("field", ["id", "enterprise", "slug", "cvr", "current", "notes", "is_demo", "user"])
def test_fields_that_no_form_has_are_not_written(editor: Client, bakery: Enterprise, field: str) -> None:
    before = Enterprise.objects.values().get()
    save(editor, "who", **{field: "1"})
    after = Enterprise.objects.values().get()
    assert before | {"updated_at": None} == after | {"updated_at": None}


def test_five_megabytes_are_too_much(editor: Client, bakery: Enterprise) -> None:
    for action in ("", "draft"):
        sent = opened(editor, "who") | {"description_da": "x" * 5_000_000, "action": action}
        assert editor.post(address("who"), sent).status_code == 400
    sent = opened(editor, "who") | {"description_da": "x" * 600_000}
    assert editor.post(address("who"), sent).status_code == 422
    assert editor.post(address("who"), sent | {"action": "draft"}).status_code == 413
    assert not Draft.objects.exists()


NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)> {{ 7 }} \x00'


@pytest.mark.parametrize("section", PAGES)
def test_markup_stays_text_wherever_it_is_typed(editor: Client, bakery: Enterprise, section: str) -> None:
    """The test client fails on inline scripts, handlers and elements that do not nest."""
    for prefix in ("offers", "openings", "links"):
        if f"{prefix}-TOTAL_FORMS" in opened(editor, section):
            press(editor, section, f"add:{prefix}")
    sent = opened(editor, section)
    texts = [n for n, v in sent.items() if isinstance(v, str) and n.rpartition("-")[2] not in KEPT]
    nasty = NASTY.replace("{{ 7 }}", "")
    answer = editor.post(address(section), sent | dict.fromkeys(texts, nasty))
    assert answer.status_code in (302, 422)
    draft(editor, section, sent, **dict.fromkeys(texts, nasty))
    for name in ("edit-enterprise", "changes", "preview"):
        page = editor.get(reverse(name, args=[bakery.slug])).page
        assert not [img for img in page.all("img") if img.attrs.get("src") == "x"]
    editor.get(address(section))


KEPT = {"version", "revision", "TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS"}


@pytest.mark.parametrize("value", ["", "-1", "x", "99999999999999999999", "²", "1e3"])
def test_forged_counts_break_nothing(editor: Client, bakery: Enterprise, value: str) -> None:
    for field in ("offers-TOTAL_FORMS", "offers-INITIAL_FORMS", "revision"):
        sent = opened(editor, "offers") | {field: value}
        assert editor.post(address("offers"), sent).status_code in (302, 409, 422)
        assert editor.post(address("offers"), sent | {"row": "add:offers"}).status_code in (200, 302)
        assert draft(editor, "offers", sent).status_code in (200, 409)
        Draft.objects.all().delete()


def test_sections_have_the_versions_of_what_they_say(bakery: Enterprise) -> None:
    def versions() -> list[str]:
        return [sections.version(fresh(bakery), section) for section in Section]

    before = versions()
    Enterprise.objects.update(tagline_da="Ny", notes="Internt")
    changed = [s for s, b, a in zip(Section, before, versions(), strict=True) if a != b]
    assert changed == [Section.WHO]

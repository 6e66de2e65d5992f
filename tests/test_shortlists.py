"""A buyer's shortlist, kept without an account: in one cookie, and by links to whom it is shared with."""

from __future__ import annotations

import csv
import logging
import re
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from directory.logs import WithoutSecrets
from enterprises import merging, pairs, publishing, retention, shortlists
from enterprises.choices import Right, Take
from enterprises.models import (
    BuyerFacts,
    DuplicatePair,
    Enterprise,
    Offer,
    RegisterReading,
    Shortlist,
    ShortlistItem,
    ShortlistLink,
)
from tests.builders import a_user, published, republished
from tests.client import PolicingClient

pytestmark = pytest.mark.django_db

OURS = {"HTTP_ORIGIN": "http://testserver"}
COOKIE = settings.SHORTLIST_COOKIE_NAME


@pytest.fixture
def buyer() -> Client:
    """A browser that sends forms from our own pages."""
    return PolicingClient(**OURS)


@pytest.fixture
def colleague_of_buyer() -> Client:
    return PolicingClient(**OURS)


@pytest.fixture
def three(db: None) -> list[Enterprise]:
    return [published(name) for name in ("Alfa", "Beta", "Gamma")]


def save(client: Client, *enterprises: Enterprise) -> None:
    for enterprise in enterprises:
        assert client.post(reverse("save-to-shortlist"), {"enterprise": enterprise.pk}).status_code == 302


def the_list() -> Shortlist:
    return Shortlist.objects.get()


def names(client: Client, address: str = "") -> list[str]:
    page = client.get(address or reverse("shortlist")).page  # type: ignore[attr-defined]
    return [heading.text for heading in page.one("ol", class_="shortlisted").all("h2")]


def change(client: Client, do: str = "", reference: object = None, **data: Any) -> Any:
    named = the_list().pk if reference is None else reference
    return client.post(reverse("change-shortlist"), {"list": named, "do": do, **data})


def shared_by(client: Client, right: str) -> str:
    """The address of a new link, as its maker sees it."""
    assert change(client, "share", right=right).status_code == 302
    page = client.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    address = page.one("section", id="del").all("input", readonly="")[-1].attrs["value"]
    assert address.startswith(settings.SITE_URL)
    return str(address.removeprefix(settings.SITE_URL))


def token_in(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


# -- saving ---------------------------------------------------------------------------------------


def test_who_only_reads_gets_no_cookie_and_no_list(buyer: Client, three: list[Enterprise]) -> None:
    for name in ("listing", "shortlist", "shortlist-saved"):
        assert not buyer.get(reverse(name)).cookies
    assert not Shortlist.objects.exists()


def test_saving_begins_a_list_and_leads_to_it(buyer: Client, three: list[Enterprise]) -> None:
    answer = buyer.post(reverse("save-to-shortlist"), {"enterprise": three[0].pk}, follow=True)
    assert answer.page.one("p", role="status").text == "Virksomheden er på din liste."  # type: ignore[attr-defined]
    save(buyer, three[1], three[0])
    assert names(buyer) == ["Alfa", "Beta"]


def test_the_one_cookie_is_the_browsers_own(buyer: Client, three: list[Enterprise]) -> None:
    answer = buyer.post(reverse("save-to-shortlist"), {"enterprise": three[0].pk})
    assert list(answer.cookies) == [COOKIE]
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == settings.SHORTLIST_DAYS * 24 * 3600
    # Whoever reads the database cannot open the list.
    assert cookie.value not in str(Shortlist.objects.values().get())


def test_the_privacy_page_tells_of_the_cookie(visitor: Client) -> None:
    page = visitor.get(reverse("privacy")).page  # type: ignore[attr-defined]
    assert COOKIE in [code.text for code in page.all("code")]


def test_a_card_and_a_profile_have_a_button_that_saves(buyer: Client, three: list[Enterprise]) -> None:
    for address in (reverse("listing"), reverse("profile", args=["alfa"])):
        page = buyer.get(address).page  # type: ignore[attr-defined]
        (button,) = page.all("button", form="gem", value=str(three[0].pk))
        assert button.text == "Gem på liste: Alfa"
        form = page.one("form", id="gem")
        assert (form.attrs["method"], form.attrs["action"]) == ("post", reverse("save-to-shortlist"))


def test_a_script_is_told_what_is_saved(buyer: Client, three: list[Enterprise]) -> None:
    for do, enterprise, saved in (
        ("save", three[0], [three[0].pk]),
        ("save", three[1], [three[0].pk, three[1].pk]),
        ("remove", three[0], [three[1].pk]),
    ):
        data = {"enterprise": enterprise.pk, "do": do}
        answer = buyer.post(reverse("save-to-shortlist"), data, HTTP_ACCEPT="application/json")
        assert answer.json() == {"saved": saved} == buyer.get(reverse("shortlist-saved")).json()


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"HTTP_ORIGIN": "https://ond.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://testserver"},
        {"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_ORIGIN": "http://testserver"},
    ],
)
def test_other_sites_pages_change_nothing(
    buyer: Client, three: list[Enterprise], told: dict[str, str]
) -> None:
    save(buyer, three[0])
    forger = PolicingClient(**told)
    forger.cookies = buyer.cookies
    assert forger.post(reverse("save-to-shortlist"), {"enterprise": three[1].pk}).status_code == 403
    assert change(forger, "delete").status_code == 403
    assert names(buyer) == ["Alfa"]


def test_a_browser_that_tells_where_it_comes_from_needs_no_origin(three: list[Enterprise]) -> None:
    client = PolicingClient(HTTP_SEC_FETCH_SITE="same-origin")
    save(client, three[0])
    assert names(client) == ["Alfa"]


def test_only_what_is_public_is_saved(buyer: Client, three: list[Enterprise]) -> None:
    publishing.withdraw(three[0], reason="Lukket")
    answer = buyer.post(reverse("save-to-shortlist"), {"enterprise": three[0].pk})
    assert answer.status_code == 409 and "ikke i kataloget" in answer.page.one("main").text  # type: ignore[attr-defined]
    # Nor is a list begun by it.
    assert not Shortlist.objects.exists() and not answer.cookies
    for nonsense in ("", "x", "-1", "²", "9" * 30):
        assert buyer.post(reverse("save-to-shortlist"), {"enterprise": nonsense}).status_code == 404


def test_a_full_list_says_so(buyer: Client, three: list[Enterprise], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortlists, "MOST", 2)
    save(buyer, *three[:2])
    answer = buyer.post(reverse("save-to-shortlist"), {"enterprise": three[2].pk})
    assert answer.status_code == 409 and "plads til 2" in answer.page.one("main").text  # type: ignore[attr-defined]
    data, script = {"enterprise": three[2].pk}, {"HTTP_ACCEPT": "application/json"}
    assert "plads til 2" in buyer.post(reverse("save-to-shortlist"), data, **script).json()["error"]
    assert len(names(buyer)) == 2


def test_one_address_may_not_begin_lists_without_end(
    three: list[Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr("enterprises.views.shortlists.LISTS_A_DAY", 2)
    data = {"enterprise": three[0].pk}
    got = [PolicingClient(**OURS).post(reverse("save-to-shortlist"), data).status_code for _one in range(3)]
    assert got == [302, 302, 429] and Shortlist.objects.count() == 2


# -- the list -------------------------------------------------------------------------------------


def test_it_is_named_noted_and_put_in_order(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, *three)
    change(buyer, "name", name="  Frokost   2027 ")
    change(buyer, "note", enterprise=three[1].pk, note="Ring i marts\r\nSpørg efter pris", seen=0)
    change(buyer, enterprise=three[2].pk, before=three[0].pk)
    page = buyer.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    assert page.one("h1").text == "Frokost 2027"
    assert names(buyer) == ["Gamma", "Alfa", "Beta"]
    assert "Ring i marts" in page.one("textarea", id=f"note-{three[1].pk}").text
    change(buyer, enterprise=three[2].pk, before="")
    assert names(buyer) == ["Alfa", "Beta", "Gamma"]
    change(buyer, "remove", enterprise=three[0].pk)
    change(buyer, "remove", enterprise=three[0].pk)
    assert names(buyer) == ["Beta", "Gamma"]


def test_every_button_of_the_order_does_what_it_says(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, *three)

    def press(name: str, word: str) -> None:
        page = buyer.get(reverse("shortlist")).page  # type: ignore[attr-defined]
        (button,) = [found for found in page.all("button") if found.text == f"{word}: {name}"]
        form = next(above for above in button.ancestors if above.tag == "form")
        hidden = {field.attrs["name"]: field.attrs["value"] for field in form.all("input", type="hidden")}
        buyer.post(form.attrs["action"], hidden | {button.attrs["name"]: button.attrs["value"]})

    for name, word, order in (
        ("Alfa", "Ned", ["Beta", "Alfa", "Gamma"]),
        ("Alfa", "Ned", ["Beta", "Gamma", "Alfa"]),
        ("Gamma", "Op", ["Gamma", "Beta", "Alfa"]),
        ("Alfa", "Øverst", ["Alfa", "Gamma", "Beta"]),
        ("Gamma", "Fjern", ["Alfa", "Beta"]),
    ):
        press(name, word)
        assert names(buyer) == order


def test_a_move_after_somebody_who_left_changes_nothing(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, *three)
    change(buyer, "remove", enterprise=three[0].pk)
    assert change(buyer, enterprise=three[2].pk, before=three[0].pk).status_code == 302
    assert names(buyer) == ["Beta", "Gamma"]


def test_a_note_written_meanwhile_is_not_overwritten(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    change(buyer, "note", enterprise=three[0].pk, note="Den andens", seen=0)
    answer = change(buyer, "note", enterprise=three[0].pk, note="Min", seen=0)
    assert answer.status_code == 409
    assert answer.page.one("blockquote").text == "Den andens" and answer.page.one("textarea").text == "Min"
    assert ShortlistItem.objects.get().note == "Den andens"
    # Sent once more from there, having seen it; and sending the same twice is no conflict.
    form = answer.page.one("form", class_="form")
    sent = {field.attrs["name"]: field.attrs["value"] for field in form.all("input")}
    for _time in range(2):
        answer = buyer.post(form.attrs["action"], sent | {"note": "Begges", "do": "note"})
        assert answer.status_code == 302
    assert ShortlistItem.objects.get().note == "Begges"


def test_a_note_to_one_that_was_removed_is_shown(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    change(buyer, "remove", enterprise=three[0].pk)
    answer = change(buyer, "note", enterprise=three[0].pk, note="Vigtigt", seen=0)
    assert answer.status_code == 409 and answer.page.one("textarea").text == "Vigtigt"


def test_several_lists_are_kept_and_one_is_in_use(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    first = the_list().pk
    change(buyer, "name", name="Den første")
    change(buyer, "new", first)
    save(buyer, three[1])
    assert names(buyer) == ["Beta"]
    page = buyer.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    assert "Den første" in [button.text for button in page.all("button", value="use")]
    change(buyer, "use", first)
    save(buyer, three[2])
    assert names(buyer) == ["Alfa", "Gamma"]
    # A form of the other one, left open in another window, still means that one.
    other = Shortlist.objects.exclude(pk=first).get()
    change(buyer, "remove", other.pk, enterprise=three[1].pk)
    assert not other.items.exists() and Shortlist.objects.get(pk=first).items.count() == 2


def test_a_copy_is_a_list_of_its_own(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, *three[:2])
    original = the_list().pk
    change(buyer, "name", name="Frokost")
    change(buyer, "note", enterprise=three[0].pk, note="God", seen=0)
    change(buyer, "copy")
    page = buyer.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    assert page.one("h1").text == "Kopi af Frokost" and names(buyer) == ["Alfa", "Beta"]
    save(buyer, three[2])
    assert Shortlist.objects.get(pk=original).items.count() == 2
    assert ShortlistItem.objects.filter(note="God").count() == 2


def test_a_deleted_list_is_gone_with_its_cookie(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    answer = change(buyer, "delete")
    assert answer.cookies[COOKIE]["max-age"] == 0
    assert not Shortlist.objects.exists() and not ShortlistItem.objects.exists()
    page = buyer.get(answer["Location"]).page  # type: ignore[attr-defined]
    assert "Listen er slettet." in page.one("main").text


def test_the_numbers_of_lists_open_nothing(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    stranger = PolicingClient(**OURS)
    assert change(stranger, "remove", enterprise=three[0].pk).status_code == 404
    key = buyer.cookies[COOKIE].value
    assert change(stranger, "remove", key, enterprise=three[0].pk).status_code == 404
    assert the_list().items.exists()


# -- who is no longer there -----------------------------------------------------------------------


def test_a_withdrawn_enterprise_stays_as_a_named_gap(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, *three)
    publishing.withdraw(three[1], reason="Lukket")
    # What its editors do now is nobody's to see.
    Enterprise.objects.filter(pk=three[1].pk).update(name="Hemmeligt nyt navn")
    assert names(buyer) == ["Alfa", "Beta", "Gamma"]
    for name in ("shortlist", "shortlist-compare"):
        text = buyer.get(reverse(name)).page.one("main").text  # type: ignore[attr-defined]
        assert "Udgået af kataloget den" in text and "Hemmeligt" not in text
    change(buyer, enterprise=three[1].pk, before=three[0].pk)
    assert names(buyer) == ["Beta", "Alfa", "Gamma"]


def test_where_a_merged_one_went_is_shown(buyer: Client, bakery: Enterprise) -> None:
    """Where both were on the list. Else it goes on with the one that is left; see tests/test_merging.py."""
    twin = published("Brød & Broer ApS")
    save(buyer, twin)
    save(buyer, bakery)
    pairs.find([bakery.pk])
    pair = DuplicatePair.objects.select_related("first", "second").get()
    keep = Take.FIRST if pair.first_id == bakery.pk else Take.SECOND
    merging.merge(
        pair, {}, keep=keep, by=a_user("k@example.dk"), having_seen=merging.seen(*merging.both(pair))
    )
    page = buyer.get(reverse("shortlist")).page  # type: ignore[attr-defined]
    gap = page.one("article", class_="shortlist-gap")
    assert gap.one("h2").text == "Brød & Broer ApS"
    assert buyer.get(gap.one("a").attrs["href"])["Location"] == reverse("profile", args=["broed-broer"])


def test_drafts_do_not_show(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    Enterprise.objects.filter(pk=three[0].pk).update(tagline_da="Kun en kladde", phone="99 99 99 99")
    for name, args in (("shortlist", []), ("shortlist-compare", []), ("shortlist-file", ["csv"])):
        answer: Any = buyer.get(reverse(name, args=args))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"kladde" not in content and b"99 99 99" not in content


# -- sharing --------------------------------------------------------------------------------------


def test_a_link_to_read_lets_one_read_and_copy(
    buyer: Client, colleague_of_buyer: Client, three: list[Enterprise]
) -> None:
    save(buyer, *three[:2])
    address = shared_by(buyer, "read")
    assert names(colleague_of_buyer, address) == ["Alfa", "Beta"]
    before = list(ShortlistItem.objects.values()), Shortlist.objects.get().name
    token = token_in(address)
    for do, data in (
        ("remove", {"enterprise": three[0].pk}),
        ("note", {"enterprise": three[0].pk, "note": "Nej", "seen": 0}),
        ("", {"enterprise": three[1].pk, "before": three[0].pk}),
        *((do, {"name": "Mit", "right": "edit", "link": "1"}) for do in ("name", "share", "revoke")),
        ("use", {}),
        ("delete", {}),
    ):
        if do != "delete":
            assert change(colleague_of_buyer, do, token, **data).status_code == 403, do
    assert (list(ShortlistItem.objects.values()), Shortlist.objects.get().name) == before
    assert not colleague_of_buyer.get(address).cookies
    change(colleague_of_buyer, "copy", token)
    assert names(colleague_of_buyer) == ["Alfa", "Beta"] and Shortlist.objects.count() == 2


def test_a_link_to_edit_lets_one_edit_and_no_more(
    buyer: Client, colleague_of_buyer: Client, three: list[Enterprise]
) -> None:
    save(buyer, *three[:2])
    address = shared_by(buyer, "edit")
    token = token_in(address)
    answer = change(colleague_of_buyer, "name", token, name="Vores")
    assert answer["Location"].startswith(address)
    change(colleague_of_buyer, token and "remove", token, enterprise=three[0].pk)
    assert names(buyer) == ["Beta"] and the_list().name == "Vores"
    link = ShortlistLink.objects.get()
    for do in ("share", "revoke"):
        assert change(colleague_of_buyer, do, token, right="edit", link=link.pk).status_code == 403
    page = colleague_of_buyer.get(address).page  # type: ignore[attr-defined]
    assert not page.all("section", id="del")


def test_whoever_takes_a_shared_list_into_use_saves_to_it_and_keeps_their_own(
    buyer: Client, colleague_of_buyer: Client, three: list[Enterprise]
) -> None:
    save(buyer, three[0])
    token = token_in(shared_by(buyer, "edit"))
    save(colleague_of_buyer, three[1])
    change(colleague_of_buyer, "use", token)
    save(colleague_of_buyer, three[2])
    assert names(buyer) == names(colleague_of_buyer) == ["Alfa", "Gamma"]
    # Letting go of it deletes nothing, and one's own is there again.
    shared = ShortlistLink.objects.get().shortlist_id
    change(colleague_of_buyer, "delete", shared)
    assert names(buyer) == ["Alfa", "Gamma"] and names(colleague_of_buyer) == ["Beta"]


def test_a_closed_link_opens_nothing(
    buyer: Client, colleague_of_buyer: Client, three: list[Enterprise]
) -> None:
    save(buyer, three[0])
    address = shared_by(buyer, "edit")
    change(colleague_of_buyer, "use", token_in(address))
    change(buyer, "revoke", link=ShortlistLink.objects.get().pk)
    answer: Any = colleague_of_buyer.get(address)
    assert answer.status_code == 410 and "lukket" in answer.page.one("h1").text
    assert colleague_of_buyer.get(f"{address}sammenlign/").status_code == 410
    assert change(colleague_of_buyer, "name", token_in(address), name="Nej").status_code == 410
    answer = colleague_of_buyer.get(reverse("shortlist"))
    assert "her ikke mere" in answer.page.one("main").text
    assert (
        colleague_of_buyer.post(reverse("save-to-shortlist"), {"enterprise": three[1].pk}).status_code == 302
    )
    assert names(buyer) == ["Alfa"] and names(colleague_of_buyer) == ["Beta"]


def test_a_token_nobody_was_given_is_not_found(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    token = token_in(shared_by(buyer, "read"))
    wrong = ("A" if token[0] != "A" else "B") + token[1:]
    for name in ("shared-shortlist", "shared-shortlist-compare"):
        assert buyer.get(reverse(name, args=[wrong])).status_code == 404
    assert token not in str(list(ShortlistLink.objects.values()))


def test_pages_of_a_list_are_nobody_elses(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    address = shared_by(buyer, "read")
    for page in (address, f"{address}sammenlign/", f"{address}fil.csv", reverse("shortlist")):
        answer = buyer.get(page)
        assert answer["Referrer-Policy"] == "same-origin" and answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]


def test_the_log_does_not_hold_tokens(buyer: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(WithoutSecrets())
    token = "abcdefgh" * 4
    with caplog.at_level(logging.WARNING, "django.request"):
        for language in ("da", "en"):
            with override(language):
                buyer.get(reverse("shared-shortlist", args=[token]))
                buyer.get(reverse("invitation", args=[token]))
    assert len(caplog.records) == 4 and token not in caplog.text and "…" in caplog.text


# -- the end of it --------------------------------------------------------------------------------


def test_a_list_that_nobody_uses_for_a_year_goes(buyer: Client, three: list[Enterprise]) -> None:
    save(buyer, three[0])
    today = timezone.localdate()
    Shortlist.objects.update(used_on=today - timedelta(days=settings.SHORTLIST_DAYS))
    assert retention.forget("shortlists") == 0
    # The page says when, and opening it puts it off; so does the cookie's life.
    answer = buyer.get(reverse("shortlist"))
    assert answer.cookies[COOKIE]["max-age"] == settings.SHORTLIST_DAYS * 24 * 3600
    assert re.search(r"Listen bliver slettet den \d", answer.page.one("main").text)  # type: ignore[attr-defined]
    assert the_list().used_on == today
    assert not buyer.get(reverse("shortlist")).cookies
    Shortlist.objects.update(used_on=today - timedelta(days=settings.SHORTLIST_DAYS + 1))
    assert retention.KINDS["shortlists"].count() == retention.forget("shortlists") == 1
    answer = buyer.get(reverse("shortlist"))
    assert "ingen har brugt den" in answer.page.one("main").text  # type: ignore[attr-defined]


def test_reading_by_a_link_does_not_keep_a_list_alive(
    buyer: Client, colleague_of_buyer: Client, three: list[Enterprise]
) -> None:
    save(buyer, three[0])
    address = shared_by(buyer, "read")
    past = timezone.localdate() - timedelta(days=300)
    Shortlist.objects.update(used_on=past)

    def warnings() -> list[str]:
        page = colleague_of_buyer.get(address).page  # type: ignore[attr-defined]
        return [note.text for note in page.all("p", class_="note-wrong")]

    assert warnings() == [] and the_list().used_on == past
    # Soon it goes, and whoever sees it may tell those who can put that off.
    Shortlist.objects.update(used_on=past - timedelta(days=50))
    assert "Listen bliver slettet den" in warnings()[0]


# -- side by side and as files ----------------------------------------------------------------------


@pytest.fixture
def rich(bakery: Enterprise) -> Enterprise:
    Offer.objects.filter(enterprise=bakery).update(cpv=["55520000"])
    BuyerFacts.objects.create(enterprise=bakery, e_invoice=True, city_wide=True, capacity_da="80 kuverter")
    return republished(bakery, cvr="10000009", contact_name="Bo", rsv_registered=None)


def test_facts_stand_in_rows_and_enterprises_in_columns(buyer: Client, rich: Enterprise) -> None:
    poor = published("Fattig", offers=(), criteria=(), missions=())
    save(buyer, rich, poor)
    page = buyer.get(reverse("shortlist-compare")).page  # type: ignore[attr-defined]
    assert [head.text for head in page.one("thead").all("th")] == ["Oplysning", "Brød & Broer", "Fattig"]
    rows = {
        row.all("th")[0].text: [
            " ".join(line.text for line in cell.all("span", class_="compare-line")) for cell in row.all("td")
        ]
        for row in page.one("table").all("tr")
        if row.all("td")
    }
    assert rows["E-faktura"] == ["Ja", ""]
    assert rows["CPV-koder"] == ["55520000", ""] and rows["Leverer i"] == ["hele København", ""]
    assert rows["Det kan du købe"] == ["Frokost til møder", ""]
    shown = "Bekræftet af rådet 1. oktober 2026; gælder til og med 1. oktober 2036 Kilde: Vedtægter"
    assert shown in rows["Socialt formål"][0]
    assert rows["Mail"] == ["hej@broed.example"] * 2
    assert "Forsikring" not in rows
    assert "ikke oplyst" in page.one("table").text


def read_csv(client: Client, address: str) -> list[dict[str, str]]:
    answer: Any = client.get(address)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_the_files_have_what_a_procurement_needs(buyer: Client, rich: Enterprise) -> None:
    save(buyer, rich)
    change(buyer, "note", enterprise=rich.pk, note='=HYPERLINK("ond")', seen=0)
    (row,) = read_csv(buyer, reverse("shortlist-file", args=["csv"]))
    assert (row["CVR-nummer"], row["CPV-koder"], row["E-faktura"]) == ("10000009", "55520000", "Ja")
    assert (row["Kontaktperson"], row["Telefon"], row["Mail"]) == ("Bo", "00 00 12 34", "hej@broed.example")
    assert "1. oktober 2026" in row["Socialt formål"]
    assert row["Note"] == '\'=HYPERLINK("ond")'
    answer: Any = buyer.get(reverse("shortlist-file", args=["xlsx"]))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Liste", "Grundlag"]
    head, first, *_rest = book["Grundlag"].iter_rows(values_only=True)
    assert dict(zip(head, first, strict=True))["Bekræftet af rådet"] == "2026-10-01"
    note = [cell for cell in list(book["Liste"].rows)[1] if cell.value == '=HYPERLINK("ond")']
    assert note and note[0].data_type == "s"


def test_files_leave_out_how_to_reach_who_must_not_be_advertised_to(buyer: Client, rich: Enterprise) -> None:
    publishing.withdraw(gone := published("Væk"), reason="Lukket")
    save(buyer, rich)
    ShortlistItem.objects.create(shortlist=the_list(), enterprise=gone, position=7)
    today = timezone.localdate()
    RegisterReading.objects.create(enterprise=rich, read_on=today, found=True, advertising_protected=True)
    protected, gap = read_csv(buyer, reverse("shortlist-file", args=["csv"]))
    assert protected["Status"].startswith("Reklamebeskyttet")
    assert {protected[name] for name in ("Kontaktperson", "Telefon", "Mail")} == {""}
    assert gap["Virksomhed"] == "Væk" and gap["Status"].startswith("Udgået af kataloget")


def test_a_hidden_address_stays_hidden(buyer: Client) -> None:
    save(buyer, published("Hjemme", hidden=True))
    for name, args in (("shortlist-compare", []), ("shortlist-file", ["csv"])):
        answer: Any = buyer.get(reverse(name, args=args))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert "Blågårdsgade".encode() not in content


def test_shared_lists_have_the_same_pages(
    buyer: Client, colleague_of_buyer: Client, rich: Enterprise
) -> None:
    save(buyer, rich)
    address = shared_by(buyer, "read")
    assert read_csv(colleague_of_buyer, f"{address}fil.csv")[0]["CVR-nummer"] == "10000009"
    assert "Ja" in colleague_of_buyer.get(f"{address}sammenlign/").page.one("table").text  # type: ignore[attr-defined]
    with override("en"):
        english = reverse("shared-shortlist-file", args=[token_in(address), "csv"])
    assert read_csv(colleague_of_buyer, english)[0]["CVR number"] == "10000009"


# -- what it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize(
    ("name", "args", "queries"),
    # The list, its rows, their listings, the two of the gap; then its links, or who is protected.
    [("shortlist", [], 6), ("shortlist-compare", [], 5), ("shortlist-file", ["csv"], 6)],
)
def test_a_long_list_costs_no_more_queries(
    city: list[Enterprise], count: int, name: str, args: list[str], queries: int
) -> None:
    access = shortlists.begin()
    for enterprise in city[:count]:
        shortlists.save(access, enterprise.pk)
    shortlists.share(access, Right.READ)
    publishing.withdraw(city[0], reason="Lukket")
    client = PolicingClient()
    client.cookies[COOKIE] = access.secret
    address = reverse(name, args=args)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer: Any = client.get(address)
        if answer.streaming:
            list(answer.streaming_content)
    asked = [query["sql"] for query in seen if "cataloguestate" not in query["sql"]]
    assert len(asked) == queries, "\n".join(asked)

"""What an enterprise shows of us elsewhere: badge, card, QR code and window sign say how it stands now."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from PIL import Image

from enterprises import publishing
from enterprises.models import Enterprise, Ownership, Sector
from tests.builders import an_enterprise, published, republished
from tests.client import parsed

pytestmark = pytest.mark.django_db


def badge(slug: str, language: str = "da", look: str = "light", suffix: str = "svg") -> str:
    return reverse("badge", kwargs={"slug": slug, "language": language, "look": look, "suffix": suffix})


def said(client: Client, address: str) -> str:
    """What a badge tells those who cannot see it."""
    return parsed(client.get(address).content.decode()).one("title").text


def test_a_badge_says_that_and_how_one_is_listed(visitor: Client, bakery: Enterprise) -> None:
    published("Uprøvet", criteria=())
    assert said(visitor, badge("broed-broer")) == "Brød & Broer er med i Den fælles by. Grundlag bekræftet."
    assert "Evidence confirmed" in said(visitor, badge("broed-broer", "en"))
    assert said(visitor, badge("uproevet")) == "Uprøvet er med i Den fælles by. Optaget i kataloget."


def test_a_badge_may_stand_on_any_site(visitor: Client, bakery: Enterprise) -> None:
    answer = visitor.get(badge("broed-broer"))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_badge_is_a_picture_in_both_looks(visitor: Client, bakery: Enterprise, look: str) -> None:
    picture = Image.open(io.BytesIO(visitor.get(badge("broed-broer", look=look, suffix="png")).content))
    assert picture.size == (640, 192)
    ground = picture.convert("RGB").getpixel((620, 96))
    assert (sum(ground) > 600) == (look == "light")  # type: ignore[arg-type]
    # Somewhere there are letters.
    assert len(picture.convert("RGB").crop((184, 20, 600, 170)).getcolors(100_000) or []) > 20


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_badge_changes_with_what_it_shows(visitor: Client, bakery: Enterprise, suffix: str) -> None:
    address = badge("broed-broer", suffix=suffix)
    first = visitor.get(address)
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    known = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    assert visitor.get(address, **known).status_code == 304
    republished(bakery, ownership=Ownership.objects.exclude(pk=bakery.ownership_id).first())
    changed = visitor.get(address, **known)
    assert changed.status_code == 200
    Sector.objects.filter(slug="mad-catering").first().save()  # type: ignore[union-attr]
    assert visitor.get(address, HTTP_IF_NONE_MATCH=changed["ETag"]).status_code == 304


def test_a_badge_says_when_the_grounds_have_run_out(visitor: Client, bakery: Enterprise) -> None:
    bakery.evidence.update(expires_on=date(2026, 10, 2))
    republished(bakery)
    assert said(visitor, badge("broed-broer")).endswith("Optaget i kataloget.")


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_withdrawn_ones_badge_still_is_a_picture(visitor: Client, bakery: Enterprise, suffix: str) -> None:
    before = visitor.get(badge("broed-broer", suffix=suffix)).content
    publishing.withdraw(bakery, reason="Lukket")
    answer = visitor.get(badge("broed-broer", suffix=suffix))
    assert answer.status_code == 200 and answer.content != before
    if suffix == "svg":
        assert "Profilen er trukket tilbage" in answer.content.decode()
        assert "Brød" not in answer.content.decode()


def test_names_as_long_as_they_come_stay_inside(visitor: Client) -> None:
    published("Foreningen for Københavns Økologiske Æblemosterier & <Venner> på Amager og Omegn", slug="lang")
    text = parsed(visitor.get(badge("lang")).content.decode()).all("text")[0].text
    assert text.startswith("Foreningen") and text.endswith("…")


def test_renamed_and_merged_ones_lead_on(visitor: Client, bakery: Enterprise) -> None:
    other = published("Den anden")
    publishing.withdraw(bakery, reason="Fusion", merged_into=other)
    assert visitor.get(badge("broed-broer"))["Location"] == badge("den-anden")
    assert visitor.get("/skilte/broed-broer/kort/")["Location"] == "/skilte/den-anden/kort/"
    assert visitor.get("/skilte/broed-broer/qr.svg")["Location"] == "/skilte/den-anden/qr.svg"
    assert visitor.get("/skilte/broed-broer/vindue/")["Location"] == "/skilte/den-anden/vindue/"


def test_nobody_gets_a_sign_of_a_draft_or_of_nobody(visitor: Client) -> None:
    draft = an_enterprise("Ikke klar endnu")
    for slug in (draft.slug, "findes-ikke"):
        for rest in ("maerke-da-light.svg", "maerke-da-light.png", "qr.svg", "kort/", "vindue/"):
            assert visitor.get(f"/skilte/{slug}/{rest}").status_code == 404
    assert visitor.get("/skilte/broed-broer/maerke-fr-light.svg").status_code == 404


# -- the card -------------------------------------------------------------------------------------


def test_the_card_alone_may_be_framed(visitor: Client, bakery: Enterprise) -> None:
    card = visitor.get("/skilte/broed-broer/kort/")
    policy = card["Content-Security-Policy"]
    assert "frame-ancestors *" in policy and "script-src" not in policy
    assert not card.has_header("X-Frame-Options") and not card.cookies
    assert not card.page.all("script", "form", "iframe")  # type: ignore[attr-defined]
    for elsewhere in ("/", "/virksomheder/broed-broer/", "/skilte/broed-broer/vindue/", "/min/"):
        other = visitor.get(elsewhere)
        assert other["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


def test_the_card_says_how_it_stands_and_leads_to_the_profile(visitor: Client, bakery: Enterprise) -> None:
    main = visitor.get("/skilte/broed-broer/kort/").page.one("main")  # type: ignore[attr-defined]
    link = main.one("h1").one("a")
    assert link.attrs["href"] == f"{settings.SITE_URL}/virksomheder/broed-broer/"
    assert link.attrs["target"] == "_blank"
    assert "Frokost og brød til møder" in main.text and "Grundlag bekræftet" in main.text
    english = visitor.get("/en/signs/broed-broer/card/").page.one("main")  # type: ignore[attr-defined]
    assert "Lunch and bread for meetings" in english.text


def test_a_withdrawn_ones_card_says_so(visitor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    answer = visitor.get("/skilte/broed-broer/kort/")
    assert answer.status_code == 200
    assert "ikke længere i kataloget" in answer.page.one("main").text  # type: ignore[attr-defined]


# -- on paper -------------------------------------------------------------------------------------


def test_the_code_holds_the_profiles_address(visitor: Client, bakery: Enterprise) -> None:
    import segno

    expected = segno.make_qr(f"{settings.SITE_URL}/virksomheder/broed-broer/", error="m")
    side = expected.symbol_size(border=4)[0]
    picture = Image.open(io.BytesIO(visitor.get("/skilte/broed-broer/qr.png").content)).convert("1")
    assert picture.size == (side * 16, side * 16)
    dots = [[not picture.getpixel((x * 16 + 8, y * 16 + 8)) for x in range(side)] for y in range(side)]
    assert dots == [[bool(dot) for dot in row] for row in expected.matrix_iter(border=4)]
    assert visitor.get("/skilte/broed-broer/qr.svg")["Content-Type"] == "image/svg+xml"


def test_a_withdrawn_one_has_no_code_and_no_sheet(visitor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    assert visitor.get("/skilte/broed-broer/qr.svg").status_code == 410
    assert visitor.get("/skilte/broed-broer/vindue/").status_code == 410


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_sheet_has_house_name_and_code(visitor: Client, bakery: Enterprise, language: str) -> None:
    with override(language):
        address = reverse("window-sign", args=["broed-broer"])
    sheet = visitor.get(address).page.one(class_="window-sign")  # type: ignore[attr-defined]
    assert sheet.one("h1").text == "Brød & Broer"
    assert sheet.one("svg", class_="house") and sheet.one("svg", class_="qr")


# -- the editor's page ----------------------------------------------------------------------------


def test_the_editor_copies_html_that_works(editor: Client, visitor: Client, bakery: Enterprise) -> None:
    page = editor.get(reverse("my-signs", args=[bakery.slug])).page  # type: ignore[attr-defined]
    snippets = {area.attrs["id"]: parsed(area.text) for area in page.all("textarea")}
    assert snippets.keys() == {"maerke-da", "maerke-en", "kort-da", "kort-en"}
    addresses: list[Any] = [
        *(snippets["maerke-en"].one(tag).attrs[name] for tag, name in (("a", "href"), ("img", "src"))),
        snippets["maerke-en"].one("source").attrs["srcset"],
        snippets["kort-en"].one("iframe").attrs["src"],
    ]
    addresses += [link.attrs["href"] for link in page.one("main").all("a") if "download" in link.attrs]
    for address in addresses:
        assert visitor.get(address.removeprefix(settings.SITE_URL)).status_code == 200, address
    assert snippets["maerke-da"].one("img").attrs["alt"] == "Brød & Broer i Den fælles by"


def test_a_name_cannot_break_out_of_the_html(editor: Client, bakery: Enterprise) -> None:
    republished(bakery, name='Brød "><script>alert(1)</script>')
    page = editor.get(reverse("my-signs", args=[bakery.slug])).page  # type: ignore[attr-defined]
    assert all(not parsed(area.text).all("script") for area in page.all("textarea"))


def test_an_unpublished_one_has_no_signs_yet(editor: Client, bakery: Enterprise) -> None:
    publishing.withdraw(bakery, reason="Lukket")
    main = editor.get(reverse("my-signs", args=[bakery.slug])).page.one("main")  # type: ignore[attr-defined]
    assert not main.all("img") and "Profilen er ikke udgivet" in main.text

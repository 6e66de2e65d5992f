"""Pages that staff write: what readers see of them, and how they are written at the desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from directory import text_pages
from enterprises import marking, page_texts
from enterprises.models import PageText, PageTextVersion, Threshold, User
from tests.builders import a_user, with_second_step
from tests.client import PolicingClient, parsed, police_page
from tests.test_page_cache import Worker, kept_connection  # noqa: F401

pytestmark = pytest.mark.django_db
LIST = "admin:enterprises_pagetext_changelist"
ANYTHING = marking.Allowed(names=["owner"], parts=["contact"], conditions=["demo"])


@pytest.fixture
def about(db: None) -> PageText:
    return PageText.objects.get(key="about")


@pytest.fixture
def karen(clerk: Client) -> User:
    return User.objects.get(email="karen@example.dk")


def typed(page: PageText, **changed: str) -> dict[str, str]:
    """The form as it stands, with what somebody changed in it."""
    newest = page.versions.all()[0]
    return {name: getattr(newest, name) for name in page_texts.FIELDS} | {
        "seen": str(newest.number), "note": "",
    } | changed  # fmt: skip


def write(client: Client, page: PageText, **changed: str) -> Any:
    return client.post(address(page), typed(page, **changed), follow=True)


def address(page: PageText, name: str = "change") -> str:
    return reverse(f"admin:enterprises_pagetext_{name}", args=[page.pk])


def publish(page: PageText, by: User, **changed: str) -> PageTextVersion:
    said = typed(page, **changed)
    return page_texts.publish(page, said, by=by, having_seen=int(said["seen"]))


def shown(text: str, allowed: marking.Allowed = ANYTHING, holds: tuple[str, ...] = ()) -> str:
    values = {"owner": "Rådet <b>& Co</b> [x](https://x.dk)"}
    parts = marking.parts(text, allowed, lambda name: values.get(name, "?"), holds)
    return "".join(part.html or f"<<{part.name}>>" for part in parts)


# -- the little markdown ----------------------------------------------------------------------------


def test_what_is_put_in_never_becomes_markup() -> None:
    assert "Rådet &lt;b&gt;&amp; Co&lt;/b&gt; [x](https://x.dk)" in shown("Hej {owner}")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<b onclick=x>hej</b>", "![x](/om/)"])
def test_no_html_and_no_pictures(text: str) -> None:
    html = shown(text)
    assert not re.search("<script|<b |<img", html)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "//x.dk/", "https:x",
        "om/", "/findes/ikke/", "ftp://x.dk/", "/\\x.dk", "{nobody}",
    ],
)  # fmt: skip
def test_unsafe_and_dead_links_are_refused(href: str) -> None:
    assert marking.problems(f"[her]({href})", "da", ANYTHING)
    assert "javascript" not in shown(f"[her]({href})").lower()


@pytest.mark.parametrize("href", ["https://x.dk/å?a=b", "mailto:a@x.dk", "/om/", "/om/#demo", "#her"])
def test_safe_links_are_not(href: str) -> None:
    assert marking.problems(f"[her]({href})", "da", ANYTHING) == []


def test_own_links_are_of_the_texts_language() -> None:
    assert marking.problems("[her](/en/about/)", "en", ANYTHING) == []
    assert marking.problems("[her](/en/about/)", "da", ANYTHING)


@pytest.mark.parametrize("text", ["# Stor", "### Lille", "#### Mindst", "Først\n\n### Lille"])
def test_headings_come_in_order_and_none_is_the_pages_own(text: str) -> None:
    assert marking.problems(text, "da", ANYTHING)


def test_headings_can_be_pointed_at() -> None:
    html = shown("## Ægte og demo {#demo}\n\n## Køb småt\n\n## Køb småt")
    assert re.findall(r'<h2 id="([^"]+)">([^<]+)', html) == [
        ("demo", "Ægte og demo"), ("koeb-smaat", "Køb småt"), ("koeb-smaat-2", "Køb småt"),
    ]  # fmt: skip


def test_a_paragraph_may_depend_on_the_site() -> None:
    text = "Altid\n\n{if:demo} Kun *nu*\n\n{contact}"
    assert marking.problems(text, "da", ANYTHING) == []
    assert shown(text) == '<p class="lede">Altid</p>\n<<contact>>'
    assert "<p>Kun <em>nu</em></p>" in shown(text, holds=("demo",))


@pytest.mark.parametrize(
    "text", ["{nobody}", "{if:rain} Våd", "Ring: {contact}", "## {nobody}", "- {if:demo} x"]
)
def test_only_what_the_site_knows_may_be_named(text: str) -> None:
    assert marking.problems(text, "da", ANYTHING)


def test_danish_words_are_marked() -> None:
    assert '<span lang="da">udbudsloven</span>' in shown("The act, [da: udbudsloven], says")


# -- what readers see -------------------------------------------------------------------------------


def test_all_that_texts_may_name_is_known() -> None:
    named = {name for page in page_texts.PAGES.values() for name in page.names}
    conditions = {name for page in page_texts.PAGES.values() for name in page.conditions}
    assert text_pages.VALUES.keys() | {"dated"} == named | page_texts.EVERYWHERE.keys()
    assert text_pages.CONDITIONS.keys() == conditions


@pytest.mark.parametrize("key", page_texts.PAGES)
def test_the_first_words_are_in_order(visitor: Client, key: str) -> None:
    page = PageText.objects.get(key=key)
    assert page_texts.problems(key, typed(page)) == {}
    for language in ("da", "en"):
        with override(language):
            answer = visitor.get(reverse(page_texts.PAGES[key].url_name))
        assert "{" not in answer.page.one("main").text  # type: ignore[attr-defined]


def test_a_page_of_text_costs_little(visitor: Client) -> None:
    visitor.get(reverse("about"))
    for name, most in (("about", 3), ("buying", 4), ("privacy", 3)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visitor.get(reverse(name))
        assert len(queries) <= most, queries.captured_queries


def test_a_new_text_shows_at_once_on_every_worker(about: PageText, karen: User) -> None:
    workers = [Worker(), Worker()]
    for worker in workers:
        worker.get(reverse("about"))
    publish(about, karen, body_da="Helt nyt.\n\n## Demo {#demo}")
    for worker in workers:
        assert "Helt nyt." in worker.get(reverse("about")).text


def test_a_new_amount_shows_at_once(visitor: Client) -> None:
    page = reverse("buying")
    assert "ca. 1.610.000 kroner for varer" in visitor.get(page).page.one("main").text  # type: ignore[attr-defined]
    Threshold.objects.get(key="municipal", valid_from="2026-01-01").delete()
    text = visitor.get(page).page.one("main").text  # type: ignore[attr-defined]
    assert "1.644.638 kroner (gjaldt til 31. december 2025)" in text
    with override("en"):
        english = visitor.get(reverse("buying")).page.one("main").text  # type: ignore[attr-defined]
    assert "DKK 1,644,638" in english and "about DKK 5,590,000" in english


def test_the_guide_says_that_it_is_no_legal_advice(visitor: Client) -> None:
    text = visitor.get(reverse("buying")).page.one("main").text  # type: ignore[attr-defined]
    for said in ("ikke juridisk rådgivning", "§ 54", "§ 190", "§ 193", "læst 23. november 2026"):
        assert said in text


@pytest.mark.parametrize("name", ["home", "about", "listing"])
def test_a_buyer_finds_the_guide(visitor: Client, name: str) -> None:
    page = visitor.get(reverse(name)).page  # type: ignore[attr-defined]
    assert reverse("buying") in {a.attrs["href"] for a in page.all("a")}


# -- writing them -----------------------------------------------------------------------------------


def test_a_text_is_rewritten_and_what_it_said_is_kept(
    clerk: Client, visitor: Client, about: PageText, karen: User
) -> None:
    before = about.versions.get().body_da
    answer = write(clerk, about, title_da="Om byen", note="Kortere")
    assert "Udgave nr. 2 er udgivet" in answer.content.decode()
    assert visitor.get(reverse("about")).page.one("h1").text == "Om byen"  # type: ignore[attr-defined]
    first, second = about.versions.order_by("number")
    assert (first.body_da, second.note, second.published_by) == (before, "Kortere", karen)


def test_the_same_words_again_are_no_new_version(clerk: Client, about: PageText) -> None:
    write(clerk, about)
    assert about.versions.count() == 1


@pytest.mark.parametrize("field", page_texts.FIELDS)
def test_both_languages_are_needed(clerk: Client, about: PageText, field: str) -> None:
    write(clerk, about, **{field: " "})
    assert about.versions.count() == 1


def test_what_is_wrong_is_said_beside_its_field(clerk: Client, about: PageText) -> None:
    body = "Hej {nobody} [x](javascript:x)\n\n# Stor"
    page = write(clerk, about, body_en=body).content.decode()
    for said in ("Siden kender ikke {nobody}.", "Et link skal begynde med", "Brug ## og ###", "{#demo}"):
        assert said in page
    assert about.versions.count() == 1


def test_the_second_of_two_is_told_and_overwrites_nothing(clerk: Client, about: PageText) -> None:
    mine = typed(about, title_da="Min")
    publish(about, a_user("ole@example.dk", name="Ole Kollega"), title_da="Oles")
    answer = clerk.post(address(about), mine)
    told = answer.content.decode()
    assert "Ole Kollega har udgivet nr. 2, mens du skrev" in told and "<ins>Oles</ins>" in told
    assert 'value="Min"' in told and about.versions.count() == 2
    # What they now have seen, they may go on from.
    clerk.post(address(about), mine | {"seen": "2"})
    assert about.versions.all()[0].title_da == "Min"


def test_a_preview_is_the_public_page_and_keeps_nothing(clerk: Client, about: PageText) -> None:
    draft = typed(about, title_en="Under way", body_en="Draft by {site-owner}.\n\n{roofs}")
    with override("en"):
        preview = reverse("preview-text", args=["about"])
    page = parsed(clerk.post(preview, draft).content.decode())
    police_page(page, preview)
    assert page.one("h1").text == "Under way" and page.one("p", class_="lede").text.startswith("Draft by")
    assert page.all("ul", class_="roofs") and page.all("meta", name="robots", content="noindex")
    # It says what still stands in the way.
    assert "{#demo}" in page.one("div", class_="note").text
    assert about.versions.count() == 1


def test_earlier_versions_are_compared_and_brought_back(clerk: Client, about: PageText, karen: User) -> None:
    publish(about, karen, title_da="Byen, vi ejer")
    page = clerk.get(address(about, "versions")).content.decode()
    assert "<del>Om </del>" in page or "<del>Om Den fælles by</del>" in page
    answer = clerk.post(address(about, "versions"), {"number": "1", "seen": "2"}, follow=True)
    assert "Nr. 1 er bragt tilbage som nr. 3" in answer.content.decode()
    assert about.versions.all()[0].title_da == "Om Den fælles by"
    answer = clerk.post(address(about, "versions"), {"number": "2", "seen": "2"}, follow=True)
    assert "i mellemtiden" in answer.content.decode() and about.versions.count() == 3


def test_a_version_never_changes(about: PageText) -> None:
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        PageTextVersion.objects.update(title_da="Noget andet")


def test_the_list_costs_the_same_however_many_versions(clerk: Client, about: PageText, karen: User) -> None:
    counts = []
    for number in range(2):
        publish(about, karen, title_da=f"Nr. {number}")
        with CaptureQueriesContext(connection) as queries:
            clerk.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1] < 10


@pytest.mark.parametrize(
    ("codename", "may"), [("view_pagetext", False), ("change_pagetext", True), ("", None)]
)
def test_who_may_write(about: PageText, codename: str, may: bool | None) -> None:
    user = a_user("aud@example.dk", is_staff=True)
    with_second_step(user)
    if codename:
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client = PolicingClient()
    client.force_login(user)
    read = client.get(address(about, "versions")).status_code
    assert read == (403 if may is None else 200)
    write(client, about, title_da="Skrevet")
    draft = client.post(reverse("preview-text", args=["about"]), typed(about)).status_code
    assert (about.versions.count() == 2, draft == 200) == (bool(may), bool(may))


# -- amounts ----------------------------------------------------------------------------------------


def test_a_key_that_texts_name_stays(clerk: Client) -> None:
    row = Threshold.objects.get(key="market-terms")
    change = reverse("admin:enterprises_threshold_change", args=[row.pk])
    fields = (
        "label_da",
        "label_en",
        "amount",
        "valid_from",
        "source_da",
        "source_en",
        "source_url",
        "read_on",
    )
    said = {name: str(getattr(row, name)) for name in fields} | {"valid_to": ""}
    answer = clerk.post(change, said | {"key": "other"})
    assert "Teksterne nævner nøglen: Guide for indkøbere." in answer.content.decode()
    assert clerk.post(reverse("admin:enterprises_threshold_delete", args=[row.pk])).status_code == 403
    clerk.post(change, said | {"key": row.key, "amount": "600000"})
    row.refresh_from_db()
    assert row.amount == 600000

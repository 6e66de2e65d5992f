"""The editor's page for pictures, who is shown which file, and how a profile shows them."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from PIL import Image

from enterprises import claims, publishing
from enterprises.models import Enterprise, Photo
from enterprises.photos import files, reading
from enterprises.photos.store import Folder
from tests import images
from tests.builders import a_user, published
from tests.client import PolicingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pictures")]


def page_of(enterprise: Enterprise) -> str:
    return reverse("photos", args=[enterprise.slug])


def upload(client: Client, enterprise: Enterprise, content: bytes | None = None, **fields: Any) -> Any:
    name = fields.pop("name", "billede.jpg")
    file = SimpleUploadedFile(name, images.encoded() if content is None else content, "image/jpeg")
    return client.post(
        page_of(enterprise), {"kind": "photo", "alt_da": "To bagere", "file": file} | fields, follow=True
    )


def press(client: Client, photo: Photo, do: str, **fields: Any) -> Any:
    address = reverse("change-photo", args=[photo.enterprise.slug, photo.pk])
    return client.post(address, {"alt_da": photo.alt_da, "do": do} | fields, follow=True)


def file_of(photo: Photo, width: int = 480, extension: str = "jpg") -> str:
    return reverse("photo", args=[photo.digest, width, extension])


# -- the page -------------------------------------------------------------------------------------


def test_an_editor_puts_up_a_photo_and_a_logo(editor: Client, bakery: Enterprise) -> None:
    page = upload(editor, bakery, alt_en="Two bakers", credit="Ida").page
    assert "Billedet er lagt op" in page.one(role="status").text
    upload(editor, bakery, images.see_through(), kind="logo", alt_da="Vores logo", name="logo.png")
    photo, logo = bakery.photos.get(kind="photo"), bakery.photos.get(kind="logo")
    assert (photo.alt_da, photo.alt_en, photo.credit) == ("To bagere", "Two bakers", "Ida")
    page = editor.get(page_of(bakery)).page  # type: ignore[attr-defined]
    assert {img.attrs["alt"] for img in page.one("main").all("img")} == {"To bagere", "Vores logo"}
    assert {img.attrs["src"] for img in page.one("main").all("img")} == {file_of(photo), file_of(logo, 160)}
    assert "Vi er ved at gøre billedet klar" in page.one("main").text


def test_the_enterprises_home_leads_there(editor: Client, bakery: Enterprise) -> None:
    page = editor.get(reverse("edit-enterprise", args=[bakery.slug])).page  # type: ignore[attr-defined]
    assert page.one("a", href=page_of(bakery)).text == "Billeder og logo"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"En tekst, der hedder noget med jpg.", "kan ikke læses som et billede"),
        (images.bomb(), "for mange punkter"),
        (images.encoded()[:5000], "kan ikke læses som et billede"),
        (b"\0\0\0\x24ftypheic" + bytes(99), "HEIC"),
        (b"", "Filen er tom"),
        (images.encoded() + bytes(reading.MOST_BYTES), "fylder for meget"),
    ],
    ids=["a text", "a bomb", "truncated", "HEIC", "empty", "huge"],
)
def test_a_bad_file_is_refused_on_the_page(
    editor: Client,
    bakery: Enterprise,
    pictures: Folder,
    content: bytes,
    sentence: str,
    settings: Any,
    tmp_path: Any,
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    page = upload(editor, bakery, content, alt_da="To bagere ved ovnen").page
    assert sentence in page.one(role="alert").text
    assert page.one("input", id="id_photo_alt_da").attrs["value"] == "To bagere ved ovnen"
    assert len(page.one("div", class_="field-wrong").all("ul", class_="errorlist")) == 1
    assert not Photo.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_photo_needs_a_word_about_it(editor: Client, bakery: Enterprise, pictures: Folder) -> None:
    page = upload(editor, bakery, alt_da=" ").page
    assert "Skriv, hvad man ser på billedet." in page.one(role="alert").text
    assert not pictures.root.exists()


def test_a_store_in_trouble_is_said_in_plain_words(
    editor: Client, bakery: Enterprise, settings: Any, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    (tmp_path / "taken").write_text("")
    settings.PICTURES = Folder(tmp_path / "taken")
    page = upload(editor, bakery).page
    assert "kunne ikke gemmes lige nu" in page.one(role="alert").text
    assert not Photo.objects.exists()


def test_a_ninth_photo_is_refused(editor: Client, bakery: Enterprise) -> None:
    for seed in range(8):
        images.a_photo(bakery, seed=seed)
    page = upload(editor, bakery, images.encoded(images.picture(seed=20))).page
    assert "Fjern et" in page.one(role="alert").text
    assert bakery.photos.count() == 8


def test_pictures_are_taken_at_a_human_pace(editor: Client, bakery: Enterprise, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"upload_photo": "1/h/user"}
    upload(editor, bakery)
    refused = upload(editor, bakery, images.encoded(images.picture(seed=1)), alt_da="Brød").page
    assert "Det var mange billeder på kort tid" in refused.text
    assert refused.one(id="id_photo_alt_da").attrs["value"] == "Brød"
    assert bakery.photos.count() == 1


def test_words_are_changed_and_photos_moved_and_removed(editor: Client, bakery: Enterprise) -> None:
    one, two = images.a_photo(bakery), images.a_photo(bakery, seed=1)
    press(editor, one, "save", alt_da="En ovn", alt_en="An oven", credit="Carl")
    one.refresh_from_db()
    assert (one.alt_da, one.alt_en, one.credit) == ("En ovn", "An oven", "Carl")
    press(editor, two, "up", alt_da="Skrevet, før det blev flyttet")
    assert list(bakery.photos.all()) == [two, one]
    assert bakery.photos.first().alt_da == "Skrevet, før det blev flyttet"  # type: ignore[union-attr]
    press(editor, two, "down")
    assert list(bakery.photos.all()) == [one, two]
    press(editor, one, "remove")
    assert list(bakery.photos.all()) == [two]


def test_a_photo_does_not_lose_its_words(editor: Client, bakery: Enterprise) -> None:
    photo = images.a_photo(bakery)
    page = press(editor, photo, "save", alt_da="", alt_en="Kept").page
    assert page.one(role="alert").all("a", href=f"#id_{photo.pk}_alt_da")
    assert page.one("input", id=f"id_{photo.pk}_alt_en").attrs["value"] == "Kept"
    photo.refresh_from_db()
    assert photo.alt_da == "To bagere ved ovnen"


def test_markup_in_the_words_stays_words(editor: Client, visitor: Client, bakery: Enterprise) -> None:
    evil = '"><script>alert(1)</script>'
    photo = images.a_photo(bakery, alt_da=evil, credit=evil)
    publishing.publish(bakery)
    for client, address in ((editor, page_of(bakery)), (visitor, reverse("profile", args=[bakery.slug]))):
        page = client.get(address).page  # type: ignore[attr-defined]
        assert evil in [img.attrs["alt"] for img in page.all("img")]
    assert photo.alt_da == evil


def test_a_changed_photo_is_seen_before_and_after_by_those_who_read_the_changes(
    editor: Client, clerk: Client, bakery: Enterprise
) -> None:
    upload(editor, bakery, images.encoded(images.picture(seed=1)), alt_da="Ovnen")
    old = bakery.photos.get()
    publishing.publish(bakery)
    press(editor, old, "remove")
    upload(editor, bakery, images.encoded(images.picture(seed=2)), alt_da="Ovnen")
    new = bakery.photos.get()
    assert old.digest != new.digest
    changes = editor.get(reverse("changes", args=[bakery.slug])).page  # type: ignore[attr-defined]
    seen = changes.one("input", name="seen").attrs["value"]
    editor.post(reverse("changes", args=[bakery.slug]), {"seen": seen})
    address = reverse("admin:enterprises_proposal_review", args=[bakery.proposals.get().pk])
    review = clerk.get(address)
    read = [img.attrs["src"] for img in changes.one("main").all("img")]
    assert read == re.findall(r'src="(/medier/[^"]+)"', review.text) == [file_of(old), file_of(new)]
    assert [clerk.get(file).status_code for file in read] == [200, 200]
    assert f">{new.digest}<" not in review.text and new.digest not in changes.text


def test_asks_no_more_for_eight_photos_than_for_one(editor: Client, bakery: Enterprise) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            editor.get(page_of(bakery))
        return len(queries)

    images.a_photo(bakery)
    editor.get(reverse("my-enterprises"))
    first = asked()
    for seed in range(1, 8):
        images.a_photo(bakery, seed=seed)
    assert asked() == first == 6, "session, user, enterprise, policy, photos"


# -- whose it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "status"),
    [("visitor", 302), ("editor", 302), ("colleague", 302), ("stranger", 404), ("clerk", 404)],
)
@pytest.mark.parametrize("do", ["upload", "save", "up", "remove"])
def test_nobody_else_changes_anything(
    request: pytest.FixtureRequest, bakery: Enterprise, persona: str, status: int, do: str
) -> None:
    photo, client = images.a_photo(bakery), request.getfixturevalue(persona)
    before = list(Photo.objects.values())
    if do == "upload":
        file = SimpleUploadedFile("b.jpg", images.encoded(images.picture(seed=5)))
        answer = client.post(page_of(bakery), {"kind": "photo", "alt_da": "Nyt", "file": file})
    else:
        address = reverse("change-photo", args=[bakery.slug, photo.pk])
        answer = client.post(address, {"do": do, "alt_da": "Nyt"})
    assert answer.status_code == status
    assert (list(Photo.objects.values()) == before) == (persona not in ("editor", "colleague"))


def test_anothers_photo_is_not_reached_through_ones_own_page(stranger: Client, bakery: Enterprise) -> None:
    photo, own = images.a_photo(bakery), Enterprise.objects.get(name="Fremmed & Co")
    for do in ("save", "up", "remove"):
        address = reverse("change-photo", args=[own.slug, photo.pk])
        assert stranger.post(address, {"do": do, "alt_da": "Mit"}).status_code == 404
    assert Photo.objects.get().alt_da == "To bagere ved ovnen"


@pytest.mark.parametrize("fields", [{"kind": "film"}, {"kind": ""}])
def test_there_are_no_other_kinds(editor: Client, bakery: Enterprise, fields: dict[str, str]) -> None:
    assert upload(editor, bakery, **fields).status_code == 404


def test_a_forged_form_is_refused(bakery: Enterprise) -> None:
    user = a_user()
    claims.give(bakery, user)
    client = PolicingClient(enforce_csrf_checks=True)
    client.force_login(user)
    assert upload(client, bakery).status_code == 403
    assert not Photo.objects.exists()


# -- the files ------------------------------------------------------------------------------------

DRAFT = [("visitor", 404), ("editor", 200), ("colleague", 200), ("stranger", 404), ("clerk", 200)]


@pytest.mark.parametrize(("persona", "status"), DRAFT)
def test_a_draft_is_shown_to_those_who_work_on_it(
    request: pytest.FixtureRequest, bakery: Enterprise, persona: str, status: int
) -> None:
    photo, client = images.a_photo(bakery), request.getfixturevalue(persona)
    answer = client.get(file_of(photo))
    assert answer.status_code == status
    if status == 200:
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable"


def test_what_is_published_is_for_everyone_and_for_ever(visitor: Client, bakery: Enterprise) -> None:
    photo = images.a_photo(bakery)
    publishing.publish(bakery)
    for extension, content_type in files.FORMATS.items():
        answer = visitor.get(file_of(photo, 960, extension), headers={"Accept-Encoding": "gzip, br"})
        assert answer["Content-Type"] == content_type
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "Content-Encoding" not in answer.headers
        assert Image.open(BytesIO(answer.content)).width == 960


def test_what_is_removed_or_withdrawn_is_gone(visitor: Client, bakery: Enterprise) -> None:
    removed, kept = images.a_photo(bakery), images.a_photo(bakery, seed=1)
    publishing.publish(bakery)
    removed.delete()
    assert visitor.get(file_of(removed)).status_code == 200, "until that is published"
    publishing.publish(bakery)
    assert visitor.get(file_of(removed)).status_code == 404
    assert visitor.get(file_of(kept)).status_code == 200
    publishing.withdraw(bakery, reason="Lukket")
    assert visitor.get(file_of(kept)).status_code == 404


def test_a_photo_of_two_stays_while_one_shows_it(visitor: Client, bakery: Enterprise) -> None:
    photo, other = images.a_photo(bakery), published("Naboen")
    images.a_photo(other)
    publishing.publish(bakery)
    publishing.publish(other)
    publishing.withdraw(bakery, reason="Lukket")
    assert visitor.get(file_of(photo)).status_code == 200


def test_only_what_is_offered_is_shown(visitor: Client, bakery: Enterprise) -> None:
    photo = images.a_photo(bakery)
    publishing.publish(bakery)
    assert visitor.get(file_of(photo, 481)).status_code == 404
    assert visitor.get(f"/medier/{photo.digest}.webp").status_code == 404
    assert visitor.get("/medier/../README.md").status_code == 404
    assert visitor.post(file_of(photo)).status_code == 405


def test_before_its_widths_are_made_a_larger_one_is_shown(
    visitor: Client, editor: Client, bakery: Enterprise
) -> None:
    upload(editor, bakery)
    photo = bakery.photos.get()
    publishing.publish(bakery)
    answer = visitor.get(file_of(photo))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "no-store"


def test_a_file_that_is_lost_is_not_found(visitor: Client, bakery: Enterprise, pictures: Folder) -> None:
    photo = images.a_photo(bakery)
    publishing.publish(bakery)
    for name in pictures.names(photo.digest[:2]):
        pictures.delete(name)
    assert visitor.get(file_of(photo)).status_code == 404


def test_asks_the_database_once(visitor: Client, bakery: Enterprise) -> None:
    photo = images.a_photo(bakery)
    publishing.publish(bakery)
    with CaptureQueriesContext(connection) as queries:
        visitor.get(file_of(photo))
    assert len(queries) == 1


# -- the profile ----------------------------------------------------------------------------------


@pytest.fixture
def pictured(bakery: Enterprise) -> Enterprise:
    images.a_photo(bakery, kind="logo", alt_da="Vores logo", seed=3)
    images.a_photo(bakery, alt_da="Bagere", alt_en="Bakers", credit="Ida Editor")
    images.a_photo(bakery, alt_da="Kun på dansk", seed=1)
    publishing.publish(bakery)
    bakery.refresh_from_db()
    return bakery


def profile(client: Client, enterprise: Enterprise, language: str = "da") -> Any:
    with override(language):
        return client.get(reverse("profile", args=[enterprise.slug])).page  # type: ignore[attr-defined]


def test_a_profile_shows_the_logo_beside_its_house(visitor: Client, pictured: Enterprise) -> None:
    beside = profile(visitor, pictured).one("div", class_="profile-house")
    assert beside.one("img").attrs["alt"] == "Vores logo"
    assert beside.all("svg", class_="house")


def test_a_profile_shows_its_photos_in_order(visitor: Client, pictured: Enterprise) -> None:
    photos = profile(visitor, pictured).one("ul", class_="photos")
    assert [img.attrs["alt"] for img in photos.all("img")] == ["Bagere", "Kun på dansk"]
    first = photos.all("img")[0].attrs
    assert (first["width"], first["height"], first["loading"]) == ("1200", "800", "lazy")
    assert [source.attrs["type"] for source in photos.all("picture")[0].all("source")] == [
        "image/avif",
        "image/webp",
    ]
    assert photos.one("figcaption").text == "Foto: Ida Editor"


def test_every_file_a_profile_names_is_there(visitor: Client, pictured: Enterprise) -> None:
    named = [
        choice.split()[0]
        for element in profile(visitor, pictured).one("main").all("img", "source")
        for choice in element.attrs["srcset"].split(", ")
    ]
    assert len(named) == (2 + 3 + 3) * 3
    for address in named:
        answer = visitor.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


def test_in_english_what_is_only_in_danish_is_marked(visitor: Client, pictured: Enterprise) -> None:
    one, other = profile(visitor, pictured, "en").one("ul", class_="photos").all("img")
    assert (one.attrs["alt"], one.attrs.get("lang")) == ("Bakers", None)
    assert (other.attrs["alt"], other.attrs["lang"]) == ("Kun på dansk", "da")


def test_a_draft_shows_nowhere(visitor: Client, bakery: Enterprise) -> None:
    images.a_photo(bakery)
    page = profile(visitor, bakery)
    assert not page.all("picture")
    assert "Billeder" not in page.one("main").text


def test_search_engines_are_told(visitor: Client, pictured: Enterprise) -> None:
    page = profile(visitor, pictured)
    data = json.loads(page.all("script", type="application/ld+json")[0].text)
    logo, *photos = pictured.photos.all()
    assert data["logo"] == f"http://testserver{file_of(logo, 320)}"
    assert data["image"] == [f"http://testserver{file_of(photo, 1200)}" for photo in photos]
    shared = page.one("meta", property="og:image").attrs["content"]
    assert shared == "http://testserver/huse/broed-broer.png"


def test_open_data_holds_no_photos(visitor: Client, pictured: Enterprise) -> None:
    record = visitor.get(reverse("api-enterprise", args=[pictured.slug])).content.decode()
    assert all(photo.digest not in record for photo in pictured.photos.all())


def test_a_profile_with_all_the_pictures_it_can_have_stays_small(visitor: Client, bakery: Enterprise) -> None:
    address = reverse("profile", args=[bakery.slug])
    before = len(visitor.get(address).content)
    images.a_photo(bakery, kind="logo", seed=30)
    for seed in range(8):
        images.a_photo(bakery, seed=seed)
    publishing.publish(bakery)
    assert len(visitor.get(address).content) - before < 12_000

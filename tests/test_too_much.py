"""Texts of a book's length, and markup, in every field of the forms by which one comes in and talks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enterprises import editing, proposals
from enterprises.models import Claim, Enterprise, Photo, User
from enterprises.photos import keeping
from tests import images
from tests.test_posts import digests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pictures")]

EVIL = "</textarea></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
BOOK, TOME = 900_000, 5_000_000
OURS, ADDED = "broed-broer", "kaeden"
ANSWER = {"reply": "yes", "text_da": "Ja.", "text_en": "", "url": ""}
WORDS = {"alt_da": "Brød", "alt_en": "", "credit": ""}
NEW = {
    "name": "Nyt",
    "cvr": "",
    "street": "Nygade 1",
    "postcode": "2200",
    "city": "København N",
    "website": "",
    "email": "",
    "phone": "",
    "tagline_da": "Brød",
    "others": "",
}

# Who sends it, where to, what else is in it, and the fields that take words.
FORMS: dict[str, tuple[str, list[Any], dict[str, str], tuple[str, ...]]] = {
    "claim": ("stranger", [OURS], {"do": "explain"}, ("explanation",)),
    "claim-code": ("claimant", [OURS], {}, ("code",)),
    "people": ("editor", [OURS], {}, ("email",)),
    "answer-claim": ("editor", [OURS, "{claim}"], {"do": "refuse"}, ("reason",)),
    "admission-question": ("adder", [ADDED, "purpose"], ANSWER, ("reply", "text_da", "text_en", "url")),
    "add-enterprise": ("stranger", [], NEW, tuple(name for name in NEW if name != "others")),
    "change-photo": ("editor", [OURS, "{photo}"], WORDS, tuple(WORDS)),
    "photos": ("editor", [OURS], WORDS | {"kind": "photo"}, tuple(WORDS)),
    "thread": ("editor", [OURS], {}, ("text",)),
    "changes": ("stranger", ["fremmed-co"], {"seen": "x"}, ("text",)),
    "report-error": ("visitor", [OURS], {"message": "Lukket", "email": ""}, ("message", "email")),
    "account": ("stranger", [], {}, ("name",)),
}
FIELDS = [(form, field) for form, (*_rest, fields) in FORMS.items() for field in fields]


@pytest.fixture
def keys(
    editor: Client, stranger: Client, claimant: Client, adder: Client, visitor: Client, bakery: Enterprise
) -> dict[str, Any]:
    """With a proposal to talk about, a code to type, and a picture to describe."""
    cache.clear()
    ida = User.objects.get(email="ida@example.dk")
    Enterprise.objects.update(tagline_da="Nyt, der venter")
    proposals.submit(bakery, by=ida, having_seen=proposals.seen(editing.fresh(bakery)))
    photo = keeping.add(bakery, images.encoded(images.picture(200, 150)), kind="photo", alt_da="Brød")
    claimant.post(reverse("claim", args=[OURS]), {"do": "code"})
    return {"photo": photo.pk, "claim": Claim.objects.get(user__email="rikke@example.dk").pk}


def address_of(form: str, keys: dict[str, Any]) -> str:
    return reverse(form, args=[str(part).format(**keys) for part in FORMS[form][1]])


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_a_book_in_a_field_is_answered_with_a_sentence(
    request: pytest.FixtureRequest, keys: dict[str, Any], form: str, field: str
) -> None:
    who, _parts, data, _fields = FORMS[form]
    client, address = request.getfixturevalue(who), address_of(form, keys)
    before, mails = digests(), len(mail.outbox)
    for length in (BOOK, TOME):
        answer = client.post(address, data | {field: "æ " * (length // 3)}, follow=True)
        assert answer.status_code in ({400} if length == TOME else {200, 422, 429}), answer.status_code
        said = answer.page.all(role="alert") or answer.page.all(class_="error-page")
        assert any(one.text for one in said)
        written = urlencode(data | {field: "x" * length})
        raw = client.post(address, written, content_type="application/x-www-form-urlencoded")
        assert raw.status_code in (200, 302, 400, 422, 429)
    now = digests()
    # A wrong code counts as tried, and nothing else.
    changed = {table for table, held in now.items() if held != before[table]}
    assert changed <= ({"enterprises_mailedcode"} if form == "claim-code" else set())
    assert len(mail.outbox) == mails


# Where what was written is read.
READ = {
    "editor": ["people", "thread", "photos", "changes", "edit-enterprise", "preview"],
    "claimant": ["claim", "preview"],
    "stranger": ["claim"],
    "visitor": ["profile"],
}


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_markup_in_a_field_is_only_words(
    request: pytest.FixtureRequest, keys: dict[str, Any], clerk: Client, form: str, field: str
) -> None:
    """Wherever it is shown: to who wrote it, to those it is for, to the council, and in mails."""
    who, _parts, data, _fields = FORMS[form]
    client = request.getfixturevalue(who)
    pages = [client.post(address_of(form, keys), data | {field: EVIL}, follow=True)]
    pages += [
        request.getfixturevalue(reader).get(reverse(name, args=[OURS]))
        for reader, names in READ.items()
        for name in names
    ]
    pages += [client.get(reverse(name)) for name in ("my-enterprises", "account") if who != "visitor"]
    for name in ("proposal", "claim", "errorreport", "enterprise"):
        pages.append(clerk.get(f"/admin/enterprises/{name}/", follow=True))
    for page in pages:
        shown = page.content.decode()
        assert page.status_code < 500
        assert "<script>alert" not in shown and "<img src=x" not in shown
    for sent in mail.outbox:
        assert "\n" not in sent.subject and "<script>" not in sent.subject
        assert not getattr(sent, "alternatives", None) or all(
            "<script>alert" not in str(part)
            for part, _kind in sent.alternatives  # type: ignore[attr-defined]
        )
    assert not Photo.objects.exclude(alt_da__in=["Brød", EVIL]).exists()

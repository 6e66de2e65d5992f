"""English is complete, and English pages speak it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from directory.catalogue import TERMS
from enterprises import choices, publishing
from enterprises.models import Enterprise, Opening
from tests.builders import an_enterprise
from tests.client import Element

CHECKOUT = Path(settings.BASE_DIR)
ENGLISH = Path("directory/locale/en/LC_MESSAGES/django.po")
SAID = ("title", "aria-label", "alt", "placeholder", "content")
DANISH_LETTERS = re.compile(r"\b\w*[æøåÆØÅ]\w*\b")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The English catalogue as it is when all strings have been read anew, in a copy of the site."""
    assert shutil.which("xgettext"), "GNU gettext is missing: apt-get install gettext."
    copy = tmp_path_factory.mktemp("strings")
    for folder in ("directory", "enterprises", "templates"):
        shutil.copytree(
            CHECKOUT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.toml")
        )
    shutil.copy(CHECKOUT / "manage.py", copy)
    (copy / ENGLISH).parent.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "en", "--no-obsolete"],
        cwd=copy,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "directory.settings", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    with (copy / ENGLISH).open("rb") as file:
        return read_po(file)


def test_every_string_has_its_english(fresh: Catalog) -> None:
    lacking = [
        message.id
        for message in fresh
        if message.id and not all([message.string] if isinstance(message.string, str) else message.string)
    ]
    assert not lacking, f"{len(lacking)} strings lack their English: {lacking}"


def test_no_translation_is_a_guess(fresh: Catalog) -> None:
    assert not [message.id for message in fresh if message.id and message.fuzzy]


def test_translations_keep_their_placeholders(fresh: Catalog) -> None:
    """Named ones exactly; a missing one would leave a hole, an unknown one would break the page."""
    for message in fresh:
        if message.id and all([message.string] if isinstance(message.string, str) else message.string):
            wanted, given = _placeholders(message.id), _placeholders(message.string)
            assert wanted == given, message.id


def _placeholders(text: str | tuple[str, ...]) -> set[str]:
    return set(re.findall(r"%\(\w+\)\w|%[sd]", text if isinstance(text, str) else " ".join(text)))


# -- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def translated(db: None) -> Enterprise:
    """An enterprise that says everything in English, with names and places that need no Danish letter."""
    e = an_enterprise("Bread and Bridges", slug="bread", offers=(), impact_en="Because.", impact_da="Fordi.")
    e.places.update(street="Gade 1", city="Hellerup")
    e.evidence.update(wording_en="In the statutes.", source="Statutes")
    Opening.objects.create(
        enterprise=e, kind=choices.OpeningKind.JOB, title_da="Bager", title_en="Baker", count=2
    )
    publishing.publish(e)
    return e


@pytest.fixture
def english_pages(visitor: Client, translated: Enterprise) -> dict[str, Element]:
    terms = ("sectors", "ownerships", "missions", "districts")
    own = (
        "about",
        "add",
        "grounds",
        "order",
        "number-check",
        "buying",
        "accessibility",
        "privacy",
        "open-data",
        "open-data-api",
        "style-guide",
    )
    with override("en"):
        own += ("account-log-in-by-password", "account_signup", "socialaccount_login_cancelled")
        addresses = [reverse(name) for name in ("home", "listing", "account_login", *terms, *own)]
        addresses += [reverse(name, args=["bread"]) for name in ("profile", "report-error")]
        addresses += [reverse("sector", args=["it-data"]), reverse("district", args=["valby"])]
        addresses += [f"{reverse('listing')}?q=zzz&sector=finans&sort=newest", "/en/no/such/page/"]
    return {address: visitor.get(address).page for address in addresses}  # type: ignore[attr-defined]


def words_in_english(element: Element) -> Iterator[str]:
    """The texts of a page, one by one, with those that attributes say; what is marked as Danish left out."""
    if element.attrs.get("lang") == "da" or element.tag in ("script", "code", "pre"):
        return
    yield from (" ".join(element.attrs[name].split()) for name in SAID if name in element.attrs)
    for child in element.children:
        if isinstance(child, Element):
            yield from words_in_english(child)
        else:
            yield " ".join(child.split())


def test_english_pages_say_nothing_of_the_interface_in_danish(
    fresh: Catalog, english_pages: dict[str, Element]
) -> None:
    danish = {
        " ".join(message.id.split())
        for message in fresh
        if isinstance(message.id, str) and message.id and message.id != message.string
    }
    english = {message.string for message in fresh if isinstance(message.string, str)}
    names = set(_names())
    for address, page in english_pages.items():
        left = set(words_in_english(page)) & danish - english - names
        assert not left, f"{address} still says {left}"


def test_danish_letters_on_english_pages_are_in_names_only(
    english_pages: dict[str, Element], translated: Enterprise
) -> None:
    names = {word for text in _names() for word in DANISH_LETTERS.findall(text)}
    for address, page in english_pages.items():
        found = {word for text in words_in_english(page) for word in DANISH_LETTERS.findall(text)}
        assert not found - names, f"{address} still says {found - names}"


def _names() -> Iterator[str]:
    """What keeps its Danish letters in English: the site, who answers for it, terms and Danish schemes."""
    yield from ("Den fælles by", settings.SITE_OWNER)
    with override("en"):
        yield from (str(kind.label) for kind in choices.OpeningKind)
    for model in TERMS.values():
        for term in model._default_manager.all():
            yield from (term.name_en, term.text_en, getattr(term, "short_en", ""))

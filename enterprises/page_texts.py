"""The pages that staff write: which there are, what each may name, and how a new version comes about.

A new page takes a line in PAGES, its first words in content/texts/ with a migration that calls
`first_words.fill`, and a line in directory/urls.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import marking, thresholds, words
from enterprises.models import PageText, PageTextVersion, User

FIELDS = tuple(f"{name}_{language}" for name in ("title", "description", "body") for language in ("da", "en"))

# What any page may name: directory.text_pages knows the values.
EVERYWHERE: dict[str, Any] = {
    "site-owner": gettext_lazy("hvem der står bag siden"),
    "site-url": gettext_lazy("sidens adresse"),
    "workdays": gettext_lazy("hvor mange hverdage rådet er om at svare en ny virksomhed"),
    "dated": gettext_lazy("dagen, hvor teksten sidst blev udgivet"),
}
CONTACT: dict[str, Any] = {"contact": gettext_lazy("sidens mail og telefon")}
THRESHOLD = "threshold"


@dataclass(frozen=True)
class Page:
    label: str | Promise
    # The name of its address.
    url_name: str
    names: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=lambda: CONTACT)
    conditions: dict[str, Any] = field(default_factory=dict)
    anchors: tuple[str, ...] = ()


PAGES: dict[str, Page] = {
    "about": Page(
        gettext_lazy("Om Den fælles by"),
        "about",
        parts=CONTACT | {"roofs": gettext_lazy("et hus for hver slags ejerskab")},
        conditions={
            "demo": gettext_lazy("der er opdigtede virksomheder"),
            "no-demo": gettext_lazy("der er ingen opdigtede virksomheder"),
        },
        anchors=("demo",),
    ),
    "add": Page(
        gettext_lazy("Tilføj din virksomhed"),
        "add",
        parts=CONTACT
        | {
            "begin": gettext_lazy("knappen “Begynd her”"),
            "questions": gettext_lazy("de fem spørgsmål, hvert med et eksempel"),
        },
    ),
    "grounds": Page(gettext_lazy("Sådan bliver grundlaget bekræftet"), "grounds"),
    "order": Page(gettext_lazy("Sådan bliver rækkefølgen til"), "order"),
    "buying": Page(
        gettext_lazy("Guide for indkøbere"),
        "buying",
        parts=CONTACT | {"thresholds": gettext_lazy("tabellen med alle beløb og deres kilder")},
    ),
    "privacy": Page(
        gettext_lazy("Privatliv og cookies"),
        "privacy",
        names={
            "csrf-cookie": gettext_lazy("navnet på den cookie, der sikrer formularer"),
            "session-cookie": gettext_lazy("navnet på den cookie, der husker, at man er logget ind"),
            "shortlist-cookie": gettext_lazy("navnet på den cookie, der husker indkøbslister"),
            "shortlist-days": gettext_lazy("hvor mange dage en liste gemmes, efter at den sidst er brugt"),
            "inquiry-days": gettext_lazy("hvor mange dage en forespørgsel gemmes efter svarfristen"),
            "inquiry-unconfirmed-days": gettext_lazy("hvor mange dage en forespørgsel venter på bekræftelse"),
            "alert-days": gettext_lazy("hvor mange dage man har til at bekræfte en fulgt søgning"),
            "session-days": gettext_lazy("hvor mange dage den varer"),
            "street-map-host": gettext_lazy("hvor gadekortets billeder hentes"),
            "mail-text-days": gettext_lazy("hvor mange dage en mails tekst gemmes"),
            "mail-log-days": gettext_lazy("hvor mange dage en mails modtager og emne gemmes"),
            "account-days": gettext_lazy("hvor mange dage en konto må ligge ubrugt"),
            "added-days": gettext_lazy("hvor mange dage en tilføjet virksomhed må ligge urørt"),
            "notice-days": gettext_lazy("hvor mange dage før vi skriver"),
            "claim-text-days": gettext_lazy("hvor mange dage en forklaring gemmes"),
        },
        conditions={
            "street-map": gettext_lazy("man kan få vist et gadekort"),
            "mitid": gettext_lazy("man kan logge ind med MitID Erhverv"),
        },
    ),
    "accessibility": Page(
        gettext_lazy("Tilgængelighedserklæring"),
        "accessibility",
        names={"was-url": gettext_lazy("adressen på erklæringen i WAS-Tool")},
        conditions={
            "was": gettext_lazy("erklæringen findes i WAS-Tool"),
            "no-was": gettext_lazy("erklæringen findes ikke i WAS-Tool"),
        },
    ),
}


class StaleTextError(Exception):
    """Somebody else has published a version meanwhile: the newest one."""

    def __init__(self, newest: PageTextVersion) -> None:
        super().__init__()
        self.newest = newest


def label(key: str) -> str:
    return str(PAGES[key].label) if key in PAGES else key


def allowed(key: str) -> marking.Allowed:
    page = PAGES[key]
    return marking.Allowed(
        names=EVERYWHERE.keys() | page.names.keys(),
        parts=page.parts.keys(),
        conditions=page.conditions.keys(),
        anchors=page.anchors,
        families={THRESHOLD: thresholds.keys()},
    )


def newest(key: str) -> PageTextVersion | None:
    """What a page says. One query."""
    return PageTextVersion.objects.filter(page__key=key).order_by("-number").first()


def naming(placeholder: str) -> list[str]:
    """The pages that say it today."""
    last = PageTextVersion.objects.order_by("page_id", "-number").distinct("page_id").select_related("page")
    return [str(version.page) for version in last if placeholder in version.body_da + version.body_en]


def problems(key: str, values: dict[str, str]) -> dict[str, list[str]]:
    """What must be mended before the values can be published, by field."""
    rules = allowed(key)
    return {
        f"body_{language}": found
        for language in ("da", "en")
        if (found := marking.problems(values[f"body_{language}"], language, rules))
    }


@transaction.atomic
def publish(
    page: PageText, values: dict[str, str], *, by: User, having_seen: int, note: str = ""
) -> PageTextVersion:
    """A new version, which readers see at once. Raises StaleTextError where there is a newer one than seen.

    The same words again are no new version.
    """
    PageText.objects.select_for_update().get(pk=page.pk)
    last = page.versions.select_related("published_by").first()
    if last and all(getattr(last, name) == values[name] for name in FIELDS):
        return last
    number = last.number if last else 0
    if last and number != having_seen:
        raise StaleTextError(last)
    told = {name: values[name] for name in FIELDS}
    return PageTextVersion.objects.create(page=page, number=number + 1, published_by=by, note=note, **told)


def bring_back(version: PageTextVersion, *, by: User, having_seen: int) -> PageTextVersion:
    """An earlier version as a new one."""
    values = {name: getattr(version, name) for name in FIELDS}
    note = _("Bragt tilbage fra nr. %(number)s") % {"number": version.number}
    return publish(version.page, values, by=by, having_seen=having_seen, note=note)


def changes(before: PageTextVersion, after: PageTextVersion) -> list[words.Change]:
    """What differs between two versions, paragraph by paragraph, in words."""
    found: list[words.Change] = []
    for name in FIELDS:
        heading = field_label(name)
        for old, new in _paired(getattr(before, name), getattr(after, name)):
            found.append(words.Change(heading, *words.compared(old, new)))
    return found


def field_label(name: str) -> str:
    model_field: Any = PageTextVersion._meta.get_field(name)
    return str(model_field.verbose_name).capitalize()


def _paired(before: str, after: str) -> list[tuple[str, str]]:
    """The paragraphs that differ, each with the one that took its place."""
    old, new = marking.as_words(before), marking.as_words(after)
    pairs: list[tuple[str, str]] = []
    for told, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if told != "equal":
            length = max(b - a, d - c)
            gone, come = old[a:b] + [""] * length, new[c:d] + [""] * length
            pairs += list(zip(gone[:length], come[:length], strict=True))
    return pairs


def placeholders(key: str) -> list[tuple[str, str]]:
    """What a page's text may name, and what that stands for."""
    page = PAGES[key]
    told = [(f"{{{name}}}", str(text)) for name, text in (EVERYWHERE | page.names | page.parts).items()]
    told += [(f"{{{THRESHOLD}:{row.key}}}", str(row)) for row in thresholds.present()]
    for name, text in page.conditions.items():
        told.append((f"{{if:{name}}}", _("foran et afsnit, som kun vises, når %(so)s") % {"so": text}))
    return told

"""The taxonomies' words as they are now, whatever they were called when something was written down.

Publications never change, so one from before a word was renamed or became part of another still has the
old one. It is read as the word that has taken its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F, Value

from enterprises.models import LegalForm, Mark, Mission, Ownership, Sector, Term

# By the key that a snapshot has them under. Districts are facts: theirs never change.
HELD: dict[str, type[Term]] = {
    "sectors": Sector,
    "missions": Mission,
    "marks": Mark,
    "ownership": Ownership,
    "legal_form": LegalForm,
}
MANY = ("sectors", "missions", "marks")
# {key: {slug: the word in whose place it stands now, None for one out of use}}
Words = Mapping[str, Mapping[str, dict[str, str] | None]]

# Whoever changes a word waits for those who are saving, and they wait for it.
_LOCK = 0x7465726D


def wait_for_changes() -> None:
    """Until the transaction ends, words stay as they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def change_alone() -> None:
    """One change at a time, and nobody saves meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def words() -> Words:
    """Every word there is or was. One query."""
    columns = ("key", "slug", "retired_on", "there", "da", "en")
    queries = [
        model.everything.annotate(
            key=Value(key),
            there=F("successor__slug"),
            da=F("successor__name_da"),
            en=F("successor__name_en"),
            own_da=F("name_da"),
            own_en=F("name_en"),
        )
        .order_by()
        .values_list(*columns, "own_da", "own_en")
        for key, model in HELD.items()
    ]
    found: dict[str, dict[str, dict[str, str] | None]] = {key: {} for key in HELD}
    for key, slug, retired_on, there, da, en, own_da, own_en in queries[0].union(*queries[1:], all=True):
        if there:
            found[key][slug] = {"slug": there, "da": da, "en": en}
        else:
            found[key][slug] = None if retired_on else {"slug": slug, "da": own_da, "en": own_en}
    return found


def as_now(snapshot: dict[str, Any], known: Words) -> dict[str, Any]:
    """A snapshot with its words as they are now, each once; those out of use stay as they were."""
    changed = {}
    for key in HELD.keys() & snapshot.keys():
        if key not in MANY:
            changed[key] = snapshot[key] | (known[key].get(snapshot[key]["slug"]) or {})
            continue
        found: dict[str, dict[str, Any]] = {}
        for stated in snapshot[key]:
            present = stated | (known[key].get(stated["slug"]) or {})
            found.setdefault(present["slug"], present)
        changed[key] = list(found.values())
    return snapshot | changed


def slugs(snapshot: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The words a snapshot, or a part of one, holds."""
    found = set()
    for key in HELD.keys() & snapshot.keys():
        for stated in snapshot[key] if key in MANY else [snapshot[key]]:
            found.add((key, stated["slug"]))
    return found


def successor(model: type[Term], key: Any) -> Term | None:
    """What has taken the place of a word somebody still has in an open form."""
    if not str(key).isdecimal():
        return None
    found: Term | None = model.objects.filter(predecessors=key).first()
    return found


def by_slug(model: type[Term]) -> dict[str, Any]:
    """The words in use by every slug they have or had."""
    known = model.everything.select_related("successor")
    return {term.slug: meant for term in known if not (meant := term.successor or term).retired_on}

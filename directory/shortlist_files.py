"""A shortlist as a spreadsheet: a row for each enterprise, and in xlsx a sheet with the grounds of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory import comparing
from directory.profiles import Profile
from directory.shortlisted import Entry
from enterprises import choices
from enterprises.exports import Row, Sheet
from enterprises.models import RegisterReading

Column = tuple[Any, Callable[[Profile], Any]]

COLUMNS: Sequence[Column] = (
    (gettext_lazy("CVR-nummer"), lambda p: p.cvr),
    (gettext_lazy("Kort fortalt"), lambda p: p.tagline),
    (gettext_lazy("Det kan du købe"), lambda p: [offer["name"] for offer in p.offers]),
    (gettext_lazy("CPV-koder"), lambda p: p.cpv),
    (gettext_lazy("Virksomhedsform"), lambda p: p.legal_form),
    (gettext_lazy("Ejerskab"), lambda p: p.ownership),
    (gettext_lazy("Branche"), lambda p: p.sectors),
    (gettext_lazy("Formål"), lambda p: p.missions),
    (gettext_lazy("Bydel"), lambda p: p.districts),
    (gettext_lazy("Leverer i"), lambda p: _buying(p, "Leverer i")),
    (gettext_lazy("E-faktura"), lambda p: _buying(p, "E-faktura")),
    (gettext_lazy("Kapacitet"), lambda p: _buying(p, "Kapacitet")),
    (gettext_lazy("Forsikring"), lambda p: _buying(p, "Forsikring")),
    (gettext_lazy("Overenskomst"), lambda p: _buying(p, "Overenskomst")),
    (
        gettext_lazy("Går sammen med andre om opgaver"),
        lambda p: _buying(p, "Går sammen med andre om opgaver"),
    ),
    (gettext_lazy("Erklæret omfattet af udbudslovens § 54"), lambda p: p.reserved_declared_on),
    (gettext_lazy("RSV læst i CVR"), lambda p: p.rsv_read_on),
    (gettext_lazy("Mærker og medlemskaber"), lambda p: [comparing.mark(held) for held in p.marks]),
    (gettext_lazy("Oplysningerne bekræftet af virksomheden"), lambda p: p.listing.confirmed_on),
    (gettext_lazy("Adresse"), lambda p: [place.address for place in p.places if not place.hidden]),
    (gettext_lazy("Web"), lambda p: p.contact.get("website")),
    (gettext_lazy("Profil"), lambda p: settings.SITE_URL + reverse("profile", args=[p.slug])),
)
# Left out where the enterprise is protected against advertising: a file is easily used for that.
CONTACT: Sequence[Column] = (
    (gettext_lazy("Kontaktperson"), lambda p: p.contact.get("name")),
    (gettext_lazy("Telefon"), lambda p: p.contact.get("phone")),
    (gettext_lazy("Mail"), lambda p: p.contact.get("email")),
)


def _buying(profile: Profile, label: str) -> Any:
    return {str(known): answer for known, answer in profile.buyer_facts}[_(label)]


def main_sheet(entries: Sequence[Entry]) -> Sheet:
    protected = _protected(entries)
    header = [
        _("Nr."),
        _("Virksomhed"),
        _("Status"),
        *(str(label) for label, _value in (*COLUMNS, *CONTACT)),
        *(str(label) for label in choices.Criterion.labels),
        _("Note"),
    ]
    rows = [_row(number, entry, entry.pk in protected) for number, entry in enumerate(entries, 1)]
    return Sheet(_("Liste"), header, rows)


def _protected(entries: Iterable[Entry]) -> set[int]:
    keys = [entry.pk for entry in entries]
    readings = RegisterReading.objects.filter(enterprise__in=keys, advertising_protected=True)
    return set(readings.values_list("enterprise_id", flat=True))


def _row(number: int, entry: Entry, protected: bool) -> Row:
    profile = entry.profile
    if profile is None:
        empty = len(COLUMNS) + len(CONTACT) + len(choices.Criterion.values)
        return [number, entry.name, _gone(entry), *[None] * empty, entry.item.note]
    proofs = {criterion.label: comparing.proof(criterion) for criterion in profile.criteria}
    return [
        number,
        entry.name,
        _("Reklamebeskyttet i CVR; kontakt står på profilen") if protected else _("I kataloget"),
        *(_cell(value(profile)) for _label, value in COLUMNS),
        *(None if protected else _cell(value(profile)) for _label, value in CONTACT),
        *(". ".join(proofs.get(str(label), [])) or None for label in choices.Criterion.labels),
        entry.item.note,
    ]


def _gone(entry: Entry) -> str:
    if entry.gap and entry.gap.withdrawn_at:
        return _("Udgået af kataloget %(day)s") % {"day": date_format(entry.gap.withdrawn_at, "DATE_FORMAT")}
    return _("Udgået af kataloget")


def _cell(value: Any) -> Any:
    """Nothing where nothing is said."""
    return value if value or value == 0 else None


def grounds_sheet(entries: Sequence[Entry]) -> Sheet:
    header = [
        _("Virksomhed"),
        _("CVR-nummer"),
        _("Kriterium"),
        _("Ordlyd"),
        _("Kilde"),
        _("Kildens adresse"),
        _("Kildens dato"),
        _("Bekræftet af rådet"),
        _("Gælder til og med"),
    ]
    rows = [
        [
            entry.name,
            entry.profile.cvr,
            criterion.label,
            criterion.wording,
            criterion.source,
            criterion.source_url,
            criterion.dated,
            criterion.checked_on,
            criterion.expires_on,
        ]
        for entry in entries
        if entry.profile
        for criterion in entry.profile.criteria
        if criterion.state != "unknown"
    ]
    return Sheet(_("Grundlag"), header, rows)

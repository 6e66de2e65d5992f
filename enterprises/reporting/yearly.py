"""The report of a year: one table for each question the council is asked, most with a chart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median, quantiles
from typing import Any

from django.db.models import Q, Sum, Value
from django.db.models.functions import ExtractMonth
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enterprises import charts, taxonomies
from enterprises.choices import (
    Answer,
    ClaimWay,
    Criterion,
    DifferenceState,
    OpeningKind,
    ProposalState,
)
from enterprises.models import (
    Claim,
    ConfirmationRequest,
    District,
    ErrorReport,
    MissedSearch,
    Mission,
    Ownership,
    Proposal,
    RegisterDifference,
    Sector,
)
from enterprises.reporting.history import Facts, History, Moment, Shown, Term, beginning, facts, moments

YEARS = 5
MOST_TEXTS = 20
# Months since it was published or confirmed, up to and including.
AGES = (6, 12, 24)
DAYS_A_MONTH = 365.25 / 12
TERMS = {"ownership": Ownership, "sector": Sector, "district": District, "mission": Mission}
# What a snapshot calls them, where it is something else.
SAID = {"sector": "sectors", "mission": "missions"}

Row = list[Any]


@dataclass(frozen=True)
class Table:
    # Names its sheet too.
    title: str
    header: list[str]
    rows: list[Row]
    chart: SafeString | None = None
    note: str = ""


@dataclass(frozen=True)
class Report:
    year: int
    # The last day it tells of.
    day: date
    years: list[int]
    public: int
    tables: list[Table]


@dataclass(frozen=True)
class Picture:
    """What was public at a moment."""

    moment: Moment
    shown: list[Shown]
    facts: list[Facts]


def of(year: int | None, now: datetime) -> Report:
    """The report of a year in which something was public; the present one where none such is asked for."""
    history = History()
    this_year = timezone.localtime(now).year
    years = list(range(history.first_year or this_year, this_year + 1))
    year = year if year in years else this_year
    pictures = _pictures(history, moments(year, YEARS, now))
    latest = pictures[-1]
    tables = [
        _standing(history, pictures),
        *_by_terms(pictures),
        _openings(pictures),
        _evidence(pictures),
        _freshness(pictures),
        *_missed(year),
        _reviews(latest.moment),
    ]
    return Report(year, latest.moment.day, years[::-1], len(latest.shown), tables)


def _pictures(history: History, moments: Sequence[Moment]) -> list[Picture]:
    shown = [history.shown_at(moment.at) for moment in moments]
    known = facts({each.publication for them in shown for each in them})
    return [
        Picture(moment, them, [known[each.publication] for each in them])
        for moment, them in zip(moments, shown, strict=True)
    ]


def _years(pictures: Sequence[Picture]) -> list[str]:
    return [str(picture.moment.year) for picture in pictures]


# -- what was public --------------------------------------------------------------------------------


def _standing(history: History, pictures: Sequence[Picture]) -> Table:
    rows: list[Row] = []
    for picture in pictures:
        since = beginning(picture.moment.year)
        first = history.first_shown(since, picture.moment.at)
        gone = history.withdrawn(since, picture.moment.at)
        rows.append([str(picture.moment.year), len(picture.shown), first, gone])
    header = [_("År"), _("udgivet ved årets slutning"), _("nye i året"), _("trukket tilbage i året")]
    title = _("Udgivne virksomheder")
    return Table(title, header, rows, charts.bars([(row[0], row[1]) for row in rows], title))


def _by_terms(pictures: Sequence[Picture]) -> Iterable[Table]:
    titles = {
        "ownership": (_("Efter ejerskab"), ""),
        "sector": (_("Efter branche"), _("En virksomhed tæller med i hver af sine brancher.")),
        "district": (_("Efter bydel"), _("En virksomhed tæller med i hver bydel, hvor den har et sted.")),
        "mission": (_("Efter formål"), _("En virksomhed tæller med i hvert af sine formål.")),
    }
    present, known = _present_terms(), taxonomies.words()
    for facet, (title, note) in titles.items():
        replaced = known.get(SAID.get(facet, facet), {})
        counts = [_counted(picture.facts, facet, replaced) for picture in pictures]
        # Terms that are gone keep the name they had when it was published.
        gone = {term.slug: term for each in counts for term in each if term.slug not in present[facet]}
        terms = present[facet] | dict(sorted(gone.items()))
        by_slug = [_by_slug(each) for each in counts]
        yield _over_time(title, pictures, [(_named(terms[slug]), slug) for slug in terms], by_slug, note)


def _present_terms() -> dict[str, dict[str, Term]]:
    """Each list in its order, all in one query."""
    columns = ("kind", "position", "slug", "name_da", "name_en")
    queries = [
        model._default_manager.annotate(kind=Value(facet)).order_by().values_list(*columns)
        for facet, model in TERMS.items()
    ]
    found: dict[str, dict[str, Term]] = {facet: {} for facet in TERMS}
    for facet, _position, slug, da, en in sorted(queries[0].union(*queries[1:])):
        found[facet][slug] = Term(slug, da, en)
    return found


def _counted(
    stated: Sequence[Facts], facet: str, known: Mapping[str, dict[str, str] | None]
) -> Counter[Term]:
    """What has been renamed or merged since is counted as what it is now, once for each enterprise."""

    def now(term: Term) -> Term:
        present = known.get(term.slug)
        return Term(**present) if present else term

    return Counter(term for each in stated for term in set(map(now, getattr(each, facet))))


def _by_slug(counted: Counter[Term]) -> Counter[str]:
    by_slug: Counter[str] = Counter()
    for term, count in counted.items():
        by_slug[term.slug] += count
    return by_slug


def _named(term: Term) -> str:
    return term.en if get_language() == "en" else term.da


def _over_time(
    title: str,
    pictures: Sequence[Picture],
    labels: Sequence[tuple[str, str]],
    counts: Sequence[Counter[str]],
    note: str = "",
) -> Table:
    """A row for each label, a column for each year; the chart is of the last."""
    rows: list[Row] = [[label, *(each[key] for each in counts)] for label, key in labels]
    drawn = [(row[0], row[-1]) for row in rows if row[-1]]
    said = _("%(title)s i %(year)s; tallene står i tabellen.") % {
        "title": title,
        "year": str(pictures[-1].moment.year),
    }
    return Table(title, ["", *_years(pictures)], rows, charts.lying(drawn, said) if drawn else None, note)


def _openings(pictures: Sequence[Picture]) -> Table:
    def open_ones(picture: Picture) -> Counter[str]:
        return Counter(
            kind
            for stated in picture.facts
            for kind, apply_by in stated.openings
            if apply_by is None or apply_by >= picture.moment.day
        )

    labels = [(str(label), value) for value, label in OpeningKind.choices]
    note = _("Dem, man kunne søge på årets sidste dag.")
    return _over_time(
        _("Jobs og andre muligheder"), pictures, labels, [open_ones(each) for each in pictures], note
    )


def _evidence(pictures: Sequence[Picture]) -> Table:
    def covered(picture: Picture) -> Counter[str]:
        counted: Counter[str] = Counter()
        for stated in picture.facts:
            confirmed = stated.confirmed(picture.moment.day)
            counted.update(confirmed)
            counted["all"] += len(confirmed) == len(Criterion.values)
            counted["none"] += not confirmed
        return counted

    labels = [(str(label), value) for value, label in Criterion.choices]
    labels += [(_("alle fem kriterier"), "all"), (_("ingen"), "none")]
    note = _("Virksomheder, hvis grundlag var kontrolleret og ikke udløbet på årets sidste dag.")
    return _over_time(_("Bekræftet grundlag"), pictures, labels, [covered(each) for each in pictures], note)


def _freshness(pictures: Sequence[Picture]) -> Table:
    confirmed: dict[int, list[datetime]] = defaultdict(list)
    answers = ConfirmationRequest.objects.filter(answer=Answer.HOLDS)
    for enterprise, at in answers.values_list("enterprise_id", "answered_at"):
        if at:
            confirmed[enterprise].append(at)

    def ages(picture: Picture) -> Counter[str]:
        at = picture.moment.at
        counted: Counter[str] = Counter()
        for shown in picture.shown:
            said = max([shown.published_at, *(each for each in confirmed[shown.enterprise] if each < at)])
            months = (at - said) / timedelta(days=DAYS_A_MONTH)
            counted[str(next((age for age in AGES if months <= age), "older"))] += 1
        return counted

    labels = [(_("højst %(months)s måneder") % {"months": age}, str(age)) for age in AGES]
    labels.append((_("ældre"), "older"))
    note = _("Hvor længe siden oplysningerne blev udgivet eller bekræftet af virksomheden.")
    return _over_time(
        _("Hvor friske oplysningerne er"), pictures, labels, [ages(each) for each in pictures], note
    )


# -- what was searched for and done -----------------------------------------------------------------


def _missed(year: int) -> list[Table]:
    of_year = MissedSearch.objects.filter(day__year=year).order_by()
    by_month = dict(
        of_year.values(month=ExtractMonth("day")).annotate(times=Sum("count")).values_list("month", "times")
    )
    months = [(str(name), by_month.get(number, 0)) for number, name in MONTHS_3.items()]
    texts = of_year.values_list("text", "language").annotate(times=Sum("count")).order_by("-times", "text")
    said = _("Søgninger uden resultat måned for måned; tallene står i tabellen.")
    return [
        Table(
            _("Søgninger uden resultat"),
            [_("Måned"), _("antal")],
            [*map(list, months), [_("i alt"), sum(by_month.values())]],
            charts.bars(months, said) if by_month else None,
        ),
        Table(
            _("Søgt oftest uden resultat"),
            [_("Søgning"), _("sprog"), _("antal")],
            [list(row) for row in texts[:MOST_TEXTS]],
        ),
    ]


def _reviews(moment: Moment) -> Table:
    """What the council's people decided, how long it took, and what waited at the end."""
    waited: list[tuple[str, Iterable[tuple[Any, Any]]]] = [
        (
            _("forslag fra virksomheder"),
            Proposal.objects.exclude(state__in=(ProposalState.WITHDRAWN, ProposalState.LAPSED)).values_list(
                "submitted_at", "decided_at"
            ),
        ),
        (
            _("anmodninger om adgang"),
            Claim.objects.filter(
                Q(decided_at=None) | Q(decided_by__isnull=False),
                way__in=(ClaimWay.EXPLANATION, ClaimWay.CODE),
            ).values_list("created_at", "decided_at"),
        ),
        (_("fejlmeldinger"), ErrorReport.objects.values_list("created_at", "handled_at")),
        (
            _("afvigelser fra CVR"),
            RegisterDifference.objects.filter(
                state__in=(DifferenceState.OPEN, DifferenceState.TAKEN, DifferenceState.KEPT)
            ).values_list("found_on", "decided_at"),
        ),
    ]
    header = [
        _("Sager"), _("modtaget i året"), _("afgjort i året"), _("ventede ved slutningen"),
        _("dage til svar, median"), _("ni af ti inden for dage"),
    ]  # fmt: skip
    rows = [[label, *_waiting(moment, found)] for label, found in waited]
    return Table(_("Rådets sagsbehandling"), header, rows)


def _waiting(moment: Moment, found: Iterable[tuple[Any, Any]]) -> Row:
    since, until = beginning(moment.year), moment.at
    came = done = open_ = 0
    days: list[float] = []
    for received, decided in found:
        began = received if isinstance(received, datetime) else _morning(received)
        if began >= until:
            continue
        came += began >= since
        if decided is None or decided >= until:
            open_ += 1
        elif decided >= since:
            done += 1
            days.append(max((decided - began) / timedelta(days=1), 0))
    return [came, done, open_, *(_rounded(each, days) for each in (median, _nine_of_ten))]


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _nine_of_ten(days: list[float]) -> float:
    return quantiles(days, n=10, method="inclusive")[-1] if len(days) > 1 else days[0]


def _rounded(figure: Callable[[list[float]], float], days: list[float]) -> float | None:
    return round(figure(days), 1) if days else None

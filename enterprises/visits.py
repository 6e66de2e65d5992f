"""How often profiles are seen, what led there and what came of it: for the enterprise itself.

Written as counts are (counting.py), so a view costs no query. A word somebody searched for is shown only
when it has been searched for so often that it tells of nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from enterprises import missed
from enterprises.choices import Counted
from enterprises.counting import Counts
from enterprises.models import Enterprise, ProfileCount

MONTHS_SHOWN = 12
SHOWN_FROM = 3
MOST_TEXTS_SHOWN = 20
# So that a robot cannot fill the table. Texts already there are counted on.
MOST_TEXTS_A_MONTH = 300
CONTACTS = (Counted.PHONE, Counted.MAIL, Counted.WEBSITE)

# Only for those who are public: an enterprise that has gone meanwhile must not stop the others' counts.
_COUNT = """
    INSERT INTO {table} (enterprise_id, month, what, text, count)
    SELECT id, %(month)s, %(what)s, %(text)s, %(times)s FROM {enterprises}
    WHERE id = %(enterprise)s AND current_id IS NOT NULL
      AND (%(text)s = ''
        OR (SELECT count(*) FROM {table}
            WHERE enterprise_id = %(enterprise)s AND month = %(month)s AND text <> '') < %(most)s
        OR EXISTS (SELECT FROM {table} WHERE enterprise_id = %(enterprise)s AND month = %(month)s
                   AND what = %(what)s AND text = %(text)s))
    ON CONFLICT (enterprise_id, month, what, text) DO UPDATE SET count = {table}.count + excluded.count
"""

_ADD_UP = """
    INSERT INTO {table} (enterprise_id, month, what, text, count)
    SELECT %(to)s, month, what, text, count FROM {table} WHERE enterprise_id = %(enterprise)s
    ON CONFLICT (enterprise_id, month, what, text) DO UPDATE SET count = {table}.count + excluded.count
"""

Visit = tuple[int, date, str, str]


def _statement() -> str:
    return _COUNT.format(table=ProfileCount._meta.db_table, enterprises=Enterprise._meta.db_table)


def _row(visit: Visit, times: int) -> dict[str, str | int | date]:
    enterprise, month, what, text = visit
    return {
        "enterprise": enterprise,
        "month": month,
        "what": what,
        "text": text,
        "times": times,
        "most": MOST_TEXTS_A_MONTH,
    }


_counts: Counts[Visit] = Counts("Visits", _statement, _row, most_waiting=5_000)


def note(enterprise: int, what: Counted, text: str = "") -> None:
    """Count something of a profile, by the enterprise's key; written later, with others."""
    _counts.add((enterprise, timezone.localdate().replace(day=1), what.value, text))


def note_search(enterprise: int, typed: str) -> None:
    """Count a search that led to a profile, unless its words may be about somebody."""
    if text := missed.without_personal_data(typed):
        note(enterprise, Counted.SEARCH, text)


@transaction.atomic
def move(enterprise: Enterprise, to: Enterprise) -> None:
    """What was counted of one is another's, month by month: the two were the same."""
    with connection.cursor() as cursor:
        statement = _ADD_UP.format(table=ProfileCount._meta.db_table)
        cursor.execute(statement, {"enterprise": enterprise.pk, "to": to.pk})
    ProfileCount.objects.filter(enterprise=enterprise).delete()


def months_before(today: date, months: int) -> date:
    """The first day of the month so many months before today's."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


@dataclass(frozen=True)
class Month:
    first_day: date
    views: int
    phone: int
    mail: int
    website: int


@dataclass(frozen=True)
class Report:
    """The last twelve months of one profile, the present one included."""

    months: list[Month]
    searches: list[tuple[str, int]]

    @property
    def views(self) -> int:
        return sum(month.views for month in self.months)

    @property
    def contacts(self) -> int:
        return sum(month.phone + month.mail + month.website for month in self.months)


def views_of(enterprises: Collection[Enterprise], today: date) -> dict[int, int]:
    """How often each was seen in the last twelve months, by its key."""
    first = months_before(today, MONTHS_SHOWN - 1)
    rows = ProfileCount.objects.filter(enterprise__in=enterprises, month__gte=first, what=Counted.VIEW)
    return dict(rows.values("enterprise").annotate(times=Sum("count")).values_list("enterprise", "times"))


def report(enterprise: Enterprise, today: date) -> Report:
    rows = ProfileCount.objects.filter(
        enterprise=enterprise, month__gte=months_before(today, MONTHS_SHOWN - 1)
    )
    counted: dict[tuple[date, str], int] = defaultdict(int)
    for month, what, count in rows.filter(text="").values_list("month", "what", "count"):
        counted[month, what] = count
    firsts = [months_before(today, ago) for ago in reversed(range(MONTHS_SHOWN))]
    months = [Month(first, *(counted[first, what] for what in (Counted.VIEW, *CONTACTS))) for first in firsts]
    searches = (
        rows.exclude(text="")
        .values("text")
        .annotate(times=Sum("count"))
        .filter(times__gte=SHOWN_FROM)
        .order_by("-times", "text")
        .values_list("text", "times")
    )
    return Report(months, list(searches[:MOST_TEXTS_SHOWN]))

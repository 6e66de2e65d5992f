"""Which of a buyer's suppliers are in the directory, and where here the others' trade could be bought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from directory import shortlisted
from directory.alternatives import Alternative, Alternatives
from directory.catalogue import Catalogue
from directory.models import Listing
from directory.profiles import Profile
from directory.shortlisted import Gap
from enterprises.models import Publication, RegisterReading
from enterprises.supplier_lists.cells import Kind
from enterprises.supplier_lists.reading import Supplier, SupplierList


class State(StrEnum):
    LISTED = "listed"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    ABSENT = "absent"
    # Eight digits whose check digit does not fit.
    WRONG = "wrong"
    P_NUMBER = "p"
    EAN = "ean"
    CPR = "cpr"
    UNREADABLE = "other"
    NO_NUMBER = "nothing"


OF_KIND = {
    Kind.P_NUMBER: State.P_NUMBER,
    Kind.EAN: State.EAN,
    Kind.CPR: State.CPR,
    Kind.OTHER: State.UNREADABLE,
    Kind.NOTHING: State.NO_NUMBER,
}
# Of whom we know no more than what the list says.
ELSEWHERE = (State.WITHDRAWN, State.ABSENT, State.NO_NUMBER)


@dataclass(frozen=True)
class Row:
    supplier: Supplier
    state: State
    profile: Profile | None = None
    gap: Gap | None = None
    alternatives: Sequence[Alternative] = ()

    @property
    def name(self) -> str:
        if self.profile:
            return self.profile.name
        return self.gap.name if self.gap else self.supplier.name

    @property
    def grounds_on(self) -> date | None:
        """The day the last of the five criteria was confirmed; None unless all are."""
        if not (self.profile and self.profile.is_verified):
            return None
        return max((c.checked_on for c in self.profile.criteria if c.checked_on), default=None)

    @property
    def confirmed(self) -> int:
        """How many criteria are."""
        return sum(c.state == "confirmed" for c in self.profile.criteria) if self.profile else 0

    @property
    def sector(self) -> Any:
        """The one its sum is counted in."""
        if self.profile:
            return self.profile.sector
        return self.alternatives[0].sector if self.alternatives else None


@dataclass
class SectorSum:
    alternative: Alternative
    bought: int = 0
    bought_sum: Decimal = Decimal(0)
    could_be: int = 0
    could_be_sum: Decimal = Decimal(0)


@dataclass(frozen=True)
class Answer:
    rows: list[Row]
    headings: dict[str, str]
    has_amounts: bool
    alternatives: Alternatives = field(repr=False)

    def _in(self, *states: State) -> list[Row]:
        return [row for row in self.rows if row.state in states]

    @cached_property
    def listed(self) -> list[Row]:
        """The largest first where there are sums, else as in the list."""
        return sorted(self._in(State.LISTED), key=lambda row: -(row.supplier.amount or 0))

    @cached_property
    def gone(self) -> list[Row]:
        return self._in(State.MERGED, State.WITHDRAWN)

    @cached_property
    def elsewhere(self) -> list[Row]:
        """Those with something to suggest first, then the largest."""
        rows = self._in(State.ABSENT, State.NO_NUMBER)
        return sorted(rows, key=lambda row: (not row.alternatives, -(row.supplier.amount or 0)))

    @cached_property
    def unread(self) -> list[Row]:
        return self._in(State.WRONG, State.P_NUMBER, State.EAN, State.CPR, State.UNREADABLE)

    @cached_property
    def total(self) -> Decimal:
        return _sum(self.rows)

    @cached_property
    def listed_sum(self) -> Decimal:
        return _sum(self.listed)

    def share(self, part: Decimal) -> int | None:
        """In whole per cent of all; None where there is nothing to be a part of."""
        return round(100 * part / self.total) if self.total > 0 else None

    @cached_property
    def sectors(self) -> list[SectorSum]:
        """What is bought here and what could be, in each sector; the largest first."""
        sums: dict[str, SectorSum] = {}
        for row in self.rows:
            if row.sector is None:
                continue
            one = sums.setdefault(row.sector.slug, SectorSum(self.alternatives.in_(row.sector)))
            amount = row.supplier.amount or Decimal(0)
            if row.profile:
                one.bought, one.bought_sum = one.bought + 1, one.bought_sum + amount
            else:
                one.could_be, one.could_be_sum = one.could_be + 1, one.could_be_sum + amount
        return sorted(
            sums.values(), key=lambda s: (-(s.bought_sum + s.could_be_sum), -(s.bought + s.could_be))
        )

    @cached_property
    def of_no_sector(self) -> list[Row]:
        return [row for row in self.rows if row.sector is None]


def _sum(rows: Iterable[Row]) -> Decimal:
    return sum((row.supplier.amount or Decimal(0) for row in rows), Decimal(0))


def answer(read: SupplierList, catalogue: Catalogue) -> Answer:
    """Two queries, and three more where somebody has left the directory; however long the list is."""
    numbers = [one.number.digits for one in read.suppliers if one.number.kind is Kind.CVR]
    listed, gone = _published(numbers)
    now = timezone.now()
    found = {cvr: Profile(listing, catalogue, now) for cvr, listing in _listings(listed).items()}
    gaps = shortlisted.gaps(list(gone.values()))
    codes = _branch_codes(gaps)
    alternatives = Alternatives(catalogue)
    rows = []
    for supplier in read.suppliers:
        enterprise = gone.get(supplier.number.digits, 0)
        profile, gap = found.get(supplier.number.digits), gaps.get(enterprise)
        state = _state(supplier, profile, gap)
        ideas = (
            alternatives.of(
                branch=supplier.branch or codes.get(enterprise, ""),
                product=supplier.product,
                name=supplier.name or (gap.name if gap else ""),
            )
            if state in ELSEWHERE
            else ()
        )
        rows.append(Row(supplier, state, profile, gap, ideas))
    return Answer(rows, read.headings, read.has_amounts, alternatives)


def _state(supplier: Supplier, profile: Profile | None, gap: Gap | None) -> State:
    if profile:
        return State.LISTED
    if gap:
        return State.MERGED if gap.merged else State.WITHDRAWN
    if supplier.number.kind is Kind.CVR:
        return State.ABSENT if supplier.number.is_valid else State.WRONG
    return OF_KIND[supplier.number.kind]


def _published(numbers: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """By CVR number who is public under it, and who was before they left; whatever drafts say."""
    rows = (
        Publication.objects.annotate(cvr=KeyTextTransform("cvr", "snapshot"))
        .filter(cvr__in=numbers)
        .order_by("enterprise_id", "number")
        .values_list("cvr", "pk", "enterprise_id", "enterprise__current_id")
    )
    listed: dict[str, int] = {}
    gone: dict[str, int] = {}
    for cvr, publication, enterprise, current in rows:
        if current == publication:
            listed[cvr] = enterprise
        elif current is None:
            gone[cvr] = enterprise
    return listed, {cvr: enterprise for cvr, enterprise in gone.items() if cvr not in listed}


def _listings(listed: dict[str, int]) -> dict[str, Listing]:
    found = Listing.objects.for_profile().in_bulk(list(listed.values()))
    return {cvr: found[enterprise] for cvr, enterprise in listed.items() if enterprise in found}


def _branch_codes(gaps: Iterable[int]) -> dict[int, str]:
    """Of those who were in the directory. That others have asked to come in is theirs to tell."""
    wanted = list(gaps)
    if not wanted:
        return {}
    return dict(
        RegisterReading.objects.filter(enterprise__in=wanted).values_list("enterprise_id", "branch_code")
    )

"""From a clerk's spreadsheet to enterprises: matching its rows, saving all or nothing, telling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import publishing, snapshots, suspecting
from enterprises.imports import files
from enterprises.imports.rows import Problem, Values, check, column_of, name_key, repetitions
from enterprises.imports.terms import CellError, Terms
from enterprises.models import Enterprise, FormerSlug, Offer, Place, SectorOf

PUBLISHED_AT_ONCE = 1_000


class Action(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass
class Outcome:
    """What became of a row. The remarks say why it was skipped, or what its profile lacks."""

    row: int
    name: str
    action: Action
    published: bool = False
    remarks: list[str] = field(default_factory=list)


@dataclass
class Report:
    outcomes: list[Outcome]
    problems: list[Problem]
    warnings: list[str]
    saved: bool


def import_file(path: Path, *, dry_run: bool = False) -> Report:
    """Create, update and publish what the file says: all of it, or with any problem nothing."""
    sheet = files.read(path)
    terms = Terms.load()
    all_values, problems = [], sheet.problems
    for row in sheet.rows:
        values, unreadable = check(row, terms)
        all_values.append(values)
        problems += unreadable
    problems += repetitions(all_values)
    with transaction.atomic():
        outcomes = _Import(path.name, problems).run(all_values)
        saved = not (dry_run or problems)
        if not saved:
            transaction.set_rollback(True)
    return Report(outcomes, sorted(problems, key=lambda problem: problem.row), sheet.warnings, saved)


@dataclass(frozen=True)
class _Candidate:
    pk: int
    cvr: str | None
    postcodes: frozenset[str]
    has_left: bool


class _Register:
    """Which enterprise, if any, a row is about."""

    def __init__(self) -> None:
        postcodes: dict[int, set[str]] = {}
        places = Place.objects.exclude(postcode="")
        for enterprise, postcode in places.values_list("enterprise_id", "postcode"):
            postcodes.setdefault(enterprise, set()).add(postcode)
        self._by_cvr: dict[str, int] = {}
        self._by_name: dict[str, list[_Candidate]] = {}
        standing = set(suspecting.standing().values_list("pk", flat=True))
        for pk, cvr, name in Enterprise.objects.order_by("pk").values_list("pk", "cvr", "name"):
            candidate = _Candidate(pk, cvr, frozenset(postcodes.get(pk, ())), pk not in standing)
            self._by_name.setdefault(name_key(name), []).append(candidate)
            if cvr:
                self._by_cvr[cvr] = pk

    def match(self, values: Values) -> int | None:
        if values.cvr in self._by_cvr:
            return self._by_cvr[values.cvr]
        found = self._by_name_and_postcode(values)
        if len(found) > 1:
            raise CellError(_("Flere virksomheder hedder det. Skriv CVR-nummer eller postnummer."))
        if found and found[0].cvr and values.cvr:
            raise CellError(
                _("En virksomhed af samme navn har CVR-nummer %(cvr)s. Er det den, så ret nummeret i hånden.")
                % {"cvr": found[0].cvr}
            )
        return found[0].pk if found else None

    def _by_name_and_postcode(self, values: Values) -> list[_Candidate]:
        """One that was merged into its namesake, or put off the site before it came back, is not meant."""
        namesakes = self._by_name.get(name_key(values.name), []) if values.name else []
        if values.postcode:
            found = [candidate for candidate in namesakes if values.postcode in candidate.postcodes]
        else:
            found = [candidate for candidate in namesakes if not candidate.postcodes] or namesakes
        # Of several that have all left, one is as good as another: none of them comes back.
        return [candidate for candidate in found if not candidate.has_left] or found[:1]


class _Import:
    """Saves the rows one by one and, if none has a problem, publishes them."""

    def __init__(self, filename: str, problems: list[Problem]) -> None:
        # A file's name may hold bytes that are no text.
        self.filename = filename.encode("utf-8", "replace").decode()[-200:]
        self.today = timezone.localdate()
        self.problems = problems
        self.bad_rows: set[int] = set()
        self.saved: list[tuple[int, Outcome]] = []
        self.slugs = set(Enterprise.objects.values_list("slug", flat=True))
        self.slugs.update(FormerSlug.objects.values_list("slug", flat=True))

    def run(self, all_values: list[Values]) -> list[Outcome]:
        matched = self._match(all_values)
        self.bad_rows = {problem.row for problem in self.problems}
        # Locked, so that nobody's edit is overwritten by what we read before it.
        found = (
            Enterprise.objects.select_for_update()
            .filter(pk__in=matched.values())
            .prefetch_related(
                "legal_form", "ownership", "sector_ranks", "missions", "places__district", "offers",
                "editorships", "withdrawals__merged_into",
            )
            .in_bulk()
        )  # fmt: skip
        outcomes = [self._apply(values, found.get(matched.get(values.row, 0))) for values in all_values]
        for start in range(0, 0 if self.problems else len(self.saved), PUBLISHED_AT_ONCE):
            self._publish(dict(self.saved[start : start + PUBLISHED_AT_ONCE]))
        return outcomes

    def _match(self, all_values: list[Values]) -> dict[int, int]:
        """The enterprises that rows are about, by row number."""
        register = _Register()
        known_bad = {problem.row for problem in self.problems}
        matched: dict[int, int] = {}
        row_of: dict[int, int] = {}
        for values in all_values:
            try:
                pk = register.match(values)
            except CellError as error:
                self.problems.append(Problem(values.row, "name", str(error)))
                continue
            if pk is None:
                continue
            matched[values.row] = pk
            if row_of.setdefault(pk, values.row) != values.row and values.row not in known_bad:
                self.problems.append(
                    Problem(values.row, "", _("Samme virksomhed som række %(row)s.") % {"row": row_of[pk]})
                )
        return matched

    def _apply(self, values: Values, found: Enterprise | None) -> Outcome:
        if found and found.editorships.all():
            remark = _("Den har selv redaktører.")
            return Outcome(values.row, found.name, Action.SKIPPED, remarks=[remark])
        if found and (remark := _why_it_stays_away(found)):
            return Outcome(values.row, found.name, Action.SKIPPED, remarks=[remark])
        enterprise = found or Enterprise()
        changes = _Changes(enterprise, values, self.today.year)
        if found and not changes:
            return Outcome(values.row, enterprise.name, Action.UNCHANGED)
        enterprise.imported_from = f"{self.filename}, række {values.row}, {self.today.isoformat()}"
        if not found:
            enterprise.slug = publishing.free_slug(enterprise.name, self.slugs)
            self.slugs.add(enterprise.slug)
        outcome = Outcome(values.row, enterprise.name, Action.UPDATED if found else Action.CREATED)
        self._save(changes, outcome)
        return outcome

    def _save(self, changes: _Changes, outcome: Outcome) -> None:
        if outcome.row in self.bad_rows or any(changes.problems()):
            self.problems += changes.problems(constraints=True)
            return
        try:
            with transaction.atomic():
                changes.save()
        except IntegrityError:
            problems = list(changes.problems(constraints=True, unique=True))
            if not problems:
                raise
            self.problems += problems
        else:
            self.saved.append((changes.enterprise.pk, outcome))

    def _publish(self, outcomes: dict[int, Outcome]) -> None:
        """Make public what may be. The outcomes are by primary key, few enough to read at once."""
        fresh = (
            Enterprise.objects.filter(pk__in=outcomes)
            .select_related("current")
            .prefetch_related(*snapshots.RELATIONS)
            .order_by("pk")
        )
        for enterprise in fresh:
            outcomes[enterprise.pk].remarks = publishing.missing(enterprise)
        ready = [enterprise for enterprise in fresh if not outcomes[enterprise.pk].remarks]
        refused = publishing.address_problems(ready)
        self.problems += [Problem(outcomes[pk].row, "", problem) for pk, problem in refused.items()]
        if not self.problems:
            reason = _("Indlæst fra %(file)s.") % {"file": self.filename}
            for pk in publishing.publish_many(ready, reason=reason):
                outcomes[pk].published = True


def _why_it_stays_away(enterprise: Enterprise) -> str:
    """What the council has taken off the site, no spreadsheet changes or brings back."""
    withdrawal = next(iter(enterprise.withdrawals.all()), None)
    if enterprise.current_id is not None or withdrawal is None:
        return ""
    if withdrawal.merged_into:
        return _("Den er lagt sammen med “%(name)s”: ret rækken til den.") % {
            "name": withdrawal.merged_into.name
        }
    return _("Profilen er trukket tilbage: %(reason)s") % {"reason": withdrawal.reason}


class _Changes:
    """The difference between an enterprise and a row: made on the instances, then cleaned, then saved."""

    def __init__(self, enterprise: Enterprise, values: Values, year: int) -> None:
        self.enterprise, self.values = enterprise, values
        is_new = enterprise.pk is None
        places = [] if is_new else list(enterprise.places.all())
        offers = [] if is_new else list(enterprise.offers.all())
        self.changed = is_new
        self.changed |= self._set_facts(year)
        self.places = self._set_places(places)
        self.sectors = values.sectors if is_new else self._new_sectors()
        self.missions = values.missions if is_new else self._new_missions()
        self.offers, self.dropped_offers = self._set_offers(offers)

    def __bool__(self) -> bool:
        return bool(
            self.changed or self.places or self.sectors or self.missions or self.offers or self.dropped_offers
        )

    def _set_facts(self, year: int) -> bool:
        enterprise, given = self.enterprise, self.values.enterprise
        changed = [name for name, value in given.items() if getattr(enterprise, name) != value]
        for name in changed:
            setattr(enterprise, name, given[name])
            if name in ("employees", "owner_members"):
                setattr(enterprise, f"{name}_year", year)
        if "source" in changed:
            enterprise.source_checked_on = None  # nobody has checked the new one
        return bool(changed)

    def _set_places(self, places: list[Place]) -> list[Place]:
        """The places to save. The row speaks of the place with its postcode, else of the first."""
        given = self.values.place
        changed = []
        if given:
            places = places or [Place(enterprise=self.enterprise)]
            postcode = self.values.postcode
            place = next((place for place in places if postcode and place.postcode == postcode), places[0])
            if any(getattr(place, name) != value for name, value in given.items()):
                changed.append(place)
            for name, value in given.items():
                setattr(place, name, value)
        legal_form = self.enterprise.legal_form
        if legal_form and legal_form.sole_trader:
            # A person's own address.
            shown = [place for place in places if not place.hidden]
            for place in shown:
                place.hidden = True
            changed += [place for place in shown if place not in changed]
        return changed

    def _new_sectors(self) -> list[Any]:
        chosen = [ranked.sector_id for ranked in self.enterprise.sector_ranks.all()]
        return self.values.sectors if [sector.pk for sector in self.values.sectors] != chosen else []

    def _new_missions(self) -> list[Any]:
        chosen = {mission.pk for mission in self.enterprise.missions.all()}
        return self.values.missions if {mission.pk for mission in self.values.missions} != chosen else []

    def _set_offers(self, offers: list[Offer]) -> tuple[list[Offer], list[Offer]]:
        """The offers to add and the ones to delete. Those that stay keep their texts."""
        named: dict[str, str] = {}
        for name in self.values.products:
            named.setdefault(name_key(name), name)
        if not named:
            return [], []
        present = {name_key(offer.name_da) for offer in offers}
        position = max((offer.position + 1 for offer in offers), default=0)
        added = [
            Offer(enterprise=self.enterprise, name_da=name, position=position + i)
            for i, (key, name) in enumerate(named.items())
            if key not in present
        ]
        return added, [offer for offer in offers if name_key(offer.name_da) not in named]

    def problems(self, *, constraints: bool = False, unique: bool = False) -> Iterator[Problem]:
        """What the models object to. Asking about constraints costs a query for each."""
        # Terms were found by us; what could not be read has its problem already.
        exclude = {"enterprise", "legal_form", "ownership", "district", *self.values.unreadable}
        for instance in (self.enterprise, *self.places, *self.offers):
            try:
                instance.full_clean(exclude, validate_unique=unique, validate_constraints=constraints)
            except ValidationError as error:
                for name, messages in error.message_dict.items():
                    column = "products" if isinstance(instance, Offer) else column_of(name)
                    yield Problem(self.values.row, column, " ".join(messages))

    def save(self) -> None:
        enterprise = self.enterprise
        enterprise.save()
        for place in self.places:
            place.save()
        if self.sectors:
            enterprise.sector_ranks.all().delete()
            SectorOf.objects.bulk_create(
                SectorOf(enterprise=enterprise, sector=sector, rank=rank)
                for rank, sector in enumerate(self.sectors, 1)
            )
        if self.missions:
            enterprise.missions.set(self.missions)
        Offer.objects.filter(pk__in=[offer.pk for offer in self.dropped_offers]).delete()
        Offer.objects.bulk_create(self.offers)

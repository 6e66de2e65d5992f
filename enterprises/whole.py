"""All that a snapshot walks (snapshots.RELATIONS) of any number of enterprises, by one query.

Prefetching asks once for each relation, some fifteen times for a page of the desk. Here the rows of all
relations come as JSON in one union and are made into the same instances, where prefetching keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models import F, JSONField, QuerySet, Value, Window
from django.db.models.functions import JSONObject, RowNumber

from enterprises.models import (
    BuyerFacts,
    Enterprise,
    Evidence,
    HoursException,
    Link,
    MarkOf,
    Offer,
    Opening,
    OpeningHours,
    Photo,
    Place,
    SectorOf,
    Withdrawal,
)


@dataclass(frozen=True)
class Relation:
    """Rows that lie in others. `term` is what each row refers to and is read by, besides itself."""

    name: str
    model: type[models.Model]
    # How a row names what it lies in, and how it names the enterprise.
    inside: str = "enterprise"
    enterprise: str = "enterprise"
    term: str = ""
    # Of what lies on the far side of a table of pairs.
    through: type[models.Model] | None = None


# Those that others lie in come before them.
RELATIONS = (
    Relation("sector_ranks", SectorOf, term="sector"),
    Relation("missions", Enterprise.missions.field.related_model, through=Enterprise.missions.through),
    Relation("links", Link),
    Relation("places", Place, term="district"),
    Relation("hours", OpeningHours, "place", "place__enterprise"),
    Relation("exceptions", HoursException, "place", "place__enterprise"),
    Relation("offers", Offer),
    Relation("photos", Photo),
    Relation("openings", Opening),
    Relation("evidence", Evidence),
    Relation("marks", MarkOf, term="mark"),
    Relation("buyer_facts", BuyerFacts),
    Relation(
        "delivers_to",
        BuyerFacts.delivers_to.field.related_model,
        "buyerfacts",
        "buyerfacts__enterprise",
        through=BuyerFacts.delivers_to.through,
    ),
    Relation("withdrawals", Withdrawal),
)


def fill(enterprises: Sequence[Enterprise]) -> None:
    """Give each all its relations. Its legal form and ownership are the caller's to select."""
    keys = [enterprise.pk for enterprise in enterprises]
    first, *others = (_rows(relation, keys) for relation in RELATIONS)
    found: dict[str, dict[Any, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for name, inside, _number, row, term in sorted(first.union(*others, all=True), key=itemgetter(0, 1, 2)):
        found[name][inside].append((row, term))
    made: dict[str, list[Any]] = {}
    for relation in RELATIONS:
        holders = _holders(relation, enterprises, made)
        made[relation.name] = [
            row for holder in holders for row in _kept(relation, holder, found[relation.name][holder.pk])
        ]


def _rows(relation: Relation, keys: Sequence[int]) -> QuerySet[Any, Any]:
    """The name of the relation, what a row lies in, its number there, and the row with its term."""
    model, at = relation.model, ""
    source = model
    if relation.through:
        source, at = relation.through, f"{relation.model._meta.model_name}__"
    order = [_named(at, str(name)) for name in model._meta.ordering or ["pk"]]
    term: Any = Value(None, JSONField())
    if relation.term:
        term = _as_json(_related(relation), f"{relation.term}__")
    return (
        source._default_manager.filter(**{f"{relation.enterprise}__in": keys})
        .order_by()
        .values_list(
            Value(relation.name),
            F(f"{relation.inside}_id"),
            Window(RowNumber(), order_by=order),
            _as_json(model, at),
            term,
        )
    )


def _named(at: str, name: str) -> str:
    """A name to order by, seen from elsewhere."""
    return f"-{at}{name[1:]}" if name.startswith("-") else f"{at}{name}"


def _as_json(model: type[models.Model], at: str) -> JSONObject:
    return JSONObject(**{field.attname: F(f"{at}{field.attname}") for field in model._meta.concrete_fields})


def _related(relation: Relation) -> type[models.Model]:
    related = relation.model._meta.get_field(relation.term).related_model
    assert isinstance(related, type)  # noqa: S101
    return related


def _holders(
    relation: Relation, enterprises: Sequence[Enterprise], made: dict[str, list[Any]]
) -> Sequence[Any]:
    match relation.inside:
        case "place":
            return made["places"]
        case "buyerfacts":
            return made["buyer_facts"]
    return enterprises


def _kept(relation: Relation, holder: Any, found: list[tuple[Any, Any]]) -> list[Any]:
    """Rows as instances, kept with what they lie in as prefetching keeps them."""
    rows = [_instance(relation.model, row) for row, _term in found]
    if relation.term:
        related = _related(relation)
        for instance, (_row, term) in zip(rows, found, strict=True):
            stated = getattr(instance, f"{relation.term}_id") is not None
            setattr(instance, relation.term, _instance(related, term) if stated else None)
    if not relation.through:
        for instance in rows:
            setattr(instance, relation.inside, holder)
    if relation.model is BuyerFacts:
        field: Any = Enterprise._meta.get_field("buyer_facts")
        field.set_cached_value(holder, rows[0] if rows else None)
        return rows
    queryset = getattr(holder, relation.name).get_queryset()
    queryset._result_cache, queryset._prefetch_done = rows, True
    vars(holder).setdefault("_prefetched_objects_cache", {})[relation.name] = queryset
    return rows


def _instance(model: type[models.Model], row: dict[str, Any]) -> Any:
    fields = model._meta.concrete_fields
    values = [field.to_python(row[field.attname]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], values)

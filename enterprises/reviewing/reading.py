"""An enterprise with all that a page about it asks for, in one query instead of one for each relation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from enterprises.models import (
    CriterionAnswer,
    District,
    Enterprise,
    Evidence,
    HoursException,
    Link,
    Mark,
    MarkOf,
    Mission,
    Offer,
    Opening,
    OpeningHours,
    Photo,
    Place,
    ProofFile,
    Publication,
    RegisterDifference,
    Sector,
    SectorOf,
)

Row = TypeVar("Row", bound=models.Model)

# What there is one of.
ONE = ("current", "legal_form", "ownership", "buyer_facts", "register_reading")
# Each kind of rows, and the way from it to the enterprise.
MANY: dict[type[models.Model], str] = {
    Mission: "enterprise",
    Sector: "sectorof__enterprise",
    SectorOf: "enterprise",
    Link: "enterprise",
    Place: "enterprise",
    OpeningHours: "place__enterprise",
    HoursException: "place__enterprise",
    Offer: "enterprise",
    Photo: "enterprise",
    Opening: "enterprise",
    Evidence: "enterprise",
    Mark: "holders__enterprise",
    MarkOf: "enterprise",
    CriterionAnswer: "enterprise",
    ProofFile: "answer__enterprise",
    RegisterDifference: "enterprise",
}


def of(pk: int) -> Enterprise:
    """Fetched with all of snapshots.RELATIONS, its answers about the criteria and what CVR says of it."""
    annotations = {_name(model): _rows(model, way) for model, way in MANY.items()}
    served = District.objects.filter(buyerfacts__enterprise=OuterRef("pk"))
    annotations |= {
        "_delivers_to": _as_json(District, served),
        "_districts": _as_json(District, District.objects.all()),
    }
    was_public = Exists(Publication.objects.filter(enterprise=OuterRef("pk")))
    enterprise = (
        Enterprise.objects.select_related(*ONE).annotate(was_public=was_public, **annotations).get(pk=pk)
    )
    _attach(enterprise)
    if not enterprise.was_public:
        _keep(enterprise, "publications", ())
    return enterprise


def _rows(model: type[models.Model], way: str) -> ArraySubquery:
    return _as_json(model, model._default_manager.filter(**{way: OuterRef("pk")}))


def _as_json(model: type[models.Model], rows: QuerySet[Any]) -> ArraySubquery:
    fields = {field.attname: field.attname for field in model._meta.concrete_fields}
    return ArraySubquery(rows.values(row=JSONObject(**fields)))


def _name(model: type[models.Model]) -> str:
    return f"_{model._meta.model_name}"


def _attach(enterprise: Enterprise) -> None:
    districts = {row.pk: row for row in _made(District, enterprise, "_districts")}
    found: dict[type[models.Model], list[Any]] = {
        model: _made(model, enterprise, _name(model)) for model in MANY
    }
    sectors = {row.pk: row for row in found[Sector]}
    marks = {row.slug: row for row in found[Mark]}
    for chosen in found[SectorOf]:
        chosen.sector = sectors[chosen.sector_id]
    for held in found[MarkOf]:
        held.mark = marks[held.mark_id]
    for place in found[Place]:
        place.district = districts.get(place.district_id)
        _keep(place, "hours", (row for row in found[OpeningHours] if row.place_id == place.pk))
        _keep(place, "exceptions", (row for row in found[HoursException] if row.place_id == place.pk))
    for answer in found[CriterionAnswer]:
        _keep(answer, "files", (row for row in found[ProofFile] if row.answer_id == answer.pk))
    for relation, model in (
        ("missions", Mission), ("sector_ranks", SectorOf), ("links", Link), ("places", Place),
        ("offers", Offer), ("photos", Photo), ("openings", Opening), ("evidence", Evidence),
        ("marks", MarkOf), ("criterion_answers", CriterionAnswer),
        ("register_differences", RegisterDifference),
    ):  # fmt: skip
        _keep(enterprise, relation, found[model])
    if hasattr(enterprise, "buyer_facts"):
        _keep(enterprise.buyer_facts, "delivers_to", _made(District, enterprise, "_delivers_to"))


def _keep(owner: models.Model, relation: str, rows: Iterable[models.Model]) -> None:
    """As prefetch_related does."""
    manager = getattr(owner, relation)
    kept = manager.get_queryset()
    kept._result_cache = list(rows)
    kept._prefetch_done = True
    if not hasattr(owner, "_prefetched_objects_cache"):
        owner._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    owner._prefetched_objects_cache[relation] = kept  # type: ignore[attr-defined]


def _made(model: type[Row], enterprise: Enterprise, name: str) -> list[Row]:
    """The rows as the models they are. JSON has no days and times: to_python reads them."""
    fields = model._meta.concrete_fields
    return [
        model.from_db(
            "default",
            [field.attname for field in fields],
            [
                row[field.attname] if _is_json(field) else field.to_python(row[field.attname])
                for field in fields
            ],
        )
        for row in getattr(enterprise, name)
    ]


def _is_json(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.JSONField)

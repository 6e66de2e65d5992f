"""The columns in which enterprises leave the desk, each made by the database in the one query of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, Model, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enterprises.admin.exporting import CHUNK, Column
from enterprises.models import (
    Editorship,
    Enterprise,
    MarkOf,
    Offer,
    Opening,
    Place,
    RegisterReading,
    SectorOf,
    Withdrawal,
)

# Those of an enterprise's own fields that are ticked unless somebody says otherwise, and the others.
USUAL = ("name", "cvr", "legal_form", "ownership", "sectors", "missions")
OWN = (
    "kind", "slug", "aliases", "tagline_da", "tagline_en", "description_da", "description_en", "impact_da",
    "impact_en", "founded", "employees", "employees_year", "special_terms", "special_terms_year",
    "owner_members", "owner_members_year", "volunteers", "volunteers_year", "contact_name", "phone", "email",
    "mail_unwanted", "website", "rsv_registered", "rsv_read_on", "is_demo", "confirmed_on", "unanswered_on",
    "source", "source_urls", "source_checked_on", "imported_from", "notes", "created_at", "updated_at",
)  # fmt: skip
PLACE = ("street", "postcode", "city", "latitude", "longitude", "hidden")


def all_columns() -> list[Column]:
    made = {
        "sectors": _("brancher"),
        "missions": _("formål"),
        "status": _("status"),
        "publication": _("udgivelse nr."),
        "published_at": _("udgivet"),
        "districts": _("bydele"),
        "offers": _("ydelser"),
        "openings": _("muligheder"),
        "marks": _("mærker og medlemskaber"),
        "editors": _("redaktører"),
        "cvr_status": _("status i CVR"),
    }
    usual = (*USUAL, "status", "districts")
    own = [(name, _label(Enterprise, name)) for name in OWN]
    first = [(name, made.get(name) or _label(Enterprise, name)) for name in USUAL]
    place = [(name, _label(Place, name)) for name in PLACE]
    rest = [(name, label) for name, label in made.items() if name not in USUAL]
    return [Column(key, capfirst(label), key in usual) for key, label in (*first, *rest, *place, *own)]


def _label(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


def rows(enterprises: QuerySet[Enterprise], keys: Sequence[str]) -> Iterator[Sequence[Any]]:
    expressions = [_expression(key) for key in keys]
    # Named by their place: a name of a field cannot be given anew.
    named = {f"column_{number}": expression for number, expression in enumerate(expressions)}
    found = enterprises.select_related(None).annotate(**named).values_list(*named)
    return found.iterator(chunk_size=CHUNK)


def _expression(key: str) -> Any:
    term = "name_en" if get_language() == "en" else "name_da"
    if key in PLACE:
        first = Place.objects.filter(enterprise=OuterRef("pk")).order_by("position", "pk")
        return Subquery(first.values(key)[:1])
    match key:
        case "legal_form" | "ownership":
            return F(f"{key}__{term}")
        case "kind":
            return _labelled("kind", Enterprise._meta.get_field("kind").flatchoices)
        case "sectors":
            return _list(SectorOf.objects.order_by("rank"), f"sector__{term}")
        case "missions":
            through = Enterprise.missions.through._default_manager
            return _list(through.order_by("mission__position", "mission__slug"), f"mission__{term}")
        case "districts":
            found = Place.objects.exclude(district=None).order_by("position", "pk")
            return _list(found, f"district__{term}")
        case "offers":
            return _list(Offer.objects.order_by("position", "pk"), "name_da")
        case "openings":
            return _list(Opening.objects.order_by("position", "pk"), "title_da")
        case "marks":
            return _list(MarkOf.objects.order_by("mark__position", "pk"), f"mark__{term}")
        case "editors":
            who = Concat("user__name", Value(" <"), "user__email", Value(">"), output_field=TextField())
            named = Editorship.objects.annotate(who=who).order_by("pk")
            return _list(named, "who")
        case "cvr_status":
            return Subquery(RegisterReading.objects.filter(enterprise=OuterRef("pk")).values("status"))
        case "publication":
            return F("current__number")
        case "published_at":
            return F("current__published_at")
        case "status":
            return Case(
                When(current__isnull=False, then=Value(_("udgivet"))),
                When(
                    Exists(Withdrawal.objects.filter(enterprise=OuterRef("pk"))),
                    then=Value(_("trukket tilbage")),
                ),
                default=Value(_("kladde")),
            )
    return F(key)


def _list(found: QuerySet[Any], value: str) -> ArraySubquery:
    return ArraySubquery(found.filter(enterprise=OuterRef("pk")).values(value))


def _labelled(field: str, choices: Any) -> Case:
    return Case(*(When(**{field: value}, then=Value(str(label))) for value, label in choices))

"""Two publications of one enterprise, or one and the working copy, and what differs between them in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from enterprises import snapshots, whole, words
from enterprises.access import person
from enterprises.models import Enterprise, Publication
from enterprises.snapshots import Snapshot

WORKING = "working"


@dataclass(frozen=True)
class Side:
    """What is chosen: a publication, or None for the working copy."""

    publication: Publication | None

    @property
    def value(self) -> str:
        return str(self.publication.number) if self.publication else WORKING

    @property
    def label(self) -> str:
        if self.publication is None:
            return _("arbejdskopien nu")
        return _("nr. %(number)s") % {"number": self.value}


def page(request: HttpRequest, pk: int, desk: admin.ModelAdmin[Any]) -> HttpResponse:
    if not desk.has_view_permission(request):
        raise PermissionDenied
    rows = Enterprise.objects.select_related("legal_form", "ownership")
    enterprise = get_object_or_404(rows, pk=pk)
    found = enterprise.publications.defer("snapshot").select_related("published_by").order_by("-number")
    sides = [Side(publication) for publication in found]
    if person(request).has_perm("enterprises.view_enterprise"):
        sides.insert(0, Side(None))
    before, after = _chosen(request, sides)
    context = admin.site.each_context(request) | {
        "title": _("Sammenlign udgivelser af %(name)s") % {"name": enterprise.name},
        "opts": desk.opts,
        "enterprise": enterprise,
        "sides": sides,
        "before": before,
        "after": after,
        "earlier": _earlier(sides, before),
        "may_restore": person(request).has_perm("enterprises.change_enterprise"),
        "differences": _differences(enterprise, before, after) if before and after else [],
    }
    return TemplateResponse(request, "admin/enterprises/publication/compare.html", context)


def _chosen(request: HttpRequest, sides: list[Side]) -> tuple[Side | None, Side | None]:
    """What the address asks for; else the newest and the one before it."""
    by_value = {side.value: side for side in sides}
    usual = sides[0] if sides else None
    after = by_value.get(request.GET.get("after", ""), usual)
    before = by_value.get(request.GET.get("before", ""), _next(sides, after))
    return before or after, after


def _next(sides: list[Side], side: Side | None) -> Side | None:
    """The one that came before it."""
    at = sides.index(side) + 1 if side else len(sides)
    return sides[at] if at < len(sides) else None


def _earlier(sides: list[Side], before: Side | None) -> tuple[Side, Side] | None:
    """One step further back in the history."""
    older = _next(sides, before)
    return (older, before) if older and before else None


def _differences(enterprise: Enterprise, before: Side, after: Side) -> list[words.SectionChanges]:
    numbers = [side.publication.number for side in (before, after) if side.publication]
    said = {
        publication.number: snapshots.upgrade(publication.snapshot, publication.schema_version)
        for publication in enterprise.publications.filter(number__in=numbers).only(
            "number", "snapshot", "schema_version"
        )
    }

    def snapshot(side: Side) -> Snapshot:
        if side.publication:
            return said[side.publication.number]
        whole.fill([enterprise])
        return snapshots.take(enterprise)

    return words.differences(snapshot(before), snapshot(after))

"""Narrows a list to what the desk's front page counts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises import waiting


class QueueFilter(admin.SimpleListFilter):
    title = _("venter på rådet")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(queue.key, queue.label) for queue in waiting.of_model(model_admin.model)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for queue in waiting.of_model(queryset.model):
            if queue.key == self.value():
                return queryset.filter(pk__in=queue.rows(timezone.localdate()).values("pk"))
        return queryset

"""What the worker does, to look at. Without what each job was given: nobody knows what a new task is told."""

from __future__ import annotations

from typing import Any

import procrastinate.contrib.django.admin  # noqa: F401 – registers its own, which needs inline styles
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.queue_filter import QueueFilter

admin.site.unregister(ProcrastinateJob)


STATES: dict[str, Promise] = {
    "todo": _("Venter"),
    "doing": _("I gang"),
    "succeeded": _("Klaret"),
    "failed": _("Fejlet"),
    "cancelled": _("Aflyst"),
    "aborted": _("Afbrudt"),
}


class StateFilter(admin.SimpleListFilter):
    title = _("tilstand")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ProcrastinateJob]
    ) -> QuerySet[ProcrastinateJob]:
        return queryset.filter(status=self.value()) if self.value() in STATES else queryset


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("task", "state", "tries", "due_at", "last_at")
    list_display_links = None
    list_filter = (QueueFilter, StateFilter)
    search_fields = ("task_name",)
    list_per_page = 50
    ordering = ("-pk",)
    sortable_by = ("task", "due_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcrastinateJob]:
        events = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-at")
        rows: QuerySet[ProcrastinateJob] = super().get_queryset(request)
        return rows.annotate(last_event=Subquery(events.values("at")[:1]))

    @admin.display(description=_("opgave"), ordering="task_name")
    def task(self, job: ProcrastinateJob) -> str:
        return job.task_name.rpartition(".")[2].replace("_", " ")

    @admin.display(description=_("tilstand"))
    def state(self, job: ProcrastinateJob) -> str:
        return str(STATES.get(job.status, job.status))

    @admin.display(description=_("forsøg"))
    def tries(self, job: ProcrastinateJob) -> int:
        return job.attempts

    @admin.display(description=_("næste forsøg"), ordering="scheduled_at")
    def due_at(self, job: ProcrastinateJob) -> Any:
        return job.scheduled_at

    @admin.display(description=_("senest"))
    def last_at(self, job: Any) -> Any:
        return job.last_event

"""What the worker does, to look at. Without what each job was given: nobody knows what a new task is told."""

from __future__ import annotations

from typing import Any

import procrastinate.contrib.django.admin  # noqa: F401 – registers its own, which needs inline styles
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from enterprises.admin.base import ReadOnlyAdmin
from enterprises.admin.queue_filter import QueueFilter

admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("task", "status", "attempts", "scheduled_at", "last_at")
    list_display_links = None
    list_filter = (QueueFilter, "status")
    search_fields = ("task_name",)
    list_per_page = 50
    ordering = ("-pk",)
    sortable_by = ("task", "scheduled_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcrastinateJob]:
        events = ProcrastinateEvent.objects.filter(job=OuterRef("pk")).order_by("-at")
        rows: QuerySet[ProcrastinateJob] = super().get_queryset(request)
        return rows.annotate(last_event=Subquery(events.values("at")[:1]))

    @admin.display(description=_("opgave"), ordering="task_name")
    def task(self, job: ProcrastinateJob) -> str:
        return job.task_name.rpartition(".")[2].replace("_", " ")

    @admin.display(description=_("senest"))
    def last_at(self, job: Any) -> Any:
        return job.last_event

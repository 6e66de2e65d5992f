"""Long lists as spreadsheets, made by the worker: asked for at the desk, fetched there by whoever asked.

The filter is kept as it was when it was asked for, and whether its asker may see the list is looked up
when the file is made and again when it is fetched. The file and its state are written in one go: killed
half way, the job leaves nothing, and done twice it is done once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from typing import cast as typed

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import get_language, override

from enterprises import exports
from enterprises.choices import ExportState
from enterprises.models import Export, User

if TYPE_CHECKING:
    from enterprises.admin.exporting import Exportable

# How often it is told how far a file is.
TOLD_EVERY = 1000
# Newer ones are kept back until older ones of the same person are done or gone.
MOST_WAITING = 5


class TooManyError(Exception):
    """Somebody has as many files under way as they may."""


@transaction.atomic
def ask(desk: Exportable, user: User, *, query: str, columns: Sequence[str]) -> Export:
    """Leave it to the worker, in the transaction that asks. What is under way already is not asked twice."""
    from enterprises import tasks  # which knows this module

    wanted = {
        "user": user, "model": desk.opts.label_lower, "query": query, "columns": list(columns),
        "language": get_language() or "da",
    }  # fmt: skip
    User.objects.select_for_update().get(pk=user.pk)
    waiting = Export.objects.filter(user=user, state=ExportState.WAITING)
    if same := waiting.filter(**wanted).first():
        return same
    if waiting.count() >= MOST_WAITING:
        raise TooManyError
    export = Export.objects.create(**wanted)
    tasks.make_export.configure(lock=f"export {export.pk}").defer(export=export.pk)
    return export


def make(pk: int) -> None:
    """Nothing where it is done already, or gone."""
    export = Export.objects.filter(pk=pk).exclude(state=ExportState.DONE).defer("content").first()
    if export is None:
        return
    unfinished = Export.objects.filter(pk=pk).exclude(state=ExportState.DONE)
    try:
        content = _content(export)
    except PermissionDenied:
        unfinished.update(state=ExportState.FAILED, ended_at=timezone.now())
    except Exception:
        # The next attempt may still make it.
        unfinished.update(state=ExportState.FAILED, ended_at=timezone.now())
        raise
    else:
        unfinished.update(
            state=ExportState.DONE, ended_at=timezone.now(), content=content, rows_done=export.rows
        )


def _content(export: Export) -> bytes:
    desk = desk_of(export)
    request = _request(export)
    if desk is None or not _may_see(desk, request):
        raise PermissionDenied
    with override(export.language):
        columns = {column.key: column for column in desk.export_columns(request)}
        chosen = [columns[key] for key in export.columns if key in columns]
        found = desk.get_changelist_instance(request).get_queryset(request).prefetch_related(None)
        export.rows = found.count()
        unfinished = Export.objects.filter(pk=export.pk).exclude(state=ExportState.DONE)
        unfinished.update(state=ExportState.WAITING, ended_at=None, rows=export.rows, rows_done=0)
        rows = _told(export, desk.export_rows(found, [column.key for column in chosen]))
        name, labels = str(desk.opts.verbose_name_plural), [column.label for column in chosen]
        with exports.xlsx([exports.Sheet(name, labels, rows)]) as file:
            return file.read()


def _told(export: Export, rows: Iterator[exports.Row]) -> Iterator[exports.Row]:
    """The rows as they come; every now and then their asker can see how far it is."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % TOLD_EVERY == 0:
            Export.objects.filter(pk=export.pk).update(rows_done=number)


def desk_of(export: Export) -> Exportable | None:
    try:
        model = apps.get_model(export.model)
    except LookupError:
        return None
    return typed("Exportable | None", admin.site._registry.get(model))


def _request(export: Export) -> HttpRequest:
    """As if its asker looked at the list."""
    request = HttpRequest()
    request.method, request.user = "GET", User.objects.get(pk=export.user_id)
    request.GET = QueryDict(export.query)
    return request


def _may_see(desk: Exportable, request: Any) -> bool:
    user = request.user
    return user.is_active and user.is_staff and desk.has_view_permission(request)


def of(user: User, desk: Exportable) -> list[Export]:
    """What somebody has asked of one list, newest first, without the files."""
    found = Export.objects.filter(user=user, model=desk.opts.label_lower)
    return list(found.defer("content")[:20])

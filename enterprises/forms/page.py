"""All the forms of one section as one: read from the working copy or from what was typed, checked, saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from enterprises.forms.base import RowForm, SectionForm
from enterprises.models import Enterprise

if TYPE_CHECKING:
    _RowSet = forms.BaseFormSet[RowForm]
else:
    _RowSet = forms.BaseFormSet

MOST_ROWS = 30


class RowSet(_RowSet):
    """Rows that can be added, removed and reordered by buttons that submit the page."""

    heading: Any = ""
    add_label: Any = ""
    row_label: Any = ""
    # The field in which no two rows may say the same.
    distinct: str = ""

    def initial_form_count(self) -> int:
        """None of the rows sent must be filled: one that is left empty, or emptied, is no row."""
        return 0 if self.is_bound else super().initial_form_count()

    def clean(self) -> None:
        if self.distinct:
            told = [row.cleaned_data.get(self.distinct) for row in self.filled()]
            if len(told) != len(set(told)):
                raise forms.ValidationError(
                    _("Det samme står to gange: %(what)s.") % {"what": self._doubled(told)}
                )

    def _doubled(self, told: list[Any]) -> str:
        return ", ".join(sorted({str(one) for one in told if told.count(one) > 1}))

    def filled(self) -> list[RowForm]:
        return [form for form in self.forms if form.has_changed()]


def rows(
    form: type[RowForm], *, heading: Any, row_label: Any, add_label: Any, distinct: str = ""
) -> type[RowSet]:
    made = forms.formset_factory(
        form, formset=RowSet, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
    )
    made.heading, made.row_label, made.add_label = heading, row_label, add_label  # type: ignore[attr-defined]
    made.distinct = distinct  # type: ignore[attr-defined]
    return made  # type: ignore[return-value]


class SectionPage:
    """`data` is checked; `shown` is only shown again, as a draft is; without them the working copy speaks."""

    form_class: type[SectionForm] | None = None
    # By prefix, which is also the name of the enterprise's relation the rows are kept in.
    row_sets: dict[str, type[RowSet]] = {}
    intro: Any = ""

    def __init__(
        self, enterprise: Enterprise, data: QueryDict | None = None, shown: QueryDict | None = None
    ) -> None:
        self.enterprise, self.data, self.shown = enterprise, data, shown
        self.form = self.form_class(**self.form_arguments()) if self.form_class else None
        self.sets = {prefix: self._row_set(prefix, made) for prefix, made in self.row_sets.items()}

    # -- reading ----------------------------------------------------------------------------------

    def instance(self) -> Any:
        return self.enterprise

    def form_arguments(self) -> dict[str, Any]:
        assert self.form_class is not None  # noqa: S101
        arguments: dict[str, Any] = {"data": self.data, "instance": self.instance()}
        if self.shown is not None:
            arguments["initial"] = typed(self.form_class(instance=self.instance()), self.shown, "")
        return arguments

    def rows_of(self, prefix: str) -> list[dict[str, Any]]:
        """What the working copy holds, as a row's form takes it."""
        form = self.row_sets[prefix].form
        return [
            forms.model_to_dict(row, fields=list(form.base_fields)) for row in self._related(prefix).all()
        ]

    def _related(self, prefix: str) -> Any:
        return getattr(self.enterprise, prefix)

    def _row_set(self, prefix: str, made: type[RowSet]) -> RowSet:
        if self.data is not None:
            return made(self.data, prefix=prefix)
        if self.shown is None:
            return made(initial=self.rows_of(prefix), prefix=prefix)
        blank = made.form()
        count = row_count(self.shown, prefix)
        typed_rows = [typed(blank, self.shown, f"{prefix}-{number}-") for number in range(count)]
        return made(initial=typed_rows, prefix=prefix)

    # -- checking ---------------------------------------------------------------------------------

    def is_valid(self) -> bool:
        # Each is asked, so that each says what is wrong with it.
        checked = [rows_.is_valid() for rows_ in self.sets.values()]
        return all([self.form is None or self.form.is_valid(), *checked])

    def problems(self) -> Iterator[tuple[str, str]]:
        """Each error with the id of the field it belongs to, or with none."""
        if self.data is None:
            return
        if self.form is not None:
            yield from problems_of(self.form, "")
        for rows_ in self.sets.values():
            for error in rows_.non_form_errors():
                yield "", str(error)
            for number, form in enumerate(rows_.forms, 1):
                yield from problems_of(form, f"{rows_.row_label} {number}, ")

    # -- saving -----------------------------------------------------------------------------------

    def save(self) -> None:
        """Write what was typed into the working copy. Call it in a transaction, and only if valid."""
        if self.form is not None:
            self.form.save()
        for prefix in self.sets:
            self.save_rows(prefix)

    def save_rows(self, prefix: str) -> None:
        related = self._related(prefix)
        related.all().delete()
        made = []
        for position, form in enumerate(self.sets[prefix].filled()):
            row: models.Model = form.instance
            row.enterprise, row.position = self.enterprise, position  # type: ignore[attr-defined]
            made.append(row)
        related.bulk_create(made)


def problems_of(form: forms.BaseForm, where: str) -> Iterator[tuple[str, str]]:
    """In the order of the page."""
    for error in form.non_field_errors():
        yield "", f"{where}{error}"
    for bound in form:
        for error in bound.errors:
            yield bound.id_for_label or bound.auto_id, f"{where}{bound.label}: {error}"


def row_count(data: QueryDict, prefix: str) -> int:
    count = data.get(f"{prefix}-TOTAL_FORMS", "0")
    if not (count.isascii() and count.isdigit()):
        return 0
    # Python refuses to read numbers of thousands of digits.
    return min(int(count), MOST_ROWS) if len(count) < 10 else MOST_ROWS


def typed(form: forms.BaseForm, data: QueryDict, prefix: str) -> dict[str, Any]:
    """What was typed into a form's fields, unchecked."""
    return {
        name: field.widget.value_from_datadict(data, {}, f"{prefix}{name}")
        for name, field in form.fields.items()
    }

"""Opening hours, one line for each day of the week: 9-17, or 9-12.30 og 13-17, or nothing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import choices
from enterprises.forms.base import Lined, RowForm, fitting
from enterprises.forms.page import RowSet, SectionPage, problems_of, row_count, rows, typed
from enterprises.models import Enterprise, HoursException, OpeningHours, Place

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = forms.Form

Interval = tuple[time, time]
CLOSED = {"", "-", "–", "lukket", "closed"}
BETWEEN = re.compile(r"\s*(?:,|;|\+|\bog\b|\band\b|&)\s*")
SPAN = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|–|—|\btil\b|\bto\b)\s*(\d{1,2})(?:[.:](\d{2}))?")


def read(text: str) -> list[Interval]:
    """The intervals a person means. Raises ValueError where that is not clear."""
    told = text.strip().lower()
    if told in CLOSED:
        return []
    intervals = []
    for part in BETWEEN.split(told):
        found = SPAN.fullmatch(part)
        if found is None:
            raise ValueError(part)
        numbers = [int(number or 0) for number in found.groups()]
        opens, closes = time(numbers[0], numbers[1]), _closing(*numbers[2:])
        if opens == closes:
            raise ValueError(part)
        intervals.append((opens, closes))
    intervals.sort()
    for (_opens, closes), (opens, _closes) in itertools.pairwise(intervals):
        if closes > opens or closes <= _opens:
            raise ValueError(text)
    return intervals


def _closing(hour: int, minute: int) -> time:
    """24.00 is midnight, which closes the day it is said of."""
    return time(0, 0) if (hour, minute) == (24, 0) else time(hour, minute)


def written(intervals: list[Interval]) -> str:
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in intervals)


def _clock(moment: time) -> str:
    return f"{moment.hour}.{moment:%M}" if moment.minute else str(moment.hour)


class HoursField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=100, **kwargs)

    def clean(self, value: Any) -> list[Interval]:
        try:
            return read(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(text)s” kan vi ikke læse. Skriv for eksempel 9-17 eller 9-12.30, 13-17.")
                % {"text": str(value)[:60]}
            ) from error


class WeekForm(Lined, _Form):
    """The week of one place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, label in choices.Weekday.choices:
            self.fields[f"day_{day}"] = HoursField(label=label)


class ExceptionForm(RowForm):
    class Meta:
        model = HoursException
        fields = ("first_day", "last_day", "opens", "closes", "note_da", "note_en")
        formfield_callback = fitting


Exceptions = rows(
    ExceptionForm,
    heading=gettext_lazy("Helligdage, ferie og andre undtagelser"),
    row_label=gettext_lazy("Undtagelse"),
    add_label=gettext_lazy("Tilføj en undtagelse"),
)


class PlaceHours:
    """The forms of one place, which goes by where it stands among the enterprise's places."""

    def __init__(self, place: Place, number: int, data: QueryDict | None, shown: QueryDict | None) -> None:
        self.place = place
        prefix = f"place{number}"
        if shown is not None:
            typed_week = typed(WeekForm(), shown, f"{prefix}-")
            blank, count = ExceptionForm(), row_count(shown, f"{prefix}-exceptions")
            typed_rows = [typed(blank, shown, f"{prefix}-exceptions-{row}-") for row in range(count)]
        else:
            typed_week, typed_rows = _week(place), _exceptions(place)
        self.week = WeekForm(data, prefix=prefix, initial=typed_week)
        self.exceptions: RowSet = Exceptions(
            data, prefix=f"{prefix}-exceptions", initial=None if data else typed_rows
        )

    def is_valid(self) -> bool:
        return all([self.week.is_valid(), self.exceptions.is_valid()])

    def problems(self) -> Iterator[tuple[str, str]]:
        yield from problems_of(self.week, f"{self.place}, ")
        for error in self.exceptions.non_form_errors():
            yield "", str(error)
        for number, form in enumerate(self.exceptions.forms, 1):
            yield from problems_of(form, f"{self.exceptions.row_label} {number}, ")

    def save(self) -> None:
        self.place.hours.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(place=self.place, weekday=day, opens=opens, closes=closes)
            for day in choices.Weekday.values
            for opens, closes in self.week.cleaned_data[f"day_{day}"]
        )
        self.place.exceptions.all().delete()
        made = [form.instance for form in self.exceptions.filled()]
        for exception in made:
            exception.place = self.place
        HoursException.objects.bulk_create(made)


def _week(place: Place) -> dict[str, str]:
    week: dict[str, list[Interval]] = {}
    for interval in place.hours.all():
        week.setdefault(f"day_{interval.weekday}", []).append((interval.opens, interval.closes))
    return {day: written(intervals) for day, intervals in week.items()}


def _exceptions(place: Place) -> list[dict[str, Any]]:
    fields = list(ExceptionForm.base_fields)
    return [forms.model_to_dict(exception, fields=fields) for exception in place.exceptions.all()]


class Page(SectionPage):
    intro = gettext_lazy(
        "Skriv tiderne, som I ville skrive dem på døren: 9-17, eller 9-12 og 13-17.30. "
        "Lad feltet stå tomt på dage, hvor der er lukket."
    )

    def __init__(
        self, enterprise: Enterprise, data: QueryDict | None = None, shown: QueryDict | None = None
    ) -> None:
        super().__init__(enterprise, data, shown)
        self.places = [PlaceHours(place, n, data, shown) for n, place in enumerate(enterprise.places.all())]

    def is_valid(self) -> bool:
        return all(place.is_valid() for place in self.places)

    def problems(self) -> Iterator[tuple[str, str]]:
        if self.data is not None:
            for place in self.places:
                yield from place.problems()

    def save(self) -> None:
        for place in self.places:
            place.save()

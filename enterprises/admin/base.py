"""What the desk's pages share: form fields that suit our models, and read-only pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    _Fields = BaseModelAdmin[Any]
    _ModelAdmin = admin.ModelAdmin[Any]
    _StackedInline = admin.StackedInline[Any, Any]
    _TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
    _ModelFormSet = forms.BaseModelFormSet[Any, Any]
else:
    _Fields = object
    _ModelAdmin = admin.ModelAdmin
    _StackedInline = admin.StackedInline
    _TabularInline = admin.TabularInline
    ModelForm = forms.ModelForm
    _ModelFormSet = forms.BaseModelFormSet


class OneStateFilter(admin.SimpleListFilter):
    """The states of what waits for a decision. Without "all": the list is for those that wait."""

    title = gettext_lazy("tilstand")
    parameter_name = "state"
    states: type[models.TextChoices]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.states.choices)

    @property
    def state(self) -> str:
        return self.value() or str(self.states.values[0])

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            yield {
                "selected": self.state == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.state)


class _FittingFields(_Fields):
    """A list of choices is ticked, other lists are typed; texts leave room for the next field."""

    formfield_overrides = {
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 5})},
        ArrayField: {"widget": AdminTextInputWidget},
    }

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, ArrayField) and db_field.base_field.choices:
            return forms.MultipleChoiceField(
                choices=db_field.base_field.choices,
                widget=forms.CheckboxSelectMultiple,
                label=capfirst(db_field.verbose_name),
                help_text=db_field.help_text,
                required=not db_field.blank,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LabelledRows(_ModelFormSet):
    """In a list that is edited as it stands, each field says what it is and whose."""

    def add_fields(self, form: Any, index: Any) -> None:
        super().add_fields(form, index)
        for bound in form.visible_fields():
            bound.field.widget.attrs["aria-label"] = f"{bound.label}: {form.instance}"


class ModelAdmin(_FittingFields, _ModelAdmin):
    # How many there are in all is a count of the whole table, beside the one of what is filtered.
    show_full_result_count = False

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, formset=LabelledRows, **kwargs)


class StackedInline(_FittingFields, _StackedInline):
    extra = 0


class TabularInline(_FittingFields, _TabularInline):
    extra = 0


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only `publishing` writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AddressForm(ModelForm):
    """An address left empty is made from the name, spelt as all our addresses are (ø as oe)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def made_from_name(self) -> str:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "slug" in cleaned and not cleaned["slug"]:
            cleaned["slug"] = self.made_from_name()
        return cleaned

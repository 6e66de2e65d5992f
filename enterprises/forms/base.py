"""What the sections' forms share: Danish beside English, and limits that are said, not cut to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enterprises import taxonomies
from enterprises.models import Term

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
    _OneOf = forms.ModelChoiceField[Any]
    _SomeOf = forms.ModelMultipleChoiceField[Any]
else:
    _ModelForm = forms.ModelForm
    _OneOf = forms.ModelChoiceField
    _SomeOf = forms.ModelMultipleChoiceField

# Nobody writes longer names of streets than fit, nor longer addresses; texts are another matter.
SAID_LIMITS = range(150, 10_000)
ADDRESSES = (forms.URLField, forms.EmailField)
DATE = {"type": "date"}


class TermField(_OneOf):
    """One word of a taxonomy. Whoever sends one that was replaced meanwhile has chosen its successor."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            if term := taxonomies.successor(self.queryset.model, value):  # type: ignore[union-attr]
                return term
            raise


class TermsField(_SomeOf):
    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            model = self.queryset.model  # type: ignore[union-attr]
            found = [(one, taxonomies.successor(model, one)) for one in value or ()]
            if not any(term for _one, term in found):
                raise
            return super().clean([term.pk if term else one for one, term in found])


def fitting(field: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    """The form field for a model's field: lists of choices are ticked, dates use the browser's calendar."""
    if isinstance(field, ArrayField) and field.base_field.choices:
        return forms.MultipleChoiceField(
            choices=field.base_field.choices,
            widget=forms.CheckboxSelectMultiple,
            label=capfirst(field.verbose_name),
            help_text=field.help_text,
            required=not field.blank,
        )
    if isinstance(field, models.DateField):
        kwargs["widget"] = forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    if isinstance(field, models.ManyToManyField):
        kwargs["widget"] = forms.CheckboxSelectMultiple
    if field.related_model and issubclass(field.related_model, Term):
        kwargs["form_class"] = TermsField if field.many_to_many else TermField
    if isinstance(field, models.TextField):
        kwargs["widget"] = forms.Textarea(attrs={"rows": 5 if (field.max_length or 0) < 3000 else 9})
    return field.formfield(**kwargs)


class Described(forms.BoundField):
    """A field whose limit is read out with it."""

    @property
    def aria_describedby(self) -> str | None:
        said = super().aria_describedby
        limit = f"{self.auto_id}_limit" if getattr(self.field, "limit", None) else None
        return " ".join(filter(None, (said, limit))) or None


class Lined(forms.BaseForm):
    """A form that is shown line by line, a Danish field beside its English one."""

    error_css_class = "field-wrong"
    bound_field_class = Described

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # A browser would cut what is pasted without a word, so the limit is only said.
            limit = field.widget.attrs.pop("maxlength", None)
            is_said = limit and int(limit) in SAID_LIMITS and not isinstance(field, ADDRESSES)
            field.limit = int(limit) if is_said else None  # type: ignore[attr-defined]
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("Skal udfyldes.")
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = _("Ikke valgt")
            elif isinstance(field, forms.TypedChoiceField):
                field.choices = [
                    (key, label if key else _("Ikke valgt")) for key, label in field.widget.choices
                ]

    def lines(self) -> Iterator[list[forms.BoundField]]:
        for bound in self:
            if bound.is_hidden or bound.name.endswith("_en"):
                continue
            english = f"{bound.name.removesuffix('_da')}_en"
            both = bound.name.endswith("_da") and english in self.fields
            yield [bound, self[english]] if both else [bound]


class SectionForm(Lined, _ModelForm):
    """Fields of the enterprise itself, or of one row that belongs to it."""

    class Meta:
        formfield_callback = fitting


class RowForm(SectionForm):
    """One of several rows. What identifies a row is where it stands, so no key can be forged."""

"""Words that mean the same to those who search. Staff keep them; they work from the moment they are saved."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def _terms(verbose_name: object) -> ArrayField[list[str], list[str]]:
    return ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        verbose_name=verbose_name,  # type: ignore[arg-type]
        help_text=_("Ord eller udtryk på op til fire ord. Adskil med komma."),
    )


class SynonymGroup(models.Model):
    """Terms of which each also finds what the others find, a little further down the list."""

    da = _terms(_("på dansk"))
    en = _terms(_("på engelsk"))

    class Meta:
        verbose_name = _("gruppe af søgeord")
        verbose_name_plural = _("grupper af søgeord")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(da=[]) | ~Q(en=[]),
                name="synonym_group_has_terms",
                violation_error_message=_("Skriv mindst to ord."),
            ),
        )

    def __str__(self) -> str:
        return ", ".join(self.terms)

    @property
    def terms(self) -> list[str]:
        return [*self.da, *self.en]

    def clean(self) -> None:
        if len(set(self.terms)) < 2:
            raise ValidationError(_("Skriv mindst to ord."))
        long = [term for term in self.terms if len(term.split()) > LONGEST_TERM]
        if long:
            raise ValidationError(_("Højst fire ord i hvert udtryk: %(terms)s") % {"terms": ", ".join(long)})


LONGEST_TERM = 4

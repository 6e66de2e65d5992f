"""Words that mean the same to those who search. Staff keep them; they work from the moment they are saved."""

from __future__ import annotations

import re

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
        odd = [term for term in self.terms if not READABLE.fullmatch(term)]
        if odd:
            text = _("Brug kun bogstaver, tal, mellemrum og tegn som - & . / i: %(terms)s")
            raise ValidationError(text % {"terms": ", ".join(odd)})
        for terms in map(_folded, (self.da, self.en)):
            if len(set(terms)) < len(terms):
                raise ValidationError(_("Skriv hvert ord én gang på hvert sprog."))
        self._refuse_what_others_have()

    def _refuse_what_others_have(self) -> None:
        """Of words that come new: some that were there on the first day stand in two groups on purpose."""
        mine = SynonymGroup.objects.filter(pk=self.pk).first()
        new = set(_folded(self.terms)) - set(_folded(mine.terms if mine else []))
        for other in SynonymGroup.objects.exclude(pk=self.pk):
            if shared := [term for term in other.terms if _fold(term) in new]:
                text = _("“%(term)s” står allerede i gruppen “%(group)s”. Ret den i stedet.")
                raise ValidationError(text % {"term": shared[0], "group": other})


def _fold(term: str) -> str:
    return " ".join(term.casefold().split())


def _folded(terms: list[str]) -> list[str]:
    return [_fold(term) for term in terms]


LONGEST_TERM = 4
# What a search reads as words; the signs it has a meaning of its own for are left out.
READABLE = re.compile(r"(?:§ ?)?[^\W_](?:[\w&./'’+§ -]*[^\W_][.+]*)?")

"""The words enterprises are sorted by. Staff edit them; a data migration filled them.

A word's address is never given up: where it changes, or the word becomes part of another, a row stays
behind that knows its successor. A word that has gone out of use stays too, without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from enterprises import choices

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

hex_colour = RegexValidator(r"^#[0-9a-f]{6}$", _("Skriv farven som #rrggbb med små bogstaver."))


def codes(
    verbose_name: StrOrPromise, *, length: int = 20, help_text: StrOrPromise = ""
) -> ArrayField[Any, Any]:
    return ArrayField(
        models.CharField(max_length=length),
        default=list,
        blank=True,
        verbose_name=verbose_name,
        help_text=help_text or _("Adskil med komma."),
    )


class LivingManager(models.Manager[Any]):
    """Those in use: what one can choose, filter by and read about."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(retired_on=None)


class Term(models.Model):
    slug = models.SlugField(_("adresse"), unique=True, max_length=60)
    position = models.PositiveSmallIntegerField(_("rækkefølge"), default=0)
    name_da = models.CharField(_("navn på dansk"), max_length=120)
    name_en = models.CharField(_("navn på engelsk"), max_length=120)
    aliases = codes(
        _("andre navne"), length=80, help_text=_("Også det, folk siger til daglig. Adskil med komma.")
    )
    text_da = models.TextField(_("forklaring på dansk"), blank=True)
    text_en = models.TextField(_("forklaring på engelsk"), blank=True)
    retired_on = models.DateField(_("gået ud af brug"), null=True, blank=True, editable=False)
    # Never one that has a successor itself: whoever replaces a term takes over its predecessors.
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="predecessors",
        verbose_name=_("efterfølger"),
    )

    objects = LivingManager()
    everything = models.Manager[Any]()

    if TYPE_CHECKING:
        successor_id: int | None

    class Meta:
        abstract = True
        ordering = ("position", "slug")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=~Q(name_da="") & ~Q(name_en=""), name="%(class)s_has_both_names"
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | (Q(retired_on__isnull=False) & ~Q(successor=models.F("pk"))),
                name="%(class)s_replaced_is_out_of_use",
            ),
        )

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_da


class Sector(Term):
    colour = models.CharField(_("husfarve"), max_length=7, default="#5d6b73", validators=[hex_colour])
    colour_dark = models.CharField(_("tagfarve"), max_length=7, default="#3c474d", validators=[hex_colour])
    cpv = codes(_("CPV-koder"), length=8)
    db07 = codes(_("branchekoder (DB07)"))
    db25 = codes(_("branchekoder (DB25)"))

    class Meta(Term.Meta):
        verbose_name = _("branche")
        verbose_name_plural = _("brancher")
        constraints = (
            *Term.Meta.constraints,
            models.CheckConstraint(
                condition=Q(colour__regex="^#[0-9a-f]{6}$") & Q(colour_dark__regex="^#[0-9a-f]{6}$"),
                name="sector_colours_are_hex",
            ),
        )


class Mission(Term):
    rsv_areas = codes(
        _("RSV-formål"), help_text=_("S social, B beskæftigelse, H sundhed, M miljø, K kultur.")
    )
    sdgs = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(17)]),
        default=list,
        blank=True,
        verbose_name=_("verdensmål"),
    )

    class Meta(Term.Meta):
        verbose_name = _("formål")
        verbose_name_plural = _("formål")


class Ownership(Term):
    roof = models.CharField(_("tag på huset"), max_length=10, choices=choices.Roof, default=choices.Roof.FLAT)
    short_da = models.CharField(_("én linje på dansk"), max_length=160, blank=True)
    short_en = models.CharField(_("én linje på engelsk"), max_length=160, blank=True)

    class Meta(Term.Meta):
        verbose_name = _("ejerskab")
        verbose_name_plural = _("ejerskaber")


class LegalForm(Term):
    abbreviation = models.CharField(_("forkortelse"), max_length=12, blank=True)
    cvr_code = models.PositiveSmallIntegerField(_("kode i CVR"), null=True, blank=True, unique=True)
    can_be_rsv = models.BooleanField(_("kan være RSV"), null=True, blank=True)
    sole_trader = models.BooleanField(
        _("ejet af én person"), default=False, help_text=_("Alle oplysninger er persondata.")
    )

    class Meta(Term.Meta):
        verbose_name = _("virksomhedsform")
        verbose_name_plural = _("virksomhedsformer")


class District(Term):
    number = models.PositiveSmallIntegerField(_("bydelsnummer"), null=True, blank=True, unique=True)
    short_da = models.CharField(_("kort navn på dansk"), max_length=40)
    short_en = models.CharField(_("kort navn på engelsk"), max_length=40)
    latitude = models.FloatField(_("breddegrad"), null=True, blank=True)
    longitude = models.FloatField(_("længdegrad"), null=True, blank=True)
    postcodes = codes(_("postnumre"), help_text=_("Enkelte eller som 1000-1499. Adskil med komma."))
    ambiguous_postcodes = codes(_("postnumre, der deles med andre bydele"))

    class Meta(Term.Meta):
        verbose_name = _("bydel")
        verbose_name_plural = _("bydele")
        constraints = (
            *Term.Meta.constraints,
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__range=(1, 10)), name="district_is_one_of_ten"
            ),
        )


class Mark(Term):
    """A register entry, a membership or a certificate that an enterprise can have."""

    kind = models.CharField(_("slags"), max_length=12, choices=choices.MarkKind)
    website = models.URLField(_("hjemmeside"), blank=True)

    RSV = "rsv"

    class Meta(Term.Meta):
        verbose_name = _("mærke eller medlemskab")
        verbose_name_plural = _("mærker og medlemskaber")

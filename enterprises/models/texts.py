"""Texts the council writes for the public itself, and the amounts that stand in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class PageText(models.Model):
    """A page that staff write. What it says is its newest version; page_texts.PAGES has what it may hold."""

    key = models.SlugField(_("side"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("tekstside")
        verbose_name_plural = _("tekstsider")
        ordering = ("key",)

    def __str__(self) -> str:
        from enterprises import page_texts  # which reads the models

        return page_texts.label(self.key)


class PageTextVersion(models.Model):
    """What a page said from one moment to the next. Never changed: a trigger sees to that."""

    page = models.ForeignKey(PageText, models.CASCADE, related_name="versions", verbose_name=_("side"))
    number = models.PositiveIntegerField(_("nummer"))
    title_da = models.CharField(_("overskrift på dansk"), max_length=120)
    title_en = models.CharField(_("overskrift på engelsk"), max_length=120)
    description_da = models.CharField(_("én linje til søgemaskiner på dansk"), max_length=200)
    description_en = models.CharField(_("én linje til søgemaskiner på engelsk"), max_length=200)
    body_da = models.TextField(_("tekst på dansk"))
    body_en = models.TextField(_("tekst på engelsk"))
    note = models.CharField(_("hvorfor"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("udgivet"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("udgivet af"),
    )

    class Meta:
        verbose_name = _("udgave af en tekst")
        verbose_name_plural = _("udgaver af tekster")
        ordering = ("page", "-number")
        constraints = (
            models.UniqueConstraint(fields=("page", "number"), name="page_text_version_is_numbered_once"),
            models.CheckConstraint(
                condition=~Q(title_da="") & ~Q(title_en="") & ~Q(body_da="") & ~Q(body_en=""),
                name="page_text_is_in_both_languages",
            ),
        )

    def __str__(self) -> str:
        return f"{self.page} {self.number}"

    def said(self, field: str) -> str:
        """A field in the present language."""
        return str(getattr(self, f"{field}_{'en' if get_language() == 'en' else 'da'}"))


class Threshold(models.Model):
    """An amount that a law or a policy names, for as long as it holds. Texts name it by its key."""

    key = models.SlugField(_("nøgle"), max_length=40, help_text=_("Teksterne henter beløbet med den."))
    label_da = models.CharField(_("hvad det gælder, på dansk"), max_length=160)
    label_en = models.CharField(_("hvad det gælder, på engelsk"), max_length=160)
    amount = models.PositiveBigIntegerField(_("kroner uden moms"))
    approximate = models.BooleanField(
        _("omtrent"), default=False, help_text=_("Der står “ca.” foran, fx fordi det er regnet om fra euro.")
    )
    valid_from = models.DateField(_("gælder fra"))
    valid_to = models.DateField(_("gælder til og med"), null=True, blank=True)
    source_da = models.CharField(_("kilde på dansk"), max_length=200)
    source_en = models.CharField(_("kilde på engelsk"), max_length=200)
    source_url = models.URLField(_("link til kilden"), blank=True)
    read_on = models.DateField(_("læst den"))

    class Meta:
        verbose_name = _("beløbsgrænse")
        verbose_name_plural = _("beløbsgrænser")
        ordering = ("key", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("key", "valid_from"),
                name="threshold_begins_once",
                violation_error_message=_("Der er allerede et beløb med den nøgle fra den dag."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="threshold_ends_after_it_begins",
                violation_error_message=_("Den sidste dag skal ligge efter den første."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="threshold_is_an_amount"),
        )

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_da

    @property
    def source(self) -> str:
        return self.source_en if get_language() == "en" else self.source_da

"""What the public has been shown: numbered, immutable, kept for ever."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise


class PublicationQuerySet(models.QuerySet["Publication"]):
    def showing(self, digest: str) -> PublicationQuerySet:
        """Those with the picture, past ones too.

        In no order and to be read whole: an order or a LIMIT lets PostgreSQL hope to come upon one
        without the index, and read through all of them where there is none.
        """
        return self.filter(snapshot__photos__contains=[{"digest": digest}]).order_by()


class Publication(models.Model):
    """An approved snapshot of an enterprise. A trigger in the database refuses to change one
    (except to forget who published it, when that person's account is deleted)."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="publications", verbose_name=_("virksomhed")
    )
    number = models.PositiveIntegerField(_("nummer"))
    schema_version = models.PositiveSmallIntegerField(_("skemaversion"))
    snapshot = models.JSONField(_("indhold"))
    change = models.CharField(_("hændelse"), max_length=12, choices=choices.Change)
    reason = models.CharField(_("begrundelse"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("udgivet"), db_index=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("udgivet af"),
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("udgivelse")
        verbose_name_plural = _("udgivelser")
        ordering = ("-published_at", "-pk")
        indexes = (
            GinIndex(
                OpClass(KeyTransform("photos", "snapshot"), name="jsonb_path_ops"), name="publication_photos"
            ),
            models.Index(KeyTextTransform("cvr", "snapshot"), name="publication_cvr"),
        )
        constraints = (
            models.UniqueConstraint(fields=("enterprise", "number"), name="publication_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="publication_numbers_start_at_one"),
        )

    def __str__(self) -> str:
        return f"{self.enterprise} nr. {self.number}"


class Withdrawal(models.Model):
    """A publication taken back: the profile's address then answers 410, or leads to another's."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="withdrawals", verbose_name=_("virksomhed")
    )
    withdrawn_at = models.DateTimeField(_("trukket tilbage"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trukket tilbage af"),
    )
    reason = models.CharField(_("begrundelse"), max_length=300)
    merged_into = models.ForeignKey(
        Enterprise,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lagt sammen med"),
    )

    class Meta:
        verbose_name = _("tilbagetrækning")
        verbose_name_plural = _("tilbagetrækninger")
        ordering = ("-withdrawn_at", "-pk")

    def __str__(self) -> str:
        return f"{self.enterprise} {self.withdrawn_at:%Y-%m-%d}"

"""A buyer's shortlist. It belongs to no account: whoever holds its key, or a link to it, may use it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise

LONGEST_NAME = 80
LONGEST_NOTE = 1000


class Shortlist(models.Model):
    # Of the key in the cookie of whoever made the list; the key itself is nowhere here.
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("navn"), max_length=LONGEST_NAME, blank=True)
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)
    used_on = models.DateField(_("sidst brugt"), db_index=True)

    class Meta:
        verbose_name = _("indkøbsliste")
        verbose_name_plural = _("indkøbslister")

    def __str__(self) -> str:
        return self.name or str(self.pk)


class ShortlistItem(models.Model):
    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="items")
    # Goes only with an enterprise that is forgotten for good; one that is withdrawn leaves a gap.
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    # How often the note was changed: whoever changes it says which one they saw.
    note_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("shortlist", "enterprise"), name="shortlist_has_each_once"),
            models.UniqueConstraint(
                fields=("shortlist", "position"),
                name="shortlist_has_one_order",
                deferrable=models.Deferrable.DEFERRED,
            ),
        )

    def __str__(self) -> str:
        return f"{self.shortlist_id}: {self.enterprise_id}"


class ShortlistLink(models.Model):
    """A link to a list. Its token is made from the list's key, so that only the key's holder can show it."""

    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    salt = models.CharField(max_length=32)
    right = models.CharField(_("ret"), max_length=4, choices=choices.Right)
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("lukket"), null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(right__in=choices.Right.values), name="shortlist_link_gives_a_known_right"
            ),
        )

    def __str__(self) -> str:
        return f"{self.shortlist_id}: {self.right}"

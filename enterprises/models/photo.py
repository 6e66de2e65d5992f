"""Pictures of an enterprise. The files lie in the picture store under names made from their content."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise


class PhotoQuerySet(models.QuerySet["Photo"]):
    def waiting(self) -> PhotoQuerySet:
        """Those whose widths have not been made yet."""
        return self.filter(made_at=None)


class Photo(models.Model):
    """A logo or a photo in the working copy. What the public sees stands in publications."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="photos")
    kind = models.CharField(_("slags"), max_length=8, choices=choices.PhotoKind)
    position = models.PositiveSmallIntegerField(_("rækkefølge"), default=0)
    alt_da = models.CharField(_("hvad man ser, på dansk"), max_length=200)
    alt_en = models.CharField(_("hvad man ser, på engelsk"), max_length=200, blank=True)
    credit = models.CharField(_("fotograf"), max_length=120, blank=True)

    # Of the picture as we have written it ourselves: what was sent in is never kept.
    digest = models.CharField(max_length=32, db_index=True, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    # How wide it is offered; the files are all there once made_at is set.
    widths = ArrayField(models.PositiveSmallIntegerField(), editable=False)
    made_at = models.DateTimeField(null=True, blank=True, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("billede")
        verbose_name_plural = _("billeder")
        ordering = ("kind", "position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("enterprise", "digest"), name="photo_given_once"),
            models.UniqueConstraint(
                fields=("enterprise",), condition=Q(kind=choices.PhotoKind.LOGO), name="photo_one_logo"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=choices.PhotoKind.values), name="photo_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=~Q(alt_da=""), name="photo_says_what_one_sees"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{32}$"), name="photo_is_named_by_its_content"
            ),
            models.CheckConstraint(condition=Q(widths__len__gte=1), name="photo_has_a_width"),
        )

    def __str__(self) -> str:
        return self.alt_da

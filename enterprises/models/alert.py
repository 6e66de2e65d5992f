"""A search that somebody follows by mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_QUERY, LONGEST_WORDS = 1_000, 500


class Alert(models.Model):
    email = models.EmailField(_("mail"))
    # As the list's address has it, written in the one way there is; empty for all enterprises.
    query = models.CharField(_("søgning"), max_length=LONGEST_QUERY, blank=True)
    words = models.CharField(_("søgning i ord"), max_length=LONGEST_WORDS)
    language = models.CharField(_("sprog"), max_length=2, choices=settings.LANGUAGES)
    asked_at = models.DateTimeField(_("bestilt"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("bekræftet"), null=True, blank=True)
    # The day of the latest mail about something new.
    mailed_on = models.DateField(_("seneste mail"), null=True, blank=True)
    looked_at = models.DateTimeField(_("sidst set efter"), default=timezone.now, editable=False)
    # The enterprises that the search has found so far: each is told of once.
    known = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        verbose_name = _("fulgt søgning")
        verbose_name_plural = _("fulgte søgninger")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("email", "query", "language"), name="alert_followed_once"),
            models.CheckConstraint(
                condition=Q(language__in=[code for code, _name in settings.LANGUAGES]),
                name="alert_in_a_known_language",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(mailed_on__isnull=True),
                name="alert_confirmed_before_mails",
            ),
        )

    def __str__(self) -> str:
        return self.words

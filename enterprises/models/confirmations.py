"""That an enterprise was asked whether its facts still hold, and what it answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise


class ConfirmationRequest(models.Model):
    """One question with its reminders. Its links are used up when it is answered."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="confirmation_requests", verbose_name=_("virksomhed")
    )
    asked_on = models.DateField(_("spurgt"))
    # 0 where nobody could be written to.
    mails = models.PositiveSmallIntegerField(_("mails sendt"), default=1)
    mailed_on = models.DateField(_("seneste mail"))
    answer = models.CharField(_("svar"), max_length=5, choices=choices.Answer, blank=True)
    answered_at = models.DateTimeField(_("besvaret"), null=True)

    class Meta:
        verbose_name = _("bekræftelse")
        verbose_name_plural = _("bekræftelser")
        ordering = ("-asked_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("enterprise",),
                condition=Q(answered_at__isnull=True),
                name="confirmation_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=choices.Answer.values, answered_at__isnull=False),
                name="confirmation_answer_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(mails__range=(0, 3)), name="confirmation_is_mailed_at_most_thrice"
            ),
        )

    def __str__(self) -> str:
        return f"{self.enterprise} {self.asked_on:%Y-%m-%d}"

"""That somebody was told by mail what will be deleted, unless they come back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User


class ForgettingNotice(models.Model):
    """The last warning before an account goes, or an enterprise somebody added and left: see retention.py."""

    user = models.OneToOneField(
        User, models.CASCADE, null=True, related_name="forgetting_notice", verbose_name=_("bruger")
    )
    enterprise = models.OneToOneField(
        Enterprise, models.CASCADE, null=True, related_name="forgetting_notice", verbose_name=_("virksomhed")
    )
    sent_on = models.DateField(_("sendt"))

    class Meta:
        verbose_name = _("varsel om sletning")
        verbose_name_plural = _("varsler om sletning")
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(enterprise__isnull=False),
                name="forgetting_notice_is_about_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user or self.enterprise} {self.sent_on:%Y-%m-%d}"

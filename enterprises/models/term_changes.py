"""What staff have decided about the taxonomies' words: the job while it waits, the log afterwards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices


class TermChange(models.Model):
    """No foreign key to the word: there is a table for each taxonomy."""

    taxonomy = models.CharField(_("taksonomi"), max_length=12)
    term = models.PositiveBigIntegerField()
    name = models.CharField(_("ord"), max_length=120)
    kind = models.CharField(_("ændring"), max_length=8, choices=choices.TermChangeKind)
    # What is to become of it, as term_changes.py reads it.
    details = models.JSONField(default=dict)
    reason = models.CharField(_("begrundelse"), max_length=300)
    state = models.CharField(
        _("tilstand"),
        max_length=8,
        choices=choices.TermChangeState,
        default=choices.TermChangeState.WAITING,
    )
    outcome = models.TextField(_("resultat"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bedt om af"),
    )
    asked_at = models.DateTimeField(_("bedt om"), auto_now_add=True)
    done_at = models.DateTimeField(_("afsluttet"), null=True, blank=True)

    class Meta:
        verbose_name = _("ændring af et ord")
        verbose_name_plural = _("ændringer af ord")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=choices.TermChangeState.WAITING, done_at=None)
                | (~Q(state=choices.TermChangeState.WAITING) & Q(done_at__isnull=False)),
                name="term_change_ended_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

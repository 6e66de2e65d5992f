"""How a person comes to edit an enterprise: what they claimed, what was decided, and what follows from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.choices import ClaimState
from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User


class Claim(models.Model):
    """A person's word that an enterprise is theirs to edit, and what came of it. Kept when it is over."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="claims", verbose_name=_("virksomhed")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="claims", verbose_name=_("bruger"))
    way = models.CharField(_("hvordan"), max_length=12, choices=choices.ClaimWay)
    state = models.CharField(_("tilstand"), max_length=12, choices=ClaimState, default=ClaimState.OPEN)
    explanation = models.TextField(_("forklaring"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("modtaget"), auto_now_add=True)
    # The code from the enterprise's own mail box was right: worth a lot, but not all where there are editors.
    proven_at = models.DateTimeField(_("kode fra virksomhedens mail"), null=True, blank=True)
    decided_at = models.DateTimeField(_("afgjort"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("afgjort af")
    )
    ended_at = models.DateTimeField(_("ophørt"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ophørt ved")
    )
    reason = models.TextField(_("begrundelse"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("anmodning om adgang")
        verbose_name_plural = _("anmodninger om adgang")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("enterprise", "user"),
                condition=Q(state=ClaimState.OPEN),
                name="claim_open_once_per_person",
            ),
            models.UniqueConstraint(
                fields=("enterprise", "user"),
                condition=Q(state=ClaimState.ACCEPTED),
                name="claim_accepted_once_per_person",
            ),
            models.CheckConstraint(
                condition=Q(state=ClaimState.OPEN, decided_at__isnull=True)
                | (~Q(state=ClaimState.OPEN) & Q(decided_at__isnull=False)),
                name="claim_decided_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ClaimState.ended(), ended_at__isnull=False)
                | (~Q(state__in=ClaimState.ended()) & Q(ended_at__isnull=True)),
                name="claim_ended_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} – {self.enterprise}"


class Editorship(models.Model):
    """A person's right to edit one enterprise. The database lets none in without an accepted claim."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="editorships", verbose_name=_("virksomhed")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="editorships", verbose_name=_("bruger"))
    # Neither goes without the other, but both go with their person or their enterprise.
    claim = models.OneToOneField(Claim, models.RESTRICT, verbose_name=_("anmodning"))

    class Meta:
        verbose_name = _("redaktør")
        verbose_name_plural = _("redaktører")
        constraints = (
            models.UniqueConstraint(fields=("enterprise", "user"), name="editorship_once_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.user} – {self.enterprise}"


class MailedCode(models.Model):
    """The code that was last mailed to the enterprise for a claim: what it hashes to, never itself."""

    claim = models.OneToOneField(Claim, models.CASCADE, related_name="code")
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("tilsendt kode")
        verbose_name_plural = _("tilsendte koder")

    def __str__(self) -> str:
        return str(self.claim)


class Invitation(models.Model):
    """An address that was asked to edit with the others. Its link is known to its mail alone."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="invitations", verbose_name=_("virksomhed")
    )
    email = models.EmailField(_("mailadresse"))
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("inviteret af")
    )
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField(_("sendt"))
    accepted_at = models.DateTimeField(_("taget imod"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitationer")
        ordering = ("-sent_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                "enterprise",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="invitation_waits_once_per_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="invitation_is_not_both_accepted_and_cancelled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} – {self.enterprise}"

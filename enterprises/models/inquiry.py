"""A buyer's inquiry: written once, to up to ten enterprises, which answer it by a link. It has no account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.mailable import LONGEST_ADDRESS
from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

LONGEST_LINK = 500


class Inquiry(models.Model):
    """What is asked, and by whom. Emptied of both once it is old: what is left only counts."""

    state = models.CharField(
        _("tilstand"),
        max_length=11,
        choices=choices.InquiryState,
        default=choices.InquiryState.UNCONFIRMED,
    )
    language = models.CharField(_("sprog"), max_length=2)
    what = models.TextField(_("hvad"), max_length=2000)
    # Names the text, however it is spaced and punctuated, so that the same is not sent to everybody.
    what_digest = models.CharField(max_length=64, db_index=True)
    how_much = models.CharField(_("hvor meget"), max_length=140)
    where_to = models.CharField(_("hvor"), max_length=140)
    when_needed = models.CharField(_("hvornår"), max_length=140)
    answer_by = models.DateField(_("svar senest"), db_index=True)
    links = ArrayField(models.URLField(max_length=LONGEST_LINK), default=list, verbose_name=_("links"))
    name = models.CharField(_("navn"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=120)
    # Empty once the inquiry is forgotten.
    email = models.EmailField(_("mail"), max_length=LONGEST_ADDRESS, db_index=True)

    created_at = models.DateTimeField(_("skrevet"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("sendt"), null=True)
    thanked_at = models.DateTimeField(_("takket"), null=True)
    outcome_asked_on = models.DateField(_("spurgt om udfaldet"), null=True)
    outcome = models.CharField(_("udfald"), max_length=9, choices=choices.InquiryOutcome, blank=True)
    outcome_at = models.DateTimeField(_("udfald fortalt"), null=True)
    stopped_at = models.DateTimeField(_("stoppet"), null=True)
    stopped_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("stoppet af")
    )
    stopped_reason = models.TextField(_("begrundelse"), max_length=1000, blank=True)

    if TYPE_CHECKING:
        recipients: RelatedManager[InquiryRecipient]

    class Meta:
        verbose_name = _("forespørgsel")
        verbose_name_plural = _("forespørgsler")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=choices.InquiryState.UNCONFIRMED, confirmed_at__isnull=True)
                | Q(state=choices.InquiryState.SENT, confirmed_at__isnull=False)
                | Q(state=choices.InquiryState.STOPPED),
                name="inquiry_is_sent_once_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state=choices.InquiryState.STOPPED, stopped_at__isnull=False)
                | Q(stopped_at__isnull=True) & ~Q(state=choices.InquiryState.STOPPED),
                name="inquiry_stopped_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at__isnull=True)
                | Q(outcome__in=choices.InquiryOutcome.values, outcome_at__isnull=False),
                name="inquiry_outcome_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.organisation}"


class InquiryRecipient(models.Model):
    """One enterprise that is asked, and its answer."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="recipients")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", verbose_name=_("virksomhed"))
    # Whom it was sent to. The buyer never sees them; none where it could not be sent any more.
    addresses = ArrayField(models.EmailField(max_length=LONGEST_ADDRESS), default=list)
    reminded_on = models.DateField(_("mindet om det"), null=True)
    answer = models.CharField(_("svar"), max_length=11, choices=choices.InquiryAnswer, blank=True)
    text = models.TextField(_("besked"), max_length=2000, blank=True)
    with_whom = models.CharField(_("med hvem"), max_length=140, blank=True)
    price = models.CharField(_("pris og vilkår"), max_length=500, blank=True)
    # What the enterprise chose to tell the buyer with its answer.
    contact_name = models.CharField(_("kontaktperson"), max_length=120, blank=True)
    contact_email = models.EmailField(_("mail"), max_length=LONGEST_ADDRESS, blank=True)
    answered_at = models.DateTimeField(_("besvaret"), null=True)

    class Meta:
        verbose_name = _("modtager af forespørgsel")
        verbose_name_plural = _("modtagere af forespørgsler")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("inquiry", "enterprise"), name="inquiry_asks_each_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=choices.InquiryAnswer.values, answered_at__isnull=False),
                name="inquiry_answer_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.enterprise_id}"

    @property
    def is_willing(self) -> bool:
        return self.answer in choices.InquiryAnswer.willing()

    @property
    def public_name(self) -> str:
        """What the public knows it as, and knew it as before it was withdrawn."""
        current = self.enterprise.current
        return str(current.snapshot["name"]) if current else self.enterprise.name


class InquiryAbuse(models.Model):
    """An enterprise's word that what it was sent is abuse, until staff have looked at it."""

    recipient = models.OneToOneField(
        InquiryRecipient, models.CASCADE, related_name="abuse", verbose_name=_("forespørgsel")
    )
    text = models.TextField(_("hvad er galt"), max_length=1000, blank=True)
    reported_at = models.DateTimeField(_("meldt"), auto_now_add=True)
    state = models.CharField(
        _("tilstand"), max_length=7, choices=choices.AbuseState, default=choices.AbuseState.OPEN
    )
    decided_at = models.DateTimeField(_("afgjort"), null=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("afgjort af")
    )

    class Meta:
        verbose_name = _("melding om misbrug")
        verbose_name_plural = _("meldinger om misbrug")
        ordering = ("reported_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=choices.AbuseState.OPEN, decided_at__isnull=True)
                | Q(
                    state__in=(choices.AbuseState.STOPPED, choices.AbuseState.NOTHING),
                    decided_at__isnull=False,
                ),
                name="inquiry_abuse_decided_has_a_time",
            ),
        )

    def __str__(self) -> str:
        return str(self.recipient)

"""The outbox: each mail to each of its recipients, from the moment it was caused until it is forgotten."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices

MOST_TRIES = 8


class Mail(models.Model):
    """One mail to one recipient, ready to be handed to a mail server."""

    message_id = models.CharField(_("Message-ID"), max_length=255, editable=False)
    sender = models.CharField(_("afsender"), max_length=254)
    recipient = models.EmailField(_("modtager"))
    subject = models.CharField(_("emne"), max_length=255)
    # What it is about, where it may have to be taken back before it is sent.
    about = models.CharField(max_length=40, blank=True, editable=False)
    # The whole message as it is sent; empty once it is forgotten.
    content = models.BinaryField(_("indhold"))
    state = models.CharField(
        _("tilstand"), max_length=10, choices=choices.MailState, default=choices.MailState.WAITING
    )
    tries = models.PositiveSmallIntegerField(_("forsøg"), default=0)
    most_tries = models.PositiveSmallIntegerField(_("højst antal forsøg"), default=MOST_TRIES)
    last_error = models.CharField(_("seneste fejl"), max_length=100, blank=True)
    queued_at = models.DateTimeField(_("skrevet"), auto_now_add=True)
    # When a waiting mail is tried next; until when whoever sends it may take.
    due_at = models.DateTimeField(_("næste forsøg"), null=True, blank=True)
    ended_at = models.DateTimeField(_("afsluttet"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("-queued_at", "-pk")
        indexes = (
            models.Index(fields=("about",), name="mail_about", condition=~Q(about="")),
            models.Index(
                fields=("due_at",), name="mail_due", condition=Q(state__in=choices.MailState.unfinished())
            ),
            models.Index(
                fields=("ended_at",), name="mail_not_arrived", condition=Q(state__in=choices.MailState.lost())
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("message_id", "recipient"), name="mail_queued_once_per_recipient"
            ),
            models.CheckConstraint(
                condition=Q(state__in=choices.MailState.values), name="mail_is_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=choices.MailState.unfinished(), due_at__isnull=False, ended_at__isnull=True)
                    | Q(due_at__isnull=True, ended_at__isnull=False)
                    & ~Q(state__in=choices.MailState.unfinished())
                ),
                name="mail_is_due_or_ended",
            ),
            models.CheckConstraint(
                condition=~Q(content=b"") | ~Q(state__in=choices.MailState.unfinished()),
                name="mail_has_content_until_it_ends",
            ),
            models.CheckConstraint(condition=~Q(recipient=""), name="mail_has_a_recipient"),
        )

    def __str__(self) -> str:
        return self.subject

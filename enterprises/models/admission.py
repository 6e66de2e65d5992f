"""What a new enterprise answers about the five criteria, and what it shows for it. Never public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise
from enterprises.models.people import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

secure_address = RegexValidator(r"^https://", _("Adressen skal begynde med https://."), "not_https")


class CriterionAnswer(models.Model):
    """An enterprise's own word about one criterion. What the council makes of it is Evidence."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="criterion_answers")
    criterion = models.CharField(_("kriterium"), max_length=12, choices=choices.Criterion)
    reply = models.CharField(_("svar"), max_length=8, choices=choices.Reply)
    text_da = models.TextField(_("med jeres egne ord, på dansk"), max_length=1500, blank=True)
    text_en = models.TextField(_("med jeres egne ord, på engelsk"), max_length=1500, blank=True)
    url = models.URLField(_("link til dokumentation"), blank=True, validators=[secure_address])
    answered_at = models.DateTimeField(_("besvaret"), auto_now=True)
    answered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("besvaret af")
    )

    if TYPE_CHECKING:
        files: RelatedManager[ProofFile]

    class Meta:
        verbose_name = _("svar om et kriterium")
        verbose_name_plural = _("svar om kriterierne")
        constraints = (
            models.UniqueConstraint(fields=("enterprise", "criterion"), name="criterion_answered_once"),
            models.CheckConstraint(
                condition=Q(criterion__in=choices.Criterion.values), name="answer_is_about_one_of_five"
            ),
            models.CheckConstraint(condition=Q(reply__in=choices.Reply.values), name="answer_is_known"),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="https://"), name="answer_link_safe"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_criterion_display()}: {self.get_reply_display()}"


class ProofFile(models.Model):
    """A file that shows what an answer says. It lies in the picture store under `key`; see proofs.py."""

    answer = models.ForeignKey(CriterionAnswer, models.CASCADE, related_name="files")
    # As its sender calls it; what it is, is for its content to say.
    name = models.CharField(_("navn"), max_length=120)
    media_type = models.CharField(max_length=16, choices=choices.ProofType)
    size = models.PositiveIntegerField()
    # Nobody can guess it, and no two rows share a file.
    key = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField(_("lagt op"), auto_now_add=True)

    class Meta:
        verbose_name = _("bilag")
        verbose_name_plural = _("bilag")
        ordering = ("added_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("answer", "digest"), name="proof_file_given_once"),
            models.CheckConstraint(
                condition=Q(media_type__in=choices.ProofType.values), name="proof_file_is_of_a_known_type"
            ),
            models.CheckConstraint(condition=Q(key__regex=r"^[0-9a-f]{32}$"), name="proof_file_key_is_ours"),
            models.CheckConstraint(condition=~Q(name=""), name="proof_file_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name

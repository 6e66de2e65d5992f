"""What shows that an enterprise belongs here: proofs of the five criteria, marks and memberships."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise
from enterprises.models.taxonomy import Mark


class Evidence(models.Model):
    """One proof of one criterion. It counts as confirmed from the day somebody checked it."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="evidence")
    criterion = models.CharField(_("kriterium"), max_length=12, choices=choices.Criterion)
    proof = models.CharField(_("dokumentation"), max_length=16, choices=choices.Proof)
    wording_da = models.CharField(_("offentlig tekst på dansk"), max_length=300)
    wording_en = models.CharField(_("offentlig tekst på engelsk"), max_length=300, blank=True)
    source = models.CharField(_("kilde"), max_length=200, blank=True)
    source_url = models.URLField(_("link til kilden"), blank=True)
    dated = models.DateField(_("kildens dato"), null=True, blank=True)
    checked_on = models.DateField(_("kontrolleret"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kontrolleret af"),
    )
    expires_on = models.DateField(_("gælder til og med"), null=True, blank=True)

    class Meta:
        verbose_name = _("grundlag")
        verbose_name_plural = _("grundlag")
        ordering = ("criterion", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(criterion__in=choices.Criterion.values),
                name="evidence_is_for_one_of_five_criteria",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(checked_on__isnull=True)
                | Q(expires_on__gt=models.F("checked_on")),
                name="evidence_expires_after_its_check",
                violation_error_message=_("Udløbsdatoen skal ligge efter kontroldatoen."),
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(checked_on__isnull=False),
                name="evidence_checker_has_a_date",
                violation_error_message=_("Skriv, hvornår det er kontrolleret."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_criterion_display()}: {self.wording_da}"


class MarkOf(models.Model):
    """A membership or certificate an enterprise has. RSV is not one of them: see register.py."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="marks")
    mark = models.ForeignKey(
        Mark, models.PROTECT, to_field="slug", related_name="holders", verbose_name=_("mærke")
    )
    number = models.CharField(_("licens- eller medlemsnummer"), max_length=40, blank=True)
    source_url = models.URLField(_("link til kilden"), blank=True)
    checked_on = models.DateField(_("kontrolleret"), null=True, blank=True)
    expires_on = models.DateField(_("gælder til og med"), null=True, blank=True)

    class Meta:
        verbose_name = _("mærke eller medlemskab")
        verbose_name_plural = _("mærker og medlemskaber")
        ordering = ("mark__position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("enterprise", "mark"), name="mark_held_once"),
            models.CheckConstraint(
                condition=~Q(mark=Mark.RSV),
                name="rsv_comes_from_the_register_only",
                violation_error_message=_("RSV kan ikke vælges: den læses i CVR."),
            ),
        )

    def __str__(self) -> str:
        return str(self.mark)

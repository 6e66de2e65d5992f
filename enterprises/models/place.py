"""Where an enterprise is and when its door is open."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enterprises import choices
from enterprises.models.enterprise import Enterprise
from enterprises.models.taxonomy import District

postcode = RegexValidator(r"^\d{4}$", _("Et dansk postnummer har fire cifre."))


class Place(models.Model):
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="places")
    position = models.PositiveSmallIntegerField(_("rækkefølge"), default=0)
    label_da = models.CharField(_("navn på stedet, dansk"), max_length=80, blank=True)
    label_en = models.CharField(_("navn på stedet, engelsk"), max_length=80, blank=True)
    street = models.CharField(_("vej og nummer"), max_length=120, blank=True)
    postcode = models.CharField(_("postnummer"), max_length=4, blank=True, validators=[postcode])
    city = models.CharField(_("by"), max_length=60, blank=True)
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("bydel")
    )
    latitude = models.FloatField(_("breddegrad"), null=True, blank=True)
    longitude = models.FloatField(_("længdegrad"), null=True, blank=True)
    hidden = models.BooleanField(
        _("skjul adressen"),
        default=False,
        help_text=_("Kun bydelen vises. Bruges for enkeltmandsvirksomheder, der har adresse i eget hjem."),
    )
    accessibility_da = models.TextField(_("adgangsforhold på dansk"), blank=True)
    accessibility_en = models.TextField(_("adgangsforhold på engelsk"), blank=True)

    class Meta:
        verbose_name = _("sted")
        verbose_name_plural = _("steder")
        ordering = ("position", "pk")
        indexes = (
            models.Index("postcode", name="place_postcode"),
            models.Index("latitude", "longitude", name="place_position"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(54, 58),
                    longitude__range=(7.5, 15.5),
                ),
                name="place_lies_in_denmark",
                violation_error_message=_("Stedet skal ligge i Danmark, og bredde- og længdegrad følges ad."),
            ),
            models.CheckConstraint(
                condition=Q(postcode="") | Q(postcode__regex=r"^[0-9]{4}$"),
                name="place_postcode_has_four_digits",
            ),
        )

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.street, f"{self.postcode} {self.city}".strip()))) or str(
            self.district or _("Sted")
        )


class OpeningHours(models.Model):
    """One interval on one weekday. Closing at or before opening means after midnight."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("ugedag"), choices=choices.Weekday)
    opens = models.TimeField(_("åbner"))
    closes = models.TimeField(_("lukker"))

    class Meta:
        verbose_name = _("åbningstid")
        verbose_name_plural = _("åbningstider")
        ordering = ("weekday", "opens")
        constraints = (
            models.UniqueConstraint(fields=("place", "weekday", "opens"), name="hours_open_once"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="hours_weekday_exists"),
        )

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H.%M}–{self.closes:%H.%M}"


class HoursException(models.Model):
    """A date, or a run of dates, with other hours than the week's. Without times it is closed."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="exceptions")
    first_day = models.DateField(_("fra dato"))
    last_day = models.DateField(_("til og med"))
    opens = models.TimeField(_("åbner"), null=True, blank=True)
    closes = models.TimeField(_("lukker"), null=True, blank=True)
    note_da = models.CharField(_("bemærkning på dansk"), max_length=120, blank=True)
    note_en = models.CharField(_("bemærkning på engelsk"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("særlig åbningstid")
        verbose_name_plural = _("særlige åbningstider")
        ordering = ("first_day", "opens")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="exception_ends_after_it_starts",
                violation_error_message=_("Slutdatoen ligger før startdatoen."),
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False),
                name="exception_has_both_times_or_none",
                violation_error_message=_("Skriv både åbne- og lukketid, eller lad begge stå tomme."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day}"

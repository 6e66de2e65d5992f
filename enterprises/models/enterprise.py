"""The working copy of an enterprise: what its editors and the council change. Never public itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum.dk import cvr as cvr_number

from enterprises import choices
from enterprises.models.taxonomy import District, LegalForm, Mission, Ownership, Sector

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager
    from django_stubs_ext import StrOrPromise

    from enterprises.models.publication import Publication

eight_digits = RegexValidator(r"^\d{8}$", _("Otte cifre uden mellemrum."))
phone_number = RegexValidator(r"^\+?[\d ]{4,20}$", _("Skriv telefonnummeret med cifre og mellemrum."))
web_address = RegexValidator(r"^https?://", _("Adressen skal begynde med https:// eller http://."))


def _year(verbose_name: StrOrPromise) -> Any:
    return models.PositiveSmallIntegerField(
        verbose_name, null=True, blank=True, validators=[MinValueValidator(1990)]
    )


def _count(verbose_name: StrOrPromise) -> Any:
    return models.PositiveIntegerField(verbose_name, null=True, blank=True)


def _replaced(text: Any, pattern: str, by: str, flags: str) -> Func:
    return Func(
        text,
        Value(pattern),
        Value(by),
        Value(flags),
        function="regexp_replace",
        output_field=models.TextField(),
    )


# What two that are the same agree on, however it is written: duplicates.py asks by them.
DOMAIN_OF_WEBSITE = _replaced(Lower("website"), r"^https?://(www\.)?([^/:?#]*).*$", r"\2", "")
END_OF_PHONE = Right(_replaced(F("phone"), r"\D", "", "g"), 8)

# What it says in whole sentences, word by word: reviewing/copied.py asks for the same words in a row.
SAYS = ("description_da", "impact_da", "description_en", "impact_en")
WORDS = SearchVector(*SAYS, config="simple")

# What is counted, each with the year the number holds for (the field's name plus _year).
FIGURES = ("employees", "special_terms", "owner_members", "volunteers")


class Enterprise(models.Model):
    kind = models.CharField(_("slags"), max_length=12, choices=choices.Kind, default=choices.Kind.ENTERPRISE)
    name = models.CharField(_("navn"), max_length=120)
    aliases = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        verbose_name=_("andre stavemåder"),
        help_text=_("Så man også finder jer under dem. Adskil med komma."),
    )
    slug = models.SlugField(_("webadresse"), max_length=70, unique=True)
    cvr = models.CharField(
        _("CVR-nummer"), max_length=8, unique=True, null=True, blank=True, validators=[eight_digits]
    )
    legal_form = models.ForeignKey(
        LegalForm, models.PROTECT, null=True, blank=True, verbose_name=_("virksomhedsform")
    )
    ownership = models.ForeignKey(
        Ownership, models.PROTECT, null=True, blank=True, verbose_name=_("ejerskab")
    )
    sectors = models.ManyToManyField(Sector, through="SectorOf", verbose_name=_("brancher"))
    missions = models.ManyToManyField(Mission, blank=True, verbose_name=_("formål"))

    tagline_da = models.CharField(_("én linje på dansk"), max_length=200, blank=True)
    tagline_en = models.CharField(_("én linje på engelsk"), max_length=200, blank=True)
    description_da = models.TextField(_("beskrivelse på dansk"), max_length=4000, blank=True)
    description_en = models.TextField(_("beskrivelse på engelsk"), max_length=4000, blank=True)
    impact_da = models.TextField(_("hvilken forskel I gør, på dansk"), max_length=2000, blank=True)
    impact_en = models.TextField(_("hvilken forskel I gør, på engelsk"), max_length=2000, blank=True)

    founded = models.PositiveSmallIntegerField(_("stiftet"), null=True, blank=True)
    employees = _count(_("ansatte"))
    employees_year = _year(_("ansatte, år"))
    special_terms = _count(_("ansatte på særlige vilkår"))
    special_terms_year = _year(_("ansatte på særlige vilkår, år"))
    owner_members = _count(_("medejere og medlemmer"))
    owner_members_year = _year(_("medejere og medlemmer, år"))
    volunteers = _count(_("frivillige"))
    volunteers_year = _year(_("frivillige, år"))

    contact_name = models.CharField(_("kontaktperson eller funktion"), max_length=120, blank=True)
    phone = models.CharField(_("telefon"), max_length=20, blank=True, validators=[phone_number])
    email = models.EmailField(_("mail"), blank=True)
    mail_unwanted = models.BooleanField(
        _("vil ikke have mail fra os"),
        default=False,
        help_text=_("Så skriver vi kun til redaktørerne, aldrig til virksomhedens egen adresse."),
    )
    website = models.URLField(_("hjemmeside"), blank=True, validators=[web_address])

    # Read in CVR, never typed: register.py is the only writer.
    rsv_registered = models.BooleanField(_("RSV i CVR"), null=True, blank=True, editable=False)
    rsv_read_on = models.DateField(_("RSV læst i CVR den"), null=True, blank=True, editable=False)

    is_demo = models.BooleanField(_("demo"), default=False, editable=False, db_index=True)
    confirmed_on = models.DateField(_("bekræftet af virksomheden"), null=True, blank=True, editable=False)
    # Since when it has not answered whether its facts still hold: see confirmations.py.
    unanswered_on = models.DateField(_("ubesvaret siden"), null=True, blank=True, editable=False)
    source = models.CharField(_("kilde"), max_length=300, blank=True)
    source_urls = ArrayField(
        models.URLField(),
        default=list,
        blank=True,
        verbose_name=_("links til kilder"),
        help_text=_("Adskil med komma."),
    )
    source_checked_on = models.DateField(_("kilde læst"), null=True, blank=True)
    imported_from = models.CharField(_("indlæst fra"), max_length=300, blank=True, editable=False)
    notes = models.TextField(_("interne noter"), blank=True, help_text=_("Vises aldrig offentligt."))

    current = models.ForeignKey(
        "Publication", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("oprettet"), auto_now_add=True)
    updated_at = models.DateTimeField(_("ændret"), auto_now=True)

    if TYPE_CHECKING:
        publications: RelatedManager[Publication]

    class Meta:
        verbose_name = _("virksomhed")
        verbose_name_plural = _("virksomheder")
        ordering = ("name", "pk")
        indexes = (
            models.Index(DOMAIN_OF_WEBSITE, name="enterprise_website_domain"),
            models.Index(END_OF_PHONE, name="enterprise_phone_end"),
            models.Index(Lower("email"), name="enterprise_mail"),
            GinIndex(WORDS, name="enterprise_words"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="enterprise_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=choices.Kind.values), name="enterprise_is_of_a_known_kind"
            ),
            models.CheckConstraint(
                condition=Q(cvr__isnull=True) | Q(cvr__regex=r"^[0-9]{8}$"),
                name="enterprise_cvr_has_eight_digits",
            ),
            models.CheckConstraint(
                condition=Q(founded__isnull=True) | Q(founded__range=(1700, 2100)),
                name="enterprise_founded_in_a_plausible_year",
                violation_error_message=_("Stiftelsesåret skal ligge mellem 1700 og 2100."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{figure}__isnull": True, f"{figure}_year__isnull": True})
                    | Q(
                        **{
                            f"{figure}__isnull": False,
                            # said aloud: to a CHECK, "unknown" is as good as true
                            f"{figure}_year__isnull": False,
                            f"{figure}_year__range": (1990, 2100),
                        }
                    ),
                    name=f"enterprise_{figure}_has_a_year",
                    violation_error_message=_("Et tal og det år, det gælder for, følges ad."),
                )
                for figure in FIGURES
            ),
            models.CheckConstraint(
                condition=Q(special_terms__isnull=True)
                | Q(employees__isnull=True)
                | Q(special_terms__lte=F("employees")),
                name="enterprise_special_terms_are_employees",
                violation_error_message=_("Ansatte på særlige vilkår kan ikke være flere end alle ansatte."),
            ),
            models.CheckConstraint(
                condition=Q(rsv_registered__isnull=True, rsv_read_on__isnull=True)
                | Q(rsv_registered__isnull=False, rsv_read_on__isnull=False),
                name="enterprise_rsv_is_a_dated_fact",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not self.cvr:
            self.cvr = None
        elif not self.is_demo and not cvr_number.is_valid(self.cvr):
            raise ValidationError(
                {
                    "cvr": _("%(cvr)s er ikke et gyldigt CVR-nummer: kontrolcifferet passer ikke.")
                    % {"cvr": self.cvr}
                }
            )
        if self.founded and self.founded > timezone.localdate().year:
            raise ValidationError({"founded": _("Stiftelsesåret ligger i fremtiden.")})

    @property
    def is_public(self) -> bool:
        return self.current_id is not None


class SectorOf(models.Model):
    """One of an enterprise's at most three sectors; rank 1 is what it lives from."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="sector_ranks")
    sector = models.ForeignKey(Sector, models.PROTECT, verbose_name=_("branche"))
    rank = models.PositiveSmallIntegerField(
        _("rang"), choices=((1, _("1 – hovedbranche")), (2, "2"), (3, "3")), default=1
    )

    class Meta:
        verbose_name = _("branche")
        verbose_name_plural = _("brancher")
        ordering = ("rank",)
        constraints = (
            models.UniqueConstraint(
                fields=("enterprise", "rank"),
                name="sector_rank_given_once",
                violation_error_message=_("Hver rang kan kun bruges én gang."),
            ),
            models.UniqueConstraint(
                fields=("enterprise", "sector"),
                name="sector_chosen_once",
                violation_error_message=_("Branchen er allerede valgt."),
            ),
            models.CheckConstraint(condition=Q(rank__range=(1, 3)), name="sector_ranks_are_one_to_three"),
        )

    def __str__(self) -> str:
        return str(self.sector)


class FormerSlug(models.Model):
    """Every address an enterprise has ever been public under, the present one included, for ever."""

    slug = models.SlugField(max_length=70, unique=True)
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="former_slugs")

    class Meta:
        verbose_name = _("tidligere adresse")
        verbose_name_plural = _("tidligere adresser")

    def __str__(self) -> str:
        return self.slug


class Link(models.Model):
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="links")
    position = models.PositiveSmallIntegerField(_("rækkefølge"), default=0)
    kind = models.CharField(_("slags"), max_length=16, choices=choices.LinkKind)
    url = models.URLField(_("adresse"), validators=[web_address])
    label = models.CharField(_("tekst"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("enterprise", "url"), name="link_given_once"),)

    def __str__(self) -> str:
        return self.label or self.url


class Offer(models.Model):
    """Something one can buy, with codes and audiences for buyers."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="offers")
    position = models.PositiveSmallIntegerField(_("rækkefølge"), default=0)
    name_da = models.CharField(_("hvad, på dansk"), max_length=120)
    name_en = models.CharField(_("hvad, på engelsk"), max_length=120, blank=True)
    text_da = models.TextField(_("uddybning på dansk"), max_length=1000, blank=True)
    text_en = models.TextField(_("uddybning på engelsk"), max_length=1000, blank=True)
    audiences = ArrayField(
        models.CharField(max_length=10, choices=choices.Audience),
        default=list,
        blank=True,
        verbose_name=_("for hvem"),
    )
    cpv = ArrayField(
        models.CharField(max_length=8, validators=[eight_digits]),
        default=list,
        blank=True,
        verbose_name=_("CPV-koder"),
        help_text=_("Otte cifre hver. Adskil med komma."),
    )
    delivery_da = models.CharField(_("leveres hvor, på dansk"), max_length=160, blank=True)
    delivery_en = models.CharField(_("leveres hvor, på engelsk"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("ydelse")
        verbose_name_plural = _("ydelser")
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(name_da=""), name="offer_has_a_name"),
            models.CheckConstraint(
                condition=Q(audiences__contained_by=choices.Audience.values),
                name="offer_is_for_known_audiences",
            ),
        )

    def __str__(self) -> str:
        return self.name_da


class BuyerFacts(models.Model):
    """What a buyer needs to know. An empty answer means nobody has said."""

    enterprise = models.OneToOneField(
        Enterprise, models.CASCADE, related_name="buyer_facts", primary_key=True
    )
    e_invoice = models.BooleanField(_("sender e-faktura (NemHandel/EAN)"), null=True, blank=True)
    city_wide = models.BooleanField(_("leverer i hele København"), default=False)
    delivers_to = models.ManyToManyField(District, blank=True, verbose_name=_("leverer i bydelene"))
    capacity_da = models.CharField(_("kapacitet på dansk"), max_length=300, blank=True)
    capacity_en = models.CharField(_("kapacitet på engelsk"), max_length=300, blank=True)
    insurance_da = models.CharField(_("forsikring på dansk"), max_length=200, blank=True)
    insurance_en = models.CharField(_("forsikring på engelsk"), max_length=200, blank=True)
    collective_agreement = models.BooleanField(_("har overenskomst"), null=True, blank=True)
    consortium = models.BooleanField(_("går gerne sammen med andre om en opgave"), null=True, blank=True)
    reserved_declared_on = models.DateField(
        _("erklærer sig omfattet af udbudslovens § 54, dato"),
        null=True,
        blank=True,
        help_text=_("Virksomhedens egen erklæring: mindst 30 % af de ansatte har handicap eller er udsatte."),
    )
    requests_unwanted = models.BooleanField(
        _("vil ikke have forespørgsler gennem kataloget"),
        default=False,
        help_text=_(
            "Så kan indkøbere ikke vælge jer, når de skriver til flere på én gang. Det gælder straks."
        ),
    )

    class Meta:
        verbose_name = _("oplysninger til indkøbere")
        verbose_name_plural = _("oplysninger til indkøbere")

    def __str__(self) -> str:
        return str(self.enterprise)


class Opening(models.Model):
    """A way in: a job, a placement, an apprenticeship, volunteering."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="openings")
    position = models.PositiveSmallIntegerField(_("rækkefølge"), default=0)
    kind = models.CharField(_("slags"), max_length=16, choices=choices.OpeningKind)
    title_da = models.CharField(_("overskrift på dansk"), max_length=120)
    title_en = models.CharField(_("overskrift på engelsk"), max_length=120, blank=True)
    text_da = models.TextField(_("tekst på dansk"), max_length=1500, blank=True)
    text_en = models.TextField(_("tekst på engelsk"), max_length=1500, blank=True)
    count = models.PositiveSmallIntegerField(
        _("antal pladser"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    apply_by = models.DateField(_("ansøgningsfrist"), null=True, blank=True)
    url = models.URLField(_("link"), blank=True, validators=[web_address])

    class Meta:
        verbose_name = _("mulighed")
        verbose_name_plural = _("muligheder")
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=choices.OpeningKind.values), name="opening_is_of_a_known_kind"
            ),
        )

    def __str__(self) -> str:
        return self.title_da

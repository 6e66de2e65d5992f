from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from enterprises.forms.base import SectionForm, TermField, fitting
from enterprises.forms.page import SectionPage
from enterprises.models import Enterprise, Sector, SectorOf

RANKS = (1, 2, 3)


class WhoForm(SectionForm):
    sector_1 = TermField(
        Sector.objects.all(), required=False, label=_("Hovedbranche"), help_text=_("Det, I lever af.")
    )
    sector_2 = TermField(Sector.objects.all(), required=False, label=_("Anden branche"))
    sector_3 = TermField(Sector.objects.all(), required=False, label=_("Tredje branche"))

    class Meta:
        model = Enterprise
        fields = (
            "name",
            "tagline_da",
            "tagline_en",
            "description_da",
            "description_en",
            "impact_da",
            "impact_en",
            "missions",
            "founded",
            "aliases",
        )
        formfield_callback = fitting

    def __init__(self, *args: Any, instance: Enterprise, **kwargs: Any) -> None:
        chosen = {f"sector_{one.rank}": one.sector_id for one in instance.sector_ranks.all()}
        super().__init__(
            *args, instance=instance, initial=chosen | (kwargs.pop("initial", None) or {}), **kwargs
        )
        self.order_fields(
            [*self.Meta.fields[:7], *(f"sector_{rank}" for rank in RANKS), *self.Meta.fields[7:]]
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [cleaned.get(f"sector_{rank}") for rank in RANKS]
        for rank, sector in zip(RANKS, chosen, strict=True):
            if sector and chosen.index(sector) < rank - 1:
                self.add_error(f"sector_{rank}", _("Branchen er allerede valgt."))
        return cleaned

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        chosen = filter(None, (self.cleaned_data[f"sector_{rank}"] for rank in RANKS))
        self.instance.sector_ranks.all().delete()
        SectorOf.objects.bulk_create(
            SectorOf(enterprise=self.instance, sector=sector, rank=rank)
            for rank, sector in enumerate(chosen, 1)
        )


class Page(SectionPage):
    form_class = WhoForm
    intro = _("Det første, folk ser. Skriv, som I ville sige det til en nabo.")

"""Pages of the site's own."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from directory import catalogue as catalogues
from directory import samples
from directory.api import archive
from directory.api.views import FILE_COST
from directory.models import Dump, Listing


def was(request: HttpRequest) -> HttpResponse:
    """The short address public sites keep for their accessibility statement."""
    return redirect(settings.WAS_URL or "accessibility")


def open_data(request: HttpRequest) -> HttpResponse:
    context = {"canonical": reverse("open-data"), "dump": Dump.latest(), "dump_name": archive.NAME}
    return render(request, "pages/open_data.html", context)


def open_data_api(request: HttpRequest) -> HttpResponse:
    context = {
        "canonical": reverse("open-data-api"),
        "examples": _api_examples(),
        "per_minute": settings.API_PER_MINUTE,
        "file_cost": FILE_COST,
    }
    return render(request, "pages/api.html", context)


def _api_examples() -> list[tuple[str, str]]:
    """Addresses that one can open as they stand, each with what it answers."""
    enterprises = reverse("api-enterprises")
    examples = [
        (f"{enterprises}?q=frokost&district=noerrebro", _("Søg og filtrér, som på sidens egen liste.")),
        (f"{enterprises}?fields=slug,name&limit=100", _("Kun nogle felter, hundrede ad gangen.")),
        (f"{enterprises}?changed_since=2026-01-01", _("Det, der er ændret eller trukket tilbage siden.")),
    ]
    if slug := Listing.objects.values_list("slug", flat=True).first():
        examples += [
            (reverse("api-enterprise", args=[slug]), _("Én virksomhed og dens udgivelser.")),
            (reverse("api-enterprise-jsonld", args=[slug]), _("Den samme som JSON-LD.")),
        ]
    return [
        *examples,
        (reverse("api-taxonomies"), _("Brancher, bydele og de andre ord, med navne på begge sprog.")),
        (reverse("api-statistics"), _("Hvor mange der er af hvert, og summer.")),
        (reverse("api-places"), _("Alle offentlige steder som GeoJSON.")),
        (reverse("api-enterprises-csv"), _("Det hele som csv til regneark.")),
        (reverse("api-enterprises-jsonld"), _("Det hele som JSON-LD.")),
        (reverse("api-enterprises-ndjson"), _("Det hele som NDJSON, én virksomhed på hver linje.")),
    ]


def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    catalogue = catalogues.of(request)
    page, page_urls = samples.page()
    context = {
        "cards": samples.cards(catalogue),
        "changes": samples.changes(),
        "chips": samples.chips(),
        "colours": samples.colours(),
        "empty_form": samples.empty_form(),
        "facet": samples.facet(catalogue),
        "house_sheet": samples.house_sheet(catalogue),
        "openings": samples.openings(),
        "pair_form": samples.pair_form(),
        "ownerships": catalogue.counted("ownership"),
        "page": page,
        "page_urls": page_urls,
        "sectors": catalogue.counted("sector"),
        "tiles": samples.tiles(catalogue),
        "trail": [(_("Virksomheder"), reverse("listing")), (_("Brancher"), reverse("sectors"))],
        "wrong_form": samples.wrong_form(),
        "noindex": True,
    }
    return render(request, "pages/style_guide.html", context)

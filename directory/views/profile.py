from __future__ import annotations

from functools import partial

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from directory import catalogue as catalogues
from directory import former, fragments, profile_pages, visits
from directory.catalogue import Catalogue
from directory.houses import png
from directory.models import CatalogueState, Listing
from directory.profile_pages import ProfilePage
from directory.profiles import Profile
from directory.vcards import vcard as written_vcard
from directory.views.errors import gone, too_many_requests
from enterprises import reports

RELATED = 4


def profile(request: HttpRequest, slug: str) -> HttpResponse:
    catalogue = catalogues.of(request)
    page = profile_pages.of_slug(slug, catalogue)
    if page is None:
        return _elsewhere(request, slug, "profile")
    related = fragments.of_listings(_related(page, catalogue), catalogue)
    context = {
        "page": page,
        "related": related,
        "canonical": reverse("profile", args=[slug]),
        "street_map": settings.STREET_MAP,
        "noindex": page.is_demo,
    }
    answer = render(request, "profile.html", context)
    answer.fresh_until = min([page.until, *(card.until for card in related)])  # type: ignore[attr-defined]
    visits.note(page.pk, request.META)
    answer.count_again = partial(visits.note, page.pk)  # type: ignore[attr-defined]
    return answer


def _related(page: ProfilePage, catalogue: Catalogue) -> list[int]:
    """A few others of the same trade: in the same district first, then anywhere."""
    if not page.trade:
        return []
    same_trade = catalogue.matching({"trade": page.trade}) & ~catalogue.bits_of([page.pk])
    near = same_trade & catalogue.matching({"district": page.districts})
    nearest = catalogue.first(near, "confirmed", RELATED)
    return [*nearest, *catalogue.first(same_trade & ~near, "confirmed", RELATED - len(nearest))]


def _elsewhere(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A slug nobody is public under now: renamed and merged ones lead on, withdrawn are gone."""
    if not former.is_known(slug):
        raise Http404
    present = former.present_slug(slug)
    if present is None:
        return gone(request)
    # For ever, but asked for each time: a name may change back, and browsers do not forget a 301.
    return HttpResponsePermanentRedirect(reverse(name, args=[present]), headers={"Cache-Control": "no-cache"})


def _shown(request: HttpRequest, slug: str) -> Profile | None:
    listing = Listing.objects.for_profile().filter(slug=slug).first()
    return Profile(listing, catalogues.of(request), timezone.now()) if listing else None


@require_safe
def vcard(request: HttpRequest, slug: str) -> HttpResponse:
    shown = _shown(request, slug)
    if shown is None:
        return _elsewhere(request, slug, "vcard")
    text = written_vcard(shown, reverse("profile", args=[slug]))
    headers = {"Content-Disposition": f'attachment; filename="{slug}.vcf"', "X-Robots-Tag": "noindex"}
    return HttpResponse(text, content_type="text/vcard; charset=utf-8", headers=headers)


def _image_etag(request: HttpRequest, slug: str) -> str | None:
    listing = Listing.objects.filter(slug=slug).values_list("publication_id", "verified_until").first()
    # The generation too: staff may change a sector's colour or an ownership's roof.
    return f'"{listing[0]}-{listing[1]}-{CatalogueState.present()}"' if listing else None


@require_safe
@cache_control(public=True, max_age=24 * 3600)
@condition(etag_func=_image_etag)
def house_image(request: HttpRequest, slug: str) -> HttpResponse:
    """The enterprise's house as a picture for those who share the link."""
    shown = _shown(request, slug)
    if shown is None:
        return _elsewhere(request, slug, "house-image")
    subtitle = " · ".join(str(term) for term in (shown.sector, shown.ownership, *shown.districts[:1]) if term)
    response = HttpResponse(png(shown.drawing, title=shown.name, subtitle=subtitle), content_type="image/png")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


class ReportForm(forms.Form):
    message = forms.CharField(
        label=gettext_lazy("Hvad er forkert?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Skriv, hvad der er forkert.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Din mailadresse, hvis du vil have svar"), required=False, max_length=254
    )
    # People do not see this field; programs fill it in.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )


def report_error(request: HttpRequest, slug: str) -> HttpResponse:
    shown = _shown(request, slug)
    if shown is None:
        return _elsewhere(request, slug, "report-error")
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["website"]:
            try:
                reports.receive(
                    shown.listing.enterprise, form.cleaned_data["message"], form.cleaned_data["email"]
                )
            except reports.TooManyReportsError:
                return too_many_requests(request)
        return redirect(f"{reverse('report-error', args=[slug])}?tak")
    thanks = "tak" in request.GET
    return render(
        request, "report_error.html", {"profile": shown, "form": form, "thanks": thanks, "noindex": True}
    )

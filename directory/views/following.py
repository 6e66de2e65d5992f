"""How to follow a search: by mail, which is asked for here, and by feed."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directory import catalogue as catalogues
from directory import following
from enterprises import alerts, mailable, rates
from enterprises.models.alert import LONGEST_QUERY
from enterprises.our_pages import from_our_pages

# Its presence says that a mail is on its way.
SENT = "sendt"


class AlertForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Din mailadresse"),
        max_length=mailable.LONGEST_ADDRESS,
        validators=[mailable.validate],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Skriv den adresse, vi skal skrive til.")},
    )
    # People do not see this field; programs fill it in.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    return _page(request, AlertForm())


@require_POST
@from_our_pages
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Send a mail that asks whether whoever reads it wants this."""
    found = following.finding(request.GET, catalogues.of(request))
    query, form = following.query_string(found), AlertForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    if len(query) > LONGEST_QUERY:
        form.add_error(None, _("Der er valgt for mange filtre til, at vi kan følge søgningen."))
        return _page(request, form)
    if not form.cleaned_data["website"]:
        network = str(get_adapter().get_client_ip(request))
        try:
            alerts.ask(query, form.cleaned_data["email"], get_language() or "da", network)
        except rates.TooOftenError as error:
            form.add_error(None, str(error))
            return _page(request, form, status=429)
    return redirect(reverse("follow") + (f"{query}&" if query else "?") + SENT)


def _page(request: HttpRequest, form: AlertForm, status: int = 200) -> HttpResponse:
    found = following.finding(request.GET, catalogues.of(request))
    query = following.query_string(found)
    context = {
        "form": form,
        "words": following.in_words(found),
        "total": found.total,
        "query": query,
        "list_url": reverse("listing") + query,
        "is_sent": SENT in request.GET,
        "kept_query": query,
        "noindex": True,
    }
    return render(request, "following/follow.html", context, status=status)

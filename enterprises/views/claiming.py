"""“Er det din virksomhed?”: the ways in for whoever does not edit a profile yet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from enterprises import access, claim_codes, claim_mails, claims, invitations, rates
from enterprises.access import person
from enterprises.choices import ClaimWay, Section
from enterprises.claim_codes import Outcome
from enterprises.masking import masked
from enterprises.models import Editorship, Enterprise
from enterprises.views.drafting import SECTIONS
from enterprises.views.trail import trail

CLAIMS_A_DAY = 10


class ExplanationForm(forms.Form):
    explanation = forms.CharField(
        label=gettext_lazy("Hvem er du i virksomheden?"),
        help_text=gettext_lazy(
            "Skriv fx, hvad du laver der, og hvem rådet kan ringe til. "
            "Kun rådet og de, der retter profilen, læser det."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Skriv, hvem du er i virksomheden.")},
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Koden fra mailen"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Skriv koden.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """The ways that are open for this profile, and what one can do while one waits."""
    enterprise, user = access.claimable_or_404(slug), person(request)
    if mine := Editorship.objects.filter(enterprise=enterprise, user=user).first():
        return redirect("edit-enterprise", mine.enterprise.slug)
    form = ExplanationForm()
    if request.method == "POST":
        do = request.POST.get("do")
        if do == "explain":
            form = ExplanationForm(request.POST)
        if do != "explain" or form.is_valid():
            try:
                return _claimed(request, enterprise, slug, do, form)
            except (claims.ClaimError, rates.TooOftenError) as error:
                messages.error(request, str(error))
                return redirect("claim", slug)
    return render(request, "claiming/claim.html", _about(request, enterprise, slug) | {"form": form})


def _claimed(
    request: HttpRequest, enterprise: Enterprise, slug: str, do: str | None, form: ExplanationForm
) -> HttpResponse:
    user = person(request)
    if do == "code" and claim_codes.address_of(enterprise):
        claim_codes.send(enterprise, user)
        return redirect("claim-code", slug)
    if do == "explain":
        rates.count("claim", f"person-{user.pk}", most=CLAIMS_A_DAY, seconds=rates.DAY)
        claims.open_(enterprise, user, ClaimWay.EXPLANATION, form.cleaned_data["explanation"])
        messages.success(request, _("Tak. Du får en mail, når der er svar."))
    elif do == "invitation" and (invitation := invitations.waiting_for(enterprise, user)):
        invitations.accept(invitation, user)
        return _welcomed(request, enterprise)
    return redirect("claim", slug)


def _welcomed(request: HttpRequest, enterprise: Enterprise) -> HttpResponse:
    messages.success(request, _("Velkommen. Nu kan du rette profilen."))
    return redirect("edit-enterprise", enterprise.slug)


def _about(request: HttpRequest, enterprise: Enterprise, slug: str) -> dict[str, Any]:
    user, address = person(request), claim_codes.address_of(enterprise)
    present = claims.open_one(enterprise, user)
    drafts = enterprise.drafts.filter(user=user).values_list("section", flat=True)
    return {
        "name": claim_mails.public_name(enterprise),
        "slug": slug,
        "trail": trail(),
        "claim": present,
        "code_waits": present is not None and claim_codes.waiting(present) is not None,
        "has_editors": enterprise.editorships.exists(),
        "invitation": invitations.waiting_for(enterprise, user),
        "address": masked(address) if address else "",
        "mitid": "mitid" in settings.SOCIALACCOUNT_PROVIDERS,
        "sections": [(Section(name), name in drafts) for name in SECTIONS],
        "has_drafts": bool(drafts),
        "noindex": True,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the code is typed that was sent to the enterprise's own address."""
    enterprise, user = access.claimable_or_404(slug), person(request)
    waiting = claims.open_one(enterprise, user)
    if waiting is None or claim_codes.waiting(waiting) is None:
        if request.method == "POST" and waiting:
            messages.error(request, _("Koden gælder ikke længere. Bed om en ny."))
        return redirect("claim", slug)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = claim_codes.prove(waiting, form.cleaned_data["code"])
        except claims.ClaimError as error:
            messages.error(request, str(error))
            return redirect("claim", slug)
        if outcome == Outcome.LET_IN:
            return _welcomed(request, enterprise)
        if outcome == Outcome.WRONG and claim_codes.waiting(waiting):
            form.add_error("code", _("Koden passer ikke. Prøv igen."))
        else:
            told = _("Koden var rigtig. Nu venter vi på svar fra dem, der retter profilen, eller fra rådet.")
            if outcome == Outcome.WAITS:
                messages.success(request, told)
            else:
                messages.error(request, _("Koden gælder ikke længere. Bed om en ny."))
            return redirect("claim", slug)
    context = {
        "name": claim_mails.public_name(enterprise),
        "slug": slug,
        "trail": [*trail(), (claim_mails.public_name(enterprise), reverse("claim", args=[slug]))],
        "address": masked(claim_codes.address_of(enterprise)),
        "form": form,
        "noindex": True,
    }
    return render(request, "claiming/code.html", context)


@require_POST
@login_required
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    enterprise = access.claimable_or_404(slug)
    try:
        if waiting := claims.open_one(enterprise, person(request)):
            claims.withdraw(waiting)
            messages.success(request, _("Din anmodning er trukket tilbage."))
    except claims.ClaimError as error:
        messages.error(request, str(error))
    return redirect("claim", slug)

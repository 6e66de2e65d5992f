"""Who can edit a profile: the people themselves see to it that it is the right ones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from enterprises import access, claims, invitations, rates
from enterprises.access import person
from enterprises.choices import ClaimState, ClaimWay
from enterprises.masking import masked
from enterprises.models import Claim, Enterprise, User
from enterprises.views.trail import trail

LONGEST_REASON = 2000


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Din kollegas mailadresse"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Skriv en mailadresse.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """The editors, those who are invited, and those who ask."""
    enterprise = access.editable_or_404(request.user, slug)
    if access.added(person(request)).filter(pk=enterprise.pk).exists():
        messages.info(request, _("I kan invitere kolleger, når rådet har optaget jer."))
        return redirect("edit-enterprise", slug)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            invitations.invite(enterprise, email, by=person(request))
        except (claims.ClaimError, rates.TooOftenError) as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("Invitationen er sendt til %(email)s.") % {"email": email})
            return redirect("people", slug)
    context = _about(enterprise, person(request)) | {"form": form}
    return render(request, "editing/people.html", context, status=422 if form.errors else 200)


def _about(enterprise: Enterprise, user: User) -> dict[str, Any]:
    editors = enterprise.editorships.select_related("user", "claim").order_by("claim__decided_at", "pk")
    waiting = enterprise.claims.filter(state=ClaimState.OPEN).exclude(way=ClaimWay.ADDED)
    waiting = waiting.select_related("user").order_by("created_at")
    return {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "editors": [
            {
                "user": e.user,
                "masked": masked(e.user.email),
                "since": e.claim.decided_at,
                "is_me": e.user == user,
            }
            for e in editors
        ],
        "invitations": [
            # Whoever has typed an address knows it.
            {"row": i, "address": i.email if i.invited_by_id == user.pk else masked(i.email)}
            for i in invitations.unanswered(enterprise)
        ],
        "claims": [{"claim": claim, "masked": masked(claim.user.email)} for claim in waiting],
        "noindex": True,
    }


@require_POST
@login_required
def invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send an invitation again, or take it back."""
    enterprise = access.editable_or_404(request.user, slug)
    chosen = get_object_or_404(invitations.unanswered(enterprise), pk=pk)
    try:
        if request.POST.get("do") == "cancel":
            invitations.cancel(chosen, by=person(request))
            messages.success(request, _("Invitationen er trukket tilbage."))
        else:
            invitations.resend(chosen, by=person(request))
            messages.success(request, _("Invitationen er sendt igen. Det gamle link virker ikke mere."))
    except (claims.ClaimError, rates.TooOftenError) as error:
        messages.error(request, str(error))
    return redirect("people", slug)


@require_POST
@login_required
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say yes or no to somebody who asks to edit too."""
    enterprise = access.editable_or_404(request.user, slug)
    asked = get_object_or_404(Claim.objects.filter(enterprise=enterprise), pk=pk)
    try:
        if request.POST.get("do") == "accept":
            claims.accept(asked, by=person(request))
            messages.success(request, _("Ja er givet videre. Vedkommende kan nu rette profilen."))
        else:
            reason = request.POST.get("reason", "").replace("\x00", "").strip()
            if len(reason) > LONGEST_REASON:
                raise claims.ClaimError(_("Begrundelsen er for lang. Nej er ikke givet videre endnu."))
            claims.refuse(asked, by=person(request), reason=reason)
            messages.success(request, _("Nej er givet videre."))
    except claims.ClaimError as error:
        messages.error(request, str(error))
    return redirect("people", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    enterprise = access.editable_or_404(request.user, slug)
    mine = get_object_or_404(enterprise.editorships, user=person(request))
    if request.method == "POST":
        try:
            claims.leave(mine)
        except claims.ClaimError as error:
            messages.error(request, str(error))
        else:
            told = _("Du kan ikke længere rette profilen for %(name)s.") % {"name": enterprise.name}
            messages.success(request, told)
        return redirect("my-enterprises")
    context = {
        "enterprise": enterprise,
        "trail": trail(enterprise),
        "is_last": enterprise.editorships.count() == 1,
        "noindex": True,
    }
    return render(request, "editing/leave.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's link leads. Reading it changes nothing, since mail scanners read them all."""
    found = invitations.of_token(token)
    if found is None:
        raise Http404
    user = request.user if request.user.is_authenticated else None
    problem = ""
    if request.method == "POST" and user:
        try:
            editorship = invitations.accept(found, user)
        except claims.ClaimError as error:
            problem = str(error)
        else:
            messages.success(request, _("Velkommen. Nu kan du rette profilen."))
            return redirect("edit-enterprise", editorship.enterprise.slug)
    is_valid = invitations.is_valid(found)
    context = {
        "invitation": found,
        "address": masked(found.email),
        "is_valid": is_valid,
        "is_theirs": user is not None and invitations.owns(user, found.email),
        "problem": problem,
        "noindex": True,
    }
    return render(request, "claiming/invited.html", context, status=200 if is_valid else 410)

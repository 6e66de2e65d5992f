"""The pages of an account that are this site's own; the rest are allauth's."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.ratelimit import consume_or_429
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from enterprises.access import person
from enterprises.accounts import leaving, moving, personal_data
from enterprises.accounts.forms import DeletionForm, NameForm, NewEmailForm, TwoCodesForm
from enterprises.accounts.second_step import has_second_step


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if form.is_valid():
        form.signup(request, user)
        messages.success(request, _("Dit navn er gemt."))
        return redirect("account")
    shown = {
        "form": form,
        "has_second_step": has_second_step(user),
        "keys": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count(),
        "sessions": UserSession.objects.filter(user=user).count(),
        "mitid_is_offered": "mitid" in settings.SOCIALACCOUNT_PROVIDERS,
        "mitid": SocialAccount.objects.filter(user=user, provider="mitid").first(),
        "may_leave": leaving.may_leave(user),
    }
    return render(request, "account/home.html", shown)


@never_cache
@login_required
@reauthentication_required(allow_get=True, app="allauth.account")
def change_email(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = NewEmailForm(request.POST or None, present=user.email)
    if not form.is_valid():
        return render(request, "account/change_email.html", {"form": form})
    refusal: HttpResponse | None = consume_or_429(request, action="manage_email", user=user)
    if refusal:
        return refusal
    moving.begin(request.session, user, form.cleaned_data["email"])
    return redirect("account-email-codes")


@never_cache
@login_required
def change_email_codes(request: HttpRequest) -> HttpResponse:
    user, waiting = person(request), moving.begun(request.session)
    if waiting is None:
        return redirect("account_email")
    form = TwoCodesForm(request.POST or None, old=user.email, new=waiting["new"])
    if form.is_valid():
        if moving.finish(request.session, user, **form.cleaned_data):
            messages.success(request, _("Din mailadresse er nu %(email)s.") % {"email": user.email})
            return redirect("account")
        if moving.begun(request.session) is None:
            messages.error(request, _("Det blev forkert for mange gange. Begynd forfra."))
            return redirect("account_email")
        form.add_error(None, get_adapter().error_messages["incorrect_code"])
    return render(request, "account/change_email_codes.html", {"form": form})


@never_cache
@login_required
def export(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(
        personal_data.of(person(request)), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = 'attachment; filename="den-faelles-by.json"'
    return answer


@never_cache
@login_required
@reauthentication_required(allow_get=True, app="allauth.account")
def delete(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = DeletionForm(request.POST or None, present=user.email)
    if leaving.may_leave(user) and form.is_valid():
        leaving.leave(user)
        logout(request)
        return render(request, "account/deleted.html")
    shown = {"form": form, "may_leave": leaving.may_leave(user), "left_alone": leaving.left_alone(user)}
    return render(request, "account/delete.html", shown)

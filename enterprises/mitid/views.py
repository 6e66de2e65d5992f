"""To the broker, back again, and letting go."""

from __future__ import annotations

from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from enterprises.access import person
from enterprises.mitid import grants
from enterprises.mitid.provider import MitIDAdapter, MitIDProvider


class CallbackView(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, refusal = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, refusal


def login(request: HttpRequest) -> HttpResponse:
    return _asked_of_the_broker(OAuth2LoginView, request)


def callback(request: HttpRequest) -> HttpResponse:
    return _asked_of_the_broker(CallbackView, request)


def _asked_of_the_broker(view: Any, request: HttpRequest) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(MitIDAdapter(request, MitIDProvider.id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except requests.RequestException as error:
        provider = get_adapter(request).get_provider(request, MitIDProvider.id)
        answer = render_authentication_error(request, provider, exception=error)
    return answer


@login_required
@require_POST
def disconnect(request: HttpRequest) -> HttpResponse:
    user = person(request)
    SocialAccount.objects.filter(user=user, provider=MitIDProvider.id).delete()
    grants.take_back(user)
    return redirect("account")

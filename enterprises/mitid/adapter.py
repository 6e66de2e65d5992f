from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest
from django.urls import reverse

from enterprises.mitid import grants


class SocialAdapter(DefaultSocialAccountAdapter):
    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        """The name and address are asked for: what MitID knows of a person is theirs to tell."""
        return sociallogin.user

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        return {}

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        # Somebody who is connected and logged in shows a number anew; others are yet to be logged in.
        is_connecting = sociallogin.state.get("process") == AuthProcess.CONNECT
        if is_connecting and sociallogin.is_existing and sociallogin.user == request.user:
            grants.apply(request, sociallogin.user, sociallogin.account)

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")

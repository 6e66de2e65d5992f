"""The broker as allauth's OpenID Connect provider, with what that leaves out: the nonce, and the signature
of a token that was fetched directly."""

from __future__ import annotations

import secrets
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

# Signed by the broker's private key; a shared secret or no signature at all is refused.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
REQUIRED = ["iss", "aud", "exp", "iat", "sub", "nonce"]
LEEWAY = 30  # seconds that clocks may differ


class NoCompanyError(OAuth2Error):
    """Somebody logged in, but not for one company. The sentence is for them to read."""

    for_people = True


class MitIDAdapter(OpenIDConnectOAuth2Adapter):
    nonce = ""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = self._checked(app, kwargs["response"].get("id_token") or "")
        cvr = _one_cvr(claims.get(app.settings["cvr_claim"]))
        return self.get_provider().sociallogin_from_response(request, {**claims, "cvr": cvr})

    def _checked(self, app: Any, id_token: str) -> dict[str, Any]:
        """What the token says, once it is shown to be the broker's, for us, in time and of this log-in."""
        issuer = self.openid_config.get("issuer", "")
        try:
            if issuer.rstrip("/") != app.settings["server_url"]:
                raise OAuth2Error(f"the broker calls itself {issuer!r}")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=issuer,
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise OAuth2Error(f"the token does not hold: {error}") from error
        if not self.nonce or not secrets.compare_digest(str(claims["nonce"]).encode(), self.nonce.encode()):
            raise OAuth2Error("the token is of another log-in")
        return claims

    def _key(self, id_token: str) -> jwt.PyJWK:
        name = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer: requests.Response = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        for key in keys:
            if key.key_id == name or (name is None and len(keys) == 1):
                return key
        raise OAuth2Error("the token is signed by a key that the broker does not know")

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("mitid_callback"))


def _one_cvr(claim: Any) -> str:
    """The number of the one company that the person logged in for."""
    values = claim if isinstance(claim, list) else [claim]
    numbers = {str(value or "").strip().upper().removeprefix("DK") for value in values}
    if len(numbers) > 1:
        raise NoCompanyError(
            _("Dit MitID svarede for flere virksomheder på én gang. Vælg én, når du logger ind.")
        )
    number = numbers.pop() if numbers else ""
    if not (len(number) == 8 and number.isascii() and number.isdigit()):
        raise NoCompanyError(
            _(
                "Dit MitID fortalte ikke, hvilken virksomhed du handler for. "
                "Vælg MitID Erhverv og ikke dit private MitID."
            )
        )
    return number


class MitIDProvider(OpenIDConnectProvider):
    id = "mitid"
    name = "MitID Erhverv"
    oauth2_adapter_class = MitIDAdapter

    def get_oauth2_adapter(self, request: HttpRequest) -> MitIDAdapter:
        return MitIDAdapter(request, self.id)

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("mitid_login", query=kwargs or None)

    def get_callback_url(self) -> str:
        return reverse("mitid_callback")

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """What we ask for is ours to say, not the address's."""
        return list(self.get_scope())

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return dict(self.get_auth_params())

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(32)
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or {}), "nonce": nonce}
        answer: HttpResponse = super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)
        return answer

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """All we keep of what the broker tells."""
        return {"cvr": data["cvr"]}


provider_classes = [MitIDProvider]

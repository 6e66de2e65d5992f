"""From four settings to what allauth wants to know of the broker."""

from __future__ import annotations

from typing import Any


def mitid(issuer: str, client_id: str, secret: str, cvr_claim: str, *, demo: bool = False) -> dict[str, Any]:
    told = {
        "MITID_ISSUER": issuer,
        "MITID_CLIENT_ID": client_id,
        "MITID_CLIENT_SECRET": secret,
        "MITID_CVR_CLAIM": cvr_claim,
    }
    if not any(told.values()):
        return {}
    if missing := [name for name, value in told.items() if not value]:
        raise ValueError(f"{missing[0]} is not set: MitID Erhverv needs all four of {', '.join(told)}.")
    if not issuer.startswith(("https://", "http://") if demo else "https://"):
        raise ValueError(f"MITID_ISSUER must start with https://, not {issuer!r}.")
    broker = {"server_url": issuer, "cvr_claim": cvr_claim, "oauth_pkce_enabled": True, "scope": ["openid"]}
    return {
        "mitid": {
            "APP": {
                "provider_id": "mitid",
                "name": "MitID Erhverv",
                "client_id": client_id,
                "secret": secret,
                "settings": broker,
            }
        }
    }

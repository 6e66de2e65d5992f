"""Three settings that belong together: where the register answers, and who we are to it."""

from __future__ import annotations


def checked(url: str, user: str, password: str) -> tuple[str, str, str]:
    told = {"CVR_URL": url, "CVR_USER": user, "CVR_PASSWORD": password}
    if not any(told.values()):
        return "", "", ""
    if missing := [name for name, value in told.items() if not value]:
        raise ValueError(f"{missing[0]} is not set: reading CVR needs all three of {', '.join(told)}.")
    # The state's service itself answers by http only.
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"CVR_URL must start with http:// or https://, not {url!r}.")
    if ":" in user or "@" in url:
        raise ValueError("CVR_URL must hold no user, and CVR_USER no colon.")
    return url.rstrip("/"), user, password

"""How DATABASE_URL names one database on a server that Django's settings describe."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote


def database_url(server: dict[str, Any], name: str) -> str:
    is_socket = server["HOST"].startswith("/")
    host, path = ("", server["HOST"] + "/") if is_socket else (server["HOST"], "")
    user = ":".join(quote(part, safe="") for part in (server["USER"], server.get("PASSWORD", "")) if part)
    port = f":{server['PORT']}" if server["PORT"] else ""
    return f"postgres://{user}@{host}{port}/{quote(path)}{name}"

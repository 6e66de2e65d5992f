"""Where pictures of streets come from, if anywhere: the one other host the site may ever show things from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

PLACEHOLDERS = {"{z}", "{x}", "{y}"}


@dataclass(frozen=True)
class StreetMap:
    url: str
    # HTML, as those who draw the map want to be named
    attribution: str

    @property
    def origin(self) -> str:
        """What the site's policy must allow."""
        address = urlsplit(self.url)
        return f"{address.scheme}://{address.netloc}"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def street_map(url: str, attribution: str, *, demo: bool) -> StreetMap | None:
    """None where no address is given. Raises ValueError with one sentence where it is no good."""
    if not url:
        return None
    wanted = "MAP_TILES_URL must look like https://host/{z}/{x}/{y}.png"
    try:
        address = urlsplit(url)
        usable = address.hostname and address.port != 0 and "@" not in address.netloc
    except ValueError:
        usable = False
    # The host becomes a word of a header, so nothing but the letters of one may be in it.
    if not usable or not re.fullmatch(r"[\w.:\[\]-]+", address.netloc, re.ASCII) or re.search(r"\s", url):
        raise ValueError(f"{wanted}, not {url!r}.")
    if set(re.findall(r"\{.*?\}", url)) != PLACEHOLDERS or url.count("{") != len(PLACEHOLDERS):
        raise ValueError(f"{wanted}, with {{z}}, {{x}} and {{y}} once each and nothing else in braces.")
    if address.scheme != "https" and not (demo and address.scheme == "http"):
        raise ValueError("MAP_TILES_URL must start with https:// (http:// is for DEMO=1 only).")
    return StreetMap(url, attribution)

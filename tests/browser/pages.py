"""Every type of page a visitor can meet, as the arguments of Site.address()."""

from __future__ import annotations

from tests.browser.city import ORGANISATION, RICH, WITHDRAWN

FILTERED = "?q=mad&district=noerrebro&district=oesterbro&ownership=medarbejderejet"
NOTHING = "?q=undervandsstøvsuger"
PAGES: dict[str, tuple[tuple[str, ...], str]] = {
    "home": (("home",), ""),
    "listing": (("listing",), ""),
    "listing filtered": (("listing",), FILTERED),
    "listing near a place": (("listing",), "?near=2200&open=1"),
    "listing without results": (("listing",), NOTHING),
    "map": (("map",), ""),
    "map filtered": (("map",), FILTERED),
    "map without results": (("map",), NOTHING),
    "rich profile": (("profile", RICH), ""),
    "organisation": (("profile", ORGANISATION), ""),
    "sector": (("sector", "mad-catering"), ""),
    "ownership": (("ownership", "medarbejderejet"), ""),
    "mission": (("mission", "groen-omstilling"), ""),
    "district": (("district", "noerrebro"), ""),
    "sectors": (("sectors",), ""),
    "ownerships": (("ownerships",), ""),
    "missions": (("missions",), ""),
    "districts": (("districts",), ""),
    "about": (("about",), ""),
    "guide for buyers": (("buying",), ""),
    "rules for the flag": (("grounds",), ""),
    "how the order is made": (("order",), ""),
    "number check": (("number-check",), ""),
    "accessibility": (("accessibility",), ""),
    "privacy": (("privacy",), ""),
    "open data": (("open-data",), ""),
    "open data by api": (("open-data-api",), ""),
    "style guide": (("style-guide",), ""),
    "report error": (("report-error", RICH), ""),
    "your list": (("shortlist",), ""),
    "log in": (("account_login",), ""),
    "log in by password": (("account-log-in-by-password",), ""),
    "sign up": (("account_signup",), ""),
    "card for other sites": (("sign-card", RICH), ""),
    "list for other sites": (("embed-list",), "?sector=mad-catering&count=3&theme=dark&colour=brick"),
    "map for other sites": (("embed-map",), "?q=tre+gryder&colour=ink"),
    "code for other sites": (("embed-builder",), "?kind=map&district=noerrebro"),
    "follow": (("follow",), FILTERED),
    "window sign": (("window-sign", RICH), ""),
    "not found": (("profile", "findes-ikke"), ""),
    "gone": (("profile", WITHDRAWN), ""),
}
IN_ENGLISH = ("home", "listing filtered", "map", "rich profile")

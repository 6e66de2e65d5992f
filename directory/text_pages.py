"""The pages that staff write, as readers see them: their text with what the site knows put in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from directory import catalogue as catalogues
from enterprises import criteria, marking, page_texts, thresholds
from enterprises.models import PageTextVersion

# What texts name, by the name.
VALUES: dict[str, Callable[[], Any]] = {
    "site-owner": lambda: settings.SITE_OWNER,
    "site-url": lambda: settings.SITE_URL,
    "workdays": lambda: criteria.ANSWERED_WITHIN_WORKDAYS,
    "csrf-cookie": lambda: settings.CSRF_COOKIE_NAME,
    "session-cookie": lambda: settings.SESSION_COOKIE_NAME,
    "shortlist-cookie": lambda: settings.SHORTLIST_COOKIE_NAME,
    "shortlist-days": lambda: settings.SHORTLIST_DAYS,
    "inquiry-days": lambda: settings.INQUIRY_DAYS,
    "inquiry-unconfirmed-days": lambda: settings.INQUIRY_UNCONFIRMED_DAYS,
    "alert-days": lambda: settings.ALERT_DAYS,
    "session-days": lambda: timedelta(seconds=settings.SESSION_COOKIE_AGE).days,
    "street-map-host": lambda: settings.STREET_MAP.host if settings.STREET_MAP else "",
    "mail-text-days": lambda: settings.MAIL_TEXT_DAYS,
    "mail-log-days": lambda: settings.MAIL_LOG_DAYS,
    "account-days": lambda: settings.ACCOUNT_DAYS,
    "added-days": lambda: settings.ADDED_DAYS,
    "notice-days": lambda: settings.NOTICE_DAYS,
    "claim-text-days": lambda: settings.CLAIM_TEXT_DAYS,
    "was-url": lambda: settings.WAS_URL,
}
# Whether what a paragraph depends on is so.
CONDITIONS: dict[str, Callable[[HttpRequest], bool]] = {
    "demo": lambda request: catalogues.of(request).sums["demo"] > 0,
    "no-demo": lambda request: catalogues.of(request).sums["demo"] == 0,
    "street-map": lambda _request: bool(settings.STREET_MAP),
    "mitid": lambda _request: bool(settings.SOCIALACCOUNT_PROVIDERS),
    "was": lambda _request: bool(settings.WAS_URL),
    "no-was": lambda _request: not settings.WAS_URL,
}


class TextPage:
    """One version in the present language."""

    def __init__(self, key: str, version: PageTextVersion, request: HttpRequest) -> None:
        self.version = version
        self.allowed = page_texts.allowed(key)
        self.request = request

    @property
    def title(self) -> str:
        return self.version.said("title")

    @property
    def description(self) -> str:
        return self.version.said("description")

    @property
    def parts(self) -> list[marking.Part]:
        holds = [name for name in self.allowed.conditions if CONDITIONS[name](self.request)]
        return marking.parts(self.version.said("body"), self.allowed, self._value, holds)

    def _value(self, name: str) -> str:
        """What a name stands for; one that nobody knows stays as it is written."""
        if name == "dated":
            return date_format(timezone.localdate(self.version.published_at))
        family, _colon, key = name.partition(":")
        if family == page_texts.THRESHOLD:
            return self._amounts.get(key, f"{{{name}}}")
        return str(VALUES[name]()) if name in self.allowed.names else f"{{{name}}}"

    @cached_property
    def _amounts(self) -> dict[str, str]:
        return thresholds.by_key()


def parts_context(request: HttpRequest) -> dict[str, Any]:
    """What the templates in templates/texts/ show; nothing of it is asked for unless a text names it."""
    return {
        "ownerships": lambda: catalogues.of(request).terms["ownership"].values(),
        "questions": criteria.QUESTIONS,
        "thresholds": lambda: [(row, thresholds.amount(row)) for row in thresholds.holding()],
    }

"""Content in two languages: the reader's own where it exists, else the other, marked as such."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

LANGUAGES = ("da", "en")


class Text(str):
    """A text that knows its language. `{{ text.attr }}` in a tag marks it where it is not the page's."""

    # A city's cards hold tens of thousands of them.
    __slots__ = ("language",)
    language: str

    def __new__(cls, value: str, language: str) -> Text:
        text = super().__new__(cls, value)
        text.language = language
        return text

    @property
    def attr(self) -> SafeString:
        if self and self.language != get_language():
            return format_html(' lang="{}"', self.language)
        return SafeString("")


def pick(pair: Mapping[str, str] | None) -> Text:
    """The text of {"da": …, "en": …} to show a reader of the present language. Empty where there is none."""
    pair = pair or {}
    here = get_language() or "da"
    for language in (here, *LANGUAGES):
        if pair.get(language):
            return Text(pair[language], language)
    return Text("", here)

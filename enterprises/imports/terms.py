"""What the cells of an imported row say: words of the taxonomies, numbers, addresses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from enterprises import danish
from enterprises.models import District, LegalForm, Mission, Ownership, Sector, Term

TAXONOMIES: dict[str, type[Term]] = {
    "legal_form": LegalForm,
    "ownership": Ownership,
    "sectors": Sector,
    "missions": Mission,
    "district": District,
}
_ALSO_NAMED_BY = {"legal_form": ("abbreviation", "cvr_code"), "district": ("short_da", "short_en")}


class CellError(ValueError):
    """A cell that cannot be read. The message is for the person who made the file."""


class Terms:
    """Finds the terms of the taxonomies by slug, name, abbreviation or alias, however they are spelt."""

    def __init__(self, taxonomies: Mapping[str, Iterable[Term]]) -> None:
        self._terms = {column: _by_key(column, list(terms)) for column, terms in taxonomies.items()}
        self._hints: dict[tuple[str, str], str] = {}

    @classmethod
    def load(cls) -> Terms:
        return cls(
            {
                column: model.everything.select_related("successor").order_by("position", "slug")
                for column, model in TAXONOMIES.items()
            }
        )

    def find(self, column: str, text: str) -> Term:
        term = self._terms[column].get(_key(text))
        if term is None:
            unknown = _("“%(text)s” kender vi ikke.") % {"text": text[:60]}
            raise CellError(unknown + self._hint(column, text[:60]))
        return term

    def _hint(self, column: str, text: str) -> str:
        key = _key(text)
        if (column, key) not in self._hints:
            nearest = difflib.get_close_matches(key, self._terms[column], n=1, cutoff=0.4)
            self._hints[column, key] = self._terms[column][nearest[0]].name_da if nearest else ""
        hint = self._hints[column, key]
        return " " + _("Mente du “%(name)s”?") % {"name": hint} if hint else ""


def _key(text: str) -> str:
    return danish.fold(text).replace(" ", "")


def _by_key(column: str, terms: list[Term]) -> dict[str, Term]:
    """A slug wins over another term's name, a name over an alias, and all over what one was called once."""
    found: dict[str, Term] = {}
    in_use = [(term, term) for term in terms if not term.retired_on]
    replaced = [(term, heir) for term in terms if (heir := term.successor) and not heir.retired_on]
    for pairs in (in_use, replaced):
        for words in (_slug, _names, _aliases):
            for term, meant in pairs:
                for word in words(column, term):
                    found.setdefault(_key(str(word or "")), meant)
    found.pop("", None)
    return found


def _slug(_column: str, term: Term) -> list[Any]:
    return [term.slug]


def _names(column: str, term: Term) -> list[Any]:
    fields = ("name_da", "name_en", *_ALSO_NAMED_BY.get(column, ()))
    return [getattr(term, name) for name in fields]


def _aliases(_column: str, term: Term) -> list[Any]:
    return list(term.aliases)


# -- cells ----------------------------------------------------------------------------------------


def one_line(text: str) -> str:
    return " ".join(text.split())


def items(text: str) -> list[str]:
    return [item for item in map(one_line, re.split(r"[;|]", text)) if item]


def cvr(text: str) -> str:
    """Eight digits, though Excel may have made them a number and eaten the first ones."""
    text = re.sub(r"^DK[\s-]*", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^([0-9]+)[.,]0+$", r"\1", text)
    digits = re.sub(r"[\s.-]", "", text)
    if not re.fullmatch(r"[0-9]{1,8}", digits):
        raise CellError(_("“%(text)s” er ikke et CVR-nummer: det har otte cifre.") % {"text": text[:60]})
    return digits.zfill(8)


def phone(text: str) -> str:
    """As it is written, but for what Excel does to one that it takes for a number."""
    text = re.sub(r"^([0-9]+)[.,]0+$", r"\1", " ".join(text.split()))
    return text.zfill(8) if re.fullmatch(r"[0-9]{6,7}", text) else text


def postcode(text: str) -> str:
    match = re.fullmatch(r"([0-9]{3,4})([.,]0+)?", text)
    if not match:
        raise CellError(_("“%(text)s” er ikke et postnummer: det har fire cifre.") % {"text": text[:60]})
    return match[1].zfill(4)


def decimal(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,3}([.,][0-9]{1,20})?", text):
        raise CellError(_("“%(text)s” er ikke et decimaltal som 55,6761.") % {"text": text[:60]})
    return float(text.replace(",", "."))


def whole_number(text: str) -> int:
    """A dot is a thousands separator, as in Danish: "1.200" is twelve hundred."""
    if re.fullmatch(r"[0-9]{1,3}([.\s][0-9]{3}){1,2}", text):
        return int(re.sub(r"[.\s]", "", text))
    match = re.fullmatch(r"([0-9]{1,9})([.,]0+)?", text)
    if not match:
        raise CellError(_("“%(text)s” er ikke et helt tal.") % {"text": text[:60]})
    return int(match[1])


def year(text: str) -> int:
    """Also of a date, as a spreadsheet or a Dane writes it."""
    match = (
        re.fullmatch(r"([0-9]{4})([.,]0+)?", text)
        or re.fullmatch(r"([0-9]{4})-[0-9]{2}-[0-9]{2}", text)
        or re.fullmatch(r"[0-9]{1,2}[-./][0-9]{1,2}[-./]([0-9]{4})", text)
    )
    if not match:
        raise CellError(_("“%(text)s” er ikke et årstal med fire cifre.") % {"text": text[:60]})
    return int(match[1])


def website(text: str) -> str:
    has_scheme = re.match(r"[A-Za-z][A-Za-z0-9+-]*:(?![0-9])", text)
    return text if has_scheme else f"https://{text}"

"""Which enterprise, if any, a row is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from enterprises import suspecting
from enterprises.imports.rows import Values, name_key
from enterprises.imports.terms import CellError
from enterprises.models import Enterprise, Place


@dataclass(frozen=True)
class _Candidate:
    pk: int
    cvr: str | None
    postcodes: frozenset[str]
    has_left: bool


class Register:
    def __init__(self) -> None:
        postcodes: dict[int, set[str]] = {}
        places = Place.objects.exclude(postcode="")
        for enterprise, postcode in places.values_list("enterprise_id", "postcode"):
            postcodes.setdefault(enterprise, set()).add(postcode)
        self._by_cvr: dict[str, int] = {}
        self._by_name: dict[str, list[_Candidate]] = {}
        standing = set(suspecting.standing().values_list("pk", flat=True))
        for pk, cvr, name in Enterprise.objects.order_by("pk").values_list("pk", "cvr", "name"):
            candidate = _Candidate(pk, cvr, frozenset(postcodes.get(pk, ())), pk not in standing)
            self._by_name.setdefault(name_key(name), []).append(candidate)
            if cvr:
                self._by_cvr[cvr] = pk

    def match(self, values: Values) -> int | None:
        if values.cvr in self._by_cvr:
            return self._by_cvr[values.cvr]
        found = self._by_name_and_postcode(values)
        if len(found) > 1:
            raise CellError(_("Flere virksomheder hedder det. Skriv CVR-nummer eller postnummer."))
        if found and found[0].cvr and values.cvr:
            raise CellError(
                _("En virksomhed af samme navn har CVR-nummer %(cvr)s. Er det den, så ret nummeret i hånden.")
                % {"cvr": found[0].cvr}
            )
        return found[0].pk if found else None

    def _by_name_and_postcode(self, values: Values) -> list[_Candidate]:
        """One that was merged into its namesake, or put off the site before it came back, is not meant."""
        namesakes = self._by_name.get(name_key(values.name), []) if values.name else []
        if values.postcode:
            found = [candidate for candidate in namesakes if values.postcode in candidate.postcodes]
        else:
            found = [candidate for candidate in namesakes if not candidate.postcodes] or namesakes
        # Of several that have all left, one is as good as another: none of them comes back.
        return [candidate for candidate in found if not candidate.has_left] or found[:1]

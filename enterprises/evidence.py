"""When the grounds for being listed count as confirmed. The rule is shown to the public."""

from __future__ import annotations

from datetime import date
from typing import Any

from enterprises.choices import Criterion

NEVER = date(9999, 12, 31)


def best_proofs(snapshot: dict[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """The proof to show for each criterion that has one: a confirmed before a stated, the newest first."""
    found: dict[str, dict[str, Any]] = {}
    for proof in sorted(snapshot.get("evidence", []), key=lambda p: p.get("checked_on", ""), reverse=True):
        shown = found.get(proof["criterion"])
        if shown is None or (is_confirmed(proof, today) and not is_confirmed(shown, today)):
            found[proof["criterion"]] = proof
    return found


def is_confirmed(proof: dict[str, Any], today: date) -> bool:
    """Somebody has checked the proof, and it has not expired."""
    return "checked_on" in proof and (
        "expires_on" not in proof or date.fromisoformat(proof["expires_on"]) >= today
    )


def verified_until(snapshot: dict[str, Any]) -> date | None:
    """The last day on which each of the five criteria has a confirmed proof, or None if one never has."""
    latest: dict[str, date] = {}
    for proof in snapshot.get("evidence", []):
        if "checked_on" in proof:
            until = date.fromisoformat(proof["expires_on"]) if "expires_on" in proof else NEVER
            latest[proof["criterion"]] = max(until, latest.get(proof["criterion"], until))
    return min(latest.values()) if latest.keys() >= set(Criterion.values) else None

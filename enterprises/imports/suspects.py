"""Which rows that would be new could be somebody who is here already, or was, or stands in another row."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from enterprises import pairs, suspecting
from enterprises.imports.spreadsheet import Action, Outcome
from enterprises.models import Enterprise, Withdrawal

# {"pk", "name", "reasons", "left"}, or {"row", "name", "reasons"}.
Suspect = dict[str, Any]


def of(outcomes: list[Outcome]) -> dict[int, list[Suspect]]:
    """By number of the row. What is new must lie in the database, though it is rolled back later."""
    new = {
        outcome.enterprise: outcome
        for outcome in outcomes
        if outcome.action == Action.CREATED and outcome.enterprise and outcome.before is None
    }
    if not new:
        return {}
    # Also those that have left: who is to stay away does not come back under another spelling.
    everybody = Enterprise.objects.all()
    about = set(new) if len(new) <= pairs.MOST_ASKED else None
    found: dict[int, list[tuple[int, list[str]]]] = defaultdict(list)
    for (one, other), shared in suspecting.suspected(about, everybody).items():
        for mine, theirs in ((one, other), (other, one)):
            if mine in new:
                found[new[mine].row].append((theirs, shared))
    others = {pk for told in found.values() for pk, _shared in told} - new.keys()
    names = dict(everybody.filter(pk__in=others).values_list("pk", "name"))
    withdrawn = set(
        Withdrawal.objects.filter(enterprise__in=others, enterprise__current=None).values_list(
            "enterprise", flat=True
        )
    )

    def suspect(pk: int, shared: list[str]) -> Suspect:
        reasons = [str(reason) for reason in suspecting.reasons(shared)]
        if pk in new:
            return {"row": new[pk].row, "name": new[pk].name, "reasons": reasons}
        return {"pk": pk, "name": names[pk], "reasons": reasons, "left": pk in withdrawn}

    return {row: [suspect(pk, shared) for pk, shared in sorted(told)] for row, told in found.items()}

"""What a section's form sends: what was typed, and what the page itself needs to know."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

CONTROLS = ("csrfmiddlewaretoken", "version", "revision", "made_for", "row", "action")


def typed(sent: QueryDict) -> QueryDict:
    """What was typed, with line breaks of one kind, and without what no text has."""
    found = QueryDict(mutable=True)
    for name, values in sent.lists():
        if name not in CONTROLS:
            found.setlist(name, [value.replace("\r\n", "\n").replace("\x00", "") for value in values])
    return found


def revision(request: HttpRequest) -> int:
    sent = request.POST.get("revision", "0")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0

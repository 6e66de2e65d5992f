"""Keeps out of the log what opens something for whoever holds it."""

from __future__ import annotations

import logging
import re

# Where the part of an address after it is the secret: shared shortlists, invitations, the yearly question,
# buyers' inquiries and the answers to them, followed searches.
_SECRET = re.compile(
    r"(/(?:liste|list|invitation|bekraeft|confirm|forespoergsel|inquiry|svar|answer|foelger|following)/)"
    r"[^/\s?]{20,}"
)


class WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        masked = _SECRET.sub(r"\1…", said)
        if masked != said:
            record.msg, record.args = masked, ()
        return True

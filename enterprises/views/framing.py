from __future__ import annotations

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace


def shows_preview(view: Any) -> Any:
    """Let the view's pages show the preview beside their form."""
    return csp_replace({"frame-src": [SELF]})(view)

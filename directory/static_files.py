from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage as Kept

_OF_ANY_SCRIPT, _IMPORTS = Kept._js_module_import_aggregation_patterns


class Storage(Kept):
    """Files under hashed names, whose addresses are worked out once: only a new start changes them."""

    # Our scripts name each other by those names too; other people's are taken as they are.
    patterns = (*Kept.patterns, (f"js/{_OF_ANY_SCRIPT}", _IMPORTS))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        if name not in self._known or force:
            self._known[name] = super().url(name, force)
        return self._known[name]

"""Starting, or refusing to: what is missing is said in one sentence instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured


@contextmanager
def one_clear_sentence() -> Iterator[None]:
    try:
        yield
    except ImproperlyConfigured as error:
        sys.exit(f"Den fælles by cannot start. {error}")

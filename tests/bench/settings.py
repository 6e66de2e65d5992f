"""The site's own settings and one address more."""

from directory.settings import *  # noqa: F403

# The bench is one address that asks without end.
API_PER_MINUTE = 0
ROOT_URLCONF = "tests.bench.urls"

"""The catalogues the search is judged on besides the demo city."""

from __future__ import annotations

import tomllib

from directory import listings
from enterprises import publishing
from enterprises.content import loading
from enterprises.models import Enterprise, SynonymGroup
from tests.search import quality


def move_to_the_other_city() -> None:
    """Publish the other city in the demo city's place."""
    publishing.forget(Enterprise.objects.all())
    file = quality.HERE / f"{quality.OTHER}.toml"
    loading.write(tomllib.loads(file.read_text(encoding="utf-8"))["enterprise"], demo=True)


def take_words_from_files() -> None:
    """Rebuild what a database from before the last change would still have."""
    SynonymGroup.objects.all().delete()
    for file in sorted(loading.CONTENT.glob("*synonyms*.toml"), key=lambda file: (len(file.name), file.name)):
        groups = tomllib.loads(file.read_text(encoding="utf-8"))["group"]
        SynonymGroup.objects.bulk_create(SynonymGroup(da=one["da"], en=one["en"]) for one in groups)
    listings.rebuild()

"""More groups of search words. What staff wrote, changed or deleted stays as it is."""

import tomllib
from pathlib import Path

from django.db import migrations

SYNONYMS = Path(__file__).resolve().parent.parent / "content" / "more_synonyms.toml"


def add(apps, schema_editor):
    """Add the groups, but for those whose first word staff have in a group already."""
    model = apps.get_model("enterprises", "SynonymGroup")
    known = {term.lower() for terms in model.objects.values_list("da", flat=True) for term in terms}
    groups = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))["group"]
    model.objects.bulk_create(
        model(da=group["da"], en=group["en"]) for group in groups if group["da"][0].lower() not in known
    )


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0005_missed_searches")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]

"""Groups of search words for every trade. No group that is there already changes."""

import tomllib
from pathlib import Path

from django.db import migrations

SYNONYMS = Path(__file__).resolve().parent.parent / "content" / "synonyms_by_trade.toml"


def add(apps, schema_editor):
    groups = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))["group"]
    model = apps.get_model("enterprises", "SynonymGroup")
    model.objects.bulk_create(model(da=group["da"], en=group["en"]) for group in groups)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0006_more_synonyms")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]

"""The taxonomies as they were on the first day. From then on staff keep them, so rows are only added."""

import tomllib
from pathlib import Path

from django.db import migrations

TAXONOMY = Path(__file__).resolve().parent.parent / "content" / "taxonomy"
FILES = {
    "sectors": "Sector",
    "missions": "Mission",
    "ownerships": "Ownership",
    "legal_forms": "LegalForm",
    "districts": "District",
    "marks": "Mark",
}


def fill(apps, schema_editor):
    for file, model in FILES.items():
        rows = tomllib.loads((TAXONOMY / f"{file}.toml").read_text(encoding="utf-8"))["term"]
        manager = apps.get_model("enterprises", model).objects
        for position, row in enumerate(rows, 1):
            texts = {key: value.strip() for key, value in row.items() if key.startswith("text_")}
            manager.get_or_create(slug=row["slug"], defaults=row | texts | {"position": position})


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_guards")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

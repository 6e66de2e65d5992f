"""The page on how results are ordered, and who was public under a CVR number found without reading all."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform

from enterprises.content import first_words

WRITTEN_ON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def fill(apps, schema_editor):
    first_words.fill(apps, ["order"], WRITTEN_ON)
    # They lead to the new page, and the guide to the number check.
    first_words.renew(apps, ["about", "buying"], WRITTEN_ON)


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0025_imports"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(KeyTextTransform("cvr", "snapshot"), name="publication_cvr"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

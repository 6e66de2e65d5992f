"""Synonym groups, as they were on the first day. From then on staff keep them."""

import tomllib
from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

SYNONYMS = Path(__file__).resolve().parent.parent / "content" / "synonyms.toml"


def fill(apps, schema_editor):
    groups = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))["group"]
    model = apps.get_model("enterprises", "SynonymGroup")
    model.objects.bulk_create(model(da=group["da"], en=group["en"]) for group in groups)


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0003_taxonomies"),
    ]

    operations = [
        migrations.CreateModel(
            name="SynonymGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "da",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="Ord eller udtryk på op til fire ord. Adskil med komma.",
                        size=None,
                        verbose_name="på dansk",
                    ),
                ),
                (
                    "en",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="Ord eller udtryk på op til fire ord. Adskil med komma.",
                        size=None,
                        verbose_name="på engelsk",
                    ),
                ),
            ],
            options={
                "verbose_name": "gruppe af søgeord",
                "verbose_name_plural": "grupper af søgeord",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("da", []), _negated=True),
                            models.Q(("en", []), _negated=True),
                            _connector="OR",
                        ),
                        name="synonym_group_has_terms",
                        violation_error_message="Skriv mindst to ord.",
                    )
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

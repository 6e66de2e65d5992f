"""Pages that staff write, and amounts that stand in them, with what they said on the first day."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from enterprises.content import first_words

PAGES = ("about", "accessibility", "add", "buying", "grounds", "privacy")
# The day the accessibility statement was made, which its page tells.
MADE_ON = datetime(2026, 11, 23, 12, tzinfo=UTC)
THRESHOLDS = Path(__file__).resolve().parent.parent / "content" / "thresholds.toml"

IMMUTABLE = """
CREATE FUNCTION enterprises_page_text_version_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_by_id IS NULL THEN
        OLD.published_by_id := NULL;  -- a person's account may be deleted
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'versions of texts are immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER page_text_version_is_immutable BEFORE UPDATE ON enterprises_pagetextversion
    FOR EACH ROW EXECUTE FUNCTION enterprises_page_text_version_is_immutable();
"""
MUTABLE = "DROP FUNCTION enterprises_page_text_version_is_immutable() CASCADE"


def fill(apps, schema_editor):
    first_words.fill(apps, PAGES, MADE_ON)
    told = tomllib.loads(THRESHOLDS.read_text(encoding="utf-8"))
    model = apps.get_model("enterprises", "Threshold")
    model.objects.bulk_create(model(read_on=told["read_on"], **row) for row in told["threshold"])


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0020_reviewing"),
    ]

    operations = [
        migrations.CreateModel(
            name="PageText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="side")),
            ],
            options={
                "verbose_name": "tekstside",
                "verbose_name_plural": "tekstsider",
                "ordering": ("key",),
            },
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.SlugField(
                        help_text="Teksterne henter beløbet med den.", max_length=40, verbose_name="nøgle"
                    ),
                ),
                ("label_da", models.CharField(max_length=160, verbose_name="hvad det gælder, på dansk")),
                ("label_en", models.CharField(max_length=160, verbose_name="hvad det gælder, på engelsk")),
                ("amount", models.PositiveBigIntegerField(verbose_name="kroner uden moms")),
                (
                    "approximate",
                    models.BooleanField(
                        default=False,
                        help_text="Der står “ca.” foran, fx fordi det er regnet om fra euro.",
                        verbose_name="omtrent",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="gælder fra")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="gælder til og med")),
                ("source_da", models.CharField(max_length=200, verbose_name="kilde på dansk")),
                ("source_en", models.CharField(max_length=200, verbose_name="kilde på engelsk")),
                ("source_url", models.URLField(blank=True, verbose_name="link til kilden")),
                ("read_on", models.DateField(verbose_name="læst den")),
            ],
            options={
                "verbose_name": "beløbsgrænse",
                "verbose_name_plural": "beløbsgrænser",
                "ordering": ("key", "-valid_from"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key", "valid_from"),
                        name="threshold_begins_once",
                        violation_error_message="Der er allerede et beløb med den nøgle fra den dag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="threshold_ends_after_it_begins",
                        violation_error_message="Den sidste dag skal ligge efter den første.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="threshold_is_an_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PageTextVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="nummer")),
                ("title_da", models.CharField(max_length=120, verbose_name="overskrift på dansk")),
                ("title_en", models.CharField(max_length=120, verbose_name="overskrift på engelsk")),
                (
                    "description_da",
                    models.CharField(max_length=200, verbose_name="én linje til søgemaskiner på dansk"),
                ),
                (
                    "description_en",
                    models.CharField(max_length=200, verbose_name="én linje til søgemaskiner på engelsk"),
                ),
                ("body_da", models.TextField(verbose_name="tekst på dansk")),
                ("body_en", models.TextField(verbose_name="tekst på engelsk")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="hvorfor")),
                (
                    "published_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="udgivet"),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="enterprises.pagetext",
                        verbose_name="side",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="udgivet af",
                    ),
                ),
            ],
            options={
                "verbose_name": "udgave af en tekst",
                "verbose_name_plural": "udgaver af tekster",
                "ordering": ("page", "-number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("page", "number"), name="page_text_version_is_numbered_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_da", ""), _negated=True),
                            models.Q(("title_en", ""), _negated=True),
                            models.Q(("body_da", ""), _negated=True),
                            models.Q(("body_en", ""), _negated=True),
                        ),
                        name="page_text_is_in_both_languages",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="registerdifference",
            name="note",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="note"),
            preserve_default=False,
        ),
        migrations.RunSQL(IMMUTABLE, MUTABLE),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

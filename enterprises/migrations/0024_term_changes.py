"""A word that is replaced leaves a row behind that knows its successor."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whoever still has an old form open, or an old file, gives an enterprise a word that has been replaced
# meanwhile: it gets the successor; nothing where there is none. The row lock makes both wait for each other.
CHOSEN = """
CREATE FUNCTION enterprises_{relation}_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone date;
    heir {type};
BEGIN
    SELECT t.retired_on, s.{key} INTO gone, heir
    FROM enterprises_{term} t LEFT JOIN enterprises_{term} s
        ON s.id = t.successor_id AND s.retired_on IS NULL
    WHERE t.{key} = NEW.{term}_id FOR KEY SHARE OF t;
    IF gone IS NULL THEN
        RETURN NEW;
    END IF;
    IF heir IS NULL OR EXISTS (
        SELECT FROM enterprises_{relation} WHERE enterprise_id = NEW.enterprise_id AND {term}_id = heir
    ) THEN
        RETURN NULL;
    END IF;
    NEW.{term}_id := heir;
    RETURN NEW;
END $$;
CREATE TRIGGER {relation}_follows BEFORE INSERT OR UPDATE OF {term}_id ON enterprises_{relation}
    FOR EACH ROW EXECUTE FUNCTION enterprises_{relation}_follows();
"""
HELD = """
CREATE FUNCTION enterprises_enterprise_{column}_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone date;
    heir bigint;
BEGIN
    SELECT t.retired_on, s.id INTO gone, heir
    FROM enterprises_{term} t LEFT JOIN enterprises_{term} s
        ON s.id = t.successor_id AND s.retired_on IS NULL
    WHERE t.id = NEW.{column}_id FOR KEY SHARE OF t;
    IF gone IS NOT NULL THEN
        NEW.{column}_id := heir;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enterprise_{column}_follows_when_new BEFORE INSERT ON enterprises_enterprise
    FOR EACH ROW WHEN (NEW.{column}_id IS NOT NULL)
    EXECUTE FUNCTION enterprises_enterprise_{column}_follows();
CREATE TRIGGER enterprise_{column}_follows BEFORE UPDATE OF {column}_id ON enterprises_enterprise
    FOR EACH ROW WHEN (NEW.{column}_id IS DISTINCT FROM OLD.{column}_id)
    EXECUTE FUNCTION enterprises_enterprise_{column}_follows();
"""
NO_LONGER = "DROP FUNCTION enterprises_{name}_follows() CASCADE"
TRIGGERS = [
    *(
        (CHOSEN.format(relation=relation, term=term, type=type_, key=key), NO_LONGER.format(name=relation))
        for relation, term, type_, key in (
            ("sectorof", "sector", "bigint", "id"),
            ("enterprise_missions", "mission", "bigint", "id"),
            ("markof", "mark", "varchar", "slug"),
        )
    ),
    *(
        (HELD.format(column=column, term=term), NO_LONGER.format(name=f"enterprise_{column}"))
        for column, term in (("ownership", "ownership"), ("legal_form", "legalform"))
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0023_exports_and_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="TermChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taxonomy", models.CharField(max_length=12, verbose_name="taksonomi")),
                ("term", models.PositiveBigIntegerField()),
                ("name", models.CharField(max_length=120, verbose_name="ord")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rename", "Omdøb"),
                            ("merge", "Læg sammen"),
                            ("split", "Del op"),
                            ("retire", "Tag ud af brug"),
                            ("revive", "Tag i brug igen"),
                        ],
                        max_length=8,
                        verbose_name="ændring",
                    ),
                ),
                ("details", models.JSONField(default=dict)),
                ("reason", models.CharField(max_length=300, verbose_name="begrundelse")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "I gang"),
                            ("done", "Udført"),
                            ("refused", "Kunne ikke udføres"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="tilstand",
                    ),
                ),
                ("outcome", models.TextField(blank=True, verbose_name="resultat")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="bedt om")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="afsluttet")),
            ],
            options={
                "verbose_name": "ændring af et ord",
                "verbose_name_plural": "ændringer af ord",
                "ordering": ("-asked_at", "-pk"),
            },
        ),
        migrations.AddField(
            model_name="district",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="gået ud af brug"),
        ),
        migrations.AddField(
            model_name="district",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="enterprises.district",
                verbose_name="efterfølger",
            ),
        ),
        migrations.AddField(
            model_name="legalform",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="gået ud af brug"),
        ),
        migrations.AddField(
            model_name="legalform",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="enterprises.legalform",
                verbose_name="efterfølger",
            ),
        ),
        migrations.AddField(
            model_name="mark",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="gået ud af brug"),
        ),
        migrations.AddField(
            model_name="mark",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="enterprises.mark",
                verbose_name="efterfølger",
            ),
        ),
        migrations.AddField(
            model_name="mission",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="gået ud af brug"),
        ),
        migrations.AddField(
            model_name="mission",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="enterprises.mission",
                verbose_name="efterfølger",
            ),
        ),
        migrations.AddField(
            model_name="ownership",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="gået ud af brug"),
        ),
        migrations.AddField(
            model_name="ownership",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="enterprises.ownership",
                verbose_name="efterfølger",
            ),
        ),
        migrations.AddField(
            model_name="sector",
            name="retired_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="gået ud af brug"),
        ),
        migrations.AddField(
            model_name="sector",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="enterprises.sector",
                verbose_name="efterfølger",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="change",
            field=models.CharField(
                choices=[
                    ("published", "Udgivet"),
                    ("restored", "Gendannet"),
                    ("direct", "Rettet af virksomheden selv"),
                    ("terms", "Sorteret om af rådet"),
                ],
                max_length=12,
                verbose_name="hændelse",
            ),
        ),
        migrations.AddConstraint(
            model_name="district",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor", None),
                    models.Q(
                        ("retired_on__isnull", False), models.Q(("successor", models.F("pk")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="district_replaced_is_out_of_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalform",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor", None),
                    models.Q(
                        ("retired_on__isnull", False), models.Q(("successor", models.F("pk")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="legalform_replaced_is_out_of_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor", None),
                    models.Q(
                        ("retired_on__isnull", False), models.Q(("successor", models.F("pk")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="mark_replaced_is_out_of_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="mission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor", None),
                    models.Q(
                        ("retired_on__isnull", False), models.Q(("successor", models.F("pk")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="mission_replaced_is_out_of_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor", None),
                    models.Q(
                        ("retired_on__isnull", False), models.Q(("successor", models.F("pk")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="ownership_replaced_is_out_of_use",
            ),
        ),
        migrations.AddConstraint(
            model_name="sector",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor", None),
                    models.Q(
                        ("retired_on__isnull", False), models.Q(("successor", models.F("pk")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="sector_replaced_is_out_of_use",
            ),
        ),
        migrations.AddField(
            model_name="termchange",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="bedt om af",
            ),
        ),
        migrations.AddConstraint(
            model_name="termchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("done_at__isnull", False)),
                    _connector="OR",
                ),
                name="term_change_ended_has_a_date",
            ),
        ),
        *(migrations.RunSQL(follow, no_longer) for follow, no_longer in TRIGGERS),
    ]

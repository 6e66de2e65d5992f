import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0016_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("cvr", "samme CVR-nummer"),
                                ("name-and-address", "navnet ligner, og adressen er den samme"),
                                ("name-near-by", "navnet ligner, og de ligger tæt på"),
                                ("name", "næsten samme navn"),
                                ("website", "samme hjemmeside"),
                                ("phone", "samme telefonnummer"),
                                ("mail", "samme mailadresse"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="hvorfor",
                    ),
                ),
                (
                    "grounds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                (
                    "dismissed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="opdaget")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Venter"),
                            ("merged", "Slået sammen"),
                            ("apart", "Ikke en dublet"),
                            ("gone", "Grunden er faldet bort"),
                        ],
                        default="open",
                        max_length=6,
                        verbose_name="tilstand",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="afgjort")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="afgjort af",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="den ene",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="enterprises.enterprise",
                        verbose_name="den anden",
                    ),
                ),
            ],
            options={
                "verbose_name": "mulig dublet",
                "verbose_name_plural": "mulige dubletter",
                "ordering": ("found_at", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["found_at", "id"],
                        name="duplicate_pair_queue",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="duplicate_pair_found_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="duplicate_pair_is_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reasons__contained_by",
                                [
                                    "cvr",
                                    "name-and-address",
                                    "name-near-by",
                                    "name",
                                    "website",
                                    "phone",
                                    "mail",
                                ],
                            ),
                            ("reasons__len__gte", 1),
                        ),
                        name="duplicate_pair_has_known_reasons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ["open", "merged", "apart", "gone"]),
                                models.Q(("state", "open"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="duplicate_pair_closed_has_a_date",
                    ),
                ],
            },
        ),
    ]

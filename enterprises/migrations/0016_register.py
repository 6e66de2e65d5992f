import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0015_admission"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("number", "CVR-nummer"),
                            ("status", "status"),
                            ("name", "navn"),
                            ("form", "virksomhedsform"),
                            ("address", "adresse"),
                            ("branch", "branche"),
                            ("founded", "stiftet"),
                            ("rsv", "RSV i CVR"),
                        ],
                        max_length=10,
                        verbose_name="felt",
                    ),
                ),
                ("ours", models.JSONField(null=True, verbose_name="vores")),
                ("theirs", models.JSONField(null=True, verbose_name="CVR")),
                ("since", models.DateField(null=True, verbose_name="i CVR siden")),
                ("found_on", models.DateField(verbose_name="opdaget")),
                ("read_on", models.DateField(verbose_name="læst i CVR den")),
                ("urgent", models.BooleanField(default=False, verbose_name="haster")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Venter"),
                            ("taken", "Overtaget fra CVR"),
                            ("kept", "Vi beholder vores"),
                            ("gone", "Ikke længere forskellige"),
                        ],
                        default="open",
                        max_length=5,
                        verbose_name="tilstand",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="afgjort")),
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
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="register_differences",
                        to="enterprises.enterprise",
                        verbose_name="virksomhed",
                    ),
                ),
            ],
            options={
                "verbose_name": "afvigelse fra CVR",
                "verbose_name_plural": "afvigelser fra CVR",
                "ordering": ("-urgent", "found_on", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["-urgent", "found_on", "id"],
                        name="register_difference_queue",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("enterprise", "field"),
                        name="register_difference_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "field__in",
                                ["number", "status", "name", "form", "address", "branch", "founded", "rsv"],
                            )
                        ),
                        name="register_difference_is_of_a_known_field",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ["open", "taken", "kept", "gone"]),
                                models.Q(("state", "open"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="register_difference_closed_has_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterReading",
            fields=[
                (
                    "enterprise",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="register_reading",
                        serialize=False,
                        to="enterprises.enterprise",
                    ),
                ),
                ("cvr", models.CharField(max_length=8, verbose_name="CVR-nummer")),
                ("read_on", models.DateField(db_index=True, verbose_name="læst i CVR den")),
                ("found", models.BooleanField(verbose_name="findes i CVR")),
                ("status", models.CharField(blank=True, max_length=300, verbose_name="status")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="startet")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ophørt")),
                ("branch_code", models.CharField(blank=True, max_length=300, verbose_name="branchekode")),
                ("branch", models.CharField(blank=True, max_length=300, verbose_name="branche")),
                ("rsv", models.BooleanField(blank=True, null=True, verbose_name="RSV")),
                (
                    "advertising_protected",
                    models.BooleanField(blank=True, null=True, verbose_name="reklamebeskyttet"),
                ),
            ],
            options={
                "verbose_name": "læsning i CVR",
                "verbose_name_plural": "læsninger i CVR",
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0008_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(editable=False, max_length=255, verbose_name="Message-ID")),
                ("sender", models.CharField(max_length=254, verbose_name="afsender")),
                ("recipient", models.EmailField(max_length=254, verbose_name="modtager")),
                ("subject", models.CharField(max_length=255, verbose_name="emne")),
                ("content", models.BinaryField(verbose_name="indhold")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Venter"),
                            ("sending", "Sendes nu"),
                            ("sent", "Sendt"),
                            ("failed", "Kunne ikke sendes"),
                            ("uncertain", "Uvist, om den er sendt"),
                            ("given_up", "Opgivet"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="tilstand",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="forsøg")),
                (
                    "most_tries",
                    models.PositiveSmallIntegerField(default=8, verbose_name="højst antal forsøg"),
                ),
                ("last_error", models.CharField(blank=True, max_length=100, verbose_name="seneste fejl")),
                ("queued_at", models.DateTimeField(auto_now_add=True, verbose_name="skrevet")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="næste forsøg")),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="afsluttet"),
                ),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "ordering": ("-queued_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending"])),
                        fields=["due_at"],
                        name="mail_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message_id", "recipient"), name="mail_queued_once_per_recipient"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["waiting", "sending", "sent", "failed", "uncertain", "given_up"])
                        ),
                        name="mail_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                ("ended_at__isnull", True),
                                ("state__in", ["waiting", "sending"]),
                            ),
                            models.Q(
                                ("due_at__isnull", True),
                                ("ended_at__isnull", False),
                                models.Q(("state__in", ["waiting", "sending"]), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="mail_is_due_or_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content", b""), _negated=True),
                            models.Q(("state__in", ["waiting", "sending"]), _negated=True),
                            _connector="OR",
                        ),
                        name="mail_has_content_until_it_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recipient", ""), _negated=True), name="mail_has_a_recipient"
                    ),
                ],
            },
        ),
    ]

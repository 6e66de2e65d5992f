from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0004_synonyms"),
    ]

    operations = [
        migrations.CreateModel(
            name="MissedSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="dag")),
                ("text", models.CharField(max_length=80, verbose_name="søgning")),
                ("language", models.CharField(max_length=2, verbose_name="sprog")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="antal")),
            ],
            options={
                "verbose_name": "søgning uden resultat",
                "verbose_name_plural": "søgninger uden resultat",
                "ordering": ("-day", "-count", "text"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "text", "language"), name="missed_search_counted_in_one_row"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="missed_search_has_a_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gte", 1)), name="missed_search_was_made"
                    ),
                ],
            },
        ),
    ]

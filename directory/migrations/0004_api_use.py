from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0003_catalogue_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minute", models.BigIntegerField()),
                ("who", models.IntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("minute", "who"), name="api_use_counted_in_one_row")
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE directory_apiuse SET UNLOGGED", "ALTER TABLE directory_apiuse SET LOGGED"
        ),
    ]

"""The table that counts log-in attempts for all workers together, and editorships given by MitID Erhverv."""

from django.core.management import call_command
from django.db import migrations, models


def create(apps, schema_editor):
    call_command(
        "createcachetable", "enterprises_limits", database=schema_editor.connection.alias, verbosity=0
    )


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0007_synonyms_by_trade")]

    operations = [
        migrations.RunPython(create, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="editorship",
            name="granted_how",
            field=models.CharField(
                choices=[
                    ("staff", "Givet af rådets medarbejdere"),
                    ("demo", "Demo"),
                    ("mitid", "MitID Erhverv"),
                ],
                default="staff",
                max_length=10,
                verbose_name="hvordan",
            ),
        ),
    ]

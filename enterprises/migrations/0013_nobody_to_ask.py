from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0012_profile_counts_and_confirmations"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="confirmationrequest",
            name="confirmation_is_mailed_thrice",
        ),
        migrations.AddConstraint(
            model_name="confirmationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("mails__range", (0, 3))), name="confirmation_is_mailed_at_most_thrice"
            ),
        ),
    ]

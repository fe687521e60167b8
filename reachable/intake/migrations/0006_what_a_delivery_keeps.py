from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_begun_by")]

    operations = [
        migrations.RemoveField("delivery", "report"),
        migrations.RenameField("delivery", "next_row", "last_row"),
        migrations.RemoveIndex("delivery", "deliveries_at_work"),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["worked_at"],
                condition=models.Q(state="loading"),
                name="deliveries_at_work",
            ),
        ),
    ]

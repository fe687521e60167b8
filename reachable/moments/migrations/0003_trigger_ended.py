from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moments", "0002_when_reached")]

    operations = [
        migrations.AddField("trigger", "ended_at", models.DateTimeField(null=True)),
        migrations.AlterField("trigger", "event_id", models.UUIDField()),
        migrations.AddConstraint(
            "trigger",
            models.UniqueConstraint(
                fields=["event_id"],
                condition=models.Q(ended_at=None),
                name="one_moment_of_event",
            ),
        ),
    ]

from typing import Any

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def tell_the_newest(apps: Any, schema_editor: Any) -> None:
    """Until now versions counted in the order in which they were loaded."""
    del schema_editor
    signals = apps.get_model("intake", "Signal").objects
    versions = apps.get_model("intake", "SignalVersion").objects
    newest = versions.filter(signal=OuterRef("pk"), version=OuterRef("version"))
    signals.update(
        last_version=F("version"), newest_at=Subquery(newest.values("received_at")[:1])
    )
    signals.filter(newest_at=None).update(newest_at=F("received_at"))


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_telling_column_first")]

    operations = [
        migrations.AddField("signal", "last_version", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("signal", "newest_at", models.DateTimeField(null=True)),
        migrations.RunPython(tell_the_newest, migrations.RunPython.noop),
        migrations.AlterField("signal", "newest_at", models.DateTimeField()),
    ]

from typing import Any

from django.db import migrations, models

from reachable.intake.rules.making import short_hash


def name_by_key(apps: Any, schema_editor: Any) -> None:
    """Rows that wait are found by their key; one without a key is told by all that it says."""
    del schema_editor
    rows = apps.get_model("intake", "QuarantinedRow").objects
    for row in rows.filter(state="open").exclude(source_key="").iterator():
        rows.filter(pk=row.pk).update(key_hash=short_hash(row.source_key))


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_newest_version")]

    operations = [
        migrations.AddField(
            "quarantinedrow", "key_hash", models.CharField(default="", max_length=32)
        ),
        migrations.RunPython(name_by_key, migrations.RunPython.noop),
        migrations.AlterField("quarantinedrow", "key_hash", models.CharField(max_length=32)),
        migrations.RemoveIndex("quarantinedrow", "refused_by_key"),
        migrations.AddIndex(
            "quarantinedrow",
            models.Index(
                fields=["key_hash"],
                condition=models.Q(state="open"),
                name="refused_by_key",
            ),
        ),
    ]

from typing import Any

from django.db import migrations


def tell_history(apps: Any, schema_editor: Any) -> None:
    history = apps.get_model("intake", "Signal").objects.filter(news_at=None)
    events = apps.get_model("chronology", "Event").objects
    events.filter(signal_id__in=history.values("id")).update(news=False)


class Migration(migrations.Migration):
    dependencies = [("chronology", "0002_news"), ("intake", "0012_mappings")]

    operations = [migrations.RunPython(tell_history, migrations.RunPython.noop)]

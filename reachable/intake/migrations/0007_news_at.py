from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def tell_when_it_was_news(apps: Any, schema_editor: Any) -> None:
    """A signal from a phone, and a row of a file that was not sent as history, was news."""
    del schema_editor
    versions = apps.get_model("intake", "SignalVersion").objects
    news = versions.filter(Q(delivery=None) | Q(delivery__history=False), signal=OuterRef("pk"))
    apps.get_model("intake", "Signal").objects.update(
        news_at=Subquery(news.order_by("received_at").values("received_at")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_what_a_delivery_keeps")]

    operations = [
        migrations.AddField("signal", "news_at", models.DateTimeField(null=True)),
        migrations.RunPython(tell_when_it_was_news, migrations.RunPython.noop),
    ]

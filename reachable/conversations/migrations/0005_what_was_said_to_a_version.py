from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_words_for_children")]
    operations = [
        migrations.AddField(
            model_name="conversationversion",
            name="said",
            field=models.JSONField(default=list),
        ),
    ]

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reachable.foundation.ids


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0003_confirmed_and_offered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Translation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=reachable.foundation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("words", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=12)),
                ("say", models.TextField()),
                ("easy", models.JSONField()),
                ("of_digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["language", "words"], name="words_in_a_language")
                ],
            },
        ),
        migrations.CreateModel(
            name="TranslationCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=reachable.foundation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("checked_by", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "translation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="conversations.translation",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
    ]

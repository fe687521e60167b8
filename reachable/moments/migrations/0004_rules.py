from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import reachable.foundation.ids

OF_EVENT = {
    "arrest": "arrest",
    "voluntary_attendance": "arrest",
    "in_custody_now": "arrest",
    "returned_from_missing": "return_from_missing",
    "back_from_missing": "return_from_missing",
    "came_to_hospital_hurt": "in_hospital",
    "hospital_knife": "in_hospital",
    "hospital_assault": "in_hospital",
    "hospital_overdose": "in_hospital",
    "exclusion_considered": "exclusion_considered",
    "other_worry": "worry",
}
"""Rules were named after the event that each was about."""


def name_rules(apps: Any, schema_editor: Any) -> None:
    for model in ("Moment", "Trigger"):
        held = apps.get_model("moments", model).objects
        for event, rule in OF_EVENT.items():
            held.filter(rule__endswith=f".{event}").update(rule=rule)


class Migration(migrations.Migration):
    dependencies = [("access", "0004_whom_to_ask"), ("moments", "0003_trigger_ended")]

    operations = [
        migrations.RemoveConstraint("trigger", "one_moment_of_event"),
        migrations.AddConstraint(
            "trigger",
            models.UniqueConstraint(
                fields=["event_id", "rule"],
                condition=models.Q(ended_at=None),
                name="one_moment_of_firing",
            ),
        ),
        migrations.CreateModel(
            "RuleSwitch",
            [
                (
                    "id",
                    models.UUIDField(
                        default=reachable.foundation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("rule", models.CharField(max_length=60)),
                ("version", models.PositiveSmallIntegerField()),
                ("is_on", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=400)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.user",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["rule", "at"], name="switches_of_rule")],
            },
        ),
        migrations.RunPython(name_rules, migrations.RunPython.noop),
    ]

from typing import Any

from django.db import migrations, models

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
    dependencies = [("moments", "0003_trigger_ended")]

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
        migrations.RunPython(name_rules, migrations.RunPython.noop),
    ]

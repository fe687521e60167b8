from typing import Any

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery

OPENED = {
    "arrest": "custody",
    "charge_decision_pending": "charge_decision",
    "found_with_drugs_or_weapon": "police_encounter",
    "stopped_and_searched": "police_encounter",
    "stopped_again": "police_encounter",
    "stopped_after_sign": "police_encounter",
    "found_far_from_home": "found_far_from_home",
    "victim_of_violence": "violence",
    "return_from_missing": "return_from_missing",
    "third_return": "repeat_missing",
    "exclusion_considered": "exclusion_considered",
    "suspended_or_excluded": "excluded",
    "suspended_after_sign": "excluded",
    "suspended_again": "excluded",
    "new_provision": "new_provision",
    "managed_move": "new_provision",
    "out_of_school": "out_of_school",
    "absent_after_sign": "out_of_school",
    "in_hospital": "hospital",
    "first_court": "court",
    "released": "release",
    "nrm_decision": "nrm_decision",
    "bereaved": "loss_or_move",
    "moved_after_sign": "loss_or_move",
    "growing_up_after_sign": "growing_up",
    "worry": "signal",
}
"""What each rule opened when triggers did not keep it yet. There was one version of each."""


def keep_kinds(apps: Any, schema_editor: Any) -> None:
    moments = apps.get_model("moments", "Moment").objects
    held = apps.get_model("moments", "Trigger").objects
    for rule, kind in OPENED.items():
        held.filter(rule=rule).update(kind=kind)
    by_it = moments.filter(id=OuterRef("moment_id"), rule=OuterRef("rule"))
    for name in ("kind", "rule_version", "pathway_version"):
        opened = held.filter(rule=F("moment__rule"))
        opened.update(**{name: Subquery(by_it.values(name)[:1])})


class Migration(migrations.Migration):
    dependencies = [("moments", "0006_clocks")]

    operations = [
        migrations.AddField(
            "trigger",
            "kind",
            models.CharField(max_length=40, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "trigger",
            "rule_version",
            models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            "trigger",
            "pathway_version",
            models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.RunPython(keep_kinds, migrations.RunPython.noop),
    ]

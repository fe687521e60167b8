from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import reachable.foundation.ids

COMPARTMENTS = {"communication_needs": "welfare", "moment": "welfare", "offer": "welfare"}


def fill(apps: Any, schema_editor: Any) -> None:
    """What was decided before rests on the records that the child has now."""
    Decision = apps.get_model("sharing", "SharingDecision")
    Piece = apps.get_model("sharing", "SharingPiece")
    Event = apps.get_model("chronology", "Event")
    Record = apps.get_model("people", "Record")
    Current = apps.get_model("people", "CurrentPerson")
    for decision in Decision.objects.filter(outcome="made").iterator():
        current = Current.objects.get(person_id=decision.person_id).current_id
        together = Current.objects.filter(current_id=current).values("person_id")
        held = Record.objects.filter(person_id__in=together).order_by("id")
        decision.records = [str(each) for each in held.values_list("id", flat=True)]
        decision.save(update_fields=["records"])
    for piece in Piece.objects.all().iterator():
        if piece.kind == "event":
            found = Event.objects.filter(id=piece.subject_id).values_list("compartment", flat=True)
            piece.compartment = found.first() or ""
        else:
            piece.compartment = COMPARTMENTS.get(piece.kind, "identity")
        piece.save(update_fields=["compartment"])


class Migration(migrations.Migration):

    dependencies = [
        ("chronology", "0002_news"),
        ("people", "0004_opening"),
        ("sharing", "0003_safe_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="sharingdecision",
            name="records",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="sharingpiece",
            name="agency",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="sharingpiece",
            name="compartment",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="sharingpiece",
            name="said",
            field=models.JSONField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SharingUnanswered",
            fields=[
                ("id", models.UUIDField(default=reachable.foundation.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("decision", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="unanswered", to="sharing.sharingdecision")),
            ],
            options={
                "constraints": [models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("decision",), name="sharing_unanswered_once")],
            },
        ),
    ]

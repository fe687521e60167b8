"""What happened, on one person's time line."""

from __future__ import annotations

from django.db import models

from reachable.access.models import Agency
from reachable.foundation.models import Identified
from reachable.people.models import Record


class Event(Identified):
    """Something that a signal says happened: derived from it, and made again when it changes.

    It points to the agency's record, never to a person, so that a revised identity moves it.
    `occurred_at` is unknown where only a date was given; `precision` says how sure either is.
    What is no `news` came only to build up the record: it counts as past, and calls nobody.
    """

    signal_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    compartment = models.CharField(max_length=20)
    occurred_on = models.DateField()
    occurred_at = models.DateTimeField(null=True)
    precision = models.CharField(max_length=12)
    time_note = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    source = models.CharField(max_length=120)
    news = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signal_id", "kind"], name="event_of_signal")
        ]
        indexes = [
            models.Index(fields=["record", "-occurred_on", "-occurred_at"], name="event_time_line")
        ]


FACTS = (
    *("record", "compartment", "occurred_on", "occurred_at", "precision", "time_note"),
    *("received_at", "place", "details", "source", "news"),
)
"""What a signal says of an event: all that a rebuild makes again."""

"""Who did and who looked: entries in the acting transaction, sealed into a chain."""

from __future__ import annotations

from django.db import models

from reachable.foundation.models import Identified


class Entry(Identified):
    """One act, by identifiers only. Never updated, never deleted: triggers refuse."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict)
    key_id = models.CharField(max_length=20)
    mac = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            # Identifiers follow time: each of these gives the newest first without sorting.
            models.Index(fields=["subject_id", "id"], name="entry_subject"),
            models.Index(fields=["actor_id", "id"], name="entry_actor"),
            models.Index(fields=["at", "id"], name="entry_at"),
        ]


class Unsealed(models.Model):
    """Entries that wait for the sealer, so that it never searches the whole table."""

    entry_id = models.UUIDField(primary_key=True)


class Seal(models.Model):
    """A link of the chain: its hash covers the entry's MAC, its time and the hash before it.

    Seals of one time were made together, and the last of them was anchored.
    """

    number = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

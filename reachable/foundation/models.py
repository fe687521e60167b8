"""What every room's records share, and the partnership's own row."""

from __future__ import annotations

from django.db import models

from reachable.foundation.ids import new_id


class Identified(models.Model):
    """A record whose identifier is made before it is inserted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class Partnership(models.Model):
    """The one partnership that this deployment serves: one row, no partnership column anywhere."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    name = models.CharField(max_length=120)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="one_partnership")
        ]


class ScheduledRun(models.Model):
    """When a schedule last ran and is next due; the worker that moves `due_at` runs it."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=120, blank=True)


class LongWork(models.Model):
    """How far something long has come, for everybody who waits for it to see."""

    name = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=120)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=200, blank=True)
    finished = models.BooleanField(default=False)

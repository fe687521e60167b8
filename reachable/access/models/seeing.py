"""What opens a record to somebody, and what closes it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from reachable.access.models.workers import Team, User
from reachable.foundation.models import Identified


class InvolvementQuerySet(models.QuerySet["Involvement"]):
    """Reads involvements: what is over opens nothing, whether it was ended or its day has come."""

    def in_force(self, *, at: Any) -> InvolvementQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=at), ended_at=None)


class Involvement(Identified):
    """A person or a team works with somebody for a reason; its end closes the record to them.

    It names its subject by kind and identifier, so that this room knows none above it. With
    `until` it ends by itself at that instant; `ended_at` says that it was ended before.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, db_index=False)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    basis = models.CharField(max_length=30)
    because_of = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="involvement_subject",
            ),
            models.Index(
                fields=["user", "subject_kind"],
                condition=Q(ended_at=None),
                name="involvement_user",
            ),
            models.Index(
                fields=["team", "subject_kind"],
                condition=Q(ended_at=None),
                name="involvement_team",
            ),
            models.Index(fields=["because_of"], name="involvement_because"),
            # Also of what has ended: who worked with somebody at the time of a look.
            models.Index(fields=["subject_id", "started_at"], name="involvement_history"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(team=None), name="involvement_of_one"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("started_at")),
                name="involvement_until_after_start",
            ),
        ]


class Restriction(Identified):
    """A record that opens only to readers who are named, and only while they are involved too.

    Lifting it needs two people: `lifting_asked_by` asks, and another ends it before that lapses.
    """

    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    review_on = models.DateField()
    lifting_asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifting_asked_at = models.DateTimeField(null=True)
    lifting_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="restricted_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | ~Q(ended_by=F("lifting_asked_by")),
                name="restriction_lifted_by_two",
            ),
            models.CheckConstraint(
                condition=Q(lifting_asked_by=None, lifting_asked_at=None)
                | Q(lifting_asked_by__isnull=False, lifting_asked_at__isnull=False),
                name="lifting_asked_when",
            ),
        ]


class RestrictionReader(Identified):
    """Somebody who is named to read a restricted record, until it ends."""

    restriction = models.ForeignKey(Restriction, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["restriction", "user"], condition=Q(ended_at=None), name="reader_once"
            )
        ]


class ConflictOfInterest(Identified):
    """Somebody is kin to, or knows, whoever a record is about: it is closed to them while it lasts.

    Declared by themselves, or by a supervisor for them.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    reason = models.CharField(max_length=300)
    declared_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="conflict_subject",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="conflict_once",
            )
        ]

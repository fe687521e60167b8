"""What others asked for, what was decided about it, and what became of the decision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reachable.access.models import User
from reachable.foundation.encrypted import EncryptedText
from reachable.foundation.models import Identified
from reachable.people.models import Person
from reachable.sharing.rules.standing import MADE, REFUSED, STEPS


class SharingRequest(Identified):
    """Somebody asked for information about a child; a decision answers it.

    It was asked by `from_user`, who has an account, or by a person of another organisation.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    from_user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    from_name = models.CharField(max_length=120, blank=True)
    from_organisation = models.CharField(max_length=120, blank=True)
    from_address = models.CharField(max_length=200, blank=True)
    what = models.TextField()
    purpose = models.TextField()
    asked_on = models.DateField()
    due_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_user=None) ^ Q(from_name="", from_organisation=""),
                name="sharing_asked_by_one",
            )
        ]


class SharingDecision(Identified):
    """Something of a child is shared with one recipient until a day, or is not: never edited.

    What comes after it is appended as a step, or is a decision of its own that `supersedes` it.
    `bases` are keys of practice data. `needs_second` says that somebody else has to agree first.
    `records` are those that the child had then: no other is read for what was shared.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    request = models.ForeignKey(SharingRequest, on_delete=models.PROTECT, null=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    outcome = models.CharField(max_length=10)
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    to_name = models.CharField(max_length=120, blank=True)
    to_organisation = models.CharField(max_length=120, blank=True)
    to_address = models.CharField(max_length=200, blank=True)
    purpose = models.TextField()
    bases = models.JSONField(default=list)
    told = models.CharField(max_length=12)
    told_note = models.TextField()
    engaged = models.TextField()
    harm_if_shared = models.TextField()
    harm_if_not = models.TextField()
    proportion = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    until = models.DateField(null=True)
    needs_second = models.BooleanField(default=False)
    records = models.JSONField(default=list)
    decided_at = models.DateTimeField(db_index=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=MADE, until__isnull=False, reason="")
                | (Q(outcome=REFUSED, until=None, needs_second=False) & ~Q(reason="")),
                name="sharing_made_or_refused",
            ),
            models.CheckConstraint(
                condition=Q(to_user=None) ^ Q(to_name="", to_organisation=""),
                name="sharing_with_one",
            ),
        ]


class SharingPiece(Identified):
    """One thing that is shared, and why this recipient needs it.

    `subject_id` is the event or the offer that it is, where a kind alone does not say it. `met` is
    how the conditions are met under which whoever graded it lets it be shared. `compartment`,
    `agency` and `said` are as they were then; of what it said only keyed digests are kept, and none
    where it was decided before these were.
    """

    decision = models.ForeignKey(SharingDecision, on_delete=models.PROTECT, related_name="pieces")
    kind = models.CharField(max_length=20)
    subject_id = models.UUIDField(null=True)
    why = models.TextField()
    met = models.TextField(blank=True)
    compartment = models.CharField(max_length=20, blank=True)
    agency = models.CharField(max_length=200, blank=True)
    said = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "kind"],
                condition=Q(subject_id=None),
                name="sharing_field_once",
            ),
            models.UniqueConstraint(fields=["decision", "subject_id"], name="sharing_subject_once"),
        ]


class SharingStep(Identified):
    """What became of a decision: agreed to or not, put on paper, handed over, ended."""

    decision = models.ForeignKey(SharingDecision, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    how = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(STEPS)), name="sharing_step_kind"),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(kind__in=("agreed", "not_agreed")),
                name="sharing_agreed_once",
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(kind="ended"), name="sharing_ended_once"
            ),
        ]


class SharingUnanswered(Identified):
    """Nobody answered for what was shared: whoever decided did not see the child.

    Others were asked. It ends when whoever decided sees the child again.
    """

    decision = models.ForeignKey(
        SharingDecision, on_delete=models.PROTECT, related_name="unanswered", db_index=False
    )
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(ended_at=None), name="sharing_unanswered_once"
            )
        ]


class SafeAddress(Identified):
    """Where a child or one of the family is safe, encrypted: a refuge, or a home that is kept back.

    Its readers are named, and nothing else shows it. Ended, its text is removed.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    of = models.CharField(max_length=12)
    address = EncryptedText(purpose="safe address of a child")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )


class SafeAddressReader(Identified):
    """Somebody who may read a safe address, as long as they work with the child."""

    safe = models.ForeignKey(SafeAddress, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["safe", "user"], condition=Q(ended_at=None), name="safe_reader_once"
            )
        ]


class DutySwitch(Identified):
    """Whether this partnership rests decisions on law that is not known to be in force.

    The newest stands; without one it does not.
    """

    is_on = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

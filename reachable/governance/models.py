"""What governance set, asked and found; and what was put together for a family."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reachable.access.models import User
from reachable.foundation.models import Identified
from reachable.people.models import Person


class WatchRule(Identified):
    """Hours and thresholds by which looks are watched: appended, the newest is in force."""

    opens = models.TimeField()
    closes = models.TimeField()
    weekends = models.BooleanField(default=False)
    many_records = models.PositiveSmallIntegerField()
    days_after = models.PositiveSmallIntegerField()
    staff_names = models.BooleanField(default=False)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_open_first"),
            models.CheckConstraint(condition=Q(many_records__gt=1), name="many_is_more_than_one"),
        ]


class LookQuestion(Identified):
    """What governance asks a worker about their looks at one record on one day."""

    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="look_questions")
    day = models.DateField()
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField(null=True)
    question = models.CharField(max_length=500)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["worker", "day"], name="look_question_worker")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(worker=F("asked_by")), name="nobody_asks_themselves"
            )
        ]


class LookStep(Identified):
    """What followed a question: an answer of the worker, or a finding. Appended, never edited."""

    question = models.ForeignKey(LookQuestion, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=1000, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    reference = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="answered", outcome="")
                | Q(kind="found", outcome="nothing_further", reference="")
                | (Q(kind="found", outcome="elsewhere") & ~Q(reference="")),
                name="look_step_is_whole",
            )
        ]


class FamilyRequest(Identified):
    """A family asks what is kept about a child and who read it.

    `content` is what was put together for them, and stays as the second person read it.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    reference = models.CharField(max_length=40)
    asked_by_whom = models.CharField(max_length=20)
    identity_checked = models.CharField(max_length=300)
    first_day = models.DateField()
    last_day = models.DateField()
    exemptions = models.JSONField(default=list)
    weighed = models.CharField(max_length=1000)
    content = models.JSONField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="family_reference_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="family_period_in_order"
            ),
        ]


class FamilyDecision(Identified):
    """A second person released what was put together for a family, or sent it back."""

    request = models.OneToOneField(FamilyRequest, on_delete=models.PROTECT, related_name="decision")
    released = models.BooleanField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Breach(Identified):
    """Two children had counted as one and were told apart: an assessment of who read what.

    `cause` is a merge or a split, which was undone or which told them apart. Nothing of it is
    edited: what is decided is appended as steps. `none_read` says that nobody had read a record
    that they could not have read otherwise: it is closed from the beginning, for that reason.
    """

    cause = models.CharField(max_length=12)
    cause_id = models.UUIDField()
    wrong_from = models.DateTimeField()
    wrong_until = models.DateTimeField()
    aware_at = models.DateTimeField()
    one_person = models.UUIDField()
    other_person = models.UUIDField()
    none_read = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "cause_id"], name="breach_of_cause_once"),
            models.CheckConstraint(
                condition=Q(wrong_until__gte=F("wrong_from")), name="breach_in_order"
            ),
        ]


class BreachReader(Identified):
    """Somebody who opened a child's record that they could not have opened without the wrong link.

    `read_person` is the child whose it was. Kept as it was found then.
    """

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_person = models.UUIDField()
    looks = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    pages = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["breach", "user", "read_person"], name="breach_reader_once"
            )
        ]


class BreachStep(Identified):
    """What somebody of information governance decided of a breach: appended, the newest stands."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="steps")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    severity = models.CharField(max_length=12)
    severity_why = models.CharField(max_length=1000)
    regulator_told = models.BooleanField()
    regulator_why = models.CharField(max_length=1000)
    family_told = models.BooleanField()
    family_why = models.CharField(max_length=1000)
    done = models.CharField(max_length=1000)
    closes = models.BooleanField()

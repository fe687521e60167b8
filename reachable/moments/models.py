"""When to act: reachable moments, what opened them, and what people did about them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reachable.access.models import Team, User
from reachable.foundation.models import Identified
from reachable.people.models import Person
from reachable.practice.items import OWN_FROM

OPEN = ("waiting", "with_team", "held")


class Moment(Identified):
    """A time when a child can be reached, with its clocks and whoever has it.

    `person` is the one first chosen; who stands for them now is derived. `state`, `asked`,
    `holder` and the times below them follow from the appended actions. A missed clock is not
    kept here: it follows from `child_due_at` and `reach_recorded_at` whenever it is read, so that
    nobody can write it away afterwards with an earlier `reached_at`.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=60)
    rule_version = models.PositiveSmallIntegerField()
    pathway_version = models.PositiveSmallIntegerField()
    team = models.ForeignKey(Team, on_delete=models.PROTECT, db_index=False)
    opened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    child_due_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="waiting")
    asked = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    answer_by = models.DateTimeField(null=True)
    holder = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    held_at = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    reach_recorded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    paused_until = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=40, blank=True, db_default="")
    ask_again_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    joined_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    joined_by = models.UUIDField(null=True)
    state_before = models.CharField(max_length=12, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=OPEN), name="one_open_moment"
            )
        ]
        indexes = [
            models.Index(
                fields=["team", "next_due_at"], condition=Q(state__in=OPEN), name="moment_worklist"
            ),
            models.Index(
                fields=["answer_by"], condition=Q(state="waiting"), name="moment_unanswered"
            ),
            models.Index(
                fields=["ask_again_at"],
                condition=Q(ask_again_at__isnull=False),
                name="moment_ask_again",
            ),
            models.Index(fields=["team", "opened_at"], name="moment_measured"),
            models.Index(
                fields=["reached_at"], condition=Q(reached_at__isnull=False), name="moment_reached"
            ),
        ]


class Trigger(Identified):
    """An event that by a rule opened a moment or joined it, and the child's clock it started.

    `kind` is what the rule called for then, and `pathway_version` what was to be done in it: what
    joined keeps its pathway, whatever the moment was opened as.
    It is ended when a correction took the event back, or gave it to another child. `due_note` is
    what the clock said of itself, such as where a calendar ended; a pause changes no `due_at`.
    """

    moment = models.ForeignKey(Moment, on_delete=models.PROTECT, related_name="triggers")
    event_id = models.UUIDField()
    signal_id = models.UUIDField()
    event_kind = models.CharField(max_length=40)
    rule = models.CharField(max_length=60)
    rule_version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    pathway_version = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    due_note = models.CharField(max_length=200, blank=True)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "rule"], condition=Q(ended_at=None), name="one_moment_of_firing"
            )
        ]
        indexes = [models.Index(fields=["signal_id"], name="trigger_of_signal")]


class Action(Identified):
    """Something that a person or the clock did with a moment: appended, never changed.

    `at` is when it was written down; `said_at` when it happened, as somebody says. `again_at` is
    when a child who said no is asked again, by whom it is `about`.
    """

    moment = models.ForeignKey(
        Moment, on_delete=models.PROTECT, related_name="actions", db_index=False
    )
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    about = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    step = models.CharField(max_length=60, blank=True)
    how = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    said_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["moment", "at"], name="actions_of_moment"),
            models.Index(
                fields=["about", "at"],
                condition=Q(kind="lasting_asked"),
                name="asked_what_lasted",
            ),
        ]


class Task(Identified):
    """Something that somebody is to do by a day, beside the steps of the moment's pathway.

    `conversation_id` and `proposal` say out of which conversation it came, and of what in it: that
    is made once. `ended` is empty until it was done or dropped, which nobody takes back.
    """

    moment = models.ForeignKey(Moment, on_delete=models.PROTECT, related_name="tasks")
    text = models.TextField()
    for_whom = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    conversation_id = models.UUIDField(null=True)
    proposal = models.CharField(max_length=80, blank=True)
    ended = models.CharField(max_length=10, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation_id", "proposal"],
                condition=~Q(proposal=""),
                name="one_task_of_proposal",
            ),
            models.CheckConstraint(
                condition=Q(ended="", ended_at=None)
                | Q(ended__in=("done", "dropped"), ended_at__isnull=False),
                name="task_ended_in_a_way",
            ),
            models.CheckConstraint(
                condition=~Q(ended="dropped") | ~Q(reason=""), name="dropped_with_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(ended=""), name="tasks_open"),
            models.Index(
                fields=["conversation_id"],
                condition=Q(conversation_id__isnull=False),
                name="tasks_of_conversation",
            ),
        ]


class Summary(Identified):
    """What whoever sent the signals is told of a conversation: appended, never changed.

    `said` are prepared sentences, by key, and `own` one of the writer's, which police read only if
    the writer said so. `about_at` is when the conversation began: only senders whose signal had
    come by then are told.
    """

    moment = models.ForeignKey(Moment, on_delete=models.PROTECT, related_name="summaries")
    conversation_id = models.UUIDField(db_index=True)
    about_at = models.DateTimeField()
    said = models.JSONField(default=list)
    own = models.CharField(max_length=400, blank=True)
    own_to_police = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)


class DryRun(Identified):
    """What a rule would have called for in the past of this partnership; `found` once it is done.

    `error` says why it could not be done. Nothing in it names a child.
    """

    rule = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["rule", "begun_at"], name="dry_runs_of_rule")]


class RuleSwitch(Identified):
    """Somebody decided that a rule is in force, or not: appended, the last one counts.

    One that puts it in force names the dry run that was looked at.
    """

    rule = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    is_on = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400)
    dry_run = models.ForeignKey(DryRun, on_delete=models.PROTECT, null=True)

    class Meta:
        indexes = [models.Index(fields=["rule", "at"], name="switches_of_rule")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(dry_run__isnull=False), name="on_after_a_dry_run"
            )
        ]


class OwnPathway(Identified):
    """A partnership's own version of a pathway, beside the published ones.

    It is a draft until it is first put in force; then it is never changed, because moments are
    opened with it. `revision` counts the changes of a draft. `published` is the version that it
    was made from, or compared with last. A draft that was given up has ended.
    """

    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    published = models.PositiveSmallIntegerField()
    steps = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="own_version_of_pathway"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(settled_at=None, ended_at=None),
                name="one_draft_of_pathway",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=OWN_FROM) & Q(published__lt=OWN_FROM),
                name="own_versions_have_own_numbers",
            ),
        ]


class PathwayDecision(Identified):
    """Somebody decided which version of a pathway is in force: appended, the last one counts.

    A published version stands for the newest published one, also of later releases.
    """

    kind = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400)

    class Meta:
        indexes = [models.Index(fields=["kind", "at"], name="decisions_of_pathway")]


class SchoolDates(Identified):
    """A school term of this partnership, or days in one on which its schools are closed.

    What was entered wrongly is ended and entered anew; clocks count by what stands.
    """

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    first = models.DateField()
    last = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="dates_run_forward"),
            models.CheckConstraint(
                condition=Q(kind__in=("term", "closed")), name="dates_of_a_known_kind"
            ),
        ]

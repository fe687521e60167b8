"""Where each moment stands, made again from what was done with it and from what it came from."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.moments import rules
from reachable.moments.joined import earliest_due
from reachable.moments.models import OPEN, Action, Moment
from reachable.moments.rules import Done, Standing

BATCH = 500
DERIVED = (
    *("state", "state_before", "asked_id", "answer_by", "holder_id", "held_at", "attempted_at"),
    *("reached_at", "reach_recorded_at", "closed_at", "outcome", "child_due_at", "next_due_at"),
    *("paused_until", "paused_why", "ask_again_at"),
)


def rebuild_moments(*, by: Actor) -> int:
    """Make the projection of every moment again; return how many changed.

    The clock that an event started stays as it was started: it is kept with the trigger, so that
    guidance that changes later gives nobody more time.
    """
    by.require("rebuild")
    changed, after = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            held = list(
                Moment.objects.select_for_update().filter(id__gt=after).order_by("id")[:BATCH]
            )
            if not held:
                return changed
            changed += _rebuild_some(by, held)
            after = held[-1].id


def _rebuild_some(by: Actor, held: list[Moment]) -> int:
    done: dict[UUID, list[Done]] = {moment.id: [] for moment in held}
    for act in Action.objects.filter(moment_id__in=list(done)).order_by("id"):
        done[act.moment_id].append(
            Done(act.kind, act.at, act.by_id, act.about_id, act.how, act.said_at, act.again_at)
        )
    due = earliest_due(moment.id for moment in held if moment.joined_into_id is None)
    for moment in held:
        # One that was joined is its own family's oldest, and a member of another's.
        if moment.joined_into_id is not None:
            due |= earliest_due([moment.id])
    changed = []
    for moment in held:
        before = [getattr(moment, name) for name in DERIVED]
        _set(moment, rules.standing(moment.kind, done[moment.id]))
        moment.child_due_at = due.get(moment.id, moment.child_due_at)
        moment.next_due_at = rules.next_due(
            state=moment.state,
            answer_by=moment.answer_by,
            child_due_at=moment.child_due_at,
            reached_at=moment.reached_at,
        )
        if [getattr(moment, name) for name in DERIVED] != before:
            changed.append(moment)
    if changed:
        # First what no longer is open: a child has one open moment at any time.
        changed.sort(key=lambda moment: moment.state in OPEN)
        for moment in changed:
            moment.save(update_fields=DERIVED)
        count = len(changed)
        audit.record(by=by, action="moments.rebuilt", subject=("partnership", None), count=count)
    return len(changed)


def _set(moment: Moment, stands: Standing) -> None:
    moment.state, moment.state_before = stands.state, stands.state_before
    moment.asked_id, moment.answer_by = stands.asked, stands.answer_by
    moment.holder_id, moment.held_at = stands.holder, stands.held_at
    moment.attempted_at, moment.outcome = stands.attempted_at, stands.outcome
    moment.reached_at, moment.reach_recorded_at = stands.reached_at, stands.reach_recorded_at
    moment.closed_at, moment.ask_again_at = stands.closed_at, stands.ask_again_at
    moment.paused_until, moment.paused_why = stands.paused_until, stands.paused_why

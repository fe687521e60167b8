"""Whoever holds a moment pauses the child's clock for a reason, and lets it run again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.acting import NOTHING_CHANGED, act, held, say_why
from reachable.moments.joined import earliest_due, families
from reachable.moments.models import Action, Moment
from reachable.moments.pauses import LONGEST, PAUSED, PAUSES, RESUMED


@transaction.atomic
def pause(
    *,
    by: Actor,
    moment_id: UUID,
    how: str,
    until: datetime,
    note: str,
    version: int | None = None,
) -> None:
    """Pause the child's clock until then, at most 14 days; it runs again by itself.

    A clock that has run out is not paused: what was missed stays missed.
    """
    moment, at = held(by, moment_id, version), now()
    if how not in {key for key, _ in PAUSES}:
        raise BadInput("Please choose why the clock is paused.", kept=NOTHING_CHANGED)
    say_why(note)
    if until <= at:
        raise BadInput("That time has passed already.", kept=NOTHING_CHANGED)
    if until > at + LONGEST:
        raise BadInput(
            "A clock is paused for at most 14 days.",
            kept=NOTHING_CHANGED,
            next="Choose an earlier day. If the reason still stands then, pause it again.",
        )
    if moment.reached_at is not None:
        raise Conflict(
            "The child was reached: their clock does not run any more.", kept=NOTHING_CHANGED
        )
    if moment.paused_until is not None and moment.paused_until > at:
        raise Conflict(
            "The child’s clock is paused already.",
            kept=NOTHING_CHANGED,
            next="Let it run again first, if the reason or the time has changed.",
        )
    if rules.missed(due_at=moment.child_due_at, recorded_at=None, now=at):
        raise Conflict(
            "The child’s clock had run out, and what was missed stays so.",
            kept=NOTHING_CHANGED,
            next="Say in an attempt why the child cannot be reached now.",
        )
    moment.paused_until, moment.paused_why = until, how
    _append(by, moment, PAUSED, how=how, note=note, at=at, until=until)


@transaction.atomic
def resume(*, by: Actor, moment_id: UUID, note: str = "", version: int | None = None) -> None:
    """Let the child's clock run again before the pause was to end."""
    moment, at = held(by, moment_id, version), now()
    if moment.paused_until is None or moment.paused_until <= at:
        raise Conflict("The child’s clock is not paused: it runs.", kept=NOTHING_CHANGED)
    moment.paused_until, moment.paused_why = None, ""
    _append(by, moment, RESUMED, note=note, at=at)


def _append(
    by: Actor,
    moment: Moment,
    kind: str,
    *,
    at: datetime,
    note: str,
    how: str = "",
    until: datetime | None = None,
) -> None:
    """Write it down with the moment and with all that joined it: each keeps a clock of its own."""
    Action.objects.bulk_create(
        Action(
            id=new_id(),
            moment_id=member,
            kind=kind,
            at=at,
            by_id=by.id,
            how=how,
            note=note.strip(),
            said_at=until,
        )
        for member in families([moment.id])
        if member != moment.id
    )
    act(by, moment, kind, how=how, note=note, at=at, said_at=until)
    moment.child_due_at = earliest_due([moment.id])[moment.id]
    moment.next_due_at = rules.next_due(
        state=moment.state,
        answer_by=moment.answer_by,
        child_due_at=moment.child_due_at,
        reached_at=moment.reached_at,
    )
    moment.save(update_fields=["child_due_at", "next_due_at"])
    _members_follow(moment)


def _members_follow(moment: Moment) -> None:
    """A moment that was joined keeps its own clock, for the day on which it is separated."""
    for member in Moment.objects.filter(joined_into=moment.id):
        _members_follow(member)
        member.child_due_at = earliest_due([member.id])[member.id]
        member.paused_until, member.paused_why = moment.paused_until, moment.paused_why
        member.next_due_at = rules.next_due(
            state=member.state,
            answer_by=member.answer_by,
            child_due_at=member.child_due_at,
            reached_at=member.reached_at,
        )
        member.save(update_fields=["child_due_at", "next_due_at", "paused_until", "paused_why"])

"""What people, and the clock, do with a reachable moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.time import now
from reachable.moments import birthdays, passing_on, reconsidering
from reachable.moments.acting import (
    NOTHING_CHANGED,
    act,
    ask,
    ask_next,
    began,
    held,
    open_moment,
    say_why,
)
from reachable.moments.closures import refuse_closed
from reachable.moments.contact import WHY_NOT_AGAIN
from reachable.moments.joined import families
from reachable.moments.measuring import DECLINED
from reachable.moments.models import Trigger
from reachable.moments.noticing import Batch, Noticeable
from reachable.moments.pathways import STEP_DONE, kind_of_step
from reachable.moments.registries import moment_answered
from reachable.moments.senders import unanswered
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.opening import refuse_visitor
from reachable.practice import guidance


def notice(*, by: Actor, events: Sequence[Noticeable], corrected: Collection[UUID] = ()) -> int:
    """Open or join a moment for each event that calls for one; return how many were opened.

    `corrected` names signals that had events before: what these no longer say ends here too.
    Runs in the caller's transaction, whose audit entry covers it.
    """
    return Batch(by).run(events, corrected) if events or corrected else 0


def reconsider(
    *, by: Actor, current_ids: Collection[UUID], signal_ids: Collection[UUID] = ()
) -> int:
    """Ask the rules that look back again of these children; return how many moments were opened.

    `signal_ids` were corrected. Runs in the caller's transaction, whose audit entry covers it.
    """
    if signal_ids:
        signal_ids = {*signal_ids, *birthdays.correct(by=by, current_ids=current_ids)}
    return reconsidering.reconsider(by=by, current_ids=current_ids, signal_ids=signal_ids)


@transaction.atomic
def take(*, by: Actor, moment_id: UUID, version: int | None = None) -> None:
    """Acknowledge or claim: this person has it now, and whoever was asked before has not.

    Senders hear of it once: that it is taken again would tell them that more had happened.
    """
    taker = by.own_id
    moment = open_moment(by, moment_id, version)
    if moment.holder_id == taker:
        return
    if moment.holder_id is not None:
        holder = access.names([moment.holder_id])[moment.holder_id]
        raise Conflict(f"{holder} has this moment already.", kept=NOTHING_CHANGED)
    refuse_visitor(by=by, current_id=moment.person.now.current_id, what="take this moment")
    together = families([moment.id])
    signals = Trigger.objects.filter(moment_id__in=list(together), ended_at=None)
    signal_ids = unanswered(signals.values_list("signal_id", flat=True))
    kind, at = "acknowledged" if moment.asked_id == taker else "claimed", now()
    moment.state, moment.holder_id, moment.held_at = "held", taker, at
    moment.asked_id, moment.answer_by = None, None
    access_services.end_involvement(by=by, because_of=moment.id, except_user=taker)
    if kind == "claimed":
        row = (taker, None, moment.person_id, "holder", moment.id)
        access_services.involve(by=by, rows=[row], kind="person")
    act(by, moment, kind, at=at)
    for tell in moment_answered.items():
        tell(by=by, moment_id=moment.id, signal_ids=signal_ids)


@transaction.atomic
def pass_on(*, by: Actor, moment_id: UUID, reason: str, version: int | None = None) -> None:
    """Say that one cannot take it, or give it back: the next on duty is asked, then the team."""
    moment = open_moment(by, moment_id, version)
    if by.own_id not in (moment.asked_id, moment.holder_id):
        raise Conflict("This moment is not with you.", kept=NOTHING_CHANGED)
    say_why(reason)
    ask_next(by, moment, note=reason)


@transaction.atomic
def hand_over(
    *, by: Actor, moment_id: UUID, to_user: UUID, reason: str, version: int | None = None
) -> None:
    """Ask a named person of the team, who has to acknowledge; until then it counts as waiting.

    Whoever had it, or was asked, is told when somebody else hands it over.
    """
    moment = open_moment(by, moment_id, version)
    if moment.holder_id != by.own_id and not by.can("moments.assign"):
        raise Conflict(
            "Only whoever has it, or a supervisor, can hand it over.", kept=NOTHING_CHANGED
        )
    if to_user not in {member.user_id for member in access.members(team_id=moment.team_id)}:
        raise BadInput("Please choose somebody of this team.", kept=NOTHING_CHANGED)
    if to_user in access.away_since(at=now()):
        raise BadInput(
            "They are away now, and would not see it.",
            kept=NOTHING_CHANGED,
            next="Choose somebody who is there.",
        )
    refuse_closed(by, moment, to_user, kept=NOTHING_CHANGED)
    say_why(reason)
    access_services.end_involvement(by=by, because_of=moment.id, except_user=to_user)
    before = moment.holder_id or moment.asked_id
    ask(by, moment, to_user, "handed_over", note=reason)
    if before and before not in (by.id, to_user):
        key = f"handed_away:{moment.id}:{moment.version}:{before}"
        told = Telling(before, "moment.handed_away", ("moment", moment.id), key)
        notices.tell(by=by, tellings=[told])


@transaction.atomic
def attempt(*, by: Actor, moment_id: UUID, how: str, note: str, version: int | None = None) -> None:
    """Record that one tried to reach the child. Trying is not reaching."""
    moment = held(by, moment_id, version)
    at = now()
    moment.attempted_at = moment.attempted_at or at
    act(by, moment, "attempted", how=how, note=note, at=at)


@transaction.atomic
def reach(
    *,
    by: Actor,
    moment_id: UUID,
    how: str,
    note: str,
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Record that the child was seen or spoken with; the moment stays open until that lasted.

    `at` says when, if not just now. The child's clock ends when it is written down, once: an
    earlier time that somebody writes down later explains a missed clock, and does not undo it.
    """
    moment = held(by, moment_id, version)
    recorded = now()
    at = at or recorded
    if at > recorded:
        raise BadInput("That time has not come yet.", kept=NOTHING_CHANGED)
    if at < recorded and at < began(by, moment):
        raise BadInput("That is before anything had happened.", kept=NOTHING_CHANGED)
    if moment.reached_at is None:
        moment.reached_at, moment.reach_recorded_at = at, recorded
    moment.ask_again_at = None
    act(by, moment, "reached", how=how, note=note, at=recorded, said_at=at)


@transaction.atomic
def do_step(
    *,
    by: Actor,
    moment_id: UUID,
    step: str,
    kind: str = "",
    note: str = "",
    version: int | None = None,
) -> None:
    """Record that a step is done of the pathway of a kind that opened the moment or joined it."""
    moment = held(by, moment_id, version)
    act(by, moment, STEP_DONE, step=step, how=kind_of_step(moment, step, kind), note=note)


@transaction.atomic
def close(
    *,
    by: Actor,
    moment_id: UUID,
    outcome: str,
    reason: str,
    not_again: str = "",
    version: int | None = None,
) -> None:
    """Close with an outcome and a reason; what the moment opened closes with it.

    A no is no dead end: a child who said no is asked again on a day that is named, for which the
    moment stays open, or `not_again` says why not.
    """
    moment = held(by, moment_id, version)
    if outcome not in {known.key for known in guidance.outcomes()}:
        raise BadInput("Please choose how it ends.", kept=NOTHING_CHANGED)
    say_why(reason)
    if guidance.outcome(outcome).counts_as_reached and moment.reached_at is None:
        raise BadInput(
            "Nobody has recorded yet that the child was reached.",
            kept=NOTHING_CHANGED,
            next="Record when and how the child was reached first, or choose how else it ends.",
        )
    at = now()
    if outcome == DECLINED and moment.ask_again_at is not None and moment.ask_again_at > at:
        raise Conflict(
            "A day was named on which the child is asked again.",
            kept=NOTHING_CHANGED,
            next="Keep it open until then, hand it over, or choose how else it ends.",
        )
    if outcome == DECLINED and not_again not in dict(WHY_NOT_AGAIN):
        raise BadInput(
            "Nothing says yet when the child is asked again, or why not.",
            kept=NOTHING_CHANGED,
            next="Name a day and who asks, and it stays open until then; or choose why the child "
            "is not asked again.",
        )
    moment.state, moment.outcome, moment.closed_at = "closed", outcome, at
    moment.ask_again_at = None
    why = not_again if outcome == DECLINED else ""
    act(by, moment, "closed", how=outcome, step=why, note=reason, at=at)
    for member in families([moment.id]):
        access_services.end_involvement(by=by, because_of=member)


def pass_on_unanswered(*, by: Actor) -> int:
    """Let no moment wait for somebody who does not answer, has left, or was not there yet.

    Return how many were passed on.
    """
    return passing_on.run(by)

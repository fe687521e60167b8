"""What people, and the clock, do with a reachable moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.models import OPEN, Action, Moment, Trigger
from reachable.moments.noticing import Batch, Noticeable
from reachable.moments.registries import moment_answered
from reachable.moments.selectors import visible_moments
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.registries import IdentityChanged
from reachable.practice import guidance

NOTHING_CHANGED = "Nothing was changed."


def notice(*, by: Actor, events: Sequence[Noticeable]) -> int:
    """Open or join a moment for each event that calls for one; return how many were opened.

    Runs in the caller's transaction, whose audit entry covers it.
    """
    return Batch(by).run(events) if events else 0


@transaction.atomic
def take(*, by: Actor, moment_id: UUID, version: int | None = None) -> None:
    """Acknowledge or claim: this person has it now, and whoever was asked before has not."""
    moment = _open(by, moment_id, version)
    if moment.holder_id == by.id:
        return
    if moment.holder_id is not None:
        holder = access.names([moment.holder_id])[moment.holder_id]
        raise Conflict(f"{holder} has this moment already.", kept=NOTHING_CHANGED)
    kind = "acknowledged" if moment.asked_id == by.id else "claimed"
    moment.state, moment.holder_id, moment.held_at = "held", by.id, now()
    moment.asked_id, moment.answer_by = None, None
    access_services.end_involvement(by=by, because_of=moment.id, except_user=by.id)
    if kind == "claimed":
        row = (by.id, None, moment.person_id, "holder", moment.id)
        access_services.involve(by=by, rows=[row], kind="person")
    _act(by, moment, kind)
    signals = list(Trigger.objects.filter(moment=moment).values_list("signal_id", flat=True))
    for tell in moment_answered.items():
        tell(by=by, moment_id=moment.id, signal_ids=signals)


@transaction.atomic
def pass_on(*, by: Actor, moment_id: UUID, reason: str, version: int | None = None) -> None:
    """Say that one cannot take it, or give it back: the next on duty is asked, then the team."""
    moment = _open(by, moment_id, version)
    if by.id not in (moment.asked_id, moment.holder_id):
        raise Conflict("This moment is not with you.", kept=NOTHING_CHANGED)
    _say_why(reason)
    moment.holder_id, moment.held_at = None, None
    _ask_next(by, moment, note=reason)


@transaction.atomic
def hand_over(
    *, by: Actor, moment_id: UUID, to_user: UUID, reason: str, version: int | None = None
) -> None:
    """Ask a named person of the team, who has to acknowledge; until then it counts as waiting."""
    moment = _open(by, moment_id, version)
    if moment.holder_id != by.id and not by.can("moments.assign"):
        raise Conflict("Only whoever has it, or a supervisor, can hand it over.")
    if to_user not in {member.user_id for member in access.members(team_id=moment.team_id)}:
        raise BadInput("Please choose somebody of this team.", kept=NOTHING_CHANGED)
    _say_why(reason)
    moment.holder_id, moment.held_at = None, None
    access_services.end_involvement(by=by, because_of=moment.id, except_user=to_user)
    _ask(by, moment, to_user, kind="handed_over", telling="moment.handed_over", note=reason)


@transaction.atomic
def attempt(*, by: Actor, moment_id: UUID, how: str, note: str, version: int | None = None) -> None:
    """Record that one tried to reach the child. Trying is not reaching."""
    moment = _held(by, moment_id, version)
    moment.attempted_at = moment.attempted_at or now()
    _act(by, moment, "attempted", how=how, note=note)


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
    """Record that the child was seen or spoken with; the moment stays open until that lasted."""
    moment = _held(by, moment_id, version)
    at = at or now()
    if at > now():
        raise BadInput("That time has not come yet.", kept=NOTHING_CHANGED)
    moment.reached_at = min(moment.reached_at or at, at)
    _act(by, moment, "reached", how=how, note=note)


@transaction.atomic
def do_step(
    *, by: Actor, moment_id: UUID, step: str, note: str = "", version: int | None = None
) -> None:
    """Record that a step of the pathway is done."""
    moment = _held(by, moment_id, version)
    if guidance.pathway(moment.kind, moment.pathway_version).step(step) is None:
        raise NotFound
    _act(by, moment, "step_done", step=step, note=note)


@transaction.atomic
def close(
    *, by: Actor, moment_id: UUID, outcome: str, reason: str, version: int | None = None
) -> None:
    """Close with an outcome and a reason; what the moment opened closes with it."""
    moment = _held(by, moment_id, version)
    if outcome not in {known.key for known in guidance.outcomes()}:
        raise BadInput("Please choose how it ends.", kept=NOTHING_CHANGED)
    _say_why(reason)
    if guidance.outcome(outcome).counts_as_reached and moment.reached_at is None:
        raise BadInput(
            "Nobody has recorded yet that the child was reached.",
            kept=NOTHING_CHANGED,
            next="Record when and how the child was reached first, or choose how else it ends.",
        )
    moment.state, moment.outcome, moment.closed_at = "closed", outcome, now()
    _act(by, moment, "closed", how=outcome, note=reason)
    together = [moment.id, *Moment.objects.filter(joined_into=moment).values_list("id", flat=True)]
    for moment_id in together:
        access_services.end_involvement(by=by, because_of=moment_id)


def pass_on_unanswered(*, by: Actor) -> int:
    """Pass on every moment whose time to answer has run out; return how many."""
    late = list(
        Moment.objects.filter(state="waiting", answer_by__lte=now())
        .order_by("answer_by")
        .values_list("id", flat=True)[:500]
    )
    return sum(_pass_on_late(by, moment_id) for moment_id in late)


@transaction.atomic
def _pass_on_late(by: Actor, moment_id: UUID) -> bool:
    moment = Moment.objects.select_for_update().get(id=moment_id)
    if moment.state != "waiting" or moment.answer_by is None or moment.answer_by > now():
        return False
    _ask_next(by, moment, note="")
    return True


def follow_identity(*, by: Actor, change: IdentityChanged) -> None:
    """A child has one open moment: at a merge the newer joins the older, at its undo it returns."""
    if change.undone:
        for moment in Moment.objects.select_for_update().filter(joined_by=change.merge_id):
            moment.state, moment.state_before = moment.state_before, ""
            moment.joined_into, moment.joined_by = None, None
            _act(by, moment, "separated")
        return
    both = list(
        Moment.objects.select_for_update()
        .filter(person__now__current_id=change.kept_id, state__in=OPEN)
        .order_by("opened_at", "id")
    )
    for newer in both[1:]:
        newer.state_before, newer.state = newer.state, "joined"
        newer.joined_into, newer.joined_by = both[0], change.merge_id
        _act(by, newer, "joined_older")
        if both[0].holder_id:
            key = f"joined:{newer.id}:{change.merge_id}"
            telling = Telling(both[0].holder_id, "moment.joined", ("moment", both[0].id), key)
            notices.tell(by=by, tellings=[telling])


def _open(by: Actor, moment_id: UUID, version: int | None) -> Moment:
    """Lock an open moment that `by` may see; refuse when somebody else changed it meanwhile."""
    by.require("moments.hold")
    moment = (
        Moment.objects.select_for_update()
        .filter(id=moment_id, id__in=visible_moments(by=by).values("id"))
        .first()
    )
    if moment is None:
        raise NotFound
    if moment.state not in OPEN:
        raise Conflict("This moment is closed.", kept=NOTHING_CHANGED)
    if version is not None and version != moment.version:
        raise Conflict(
            "Somebody changed this moment while you had it open.",
            kept=NOTHING_CHANGED,
            next="Look at what is new, then do it again if it is still right.",
        )
    return moment


def _held(by: Actor, moment_id: UUID, version: int | None) -> Moment:
    moment = _open(by, moment_id, version)
    if moment.holder_id != by.id:
        raise Conflict("You do not have this moment.", kept=NOTHING_CHANGED, next="Take it first.")
    return moment


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept=NOTHING_CHANGED)


def _ask_next(by: Actor, moment: Moment, *, note: str) -> None:
    """Ask whoever is on duty now and was not asked before; when there is nobody, tell the team."""
    asked = set(
        Action.objects.filter(
            moment=moment, kind__in=("asked", "passed_on", "handed_over")
        ).values_list("about_id", flat=True)
    )
    on_duty = [who.user_id for who in access.on_duty(team_id=moment.team_id, at=now())]
    next_user = rules.next_asked(on_duty, [user for user in asked if user])
    access_services.end_involvement(
        by=by, because_of=moment.id, except_user=next_user, keep_team=True
    )
    if next_user is not None:
        _ask(by, moment, next_user, kind="passed_on", telling="moment.assigned", note=note)
        return
    moment.state, moment.asked_id, moment.answer_by = "with_team", None, None
    _act(by, moment, "to_team", note=note)
    round_number = moment.version
    notices.tell(
        by=by,
        tellings=[
            Telling(
                member.user_id,
                "moment.with_team",
                ("moment", moment.id),
                f"team:{moment.id}:{round_number}:{member.user_id}",
            )
            for member in access.members(team_id=moment.team_id)
        ],
    )


def _ask(by: Actor, moment: Moment, user_id: UUID, *, kind: str, telling: str, note: str) -> None:
    moment.state, moment.asked_id = "waiting", user_id
    moment.answer_by = rules.answer_by(moment.kind, now())
    row = (user_id, None, moment.person_id, "asked", moment.id)
    access_services.involve(by=by, rows=[row], kind="person")
    _act(by, moment, kind, about=user_id, note=note)
    key = f"asked:{moment.id}:{moment.version}:{user_id}"
    notices.tell(by=by, tellings=[Telling(user_id, telling, ("moment", moment.id), key)])


def _act(
    by: Actor,
    moment: Moment,
    kind: str,
    *,
    about: UUID | None = None,
    step: str = "",
    how: str = "",
    note: str = "",
) -> None:
    """Append what was done, bring the projection up to date, and leave the audit entry."""
    moment.next_due_at = rules.next_due(
        state=moment.state,
        answer_by=moment.answer_by,
        child_due_at=moment.child_due_at,
        reached_at=moment.reached_at,
    )
    moment.version += 1
    moment.save()
    Action.objects.create(
        moment=moment,
        kind=kind,
        at=now(),
        by_id=by.id,
        about_id=about,
        step=step,
        how=how[:40],
        note=note.strip(),
    )
    audit.record(
        by=by, action=f"moments.{kind}", subject=("moment", moment.id), about=about, how=how
    )

"""Where an offer stands, and what may be recorded next: by what was recorded, in that order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from reachable.moments.measuring import ANSWERED_WITHIN, CHECKS, check_due

WANTS, NOT_NOW, NO = "wants", "not_now", "no"
SENT, WAITING, ACCEPTED, REFUSED = "sent", "waiting", "accepted", "refused"
ATTENDED, STILL, ENDED = "attended", "still", "ended"
ASKED = "asked"
"""The product asked somebody whether the child still goes there: it leaves an offer where it is."""

ANSWERS = frozenset({WANTS, NOT_NOW, NO})
GOES_ON, STOPPED, NOT_KNOWN = "yes", "stopped", "not_known"
"""What is said at 28 days and at 3 months."""

WANTED, PUT_OFF, DECLINED, ATTENDING = "wanted", "put_off", "declined", "attending"
"""States that are called otherwise than the step that leads to them."""

ALLOWED: dict[str, tuple[str, ...]] = {
    WANTED: (SENT, ATTENDED, NOT_NOW, NO, REFUSED),
    PUT_OFF: (WANTS, NOT_NOW, NO),
    DECLINED: (WANTS,),
    SENT: (ACCEPTED, WAITING, REFUSED, ATTENDED, NOT_NOW, NO),
    WAITING: (ACCEPTED, REFUSED, ATTENDED, NOT_NOW, NO),
    ACCEPTED: (ATTENDED, WAITING, REFUSED, NOT_NOW, NO),
    REFUSED: (SENT, ACCEPTED),
    ATTENDING: (STILL, ENDED),
    ENDED: (),
}
"""What may be recorded in each state, the likeliest first. What has ended may be offered anew."""

ASK_AGAIN_AFTER = timedelta(weeks=4)
"""When a child who said not now is asked again, where no other day was agreed. This project’s own:
no source says how long to wait."""
ASK_AGAIN_WITHIN = timedelta(weeks=24)
"""The latest: later, nobody follows the offer any more."""

BEGINS = {WANTS: WANTED, NOT_NOW: PUT_OFF, NO: DECLINED, ATTENDED: ATTENDING}
OPEN = frozenset({WANTED, PUT_OFF, SENT, WAITING, ACCEPTED, ATTENDING})
"""States from which it is still to be heard what becomes of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was recorded; `at` is when it happened, `after` the time asked about.

    `again_on` is the day on which a child who said not now is asked again.
    """

    kind: str
    at: datetime
    how: str = ""
    after: str = ""
    again_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an offer stands, since when, and what is known of the child's going there."""

    state: str
    since: datetime
    attended_at: datetime | None = None
    ended_at: datetime | None = None
    answered: frozenset[str] = frozenset()
    again_on: date | None = None


def standing(steps: Iterable[Step]) -> Standing:
    """Return where an offer stands. The first step is what the child said to it."""
    recorded = [step for step in steps if step.kind != ASKED]
    first, *later = recorded
    stands = Standing(BEGINS[first.kind], first.at, again_on=first.again_on)
    for step in later:
        stands = after(stands, step)
    return stands


def after(stands: Standing, step: Step) -> Standing:
    """Return where it stands once this was recorded too."""
    if step.kind == STILL:
        answered = stands.answered | {step.after}
        if step.how != STOPPED:
            return replace(stands, answered=answered)
        return replace(stands, state=ENDED, since=step.at, ended_at=step.at, answered=answered)
    if step.kind == ENDED:
        return replace(stands, state=ENDED, since=step.at, ended_at=step.at)
    attended_at = step.at if step.kind == ATTENDED else stands.attended_at
    state = BEGINS.get(step.kind, step.kind)
    return replace(
        stands, state=state, since=step.at, attended_at=attended_at, again_on=step.again_on
    )


def again_on(answer: str, wanted: date | None, today: date) -> date | None:
    """Return when a child is asked again: as was agreed, or in four weeks; only after “not now”."""
    if answer != NOT_NOW:
        return None
    return wanted or today + ASK_AGAIN_AFTER


def may_be_asked_on(day: date, today: date) -> bool:
    return today < day <= today + ASK_AGAIN_WITHIN


def may_follow(state: str, kind: str) -> bool:
    return kind in ALLOWED[state]


def checks_due(stands: Standing, at: datetime) -> tuple[str, ...]:
    """Return those times whose day has come, and of which nobody has said anything yet."""
    attended_at = stands.attended_at
    if attended_at is None or stands.state != ATTENDING:
        return ()
    return tuple(
        check
        for check in CHECKS
        if check not in stands.answered and check_due(attended_at, check) <= at
    )


def asked_now(stands: Standing, asked: Collection[str], at: datetime) -> str:
    """Return of which time somebody is to be asked now, once and within two weeks; or nothing."""
    for check in checks_due(stands, at):
        attended_at = stands.attended_at
        assert attended_at is not None
        if check not in asked and at < check_due(attended_at, check) + ANSWERED_WITHIN:
            return check
    return ""

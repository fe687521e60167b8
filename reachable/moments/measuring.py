"""What each measure says of a moment at a time, and over many: kept apart, and never one score.

Everything follows from appended actions and their times, so that it does not matter in which order
somebody wrote them down.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain

from reachable.moments import rules
from reachable.moments.rules import TAKING, Done
from reachable.practice.time import LONDON, start_of_day

OFFERED, ACCEPTED, DECLINED, IN_TOUCH = "offered", "accepted", "declined", "in_touch"
EXPLAINED, KEPT = "explained", "kept"
NOT_COUNTED = frozenset({"opened_in_error", "adult_when_it_happened"})
"""Endings that say that this was no moment of a child."""
CHECKS = {"28_days": "28 days", "3_months": "3 months"}
"""When it is asked whether contact has lasted, counted from the day on which it began."""
ANSWERED_WITHIN = timedelta(days=14)
"""How long whoever had the moment has to say whether contact has lasted."""
COUNTED = frozenset({*TAKING, "handed_over", "reached", "closed", OFFERED, ACCEPTED, DECLINED})
"""Kinds of action from which the measures follow, with the two that say more of them."""
COUNTED |= {IN_TOUCH, EXPLAINED}


class State(StrEnum):
    """What a measure says of one moment; `OUT` is in neither numerator nor denominator."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    OUT = "out"


@dataclass(frozen=True)
class Measure:
    """What is counted, of what, and what is left out and why."""

    key: str
    title: str
    counts: str
    of: str
    left_out: str = "Moments that are no moment of a child."


MEASURES = (
    Measure(
        "acknowledged",
        "Acknowledged in time",
        "A named person took it before our own clock ran out, counted from when we were told.",
        "All moments that were taken up, or whose clock of ours has run out.",
    ),
    Measure(
        "handed_over",
        "Handed over to a named colleague",
        "Somebody handed it over to a colleague by name at least once.",
        "Moments that were handed over or are closed.",
    ),
    Measure(
        "taken_over",
        "Taken up by that colleague",
        "The colleague to whom it was last handed over was the next to take it.",
        "Moments that were handed over and taken up since, or closed.",
        "Moments that were never handed over.",
    ),
    Measure(
        "offered",
        "Contact offered",
        "Somebody wrote down an offer to the child, or the child’s answer to one.",
        "Moments with an offer, and those that closed without.",
    ),
    Measure(
        "accepted",
        "Contact accepted",
        "The child said yes to an offer at least once.",
        "Moments with an offer that the child accepted, or that closed without.",
        "Moments in which nothing was offered.",
    ),
    Measure(
        "declined",
        "Contact declined, or not now",
        "The child said no for now at least once. It is respected, and never counts as reached.",
        "Moments with an offer that the child answered, or that closed without an answer.",
        "Moments in which nothing was offered.",
    ),
    Measure(
        "asked_again",
        "Asked again by the day that was named",
        "After each no, somebody asked again, or the child came, by the end of the day named then.",
        "Moments with a no whose day has come, or that closed before it, or that named no day.",
        "Moments without a no.",
    ),
    Measure(
        "reached",
        "Child reached",
        "Somebody saw the child, spoke with them or had an answer. Trying, offering and a no do "
        "not count.",
        "Moments whose child was reached, and those that closed without.",
    ),
    Measure(
        "in_time",
        "Reached in time, as written down",
        "It was written down before the child’s clock ran out that the child was reached.",
        "Moments whose child was reached, whose clock has run out, or that closed.",
        "Moments whose clock had run out before we were told: nobody here could meet it.",
    ),
    Measure(
        "in_time_said",
        "Reached in time, as people say",
        "By the time that somebody gave for it, even if it was written down later.",
        "The same moments as by the time written down.",
        "Moments whose clock had run out before we were told.",
    ),
    Measure(
        "missed",
        "Child’s clock missed",
        "Nobody had written down by its end that the child was reached. It stays so.",
        "Moments whose clock has run out, was met, or that closed before.",
        "Moments whose clock had run out before we were told.",
    ),
    Measure(
        "explained",
        "Missed, and it is said why",
        "Somebody wrote an explanation beside the missed clock. It changes nothing of it.",
        "Moments whose clock was missed.",
        "Moments whose clock was not missed.",
    ),
    Measure(
        "kept_28_days",
        "Still in touch at 28 days",
        "Whoever had the moment said that contact has lasted.",
        "Moments whose child was reached at least 28 days before, and that were answered or had "
        "14 more days to be. “Not known” and no answer count as not lasting.",
        "Moments whose child was not reached.",
    ),
    Measure(
        "kept_3_months",
        "Still in touch at 3 months",
        "Whoever had the moment said that contact has lasted.",
        "Moments whose child was reached at least 3 months before, and that were answered or had "
        "14 more days to be. “Not known” and no answer count as not lasting.",
        "Moments whose child was not reached.",
    ),
)
BY_KEY: Mapping[str, Measure] = {measure.key: measure for measure in MEASURES}


@dataclass(frozen=True)
class Followed:
    """A moment as far as measures ask: its clocks, and what was done with it, in any order.

    `due_at` has pauses in it. `taken_back` says that corrections left nothing that opened it.
    """

    kind: str
    received_at: datetime
    due_at: datetime
    actions: Sequence[Done]
    taken_back: bool = False


@dataclass(frozen=True)
class Measured:
    """What each measure says of one moment, how many hours it took, and why a clock was missed."""

    states: Mapping[str, State]
    to_acknowledge: float | None = None
    to_reach: float | None = None
    why_missed: str = ""


def measured(followed: Followed, as_of: datetime) -> Measured:
    """Return what the measures say of a moment at that time."""
    story = _Story(followed, as_of)
    if followed.taken_back or story.ending in NOT_COUNTED:
        return Measured(dict.fromkeys(BY_KEY, State.OUT))
    states = {**_taking(story), **_contact(story), **_clock(story)}
    for check in CHECKS:
        states[f"kept_{check}"] = _lasted(story, check)
    explained = max(story.of(EXPLAINED), key=lambda done: (done.at, done.how), default=None)
    why = explained.how if explained and states["missed"] is State.YES else ""
    received = followed.received_at
    return Measured(
        states, _hours(received, story.taken_at), _hours(received, story.reached_at), why
    )


def check_due(reached_at: datetime, check: str) -> datetime:
    """Return from when it is asked whether contact has lasted: a day in London begins."""
    day = reached_at.astimezone(LONDON).date()
    return start_of_day(
        day + timedelta(days=28) if check == "28_days" else _months_after(day, months=3)
    )


def _months_after(day: date, *, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def ask_again_ends(again_at: datetime) -> datetime:
    """Return the end of the day on which a child who said no is asked again."""
    return start_of_day(again_at.astimezone(LONDON).date() + timedelta(days=1))


class _Story:
    """What had been written down of a moment by then."""

    def __init__(self, followed: Followed, as_of: datetime) -> None:
        self.followed = followed
        self.as_of = as_of
        self.done = [done for done in followed.actions if done.at <= as_of]
        closed = min(self.of("closed"), key=lambda done: done.at, default=None)
        self.closed_at = closed.at if closed else None
        self.ending = closed.how if closed else ""
        self.taken_at = min((done.at for done in self.done if done.kind in TAKING), default=None)
        reached = self.of("reached")
        self.recorded_at = min((done.at for done in reached), default=None)
        self.reached_at = min((done.happened for done in reached), default=None)

    def of(self, *kinds: str) -> list[Done]:
        return [done for done in self.done if done.kind in kinds]

    def unless_closed(self, so: object, /) -> State:
        """Yes where it is so; otherwise it may still become so until the moment closes."""
        return State.YES if so else State.NO if self.closed_at else State.OPEN

    def by(self, at: datetime | None, due_at: datetime) -> State:
        """Say whether something came by then, or still may."""
        if at is not None:
            return State.YES if at <= due_at else State.NO
        return State.NO if self.closed_at or self.as_of > due_at else State.OPEN

    def declines(self) -> list[tuple[datetime, datetime | None]]:
        """Return when the child said no, and when to ask again; closing so says no such day."""
        said = [(done.happened, done.again_at) for done in self.of(DECLINED)]
        if not said and self.ending == DECLINED and self.closed_at:
            return [(self.closed_at, None)]
        return said


def _taking(story: _Story) -> dict[str, State]:
    due_at = rules.answer_by(story.followed.kind, story.followed.received_at)
    handed = story.of("handed_over")
    taken_over = State.OUT
    if handed:
        last = max(handed, key=lambda done: (done.at, str(done.about)))
        later = [each for each in story.of(*TAKING) if each.at >= last.at]
        first = min(later, key=lambda done: done.at, default=None)
        taken_over = story.unless_closed(first and first.by == last.about)
        if first and first.by != last.about:
            taken_over = State.NO
    return {
        "acknowledged": story.by(story.taken_at, due_at),
        "handed_over": story.unless_closed(handed),
        "taken_over": taken_over,
    }


def _contact(story: _Story) -> dict[str, State]:
    declines, accepted = story.declines(), story.of(ACCEPTED)
    offered = story.unless_closed(story.of(OFFERED) or accepted or declines)
    if offered is not State.YES:
        answers = dict.fromkeys(("accepted", "declined"), State.OUT)
    else:
        said_yes = State.NO if accepted else story.unless_closed(None)
        answers = {
            "accepted": story.unless_closed(accepted),
            "declined": State.YES if declines else said_yes,
        }
    again = {_asked_again(story, said_at, again_at) for said_at, again_at in declines}
    return {
        "offered": offered,
        **answers,
        "asked_again": _worst(again),
        "reached": story.unless_closed(story.reached_at),
    }


def _asked_again(story: _Story, said_at: datetime, again_at: datetime | None) -> State:
    if again_at is None:
        return State.NO
    ends = ask_again_ends(again_at)
    later = story.of(OFFERED, ACCEPTED, DECLINED, "reached")
    if any(said_at < done.happened < ends for done in later):
        return State.YES
    return State.NO if story.closed_at or story.as_of >= ends else State.OPEN


def _worst(states: set[State]) -> State:
    """Several of one moment count once: one that was left out of mind is not made up for."""
    worst_first = (State.NO, State.OPEN, State.YES)
    return next((state for state in worst_first if state in states), State.OUT)


def _clock(story: _Story) -> dict[str, State]:
    due_at = story.followed.due_at
    if rules.told_too_late(due_at=due_at, received_at=story.followed.received_at):
        return dict.fromkeys(("in_time", "in_time_said", "missed", "explained"), State.OUT)
    missed = rules.missed(
        due_at=due_at, recorded_at=story.recorded_at, now=story.closed_at or story.as_of
    )
    over = story.recorded_at or story.closed_at
    explained = State.YES if story.of(EXPLAINED) else State.NO
    return {
        "in_time": story.by(story.recorded_at, due_at),
        "in_time_said": story.by(story.reached_at, due_at),
        "missed": State.YES if missed else State.NO if over else State.OPEN,
        "explained": explained if missed else State.OUT,
    }


def _lasted(story: _Story, check: str) -> State:
    if story.reached_at is None:
        return State.OUT
    due_at = check_due(story.reached_at, check)
    if story.as_of < due_at:
        return State.OPEN
    said = [done for done in story.of(IN_TOUCH) if done.step == check]
    last = max(said, key=lambda done: (done.happened, done.at, done.how), default=None)
    if last is not None:
        return State.YES if last.how == KEPT else State.NO
    return State.OPEN if story.as_of < due_at + ANSWERED_WITHIN else State.NO


def _hours(since: datetime, at: datetime | None) -> float | None:
    """What was done before we were told took no time."""
    return None if at is None else max((at - since).total_seconds(), 0) / 3600


@dataclass(frozen=True)
class Tally:
    """How many moments a measure says what of."""

    yes: int = 0
    no: int = 0
    open: int = 0
    out: int = 0

    @property
    def of(self) -> int:
        """The denominator: what is settled."""
        return self.yes + self.no


@dataclass(frozen=True)
class Spread:
    """How many hours something took: half took no more than the median, nine in ten than p90."""

    count: int
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True)
class Tallied:
    """The measures over many moments."""

    moments: int = 0
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    to_acknowledge: Spread = field(default_factory=lambda: Spread(0))
    to_reach: Spread = field(default_factory=lambda: Spread(0))
    why_missed: Mapping[str, int] = field(default_factory=dict)


def tallied(each: Iterable[Measured]) -> Tallied:
    """Count what the measures say of many moments."""
    moments = list(each)
    said = Counter(chain.from_iterable(moment.states.items() for moment in moments))
    tallies = {key: Tally(**{state.value: said[key, state] for state in State}) for key in BY_KEY}
    return Tallied(
        moments=len(moments),
        tallies=tallies,
        to_acknowledge=spread(moment.to_acknowledge for moment in moments),
        to_reach=spread(moment.to_reach for moment in moments),
        why_missed=Counter(moment.why_missed for moment in moments if moment.why_missed),
    )


def spread(hours: Iterable[float | None]) -> Spread:
    """Return median and 90th percentile, each an hour that one of them really took."""
    taken = sorted(hour for hour in hours if hour is not None)
    if not taken:
        return Spread(0)
    ranks = (-(-len(taken) * part // 100) - 1 for part in (50, 90))
    median, p90 = (taken[rank] for rank in ranks)
    return Spread(len(taken), median, p90)

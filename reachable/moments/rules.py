"""Which events open a reachable moment, who is asked, and when something was missed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from reachable.access.rules import TeamFacts
from reachable.moments.pauses import PAUSED, RESUMED
from reachable.people.rules import age_on
from reachable.practice import clocks, guidance
from reachable.practice.clocks import NO_TERMS, TermCalendar
from reachable.practice.items import Rule
from reachable.practice.time import LONDON, When, start_of_day

# A moment that reaches us a month late is a line in the chronology: the time to act has passed.
STALE_AFTER = timedelta(days=28)
# Whoever works in the evening or at night sees what falls due before the morning.
TONIGHT = timedelta(hours=8)
SOON = timedelta(hours=1)
ASKING = frozenset({"asked", "passed_on", "handed_over"})
TAKING = frozenset({"acknowledged", "claimed"})
# What somebody offered a child, or the child answered: it says anew when to ask again, or never.
ANSWERED = frozenset({"offered", "accepted", "declined", "reached"})


@dataclass(frozen=True)
class Opening:
    """A moment that an event calls for by a rule, with the child's clock.

    It follows the version of its pathway that is in force when it opens.
    """

    kind: str
    rule: str
    rule_version: int
    child_due_at: datetime
    due_note: str = ""
    """What the child's clock says of itself, such as where a calendar ended."""
    pathway_version: int | None = None
    """What was to be done, where it called for this before."""


def opening(
    *,
    called_by: Iterable[Rule],
    occurred: When,
    received_at: datetime,
    birth_date: date | None,
    terms: TermCalendar = NO_TERMS,
) -> Opening | None:
    """Return the moment that an event calls for by these rules, the one due first; or None.

    Only while it is fresh, and for somebody young enough for the rule when it happened.
    """
    if received_at - occurred.earliest > STALE_AFTER:
        return None
    found = [
        opened_by(rule, occurred=occurred, received_at=received_at, terms=terms)
        for rule in called_by
        if young_enough(rule, occurred=occurred, birth_date=birth_date)
    ]
    return min(found, key=lambda each: each.child_due_at, default=None)


def opened_by(
    rule: Rule, *, occurred: When, received_at: datetime, terms: TermCalendar = NO_TERMS
) -> Opening:
    """Return what a rule opens for something that happened then.

    `terms` are the partnership's school terms. Where a calendar ends, the clock goes on without
    it and its note says so: a date far away stops no load.
    """
    due = guidance.moment_kind(rule.opens).child_clock.span.due(
        occurred=occurred, received=received_at, calendar=clocks.england_and_wales(), terms=terms
    )
    return Opening(rule.opens, rule.key, rule.version, due.instant, due.note)


def young_enough(rule: Rule, *, occurred: When, birth_date: date | None) -> bool:
    return birth_date is None or age_on(birth_date, occurred.day) < rule.under


def would_have_opened(
    *, called_by: Iterable[Rule], occurred: When, birth_date: date | None
) -> bool:
    """Say whether an event of a child would have opened a moment, had it come in time."""
    return any(young_enough(each, occurred=occurred, birth_date=birth_date) for each in called_by)


def answer_by(kind: str, at: datetime) -> datetime:
    """Return by when whoever is asked at that instant should have answered."""
    span = guidance.moment_kind(kind).acknowledge_clock.span
    return span.due(occurred=When.at(at), received=at, calendar=clocks.england_and_wales()).instant


def team_for(
    teams: Sequence[TeamFacts], areas: Collection[str], *, holding: Collection[UUID]
) -> TeamFacts | None:
    """Return the team that answers: for one of these areas, else for everybody, else any.

    Only one in `holding`: teams in which somebody may hold a moment. None when there is none.
    """
    able = [team for team in teams if team.id in holding]
    local = [team for team in able if not team.areas.isdisjoint(areas)]
    everybody = [team for team in able if not team.areas]
    return next(iter([*local, *everybody, *able]), None)


def next_asked(on_duty: Sequence[UUID], asked: Sequence[UUID]) -> UUID | None:
    """Return the first on duty whom nobody has asked yet; None when it goes to the whole team."""
    return next((user for user in on_duty if user not in asked), None)


@dataclass(frozen=True)
class Known:
    """A worker whom a child knows: how, and since when or last when."""

    user: UUID
    how: str
    order: int
    since: datetime


def first_asked(
    known: Iterable[Known], *, at_work: Collection[UUID], on_duty: Sequence[UUID]
) -> Known | UUID | None:
    """Return whom the child knows and who is at work; else the first on duty, else nobody.

    Of several whom the child knows, the nearer way counts first, then who met them last.
    """
    there = [each for each in known if each.user in at_work]
    # The last keys decide between those who met the child at the same instant, always alike.
    there.sort(key=lambda each: (each.order, -each.since.timestamp(), str(each.user), each.how))
    return there[0] if there else next(iter(on_duty), None)


def readers_asked(
    readers: Collection[UUID],
    *,
    on_duty: Sequence[UUID],
    at_work: Sequence[UUID],
    able: Collection[UUID],
    away: Collection[UUID],
) -> list[UUID]:
    """Return the readers of a restricted child in the order in which they are asked.

    First who is on duty for the moment's team, then for any other, then, however late it is,
    whoever of them may hold a moment and is not away.
    """
    rest = sorted(user for user in readers if user in able and user not in away)
    there = [user for user in (*on_duty, *at_work, *rest) if user in readers]
    return list(dict.fromkeys(there))


def stands_before(state: str) -> int:
    """Order the moments of what turns out to be one child: what somebody has stands first.

    The others join it, and come back unchanged if the two are separated again.
    """
    return ("held", "waiting", "with_team").index(state)


def asked_in_round(actions: Iterable[Done]) -> list[UUID]:
    """Return who was asked in this round, and whoever had it before: a new round asks anew.

    It begins when somebody takes the moment, when it opens, and when more happens while it waits
    with the team: only then is somebody “asked”, and not passed on to.
    """
    had: list[UUID] = []
    for done in actions:
        if done.kind in TAKING and done.by:
            had = [done.by]
        elif done.kind in ASKING and done.about:
            had = [*(had if done.kind != "asked" else ()), done.about]
    return had


def waits_in_vain(
    actions: Sequence[Done],
    *,
    on_duty: Sequence[UUID],
    held_since: datetime | None,
    elsewhere: bool,
) -> bool:
    """Say whether a moment that waits with its team has somebody to be asked or told now.

    `held_since` says since when anybody who is in the team now may hold a moment, None that
    nobody may: then it waits in vain if there is somebody `elsewhere`. Whoever came on duty is
    asked, once in a round; a team of which nobody was there when it was told is told again.
    """
    if held_since is None:
        return elsewhere
    if next_asked(on_duty, asked_in_round(actions)) is not None:
        return True
    return all(done.at < held_since for done in actions if done.kind == "to_team")


def missed(*, due_at: datetime, recorded_at: datetime | None, now: datetime) -> bool:
    """A clock is missed when nobody had recorded by its end that the child was reached.

    Whatever is written down later explains it, and does not undo it.
    """
    return clocks.is_missed(recorded_at or now, due_at)


def warned_before(span: clocks.Span) -> timedelta:
    """Return how long before its end a clock is told of: a quarter of it, at least an hour."""
    return max(span.at_most / 4, SOON)


def is_warned(
    *, now: datetime, due_at: datetime, held_at: datetime | None, before: timedelta
) -> bool:
    """Say whether whoever has a moment is told now that its clock runs out soon.

    Whoever took it with less than that left saw so then, and is told an hour before the end.
    """
    knew = held_at is not None and held_at > due_at - before
    return due_at - (SOON if knew else before) <= now <= due_at


def is_half_over(*, now: datetime, since: datetime, until: datetime) -> bool:
    """Say whether half of the time to answer has passed, and not all of it."""
    return since + (until - since) / 2 <= now < until


def told_too_late(*, due_at: datetime, received_at: datetime) -> bool:
    """Say whether the child's clock had run out before we were told: nobody here could meet it."""
    return due_at <= received_at


def next_due(
    *, state: str, answer_by: datetime | None, child_due_at: datetime, reached_at: datetime | None
) -> datetime | None:
    """Return what the worklist sorts by: the nearest clock that still runs or was missed."""
    running = [] if reached_at else [child_due_at]
    if state == "waiting" and answer_by:
        running.append(answer_by)
    return min(running, default=None)


def today_ends(now: datetime) -> datetime:
    """Return the end of today's part of the worklist: midnight in London, or tonight's end."""
    midnight = start_of_day(now.astimezone(LONDON).date() + timedelta(days=1))
    return max(midnight, now + TONIGHT)


def bucket(*, due_at: datetime | None, state: str, now: datetime, day_ends: datetime) -> str:
    """Return now, today or week: what nobody has taken up and what is overdue comes first.

    Somebody who is asked, and has until another day to answer, is not called for now.
    """
    today = due_at is not None and due_at < day_ends
    if state == "with_team" or (state == "waiting" and today):
        return "now"
    if due_at is not None and due_at <= now + SOON:
        return "now"
    return "today" if today else "week"


@dataclass(frozen=True)
class Done:
    """An appended action, as far as it says where a moment stands."""

    kind: str
    at: datetime
    by: UUID | None = None
    about: UUID | None = None
    how: str = ""
    said_at: datetime | None = None
    again_at: datetime | None = None
    step: str = ""

    @property
    def happened(self) -> datetime:
        """When it was, as whoever wrote it down says."""
        return self.said_at or self.at


@dataclass(frozen=True)
class Standing:
    """Where a moment stands: what follows from its actions alone."""

    state: str = "waiting"
    state_before: str = ""
    asked: UUID | None = None
    answer_by: datetime | None = None
    holder: UUID | None = None
    held_at: datetime | None = None
    attempted_at: datetime | None = None
    reached_at: datetime | None = None
    reach_recorded_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    paused_until: datetime | None = None
    paused_why: str = ""
    ask_again_at: datetime | None = None


def standing(kind: str, actions: Iterable[Done]) -> Standing:
    """Return where a moment of that kind stands after these actions, in their order."""
    stands = Standing()
    for done in actions:
        stands = _after(kind, stands, done)
    return stands


def _after(kind: str, stands: Standing, done: Done) -> Standing:
    if done.kind in ASKING:
        return replace(
            stands,
            state="waiting",
            asked=done.about,
            answer_by=_asked_until(kind, stands, done),
            holder=None,
            held_at=None,
        )
    if done.kind in TAKING:
        return replace(
            stands, state="held", holder=done.by, held_at=done.at, asked=None, answer_by=None
        )
    if done.kind == "joined" and stands.answer_by and (joined := _kind_joined(done)):
        return replace(stands, answer_by=min(stands.answer_by, answer_by(joined, done.at)))
    if done.kind == "to_team":
        return replace(
            stands, state="with_team", asked=None, answer_by=None, holder=None, held_at=None
        )
    if done.kind == "attempted":
        return replace(stands, attempted_at=stands.attempted_at or done.at)
    if done.kind in ANSWERED:
        return _answered(stands, done)
    if done.kind == "closed":
        return replace(
            stands, state="closed", closed_at=done.at, outcome=done.how, ask_again_at=None
        )
    if done.kind == PAUSED:
        return replace(stands, paused_until=done.said_at, paused_why=done.how)
    if done.kind == RESUMED:
        return replace(stands, paused_until=None, paused_why="")
    if done.kind == "joined_older":
        return replace(stands, state="joined", state_before=stands.state)
    if done.kind == "separated":
        return replace(stands, state=stands.state_before, state_before="")
    return stands


def _answered(stands: Standing, done: Done) -> Standing:
    stands = replace(stands, ask_again_at=done.again_at)
    if done.kind == "reached" and stands.reached_at is None:
        return replace(stands, reached_at=done.happened, reach_recorded_at=done.at)
    return stands


def asked_again_until(*, kind: str, joined: str, held: bool, at: datetime) -> datetime:
    """Return by when to answer what joined: if nobody had taken it yet, both that and the rest."""
    until = answer_by(joined, at)
    return until if held else min(until, answer_by(kind, at))


def _asked_until(kind: str, stands: Standing, done: Done) -> datetime:
    joined, held = _kind_joined(done), stands.holder is not None
    if joined:
        return asked_again_until(kind=kind, joined=joined, held=held, at=done.at)
    return answer_by(kind, done.at)


def _kind_joined(done: Done) -> str:
    """Return what kind of moment an event calls for that joined, or for which somebody is asked."""
    return done.how if done.how in {kind.key for kind in guidance.moment_kinds()} else ""

"""The worklist: what waits now, what is due today and what is due later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from reachable.access import selectors as access
from reachable.access.rota import Uncovered, uncovered
from reachable.access.rules import TeamFacts
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.closures import RestrictedLine, restricted_lines
from reachable.moments.models import OPEN, Moment
from reachable.moments.narrowing import EVERYTHING, Narrowing, Part, narrow, parts
from reachable.moments.selectors import NAMED, Row, rows_of, visible_moments

SHOWN = 50
# A child who said no is left in peace until the day that was named, whatever clock has run out.
_DUE = Case(
    When(state="held", ask_again_at__isnull=False, then=F("ask_again_at")), default=F("next_due_at")
)
# Those whose child was reached have no clock that runs; they come last on every database.
_NEAREST = F("due").asc(nulls_last=True)


@dataclass(frozen=True)
class Bucket:
    key: str
    rows: list[Row]
    total: int


@dataclass(frozen=True)
class Worklist:
    """Open moments of this person's teams, in three buckets, and who is on duty now.

    `restricted` are those that wait for somebody else, who is to be rung: for whoever is on duty.
    """

    buckets: list[Bucket]
    restricted: list[RestrictedLine]
    on_duty: list[tuple[TeamFacts, list[access.OnDuty]]]
    uncovered: list[Uncovered]
    mine_only: bool
    narrowed: Narrowing
    at: datetime


def worklist(*, by: Actor, mine_only: bool = False, narrowed: Narrowing = EVERYTHING) -> Worklist:
    """Return what waits now, what is due today and what is due later, as far as it is narrowed."""
    by.require("moments.hold")
    at = now()
    held = narrow(by=by, held=_open(by, mine_only), to=narrowed)
    places = _nearest(held, at)
    moments = Moment.objects.select_related(*NAMED).in_bulk([moment_id for moment_id, *_ in places])
    found: dict[str, list[Moment]] = {"now": [], "today": [], "week": []}
    totals = dict.fromkeys(found, 0)
    for moment_id, bucket, in_bucket in places:
        found[bucket].append(moments[moment_id])
        totals[bucket] = in_bucket
    rows = rows_of(
        by=by, moments=[moment for moments in found.values() for moment in moments], at=at
    )
    on_duty = _on_duty(by, at)
    is_on_duty = any(who.user_id == by.id for _, people in on_duty for who in people)
    return Worklist(
        restricted=restricted_lines(by=by, at=at) if is_on_duty else [],
        buckets=[
            Bucket(key, [rows[moment.id] for moment in moments], totals[key])
            for key, moments in found.items()
        ],
        on_duty=on_duty,
        uncovered=uncovered(by=by, team_ids=by.team_ids),
        mine_only=mine_only,
        narrowed=narrowed,
        at=at,
    )


def narrowing(*, by: Actor, mine_only: bool, narrowed: Narrowing) -> list[Part]:
    """Return what the worklist can be narrowed by, with how many moments each choice leaves."""
    by.require("moments.hold")
    return parts(by=by, held=_open(by, mine_only), to=narrowed)


def _open(by: Actor, mine_only: bool) -> QuerySet[Moment]:
    held = visible_moments(by=by).filter(state__in=OPEN)
    return held.filter(Q(holder_id=by.id) | Q(asked_id=by.id)) if mine_only else held


def _nearest(held: QuerySet[Moment], at: datetime) -> list[tuple[UUID, str, int]]:
    """Return the nearest of each bucket, with the bucket and how many it holds: what `rules.bucket`
    says, in one pass over all that may be seen."""
    today = Q(due__lt=rules.today_ends(at))
    unanswered = Q(state="with_team") | (Q(state="waiting") & today)
    bucket = Case(
        When(unanswered | Q(due__lte=at + rules.SOON), then=Value("now")),
        When(today, then=Value("today")),
        default=Value("week"),
    )
    together = (
        held.annotate(due=_DUE)
        .annotate(bucket=bucket)
        .annotate(
            place=Window(RowNumber(), partition_by="bucket", order_by=[_NEAREST, "id"]),
            in_bucket=Window(Count("id"), partition_by="bucket"),
        )
    )
    nearest = together.filter(place__lte=SHOWN).order_by("place")
    return list(nearest.values_list("id", "bucket", "in_bucket"))


def _on_duty(by: Actor, at: datetime) -> list[tuple[TeamFacts, list[access.OnDuty]]]:
    return [
        (team, access.on_duty(team_id=team.id, at=at))
        for team in access.teams()
        if team.id in by.team_ids
    ]

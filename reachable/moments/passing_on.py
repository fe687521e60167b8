"""What the clock does with moments that nobody answers, or that nobody was there to answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from reachable.access import selectors as access
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.acting import AWAY, LEFT, WAITED, ask_next
from reachable.moments.closures import Closures
from reachable.moments.models import OPEN, Action, Moment
from reachable.moments.rules import Done

log = logging.getLogger("reachable.moments")
AT_ONCE = 500
_CLOCK = system("pass on")

Find = Callable[[QuerySet[Moment]], list[UUID]]


def run(by: Actor) -> int:
    """Pass on whatever has to be, each in a transaction of its own; return how many.

    One that fails does not keep the others: it is tried again, and the failure is told at the end.
    """
    passed = 0
    failure: Exception | None = None
    finds = (_late, ""), (of_people_who_left, LEFT), (of_people_away, AWAY), (_in_vain, WAITED)
    for find, how in finds:
        for moment_id in find(Moment.objects.all())[:AT_ONCE]:
            try:
                passed += _pass_on(by, moment_id, find, how)
            except Exception as error:
                log.error("moment %s could not be passed on: %s", moment_id, type(error).__name__)
                failure = error
    if failure is not None:
        raise failure
    return passed


@transaction.atomic
def _pass_on(by: Actor, moment_id: UUID, find: Find, how: str) -> bool:
    """Somebody may have been faster: what was found is looked for again under the lock."""
    moment = Moment.objects.select_for_update().get(id=moment_id)
    if not find(Moment.objects.filter(id=moment_id)):
        return False
    ask_next(by, moment, how=how)
    return True


def _late(among: QuerySet[Moment]) -> list[UUID]:
    """Return those whose time to answer has run out."""
    late = among.filter(state="waiting", answer_by__lte=now()).order_by("answer_by")
    return list(late.values_list("id", flat=True)[:AT_ONCE])


def of_people_who_left(among: QuerySet[Moment]) -> list[UUID]:
    """Return those of people who may no longer have them.

    What somebody has passes on when they leave; this finds what they took at that very instant.
    """
    theirs = among.filter(state__in=OPEN).annotate(whose=Coalesce("holder_id", "asked_id"))
    left = theirs.filter(access.has_left(user="whose"), whose__isnull=False)
    return list(left.values_list("id", flat=True)[:AT_ONCE])


def of_people_away(among: QuerySet[Moment]) -> list[UUID]:
    """Return those of people who are away now.

    Who takes one while away, knowing it, keeps it: only what they had before passes on.
    """
    away = access.away_since(at=now())
    if not away:
        return []
    theirs = among.filter(Q(holder__in=away) | Q(asked__in=away), state__in=OPEN)
    return [
        moment_id
        for moment_id, holder, held_at in theirs.order_by("id").values_list(
            "id", "holder_id", "held_at"
        )[:AT_ONCE]
        if holder is None or held_at is None or held_at <= away[holder]
    ]


def _in_vain(among: QuerySet[Moment]) -> list[UUID]:
    """Return those that wait with their team, while somebody could be asked or told now.

    The number of questions does not depend on how many wait: this runs every two seconds.
    """
    kinds = rules.ASKING | rules.TAKING | {"to_team"}
    done = Action.objects.filter(moment__in=among.filter(state="with_team"), kind__in=kinds)
    team_of: dict[UUID, UUID] = {}
    child_of: dict[UUID, UUID] = {}
    acts: dict[UUID, list[Done]] = {}
    for moment_id, team_id, child, kind, at, who, about in done.order_by("id").values_list(
        *("moment_id", "moment__team_id", "moment__person__now__current_id"),
        *("kind", "at", "by_id", "about_id"),
    ):
        team_of[moment_id], child_of[moment_id] = team_id, child
        acts.setdefault(moment_id, []).append(Done(kind, at, who, about))
    if not acts:
        return []
    since, on_duty = access.holding_since(), access.everybody_on_duty(at=now())
    closures = Closures(_CLOCK, now(), set(child_of.values()))
    return [
        moment_id
        for moment_id, team_id in team_of.items()
        if rules.waits_in_vain(
            acts[moment_id],
            on_duty=closures.asked(child_of[moment_id], on_duty.get(team_id, [])),
            held_since=since.get(team_id),
            elsewhere=bool(since),
        )
    ]

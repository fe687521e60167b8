"""Asks, at 28 days and at 3 months, whoever had a moment whether contact has lasted.

A closed moment opens to them again for that one question, and closes with the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.time import now, today
from reachable.moments.acting import act
from reachable.moments.ahead import last_day_ends
from reachable.moments.closures import Closures
from reachable.moments.measuring import ANSWERED_WITHIN, CHECKS, IN_TOUCH, NOT_COUNTED, check_due
from reachable.moments.models import OPEN, Action, Moment
from reachable.moments.selectors import visible_moments
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people

ASKED = "lasting_asked"
BASIS = "lasted"
AT_ONCE = 500
# A month has up to 31 days, and a day in London begins up to an hour before one in UTC.
_AT_LEAST = {"28_days": timedelta(days=27), "3_months": timedelta(days=88)}
_AT_MOST = {"28_days": timedelta(days=30), "3_months": timedelta(days=94)}


def ask(*, by: Actor) -> int:
    """Ask whoever had a moment whose day has come, once; return how many were asked.

    Where they have left, or the child is closed to them, it is asked of those who lead the team,
    or else of everybody in it; of a restricted child whom none of them may open, of its readers.
    """
    with transaction.atomic():
        asked = 0
        for check in CHECKS:
            due = _unanswered(check, now()).filter(~_was(ASKED, check))
            locked = due.select_related("person__now").select_for_update(of=("self",))
            found = [
                moment
                for moment in locked.order_by("reached_at")[:AT_ONCE]
                if moment.reached_at and _is_asked(moment.reached_at, check)
            ]
            if found:
                closures = Closures(by, now(), {each.person.now.current_id for each in found})
                for moment in found:
                    _ask(by, moment, check, closures)
            asked += len(found)
        _close_unanswered(by)
    return asked


def _unanswered(check: str, at: datetime) -> QuerySet[Moment]:
    """Those of which it may be asked now, or may be in some days."""
    return Moment.objects.filter(
        ~_was(IN_TOUCH, check),
        joined_into=None,
        reached_at__lte=at - _AT_LEAST[check],
        reached_at__gte=at - _AT_MOST[check] - ANSWERED_WITHIN,
    ).exclude(outcome__in=NOT_COUNTED)


def _was(kind: str, check: str) -> Exists:
    return Exists(Action.objects.filter(moment_id=OuterRef("id"), kind=kind, step=check))


def _is_asked(reached_at: datetime, check: str) -> bool:
    due_at = check_due(reached_at, check)
    return due_at <= now() < due_at + ANSWERED_WITHIN


def _ask(by: Actor, moment: Moment, check: str, closures: Closures) -> None:
    for user_id in _whom(moment, closures):
        if moment.state not in OPEN:
            row = (user_id, None, moment.person_id, BASIS, moment.id)
            access_services.involve(by=by, rows=[row], kind="person")
        act(by, moment, ASKED, about=user_id, step=check)
        key = f"lasting:{moment.id}:{check}:{user_id}"
        told = Telling(user_id, "moment.lasting", ("moment", moment.id), key)
        notices.tell(by=by, tellings=[told])


def _whom(moment: Moment, closures: Closures) -> list[UUID]:
    current, had_it = moment.person.now.current_id, moment.holder_id
    members = closures.reached(
        current, [who.user_id for who in access.members(team_id=access.team_now(moment.team_id))]
    )
    still = had_it and access.able(capability="moments.hold", user_ids=[had_it])
    if had_it and still and closures.opens(current, had_it):
        return [had_it]
    return sorted(access.able(capability="moments.assign", user_ids=members)) or members


def _close_unanswered(by: Actor) -> None:
    """What nobody answered in time closes again to whoever was asked."""
    at = now()
    over = Action.objects.filter(
        kind=ASKED, at__lte=at - ANSWERED_WITHIN, at__gte=at - 2 * ANSWERED_WITHIN
    )
    moment_ids = list(over.values_list("moment_id", flat=True))
    ended = access_services.end_involvements(by=by, basis=BASIS, because_of=moment_ids)
    if ended:
        audit.record(by=by, action="moments.unanswered", subject=("partnership", None), count=ended)


@dataclass(frozen=True)
class Question:
    """Somebody is asked whether contact with a child has lasted."""

    moment_id: UUID
    name: str
    check: str
    words: str
    reached_at: datetime
    asked_at: datetime
    until: datetime


def asked_lately(*, by: Actor) -> QuerySet[Action, UUID]:
    """Return who may still answer whether some contact has lasted: the system asks for others."""
    by.require("rebuild")
    return (
        Action.objects.filter(kind=ASKED, at__gt=now() - ANSWERED_WITHIN, about__isnull=False)
        .values_list("about_id", flat=True)
        .distinct()
    )


def questions(*, by: Actor) -> list[Question]:
    """Return what this person is asked now, the one whose time ends first before the others."""
    answered = Action.objects.filter(
        moment_id=OuterRef("moment_id"), kind=IN_TOUCH, step=OuterRef("step")
    )
    asked = Action.objects.filter(
        ~Exists(answered),
        kind=ASKED,
        about_id=by.own_id,
        at__gt=now() - ANSWERED_WITHIN,
        moment__in=visible_moments(by=by),
        moment__joined_into=None,
    )
    rows = list(
        asked.order_by("at", "id").values_list(
            "moment_id", "step", "moment__reached_at", "moment__person__now__current_id", "at"
        )
    )
    names = people.names(by=by, current_ids={current for *_, current, _ in rows})
    return [
        Question(
            moment_id,
            names[current].name if current in names else "Name kept back",
            check,
            CHECKS[check],
            reached_at,
            at,
            at + ANSWERED_WITHIN,
        )
        for moment_id, check, reached_at, current, at in rows
        if reached_at
    ]


def ahead(*, by: Actor) -> tuple[int, int]:
    """Count, for this person's teams and the next 7 days, whom to ask again, and what lasted: no
    child counts who is closed to them."""
    by.require("moments.hold")
    at, last = now(), last_day_ends(today())
    of_teams = visible_moments(by=by).filter(team_id__in=by.team_ids)
    again = of_teams.filter(state__in=OPEN, ask_again_at__lt=last).count()
    lasting, shut = 0, people.closed_people(by=by)
    for check in CHECKS:
        soon = _unanswered(check, last).filter(team_id__in=by.team_ids)
        soon = soon.exclude(person__now__current_id__in=shut)
        for reached_at in soon.values_list("reached_at", flat=True):
            due_at = check_due(reached_at, check) if reached_at else last
            lasting += due_at < last and at < due_at + ANSWERED_WITHIN
    return again, lasting

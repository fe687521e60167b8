"""The demonstration’s last days of looks, so that information governance has something to watch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from reachable.access.models import Involvement, Role, TeamMembership, User
from reachable.access.selectors import actor_for
from reachable.foundation.actor import Actor
from reachable.foundation.time import now, today, travel
from reachable.governance import asking, keeping
from reachable.governance.rules import WatchRules
from reachable.people import selectors as people
from reachable.practice.time import LONDON

DAYS, WORKERS, RECORDS = 4, 6, 7
MANY = 6
LATE = time(23, 40)
QUESTION = "You opened this shortly before midnight. Were you on call?"
ANSWER = "Yes: the home had rung, and I looked for whom to ring back."


def look_about() -> int:
    """Let workers open children with whom they work, one of them late; return how many looks."""
    governance = _holders("information_governance")
    workers = [user for user in _holders("practitioner") if _children(user)][:WORKERS]
    if not governance or not workers:
        return 0
    keeping.set_rules(by=actor_for(governance[0]), rules=WatchRules(many_records=MANY))
    looks = 0
    for number, worker in enumerate(workers):
        by, children = actor_for(worker), _children(worker)[: RECORDS if number == 0 else 3]
        for at, child in zip(_times(number), children, strict=False):
            looks += _look(by, child, at)
    first = _children(workers[0])[0]
    late = datetime.combine(today() - timedelta(days=2), LATE, LONDON)
    looks += _look(actor_for(workers[0]), first, late)
    _ask(actor_for(governance[0]), workers[0], first, late)
    return looks


def _holders(role: str) -> list[User]:
    held = Role.objects.filter(role=role, ended_at=None).values("user_id")
    return list(User.objects.filter(id__in=held, is_active=True).order_by("username"))


def _children(worker: User) -> list[UUID]:
    teams = TeamMembership.objects.filter(user=worker, ended_at=None).values("team_id")
    held = Involvement.objects.filter(
        Q(user=worker) | Q(team_id__in=teams), subject_kind="person", ended_at=None
    )
    by, subjects = actor_for(worker), held.order_by("id").values_list("subject_id", flat=True)
    return [each for each in dict.fromkeys(subjects) if people.is_visible(by=by, person_id=each)]


def _times(number: int) -> Iterator[datetime]:
    """Within working hours of the last days: those of the first worker on one day."""
    for look in range(RECORDS):
        back = 1 if number == 0 else 1 + look % DAYS
        at = time(9 + look, 7 * number % 60)
        yield datetime.combine(today() - timedelta(days=back), at, LONDON)


def _look(by: Actor, child: UUID, at: datetime) -> int:
    if at > now():
        return 0
    with travel(at):
        people.child(by=by, person_id=child)
    return 1


def _ask(by: Actor, worker: User, child: UUID, at: datetime) -> None:
    """Governance asks about the late look, and the worker has answered."""
    current = people.child(by=actor_for(worker), person_id=child).person_id
    question_id = asking.ask(
        by=by,
        worker_id=worker.id,
        day=at.date(),
        kind="person",
        subject_id=current,
        question=QUESTION,
    )
    asking.answer(by=actor_for(worker), question_id=question_id, text=ANSWER)

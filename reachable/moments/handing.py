"""What somebody has of moments, before they move or leave: how much, and giving it to a colleague.

Whoever looks after accounts sees no child, so that nothing here says whose moment it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.handing import colleagues
from reachable.access.registries import Held
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.moments.acting import LEFT, act, ask, ask_next
from reachable.moments.closures import Closures
from reachable.moments.models import OPEN, Action, Moment, Task
from reachable.moments.tasks import GIVEN_ON
from reachable.notices import services as notices
from reachable.notices.services import Telling

TEAM_OTHERWISE = "whoever has one and is in that team too keeps it; of the others, whoever is on \
duty there is asked"


def open_moments(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many open moments somebody has or is asked to take, by team."""
    del by
    return [
        Held(
            title=f"Open moments of {name}",
            count=count,
            team_id=team,
            to=colleagues(team, user_id),
            otherwise="whoever is on duty is asked, else the whole team",
        )
        for team, name, count in _by_team(_moments(user_id, team_id), "team")
    ]


def hand_on_moments(*, by: Actor, user_id: UUID, team_id: UUID | None, to_user: UUID) -> None:
    """Ask a colleague to take the moments of a team, who has to acknowledge each.

    Of a child who is closed to the colleague, whoever is on duty is asked, else the team.
    """
    held = _moments(user_id, team_id).select_related("person__now")
    moments = list(held.select_for_update(of=("self",)))
    if not moments:
        return
    closures = Closures(by, now(), {each.person.now.current_id for each in moments})
    for moment in moments:
        if not closures.opens(moment.person.now.current_id, to_user):
            ask_next(by, moment, how=LEFT)
            continue
        access_services.end_involvement(
            by=by, because_of=moment.id, except_user=to_user, keep_team=True
        )
        ask(by, moment, to_user, "handed_over", how=LEFT)


def _moments(user_id: UUID, team_id: UUID | None) -> QuerySet[Moment]:
    held = Moment.objects.filter(Q(holder=user_id) | Q(asked=user_id), state__in=OPEN)
    return held if team_id is None else held.filter(team=team_id)


def of_team(*, by: Actor, team_id: UUID) -> Sequence[Held]:
    """Return how many open moments a team has."""
    del by
    count = Moment.objects.filter(team_id=team_id, state__in=OPEN).count()
    return [Held("Open moments", count, team_id, (), TEAM_OTHERWISE)]


def hand_on_team(*, by: Actor, team_id: UUID, to_team: UUID) -> None:
    """Give the open moments of a team to another. Whoever has one and is there too keeps it; of the
    others, whoever is on duty there is asked."""
    held = Moment.objects.filter(team_id=team_id, state__in=OPEN).select_for_update(of=("self",))
    there = {who.user_id for who in access.members(team_id=to_team)}
    key = next(team.key for team in access.teams() if team.id == to_team)
    for moment in held.select_related("person__now"):
        who = moment.holder_id or moment.asked_id
        access_services.end_involvement(
            by=by, because_of=moment.id, except_user=who if who in there else None
        )
        row = (None, to_team, moment.person_id, "team", moment.id)
        access_services.involve(by=by, rows=[row], kind="person")
        moment.team_id = to_team
        act(by, moment, "moved_to_team", how=key)
        if who not in there:
            ask_next(by, moment, how=LEFT)


def open_tasks(*, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]:
    """Return how many tasks in open moments somebody is to do, by team."""
    del by
    return [
        Held(
            title=f"Tasks in moments of {name}",
            count=count,
            team_id=team,
            to=colleagues(team, user_id),
            otherwise="they stay in the moment, and whoever has it sees that they are not done",
        )
        for team, name, count in _by_team(_tasks(user_id, team_id), "moment__team")
    ]


def hand_on_tasks(*, by: Actor, user_id: UUID, team_id: UUID | None, to_user: UUID) -> None:
    """Give the tasks of a team's moments to a colleague, who is told of each.

    Those of a child who is closed to the colleague stay in the moment, as they are.
    """
    held = _tasks(user_id, team_id).select_related("moment__person__now")
    tasks = list(held.select_for_update(of=("self",)))
    if not tasks:
        return
    closures = Closures(by, now(), {each.moment.person.now.current_id for each in tasks})
    for task in tasks:
        if not closures.opens(task.moment.person.now.current_id, to_user):
            continue
        Task.objects.filter(id=task.id).update(for_whom_id=to_user)
        Action.objects.create(
            moment_id=task.moment_id,
            kind=GIVEN_ON,
            at=now(),
            by_id=by.id,
            about_id=to_user,
            step=str(task.id),
        )
        subject = ("moment", task.moment_id)
        audit.record(
            by=by, action=f"moments.{GIVEN_ON}", subject=subject, about=to_user, task=task.id
        )
        key = f"task_given:{task.id}:{to_user}"
        told = Telling(to_user, "moment.task_given", subject, key)
        notices.tell(by=by, tellings=[told])


def _tasks(user_id: UUID, team_id: UUID | None) -> QuerySet[Task]:
    held = Task.objects.filter(for_whom=user_id, ended="", moment__state__in=OPEN)
    return held if team_id is None else held.filter(moment__team=team_id)


def _by_team(held: QuerySet[Moment] | QuerySet[Task], team: str) -> list[tuple[UUID, str, int]]:
    """Return (team, its name, how many), by name."""
    named = held.order_by(f"{team}__name").values_list(f"{team}_id", f"{team}__name")
    return [(team_id, name, count) for team_id, name, count in named.annotate(Count("id"))]

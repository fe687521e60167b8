"""Whom a child knows: who of them is asked first, and how a page says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reachable.access import selectors as access
from reachable.foundation.actor import Actor
from reachable.foundation.questions import Question
from reachable.moments import rules
from reachable.moments.closures import Closures
from reachable.moments.models import Action
from reachable.moments.registries import Acquaintance, Knows, whom_a_child_knows
from reachable.moments.rules import Known
from reachable.people import selectors as people
from reachable.practice.time import LONDON

FIRST = "known"
"""The action that says why somebody is asked first; `how` is the key of the registry."""


def acquainted(*, by: Actor, current_ids: Collection[UUID]) -> dict[UUID, list[Known]]:
    """Return child → whom they know. Every question is asked once, however many children."""
    found: dict[UUID, list[Known]] = {}
    if not current_ids:
        return found
    current_of = people.same_people(by=by, current_ids=current_ids)
    ways = {listed.key: listed.item for listed in whom_a_child_knows.listed()}
    for find in dict.fromkeys(way.find for way in ways.values()):
        for each in find(by=by, people=current_of):
            known = Known(each.user_id, each.how, ways[each.how].order, each.since)
            found.setdefault(each.current_id, []).append(known)
    return found


class Acquainted:
    """Whom these children know, and who is at work at that instant: each read once.

    At work is whoever is on the rota of any team now and not away. That somebody belongs to a team
    says nothing about their hours.
    """

    def __init__(self, by: Actor, at: datetime, current_ids: Collection[UUID]) -> None:
        self.by, self.at = by, at
        self.closures = Closures(by, at, current_ids)
        self.known = acquainted(by=by, current_ids=current_ids)

    @cached_property
    def at_work(self) -> frozenset[UUID]:
        on_duty = access.everybody_on_duty(at=self.at)
        return frozenset(user for users in on_duty.values() for user in users)

    @cached_property
    def left(self) -> frozenset[tuple[UUID, UUID]]:
        users = {each.user for known in self.known.values() for each in known}
        return access.left_teams(by=self.by, user_ids=users)

    def first_asked(
        self, current_id: UUID, team_id: UUID, on_duty: Sequence[UUID]
    ) -> Known | UUID | None:
        """Return who is asked first about this child of the team, and how the child knows them.

        Whoever has left the team is not asked for it: what they have there passes on at once. Nor
        is anybody to whom the child is closed.
        """
        known = [
            each
            for each in self.known.get(current_id, ())
            if (team_id, each.user) not in self.left and self.closures.opens(current_id, each.user)
        ]
        on_duty = self.closures.asked(current_id, on_duty)
        at_work = self.at_work if known else ()
        return rules.first_asked(known, at_work=at_work, on_duty=on_duty)


def why_first(how: str, since: datetime | None, *, you: bool) -> str:
    """Return how a child knows somebody, after their name or “you”."""
    listed = {each.key: each.item for each in whom_a_child_knows.listed()}
    if how not in listed or since is None:
        return "know the child" if you else "knows the child"
    return listed[how].said(since, you)


def _who_reached(*, by: Actor, people: Mapping[UUID, UUID]) -> Iterable[Acquaintance]:
    """Whoever wrote down that they reached the child."""
    del by
    return [
        Acquaintance(people[person_id], user_id, said_at or at, "reached")
        for person_id, user_id, said_at, at in _reached(person_ids=people)
    ]


@Question
def _reached(person_ids: Any) -> QuerySet[Action, Any]:
    return Action.objects.filter(
        moment__person_id__among=person_ids, kind="reached", by__isnull=False
    ).values_list("moment__person_id", "by_id", "said_at", "at")


def _who_works_with(
    basis: str, how: str, by: Actor, people: Mapping[UUID, UUID]
) -> list[Acquaintance]:
    working = access.working_with(by=by, kind="person", subject_ids=people, basis=basis)
    return [Acquaintance(people[subject], user, since, how) for subject, user, since in working]


def _who_is_allocated(*, by: Actor, people: Mapping[UUID, UUID]) -> Iterable[Acquaintance]:
    return _who_works_with("allocated", "allocated", by, people)


def _who_keeps_the_list(*, by: Actor, people: Mapping[UUID, UUID]) -> Iterable[Acquaintance]:
    return _who_works_with("panel", "list", by, people)


ALLOCATED = Knows(
    10,
    _who_is_allocated,
    lambda _, you: f"{'are' if you else 'is'} the worker who is allocated to them",
)
REACHED = Knows(
    20,
    _who_reached,
    lambda since, _: f"reached them in {since.astimezone(LONDON):%B %Y}",
)
KEEPS_LIST = Knows(
    30,
    _who_keeps_the_list,
    lambda _, you: f"{'keep' if you else 'keeps'} the list that they are on",
)

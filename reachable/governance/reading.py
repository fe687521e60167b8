"""Who read what while two children counted as one: looks of the audit beside involvements of then.

A look counts if its page showed both. Pages of linkage itself, and of what somebody sent, do not:
they open by the role, or to the sender, whoever is one with whom.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.access.models import Involvement, TeamMembership
from reachable.audit.models import Entry
from reachable.audit.pages import OWN_SIGNAL
from reachable.governance.facts import CHILD
from reachable.governance.rules.breach import Look, Read, Worked, readers
from reachable.people.standing import Together

BESIDE = (OWN_SIGNAL, "review", "records of a child")


@dataclass(frozen=True)
class Wrong:
    """Two people counted as one in this time; `both_shown` where the page of either showed both,
    and not only that of `one`."""

    one: UUID
    other: UUID
    first: datetime
    last: datetime
    merge_id: UUID | None = None
    both_shown: bool = False


def who_read(wrong: Wrong) -> dict[tuple[UUID, bool], Read]:
    """Return (user, whether it was `one` whom they read) → how often, when and on which pages."""
    stood = Together(wrong.one, wrong.other, without=wrong.merge_id)
    ones, others = stood.ever(wrong.first, wrong.last)
    looks = list(_looks(wrong, stood, ones | others))
    users = {look.who for look in looks}
    found = readers(looks, _worked(users, ones | others, wrong.last))
    return {(who, is_one): read for (who, is_one), read in found.items() if isinstance(who, UUID)}


def _looks(wrong: Wrong, stood: Together, people: frozenset[UUID]) -> Iterable[Look]:
    held = Entry.objects.filter(
        action="looked",
        actor_kind="person",
        subject_kind=CHILD,
        subject_id__in=list(people),
        at__gte=wrong.first,
        at__lt=wrong.last,
    ).exclude(details__page__in=BESIDE)
    for actor_id, at, subject_id, details in held.order_by("at", "id").values_list(
        "actor_id", "at", "subject_id", "details"
    ):
        one, other = stood.at(at)
        shown = one | other if wrong.both_shown else one
        if subject_id in shown:
            yield Look(actor_id, at, str(details.get("page") or ""), one, other)


def _worked(users: Iterable[object], people: frozenset[UUID], until: datetime) -> Iterable[Worked]:
    """What each of them had, themselves or by a team, with any of these, whether it has ended."""
    wanted = [user for user in users if user is not None]
    held = Involvement.objects.filter(
        subject_kind=CHILD, subject_id__in=list(people), started_at__lt=until
    )
    rows = list(
        held.values_list("user_id", "team_id", "subject_id", "started_at", "until", "ended_at")
    )
    members: dict[UUID, list[tuple[UUID, datetime, datetime | None]]] = {}
    teams = {row[1] for row in rows if row[1]}
    for team_id, user_id, began, ended in TeamMembership.objects.filter(
        team_id__in=teams, user_id__in=wanted
    ).values_list("team_id", "user_id", "started_at", "ended_at"):
        members.setdefault(team_id, []).append((user_id, began, ended))
    for user_id, team_id, subject_id, began, by_itself, early in rows:
        ended = _first(by_itself, early)
        if user_id is not None:
            yield Worked(user_id, subject_id, began, ended)
        for member_id, joined, left in members.get(team_id, ()):
            yield Worked(member_id, subject_id, max(began, joined), _first(ended, left))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    given = [each for each in (one, other) if each is not None]
    return min(given, default=None)

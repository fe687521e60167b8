"""Whom to ask and to tell of children who are closed to some: restricted, or in conflict.

Somebody to whom the record is closed would be asked for what they cannot open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from reachable.access import closing
from reachable.access import selectors as access
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.models import Moment
from reachable.people import selectors as people


class Closures:
    """To whom these children are closed, each read once. A child is who stands for it now."""

    def __init__(self, by: Actor, at: datetime, current_ids: Collection[UUID]) -> None:
        self.at = at
        same = people.same_people(by=by, current_ids=current_ids)
        self._closed = closing.closed(by=by, kind="person", same=same)

    def restricted(self, current_id: UUID) -> bool:
        return current_id in self._closed.readers

    def opens(self, current_id: UUID, user_id: UUID) -> bool:
        """Say whether nothing closes the child to them."""
        return self._closed.opens(current_id, user_id)

    def asked(self, current_id: UUID, on_duty: Sequence[UUID]) -> list[UUID]:
        """Return who may be asked about the child, in this order: of those on duty, whom nothing
        keeps from it. Of a restricted child every reader may be, who is on duty before who is not.
        """
        may = [user for user in on_duty if self.opens(current_id, user)]
        if not self.restricted(current_id):
            return may
        readers = {
            user for user in self._closed.readers[current_id] if self.opens(current_id, user)
        }
        return rules.readers_asked(
            readers, on_duty=may, at_work=self._at_work, able=self._able, away=self._away
        )

    def told(self, current_id: UUID, members: Iterable[UUID]) -> dict[UUID, str]:
        """Return whom to tell that a moment waits for its team, and with which notice.

        Of a restricted child the readers hear it. The others of the team hear that there is one
        and whom to ring, so that none is missed because no reader looks.
        """
        if not self.restricted(current_id):
            return {user: WITH_TEAM for user in members if self.opens(current_id, user)}
        readers = {
            user for user in self._closed.readers[current_id] if self.opens(current_id, user)
        }
        conflicts = self._closed.conflicts.get(current_id, frozenset())
        told = {user: RESTRICTED for user in members if user not in conflicts}
        return told | dict.fromkeys(sorted(readers & self._able), WITH_TEAM)

    def reached(self, current_id: UUID, users: Iterable[UUID]) -> list[UUID]:
        """Return which of these a notice of the child reaches: to whom it is open. Of a restricted
        child, where that is nobody, every reader who may be asked."""
        there = [user for user in users if self.opens(current_id, user)]
        return there or self.asked(current_id, [])

    def readers_told(self, current_id: UUID, told: Mapping[UUID, str]) -> list[UUID]:
        """Return which of those told are readers of a restricted child: they are of any team, and
        only who works with the child can take the moment."""
        if not self.restricted(current_id):
            return []
        return [user for user, kind in told.items() if kind == WITH_TEAM]

    @cached_property
    def _at_work(self) -> list[UUID]:
        on_duty = access.everybody_on_duty(at=self.at)
        return list(dict.fromkeys(user for users in on_duty.values() for user in users))

    @cached_property
    def _able(self) -> frozenset[UUID]:
        return access.able(capability="moments.hold")

    @cached_property
    def _away(self) -> frozenset[UUID]:
        return frozenset(access.away_since(at=self.at))


WITH_TEAM = "moment.with_team"
RESTRICTED = "moment.restricted"
"""A restricted record has an open moment: for those who may not open it."""


def closures_of(by: Actor, at: datetime, moment: Moment) -> tuple[Closures, UUID]:
    """Return to whom the child of one moment is closed, and who stands for it now."""
    current = moment.person.now.current_id
    return Closures(by, at, {current}), current


def refuse_closed(by: Actor, moment: Moment, user_id: UUID, *, kept: str) -> None:
    """Raise BadInput where somebody would be asked for what is closed to them."""
    closures, current = closures_of(by, now(), moment)
    if not closures.opens(current, user_id):
        raise BadInput(
            "They cannot open this child’s record.", kept=kept, next="Choose somebody else."
        )


@dataclass(frozen=True)
class RestrictedLine:
    """All that a worklist says of an open moment to those to whom its record is restricted."""

    due_at: datetime
    missed: bool
    readers: tuple[tuple[str, str], ...]


def restricted_lines(*, by: Actor, at: datetime) -> list[RestrictedLine]:
    """Return a line for each moment of one's teams that nobody has taken and only readers may open.

    Nothing of the child: no name, no kind, no place. Whoever has a conflict of interest is told
    nothing.
    """
    waiting = Moment.objects.filter(
        state__in=("waiting", "with_team"),
        team_id__in=by.team_ids,
        person__now__current_id__in=people.restricted_people(by=by),
    )
    found = list(
        waiting.order_by("next_due_at", "id").values_list("person__now__current_id", "child_due_at")
    )
    if not found:
        return []
    same = people.same_people(by=by, current_ids={current for current, _ in found})
    shut = closing.closed(by=by, kind="person", same=same)
    able = access.able(capability="moments.hold")
    users = {user for readers in shut.readers.values() for user in readers if user in able}
    contacts = access.contacts(by=by, user_ids=users)
    return [
        RestrictedLine(
            due_at=due_at,
            missed=rules.missed(due_at=due_at, recorded_at=None, now=at),
            readers=tuple(
                sorted(
                    contacts[user]
                    for user in shut.readers[current]
                    if user in contacts and shut.opens(current, user)
                )
            ),
        )
        for current, due_at in found
    ]

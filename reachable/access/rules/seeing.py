"""Who sees the record of a child: the whole of it, on plain values. Every selector says the same.

Somebody sees a record while they work with whom it is about, unless a conflict of interest or a
restriction stands in between. One child may be several people of the records (`same`): working with
any of them opens all, and a conflict or a restriction of any of them closes all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

Id = UUID | str


@dataclass(frozen=True)
class Worker:
    """Who asks. `reads_children` is what their roles say: they may open a child, and see names."""

    user: Id
    teams: frozenset[Id]
    reads_children: bool


@dataclass(frozen=True)
class Involved:
    """A worker or a team works with this person, until a time or until it is ended."""

    who: Id
    subject: Id
    until: datetime | None = None
    ended: bool = False


@dataclass(frozen=True)
class Restricted:
    """The record of this person is restricted to these readers now."""

    subject: Id
    readers: frozenset[Id]


@dataclass(frozen=True)
class Conflicted:
    """A worker has a conflict of interest with this person now."""

    user: Id
    subject: Id


def in_force(*, until: datetime | None, ended: bool, at: datetime) -> bool:
    """Say whether an involvement opens something at that instant: at `until` it no longer does."""
    return not ended and (until is None or until > at)


def last_end(untils: Iterable[datetime | None]) -> datetime | None:
    """Return when the last of several involvements in force ends: never, where one has no end."""
    held = list(untils)
    known = [each for each in held if each is not None]
    return max(known, default=None) if len(known) == len(held) else None


def sees(
    worker: Worker,
    *,
    same: Collection[Id],
    involved: Iterable[Involved],
    restricted: Iterable[Restricted],
    conflicted: Iterable[Conflicted],
    at: datetime,
) -> bool:
    """Say whether the worker sees whom these people of the records are, at that instant."""
    works_with = any(
        each.subject in same
        and (each.who == worker.user or each.who in worker.teams)
        and in_force(until=each.until, ended=each.ended, at=at)
        for each in involved
    )
    conflict = any(each.subject in same and each.user == worker.user for each in conflicted)
    kept_from = any(each.subject in same and worker.user not in each.readers for each in restricted)
    return worker.reads_children and works_with and not conflict and not kept_from

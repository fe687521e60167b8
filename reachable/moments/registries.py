"""What moments/ offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry


class Answered(Protocol):
    """Hears that `by` has taken up a moment, and which signals nobody had taken up before."""

    def __call__(self, *, by: Actor, moment_id: UUID, signal_ids: Sequence[UUID]) -> None: ...


class Summarised(Protocol):
    """Hears that whoever sent these signals is told something of what came of them; police may
    read nothing of it."""

    def __call__(
        self, *, by: Actor, summary_id: UUID, signal_ids: Sequence[UUID], to_police: bool
    ) -> None: ...


class FindsKeptWords(Protocol):
    """Returns the words in a text that are a child's own, and stay with whom they were told."""

    def __call__(self, *, by: Actor, person_id: UUID, text: str) -> Sequence[str]: ...


@dataclass(frozen=True)
class Acquaintance:
    """A worker whom a child knows, since when or last when; `how` is the key of the way."""

    current_id: UUID
    user_id: UUID
    since: datetime
    how: str


class FindsAcquaintances(Protocol):
    """Returns whom these children know. `people` is person → current, for all of them at once."""

    def __call__(self, *, by: Actor, people: Mapping[UUID, UUID]) -> Iterable[Acquaintance]: ...


@dataclass(frozen=True)
class Knows:
    """One way in which a child knows a worker.

    Ways that share a `find` are asked for together. A lower `order` is asked before a higher one.
    `said` says it after a name or, if it is told to the worker, after “you”.
    """

    order: int
    find: FindsAcquaintances
    said: Callable[[datetime, bool], str]


@dataclass(frozen=True)
class MomentPanel:
    """A part of a moment's page: a template, and what it shows to `by` of the child.

    Whoever has the moment is led there by a link, `label`, to the part with the id `anchor`.
    """

    template: str
    order: int
    anchor: str
    label: str
    context: Callable[[Actor, UUID], dict[str, Any]]


moment_panels: Registry[MomentPanel] = Registry(
    "Panels of a moment's page", "parts of a moment's page, below what was done"
)
whom_a_child_knows: Registry[Knows] = Registry(
    "Whom a child knows", "workers whom a child knows, who are asked first when they are at work"
)
moment_answered: Registry[Answered] = Registry(
    "Moment answered", "who hears that somebody has taken up a moment (moment, its signals)"
)
kept_words: Registry[FindsKeptWords] = Registry(
    "Kept words", "who finds a child’s own words in a text that others will read (child, text)"
)
senders_told: Registry[Summarised] = Registry(
    "Senders told", "who hears that senders are told what came of their signals (summary, signals)"
)

"""What people/ offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model, QuerySet

from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry
from reachable.people.rules import Identity
from reachable.people.waterfall import Part


@dataclass(frozen=True)
class IdentityChanged:
    """Two people became one, or one became two, in the transaction that is open now.

    `undone` says that what was one is two now. Where `split`, `merge_id` is a split: records went
    from `kept_id` to `joined_id`, or came back, and each of the two has to be brought into line.
    `ended` says that a merge, or a split, was undone, and not decided.
    """

    merge_id: UUID
    kept_id: UUID
    joined_id: UUID
    undone: bool
    split: bool = False
    ended: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of the child's page: a template, and what it shows to `by` of this child."""

    template: str
    order: int
    context: Callable[[Actor, UUID, dict[str, str]], dict[str, Any]]


@dataclass(frozen=True)
class Seen:
    """Why somebody sees what a page shows, and the page that says who else looked."""

    why: tuple[str, ...]
    who_looked: str
    argument: UUID


class SaysWhy(Protocol):
    """Says why `by` sees this, which a page of theirs has just shown."""

    def __call__(self, *, by: Actor, subject_id: UUID) -> Seen: ...


@dataclass(frozen=True)
class SeenBecause:
    """Who says why; where a page shows several kinds of record, the lowest `order` speaks."""

    order: int
    why: SaysWhy


@dataclass(frozen=True)
class ToldOther:
    """Something about a child was told to somebody: on which day, to whom, and how, in words."""

    day: date
    to_whom: str
    how: str


class TellsWhatWasShared(Protocol):
    """Says what was told of these people, who are one child, in a period; never what it said."""

    def __call__(
        self, *, by: Actor, person_ids: Collection[UUID], first: datetime, last: datetime
    ) -> list[ToldOther]: ...


@dataclass(frozen=True)
class Explaining:
    """A model that says what each field weighs: the hash of the one in force, and the parts."""

    model: Callable[[], str]
    explain: Callable[[Identity, Identity], Sequence[Part]]


class Weighing(Protocol):
    """Returns of whom among these something holds for which two stewards have to agree."""

    def __call__(self, *, by: Actor, current_ids: Collection[UUID]) -> set[UUID]: ...


class SaysWhatOneSent(Protocol):
    """Return, as a subquery, the records that hold nothing but what `by` sent by hand."""

    def __call__(self, *, by: Actor) -> QuerySet[Any, Any]: ...


class FollowsIdentity(Protocol):
    """Brings what a room keeps of people into line, in the transaction that is open."""

    def __call__(self, *, by: Actor, change: IdentityChanged) -> None: ...


@dataclass(frozen=True)
class RecordsMoved:
    """These records are `to_id`'s now, and were `from_ids`', who were one child."""

    record_ids: frozenset[UUID]
    from_ids: frozenset[UUID]
    to_id: UUID


class RowsThatGo(Protocol):
    """Return which rows go with the records; `gone` are the rows that go already, of any kind."""

    def __call__(self, *, moved: RecordsMoved, gone: Collection[UUID]) -> Collection[UUID]: ...


class CarriesRows(Protocol):
    """Gives rows (row → person) to other people, in the transaction that is open."""

    def __call__(self, *, by: Actor, split_id: UUID, places: Mapping[UUID, UUID]) -> None: ...


@dataclass(frozen=True)
class PointsToPerson:
    """A column that leads to a person, and how it follows when records go to another person.

    `called` is one and several of these rows in words, and `at` the column that says when a row
    came to be; without `called` they are not listed. `goes` says which rows go with records:
    without it all stay, and `why` says so. The lowest `order` goes first. `carry` gives rows to
    somebody else where writing the column alone is not enough.
    """

    model: type[Model]
    field: str
    why: str
    called: tuple[str, str] | None = None
    at: str = ""
    order: int = 50
    goes: RowsThatGo | None = None
    carry: CarriesRows | None = None
    narrowed: Mapping[str, Any] = made(default_factory=dict)


points_to_person: Registry[PointsToPerson] = Registry(
    "Points to a person", "how each column that leads to a person follows merges and splits"
)


class ReasonsOfRecords(Protocol):
    """Return identifiers, of another room's rows, for which people are involved."""

    def __call__(self, *, record_ids: Collection[UUID]) -> Collection[UUID]: ...


reasons_of_records: Registry[ReasonsOfRecords] = Registry(
    "Reasons of records", "which rows behind a record are why somebody is involved"
)


class SaysWhatFollowed(Protocol):
    """Say in a sentence what the undoing of a merge or split led to; without who read what."""

    def __call__(self, *, by: Actor, cause_id: UUID) -> str: ...


what_followed: Registry[SaysWhatFollowed] = Registry(
    "What followed an undoing", "who says what became of it that somebody read a wrong record"
)
identity_changed: Registry[FollowsIdentity] = Registry(
    "Identity changed", "who follows when two people are merged, or a merge is undone"
)
child_panels: Registry[Panel] = Registry("Panels of the child's page", "parts of the child's page")


class FollowsClosing(Protocol):
    """Passes on what somebody has of a child who is closed to them now, in the open transaction."""

    def __call__(self, *, by: Actor, current_id: UUID) -> None: ...


record_closed: Registry[FollowsClosing] = Registry(
    "Record closed", "who follows when a child is closed to some: restricted, or in conflict"
)
seen_because: Registry[SeenBecause] = Registry(
    "Why somebody sees this", "who says of a kind of record why somebody sees it"
)
told_others: Registry[TellsWhatWasShared] = Registry(
    "Told others", "who says to whom something about a child was told, without what it was"
)
explaining: Registry[Explaining] = Registry(
    "Explains a review", "the model that says what each field weighs; none: the rules say it"
)
weighs_on_joining: Registry[Weighing] = Registry(
    "Weighs on joining", "who says of whom two stewards have to agree, by the policy’s name for it"
)
sent_oneself: Registry[SaysWhatOneSent] = Registry(
    "Sent oneself", "who says which records hold nothing but what somebody sent by hand"
)

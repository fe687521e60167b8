"""Which versions of a conversation stand: those on which no other was written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Written:
    """A version, and the versions that its writer saw."""

    id: UUID
    based_on: frozenset[UUID]


def standing(versions: Sequence[Written]) -> tuple[UUID, ...]:
    """Return the versions that stand, in the order given.

    Two of them were written on two devices, neither knowing of the other: both are shown until
    somebody writes one that is based on both. One whose base has not come yet stands all the same.
    """
    replaced = replaced_by(versions)
    return tuple(version.id for version in versions if version.id not in replaced)


def replaced_by(versions: Iterable[Written]) -> frozenset[UUID]:
    """Return what some other version was written on."""
    return frozenset(
        base for version in versions for base in version.based_on if base != version.id
    )


def written_after(version_id: UUID, versions: Iterable[Written]) -> frozenset[UUID]:
    """Return what was written on a version, directly or on top of that."""
    on: dict[UUID, list[UUID]] = {}
    for version in versions:
        for base in version.based_on:
            on.setdefault(base, []).append(version.id)
    found: set[UUID] = set()
    ahead = [version_id]
    while ahead:
        fresh = set(on.get(ahead.pop(), ())) - found - {version_id}
        found |= fresh
        ahead += fresh
    return frozenset(found)


def last_finished(versions: Sequence[Written], finished: Collection[UUID]) -> tuple[UUID, ...]:
    """Return the finished versions on which no other finished one was written, in the order given;
    those that somebody has begun to change come before those that stand."""
    ended, replaced = set(finished), replaced_by(versions)
    found = [
        version.id
        for version in versions
        if version.id in ended and not written_after(version.id, versions) & ended
    ]
    return tuple(sorted(found, key=lambda version_id: version_id not in replaced))

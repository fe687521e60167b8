"""Which versions of a conversation stand: those on which no other was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

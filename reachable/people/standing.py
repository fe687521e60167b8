"""Who stands for whom: by the merges that stand, and by the splits that were undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from reachable.foundation.db import bulk_update
from reachable.people import rules
from reachable.people.models import CurrentPerson, Merge, Split

Pair = tuple[UUID, UUID]


def standing_pairs() -> list[Pair]:
    """Return (kept, joined) of all that stands now.

    A person who was made for a split stands for nobody once it is undone: whoever the records came
    from stands for them, with all that came to them meanwhile.
    """
    merges = Merge.objects.filter(undone_at=None).values_list("kept_id", "joined_id")
    splits = Split.objects.filter(made=True, undone_at__isnull=False)
    return [*merges, *splits.values_list("from_person_id", "to_person_id")]


def together(person_id: UUID, pairs: Iterable[Pair]) -> frozenset[UUID]:
    """Return everybody who is one child with a person by these pairs."""
    beside: dict[UUID, list[UUID]] = {}
    for one, other in pairs:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    found, waiting = {person_id}, [person_id]
    while waiting:
        for other in beside.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)


def together_since(
    arrived: Iterable[tuple[datetime, UUID, bool]], joined: Iterable[tuple[datetime, UUID, UUID]]
) -> datetime | None:
    """Return since when something that is taken away stood together with something that stays.

    `arrived` is when a record came to a person, and whether it is taken away; `joined` when two
    people became one.
    """
    held: dict[UUID, set[bool]] = {}
    pairs: list[Pair] = []
    steps: list[tuple[datetime, UUID, UUID | None, bool]] = [
        *((at, person, None, taken) for at, person, taken in arrived),
        *((at, one, other, False) for at, one, other in joined),
    ]
    for at, one, other, taken in sorted(steps, key=lambda step: step[0]):
        if other is None:
            held.setdefault(one, set()).add(taken)
        else:
            pairs.append((one, other))
        sides = set().union(*(held.get(each, set()) for each in together(one, pairs)))
        if len(sides) == 2:
            return at
    return None


def stand_anew(person_ids: Iterable[UUID]) -> None:
    """Derive who stands for whom, in the groups of these people."""
    tops = CurrentPerson.objects.filter(person_id__in=list(person_ids)).values("current_id")
    before = dict(
        CurrentPerson.objects.filter(current_id__in=tops).values_list("person_id", "current_id")
    )
    after = rules.current_people(standing_pairs())
    changed = [
        (person, after.get(person, person))
        for person, current in before.items()
        if after.get(person, person) != current
    ]
    bulk_update(CurrentPerson, "person", ["current"], changed)


class Together:
    """Who was one with either of two people at any time, as if one merge had not been."""

    def __init__(self, one: UUID, other: UUID, *, without: UUID | None = None) -> None:
        self._two = one, other
        others = Merge.objects.exclude(id=without) if without else Merge.objects.all()
        merges = others.values_list("kept_id", "joined_id", "decided_at", "undone_at")
        splits = Split.objects.filter(made=True, undone_at__isnull=False)
        self._spans = [
            *merges,
            *(
                (kept, joined, undone_at, None)
                for kept, joined, undone_at in splits.values_list(
                    "from_person_id", "to_person_id", "undone_at"
                )
            ),
        ]

    def at(self, at: datetime) -> tuple[frozenset[UUID], frozenset[UUID]]:
        """Return who was the one, and who the other, at an instant."""
        return self._sides(
            (one, other)
            for one, other, began, ended in self._spans
            if began is not None and began <= at and (ended is None or at < ended)
        )

    def ever(self, first: datetime, last: datetime) -> tuple[frozenset[UUID], frozenset[UUID]]:
        """Return whoever was either of them at some time between two instants."""
        return self._sides(
            (one, other)
            for one, other, began, ended in self._spans
            if began is not None and began < last and (ended is None or ended > first)
        )

    def _sides(self, pairs: Iterable[Pair]) -> tuple[frozenset[UUID], frozenset[UUID]]:
        held = list(pairs)
        one, other = self._two
        return together(one, held), together(other, held)

"""From scored pairs to people: groups whose records speak for each other on the average.

Where everybody joins whoever they have one link with, one wrong link joins two families. Here two
groups become one only where the mean evidence over all pairs between them is high enough; pairs
that were never candidates count against it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

Pair = tuple[int, int, float]


def average_linkage(
    records: int, pairs: Iterable[Pair], *, least: float, not_compared: float
) -> list[int]:
    """Return for each record, 0 to `records`, the number of its group.

    Pairs carry evidence in bits. Groups are joined from the strongest mean downward, until none
    is at least `least`; a pair that is not given counts as `not_compared`.
    """
    return _Groups(records, pairs, not_compared).join(least)


class _Groups:
    def __init__(self, records: int, pairs: Iterable[Pair], not_compared: float) -> None:
        self.not_compared = not_compared
        self.members = [[number] for number in range(records)]
        self.between: list[dict[int, tuple[float, int]]] = [{} for _ in range(records)]
        for one, other, weight in pairs:
            self.between[one][other] = self.between[other][one] = (weight, 1)
        self.version = [0] * records

    def join(self, least: float) -> list[int]:
        waiting = [
            (-self._mean(one, other), one, other, 0, 0)
            for one, others in enumerate(self.between)
            for other in others
            if one < other
        ]
        heapq.heapify(waiting)
        while waiting:
            mean, one, other, *versions = heapq.heappop(waiting)
            if -mean < least:
                break
            if versions != [self.version[one], self.version[other]]:
                continue
            into = self._unite(one, other)
            for neighbour in self.between[into]:
                low, high = min(into, neighbour), max(into, neighbour)
                entry = (-self._mean(low, high), low, high)
                heapq.heappush(waiting, (*entry, self.version[low], self.version[high]))
        return self._numbered()

    def _mean(self, one: int, other: int) -> float:
        total, compared = self.between[one][other]
        pairs = len(self.members[one]) * len(self.members[other])
        return (total + (pairs - compared) * self.not_compared) / pairs

    def _unite(self, one: int, other: int) -> int:
        into, gone = (
            (one, other)
            if len(self.between[one]) >= len(self.between[other])
            else (
                other,
                one,
            )
        )
        for neighbour, (total, compared) in self.between[gone].items():
            del self.between[neighbour][gone]
            if neighbour != into:
                more, further = self.between[into].get(neighbour, (0.0, 0))
                both = (total + more, compared + further)
                self.between[into][neighbour] = self.between[neighbour][into] = both
        self.between[gone] = {}
        self.members[into] += self.members[gone]
        self.members[gone] = []
        self.version[into] += 1
        self.version[gone] += 1
        return into

    def _numbered(self) -> list[int]:
        found = [0] * len(self.members)
        for group in self.members:
            lowest = min(group, default=0)
            for record in group:
                found[record] = lowest
        return found

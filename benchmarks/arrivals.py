"""Records of a region judged one after the other, as agencies would send them, and how well."""

from __future__ import annotations

import gc
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.region import Region
from reachable.people.linkage import keys
from reachable.people.linkage.deciding import Judge, Known
from reachable.people.linkage.standard import Standard
from reachable.people.rules import LINK, REVIEW

SLOWEST = 0.95


@dataclass
class Arrived:
    """`group` says for each record with whom it was linked: the number of that group's first."""

    group: list[int] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)
    """A record that a person is asked about, with one beside."""
    reviews: int = 0
    candidates: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * SLOWEST)]


def arrive(standards: Sequence[Standard], judge: Judge) -> Arrived:
    """Judge each record with those before it; nobody answers a review meanwhile."""
    # Millions of records that never change would be looked through again and again for rubbish.
    gc.collect()
    gc.freeze()
    arrived = Arrived()
    index: dict[int, list[int]] = defaultdict(list)
    for number, who in enumerate(standards):
        found_by = keys.keys_of(who)
        blocks = [index[key] for key in found_by if len(index[key]) <= keys.BLOCK]
        sharing = dict.fromkeys(other for block in blocks for other in block)
        known = [Known(other, arrived.group[other], standards[other]) for other in sharing]
        began = time.perf_counter()
        decision = judge.decide(who, known)
        arrived.seconds.append(time.perf_counter() - began)
        arrived.candidates += len(sharing)
        linked = decision.outcome == LINK and decision.person_id is not None
        arrived.group.append(int(str(decision.person_id)) if linked else number)
        if decision.outcome == REVIEW:
            arrived.reviews += 1
            arrived.asked += [(number, int(str(other))) for other in decision.beside]
        for key in found_by:
            index[key].append(number)
    return arrived


@dataclass(frozen=True)
class Measured:
    """Over pairs of records; `found` are those linked, or linked once each review is answered."""

    precision: float
    linked: float
    found: float
    wrong: int
    relatives: int
    """People who stand in one group with a twin, a brother or a sister."""


def measure(region: Region, arrived: Arrived) -> Measured:
    true = _pairs(Counter(region.person))
    right = _pairs(Counter(zip(arrived.group, region.person, strict=True)))
    automatic = _pairs(Counter(arrived.group))
    answered = answered_groups(region.person, arrived)
    return Measured(
        precision=right / automatic if automatic else 1.0,
        linked=right / true,
        found=_pairs(Counter(answered)) / true,
        wrong=automatic - right,
        relatives=_relatives(region, arrived.group),
    )


def answered_groups(person: Sequence[str], arrived: Arrived) -> list[int]:
    """Return the groups once people have answered every review, rightly: of one person each."""
    parent = list(range(len(person)))

    def first(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    pieces: dict[tuple[int, str], int] = {}
    for number, piece in enumerate(zip(arrived.group, person, strict=True)):
        parent[number] = first(pieces.setdefault(piece, number))
    for one, other in arrived.asked:
        if person[one] == person[other]:
            parent[first(one)] = first(other)
    return [first(number) for number in range(len(person))]


def _relatives(region: Region, groups: Sequence[int]) -> int:
    together: dict[int, set[str]] = defaultdict(set)
    for group, person in zip(groups, region.person, strict=True):
        together[group].add(person)
    return sum(
        1
        for people in together.values()
        if len(people) > 1
        for person in people
        if people & {*region.people[person].sibling_of.split(), region.people[person].twin_of}
    )


def _pairs(sizes: Mapping[Any, int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())

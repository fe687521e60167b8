"""Link, ask a person, or nobody known: from what a model says of one claim and those who are known.

Weights alone cannot tell a brother from a typing error, so there are levels from which the
computer never links, however much else agrees. A wrong link is worse than none.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reachable.people.linkage.model import Model
from reachable.people.linkage.people import CONTRADICTS, MAY_LINK, NUMBERS_OF_ONE, PEOPLE
from reachable.people.linkage.scorer import NULL, Weigh, compile_weigh
from reachable.people.linkage.standard import RARE, Standard
from reachable.people.rules import BESIDE, LINK, NEW, REVIEW

MARGIN = 4.0
"""Bits: whoever comes second is at least sixteen times less likely, or a person decides."""

MOST_HOLDERS = 5
"""People who may hold one number, each by mistake but one, before it counts as nobody's."""


@dataclass(frozen=True, slots=True)
class Known:
    """A known record and the person for whom it stands now."""

    record_id: Hashable
    person_id: Hashable
    who: Standard


@dataclass(frozen=True, slots=True)
class Evidence:
    """`outcomes` are the levels at which the comparisons of the plan stand, in its order."""

    record_id: Hashable
    weight: float
    outcomes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The decision, and the evidence for whoever fits best."""

    outcome: str
    rule: str
    person_id: Hashable | None = None
    beside: tuple[Hashable, ...] = ()
    evidence: Evidence | None = None


@dataclass(slots=True)
class _Person:
    """What the records of one known person say together."""

    best: Evidence | None = None
    why_not: str = ""
    speaks_against: int = 0
    speaks_for: int = 0
    numbers_differ: bool = False
    same_number: bool = False


NOBODY = Weighed(NEW, "nobody_like")


@dataclass(frozen=True)
class Judge:
    """A model made ready to decide."""

    model: Model
    _guards: _Guards = field(default_factory=lambda: _Guards())

    @cached_property
    def weigh(self) -> Weigh:
        return compile_weigh(PEOPLE, self.model)

    def decide(self, claim: Standard, known: Sequence[Known]) -> Weighed:
        """Decide for one claim, from all records that share a key with it."""
        people: dict[Hashable, _Person] = {}
        claim = without_shared_numbers(claim, known)
        for each in known:
            weight, outcomes = self.weigh(claim, each.who)
            person = people.setdefault(each.person_id, _Person())
            self._guards.add(person, Evidence(each.record_id, weight, outcomes), claim, each.who)
        return self._ranked(people)

    def _ranked(self, people: Mapping[Hashable, _Person]) -> Weighed:
        least = self.model.thresholds.review
        ranked = sorted(
            (
                (person.best, person_id)
                for person_id, person in people.items()
                if person.best is not None and (person.same_number or person.best.weight >= least)
            ),
            key=lambda each: -each[0].weight,
        )
        if not ranked:
            return NOBODY
        best, person_id = ranked[0]
        person = people[person_id]
        beside = tuple(each.record_id for each, _ in ranked[:BESIDE])
        close = len(ranked) > 1 and best.weight - ranked[1][0].weight < MARGIN
        if best.weight < least:
            return Weighed(REVIEW, "identifier_reused", None, beside, best)
        if person.numbers_differ:
            return Weighed(REVIEW, "identifiers_differ", None, beside, best)
        if person.why_not or person.speaks_against > person.speaks_for:
            return Weighed(REVIEW, person.why_not or "near_relative", None, beside, best)
        if close:
            return Weighed(REVIEW, "several_people", None, beside, best)
        if best.weight < self.model.thresholds.link:
            return Weighed(REVIEW, "likely", None, beside, best)
        return Weighed(LINK, "weighed", person_id, (), best)


def without_shared_numbers(claim: Standard, known: Sequence[Known]) -> Standard:
    """A number that many people hold, as what a system fills in, tells nothing of anybody."""
    gone: dict[str, None] = {}
    for number in NUMBERS_OF_ONE:
        mine = getattr(claim, number)
        if mine is not None:
            holders = {each.person_id for each in known if getattr(each.who, number) == mine}
            if len(holders) > MOST_HOLDERS:
                gone[number] = None
    return replace(claim, **gone) if gone else claim


class _Guards:
    """The levels of the plan from which nobody is linked, as the numbers by which they stand."""

    def __init__(self) -> None:
        self.names = [each.names for each in PEOPLE.comparisons]
        self.at = {each.name: number for number, each in enumerate(PEOPLE.comparisons)}
        self.may = [
            frozenset([NULL, *map(each.names.index, MAY_LINK[each.name])])
            for each in PEOPLE.comparisons
        ]
        self.against = [
            frozenset(map(each.names.index, CONTRADICTS.get(each.name, ())))
            for each in PEOPLE.comparisons
        ]
        self.numbers = [self.at[name] for name in NUMBERS_OF_ONE]

    def add(self, person: _Person, found: Evidence, claim: Standard, known: Standard) -> None:
        """Take a record of this person into account."""
        outcomes = found.outcomes
        same_number = any(outcomes[at] == 0 for at in self.numbers)
        person.same_number |= same_number
        if any(outcomes[at] > 0 for at in self.numbers):
            person.numbers_differ = True
        if any(each in self.against[at] for at, each in enumerate(outcomes)):
            person.speaks_against += 1
            if not same_number:
                return
        else:
            person.speaks_for += 1
        if person.best is None or found.weight > person.best.weight:
            person.best = found
            person.why_not = self._why_not(outcomes, claim, known)

    def _why_not(self, outcomes: tuple[int, ...], claim: Standard, known: Standard) -> str:
        if any(each not in self.may[at] for at, each in enumerate(outcomes)):
            return "near_relative"
        given, family = self._level("given", outcomes), self._level("family", outcomes)
        if given == "elsewhere" and family not in ("elsewhere", "part"):
            return "near_relative"
        for kind, level in (("given", given), ("family", family)):
            if level == "near" and _both_are_names(kind, claim, known):
                return "near_relative"
        return ""

    def _level(self, name: str, outcomes: tuple[int, ...]) -> str:
        at = self.at[name]
        return "" if outcomes[at] == NULL else self.names[at][outcomes[at]]


def _both_are_names(kind: str, claim: Standard, known: Standard) -> bool:
    """One letter apart, but others have each of them: Jade and Jada are two girls."""
    column = f"{kind}_rarity"
    one, other = getattr(claim, column), getattr(known, column)
    return one is not None and other is not None and one < RARE and other < RARE

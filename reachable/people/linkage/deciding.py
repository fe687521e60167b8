"""Link, ask a person, or nobody known: from what a model says of one claim and those who are known.

Weights alone cannot tell a brother from a typing error, so there are levels from which the
computer never links, however much else agrees. A wrong link is worse than none.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from reachable.people.linkage.model import Model
from reachable.people.linkage.people import CONTRADICTS, MAY_LINK, NUMBERS_OF_ONE, PEOPLE, SAME
from reachable.people.linkage.scorer import NULL, Weigh, compile_weigh
from reachable.people.linkage.standard import RARE, Standard
from reachable.people.rules import BESIDE, LINK, NEW, REVIEW

MARGIN = 4.0
"""Bits: whoever comes second is at least sixteen times less likely, or a person decides."""

MOVED = {"elsewhere", "part"}
"""Levels of the family name where a given name may stand in its place."""
USUAL = 1
"""The second class of rarity: names that are common or usual."""
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
    dated: bool = False
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
        # Of two who fit equally well the same comes first, in whatever order and under whatever
        # identifiers they are known.
        for each in sorted(known, key=_what_is_said):
            weight, outcomes = self.weigh(claim, each.who)
            person = people.setdefault(each.person_id, _Person())
            self._guards.add(person, Evidence(each.record_id, weight, outcomes), claim, each.who)
        return self._ranked(claim, people)

    def explained(self, evidence: Evidence | None) -> dict[str, Any]:
        """Return evidence as it is kept: the record that spoke most, each level, and its bits."""
        if evidence is None:
            return {}
        levels = {}
        for each, outcome in zip(PEOPLE.comparisons, evidence.outcomes, strict=True):
            if outcome != NULL:
                level = each.names[outcome]
                bits = self.model.chances[each.name][level].weight
                levels[each.name] = [level, round(bits, 3)]
        weight = round(evidence.weight, 3)
        return {"record": str(evidence.record_id), "weight": weight, "levels": levels}

    def _ranked(self, claim: Standard, people: Mapping[Hashable, _Person]) -> Weighed:
        least = self.model.thresholds.review
        ranked = sorted(
            (
                (person.best, person_id)
                for person_id, person in people.items()
                if person.best is not None and (person.same_number or person.best.weight >= least)
            ),
            key=lambda each: (-each[0].weight, people[each[1]].why_not),
        )
        if not ranked:
            return NOBODY
        best, person_id = ranked[0]
        person = people[person_id]
        beside = tuple(each.record_id for each, _ in ranked[:BESIDE])
        undated = claim.born is not None and not person.dated and not person.same_number
        close = len(ranked) > 1 and best.weight - ranked[1][0].weight < MARGIN
        if best.weight < least:
            return Weighed(REVIEW, "identifier_reused", None, beside, best)
        if person.numbers_differ:
            return Weighed(REVIEW, "identifiers_differ", None, beside, best)
        if person.why_not or undated or person.speaks_against > person.speaks_for:
            return Weighed(REVIEW, person.why_not or "near_relative", None, beside, best)
        if close:
            return Weighed(REVIEW, "several_people", None, beside, best)
        if best.weight < self.model.thresholds.link:
            return Weighed(REVIEW, "likely", None, beside, best)
        return Weighed(LINK, "weighed", person_id, (), best)


def _what_is_said(known: Known) -> tuple[str, ...]:
    who = known.who
    said = (who.family, who.given, who.born, who.postcode, who.sex, who.nhs_number, who.upn)
    return (*(each or "" for each in said), str(known.record_id))


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
        person.dated |= known.born is not None
        if any(outcomes[at] > 0 for at in self.numbers):
            person.numbers_differ = True
        if any(each in self.against[at] for at, each in enumerate(outcomes)):
            person.speaks_against += 1
            if not same_number:
                return
        else:
            person.speaks_for += 1
        if person.best is not None and found.weight < person.best.weight:
            return
        why_not = self._why_not(outcomes, claim, known)
        if not (same_number or why_not) and _says_too_little(claim, known):
            why_not = "near_relative"
        if person.best is None or found.weight > person.best.weight:
            person.best, person.why_not = found, why_not
        else:
            person.why_not = max(person.why_not, why_not)

    def _why_not(self, outcomes: tuple[int, ...], claim: Standard, known: Standard) -> str:
        if any(each not in self.may[at] for at, each in enumerate(outcomes)):
            return "near_relative"
        given, family = self._level("given", outcomes), self._level("family", outcomes)
        if given == "elsewhere" and not (family in MOVED and _changed_places(claim, known)):
            return "near_relative"
        if given == "short_form" and _two_usual_names(claim, known):
            return "near_relative"
        if (given == "elsewhere" or {given, family} <= set(SAME)) and _each_has_another(
            claim.names, known.names
        ):
            return "second_names_differ"
        if given == family == "near":
            return "near_relative"
        for kind, level in (("given", given), ("family", family)):
            if level == "near" and (
                _both_are_names(kind, claim, known) or _are_numbered(kind, claim, known)
            ):
                return "near_relative"
        return ""

    def _level(self, name: str, outcomes: tuple[int, ...]) -> str:
        at = self.at[name]
        return "" if outcomes[at] == NULL else self.names[at][outcomes[at]]


def _each_has_another(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Each holds a name that the other lacks: twins may share their first name."""
    return bool(one and other and one - other and other - one)


def _changed_places(claim: Standard, known: Standard) -> bool:
    """One holds the other's given name as a family name; a second given name may be a twin's."""
    return bool(claim.given in (known.families or ()) or known.given in (claim.families or ()))


def _two_usual_names(claim: Standard, known: Standard) -> bool:
    """Lists of nicknames say that Emily may be an Amelia; in one family they are two."""
    one, other = claim.given_rarity, known.given_rarity
    return (
        one is not None
        and other is not None
        and max(one, other) <= USUAL
        and claim.given_sound != known.given_sound
    )


def _both_are_names(kind: str, claim: Standard, known: Standard) -> bool:
    """One letter apart, but others have each of them: Jade and Jada are two girls."""
    column = f"{kind}_rarity"
    one, other = getattr(claim, column), getattr(known, column)
    return one is not None and other is not None and one < RARE and other < RARE


def _are_numbered(kind: str, claim: Standard, known: Standard) -> bool:
    """Where nobody knew a name, somebody counted: Male 1 and Male 2 are not a slip."""
    return any(letter.isdigit() for who in (claim, known) for letter in getattr(who, kind) or "")


def _says_too_little(claim: Standard, known: Standard) -> bool:
    """Whoever has no birth date may be his father, and without a given name either of twins."""
    return claim.born is None or claim.given is None or known.given is None

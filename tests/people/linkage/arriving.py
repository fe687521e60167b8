"""A register in memory to which records come one by one, each judged against those before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from reachable.people.linkage import keys
from reachable.people.linkage.deciding import Judge, Known, Weighed
from reachable.people.linkage.standard import Said, Standard, standardise
from reachable.people.rules import LINK


@dataclass
class Register:
    """With `whole_people` a claim is judged against all records of those whom it finds."""

    judge: Judge
    whole_people: bool = False
    known: list[Known] = field(default_factory=list)
    decided: list[Weighed] = field(default_factory=list)
    by_key: dict[int, list[int]] = field(default_factory=dict)

    def arrive(self, record_id: Any, who: Said) -> Weighed:
        standard = standardise(who, self.judge.model.frequencies)
        decision = self.judge.decide(standard, self.candidates(standard))
        person = decision.person_id if decision.outcome == LINK else f"of {record_id}"
        self.add(record_id, person, standard)
        self.decided.append(decision)
        return decision

    def add(self, record_id: Any, person_id: Any, standard: Standard) -> None:
        for key in keys.keys_of(standard):
            self.by_key.setdefault(key, []).append(len(self.known))
        self.known.append(Known(record_id, person_id, standard))

    def candidates(self, standard: Standard) -> list[Known]:
        """All records that share a key, oldest first."""
        found = {at for key in keys.keys_of(standard) for at in self.by_key.get(key, ())}
        if self.whole_people:
            people = {self.known[at].person_id for at in found}
            return [each for each in self.known if each.person_id in people]
        return [self.known[at] for at in sorted(found)]

    @property
    def people(self) -> dict[Any, Any]:
        return {each.record_id: each.person_id for each in self.known}

    @property
    def together(self) -> set[frozenset[Any]]:
        """Pairs of records that stand for one person."""
        of = self.people
        return {frozenset((a, b)) for a, b in combinations(of, 2) if of[a] == of[b]}


def all_arrived(
    judge: Judge, said: Iterable[tuple[Any, Said]], *, whole_people: bool = False
) -> Register:
    register = Register(judge, whole_people)
    for record_id, who in said:
        register.arrive(record_id, who)
    return register

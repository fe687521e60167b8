"""What becomes of a review from what stewards said of it, on plain values."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reachable.people import rules
from reachable.people.rules import Identity

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
APART = "apart"
"""Nobody could tell: they stay apart until something new is known, and may be asked about again."""
OPEN, SECOND, THIRD = "open", "second", "third"
MUCH_HANGS_ON_IT = "much hangs on it"


@dataclass(frozen=True)
class Weighs:
    """Something for which the policy asks two stewards to agree."""

    case: str
    same: bool
    different: bool
    said: str


@dataclass(frozen=True)
class Said:
    """What one steward said; `same_as` is whom they chose, where they said the same."""

    said: str
    same_as: Any = None


@dataclass(frozen=True)
class Settled:
    """Where a review stands: open, second, third, same or different."""

    stands: str
    same_as: Any = None


@lru_cache(maxsize=1)
def second_opinions() -> dict[str, Weighs]:
    """Return the policy, by what weighs."""
    text = (Path(__file__).parent / "second_opinion.toml").read_text("utf-8")
    return {key: Weighs(**row) for key, row in tomllib.loads(text).items()}


def needs_two(said: str, weighs: Collection[str]) -> bool:
    """Say whether two have to agree that it is the same child, or a different one."""
    policy = second_opinions()
    return any(getattr(policy[each], said) for each in weighs) if said != UNSURE else True


def why_two(said: str, weighs: Collection[str]) -> list[str]:
    """Return why, in words that tell nothing but what the two records say."""
    if said == UNSURE:
        return []
    found = [each for key, each in second_opinions().items() if key in weighs]
    words = [each.said or MUCH_HANGS_ON_IT for each in found if getattr(each, said)]
    return list(dict.fromkeys(words))


def settle(opinions: Sequence[Said], weighs: Collection[str]) -> Settled:
    """Say where a review stands after these opinions, of one steward each.

    One who is sure is enough, unless the policy asks for two. Where two are not of one mind, or
    neither can tell, there is a third way: the agencies are asked, or the records stay apart.
    """
    if not opinions:
        return Settled(OPEN)
    sure = list(dict.fromkeys(each for each in opinions if each.said != UNSURE))
    if len(opinions) == 1:
        if not sure or needs_two(sure[0].said, weighs):
            return Settled(SECOND)
        return Settled(sure[0].said, sure[0].same_as)
    if len(sure) != 1:
        return Settled(THIRD)
    all_sure = all(each.said != UNSURE for each in opinions)
    if all_sure or not needs_two(sure[0].said, weighs):
        return Settled(sure[0].said, sure[0].same_as)
    return Settled(THIRD)


def weighs_in_records(rule: str, one: Identity, others: Sequence[Identity]) -> set[str]:
    """Return what the records themselves say that weighs."""
    found = set()
    for other in others:
        if rules.conflicting(one, other):
            found.add("numbers_differ")
        if _shared(one.nhs_number, other.nhs_number) or _shared(one.upn, other.upn):
            found.add("number_shared")
        twins = one.family == other.family and rules.same_birth(one, other)
        if twins and not rules.similar_name(one, other):
            found.add("perhaps_twins")
    if rule in {"perhaps_relative", "second_names_differ"}:
        found.add("perhaps_twins")
    return found


def _shared(one: str, other: str) -> bool:
    return bool(one) and one == other

"""Who a claim speaks of: what the model in force and the rules say together.

The rules know what certainty is; the model weighs what is merely likely. A link needs one of them
and nothing that speaks against it; whoever a rule keeps for a person is never linked by weight.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reachable.people import rules
from reachable.people.finding import Found, without_placeholders
from reachable.people.linkage.deciding import Evidence, Known, Weighed, without_shared_numbers
from reachable.people.linkage.in_force import InForce
from reachable.people.linkage.people import MAY_LINK, NUMBERS_OF_ONE, PEOPLE
from reachable.people.linkage.scorer import NULL
from reachable.people.linkage.standard import Standard, said_of
from reachable.people.rules import BESIDE, LINK, NEW, REVIEW, Candidate, Decision, Identity

SPECIFIC = frozenset(("identifiers_differ", "identifier_reused", "several_people"))
"""What the model says better than a rule that looks at one record alone."""
AT = {each.name: number for number, each in enumerate(PEOPLE.comparisons)}


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision; where the model weighed, its hash and what it found."""

    decision: Decision
    model: str = ""
    evidence: dict[str, Any] | None = field(default=None, compare=False)


def judge(model: InForce, identity: Identity, found: Sequence[Found]) -> Judged:
    """Decide for one claim, from all who share a key with it, oldest first."""
    if not found:
        return Judged(Decision(NEW, "nobody_like"))
    who = model.standard(said_of(identity))
    known = [Known(each.record_id, each.person_id, each.who(model)) for each in found]
    weighed = model.judge.decide(who, known)
    claim = _usable(identity, who, known)
    candidates = [each.candidate(model) for each in found]
    ruled = rules.decide(claim, candidates)
    decision = _together(claim, candidates, ruled, weighed)
    if weighed.evidence is None or decision.outcome == NEW:
        return Judged(decision)
    evidence = model.judge.explained(weighed.evidence)
    return Judged(decision, model.hash, evidence | {"record": _dashed(weighed.evidence.record_id)})


def _dashed(record_id: Hashable) -> str:
    text = str(record_id)
    if "-" in text or len(text) != 32:
        return text
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _usable(identity: Identity, who: Standard, known: Sequence[Known]) -> Identity:
    """Leave out placeholders, and numbers that so many hold that they are nobody's."""
    return without_placeholders(identity, without_shared_numbers(who, known))


def _together(
    claim: Identity, candidates: Sequence[Candidate], ruled: Decision, weighed: Weighed
) -> Decision:
    if ruled.outcome == LINK:
        return _certain(candidates, ruled, weighed)
    if weighed.outcome == NEW:
        return Decision(NEW, "nobody_like")
    if weighed.outcome == REVIEW:
        return Decision(REVIEW, _named(claim, candidates, weighed), None, weighed.beside)
    return _linked_by_weight(claim, candidates, ruled, weighed)


def _certain(candidates: Sequence[Candidate], ruled: Decision, weighed: Weighed) -> Decision:
    """A rule is certain: it links, unless the model sees somebody else or what speaks against."""
    if weighed.outcome == LINK and weighed.person_id != ruled.person_id:
        beside = _one_each(candidates, (weighed.person_id, ruled.person_id))
        return Decision(REVIEW, "several_people", None, beside)
    if weighed.outcome == REVIEW and _speaks_against(ruled, weighed):
        mine = _one_each(candidates, (ruled.person_id,))
        beside = tuple(dict.fromkeys((*weighed.beside, *mine)))[:BESIDE]
        return Decision(REVIEW, weighed.rule, None, beside)
    return ruled


def _speaks_against(ruled: Decision, weighed: Weighed) -> bool:
    """Whoever married or moved in with another family has the same number under another name."""
    if weighed.rule == "likely":
        return False
    if weighed.rule != "near_relative" or ruled.rule not in NUMBERS_OF_ONE:
        return True
    return not all(_may_link(weighed.evidence, name) for name in ("given", "born", "sex"))


def _may_link(evidence: Evidence | None, name: str) -> bool:
    if evidence is None:
        return True
    outcome = evidence.outcomes[AT[name]]
    return outcome == NULL or PEOPLE.comparisons[AT[name]].names[outcome] in MAY_LINK[name]


def _linked_by_weight(
    claim: Identity, candidates: Sequence[Candidate], ruled: Decision, weighed: Weighed
) -> Decision:
    theirs = [each for each in candidates if each.person_id == weighed.person_id]
    for each in theirs:
        outcome, rule = rules.compare(claim, each.identity)
        if outcome == REVIEW and rule not in rules.MERELY_LIKELY:
            return Decision(REVIEW, rule, None, (each.record_id,))
    if ruled.rule == "several_people":
        return ruled
    return Decision(LINK, "weighed", weighed.person_id)


def _named(claim: Identity, candidates: Sequence[Candidate], weighed: Weighed) -> str:
    """Call it as the rule for the best candidate does, where that asks too."""
    if weighed.rule in SPECIFIC or weighed.evidence is None:
        return weighed.rule
    best = weighed.evidence.record_id
    identity = next(each.identity for each in candidates if each.record_id == best)
    outcome, rule = rules.compare(claim, identity)
    return rule if outcome == REVIEW else weighed.rule


def _one_each(candidates: Sequence[Candidate], people: Sequence[Hashable]) -> tuple[Hashable, ...]:
    first: dict[Hashable, Hashable] = {}
    for each in candidates:
        first.setdefault(each.person_id, each.record_id)
    return tuple(first[person] for person in people)

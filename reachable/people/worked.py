"""Two pairs weighed step by step for the reference, by the model that comes with us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from reachable.people.examples import example_table, said
from reachable.people.linkage.deciding import Judge, Known
from reachable.people.linkage.in_force import OURS
from reachable.people.linkage.model import load
from reachable.people.linkage.people import LABELS, PEOPLE
from reachable.people.linkage.scorer import NULL
from reachable.people.linkage.standard import standardise
from reachable.people.rules import LINK, REVIEW, WHY

CASES = (
    "Links: a letter typed wrongly in the family name",
    "Asks: one letter differs, and others have each of the names; perhaps twins",
)
_DECIDED = {LINK: "The computer links", REVIEW: "A person is asked"}
_NOT_KNOWN = "not known of both: says nothing"


def lines() -> Iterator[str]:
    """Yield the section, with the numbers of the model as it is now."""
    yield from ("## Two pairs, weighed step by step", "")
    judge = _judge() if OURS.is_file() else None
    if judge is None:
        yield from ("This version carries no trained model, so there is nothing to weigh by.", "")
        return
    limits = judge.model.thresholds
    yield from (
        "Each field adds or takes away evidence in bits: one bit more is twice as likely. "
        "The start is how rarely two records drawn at random are one person’s. "
        f"From {_bits(limits.link)} on the computer may link, from {_bits(limits.review)} on it "
        f"asks a person. These are the weights of the model that comes with this version, "
        f"`{judge.model.hash[:8]}`; a partnership’s own differ.",
        "",
    )
    for case in CASES:
        row = next(row for row in example_table("weighed").rows if row["case"] == case)
        yield from _pair(judge, row)


@lru_cache(maxsize=1)
def _judge() -> Judge:
    return Judge(load(OURS, PEOPLE))


def _pair(judge: Judge, row: Mapping[str, Any]) -> Iterator[str]:
    model = judge.model
    claim = standardise(said(row["claim"]), model.frequencies)
    known = standardise(said(row["known"][0]), model.frequencies)
    weight, outcomes = judge.weigh(claim, known)
    yield from (f"### {row['case']}", "")
    yield "| What is compared | What the two say | Bits | So far |"
    yield "| --- | --- | ---: | ---: |"
    total = model.prior_weight
    yield f"| Before anything is compared | | | {total:+.1f} |"
    for comparison, outcome in zip(PEOPLE.comparisons, outcomes, strict=True):
        field = LABELS[comparison.name]
        if outcome == NULL:
            yield f"| {field} | {_NOT_KNOWN} | | {total:+.1f} |"
            continue
        level = comparison.names[outcome]
        bits = model.chances[comparison.name][level].weight
        total += bits
        yield f"| {field} | {comparison.words(outcome)} | {bits:+.1f} | {total:+.1f} |"
    found = judge.decide(claim, [Known("record", "person", known)])
    decided = _DECIDED.get(found.outcome, "The record becomes a person of its own")
    yield from ("", f"{_bits(weight)} in all. {decided}: {WHY[found.rule]}.", "")


def _bits(weight: float) -> str:
    return f"{weight:.1f} bits"

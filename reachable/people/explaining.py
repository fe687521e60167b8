"""Says what each field weighs by the model in force, for the page of a review."""

from __future__ import annotations

from reachable.people.linkage.in_force import in_force
from reachable.people.linkage.people import LABELS, PEOPLE
from reachable.people.linkage.scorer import NULL
from reachable.people.linkage.standard import said_of
from reachable.people.registries import Explaining
from reachable.people.rules import Identity
from reachable.people.waterfall import START, Part

NOT_KNOWN = "not known of both"


def explain(one: Identity, other: Identity) -> list[Part]:
    """Return how likely it was at the start, and what each field adds to it."""
    model = in_force()
    weights = model.judge.model
    _, outcomes = model.judge.weigh(model.standard(said_of(one)), model.standard(said_of(other)))
    parts = [Part(START, "how rarely two records are one child’s", weights.prior_weight)]
    for comparison, outcome in zip(PEOPLE.comparisons, outcomes, strict=True):
        label = LABELS[comparison.name]
        if outcome == NULL:
            parts.append(Part(label, NOT_KNOWN, 0.0))
            continue
        name = comparison.names[outcome]
        bits = weights.chances[comparison.name][name].weight
        parts.append(Part(label, comparison.words(outcome), bits))
    return parts


def offered() -> Explaining:
    return Explaining(model=lambda: in_force().hash, explain=explain)

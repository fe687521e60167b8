"""A model with weights that are invented, and differ from level to level."""

from __future__ import annotations

from reachable.people.linkage.model import Chances, Model, Thresholds
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.plan import Plan


def invented(plan: Plan = PEOPLE) -> Model:
    chances = {}
    for number, comparison in enumerate(plan.comparisons):
        many = len(comparison.names)
        chances[comparison.name] = {
            level: Chances(
                m=0.9 / 2 ** (place + 1) + 0.001 * number,
                u=0.0001 * (place + 1) ** 3 if place < many - 1 else 0.93,
            )
            for place, level in enumerate(comparison.names)
        }
    return Model(
        plan=plan.name,
        fingerprint=plan.fingerprint,
        prior=0.0001,
        chances=chances,
        thresholds=Thresholds(link=12.0, review=0.0),
        frequencies={
            "given": {"mohammed": 0, "tom": 1, "ana": 2},
            "family": {"khan": 0, "jones": 1, "nowak": 2},
        },
        trained_on={"records": 0, "of": "nobody: the weights are invented"},
    )

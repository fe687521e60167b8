"""A model with weights that are invented, and differ from level to level."""

from __future__ import annotations

from dataclasses import replace

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


_BITS = {
    "given": (8.6, 9.7, 8.8, 7.9, 2.6, 5.9, 11.2, -0.1, 8.8, 0.5, -5.0),
    "family": (9.3, 9.3, 8.6, 8.2, 7.4, 6.9, 12.1, -0.8, 10.0, 0.0, -9.2),
    "born": (11.9, 6.6, 1.4, 0.5, -6.1, -0.6, -7.6, -8.2),
    "home": (11.1, 9.8, -1.4, -4.7, -6.0),
    "sex": (1.0, -8.9),
    "nhs_number": (24.3, -10.0),
    "upn": (24.3, -10.0),
}
_FREQUENCIES = {
    "given": {
        **dict.fromkeys(("mohammed", "tom", "tim", "jade", "holly", "molly"), 0),
        **dict.fromkeys(("kofi", "idris", "aisha", "maryam", "jada", "ana"), 1),
    },
    "family": {**dict.fromkeys(("khan", "jones"), 0), **dict.fromkeys(("nowak", "hale"), 1)},
}


def plausible(plan: Plan = PEOPLE) -> Model:
    """Weights as training finds them, in tenths of a bit, so that examples keep their outcome."""
    chances = {
        each.name: {
            level: _standing_for(bits)
            for level, bits in zip(each.names, _BITS[each.name], strict=True)
        }
        for each in plan.comparisons
    }
    prior = 1 / 2**16.7
    return replace(
        invented(plan),
        prior=prior,
        chances=chances,
        thresholds=Thresholds(8.0, 0.0),
        frequencies=_FREQUENCIES,
    )


def eager(plan: Plan = PEOPLE) -> Model:
    """A model that finds everybody alike, and links whatever it may: only the guards stop it."""
    chances = {
        each.name: dict.fromkeys(each.names, _standing_for(1.0)) for each in plan.comparisons
    }
    return replace(
        invented(plan),
        prior=0.5,
        chances=chances,
        thresholds=Thresholds(-100.0, -100.0),
        frequencies=_FREQUENCIES,
    )


def _standing_for(bits: float) -> Chances:
    most = 0.9 / 2 ** max(0.0, -bits)
    return Chances(m=most, u=most / 2**bits)

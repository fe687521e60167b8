"""The model as one Python function: made from the plan's conditions and the model's weights.

The conditions are the program's own, so that what is compiled never comes from a file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from reachable.people.linkage.model import Model, check
from reachable.people.linkage.plan import Comparison, Plan

Scorer = Callable[[Any, Any], float]
Outcomes = Callable[[Any, Any], tuple[int, ...]]
Weigh = Callable[[Any, Any], tuple[float, tuple[int, ...]]]

NULL = -1
"""The outcome of a comparison that says nothing, since something is not known."""


def fits(text: str, pattern: str) -> bool:
    """As SQL has it: `text` LIKE `pattern`, in which only `_` has a meaning."""
    return len(text) == len(pattern) and all(
        wanted in (letter, "_") for letter, wanted in zip(text, pattern, strict=True)
    )


NAMES = {
    "fits": fits,
    "letters": Levenshtein.distance,
    "swaps_too": OSA.distance,
    "alike": JaroWinkler.similarity,
}


def compile_scorer(plan: Plan, model: Model) -> Scorer:
    """Return a function of two standard records: the evidence in bits, prior included."""
    check(model, plan)
    lines = ["def score(l, r):", f"    weight = {model.prior_weight!r}"]
    for comparison in plan.comparisons:
        weights = [model.chances[comparison.name][level].weight for level in comparison.names]
        lines += _branches(comparison, [f"weight += {weight!r}" for weight in weights], "pass")
    made: Scorer = _compiled([*lines, "    return weight"], "score")
    return made


def compile_outcomes(plan: Plan) -> Outcomes:
    """Return a function of two standard records: at which level each comparison stands."""
    lines = ["def outcomes(l, r):"]
    for number, comparison in enumerate(plan.comparisons):
        sets = [f"o{number} = {index}" for index in range(len(comparison.names))]
        lines += _branches(comparison, sets, f"o{number} = {NULL}")
    found = ", ".join(f"o{number}" for number in range(len(plan.comparisons)))
    made: Outcomes = _compiled([*lines, f"    return ({found},)"], "outcomes")
    return made


def compile_weigh(plan: Plan, model: Model) -> Weigh:
    """Return a function of two standard records: the evidence, and at which levels they stand."""
    check(model, plan)
    lines = ["def weigh(l, r):", f"    weight = {model.prior_weight!r}"]
    for number, comparison in enumerate(plan.comparisons):
        weights = [model.chances[comparison.name][level].weight for level in comparison.names]
        stands = [
            f"o{number} = {index}; weight += {weight!r}" for index, weight in enumerate(weights)
        ]
        lines += _branches(comparison, stands, f"o{number} = {NULL}")
    found = ", ".join(f"o{number}" for number in range(len(plan.comparisons)))
    made: Weigh = _compiled([*lines, f"    return weight, ({found},)"], "weigh")
    return made


def _branches(comparison: Comparison, at_level: list[str], unknown: str) -> list[str]:
    missing = " or ".join(f"l.{each} is None or r.{each} is None" for each in comparison.needs)
    lines = [f"    if {missing}:", f"        {unknown}"]
    for level, statement in zip(comparison.levels, at_level, strict=False):
        lines += [f"    elif {level.condition.python()}:", f"        {statement}"]
    return [*lines, "    else:", f"        {at_level[-1]}"]


def _compiled(lines: list[str], name: str) -> Any:
    made: dict[str, Any] = dict(NAMES)
    exec(compile("\n".join(lines), "<linkage model>", "exec"), made)
    return made[name]

"""A trained model as an artefact: numbers only, named by the hash of its content.

What is compared comes from the program (plan.py), never from the file, so an edited file can
change no condition; that its numbers were edited, its hash tells.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reachable.foundation.errors import BadInput
from reachable.people.linkage.plan import Plan, levels_of

FORMAT = 1


class Refused(BadInput):
    """A model that may not be used, with the reason in a sentence."""


@dataclass(frozen=True)
class Chances:
    """How often pairs stand at a level: `m` of one person's records, `u` of two people's."""

    m: float
    u: float

    @property
    def weight(self) -> float:
        """Evidence in bits: positive speaks for one person, negative against."""
        return math.log2(self.m / self.u)


@dataclass(frozen=True)
class Thresholds:
    """Weights in bits: from `link` on the computer may link, from `review` on a person decides."""

    link: float
    review: float


@dataclass(frozen=True)
class Model:
    """`prior` is the chance that two records drawn at random are one person's."""

    plan: str
    fingerprint: str
    prior: float
    chances: dict[str, dict[str, Chances]]
    thresholds: Thresholds
    frequencies: dict[str, dict[str, int]] = field(default_factory=dict)
    trained_on: dict[str, Any] = field(default_factory=dict)

    @property
    def prior_weight(self) -> float:
        return math.log2(self.prior / (1 - self.prior))

    @property
    def content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "plan": self.plan,
            "fingerprint": self.fingerprint,
            "prior": self.prior,
            "chances": {
                comparison: {level: [each.m, each.u] for level, each in levels.items()}
                for comparison, levels in self.chances.items()
            },
            "thresholds": {"link": self.thresholds.link, "review": self.thresholds.review},
            "frequencies": self.frequencies,
            "trained_on": self.trained_on,
        }

    @property
    def hash(self) -> str:
        return hash_of(self.content)


def hash_of(content: dict[str, Any]) -> str:
    """32 hexadecimal digits of a model's content, in whatever order a file holds it."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def check(model: Model, plan: Plan) -> None:
    """Refuse a model of another plan, and one with a level that was never trained."""
    if (model.plan, model.fingerprint) != (plan.name, plan.fingerprint):
        raise Refused(
            f"This model was trained for “{model.plan}” as it was at {model.fingerprint}; "
            f"this version compares by “{plan.name}” {plan.fingerprint}. Train it again."
        )
    if not 0 < model.prior < 1:
        raise Refused(f"The model’s prior is {model.prior}; it must lie between 0 and 1.")
    if not model.thresholds.review <= model.thresholds.link:
        raise Refused("The model links below the weight from which it asks a person.")
    for comparison, level in levels_of(plan):
        chances = model.chances.get(comparison, {}).get(level)
        if chances is None or not (0 < chances.m <= 1 and 0 < chances.u <= 1):
            raise Refused(
                f"The level “{level}” of “{comparison}” was not trained. "
                "Train on more records, or on records in which it occurs."
            )


def save(model: Model, path: Path) -> None:
    path.write_text(
        json.dumps({"hash": model.hash, **model.content}, indent=1, sort_keys=True) + "\n",
        encoding="utf-8",
    )


def load(path: Path, plan: Plan) -> Model:
    """Read a model for this plan, or refuse it: edited, of another version, or not whole."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        said = content.pop("hash")
        model = _model(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{path.name} is not a whole linkage model: {error}.") from error
    if content["format"] != FORMAT:
        raise Refused(f"{path.name} has format {content['format']}; this version reads {FORMAT}.")
    if said != hash_of(content):
        raise Refused(f"{path.name} was changed after it was trained: its hash does not agree.")
    check(model, plan)
    return model


def _model(content: dict[str, Any]) -> Model:
    return Model(
        plan=content["plan"],
        fingerprint=content["fingerprint"],
        prior=float(content["prior"]),
        chances={
            comparison: {level: Chances(float(m), float(u)) for level, (m, u) in levels.items()}
            for comparison, levels in content["chances"].items()
        },
        thresholds=Thresholds(
            float(content["thresholds"]["link"]), float(content["thresholds"]["review"])
        ),
        frequencies=content["frequencies"],
        trained_on=content["trained_on"],
    )

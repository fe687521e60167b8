"""The model by which records are linked: the partnership's own, or the one that comes with us.

Ours was trained on a region that nobody lives in. A partnership trains its own once its register
is large enough to learn from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from reachable.people.linkage.deciding import Judge
from reachable.people.linkage.model import load
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.standard import Said, Standard, standardise

OURS = Path(__file__).with_name("region.json")


@dataclass(frozen=True)
class InForce:
    """A judge, the hash of its model, and how it makes standard forms, which it keeps a while."""

    judge: Judge
    hash: str
    standard: Callable[[Said], Standard]


def judge() -> Judge:
    """Return the model in force, ready to decide; raises `Refused` where its file may not be used.

    A file that is replaced is read anew.
    """
    return in_force().judge


def in_force() -> InForce:
    """Return the same with what goes with it."""
    own: Path = settings.LINKAGE_MODEL_FILE
    path = own if own.is_file() else OURS
    return _in_force(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _in_force(path: Path, changed: int) -> InForce:
    model = load(path, PEOPLE)
    frequencies = model.frequencies
    kept = lru_cache(maxsize=4096)(lambda said: standardise(said, frequencies))
    return InForce(Judge(model), model.hash, kept)

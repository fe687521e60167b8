"""The model by which records are linked: the partnership's own, or the one that comes with us.

Ours was trained on a region that nobody lives in. A partnership trains its own once its register
is large enough to learn from.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from reachable.people.linkage.deciding import Judge
from reachable.people.linkage.model import load
from reachable.people.linkage.people import PEOPLE

OURS = Path(__file__).with_name("region.json")


def judge() -> Judge:
    """Return the model in force, ready to decide; raises `Refused` where its file may not be used.

    A file that is replaced is read anew.
    """
    own: Path = settings.LINKAGE_MODEL_FILE
    path = own if own.is_file() else OURS
    return _judge(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _judge(path: Path, changed: int) -> Judge:
    return Judge(load(path, PEOPLE))

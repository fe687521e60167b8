"""Which version of each pathway is in force here, and any version that a moment was opened with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from reachable.foundation.models import Partnership
from reachable.foundation.questions import Question
from reachable.moments.models import OwnPathway, PathwayDecision
from reachable.practice import guidance
from reachable.practice.errors import PracticeError
from reachable.practice.items import Pathway, is_own
from reachable.practice.own import own_pathway, read_words
from reachable.practice.time import LONDON


def versions_in_force() -> dict[str, int]:
    """Return kind of moment → version: as last decided, and else the newest published one."""
    found = {kind.key: guidance.pathway(kind.key).version for kind in guidance.moment_kinds()}
    decided: dict[str, int] = dict(_decided())
    own = {kind: version for kind, version in decided.items() if is_own(version)}
    return found | {kind: version for kind, version in own.items() if kind in found}


@Question
def _decided() -> QuerySet[PathwayDecision, Any]:
    return PathwayDecision.objects.order_by("at", "id").values_list("kind", "version")


def pathway_of(kind: str, version: int) -> Pathway:
    """Return a version of a pathway, published or own."""
    if not is_own(version):
        return guidance.pathway(kind, version)
    kept = OwnPathway.objects.filter(kind=kind, version=version).first()
    if kept is None:
        raise PracticeError(
            f"There is no own version {version} of the pathway “{kind}” in the database. "
            "Restore the backup that has it."
        )
    return as_pathway(kept)


def as_pathway(kept: OwnPathway) -> Pathway:
    """Return what a partnership keeps as a pathway like any other."""
    written = kept.changed_at.astimezone(LONDON).date()
    partnership = Partnership.objects.values_list("name", flat=True).first()
    return own_pathway(
        guidance.published_pathways(kept.kind),
        kept.version,
        [read_words(each) for each in kept.steps],
        written=written,
        by=partnership or "",
    )

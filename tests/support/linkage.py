"""A linkage model with weights such as real ones have, and records that no batch has looked at."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings

from reachable.people.identification import Identified
from reachable.people.linkage import model
from reachable.people.linkage.deciding import Judge
from reachable.people.linkage.model import Chances, Model, Thresholds
from reachable.people.linkage.people import PEOPLE
from reachable.people.models import LinkDecision, Review, ReviewCandidate
from tests.support.people import identify_all

BITS: dict[str, dict[str, float]] = {
    "given": {"same": 9, "short_form": 6, "near": 4, "gaps": 6, "sound": 3, "elsewhere": 4},
    "family": {"same": 9, "part": 5, "near": 4, "gaps": 6, "sound": 3, "elsewhere": 4},
    "born": {"same": 12, "crossed": 8, "near": 4, "days": 3, "month": 1, "day": 1},
    "home": {"same": 8, "earlier": 7, "near": 5, "district": 2, "other": -3},
    "sex": {"same": 1, "other": -8},
    "nhs_number": {"same": 15, "other": -12},
    "upn": {"same": 15, "other": -12},
}
OTHERWISE = {"given": -6, "family": -6, "born": -8}


def likely_model(*, link: float = 12.0, review: float = 0.0, **trained_on: Any) -> Model:
    """Return a model that links by name, birth date and home, or by two of these and a number."""
    chances = {
        each.name: {level: _chances(each.name, level) for level in each.names}
        for each in PEOPLE.comparisons
    }
    return Model(
        plan=PEOPLE.name,
        fingerprint=PEOPLE.fingerprint,
        prior=2.0**-20,
        chances=chances,
        thresholds=Thresholds(link, review),
        trained_on={"of": "nobody: the weights are invented", **trained_on},
    )


def _chances(comparison: str, level: str) -> Chances:
    named = BITS[comparison]
    kind = "same" if level.startswith("same") else level
    bits = named.get(kind, OTHERWISE.get(comparison, -2))
    return Chances(m=min(0.9, 0.9 * 2.0**bits), u=min(0.9, 0.9 * 2.0**-bits))


def put_in_force(settings: Any, folder: Path, made: Model | None = None) -> Judge:
    """Let this be the partnership's own model."""
    settings.LINKAGE_MODEL_FILE = folder / "linkage_model.json"
    held = made or likely_model()
    model.save(held, settings.LINKAGE_MODEL_FILE)
    return Judge(held)


def apart(*claims: Any) -> list[Identified]:
    """Record each as somebody of their own, as if each had come when nobody else was known."""
    with TemporaryDirectory() as folder:
        blind = Path(folder) / "blind.json"
        model.save(likely_model(link=1000.0, review=999.0), blind)
        with override_settings(LINKAGE_MODEL_FILE=blind):
            found = [identify_all(each)[0] for each in claims]
    ReviewCandidate.objects.all().delete()
    Review.objects.all().delete()
    return found


def decisions(record_id: Any) -> list[tuple[str, str]]:
    held = LinkDecision.objects.filter(record_id=record_id).order_by("decided_at", "id")
    return list(held.values_list("outcome", "rule"))

"""Decisions of stewards as labels, and what they measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Sum

from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.people import estimates
from reachable.people.checking import APART, LINKED
from reachable.people.estimates import Between, Sampled, Share
from reachable.people.models import LinkCheck, Opinion, Review
from reachable.people.opinions import DIFFERENT, SAME
from reachable.people.rules import WHY

FIGURES = "people.figures"


@dataclass(frozen=True)
class Label:
    """What a steward said of one pair of records, and what had sent it there."""

    one: UUID
    other: UUID
    said: str
    by: UUID
    at: datetime
    rule: str
    model: str


@dataclass(frozen=True)
class OfRule:
    """What became of the reviews that one rule, or one model, sent to people."""

    why: str
    model: str
    same: int
    different: int
    neither: int
    share: Share


@dataclass(frozen=True)
class Figures:
    """What labels measure: counts alone. `recall` is None where nothing was judged."""

    rules: list[OfRule]
    waiting: int
    reviewed: Share
    agreed: Share
    linked: Sampled
    apart: Sampled
    unsure: int
    precision: Share
    recall: Between | None


def labels(*, by: Actor) -> Iterator[Label]:
    """Yield every label, for training and evaluating a model.

    That one of several is the same child says nothing of the others.
    """
    by.require("people.review")
    held = Opinion.objects.select_related("review").prefetch_related("review__candidates")
    for each in held.order_by("said_at", "id").iterator(chunk_size=500):
        beside = [candidate.record_id for candidate in each.review.candidates.all()]
        for other in [each.same_as_id] if each.same_as_id else beside:
            yield Label(
                *(each.review.record_id, other, each.said, each.by_id, each.said_at),
                *(each.review.rule, each.review.model),
            )


@looks_beyond("counts of what stewards decided hold no record and no child")
def figures(*, by: Actor) -> Figures:
    """Return how well records are linked, as far as decisions of people can show it."""
    by.require(FIGURES)
    asked = Review.objects.filter(check_of=None)
    counted: dict[tuple[str, str], Counter[str]] = {}
    rows = asked.exclude(outcome="").values_list("rule", "model", "outcome")
    for rule, model, outcome, count in rows.annotate(count=Count("id")).order_by():
        counted.setdefault((rule, model), Counter())[outcome] += count
    of_rules = [_of_rule(*key, outcomes) for key, outcomes in sorted(counted.items())]
    same = sum(each.same for each in of_rules)
    linked, no_link = _sampled(LINKED)
    apart, no_apart = _sampled(APART)
    return Figures(
        rules=sorted(of_rules, key=lambda each: -(each.same + each.different)),
        waiting=asked.filter(outcome="").count(),
        reviewed=estimates.wilson(same, same + sum(each.different for each in of_rules)),
        agreed=_agreed(),
        linked=linked,
        apart=apart,
        unsure=no_link + no_apart,
        precision=estimates.precision(linked),
        recall=estimates.recall(linked, apart, same),
    )


def _of_rule(rule: str, model: str, outcomes: Counter[str]) -> OfRule:
    same, different = outcomes[SAME], outcomes[DIFFERENT]
    return OfRule(
        *(WHY.get(rule, rule), model, same, different),
        outcomes.total() - same - different,
        estimates.wilson(same, same + different),
    )


def _sampled(sample: str) -> tuple[Sampled, int]:
    """Return a sample over all months, and how many of it nobody could tell."""
    held = LinkCheck.objects.filter(sample=sample)
    months = held.values("month").annotate(of=Max("out_of")).order_by()
    out_of = months.aggregate(all=Sum("of"))["all"] or 0
    judged = Counter(held.exclude(review__outcome="").values_list("review__outcome", flat=True))
    sure = judged[SAME] + judged[DIFFERENT]
    return Sampled(out_of, sure, judged[SAME]), judged.total() - sure


def _agreed() -> Share:
    """Of the reviews of which two stewards said something, blind, in how many they agreed."""
    rows = Opinion.objects.filter(review__check_of=None).values_list(
        "review_id", "round", "said", "same_as_id"
    )
    twice: dict[tuple[UUID, int], list[tuple[str, UUID | None]]] = {}
    for review_id, number, said, same_as in rows.order_by("said_at"):
        twice.setdefault((review_id, number), []).append((said, same_as))
    both = [said for said in twice.values() if len(said) == 2]
    return estimates.wilson(sum(one == two for one, two in both), len(both))

"""What helps in a moment into which several kinds have come: each kind's pathway, doubles once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reachable.practice import guidance
from reachable.practice.items import MomentKind, Pathway, Step

FIRST_OF_ALL = ("communication",)
"""Steps that come before any other, whatever they belong to."""


@dataclass(frozen=True)
class Called:
    """A kind that an event called for, by which version of its pathway, and since when."""

    kind: str
    pathway_version: int
    joined_at: datetime


@dataclass(frozen=True)
class StepDone:
    """Somebody wrote that a step was done, of the pathway of this kind."""

    step: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """What a pathway says of a step."""

    kind: MomentKind
    step: Step


@dataclass(frozen=True)
class Merged:
    """A step, once for all kinds that have it. `told` has another wording for each that differs.

    `done_at` is when it was done for all of them; `done_before` when it was, before one of them
    joined: then it is asked again.
    """

    key: str
    kind: str
    title: str
    told: tuple[Told, ...]
    kinds: tuple[MomentKind, ...]
    done_at: datetime | None
    done_before: datetime | None


@dataclass(frozen=True)
class Part:
    """A kind that came into the moment, and what helps in it beside what earlier kinds say."""

    kind: MomentKind
    pathway: Pathway
    since: datetime
    steps: tuple[Merged, ...]


def merged(
    called: Iterable[Called],
    done: Iterable[StepDone],
    *,
    read: Callable[[str, int], Pathway] = guidance.pathway,
) -> list[Part]:
    """Return what helps, kind by kind in the order in which they came.

    `read` finds a version of the pathway of a kind, where a partnership has its own beside the
    published ones.
    A step of the same key and title is one step: it stands under the first kind that has it, and
    says what later kinds say otherwise. How to communicate comes before all else.
    """
    first: dict[str, Called] = {}
    for each in sorted(called, key=lambda each: each.joined_at):
        first.setdefault(each.kind, each)
    pathways = {kind: read(kind, each.pathway_version) for kind, each in first.items()}
    having: dict[tuple[str, str], list[Told]] = {}
    for kind, pathway in pathways.items():
        for step in pathway.steps:
            told = having.setdefault((step.key, step.title), [])
            told.append(Told(guidance.moment_kind(kind), step))
    acts = list(done)
    since = {kind: each.joined_at for kind, each in first.items()}
    return [
        Part(
            guidance.moment_kind(kind),
            pathway,
            since[kind],
            tuple(
                _step(having[step.key, step.title], acts, since)
                for step in _in_order(pathway)
                if having[step.key, step.title][0].kind.key == kind
            ),
        )
        for kind, pathway in pathways.items()
    ]


def _in_order(pathway: Pathway) -> list[Step]:
    return sorted(pathway.steps, key=lambda step: step.key not in FIRST_OF_ALL)


def _step(told: Sequence[Told], acts: Sequence[StepDone], since: Mapping[str, datetime]) -> Merged:
    step, kinds = told[0].step, tuple(each.kind for each in told)
    keys = {kind.key for kind in kinds}
    done = [each.at for each in acts if each.step == step.key and each.kind in keys]
    last = max(done, default=None)
    counts = last is not None and last >= max(since[key] for key in keys)
    return Merged(
        step.key,
        kinds[0].key,
        step.title,
        tuple(_otherwise(told)),
        kinds,
        last if counts else None,
        None if counts else last,
    )


def _otherwise(told: Sequence[Told]) -> list[Told]:
    """The first, and each that says something else than those before."""
    said: dict[tuple[str, str, str], Told] = {}
    for each in told:
        said.setdefault((each.step.detail, each.step.avoid, each.step.good), each)
    return list(said.values())

"""Pathways as people read them: which version is in force, what others say, and how they differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.moments.models import OwnPathway, PathwayDecision
from reachable.moments.own_pathways import owners
from reachable.moments.pathway_versions import as_pathway, pathway_of, versions_in_force
from reachable.practice import guidance
from reachable.practice.items import MomentKind, Pathway, Step, is_own, version_words
from reachable.practice.own import (
    Difference,
    StepWords,
    differences,
    read_words,
    step_words,
    to_look_at,
    wrong_with,
)

READS = "practice.read"
T = TypeVar("T")


@dataclass(frozen=True)
class DecisionFacts:
    """That somebody put a version in force; a published one stands for the newest."""

    words: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class OwnFacts:
    """An own version: a draft, in force, or in force once."""

    version: int
    words: str
    changed_at: datetime
    changed_by: str
    is_draft: bool


@dataclass(frozen=True)
class PathwayFacts:
    """What stands of a kind of moment. `decided` is None where nobody ever decided.

    `newer` is the published version that came after the one from which the own version in force
    was made, or none.
    """

    kind: MomentKind
    in_force: Pathway
    published: Pathway
    decided: DecisionFacts | None
    decisions: list[DecisionFacts]
    own: list[OwnFacts]
    draft: OwnFacts | None
    newer: int | None

    @property
    def follows_published(self) -> bool:
        return not is_own(self.in_force.version)


@dataclass(frozen=True)
class VersionFacts:
    """One version, read as a page or beside the published one."""

    kind: MomentKind
    pathway: Pathway
    published: Pathway
    is_in_force: bool
    is_draft: bool
    differs: list[Difference]


@dataclass(frozen=True)
class DraftStep:
    """A step of a draft; `law` says on which kind of law its published words rest, if on one."""

    step: Step
    words: StepWords
    is_changed: bool
    law: str


@dataclass(frozen=True)
class DraftFacts:
    """A draft as it stands: its steps, what is left out, what forbids it and what to look at."""

    kind: MomentKind
    pathway: Pathway
    revision: int
    steps: list[DraftStep]
    left_out: list[Step]
    wrong: list[str]
    to_look_at: list[str]
    differs: list[Difference]
    changed_at: datetime
    changed_by: str

    def step(self, key: str) -> DraftStep:
        """Return a step of it; one that is not in it is not found."""
        for each in self.steps:
            if each.words.key == key:
                return each
        raise NotFound


def pathways(*, by: Actor) -> list[PathwayFacts]:
    """Return what is in force for every kind of moment, in the order in which these are listed."""
    by.require(READS)
    decisions, own, in_force = _decisions(), _own(), versions_in_force()
    return [
        _facts(kind, decisions.get(kind.key, []), own.get(kind.key, []), in_force[kind.key])
        for kind in guidance.moment_kinds()
    ]


def pathway(*, by: Actor, kind: str) -> PathwayFacts:
    """Return what stands for one kind of moment."""
    by.require(READS)
    found = _kind(kind)
    decisions, own = _decisions(kind), _own(kind)
    return _facts(found, decisions.get(kind, []), own.get(kind, []), versions_in_force()[kind])


def version(*, by: Actor, kind: str, number: int) -> VersionFacts:
    """Return one version, and how it differs from the newest published one."""
    by.require(READS)
    found, published = _kind(kind), guidance.pathway(kind)
    is_draft, steps = False, None
    if is_own(number):
        kept = OwnPathway.objects.filter(kind=kind, version=number, ended_at=None).first()
        if kept is None:
            raise NotFound
        is_draft, steps = kept.settled_at is None, _words(kept)
        read = as_pathway(kept)
    else:
        known = {each.version: each for each in guidance.published_pathways(kind)}
        if number not in known:
            raise NotFound
        read = known[number]
    return VersionFacts(
        kind=found,
        pathway=read,
        published=published,
        is_in_force=versions_in_force()[kind] == number,
        is_draft=is_draft,
        differs=differences(published, steps or [step_words(step) for step in read.steps]),
    )


def draft(*, by: Actor, kind: str) -> DraftFacts:
    """Return the draft that somebody writes now; there is one at most."""
    by.require(READS)
    found = _kind(kind)
    held = OwnPathway.objects.filter(kind=kind, settled_at=None, ended_at=None)
    kept = held.select_related("changed_by").first()
    if kept is None:
        raise NotFound
    published, read, words = guidance.pathway(kind), as_pathway(kept), _words(kept)
    there = {each.key for each in words}
    return DraftFacts(
        kind=found,
        pathway=read,
        revision=kept.revision,
        steps=[_draft_step(kind, step, each) for step, each in zip(read.steps, words, strict=True)],
        left_out=[step for step in published.steps if step.key not in there],
        wrong=wrong_with(found, words, owners=owners(by=by)),
        to_look_at=to_look_at(found, published, words),
        differs=differences(published, words),
        changed_at=kept.changed_at,
        changed_by=kept.changed_by.name if kept.changed_by else "the shell",
    )


def _draft_step(kind: str, step: Step, words: StepWords) -> DraftStep:
    published = guidance.pathway(kind).step(words.key)
    law = published.basis.value if published and published.basis.is_law else ""
    return DraftStep(step, words, published is not step, law)


def _words(kept: OwnPathway) -> list[StepWords]:
    return [read_words(each) for each in kept.steps]


def _facts(
    kind: MomentKind, decisions: list[DecisionFacts], own: list[OwnPathway], in_force: int
) -> PathwayFacts:
    published = guidance.pathway(kind.key)
    kept = next((each for each in own if each.version == in_force), None)
    stand = [_own_facts(each) for each in own]
    return PathwayFacts(
        kind=kind,
        in_force=as_pathway(kept) if kept else pathway_of(kind.key, in_force),
        published=published,
        decided=decisions[0] if decisions else None,
        decisions=decisions,
        own=[each for each in stand if not each.is_draft],
        draft=next((each for each in stand if each.is_draft), None),
        newer=published.version if kept and kept.published < published.version else None,
    )


def _own_facts(kept: OwnPathway) -> OwnFacts:
    return OwnFacts(
        version=kept.version,
        words=version_words(kept.version),
        changed_at=kept.changed_at,
        changed_by=kept.changed_by.name if kept.changed_by else "the shell",
        is_draft=kept.settled_at is None,
    )


def _own(kind: str = "") -> dict[str, list[OwnPathway]]:
    """Return what partnership's versions there are, the newest first."""
    held = OwnPathway.objects.filter(ended_at=None).select_related("changed_by")
    rows = held.filter(kind=kind) if kind else held
    return _by_kind((each.kind, each) for each in rows.order_by("-version"))


def _decisions(kind: str = "") -> dict[str, list[DecisionFacts]]:
    held = PathwayDecision.objects.select_related("by").order_by("-at", "-id")
    return _by_kind(
        (
            each.kind,
            DecisionFacts(
                words=version_words(each.version) if is_own(each.version) else "the published one",
                at=each.at,
                by=each.by.name if each.by else "the shell",
                reason=each.reason,
            ),
        )
        for each in (held.filter(kind=kind) if kind else held)
    )


def _by_kind(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for kind, each in pairs:
        found.setdefault(kind, []).append(each)
    return found


def _kind(key: str) -> MomentKind:
    if key not in {kind.key for kind in guidance.moment_kinds()}:
        raise NotFound
    return guidance.moment_kind(key)

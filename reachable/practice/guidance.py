"""Practice data by key: what every other room asks. Loaded once, then the same for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from reachable.practice.calling import Rulebook
from reachable.practice.errors import PracticeError
from reachable.practice.items import (
    ChildWords,
    Clock,
    Definition,
    EventKind,
    GoldenRule,
    Guide,
    Item,
    MomentKind,
    Outcome,
    Pathway,
    Rule,
    SharingBasis,
    Source,
    Step,
)
from reachable.practice.loading import Practice, load

T = TypeVar("T")


@dataclass(frozen=True)
class Group:
    """Items of one kind, for the page "What this follows"."""

    title: str
    items: tuple[Item, ...]


@cache
def practice() -> Practice:
    """Return all practice data of this release."""
    return load()


def definition(key: str) -> Definition:
    return _get(practice().definitions, key, "definition")


def event_kind(key: str) -> EventKind:
    return _get(practice().events, key, "kind of event")


def event_kinds() -> tuple[EventKind, ...]:
    return tuple(practice().events.values())


def signal_kinds() -> tuple[EventKind, ...]:
    """Return what may be sent from a phone, in the order in which it is offered."""
    return tuple(kind for kind in event_kinds() if kind.signal)


def rule(key: str) -> Rule:
    return _get(practice().rules, key, "rule")


def rules() -> tuple[Rule, ...]:
    """Return every rule that opens moments, in the order in which they are tried."""
    return tuple(practice().rules.values())


@cache
def every_rule() -> Rulebook:
    """Return all rules, in force or not."""
    return Rulebook(rules())


@cache
def usual_rules() -> Rulebook:
    """Return the rules that are in force where a partnership has decided nothing."""
    return Rulebook(tuple(each for each in rules() if each.usual))


def moment_kind(key: str) -> MomentKind:
    return _get(practice().moments, key, "kind of moment")


def moment_kinds() -> tuple[MomentKind, ...]:
    return tuple(practice().moments.values())


def clock(key: str) -> Clock:
    return _get(practice().clocks, key, "clock")


def clocks() -> tuple[Clock, ...]:
    return tuple(practice().clocks.values())


def pathway(moment: str, version: int | None = None) -> Pathway:
    """Return a version of the pathway of a kind of moment; without a number, the newest."""
    known = practice().pathways
    wanted = version or max((number for kind, number in known if kind == moment), default=0)
    found = known.get((moment, wanted))
    if found is None:
        raise PracticeError(
            f"There is no version {wanted} of the pathway “{moment}” in this release. "
            "Restore its file, or upgrade to a release that has it."
        )
    return found


def published_pathways(moment: str) -> tuple[Pathway, ...]:
    """Return every published version of the pathway of a kind of moment, the newest first."""
    found = [each for (kind, _), each in practice().pathways.items() if kind == moment]
    return tuple(sorted(found, key=lambda each: each.version, reverse=True))


def outcome(key: str) -> Outcome:
    return _get(practice().outcomes, key, "way to close a moment")


def outcomes() -> tuple[Outcome, ...]:
    return tuple(practice().outcomes.values())


def guides() -> tuple[Guide, ...]:
    """Return how conversations begin, by where they happen."""
    return tuple(practice().guides.values())


def guide(key: str) -> Guide:
    return _get(practice().guides, key, "guide to a conversation")


def guide_for(moment: str) -> Guide:
    """Return the guide that is offered first in a kind of moment."""
    first, *_ = [each for each in guides() if moment in each.moments] or guides()
    return first


def child_words() -> tuple[ChildWords, ...]:
    """Return what a child is told, in the order in which it is said."""
    return tuple(practice().words.values())


def sharing_bases() -> tuple[SharingBasis, ...]:
    """Return on what a decision to share may rest, in the order in which it is offered."""
    return tuple(practice().sharing.values())


def golden_rules() -> tuple[GoldenRule, ...]:
    return tuple(practice().golden_rules.values())


def graded(part: str, code: str) -> str:
    """Return in words what a police grade says; nothing where it is none."""
    found = (
        each for each in practice().gradings.values() if (each.part, each.code) == (part, code)
    )
    return next((each.words for each in found), "")


def sources() -> tuple[Source, ...]:
    return tuple(practice().sources.values())


def all_items() -> tuple[Group, ...]:
    """Return everything that this follows, grouped; of each pathway, the newest version."""
    data = practice()
    newest = [pathway(moment) for moment in data.moments]
    steps = [step for each in newest for step in each.steps]
    kinds: list[Iterable[Item]] = [
        data.definitions.values(),
        data.law.values(),
        data.golden_rules.values(),
        data.sharing.values(),
        data.gradings.values(),
        data.moments.values(),
        data.rules.values(),
        data.clocks.values(),
        newest,
        steps,
        data.outcomes.values(),
        data.guides.values(),
        data.words.values(),
        data.events.values(),
        data.evidence.values(),
        data.wordings.values(),
    ]
    groups = (tuple(items) for items in kinds)
    return tuple(Group(items[0].group, items) for items in groups)


def item_pages() -> tuple[Group, ...]:
    """Return the same, parted for reading: the steps of each pathway by themselves."""
    pages: list[Group] = []
    for group in all_items():
        if group.title != Step.group:
            pages.append(group)
            continue
        newest = [pathway(moment) for moment in practice().moments]
        pages += [Group(f"Steps: {each.title}", each.steps) for each in newest]
    return tuple(pages)


def not_known() -> tuple[Item, ...]:
    """Return the items that leave something open, which the page shows first."""
    return tuple(item for group in all_items() for item in group.items if item.unknown)


def _get(known: Mapping[str, T], key: str, what: str) -> T:
    if key not in known:
        raise PracticeError(
            f"There is no {what} “{key}” in this release. Known are: {', '.join(known)}."
        )
    return known[key]

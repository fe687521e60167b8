"""Writes practice data and the example tables as pages of the reference."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from reachable.practice import guidance
from reachable.practice.clocks import england_and_wales
from reachable.practice.examples import all_examples
from reachable.practice.items import (
    ChildWords,
    Clock,
    Definition,
    EventKind,
    Evidence,
    GoldenRule,
    Grading,
    Guide,
    Item,
    Law,
    MomentKind,
    Outcome,
    Pathway,
    Rule,
    SharingBasis,
    Source,
    Step,
    Wording,
)
from reachable.practice.rule_words import when_in_words
from reachable.practice.tables import in_markdown
from reachable.practice.time import say_day

_ABOUT = (
    "Definitions, law, clocks and pathways, each with where it comes from, what gives it its "
    "force, and how sure we are. Of many sources only a part could be read. None of this is legal "
    "advice. What a partnership changes is kept beside it."
)
_GENERATED = "<!-- Written by `reachable docs` from reachable/practice. Do not edit. -->"


def render() -> str:
    """Return the page "What this follows": every item with its standing, and every source."""
    lines = [
        _GENERATED,
        "# What Reachable follows",
        "",
        _ABOUT,
        "",
        "## What is not known",
        "",
        *(f"- **{item.title}** ({_inside(item.group)}). {item.unknown}" for item in _open()),
        "",
    ]
    for group in guidance.all_items():
        lines += [f"## {group.title}", ""]
        if group.title == Step.group:
            lines += _steps()
            continue
        for item in group.items:
            lines += _item(item)
    lines += ["## Sources", "", *map(_source, guidance.sources()), ""]
    return "\n".join(lines)


def render_clocks() -> str:
    """Return the page of clocks as example tables: the same tables that the tests run."""
    calendar = england_and_wales()
    lines = [
        _GENERATED,
        "# Clocks by example",
        "",
        "These tables are the specification: the tests run every row of them.",
        f"{calendar.name} are known from {say_day(calendar.first)} to {say_day(calendar.last)};",
        "a clock that runs beyond counts every Monday to Friday, and says so.",
        "",
    ]
    for table in all_examples():
        lines += in_markdown(table)
    return "\n".join(lines)


def _open() -> Iterator[Item]:
    """Each open question once: a step repeats what its law leaves open."""
    seen: set[str] = set()
    for item in guidance.not_known():
        if item.unknown not in seen:
            seen.add(item.unknown)
            yield item


def _item(item: Item) -> list[str]:
    return [f"### {item.title}", "", *_details(item), *_standing(item), ""]


def _standing(item: Item) -> Iterator[str]:
    sources = "; ".join(source.title for source in item.sources)
    yield f"- *{item.standing}*"
    yield f"- Source: {sources}. As of {item.checked_words}. Key: `{item.key}`."


@singledispatch
def _details(item: Item) -> Iterator[str]:
    """What a kind of item has beside its standing."""
    raise TypeError(f"the reference does not know how to show {type(item).__name__}")


@_details.register
def _(item: Definition) -> Iterator[str]:
    yield f"{item.detail} Version {item.version}."
    yield ""
    for limb in item.limbs:
        kind = "always needed" if limb.core else "one of these is enough"
        yield f"- **{limb.title}** ({kind}). {limb.detail}"


@_details.register
def _(item: Law) -> Iterator[str]:
    yield item.detail
    yield ""


@_details.register
def _(item: GoldenRule) -> Iterator[str]:
    yield item.detail
    yield ""


@_details.register
def _(item: SharingBasis) -> Iterator[str]:
    yield f"{item.detail} Answers: {item.part.value}."
    if item.by_switch:
        yield "Offered only where a partnership has switched it on."
    yield ""


@_details.register
def _(item: Grading) -> Iterator[str]:
    yield f"Code {item.code} of `{item.part}`."
    yield ""


@_details.register
def _(item: MomentKind) -> Iterator[str]:
    yield item.detail
    yield ""
    yield f"- The child’s clock: {_clock(item.child_clock)}"
    yield f"- Our clock: {_clock(item.acknowledge_clock)}"


@_details.register
def _(item: Clock) -> Iterator[str]:
    yield f"- {item.span}; counted from {item.counted_from}."


@_details.register
def _(item: Pathway) -> Iterator[str]:
    yield f"Version {item.version}, {len(item.steps)} steps: see below."
    yield ""


@_details.register
def _(item: Outcome) -> Iterator[str]:
    counts = "counts" if item.counts_as_reached else "does not count"
    yield f"{item.detail} It {counts} as reached. Asked when closing: {item.asks}"
    yield ""


@_details.register
def _(item: Guide) -> Iterator[str]:
    yield item.detail
    yield ""
    yield "- Say: " + " ".join(f"“{sentence}”" for sentence in item.say)
    yield "- Good: " + " ".join(item.good)
    yield "- Avoid: " + " ".join(item.avoid)
    offered = (_inside(guidance.moment_kind(key).title) for key in item.moments)
    yield f"- Offered first in: {'; '.join(offered)}."


@_details.register
def _(item: ChildWords) -> Iterator[str]:
    yield f"- Say: “{item.say}”"
    yield "- In easy read: " + " / ".join(item.easy)
    card = "May stand on a card." if item.on_card else "Never stands on a card."
    yield f"- The picture: {_inside(item.shows)}. {card}"


@_details.register
def _(item: EventKind) -> Iterator[str]:
    yield f"- Compartment: {item.compartment.value}."
    for rule in guidance.rules():
        if item.key in rule.on:
            alone = "" if rule.alone else ", with what happened before"
            yield f"- May open: {_inside(guidance.moment_kind(rule.opens).title)}{alone}."
    if item.keeps:
        yield "- Records a child whom nobody knew, though it opens no moment."
    if item.signal:
        yield f"- May be sent from a phone: {item.hint}."


@_details.register
def _(item: Rule) -> Iterator[str]:
    yield f"{item.detail}"
    yield ""
    yield f"- When: {when_in_words(item)}. For people under {item.under}."
    yield f"- Opens: {_inside(guidance.moment_kind(item.opens).title)}."
    stands = "in force" if item.usual else "off"
    yield f"- Version {item.version}: {stands} where a partnership has decided nothing."


@_details.register
def _(item: Evidence) -> Iterator[str]:
    yield f"{item.detail} **So:** {item.so}"
    yield ""


@_details.register
def _(item: Wording) -> Iterator[str]:
    yield "- Instead of: " + ", ".join(f"“{phrase}”" for phrase in item.avoid) + "."


def _clock(clock: Clock) -> str:
    return f"{_inside(clock.title)}, {clock.span}."


def _inside(title: str) -> str:
    """A title inside a sentence begins small; names further on keep their capitals."""
    return title[:1].lower() + title[1:]


def _steps() -> Iterator[str]:
    for kind in guidance.moment_kinds():
        pathway = guidance.pathway(kind.key)
        yield f"### {pathway.title}, step by step"
        yield ""
        for number, step in enumerate(pathway.steps, 1):
            yield f"#### {number}. {step.title}"
            yield ""
            yield step.detail
            yield ""
            yield f"- Who: {step.owner}."
            if step.asked_of:
                whom = "whatever they are" if "sender" in step.asked_of else "if they are "
                kinds = "" if "sender" in step.asked_of else ", ".join(sorted(step.asked_of))
                yield f"- Asked of whoever sent the signal, {whom}{kinds}."
            if step.due:
                yield f"- Due: {step.due}."
            yield f"- Good: {step.good}"
            yield f"- Avoid: {step.avoid}"
            yield from _standing(step)
            yield ""


def _source(source: Source) -> str:
    where = f" <{source.address}>" if source.address else ""
    read = "Seen, in whole or in part" if source.seen else "Not seen"
    return f"- {source.title}. {source.publisher}.{where} {read}; {source.checked_words}."

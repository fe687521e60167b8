"""What a family is told of who may read about a child, who did, and with whom it was shared.

In plain words, as short sentences: a young person reads it too. Law that is not confirmed is marked
for whoever weighs it; the family is told what was held back and why, not which schedule says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

HEADING, TEXT, ITEM = "heading", "text", "item"
Line = tuple[str, str]
"""What kind of block, and its text."""


@dataclass(frozen=True)
class Exemption:
    """A reason for which something may be held back, where it may stand in law, and what a family
    is told. `source` is not confirmed."""

    key: str
    says: str
    source: str
    told: str


EXEMPTIONS = (
    Exemption(
        "serious_harm",
        "Reading it could cause serious harm to somebody’s health",
        "Data Protection Act 2018, Schedule 3: social work, education and health data",
        "Reading it could do somebody serious harm.",
    ),
    Exemption(
        "abuse_data",
        "It is about abuse of the child, and to show it is not best for the child",
        "Data Protection Act 2018, Schedule 3: child abuse data",
        "It would not be best for the child to show it now.",
    ),
    Exemption(
        "crime",
        "To show it would get in the way of preventing or solving a crime",
        "Data Protection Act 2018, Schedule 2, paragraph 2",
        "It could get in the way of stopping a crime.",
    ),
    Exemption(
        "others",
        "It is about somebody else, who has not agreed",
        "Data Protection Act 2018, Schedule 2, paragraph 16",
        "It is about somebody else.",
    ),
)

ASKS = {
    "child": "the child",
    "parent": "a parent",
    "carer": "somebody who has parental responsibility",
    "representative": "somebody who speaks for the child",
}

WORKS = {
    "allocated": "They are the child’s own worker.",
    "holder": "They were to reach the child after something had happened.",
    "asked": "They were asked to reach the child after something had happened.",
    "panel": "The child was on the list of their meeting.",
    "offered": "They offered the child some help.",
    "attending": "They asked if the child still goes to some help.",
    "asked_again": "They were to ask the child again about some help.",
    "lasted": "They were asked if somebody is still in touch with the child.",
    "emergency": "They opened it in an emergency.",
}
WORKED_OTHERWISE = "They worked with the child."


@dataclass(frozen=True)
class Worked:
    """Somebody, or a team, could open the record: from when, until when, and why."""

    who: str
    first: date
    last: date | None
    basis: str


@dataclass(frozen=True)
class Reading:
    """Somebody opened pages about the child: as role and agency, how often, in which days."""

    who: str
    times: int
    first: date
    last: date


@dataclass(frozen=True)
class Shared:
    """Something was told to others."""

    day: date
    to_whom: str
    how: str


@dataclass(frozen=True)
class Kept:
    """What is said to the family."""

    first: date
    last: date
    worked: tuple[Worked, ...]
    readings: tuple[Reading, ...]
    shared: tuple[Shared, ...]
    held_back: tuple[str, ...]


def lines_of(kept: Kept) -> Iterator[Line]:
    """Yield the paper, block by block."""
    yield TEXT, "You asked who can read what is kept about the child. This paper tells you."
    yield TEXT, f"It is about the time from {day(kept.first)} to {day(kept.last)}."
    yield HEADING, "Who can read it"
    yield TEXT, "People can open it only while they work with the child. When that ends, it closes."
    yield TEXT, "The police, schools and health each see their own part."
    yield TEXT, "In this time, these people or teams could open it:"
    yield from _worked(kept.worked)
    yield HEADING, "Who did read it"
    yield from _read(kept.readings)
    yield HEADING, "What was told to others"
    yield from _shared(kept.shared)
    if kept.held_back:
        yield HEADING, "What we do not show you"
        yield TEXT, "Some of what is kept may stay back. This is why:"
        for each in EXEMPTIONS:
            if each.key in kept.held_back:
                yield ITEM, each.told
    yield HEADING, "If you think that something is wrong"
    yield TEXT, "Tell us. You can ask us to put it right, or to stop using it."
    yield TEXT, "If you are not happy with what we say, you can tell the ICO."
    yield TEXT, "They check that people keep to the rules. Their number is 0303 123 1113."


def _worked(worked: Sequence[Worked]) -> Iterator[Line]:
    for each in worked:
        until = f"to {day(each.last)}" if each.last else "and still can"
        why = WORKS.get(each.basis, WORKED_OTHERWISE)
        yield ITEM, f"{each.who}: from {day(each.first)} {until}. {why}"
    if not worked:
        yield TEXT, "Nobody could."


def _read(readings: Sequence[Reading]) -> Iterator[Line]:
    for each in readings:
        times = "once" if each.times == 1 else f"{each.times} times"
        when = day(each.first)
        if each.first != each.last:
            when = f"between {day(each.first)} and {day(each.last)}"
        yield ITEM, f"{each.who}: {times}, {when}."
    if readings:
        yield TEXT, "Each page that somebody opens counts once."
    else:
        yield TEXT, "Nobody opened it in this time."


def _shared(shared: Sequence[Shared]) -> Iterator[Line]:
    for each in shared:
        yield ITEM, f"{day(each.day)}: {each.to_whom}. {each.how}"
    if not shared:
        yield TEXT, "Nothing was."


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"

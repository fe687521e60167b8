"""Why two records may be one child: fact by fact, with the weight of each where a model gives it.

A weight is in bits, the logarithm to base 2 of a ratio: one bit more is twice as likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reachable.people import rules
from reachable.people.rules import Identity

WIDTH, ROW, BAR, ROOM = 480, 30, 18, 8
FOR, AGAINST, SILENT = "for", "against", "silent"
START = "Before anything is compared"


@dataclass(frozen=True)
class Part:
    """What one field says: positive for one child, negative against, in bits."""

    field: str
    words: str
    weight: float


@dataclass(frozen=True)
class Step:
    """A part, and the running total before and after it."""

    part: Part
    before: float
    after: float

    @property
    def side(self) -> str:
        if round(self.part.weight, 1) == 0:
            return SILENT
        return FOR if self.part.weight > 0 else AGAINST


@dataclass(frozen=True)
class Bar:
    """A step as it is drawn; the numbers are of the picture's own units."""

    label: str
    what: str
    said: str
    side: str
    x: float
    y: float
    width: float
    line_to: float


@dataclass(frozen=True)
class Drawing:
    """A waterfall: its size, where nothing speaks for or against, its bars, and all in words."""

    width: int
    height: int
    zero: float
    bars: list[Bar]
    total: str
    words: str


@dataclass(frozen=True)
class Fact:
    """What the two say of one field by the rule, without a weight: for, against or silent."""

    label: str
    words: str
    side: str


def running(parts: Sequence[Part]) -> list[Step]:
    """Return each part with the total before and after it, in the order given."""
    steps, total = [], 0.0
    for part in parts:
        steps.append(Step(part, total, total + part.weight))
        total += part.weight
    return steps


def in_words(weight: float) -> str:
    """Say a weight so that nobody has to know what a bit is."""
    if round(weight, 1) == 0:
        return "says nothing either way"
    which = "for" if weight > 0 else "against"
    times = 2 ** abs(weight)
    if times >= 1_000_000:
        return f"speaks {which} it, more than a million to one"
    said = f"{times:.1f}" if times < 10 else f"{float(f'{times:.2g}'):,.0f}"
    return f"speaks {which} it, {said} to one"


def draw(parts: Sequence[Part]) -> Drawing:
    """Lay the parts out from the top down, each bar beginning where the last ended."""
    steps = running(parts)
    ends = [0.0, *(each.after for each in steps)]
    low, high = min(ends), max(ends)
    scale = (WIDTH - 2 * ROOM) / max(high - low, 1.0)

    def x(value: float) -> float:
        return round(ROOM + (value - low) * scale, 1)

    bars = [
        Bar(
            label=step.part.field,
            what=step.part.words,
            said=in_words(step.part.weight),
            side=step.side,
            x=min(x(step.before), x(step.after)),
            y=at * ROW + (ROW - BAR) / 2,
            width=max(round(abs(x(step.after) - x(step.before)), 1), 1.0),
            line_to=x(step.after),
        )
        for at, step in enumerate(steps)
    ]
    total = steps[-1].after if steps else 0.0
    said = "; ".join(f"{each.label} {each.said}" for each in bars)
    last = f"All together it {in_words(total)}." if bars else "Nothing was compared."
    words = f"{said}. {last}" if bars else last
    return Drawing(WIDTH, ROW * max(len(bars), 1), x(0.0), bars, last, words)


def by_rule(one: Identity, other: Identity) -> list[Fact]:
    """Say which facts agree and which differ, as the rules look at them."""
    facts = [
        _name(one, other),
        _born(one, other),
        _plain("Postcode", one.postcode, other.postcode, "people move"),
        _plain("NHS number", one.nhs_number, other.nhs_number, "no two people share one"),
        _plain("UPN", one.upn, other.upn, "no two pupils share one"),
    ]
    return [each for each in facts if each is not None]


def _name(one: Identity, other: Identity) -> Fact | None:
    if not (one.is_named and other.is_named):
        return Fact("Name", "one record gives no name", SILENT)
    if rules.same_name(one, other):
        return Fact("Name", "the same first and last name", FOR)
    if rules.similar_name(one, other):
        return Fact("Name", "similar, as a slip of the hand or a short form makes it", FOR)
    return Fact("Name", "different", AGAINST)


def _born(one: Identity, other: Identity) -> Fact | None:
    if one.birth_date is None or other.birth_date is None:
        return Fact("Born", "not given in both records", SILENT)
    if rules.same_birth(one, other):
        return Fact("Born", "the same day", FOR)
    if rules.dates_near(one.birth_date, other.birth_date):
        return Fact("Born", "another day, one slip away", SILENT)
    return Fact("Born", "another day", AGAINST)


def _plain(label: str, one: str, other: str, why: str) -> Fact | None:
    if not one and not other:
        return None
    if not one or not other:
        return Fact(label, "given in one record only", SILENT)
    if one == other:
        return Fact(label, "the same", FOR)
    return Fact(label, f"different: {why}", SILENT if label == "Postcode" else AGAINST)

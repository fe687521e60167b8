"""Whether linkage finds some groups of people less often: recall and review by group, in Markdown.

Only where the truth is invented: nobody's origin is ever inferred from a real name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reachable.people.estimates import wilson

NOT_KNOWN = "not known"
BANDS = ((5, "under 5"), (10, "5 to 9"), (13, "10 to 12"), (16, "13 to 15"), (18, "16 and 17"))
ADULTS = ((25, "18 to 24"), (45, "25 to 44"), (65, "45 to 64"))
OLDEST = "65 and over"
LEAST = 400
"""True pairs in a group whose recall is compared: in fewer, chance alone makes gaps of 2 points."""


@dataclass(frozen=True, slots=True)
class TruePairs:
    """Pairs of records of one person, alike in everything that is said here of them.

    `groups` gives for each kind, such as "origin" or "sex", the group in which the person is.
    """

    groups: Mapping[str, str]
    linked: bool
    reviewed: bool
    pairs: int = 1


@dataclass(frozen=True)
class Group:
    """Of so many true pairs the computer linked some, and asked a person about others."""

    kind: str
    name: str
    pairs: int
    linked: int
    reviewed: int

    @property
    def recall(self) -> float:
        """The share that was found: linked, or shown to a person."""
        return (self.linked + self.reviewed) / self.pairs

    @property
    def review_rate(self) -> float:
        return self.reviewed / self.pairs


@dataclass(frozen=True)
class Gap:
    """The groups of a kind that are found least and most often."""

    lowest: Group
    highest: Group

    @property
    def points(self) -> float:
        return 100 * (self.highest.recall - self.lowest.recall)


def age_band(born: date | None, on: date) -> str:
    """Return the band of whoever was born on that day."""
    if born is None:
        return NOT_KNOWN
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next((band for limit, band in (*BANDS, *ADULTS) if years < limit), OLDEST)


def by_group(found: Iterable[TruePairs]) -> list[Group]:
    """Count by kind of group and group; a pair that was linked was not reviewed."""
    counts: dict[tuple[str, str], list[int]] = {}
    for each in found:
        for kind, name in each.groups.items():
            count = counts.setdefault((kind, name or NOT_KNOWN), [0, 0, 0])
            count[0] += each.pairs
            count[1] += each.pairs if each.linked else 0
            count[2] += each.pairs if each.reviewed and not each.linked else 0
    return sorted(
        (Group(*which, *count) for which, count in counts.items() if count[0]),
        key=lambda group: (group.kind, _place(group.name), group.name),
    )


def _place(name: str) -> int:
    bands = [band for _, band in (*BANDS, *ADULTS)] + [OLDEST]
    return bands.index(name) if name in bands else -1


def largest_gap(groups: Sequence[Group], *, least: int = LEAST) -> Gap | None:
    """Return the largest difference of recall within one kind, among groups that are large enough.

    None where no kind has two such groups.
    """
    gaps = []
    for kind in {group.kind for group in groups}:
        large = [group for group in groups if group.kind == kind and group.pairs >= least]
        if len(large) > 1:
            large.sort(key=lambda group: (group.recall, group.name))
            gaps.append(Gap(large[0], large[-1]))
    return max(gaps, key=lambda gap: (gap.points, gap.lowest.kind), default=None)


def in_markdown(groups: Sequence[Group], *, least: int = LEAST) -> str:
    """Return a table of all groups, and the largest gap in a sentence."""
    lines = [
        "| Kind | Group | True pairs | Found | Likely between | Linked | For a person to decide |",
        "| --- | --- | ---: | ---: | --- | ---: | ---: |",
    ]
    for group in groups:
        range_ = wilson(group.linked + group.reviewed, group.pairs)
        few = "" if group.pairs >= least else " (few)"
        lines.append(
            f"| {group.kind} | {group.name}{few} | {group.pairs:,} | {_percent(group.recall)} "
            f"| {_percent(range_.low)} and {_percent(range_.high)} "
            f"| {_percent(group.linked / group.pairs)} | {_percent(group.review_rate)} |"
        )
    return "\n".join([*lines, "", _sentence(largest_gap(groups, least=least), least), ""])


def _sentence(gap: Gap | None, least: int) -> str:
    if gap is None:
        return f"No two groups of a kind have {least:,} true pairs, so none are compared."
    low, high = gap.lowest, gap.highest
    return (
        f"The largest gap is {gap.points:.1f} points, by {low.kind}: {_percent(low.recall)} of "
        f"“{low.name}” are found, {_percent(high.recall)} of “{high.name}”. Groups of fewer than "
        f"{least:,} true pairs are not compared."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"

"""Which column is which: the headings of a file laid beside those of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from reachable.intake.rules.words import heading_key

if TYPE_CHECKING:
    from reachable.intake.specification import Column, Feed

BEYOND = "beyond the headings"
"""What begins the heading of a cell that stands further right than the headings reach."""

_LOOKS_LIKE_DATA = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}:\d{2}|[\d ]{4,}")


@dataclass(frozen=True, eq=False)
class Mapping:
    """Where each column of a feed stands in a file: our name to its place, counted from 0."""

    places: tuple[tuple[str, int], ...]
    headings: tuple[str, ...]
    not_read: tuple[str, ...] = ()
    """Headings that the feed does not ask for."""

    def heading_of(self, name: str) -> str:
        """Return the sender's own heading for a column."""
        return next((self.headings[place] for each, place in self.places if each == name), name)


@dataclass(frozen=True)
class Mismatch:
    """Why a file cannot be read as this feed, and what to do."""

    sentence: str
    next: str
    other: str = ""
    """The feed that the file belongs to instead, where one fits."""


def match_headings(
    feed: Feed, headings: Sequence[str], others: Iterable[Feed] = ()
) -> Mapping | Mismatch:
    """Find the columns of a feed by their headings, or say why it cannot be done.

    Case, spaces, accents and punctuation are no matter. `others` are the feeds that a file may
    belong to instead.
    """
    found, twice, not_read = _find(feed, headings)
    missing = [
        column
        for column in feed.columns
        if column.need != "no"
        and column.name not in found
        and not _in_date(feed, column, found, headings)
    ]
    if missing:
        return _missing(feed, headings, missing, not_read, others)
    if twice:
        one, other = twice[0]
        same = heading_key(one) == heading_key(other)
        return Mismatch(
            f"The column “{one}” is there twice."
            if same
            else f"Two columns, “{one}” and “{other}”, say the same.",
            "Keep one of them, and send the file again.",
        )
    return Mapping(tuple(found.items()), tuple(headings), tuple(not_read))


def _find(
    feed: Feed, headings: Sequence[str]
) -> tuple[dict[str, int], list[tuple[str, str]], list[str]]:
    """Return places by column, pairs of headings for one column, and headings for none."""
    columns = {
        heading_key(heading): column.name
        for column in feed.columns
        for heading in (column.name, column.heading, *column.aliases)
    }
    found: dict[str, int] = {}
    twice: list[tuple[str, str]] = []
    not_read: list[str] = []
    for place, heading in enumerate(headings):
        name = columns.get(heading_key(heading)) if heading else None
        if name is None:
            if heading:
                not_read.append(heading)
        elif name in found:
            twice.append((headings[found[name]], heading))
        else:
            found[name] = place
    return found, twice, not_read


def _in_date(feed: Feed, column: Column, found: dict[str, int], headings: Sequence[str]) -> bool:
    """Tell whether the date's column is said to hold the time too: "Arrival Date/Time"."""
    for each in feed.happenings:
        if each.time == column.name and each.date in found:
            return "time" in heading_key(headings[found[each.date]])
    return False


def _missing(
    feed: Feed,
    headings: Sequence[str],
    missing: Sequence[Column],
    not_read: Sequence[str],
    others: Iterable[Feed],
) -> Mismatch:
    wanted = [column for column in feed.columns if column.need != "no"]
    for other in others:
        if other.key != feed.key and _fits(other, headings):
            return Mismatch(
                f"This looks like a file of “{other.title}”, not of “{feed.title}”.",
                f"Send it again as “{other.title}” ({other.key}).",
                other.key,
            )
    if len(missing) == len(wanted) and _is_data(headings):
        return Mismatch(
            "The file has no row of headings: its first row looks like data.",
            "The first row must say what each column holds, as in the sample file.",
        )
    if len(missing) == len(wanted):
        return Mismatch(
            f"None of the columns of “{feed.title}” are in this file.",
            f"Its first row must have headings such as {_listed(wanted[:4])}.",
        )
    hints = [hint for column in missing if (hint := _did_you_mean(column, not_read))]
    return Mismatch(
        f"The file has no column {_listed(missing)}.",
        " ".join(
            [*hints, "Add it, or give the column its usual heading, and send the file again."]
        ),
    )


def _fits(feed: Feed, headings: Sequence[str]) -> bool:
    found, _, _ = _find(feed, headings)
    return all(column.name in found for column in feed.columns if column.need != "no")


def _is_data(headings: Sequence[str]) -> bool:
    return any(_LOOKS_LIKE_DATA.fullmatch(heading.strip()) for heading in headings)


def _listed(columns: Sequence[Column]) -> str:
    return ", ".join(f"“{column.heading}”" for column in columns)


def _did_you_mean(column: Column, not_read: Sequence[str]) -> str:
    known = [heading_key(each) for each in (column.heading, column.name, *column.aliases)]
    for heading in not_read:
        if get_close_matches(heading_key(heading), known, n=1, cutoff=0.75):
            return f"Did you mean “{heading}” to be “{column.heading}”?"
    return ""

"""Which of its events a row says happened, and when. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reachable.intake.specification import Feed, Made


def happened(feed: Feed, content: Mapping[str, Any]) -> Iterator[tuple[Made, str, str]]:
    """Yield each with its day and, if known, its time of day, in the order of the feed."""
    whens = {each.name: each for each in feed.happenings}
    for make in feed.makes:
        happening = whens[make.at]
        day = content.get(happening.date)
        if not day:
            continue
        if make.if_column and not _is_any(content.get(make.if_column) or "", make.if_any):
            continue
        yield make, day, content.get(happening.time) or ""


def _is_any(value: str, wanted: frozenset[str]) -> bool:
    """Tell whether a cell has one of these codes; several are kept with spaces between them."""
    return value in wanted or (" " in value and not wanted.isdisjoint(value.split()))


def is_withdrawn(content: Mapping[str, Any]) -> bool:
    """Say whether the agency has taken a row back: it was made in error."""
    return bool(content.get("record_status") == "withdrawn")

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
        if day and (not make.if_column or content.get(make.if_column) == make.if_value):
            yield make, day, content.get(happening.time) or ""


def is_withdrawn(content: Mapping[str, Any]) -> bool:
    """Say whether the agency has taken a row back: it was made in error."""
    return bool(content.get("record_status") == "withdrawn")

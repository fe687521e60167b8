"""What a signal says happened, as the chronology keeps it: when it comes, and when rebuilt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from reachable.chronology.services import Happening
from reachable.intake.rules.making import Made
from reachable.intake.specification import Feed, feeds, tables_of_sets
from reachable.intake.table_sets import TableSet
from reachable.practice import guidance
from reachable.practice.items import EventKind

FROM_A_PHONE = ("said", "reach", "sent_by")
"""What else a signal from a phone says of an event."""


def title_of(agency: str, feed: Feed | None) -> str:
    """What the source of an event is called; without a feed, somebody sent it from a phone."""
    return f"{agency}, {feed.title}" if feed else f"Signal from {agency}"


@cache
def _words() -> Mapping[tuple[str, str], str]:
    """Return what a code of a column is called first; not where two feeds mean different things."""
    said: dict[tuple[str, str], set[str]] = {}
    for feed in (*feeds().values(), *tables_of_sets().values()):
        for column in feed.columns:
            for code, (first, *_) in column.codes.items():
                said.setdefault((column.name, code), set()).add(first)
    return {key: words.pop() for key, words in said.items() if len(words) == 1}


def code_in_words(column: str, value: str) -> str:
    """Say a code, or several with spaces between them, as people do; nothing where it is none."""
    words = [_words().get((column, code), "") for code in value.split()]
    return "; ".join(words) if words and all(words) else ""


def happenings(
    made: Iterable[Made],
    *,
    signal_id: UUID,
    record_id: UUID,
    agency_id: UUID,
    received_at: datetime,
    title: str,
    source_key: str,
    details: dict[str, Any],
    news: bool,
) -> list[Happening]:
    """Return the events that one version of a signal makes, for the agency's record."""
    return [
        Happening(
            signal_id=signal_id,
            kind=each.kind,
            record_id=record_id,
            agency_id=agency_id,
            compartment=each.compartment,
            when=each.when,
            received_at=received_at,
            source=f"{title} {source_key}".strip(),
            place=each.place,
            details=each.details(details),
            news=news,
        )
        for each in made
    ]


def happenings_that_record(tables: TableSet) -> list[EventKind]:
    """Return what makes a child known of whom nobody knew: it opens a moment, or is kept."""
    kinds = (guidance.event_kind(made.event) for feed in tables.tables for made in feed.makes)
    usual = guidance.usual_rules()
    return [kind for kind in kinds if usual.alone(kind.key) or kind.keeps]

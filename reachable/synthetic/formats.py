"""How each agency's system writes its files: read from `data/exports.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache
from types import MappingProxyType
from typing import Any

from reachable.synthetic.material import material

CUSTODY = "police_custody"
MISSING = "police_missing"
ENCOUNTER = "police_encounter"
VIOLENCE = "police_violence"
EXCLUSION = "school_exclusion"
CHANGE = "school_change"
URGENT_CARE = "urgent_care"
YOUTH_JUSTICE = "youth_justice"
NRM = "nrm_decision"
HOUSING = "housing_concern"
VOLUNTARY = "voluntary_concern"

LIVE, WITHDRAWN = "Live", "Withdrawn"
POLICE_NUMBER, COUNCIL_NUMBER = "police", "council"
DAY, HALF_WEEK, WEEK, MONTH = "day", "half_week", "week", "month"

# Every ninth file is in the layout that is used only sometimes.
_EVERY, _AT = 9, 7


@dataclass(frozen=True)
class Layout:
    """How one file of a feed is written; dates are always day, month, year or ISO."""

    container: str
    encoding: str = ""
    delimiter: str = ""
    date_format: str = "%d/%m/%Y"
    time_format: str = "%H:%M"

    @property
    def suffix(self) -> str:
        return "." + self.container


@dataclass(frozen=True)
class Export:
    """What one agency's system exports as one feed; the first heading is that of the source key.

    `headings` are canonical column to heading, in the order of the export. `words` are column to
    our code to the agency's words for it, and `makes` our code to the kind of event.
    """

    feed: str
    agency: str
    file: str
    every: str
    sent_at: time
    source_key: str
    what: str
    date: str
    time: str
    end_date: str
    end_time: str
    layouts: tuple[tuple[float, Layout], ...]
    sometimes: Layout | None
    free_text: str
    contact: str
    contacts: tuple[str, ...]
    person_number: str
    other_word: str
    together: bool
    headings: Mapping[str, str]
    words: Mapping[str, Mapping[str, Sequence[str]]]
    makes: Mapping[str, str]
    noise: Mapping[str, float]

    @property
    def key_column(self) -> str:
        return next(iter(self.headings))

    def layout_of(self, turn: int, turns: int) -> Layout:
        """Return how the file number `turn` of `turns` is written.

        Systems change in the middle of a year; now and then somebody opens the export in a
        spreadsheet first and saves it otherwise.
        """
        if self.sometimes and turn % _EVERY == _AT:
            return self.sometimes
        return next(layout for since, layout in reversed(self.layouts) if turn >= since * turns)


@cache
def exports() -> Mapping[str, Export]:
    """Return every export by its feed, in the order in which the files of a day are sent."""
    source = material("exports")
    layouts = {name: Layout(**row) for name, row in source["layouts"].items()}
    made = [_export(row, layouts) for row in source["exports"]]
    return MappingProxyType({export.feed: export for export in made})


def export_of(feed: str) -> Export:
    """Return the export of a feed."""
    return exports()[feed]


def layout_of(feed: str, turn: int, turns: int) -> Layout:
    """Return how the file number `turn` of `turns` of a feed is written."""
    return export_of(feed).layout_of(turn, turns)


def _export(row: dict[str, Any], layouts: Mapping[str, Layout]) -> Export:
    return Export(
        feed=row["feed"],
        agency=row["agency"],
        file=row["file"],
        every=row["every"],
        sent_at=time.fromisoformat(row["sent_at"]),
        source_key=row["source_key"],
        what=row.get("what", ""),
        date=row["date"],
        time=row.get("time", ""),
        end_date=row.get("end_date", ""),
        end_time=row.get("end_time", ""),
        layouts=tuple((each["from"], layouts[each["layout"]]) for each in row["layouts"]),
        sometimes=layouts.get(row.get("sometimes", "")),
        free_text=row["free_text"],
        contact=row["contact"],
        contacts=tuple(row["contacts"]),
        person_number=row.get("person_number", POLICE_NUMBER),
        other_word=row.get("other_word", ""),
        together=row.get("together", False),
        headings=row["headings"],
        words=row["words"],
        makes=row["makes"],
        noise=row.get("noise", {}),
    )


HEADINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {feed: export.headings for feed, export in exports().items()}
)
CUSTODY_HEADINGS = HEADINGS[CUSTODY]
ATTENDANCE = {code: words[0] for code, words in export_of(CUSTODY).words["attendance"].items()}
SEX = {code: words[0] for code, words in export_of(CUSTODY).words["sex"].items()}

"""What a data officer wants to know of a file before it is sent: counts, days, rows and reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from reachable.intake.checking import CheckedRow, CheckReport
from reachable.intake.rules.check import Checked, Content
from reachable.intake.rules.happening import happened, is_withdrawn
from reachable.intake.rules.problems import EXPLAINED, Problem, Reason
from reachable.intake.specification import Feed

LISTED = 20
"""Row numbers that are named for one reason."""


@dataclass
class Rows:
    """How many rows there are of a kind, with the numbers of the first."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.first) < LISTED:
            self.first.append(number)


@dataclass(frozen=True)
class Wanted:
    """What is to be written, and what goes with it. None is not written."""

    keep: Path | None = None
    refused: Path | None = None
    report: Path | None = None
    all_columns: bool = False
    """Keep columns that the feed does not read."""
    all_rows: bool = False
    """Keep rows that say nothing which the feed is for."""
    no_adults: bool = False
    """Keep no row about somebody over the age at which the feed asks."""

    @property
    def files(self) -> dict[str, Path]:
        named = {"keep": self.keep, "refused": self.refused, "report": self.report}
        return {what: path for what, path in named.items() if path is not None}


@dataclass(frozen=True)
class Group:
    """One reason in one column, without what any cell says."""

    heading: str
    reason: Reason
    sentence: str
    rows: Rows

    @property
    def question(self) -> bool:
        return EXPLAINED[self.reason].question


@dataclass
class SenderReport:
    """What would become of a file; nothing in it but `check.problems` holds what a cell says."""

    feed: Feed
    file_name: str
    today: date
    check: CheckReport
    wanted: Wanted
    without_heading: int = 0
    """Columns that nobody can name."""
    kept: int = 0
    first_day: str = ""
    last_day: str = ""
    adults: Rows = field(default_factory=Rows)
    repeated: Rows = field(default_factory=Rows)
    corrections: Rows = field(default_factory=Rows)
    nothing: Rows = field(default_factory=Rows)
    """Accepted rows that say nothing which the feed is for."""
    groups: dict[tuple[str, Reason, str], Group] = field(default_factory=dict)
    hanging: Rows = field(default_factory=Rows)
    """Accepted rows that cannot go without one that is refused."""
    own_columns: frozenset[str] | None = None
    """Headings of a table of a set that are its own, and not taken from others beside it."""
    kept_columns: frozenset[str] = frozenset()
    """Headings that go though the feed does not read them: rows refer to each other by them."""
    referred_to: bool = False
    """Whether rows of other tables need these, also those that say nothing themselves."""
    adults_elsewhere: frozenset[str] = frozenset()
    """Numbers of people whom another table of the set says to be adults who are left out."""
    written: dict[str, Path] = field(default_factory=dict)
    """What was written where: "keep", "refused", "report"."""
    _seen: dict[str, bytes] = field(default_factory=dict)
    """The source key of each row, or its content where it has none, to a digest of its content."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Headings of columns that do not go with what is kept."""
        if self.wanted.all_columns:
            return ()
        unnamed = (f"{self.without_heading} without a heading",) if self.without_heading else ()
        left = (each for each in self.check.not_read if each not in self.kept_columns)
        own = self.own_columns
        return tuple(each for each in left if own is None or each in own) + unnamed

    def count(self, row: CheckedRow, *, hangs: bool = False) -> bool:
        """Take in one row; say whether it is kept. One that `hangs` is not, though accepted."""
        self.check.count(row)
        for told in row.told:
            self._group(row.number, told)
        if not isinstance(row.result, Checked):
            return False
        self._compare(row.number, row.result)
        self._date(row.result.content)
        wanted, keep = self.wanted, not hangs
        if hangs:
            self.hanging.add(row.number)
        content = row.result.content
        is_adult = any(each.reason is Reason.AGE for each in row.result.questions)
        if is_adult or content.get("local_id") in self.adults_elsewhere:
            self.adults.add(row.number)
            keep = keep and not wanted.no_adults
        if not self.referred_to and concerns_nothing(self.feed, content):
            self.nothing.add(row.number)
            keep = keep and wanted.all_rows
        self.kept += keep
        return keep

    def ended(self) -> None:
        """Say what can only be said at the end, and forget what was compared."""
        self.check.ended()
        self._seen.clear()

    def _group(self, number: int, told: Problem) -> None:
        heading = self._heading(told.column)
        sentence = in_general(told, heading)
        group = Group(heading, told.reason, sentence, Rows())
        self.groups.setdefault((told.column, told.reason, sentence), group).rows.add(number)

    def _heading(self, column: str) -> str:
        """Return the sender's heading for a column, or the usual one where there is none."""
        usual = {each.name: each.heading for each in self.feed.columns}
        return dict(self.check.read).get(column, usual.get(column, column))

    def _compare(self, number: int, result: Checked) -> None:
        content = bytes.fromhex(result.content_hash[:32])
        key = result.source_key or result.content_hash[:32]
        before = self._seen.get(key)
        if before == content:
            self.repeated.add(number)
        elif before is not None:
            self.corrections.add(number)
        self._seen[key] = content

    def _date(self, content: Content) -> None:
        if not self.feed.happened:
            return
        day = content.get(self.feed.happening(self.feed.happened).date)
        if day:
            self.first_day = min(self.first_day or day, day)
            self.last_day = max(self.last_day, day)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            **self.check.as_dict(),
            "kept": self.kept,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "adults": self.adults.count,
            "repeated": self.repeated.count,
            "corrections": self.corrections.count,
            "nothing": self.nothing.count,
            "left_out": list(self.left_out),
            "written": {what: str(path) for what, path in self.written.items()},
        }


def concerns_nothing(feed: Feed, content: Content) -> bool:
    """Tell a row that makes no event of those its feed can; one taken back concerns an earlier."""
    if not feed.makes or is_withdrawn(content):
        return False
    return not any(happened(feed, content))


class _Blanks(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def in_general(told: Problem, heading: str) -> str:
    """Return the sentence of a problem without what the cell says: a report may be mailed."""
    sentence = EXPLAINED[told.reason].sentence
    if sentence == "{sentence}":
        return told.sentence
    return sentence.format_map(_Blanks(heading=heading))

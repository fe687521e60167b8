"""Goes through the tables of a set in a folder, and leaves there what is kept of each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reachable.foundation.files.export import csv_table
from reachable.foundation.files.rows import Unreadable
from reachable.foundation.files.table import open_table
from reachable.intake.census import CHILD
from reachable.intake.checking import CheckedRow, OpenedFile, open_file, report_on
from reachable.intake.rules.check import Checked, Refused
from reachable.intake.rules.making import key_hash
from reachable.intake.rules.returned import WHY
from reachable.intake.rules.words import as_text, heading_key
from reachable.intake.sender.census_writing import RowsKept, write_census
from reachable.intake.sender.filtering import cells_at, why
from reachable.intake.sender.report import SenderReport, Wanted, concerns_nothing
from reachable.intake.set_files import HELD_BACK, HELD_BACK_HEADINGS, key_of
from reachable.intake.specification import Feed
from reachable.intake.table_sets import Container, TableSet


@dataclass(frozen=True)
class _Columns:
    """Which columns of a table are its own, which of them are kept, and how others refer to it."""

    headings: tuple[str, ...]
    own: list[int]
    kept: list[int]
    refers: list[tuple[tuple[str, str], int]]
    """A table and its column, and the place of what is looked for in it."""

    def named(self, places: Sequence[int]) -> list[str]:
        return [self.headings[place] for place in places]


class Parting:
    """Parts one table after the other, each after those to which it refers."""

    def __init__(self, tables: TableSet, folder: Path, today: date, wanted: Wanted) -> None:
        self.tables, self.folder, self.today, self.wanted = tables, folder, today, wanted
        self.census = tables.container is Container.CIN_CENSUS_XML
        self.kept, self.refused = folder / "kept", folder / "refused"
        joins = [join for feed in tables.tables for join in feed.joins]
        self.asked: dict[str, set[str]] = {join.table: set() for join in joins}
        """Of each table to which others refer: the columns that they need."""
        for join in joins:
            columns = (join.on, *join.take, join.begins, join.ends)
            self.asked[join.table].update(heading_key(each) for each in columns if each)
        self.used: dict[tuple[str, str], set[str]] = {
            (join.table, heading_key(join.on)): set() for join in joins
        }
        """Of each such table and column: what kept rows look for there."""
        self.adults: frozenset[str] = frozenset()
        self.rows_kept: dict[str, RowsKept] = {}
        self.children_refused: set[str] = set()
        self.had_refused: list[str] = []
        self.held_back = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for each in (self.kept, self.refused):
            each.mkdir()
        place = self.folder / HELD_BACK
        self._hold_back = self._open.enter_context(csv_table(place, HELD_BACK_HEADINGS))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._open.close()

    def find_adults(self, came: Sequence[Feed]) -> None:
        """Find who is to be left out of every table, before any is parted."""
        for feed in came:
            if self.wanted.no_adults and not feed.of_person:
                opened = open_file(feed, self.folder / feed.key)
                self.adults |= _adults_in(opened, self.today)

    def part(self, feed: Feed) -> SenderReport:
        """Part one table; what is kept of it takes its place in the folder."""
        path = self.folder / feed.key
        opened = open_file(feed, path)
        columns = self._columns(feed, opened)
        report = SenderReport(
            feed=feed,
            file_name=feed.key,
            today=self.today,
            check=report_on(opened, problems=10, samples=0),
            wanted=self.wanted,
            own_columns=frozenset(columns.named(columns.own)),
            kept_columns=frozenset(columns.named(columns.kept)),
            referred_to=self.census or feed.key in self.asked,
            adults_elsewhere=self.adults,
        )
        hangs, marks = self._hanging(feed), RowsKept()
        with ExitStack() as open_now:
            keep = open_now.enter_context(
                csv_table(self.kept / feed.key, columns.named(columns.kept))
            )
            refuse = open_now.enter_context(
                csv_table(self.refused / feed.key, [*columns.named(columns.own), WHY])
            )
            for row in opened.rows(self.today):
                if report.count(row, hangs=hangs(row)):
                    keep([cell.strip() for cell in cells_at(row, columns.kept)])
                    marks.add(row.number)
                    self._use(columns, row)
                else:
                    self._leave(report, row)
                    if isinstance(row.result, Refused):
                        cells = cells_at(row, columns.own)
                        refuse([*cells, why(row, len(columns.headings))])
        report.ended()
        self.rows_kept[feed.key] = marks
        if report.check.refused:
            self.had_refused.append(feed.key)
        (self.kept / feed.key).replace(path)
        return report

    def _columns(self, feed: Feed, opened: OpenedFile) -> _Columns:
        headings = opened.mapping.headings
        keys = [heading_key(each) for each in headings]
        joined = sum(len(join.take) + 1 for join in feed.joins)
        own = list(range(len(headings) - joined))
        needed = {place for _, place in opened.mapping.places}
        needed |= {keys.index(heading_key(join.column)) for join in feed.joins}
        asked = self.asked.get(feed.key, set())
        return _Columns(
            headings=headings,
            own=own,
            kept=[
                place
                for place in own
                if self.wanted.all_columns or place in needed or keys[place] in asked
            ],
            refers=[
                ((join.table, heading_key(join.on)), keys.index(heading_key(join.column)))
                for join in feed.joins
            ],
        )

    def _use(self, columns: _Columns, row: CheckedRow) -> None:
        for other, place in columns.refers:
            self.used[other].add(key_of(row.cells[place]))

    def _leave(self, report: SenderReport, row: CheckedRow) -> None:
        """Name what is held back; a row that says nothing any more is gone on purpose."""
        result = row.result
        if isinstance(result, Checked) and concerns_nothing(report.feed, result.content):
            return
        self.held_back += 1
        self._hold_back((report.feed.key, key_hash(result.source_key, result.content_hash)))

    def _hanging(self, feed: Feed) -> Callable[[CheckedRow], bool]:
        """Return what tells a row of a census that cannot go without one that is refused.

        Nothing is numbered there: the second of a child and a day would take the place of the
        first, and without its child a row is nobody's.
        """
        if not self.census:
            return lambda row: False
        days_refused: set[tuple[str, ...]] = set()

        def hangs(row: CheckedRow) -> bool:
            refused = isinstance(row.result, Refused)
            if feed.key == CHILD:
                if refused:
                    self.children_refused.add(row.cells[0])
                return False
            day = row.cells[1:3]
            if refused:
                days_refused.add(day)
            return day in days_refused or row.cells[1] in self.children_refused

        return hangs

    def part_referred_to(self, came: Collection[str]) -> None:
        """Keep, of tables that are only referred to, what kept rows refer to."""
        known = {feed.key for feed in self.tables.tables}
        for table in sorted(self.asked.keys() & set(came) - known):
            self._part_referred_to(table)

    def _part_referred_to(self, table: str) -> None:
        path, asked = self.folder / table, self.asked[table]
        opened = open_table(path)
        keys = [heading_key(each) for each in opened.headings]
        kept = [at for at, key in enumerate(keys) if self.wanted.all_columns or key in asked]
        finds = [
            (keys.index(on), used)
            for (name, on), used in self.used.items()
            if name == table and on in keys
        ]
        with csv_table(self.kept / table, [opened.headings[place] for place in kept]) as keep:
            for _, cells in opened.rows():
                if isinstance(cells, Unreadable):
                    continue
                texts = [as_text(cell).strip() for cell in cells] + [""] * (len(keys) - len(cells))
                if any(key_of(texts[place]) in used for place, used in finds):
                    keep([texts[place] for place in kept])
        (self.kept / table).replace(path)

    def write_kept(self, path: Path, original: Path) -> None:
        """Write what is to be sent, as the set comes."""
        if self.census:
            write_census(original, path, self.rows_kept)
            return
        names = [name for name in sorted(self.tables.names) if (self.folder / name).exists()]
        files = {f"{name}.csv": self.folder / name for name in names}
        if self.held_back:
            files[HELD_BACK] = self.folder / HELD_BACK
        _pack(path, files)

    def write_refused(self, path: Path) -> None:
        """Write the rows to correct, each with why: a table for each that has any."""
        _pack(path, {f"{name}.csv": self.refused / name for name in self.had_refused})


def _pack(path: Path, files: dict[str, Path]) -> None:
    with ZipFile(path, "w") as packed:
        for name, file in files.items():
            # A fixed day keeps the same tables at the same bytes: they count once.
            entry = ZipInfo(name)
            entry.compress_type, entry.file_size = ZIP_DEFLATED, file.stat().st_size
            with file.open("rb") as table, packed.open(entry, "w") as part:
                shutil.copyfileobj(table, part)


def _adults_in(opened: OpenedFile, today: date) -> frozenset[str]:
    """Return the numbers of those in a table of people who are over its age today."""
    years = opened.feed.question_over_age
    # Who was born on this day, or before it, is older; on 29 February that is told a day late.
    last = today.replace(year=today.year - years - 1, day=min(today.day, 28)).isoformat()
    return frozenset(
        row.result.content["local_id"]
        for row in opened.rows(today)
        if isinstance(row.result, Checked)
        and "local_id" in row.result.content
        and row.result.content.get("birth_date", "9999") <= last
    )

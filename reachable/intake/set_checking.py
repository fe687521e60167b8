"""Checks a set of tables, without a database: for the sender and the preview."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT
from reachable.foundation.files.whole import told_if_full
from reachable.intake.checking import CheckReport, check_file, open_file
from reachable.intake.set_files import unpack_tables
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet


@dataclass(frozen=True)
class SetReport:
    """What a load of a set would do, table by table, in the order of loading."""

    key: str
    tables: tuple[tuple[Feed, CheckReport], ...]
    missing: tuple[str, ...]
    """Tables that did not come: what they said before stays."""
    not_read: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(report.rows for _, report in self.tables)

    @property
    def accepted(self) -> int:
        return sum(report.accepted for _, report in self.tables)

    @property
    def refused(self) -> int:
        return sum(report.refused for _, report in self.tables)

    @property
    def whole(self) -> bool:
        return all(report.whole for _, report in self.tables)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values, without any content of accepted rows."""
        reasons: Counter[str] = Counter()
        for _, report in self.tables:
            reasons.update(report.reasons)
        return {
            "feed": self.key,
            "rows": self.rows,
            "whole": self.whole,
            "accepted": self.accepted,
            "quarantined": self.refused,
            "questions": sum(report.questioned for _, report in self.tables),
            "reasons": dict(reasons),
            "tables": {feed.key: report.as_dict() for feed, report in self.tables},
            "missing": list(self.missing),
            "not_read": list(self.not_read),
        }


def check_set(
    tables: TableSet, path: Path, today: date, *, problems: int = 10, most: int | None = None
) -> SetReport:
    """Go through a zip file and write nothing; `most` rows of each table are looked at, or all."""
    with TemporaryDirectory(prefix="reachable-set-") as name:
        folder = Path(name)
        contents = unpack_tables(tables, path, folder)
        reports = []
        for feed in tables.tables:
            if feed.key in contents.tables:
                with told_of(feed):
                    report = check_file(
                        feed, folder / feed.key, today, problems=problems, samples=0, most=most
                    )
                reports.append((feed, report))
    came = {feed.key for feed, _ in reports}
    missing = tuple(feed.key for feed in tables.tables if feed.key not in came)
    return SetReport(tables.key, tuple(reports), missing, contents.not_read)


def refuse_unfit(tables: TableSet, path: Path) -> None:
    """Raise BadInput where a zip file is no set, or a table of it lacks a column."""
    with TemporaryDirectory(prefix="reachable-set-") as name:
        folder = Path(name)
        contents = unpack_tables(tables, path, folder)
        for feed in tables.tables:
            if feed.key in contents.tables:
                with told_of(feed):
                    open_file(feed, folder / feed.key)


@contextmanager
def told_of(feed: Feed) -> Iterator[None]:
    """Say in which table something is wrong."""
    try:
        yield
    except BadInput as error:
        said = error.sentence if feed.key in error.sentence else f"In {feed.key}: {error.sentence}"
        raise BadInput(said, kept=error.kept, next=error.next) from error


@contextmanager
def as_zip(path: Path) -> Iterator[Path]:
    """Give a zip file: the one that was named, or one made of the files in a folder."""
    if not path.is_dir():
        yield path
        return
    files = sorted(each for each in path.iterdir() if each.is_file() and not each.is_symlink())
    if not files:
        raise BadInput("There is no file in this folder.", kept=NOTHING_KEPT)
    with TemporaryDirectory(prefix="reachable-set-") as name:
        packed = Path(name) / f"{path.name}.zip"
        with told_if_full(), zipfile.ZipFile(packed, "w") as file:
            for each in files:
                # A fixed day keeps the same tables at the same bytes: they count once.
                with each.open("rb") as table, file.open(zipfile.ZipInfo(each.name), "w") as part:
                    shutil.copyfileobj(table, part)
        yield packed

"""Parts a set of tables before it is sent: what would be kept, what not and why, table by table.

What is kept stands by itself. A table is judged after those to which it refers, beside what is kept
of them: a row that hangs on a refused one is refused too. What was held back is named in the set by
its hashed key, so that a set of everything does not withdraw it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reachable.foundation.files.whole import told_if_full, whole_files
from reachable.intake.sender.filtering import check_names, told_if_closed
from reachable.intake.sender.parting import Parting
from reachable.intake.sender.report import SenderReport, Wanted
from reachable.intake.set_checking import SetReport, as_zip, told_of
from reachable.intake.set_files import unpack_tables
from reachable.intake.specification import Feed
from reachable.intake.table_sets import Container, TableSet


@dataclass
class FilteredSet:
    """What would become of a set, and what of it goes."""

    tables: TableSet
    file_name: str
    today: date
    wanted: Wanted
    reports: list[SenderReport] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    held_back: int = 0
    """Rows that did not go, though they are not gone."""
    written: dict[str, Path] = field(default_factory=dict)

    @property
    def check(self) -> SetReport:
        """Return what is said of the set by whoever receives it, too."""
        checks = tuple((each.feed, each.check) for each in self.reports)
        return SetReport(self.tables.key, checks, self.missing, self.not_read)

    @property
    def kept(self) -> int:
        return sum(each.kept for each in self.reports)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            **self.check.as_dict(),
            "kept": self.kept,
            "held_back": self.held_back,
            "tables": {each.feed.key: each.as_dict() for each in self.reports},
            "written": {what: str(path) for what, path in self.written.items()},
        }


def filter_set(
    tables: TableSet,
    path: Path,
    today: date,
    wanted: Wanted,
    page: Callable[[FilteredSet], str],
) -> FilteredSet:
    """Check a set, and write what is wanted: all of it whole, or nothing."""
    packed = tables.container is Container.ZIP
    check_names(path, wanted, keep=("zip",) if packed else ("xml",), refused=("zip",))
    done = FilteredSet(tables, path.name, today, wanted)
    with ExitStack() as open_now:
        file = open_now.enter_context(as_zip(path) if packed else nullcontext(path))
        with told_if_full():
            folder = Path(open_now.enter_context(TemporaryDirectory(prefix="reachable-set-")))
            contents = unpack_tables(tables, file, folder)
        came = [feed for feed in in_order_of_need(tables) if feed.key in contents.tables]
        done.missing = tuple(each.key for each in tables.tables if each not in came)
        done.not_read = contents.not_read
        open_now.enter_context(told_if_closed())
        parts = open_now.enter_context(whole_files(list(wanted.files.values())))
        places = dict(zip(wanted.files, parts, strict=True))
        with Parting(tables, folder, today, wanted) as parting:
            parting.find_adults(came)
            for feed in came:
                with told_of(feed):
                    done.reports.append(parting.part(feed))
            parting.part_referred_to(contents.tables.keys())
        done.held_back = parting.held_back
        done.reports.sort(key=lambda each: tables.tables.index(each.feed))
        done.written = wanted.files
        if "keep" in places:
            parting.write_kept(places["keep"], file)
        if "refused" in places:
            parting.write_refused(places["refused"])
        if "report" in places:
            places["report"].write_text(page(done), encoding="utf-8", newline="\n")
    return done


def in_order_of_need(tables: TableSet) -> list[Feed]:
    """Return the tables of a set, each after those to which it refers."""
    known = {feed.key: feed for feed in tables.tables}
    ordered: dict[str, Feed] = {}

    def put(feed: Feed) -> None:
        if feed.key not in ordered:
            for join in feed.joins:
                if join.table in known:
                    put(known[join.table])
            ordered[feed.key] = feed

    for feed in tables.tables:
        put(feed)
    return list(ordered.values())

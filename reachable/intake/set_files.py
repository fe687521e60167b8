"""A set of tables as it was sent: unpacked into a folder, each table read with what others add."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from reachable.foundation.errors import BadInput
from reachable.foundation.files.archives import files_in, unpack
from reachable.foundation.files.kinds import NOTHING_KEPT
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.rows import Cell, Row, Table, Unreadable
from reachable.foundation.files.table import open_table
from reachable.intake.census import unpack_census
from reachable.intake.rules.dates import date_reader
from reachable.intake.rules.words import as_text, heading_key
from reachable.intake.specification import Feed, Join, Pick
from reachable.intake.table_sets import Container, TableSet, named_after

Found = dict[str, tuple[str, ...]]
HELD_BACK = "reachable-held-back.csv"
"""In a set that was filtered before it was sent: which rows its sender has and did not send."""
HELD_BACK_HEADINGS = ("Table", "Key")


@dataclass(frozen=True)
class Contents:
    """Which tables of a set came, and what came beside them and is not read."""

    tables: dict[str, str]
    """Table to the name of its file in the zip file."""
    not_read: tuple[str, ...]
    held_back: str = ""
    """The name of the file that says which rows were not sent."""


def is_packed(path: Path) -> bool:
    return zipfile.is_zipfile(path)


def looks_like(tables: TableSet, path: Path, limits: Limits = DEFAULT) -> bool:
    """Tell whether a file or folder is this set, by the names of its tables; nothing is read of it.

    A census is one file, and is told by what it says of children.
    """
    try:
        if tables.container is Container.CIN_CENSUS_XML:
            with TemporaryDirectory(prefix="reachable-set-") as folder:
                unpack_census(path, Path(folder), limits)
            return True
        if path.is_dir():
            names = [each.name for each in path.iterdir()]
        else:
            names = list(files_in(path, limits)) if is_packed(path) else []
        return any(named_after(tables.names, name) for name in names)
    except (BadInput, OSError):
        return False


def contents_of(tables: TableSet, path: Path, limits: Limits = DEFAULT) -> Contents:
    """Look into a zip file; raise BadInput where it is none, or what is needed is not there."""
    if not is_packed(path):
        raise BadInput(
            f"“{tables.title}” comes as one zip file, and this is none.",
            kept=NOTHING_KEPT,
            next="Pack its tables, a file for each, and send the zip file.",
        )
    found: dict[str, str] = {}
    not_read = []
    held_back = ""
    for name in files_in(path, limits):
        table = named_after(tables.names, name)
        if name.rpartition("/")[2] == HELD_BACK:
            held_back = name
        elif table is None:
            not_read.append(name)
        elif table in found:
            raise BadInput(
                f"The table {table} is there twice: “{found[table]}” and “{name}”.",
                kept=NOTHING_KEPT,
                next="Keep one of them, and send the zip file again.",
            )
        else:
            found[table] = name
    missing = sorted(tables.needed - found.keys())
    if missing:
        raise BadInput(
            f"The zip file has no table {', '.join(missing)}.",
            kept=NOTHING_KEPT,
            next="Put it in, with its usual name, and send the zip file again.",
        )
    return Contents(found, tuple(not_read), held_back)


def unpack_tables(tables: TableSet, path: Path, folder: Path, limits: Limits = DEFAULT) -> Contents:
    """Put every table that is read into a folder, under its own name."""
    if tables.container is Container.CIN_CENSUS_XML:
        unpack_census(path, folder, limits)
        return Contents({feed.key: path.name for feed in tables.tables}, ())
    contents = contents_of(tables, path, limits)
    for table, name in contents.tables.items():
        unpack(path, name, folder / table, limits)
    if contents.held_back:
        unpack(path, contents.held_back, folder / HELD_BACK, limits)
        held_back(folder, "", limits)
    return contents


def held_back(folder: Path, table: str, limits: Limits = DEFAULT) -> frozenset[str]:
    """Return the keys, hashed, of rows of a table that its sender has and did not send."""
    path = folder / HELD_BACK
    if not path.exists():
        return frozenset()
    rows = (cells for _, cells in open_table(path, limits).rows())
    return frozenset(
        as_text(cells[1])
        for cells in rows
        if not isinstance(cells, Unreadable) and len(cells) > 1 and cells[0] == table
    )


def key_of(cell: Cell) -> str:
    """Return a number by which rows refer to each other: a workbook may have made 12.0 of it."""
    return as_text(cell).strip().casefold()


def open_joined(feed: Feed, path: Path, limits: Limits = DEFAULT) -> Table:
    """Open a table of a set, with what other tables in its folder say beside each of its rows."""
    table = open_table(path, limits)
    for join in feed.joins:
        table = _joined(table, join, path, str(feed.date_order), limits)
    return table


def _joined(table: Table, join: Join, path: Path, order: str, limits: Limits) -> Table:
    headings = [heading_key(heading) for heading in table.headings]
    if heading_key(join.column) not in headings:
        raise _no_column(path.name, join.column)
    place, width = headings.index(heading_key(join.column)), len(table.headings)
    found = _lookup(join, path.with_name(join.table), order, limits)
    nothing = tuple("" for _ in join.take)

    def read() -> Iterator[Row]:
        for number, cells in table.read():
            if isinstance(cells, Unreadable):
                yield number, cells
                continue
            if len(cells) < width:
                cells = (*cells, *("",) * (width - len(cells)))
            beside = found.get(key_of(cells[place]))
            more: tuple[Cell, ...] = (*(beside or nothing), "yes" if beside else "")
            yield number, (*cells[:width], *more, *cells[width:])

    return replace(table, headings=(*table.headings, *join.take, join.heading), read=read)


def _lookup(join: Join, path: Path, order: str, limits: Limits) -> Found:
    if not path.exists():
        if not join.needed:
            return {}
        raise BadInput(
            f"The table {join.table} did not come, and others refer to it.",
            kept=NOTHING_KEPT,
            next="Put it into the zip file, and send it again.",
        )
    table = open_table(path, limits)
    headings = [heading_key(heading) for heading in table.headings]

    def place_of(name: str) -> int:
        if heading_key(name) not in headings:
            raise _no_column(join.table, name)
        return headings.index(heading_key(name))

    on, take = place_of(join.on), [place_of(name) for name in join.take]
    if join.pick is Pick.CURRENT:
        return _current(table, on, take, (place_of(join.begins), place_of(join.ends)), order)
    found: Found = {}
    for _, cells in table.rows():
        if isinstance(cells, Unreadable):
            continue
        key, taken = key_of(_at(cells, on)), tuple(as_text(_at(cells, place)) for place in take)
        if join.pick is Pick.ALL and key in found:
            pairs = zip(found[key], taken, strict=True)
            found[key] = tuple("; ".join(filter(None, pair)) for pair in pairs)
        elif key:
            found.setdefault(key, taken)
    return found


def _current(
    table: Table, on: int, take: Sequence[int], lasts: tuple[int, int], order: str
) -> Found:
    """Of several rows for one key, take the one that has not ended and began last."""
    read_date = date_reader(order)
    best: dict[str, tuple[bool, str, tuple[str, ...]]] = {}
    for _, cells in table.rows():
        if isinstance(cells, Unreadable):
            continue
        begins, ends = (read_date(_at(cells, place)).day for place in lasts)
        taken = tuple(as_text(_at(cells, place)) for place in take)
        key, one = key_of(_at(cells, on)), (not ends, begins, taken)
        if key and one > best.get(key, (False, "", ())):
            best[key] = one
    return {key: taken for key, (_, _, taken) in best.items()}


def _at(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else ""


def _no_column(table: str, name: str) -> BadInput:
    return BadInput(
        f"The table {table} has no column “{name}”.",
        kept=NOTHING_KEPT,
        next="Export it with the columns of the standard, and send all tables again.",
    )

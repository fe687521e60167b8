"""Sets of tables that come together, as one zip file or a folder: which tables, in which order.

Specifications are TOML files in `sets/`; each table that is read has a feed of its own, with the
name of the table, in the folder of the set in `feeds/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from reachable.intake.specification import Feed, Need, feeds, specifications, tables_of_sets
from reachable.intake.specification import feed as feed_of
from reachable.practice.reading import Table, read_one

SETS = files("reachable.intake") / "sets"


class Container(StrEnum):
    """What a set comes in: a zip file of its tables, or a census return."""

    ZIP = "zip"
    CIN_CENSUS_XML = "cin_census_xml"


@dataclass(frozen=True, eq=False)
class TableSet:
    """The specification of a set. `tables` are in the order in which they are loaded."""

    key: str
    title: str
    agency_kind: str
    purpose: str
    send: str
    find: str
    tables: tuple[Feed, ...]
    needed: frozenset[str]
    reaches_back_years: int
    """How far back an export of everything goes: what is older is not in it any more. 0 where no
    export holds everything."""
    container: Container

    @property
    def ending(self) -> str:
        """What the name of its file ends with."""
        return "zip" if self.container is Container.ZIP else "xml"

    @property
    def names(self) -> frozenset[str]:
        """Every table that is looked for, also those from which others only take something."""
        joined = {join.table for feed in self.tables for join in feed.joins}
        return frozenset(joined | {feed.key for feed in self.tables})


@cache
def table_sets() -> Mapping[str, TableSet]:
    """Return every set that this release knows, by key."""
    found = (_read_set(path) for path in specifications(SETS))
    return MappingProxyType({each.key: each for each in found})


def everything_sent() -> dict[str, Feed | TableSet]:
    """Return all that an agency can send by itself, by key: feeds, and sets of tables."""
    return {**feeds(), **table_sets()}


def compartments_of(sent: Feed | TableSet) -> frozenset[str]:
    """Return every compartment of which a feed, or a set of tables, says something."""
    tables = sent.tables if isinstance(sent, TableSet) else (sent,)
    return frozenset(str(column.compartment) for feed in tables for column in feed.columns)


def sent_as(key: str) -> str:
    """Return under which key a feed is sent: a table of a set under that of its set."""
    table = tables_of_sets().get(key)
    return table.of_set if table else key


def feeds_of(key: str) -> list[str]:
    """Return the feeds whose rows come with a key: of a set all its tables."""
    tables = table_sets().get(key)
    return [feed.key for feed in tables.tables] if tables else [key]


def specification_of(key: str) -> Feed | TableSet:
    """Return what a delivery is of: a feed, a set of tables, or one table of it."""
    return table_sets().get(key) or feed_of(key)


def set_of(feed: Feed) -> TableSet:
    """Return the set that a table belongs to."""
    return table_sets()[feed.of_set]


@dataclass(frozen=True)
class Heading:
    """A heading of a table, and whether the table needs it."""

    name: str
    needed: bool


def headings_read(feed: Feed) -> dict[str, list[Heading]]:
    """Return what is read of a table of a set, and of the tables beside it, by table."""
    taken = {name for join in feed.joins for name in join.take}
    # A column that no system exports has our own name as its heading.
    own = [
        Heading(column.heading, column.need is not Need.NO)
        for column in feed.columns
        if column.heading != column.name and column.heading not in taken
    ]
    found = {feed.key: own}
    earlier: set[str] = {each.name for each in own}
    for join in feed.joins:
        if join.column not in earlier:
            own.append(Heading(join.column, needed=True))
        names = dict.fromkeys(filter(None, (join.on, *join.take, join.begins, join.ends)))
        found[join.table] = [Heading(name, needed=True) for name in names]
        earlier |= {join.column, *join.take}
    return found


def _read_set(path: Traversable) -> TableSet:
    table, _ = read_one(path)
    known = tables_of_sets()
    keys = table.texts("tables")
    for key in keys:
        table.found(key, known, "tables", "a feed")
    needed = table.texts("needed")
    for key in needed:
        table.found(key, dict.fromkeys(keys), "needed", "a table")
    made = TableSet(
        key=table.text("key"),
        title=table.text("title"),
        agency_kind=table.text("agency_kind"),
        purpose=table.text("purpose"),
        send=table.text("send"),
        find=table.text("find"),
        tables=tuple(known[key] for key in keys),
        needed=frozenset(needed),
        reaches_back_years=_years(table),
        container=table.choice("container", Container) if table.has("container") else Container.ZIP,
    )
    table.finish()
    if any(feed.of_set != made.key for feed in made.tables):
        raise table.wrong("a table names another set", f"Write of_set = “{made.key}” in it")
    return made


def _years(table: Table) -> int:
    return table.whole("reaches_back_years") if table.has("reaches_back_years") else 0


def _without_number(stem: str) -> str:
    """Return a name without the date or number that it ends with.

    A pattern would try each place anew: a name inside a ZIP file may have 65,535 characters.
    """
    end, numbered = len(stem), False
    while end and (stem[end - 1].isdecimal() or stem[end - 1] in "_ .-"):
        numbered = numbered or stem[end - 1].isdecimal()
        end -= 1
    return stem[:end] if numbered else stem


def named_after(names: Iterable[str], file: str) -> str | None:
    """Return the table that a file is named after: `dbo.ssd_person_20260301.csv` is ssd_person."""
    stem = re.sub(r"\.[a-z]{2,5}$", "", file.casefold().replace("\\", "/").rsplit("/", 1)[-1])
    bare = _without_number(stem)
    for name in names:
        if any(each == name or each.endswith((f".{name}", f" {name}")) for each in (stem, bare)):
            return name
    return None

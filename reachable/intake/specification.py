"""What a feed is: its columns, what identifies a row, and what a row makes.

Specifications are TOML files in `feeds/`, read strictly: `BadPractice` names the file, the item and
what to do. Nothing here needs Django or a database, so that a sender can check a file alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reachable.foundation.errors import BadInput
from reachable.intake.rules.words import heading_key, word_key
from reachable.practice.items import Compartment
from reachable.practice.reading import Table, read_fields, read_one

FEEDS = Path(__file__).parent / "feeds"
COLUMNS = Path(__file__).parent / "columns.toml"
"""Columns that most feeds have, such as who it is about."""


class ColumnType(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    NAME = "name"
    REFERENCE = "reference"
    CODE = "code"
    SEX = "sex"
    DATE = "date"
    TIME = "time"
    POSTCODE = "postcode"
    NHS_NUMBER = "nhs_number"
    UPN = "upn"


class Need(StrEnum):
    """What a column needs: a value in each row, only to be there, or nothing."""

    VALUE = "value"
    COLUMN = "column"
    NO = "no"


class DateOrder(StrEnum):
    """How a date that is written with three numbers is read; ISO dates are read in every feed."""

    DAY_MONTH_YEAR = "day-month-year"
    MONTH_DAY_YEAR = "month-day-year"
    UNDECLARED = "undeclared"


@dataclass(frozen=True, eq=False)
class Column:
    """One column: `name` is ours, `heading` the usual one, `aliases` are other headings."""

    name: str
    heading: str
    aliases: tuple[str, ...]
    type: ColumnType
    need: Need
    codes: Mapping[str, tuple[str, ...]]
    """Canonical value to the words that stand for it."""
    longest: int
    compartment: Compartment
    hint: str
    ahead: bool = False
    """A date that may lie ahead, such as the next review."""


@dataclass(frozen=True, eq=False)
class Happening:
    """A date and a time of day that together say when something happened; the time may be none."""

    name: str
    date: str
    time: str


@dataclass(frozen=True, eq=False)
class Made:
    """An event that a row makes, if `at` is known and `if_column`, where named, is `if_value`."""

    event: str
    at: str
    if_column: str
    if_value: str
    place: str
    compartment: Compartment
    tells: frozenset[str] = frozenset()
    """The columns that this event tells, and no other of its row; what no event is to tell, the
    first of them tells. An event that names none tells all."""


@dataclass(frozen=True, eq=False)
class Order:
    """Two happenings that can only come one after the other."""

    first: str
    then: str
    otherwise: str


@dataclass(frozen=True, eq=False)
class Sample:
    """An invented row as the agency's system would write it, cells in the order of the columns."""

    what: str
    cells: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Feed:
    """The specification of a feed. `columns` are in the order of the agency's own export."""

    key: str
    title: str
    agency_kind: str
    purpose: str
    send: str
    source_key: str
    identity: tuple[str, ...]
    one_of: tuple[str, ...]
    """At least one of these must have a value."""
    date_order: DateOrder
    happened: str
    """The happening that the child's age is counted at."""
    question_over_age: int
    keep_unmatched_days: int
    columns: tuple[Column, ...]
    happenings: tuple[Happening, ...]
    makes: tuple[Made, ...]
    orders: tuple[Order, ...]
    samples: tuple[Sample, ...]
    of_person: str = ""
    """The feed that describes the people to whom rows of this one only refer by their number."""
    own_headings: bool = False
    """Each sender has headings of their own: what does not fit is kept, to say which is which."""
    involves: str = ""
    """As what whoever brings a list of children works with them, if they may keep one."""

    def column(self, name: str) -> Column:
        """Return a column by our name for it."""
        return next(column for column in self.columns if column.name == name)

    def happening(self, name: str) -> Happening:
        """Return a happening by its name."""
        return next(each for each in self.happenings if each.name == name)


@cache
def feeds() -> Mapping[str, Feed]:
    """Return every feed that this release knows, by key."""
    found = (read_feed(path) for path in sorted(FEEDS.glob("*.toml")))
    return MappingProxyType({feed.key: feed for feed in found})


def feed(key: str) -> Feed:
    """Return one feed; an unknown key is answered with those that exist."""
    known = feeds()
    if key in known:
        return known[key]
    near = get_close_matches(key, known, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(known)}."
    raise BadInput(f"There is no feed “{key}”.", next=hint)


@cache
def in_order(feed: Feed, date_order: str) -> Feed:
    """Return a feed as it is for whoever writes dates in this order."""
    return replace(feed, date_order=DateOrder(date_order))


def read_feed(path: Path) -> Feed:
    """Read one specification; raise BadPractice where it is wrong."""
    table, _ = read_one(path)
    key = table.text("key")
    if key != path.stem:
        raise table.wrong(f"“key” is “{key}”", f"Give it the name of the file, “{path.stem}”")
    columns = tuple(_column(each) for each in table.tables("column"))
    by_name = {column.name: column for column in columns}
    _check_headings(table, columns)
    happenings = tuple(_happening(each, by_name) for each in table.tables("when"))
    points = {happening.name: happening for happening in happenings}
    orders = table.tables("order") if table.has("order") else iter(())
    table.reference("source_key", by_name, "a column")
    table.reference("happened", points, "a “when”")
    made = Feed(
        key=key,
        title=table.text("title"),
        agency_kind=table.text("agency_kind"),
        purpose=table.text("purpose"),
        send=table.text("send"),
        source_key=table.text("source_key"),
        identity=_names(table, "identity", by_name),
        one_of=_names(table, "one_of", by_name),
        date_order=table.choice("date_order", DateOrder),
        happened=table.text("happened"),
        question_over_age=table.whole("question_over_age"),
        keep_unmatched_days=table.whole("keep_unmatched_days"),
        columns=columns,
        happenings=happenings,
        makes=tuple(_made(each, by_name, points) for each in table.tables("make")),
        orders=tuple(_order(each, points) for each in orders),
        samples=tuple(_sample(each, len(columns)) for each in table.tables("sample")),
        own_headings=table.has("own_headings") and table.flag("own_headings"),
        involves=table.text("involves", ""),
    )
    table.finish()
    return made


_LONGEST = {
    ColumnType.TEXT: 200,
    ColumnType.NAME: 100,
    ColumnType.REFERENCE: 50,
}


@cache
def _shared_columns() -> Mapping[str, Mapping[str, Any]]:
    return read_fields(COLUMNS, "column")


def _column(table: Table) -> Column:
    shared = _shared_columns().get(table.text("key"), {})
    table = table.completed(shared)
    kind = table.choice("type", ColumnType)
    codes: dict[str, tuple[str, ...]] = {}
    if kind is ColumnType.CODE:
        for code in table.tables("code"):
            codes[code.text("key")] = code.texts("words")
            code.finish()
        _check_words(table, codes)
    column = Column(
        name=table.text("key"),
        heading=table.text("heading"),
        aliases=_aliases(table, shared),
        type=kind,
        need=table.choice("need", Need),
        codes=MappingProxyType(codes),
        longest=table.whole("longest") if table.has("longest") else _LONGEST.get(kind, 60),
        compartment=table.choice("compartment", Compartment),
        hint=table.text("hint"),
        ahead=table.has("ahead") and table.flag("ahead"),
    )
    table.finish()
    return column


def _aliases(table: Table, shared: Mapping[str, Any]) -> tuple[str, ...]:
    """Return other headings: the usual one of a shared column still counts under a feed's own."""
    usual = [shared["heading"]] if shared else []
    also = table.texts("also") if table.has("also") else ()
    own = table.text("heading")
    found = dict.fromkeys((*usual, *table.texts("aliases"), *also))
    return tuple(heading for heading in found if heading != own)


def _check_words(table: Table, codes: Mapping[str, tuple[str, ...]]) -> None:
    seen: dict[str, str] = {}
    for code, words in codes.items():
        for word in (code, *words):
            other = seen.setdefault(word_key(word), code)
            if other != code:
                raise table.wrong(
                    f"the word “{word}” stands for “{other}” and “{code}”", "Keep it with one"
                )


def _check_headings(table: Table, columns: tuple[Column, ...]) -> None:
    seen: dict[str, str] = {}
    for column in columns:
        for heading in (column.name, column.heading, *column.aliases):
            other = seen.setdefault(heading_key(heading), column.name)
            if other != column.name:
                raise table.wrong(
                    f"the heading “{heading}” belongs to “{other}” and “{column.name}”",
                    "Keep it with one column",
                )


def _names(table: Table, name: str, columns: Mapping[str, Column]) -> tuple[str, ...]:
    names = table.texts(name)
    for each in names:
        table.found(each, columns, name, "a column")
    return names


def _happening(table: Table, columns: Mapping[str, Column]) -> Happening:
    kinds = {"date": ColumnType.DATE, "time": ColumnType.TIME}
    for name, kind in kinds.items():
        if name == "time" and not table.has(name):
            continue
        if table.reference(name, columns, "a column").type is not kind:
            raise table.wrong(f"“{name}” names a column of another type", f"Name one of “{kind}”")
    happening = Happening(table.text("key"), table.text("date"), table.text("time", ""))
    table.finish()
    return happening


def _made(table: Table, columns: Mapping[str, Column], points: Mapping[str, Happening]) -> Made:
    table.reference("at", points, "a “when”")
    if_column, if_value = table.text("if_column", ""), table.text("if_value", "")
    if if_column:
        codes = table.found(if_column, columns, "if_column", "a column").codes
        table.found(if_value, codes, "if_value", "a code")
    place = table.text("place", "")
    if place:
        table.found(place, columns, "place", "a column")
    made = Made(
        event=table.text("key"),
        at=table.text("at"),
        if_column=if_column,
        if_value=if_value,
        place=place,
        compartment=table.choice("compartment", Compartment),
        tells=frozenset(_names(table, "tells", columns)) if table.has("tells") else frozenset(),
    )
    table.finish()
    return made


def _order(table: Table, points: Mapping[str, Happening]) -> Order:
    table.text("key")
    table.reference("first", points, "a “when”")
    table.reference("then", points, "a “when”")
    order = Order(table.text("first"), table.text("then"), table.text("otherwise"))
    table.finish()
    return order


def _sample(table: Table, columns: int) -> Sample:
    cells = tuple(cell.strip() for cell in table.text("cells").replace("\n", " ").split("|"))
    if len(cells) != columns:
        raise table.wrong(f"“cells” has {len(cells)} cells", f"Write {columns}, one a column")
    sample = Sample(table.text("key"), cells)
    table.finish()
    return sample

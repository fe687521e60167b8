"""What a feed is: its columns, what identifies a row, and what a row makes.

Specifications are TOML files in `feeds/`, read strictly: `BadPractice` names the file, the item and
what to do. Nothing here needs Django or a database, so that a sender can check a file alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from reachable.foundation.errors import BadInput
from reachable.intake.rules.words import heading_key, word_key
from reachable.practice.items import Compartment
from reachable.practice.reading import Table, read_fields, read_one

# Resources and not paths: at a sender they are inside one file.
FEEDS = files("reachable.intake") / "feeds"
COLUMNS = files("reachable.intake") / "columns.toml"
"""Columns that most feeds have, such as who it is about."""


class ColumnType(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    NAME = "name"
    REFERENCE = "reference"
    CODE = "code"
    CODES = "codes"
    ADDRESS = "address"
    FLAGS = "flags"
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


ALSO_OF_THE_PERSON = ("communication_needs",)
"""What is kept with the person, and not with what happened, beside what identifies them."""


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
    """A date and a time of day that together say when something happened.

    Without a column for the time, a time of day behind the date is no more than how it was printed.
    """

    name: str
    date: str
    time: str


@dataclass(frozen=True, eq=False)
class Made:
    """An event that a row makes, if `at` is known and `if_column`, where named, is in `if_any`."""

    event: str
    at: str
    if_column: str
    if_any: frozenset[str]
    place: str
    compartment: Compartment
    tells: frozenset[str] = frozenset()
    """The columns that this event tells, and no other of its row; what no event is to tell, the
    first of them tells. An event that names none tells all."""
    keeps_back: frozenset[str] = frozenset()
    """The columns of other compartments: whoever reads this event may not read those."""


@dataclass(frozen=True, eq=False)
class Order:
    """Two happenings that can only come one after the other."""

    first: str
    then: str
    otherwise: str


class Pick(StrEnum):
    """Which of several rows of a joined table counts for a row of this one."""

    ANY = "any"
    ALL = "all"
    CURRENT = "current"


@dataclass(frozen=True, eq=False)
class Join:
    """What another table of the same set says beside a row, found by `column` = its `on`.

    `column` is a heading of this table or of an earlier join, `take` are headings of the other.
    CURRENT is the row that is open (`ends` is empty) and began last (`begins`). Where `needed`,
    a row to which the other table says nothing is refused.
    """

    table: str
    column: str
    on: str
    take: tuple[str, ...]
    pick: Pick
    begins: str
    ends: str
    needed: bool

    @property
    def heading(self) -> str:
        """Under which it is said whether the other table had a row."""
        return f"Found in {self.table}"


@dataclass(frozen=True, eq=False)
class Allocates:
    """A row says who works with a child: a worker by the agency's `staff` number, in a `role`.

    Only in one of `roles`, compared by their words, is the worker allocated to the child.
    """

    staff: str
    role: str
    roles: frozenset[str]


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
    """The happening that the child's age is counted at; empty where it is not asked."""
    question_over_age: int
    keep_unmatched_days: int
    columns: tuple[Column, ...]
    happenings: tuple[Happening, ...]
    makes: tuple[Made, ...]
    orders: tuple[Order, ...]
    samples: tuple[Sample, ...]
    digest: str
    """Of the specification: where it changes, what was read before is read anew."""
    find: str = ""
    """Where the rows usually are, for whoever has to export them; a table of a set has none."""
    of_set: str = ""
    """The set of tables that this feed comes with; empty where it comes by itself."""
    of_person: str = ""
    """The feed that describes the people to whom rows of this one only refer by their number."""
    own_headings: bool = False
    """Each sender has headings of their own: what does not fit is kept, to say which is which."""
    involves: str = ""
    """As what whoever brings a list of children works with them, if they may keep one."""
    partial: bool = False
    """Whether rows say too little of a person to describe them: no name."""
    joins: tuple[Join, ...] = ()
    allocates: Allocates | None = None

    def column(self, name: str) -> Column:
        """Return a column by our name for it."""
        return next(column for column in self.columns if column.name == name)

    def happening(self, name: str) -> Happening:
        """Return a happening by its name."""
        return next(each for each in self.happenings if each.name == name)


def specifications(folder: Traversable) -> list[Traversable]:
    """Return the specifications that lie in a folder, in the order of their names."""
    found = (each for each in folder.iterdir() if each.name.endswith(".toml"))
    return sorted(found, key=lambda each: each.name)


@cache
def feeds() -> Mapping[str, Feed]:
    """Return every feed that this release knows and that comes by itself, by key."""
    found = (read_feed(path) for path in specifications(FEEDS))
    return MappingProxyType({feed.key: feed for feed in found})


@cache
def tables_of_sets() -> Mapping[str, Feed]:
    """Return the feeds that come with others, as the tables of a set, by key."""
    folders = sorted(
        (each for each in FEEDS.iterdir() if each.is_dir()), key=lambda each: each.name
    )
    found = (read_feed(path) for folder in folders for path in specifications(folder))
    return MappingProxyType({feed.key: feed for feed in found})


def feed(key: str) -> Feed:
    """Return one feed, or table of a set; an unknown key is answered with the feeds there are."""
    known = feeds()
    if key in known:
        return known[key]
    if key in tables_of_sets():
        return tables_of_sets()[key]
    near = get_close_matches(key, known, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(known)}."
    raise BadInput(f"There is no feed “{key}”.", next=hint)


@cache
def in_order(feed: Feed, date_order: str) -> Feed:
    """Return a feed as it is for whoever writes dates in this order."""
    return replace(feed, date_order=DateOrder(date_order))


def read_feed(path: Traversable) -> Feed:
    """Read one specification; raise BadPractice where it is wrong."""
    table, _ = read_one(path)
    key = table.text("key")
    stem = path.name.removesuffix(".toml")
    if key != stem:
        raise table.wrong(f"“key” is “{key}”", f"Give it the name of the file, “{stem}”")
    columns = tuple(_column(each) for each in table.tables("column"))
    by_name = {column.name: column for column in columns}
    _check_headings(table, columns)
    happenings = tuple(_happening(each, by_name) for each in _some(table, "when"))
    points = {happening.name: happening for happening in happenings}
    table.reference("source_key", by_name, "a column")
    if table.has("happened"):
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
        happened=table.text("happened", ""),
        question_over_age=table.whole("question_over_age"),
        keep_unmatched_days=table.whole("keep_unmatched_days"),
        columns=columns,
        happenings=happenings,
        makes=tuple(_made(each, by_name, points) for each in _some(table, "make")),
        orders=tuple(_order(each, points) for each in _some(table, "order")),
        samples=tuple(_sample(each, len(columns)) for each in _some(table, "sample")),
        digest=sha256(path.read_bytes() + COLUMNS.read_bytes()).hexdigest(),
        find=table.text("find", ""),
        of_set=table.text("of_set", ""),
        of_person=table.text("of_person", ""),
        partial=table.flag("partial") if table.has("partial") else False,
        joins=tuple(_join(each) for each in _some(table, "join")),
        own_headings=table.has("own_headings") and table.flag("own_headings"),
        involves=table.text("involves", ""),
        allocates=next((_allocates(each, by_name) for each in _some(table, "allocates")), None),
    )
    table.finish()
    if bool(made.samples) == bool(made.of_set):
        raise table.wrong("it has samples, or none", "Give it samples unless it is part of a set")
    return made


def _some(table: Table, name: str) -> Iterator[Table]:
    """Yield the tables of a list that may be left out."""
    return table.tables(name) if table.has(name) else iter(())


_LONGEST = {
    ColumnType.TEXT: 200,
    ColumnType.NAME: 100,
    ColumnType.REFERENCE: 50,
    ColumnType.ADDRESS: 400,
    ColumnType.FLAGS: 600,
}


@cache
def _shared_columns() -> Mapping[str, Mapping[str, Any]]:
    return read_fields(COLUMNS, "column")


def _column(table: Table) -> Column:
    shared = _shared_columns().get(table.text("key"), {})
    table = table.completed(shared)
    kind = table.choice("type", ColumnType)
    codes: dict[str, tuple[str, ...]] = {}
    if kind in (ColumnType.CODE, ColumnType.CODES):
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
    other = table.texts("aliases") if table.has("aliases") else ()
    found = dict.fromkeys((*usual, *other, *also))
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
    for name, kind in (("date", ColumnType.DATE), ("time", ColumnType.TIME)):
        if name == "time" and not table.has(name):
            continue
        if table.reference(name, columns, "a column").type is not kind:
            raise table.wrong(f"“{name}” names a column of another type", f"Name one of “{kind}”")
    happening = Happening(table.text("key"), table.text("date"), table.text("time", ""))
    table.finish()
    return happening


def _made(table: Table, columns: Mapping[str, Column], points: Mapping[str, Happening]) -> Made:
    table.reference("at", points, "a “when”")
    if_column, if_any = table.text("if_column", ""), _if_any(table)
    if if_column:
        codes = table.found(if_column, columns, "if_column", "a column").codes
        for value in if_any:
            table.found(value, codes, "if_value", "a code")
    place = table.text("place", "")
    if place:
        table.found(place, columns, "place", "a column")
    made = Made(
        event=table.text("key"),
        at=table.text("at"),
        if_column=if_column,
        if_any=if_any,
        place=place,
        compartment=table.choice("compartment", Compartment),
        tells=frozenset(_names(table, "tells", columns)) if table.has("tells") else frozenset(),
    )
    table.finish()
    foreign = {
        name
        for name, each in columns.items()
        if each.compartment not in (made.compartment, Compartment.IDENTITY)
        and name not in ALSO_OF_THE_PERSON
    }
    if wrong := sorted(made.tells & foreign):
        raise table.wrong(
            f"“tells” names {', '.join(wrong)} of another compartment than {made.compartment}",
            "Leave it out: whoever may read the event might not be allowed to read that",
        )
    return replace(made, keeps_back=frozenset(foreign))


def _allocates(table: Table, columns: Mapping[str, Column]) -> Allocates:
    for name in ("staff", "role"):
        table.reference(name, columns, "a column")
    words = frozenset(word_key(each) for each in table.texts("roles"))
    made = Allocates(table.text("staff"), table.text("role"), words)
    table.finish()
    return made


def _if_any(table: Table) -> frozenset[str]:
    """Return the values for which an event is made: one, or several."""
    if table.has("if_any"):
        return frozenset(table.texts("if_any"))
    return frozenset([table.text("if_value")] if table.has("if_value") else [])


def _join(table: Table) -> Join:
    join = Join(
        table=table.text("key"),
        column=table.text("column"),
        on=table.text("on"),
        take=table.texts("take"),
        pick=table.choice("pick", Pick) if table.has("pick") else Pick.ANY,
        begins=table.text("begins", ""),
        ends=table.text("ends", ""),
        needed=table.flag("needed") if table.has("needed") else False,
    )
    table.finish()
    if join.pick is Pick.CURRENT and not (join.begins and join.ends):
        raise table.wrong("what is current cannot be told", "Add “begins” and “ends”")
    return join


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

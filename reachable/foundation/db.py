"""Everything that PostgreSQL and SQLite do differently, in one place."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

import orjson
import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction

from reachable.foundation.acting import is_filtered
from reachable.foundation.crypto import hash64

Row = Sequence[Any]
FEW = 20


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def exclusive(name: str) -> None:
    """Wait until this transaction is the only one that does `name`; released at its end.

    On SQLite every writing transaction starts IMMEDIATE, so it already is.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"{name} needs a transaction")
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [hash64("lock", name)])


def follow_indexes() -> None:
    """Let PostgreSQL read no table from end to end in this transaction.

    It plans the checks of references once a session: what it planned when a table was nearly empty
    would read all of that table for each row of a long load. A table without an index that serves
    is read from end to end after all, at a price that would have PostgreSQL compile each such
    statement first, which takes far longer than to run it.
    """
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")


MOVED_AFTER = 5
"""Commits after which SQLite's log is moved: for those of one small file it does not pay."""
_unmoved = count(1)


@contextmanager
def log_moved_beside() -> Iterator[Callable[[], None]]:
    """While much is written, let a thread move SQLite's log into the database file.

    Otherwise whichever transaction fills the log does so while everybody waits for it. Call what
    this gives after each commit. PostgreSQL does the like by itself.
    """
    if is_postgres() or connection.in_atomic_block:
        yield lambda: None
        return
    path = str(connection.settings_dict["NAME"])
    committed, over = threading.Event(), threading.Event()
    mover = threading.Thread(target=_move_log, args=(path, committed, over), daemon=True)

    def wake() -> None:
        if mover.ident is None and next(_unmoved) % MOVED_AFTER == 0:
            mover.start()
        committed.set()

    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()
        cursor.execute("PRAGMA wal_autocheckpoint = 0")
    try:
        yield wake
    finally:
        over.set()
        committed.set()
        if mover.ident is not None:
            mover.join()
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint = {int(before)}")


def _move_log(path: str, committed: threading.Event, over: threading.Event) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as beside:
        while True:
            committed.wait()
            committed.clear()
            # What a full disk does not let it move now, it moves after the next commit.
            with suppress(sqlite3.OperationalError):
                beside.execute("PRAGMA wal_checkpoint(PASSIVE)")
            if over.is_set():
                return


Table = tuple[type[models.Model], Sequence[str], Iterable[Row]]


def bulk_insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows by the thousand below the ORM. Return how many."""
    return bulk_insert_all((model, fields, rows))


def bulk_insert_all(*tables: Table) -> int:
    """Insert into table after table, each as (model, fields, rows). Return how many rows."""
    filled = [(model, fields, held) for model, fields, rows in tables if (held := list(rows))]
    total = sum(len(rows) for _, _, rows in filled)
    if not is_postgres():
        with connection.cursor() as cursor:
            for model, fields, rows in filled:
                columns, _, insert = _statement(model, tuple(fields))
                cursor.executemany(insert, _prepared(columns, rows, _SQLITE))
    elif total > FEW:
        for model, fields, rows in filled:
            (_insert_as_json if is_filtered() else _copy)(model, fields, rows)
    elif filled:
        _send(filled)
    return total


def bulk_update(
    model: type[models.Model], key: str, fields: Sequence[str], rows: Sequence[Row]
) -> None:
    """Set `fields` on rows found by `key`; each row is (key, *fields)."""
    if not rows:
        return
    quote = connection.ops.quote_name
    key_column = _field(model, key)
    columns = _columns(model, fields)
    settings = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    table = quote(model._meta.db_table)
    adapters = _POSTGRES if is_postgres() else _SQLITE
    prepared = [(*row[1:], row[0]) for row in _prepared([key_column, *columns], rows, adapters)]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {settings} WHERE {quote(key_column.column)} = %s", prepared
        )


def _columns(model: type[models.Model], fields: Sequence[str]) -> list[Any]:
    return [_field(model, name) for name in fields]


def _field(model: type[models.Model], name: str) -> Any:
    """Return a field that has a column of its own; types cannot tell those from the others."""
    return model._meta.get_field(name)


def in_values(column: str, values: Iterable[Any]) -> tuple[str, list[Any]]:
    """Return SQL and parameters for `column` among thousands of values, as one parameter.

    Numbers and UUIDs are written as PostgreSQL writes an array: a list of thousands is adapted
    value by value.
    """
    held = list(values)
    if not is_postgres():
        plain = [_hex(value) if isinstance(value, UUID) else value for value in held]
        return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(plain)]
    kinds = set(map(type, held))
    if kinds == {UUID}:
        return f"{column} = ANY(%s::uuid[])", [_array(map(_hex, held))]
    if kinds == {int}:
        return f"{column} = ANY(%s::bigint[])", [_array(held)]
    return f"{column} = ANY(%s)", [held]


def _array(values: Iterable[Any]) -> str:
    return f"{{{','.join(map(str, values))}}}"


class Place(models.Expression):
    """Where a value comes once a question is asked that was put into SQL before."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class PlaceOfMany:
    """Where values by the hundred come, as one parameter; `kind` is what PostgreSQL calls them."""

    name: str
    kind: str


# A reference has lookups of its own, and none of those of other fields.
@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup[Any]):
    """`filter(column__among=values)`: as `in`, for values by the hundred, as one parameter.

    With a place for each of them, to say the question takes longer than to answer it.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.rhs:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Place):
            return self._with_place(column), [*parameters, PlaceOfMany(self.rhs.name, self._kind)]
        clause, values = in_values(column, self.rhs)
        return clause, [*parameters, *values]

    def _with_place(self, column: str) -> str:
        if is_postgres():
            return f"{column} = ANY(%s::{self._kind}[])"
        return f"{column} IN (SELECT value FROM json_each(%s))"

    @property
    def _kind(self) -> str:
        field = self.lhs.output_field
        target = field.target_field if field.is_relation else field
        return _ARRAYS.get(target.get_internal_type(), "text")


_ARRAYS = {"UUIDField": "uuid", "BigIntegerField": "bigint"}


def in_place(place: Any, values: Mapping[str, Any]) -> Any:
    """Return the parameter for a place in a question, of the values with which it is asked."""
    if isinstance(place, Place):
        value = values[place.name]
        return value if is_postgres() else _SQLITE_VALUES.get(type(value), _same)(value)
    if isinstance(place, PlaceOfMany):
        return _many(place.kind, values[place.name])
    return place


def _many(kind: str, values: Iterable[Any]) -> Any:
    plain = [_hex(value) if isinstance(value, UUID) else value for value in values]
    if not is_postgres():
        return json.dumps(plain)
    return plain if kind == "text" else _array(plain)


def looked_up(values: Sequence[Any], *steps: tuple[str, str]) -> tuple[str, list[Any]]:
    """Return a FROM clause and parameters that follow indexes from `values`, a table a step.

    Values are numbers, or identifiers as the database itself gives them.

    A step is a table with its alias, and the condition on `wanted.value` or on earlier aliases.
    The order is fixed, because a planner that has not counted a growing table yet reads all of it.
    """
    if is_postgres():
        are_ids = bool(values) and isinstance(values[0], UUID)
        kind = "uuid" if are_ids else "bigint"
        clause = f"unnest(%s::{kind}[]) AS wanted (value)"
        for table, condition in steps:
            alias = table.split()[-1]
            row = f"SELECT {alias}.* FROM {table} WHERE {condition} OFFSET 0"
            clause += f" CROSS JOIN LATERAL ({row}) AS {alias}"
        return clause, [_array(map(_hex, values) if are_ids else values)]
    clause = "json_each(%s) AS wanted"
    for table, condition in steps:
        clause += f" CROSS JOIN {table} ON {condition}"
    return clause, [json.dumps(list(values))]


def json_text(value: Any) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=256)
def _statement(model: type[models.Model], fields: tuple[str, ...]) -> tuple[list[Any], str, str]:
    """Return columns, what names them after INTO, and the whole INSERT: both quote alike.

    Kept, because a few rows cost less to insert than to say where they go.
    """
    columns = _columns(model, fields)
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    into = f"{quote(model._meta.db_table)} ({names})"
    places = ", ".join(["%s"] * len(columns))
    return columns, into, f"INSERT INTO {into} VALUES ({places})"


def _send(tables: Iterable[Table]) -> None:
    """Send few rows without waiting for the answer to each: a COPY waits three times."""
    connection.ensure_connection()
    beneath = connection.connection
    with connection.wrap_database_errors, beneath.pipeline(), psycopg.Cursor(beneath) as cursor:
        for model, fields, rows in tables:
            columns, _, statement = _statement(model, tuple(fields))
            for row in _prepared(columns, rows, _POSTGRES):
                cursor.execute(statement, row)


def _copy(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Send rows in COPY's text format, as one block: row by row took twice the time."""
    columns, into, _ = _statement(model, tuple(fields))
    prepared = _prepared(columns, rows, _COPY, _copy_text)
    block = "".join(["\t".join(row) + "\n" for row in prepared])
    with (
        # Django does not look at what ends a COPY; without this its errors are psycopg's own.
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {into} FROM STDIN") as copy,
    ):
        copy.write(block)


def _insert_as_json(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Send rows as one parameter: under row-level security PostgreSQL lets nobody COPY into it."""
    columns, into, _ = _statement(model, tuple(fields))
    quote = connection.ops.quote_name
    names = [column.column for column in columns]
    held = [dict(zip(names, row, strict=True)) for row in _prepared(columns, rows, _AS_JSON)]
    wanted = ", ".join(map(quote, names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {into} SELECT {wanted} "
            f"FROM json_populate_recordset(NULL::{quote(model._meta.db_table)}, %s::json)",
            [orjson.dumps(held, default=str).decode()],
        )


_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy_text(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(_COPY_ESCAPES)


@lru_cache(maxsize=4096)
def _sqlite_datetime(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))


_day = lru_cache(maxsize=32768)(date.isoformat)


def _hex(value: UUID) -> str:
    """Formatting the number is three times as fast as asking the UUID for its hex."""
    return f"{value.int:032x}"


Adapters = dict[str, Callable[[Any], Any]]
_POSTGRES: Adapters = {"JSONField": json_text}
_COPY: Adapters = {
    "UUIDField": _hex,
    "DateTimeField": lru_cache(maxsize=4096)(datetime.isoformat),
    "DateField": _day,
    "JSONField": lambda value: json_text(value).replace("\\", "\\\\"),
    "BinaryField": lambda value: "\\\\x" + bytes(value).hex(),
}
_AS_JSON: Adapters = {
    "UUIDField": str,
    "BinaryField": lambda value: "\\x" + bytes(value).hex(),
}
_SQLITE: Adapters = {
    "UUIDField": _hex,
    "DateTimeField": _sqlite_datetime,
    "DateField": _day,
    "JSONField": json_text,
}


def _same(value: Any) -> Any:
    return value


_SQLITE_VALUES: dict[type, Callable[[Any], Any]] = {
    UUID: _hex,
    datetime: _sqlite_datetime,
    date: _day,
}


def _prepared(
    columns: Sequence[Any],
    rows: Iterable[Row],
    adapters: Adapters,
    otherwise: Callable[[Any], Any] | None = None,
) -> list[Row]:
    """Adapt column by column: cheaper by far than asking each field for each value."""
    null = "\\N" if otherwise else None
    turned = []
    for column in columns:
        target = column.target_field if column.is_relation else column
        turned.append(adapters.get(target.get_internal_type(), otherwise))
    by_column = [
        values if adapt is None else [null if v is None else adapt(v) for v in values]
        for adapt, values in zip(turned, zip(*rows, strict=True), strict=True)
    ]
    return list(zip(*by_column, strict=True))

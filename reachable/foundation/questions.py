"""Questions that are asked of every batch, put into SQL once.

To say such a question costs Django several times what it costs the database to answer it, and a
load of many small files asks some thirty of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

from django.db import connection
from django.db.models import Expression, QuerySet

from reachable.foundation.db import Place, PlaceOfMany, in_place

Rows = list[tuple[Any, ...]]
Converter = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class _Put:
    """A question in SQL, with the parameters that it always has and places for the others."""

    sql: str
    parameters: Sequence[Any]
    among: Sequence[str]
    converters: Sequence[tuple[int, Sequence[Converter], Any]]


class Within(Expression):
    """A question that was put into SQL before, in brackets, as a part of another."""

    def __init__(self, sql: str, parameters: list[Any]) -> None:
        super().__init__()
        self.sql, self.parameters = sql, parameters

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return f"({self.sql})", self.parameters


class Question:
    """Asks what `build` says of its arguments, of which each stands for one value.

    The question may differ in these values alone: `build` is called once for each kind of database.
    Whatever it asks `among` must hold: among nothing it finds nothing, and is not asked.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._put: dict[str, _Put] = {}

    def within(self, **values: Any) -> Within:
        """Return it as what `column__in` looks among, within another question: for one that stands
        in many. Among nothing, it may find something there."""
        put = self._said()
        return Within(put.sql, [in_place(each, values) for each in put.parameters])

    def __call__(self, **values: Any) -> Rows:
        put = self._said()
        if not all(values[name] for name in put.among):
            return []
        parameters = [in_place(each, values) for each in put.parameters]
        with connection.cursor() as cursor:
            cursor.execute(put.sql, parameters)
            rows: Rows = cursor.fetchall()
        return _converted(rows, put) if rows else rows

    def _said(self) -> _Put:
        put = self._put.get(connection.vendor)
        if put is None:
            put = self._put[connection.vendor] = self._put_into_sql()
        return put

    def _put_into_sql(self) -> _Put:
        asked = self._build(**{name: Place(name) for name in signature(self._build).parameters})
        compiler = asked.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        found = compiler.get_converters([column for column, *_ in compiler.select or ()])
        converters = [(at, tuple(each), column) for at, (each, column) in found.items()]
        among = [each.name for each in parameters if isinstance(each, PlaceOfMany)]
        return _Put(sql, tuple(parameters), among, converters)


def _converted(rows: Rows, put: _Put) -> Rows:
    """Convert column by column, as Django does row by row, and each value of it once.

    So rows may share values, which therefore are none that anybody could change.
    """
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at, converters, column in put.converters:
        for convert in converters:
            turned = {value: convert(value, column, connection) for value in set(columns[at])}
            columns[at] = [turned[value] for value in columns[at]]
    return list(zip(*columns, strict=True))

"""Reads one table of a practice file strictly: nothing missing, nothing over, nothing misspelt."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from reachable.practice.errors import PracticeError

Choice = TypeVar("Choice", bound=StrEnum)
T = TypeVar("T")


class BadPractice(PracticeError):
    """A practice file is wrong; the sentence names the file, the item and what to do."""

    def __init__(self, file: str, item: str, what: str, do: str) -> None:
        super().__init__(f"{file}, {item}: {what}. {do}.")


class Table:
    """One table of a TOML file; every field is asked for once, then `finish` is called."""

    def __init__(self, file: str, item: str, fields: Mapping[str, Any]) -> None:
        self.file = file
        self.item = item
        self._fields = dict(fields)
        self._known: list[str] = []

    def wrong(self, what: str, do: str) -> BadPractice:
        return BadPractice(self.file, self.item, what, do)

    def completed(self, fields: Mapping[str, Any]) -> Table:
        """Return this table with `fields` where it says nothing itself."""
        return Table(self.file, self.item, {**fields, **self._fields})

    def has(self, name: str) -> bool:
        return name in self._fields

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there and not be empty."""
        value = self._take(name, str, "a text in quotes", default)
        if default is None and not value.strip():
            raise self.wrong(f"“{name}” is empty", "Write it, or remove the item")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, at least one."""
        value = self._take(name, list, "a list of texts")
        if not value or not all(isinstance(each, str) and each.strip() for each in value):
            raise self.wrong(f"“{name}” is not a list of texts", "Name at least one, in quotes")
        return tuple(value)

    def flag(self, name: str) -> bool:
        return self._take(name, bool, "true or false")

    def whole(self, name: str) -> int:
        """Return a whole number of at least 1."""
        value = self._take(name, int, "a whole number")
        if isinstance(value, bool) or value < 1:
            raise self.wrong(f"“{name}” is {value!r}", "Give a whole number of at least 1")
        return value

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        value = self.text(name)
        try:
            return choices(value)
        except ValueError:
            known = ", ".join(f"“{each.value}”" for each in choices)
            raise self.wrong(f"“{name}” is “{value}”", f"Choose one of {known}") from None

    def month(self, name: str) -> date:
        """Return the first day of a month that is written "2026-08"."""
        value = self.text(name)
        try:
            year, month = value.split("-")
            return date(int(year), int(month), 1)
        except ValueError:
            raise self.wrong(f"“{name}” is “{value}”", "Write a month like “2026-08”") from None

    def date_or_unknown(self, name: str) -> date | None:
        """Return a date, or nothing for "unknown"; one of them must be written."""
        if isinstance(self._fields.get(name), date):
            return self._take(name, date, "a date")
        value = self._take(name, str, "a date or “unknown”")
        if value == "unknown":
            return None
        raise self.wrong(f"“{name}” is “{value}”", "Write a date like 2026-06-29, or “unknown”")

    def reference(self, name: str, among: Mapping[str, T], what: str) -> T:
        return self.found(self.text(name), among, name, what)

    def found(self, key: str, among: Mapping[str, T], name: str, what: str) -> T:
        """Return what a key stands for; a key that stands for nothing is an error."""
        if key not in among:
            raise self.wrong(
                f"“{name}” names {what} “{key}”, which does not exist",
                f"Add it, or choose one of: {', '.join(sorted(among)) or 'none yet'}",
            )
        return among[key]

    def tables(self, name: str, defaults: Mapping[str, Any] | None = None) -> Iterator[Table]:
        """Yield the tables of a list inside this one, each under its own key."""
        yield from _each(
            self._take(name, list, "a list of tables"), defaults or {}, self.file, f"{self.item}/"
        )

    def finish(self) -> None:
        """Refuse every field that nobody asked for."""
        over = sorted(set(self._fields) - set(self._known))
        if over:
            known = ", ".join(self._known)
            names = ", ".join(f"“{name}”" for name in over)
            raise self.wrong(f"unknown field {names}", f"Correct or remove it; known are: {known}")

    def _take(self, name: str, kind: type[T], what: str, default: T | None = None) -> T:
        self._known.append(name)
        value = self._fields.get(name, default)
        if value is None:
            raise self.wrong(f"“{name}” is missing", f"Add it: {what}")
        if not isinstance(value, kind):
            raise self.wrong(f"“{name}” is {value!r}", f"Make it {what}")
        return value


def read_tables(path: Traversable, name: str) -> Iterator[Table]:
    """Yield the `[[name]]` tables of a file, each completed with the file's `[defaults]`."""
    content = _parse(path)
    defaults = content.pop("defaults", {})
    tables = content.pop(name, [])
    if content or not isinstance(tables, list) or not tables:
        over = ", ".join(sorted(content)) or "none of them"
        raise BadPractice(
            path.name, "the whole file", f"expected [[{name}]], found {over}", f"Use [[{name}]]"
        )
    yield from _each(tables, defaults, path.name, "")


def read_fields(path: Traversable, name: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the `[[name]]` tables of a file as they are written, by key."""
    return {str(fields["key"]): fields for fields in _parse(path)[name]}


def read_one(path: Traversable) -> tuple[Table, Mapping[str, Any]]:
    """Return a file that is one item, and its `[defaults]` for the items inside it."""
    content = _parse(path)
    defaults = content.pop("defaults", {})
    return Table(path.name, _key_of(content), {**defaults, **content}), defaults


def _each(
    tables: list[Any], defaults: Mapping[str, Any], file: str, inside: str
) -> Iterator[Table]:
    seen: set[str] = set()
    for fields in tables:
        table = Table(file, inside + _key_of(fields), {**defaults, **fields})
        if table.item in seen:
            raise table.wrong("this key is there twice", "Give one of them another key")
        seen.add(table.item)
        yield table


def _parse(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadPractice(
            path.name, "the whole file", "it is not there", "Restore it from the release"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPractice(
            path.name, "the whole file", f"it cannot be read ({error})", "Correct that line"
        ) from error


def _key_of(fields: object) -> str:
    key = fields.get("key") if isinstance(fields, dict) else None
    return key if isinstance(key, str) else "an item without a key"

"""Checking what was written in a conversation: what is kept, and what cannot be read.

Nothing a person wrote is thrown away for being in the wrong place: what a version of the form no
longer knows is refused with its name, and the device keeps the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from reachable.conversations.rules.parts import (
    ASKED_AGAIN,
    BY_KEY,
    CHOICE,
    COLLEAGUE,
    DAY,
    MANY,
    MOST_LINE,
    ROWS,
    SERVICE,
    Field,
    Part,
)

Content = Mapping[str, Mapping[str, Any]]


class Unreadable(ValueError):
    """What was written does not have the shape of a conversation; the sentence says where."""


def read(sent: Any) -> dict[str, dict[str, Any]]:
    """Return what was written, without what is empty; raise Unreadable where it has no such shape.

    Texts stay as they were typed, to the letter.
    """
    if not isinstance(sent, Mapping):
        raise Unreadable("This is not a conversation.")
    kept: dict[str, dict[str, Any]] = {}
    for key, given in sent.items():
        part = BY_KEY.get(key)
        if part is None:
            raise Unreadable(f"There is no part called “{str(key)[:40]}”.")
        if not isinstance(given, Mapping):
            raise Unreadable(f"“{part.title}” is not a list of answers.")
        fields = _fields(given, part.fields, part)
        if fields:
            kept[key] = fields
    return kept


def _fields(given: Mapping[str, Any], known: tuple[Field, ...], part: Part) -> dict[str, Any]:
    by_key = {field.key: field for field in known}
    kept: dict[str, Any] = {}
    for key, value in given.items():
        field = by_key.get(key)
        if field is None:
            raise Unreadable(f"“{part.title}” does not ask for “{str(key)[:40]}”.")
        read_value = _value(value, field, part)
        if read_value:
            kept[key] = read_value
    return kept


def _value(value: Any, field: Field, part: Part) -> Any:
    if field.kind == ROWS:
        return _rows(value, field, part)
    if field.kind == MANY:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _wrong(field, part, "is not a list of choices")
        return [_choice(each, field, part) for each in dict.fromkeys(value)]
    if field.kind == SERVICE:
        return _service(value, field, part)
    if not isinstance(value, str):
        raise _wrong(field, part, "is not text")
    if not value.strip():
        return ""
    if len(value) > field.most:
        raise _wrong(field, part, f"has {len(value):,} characters; {field.most:,} is the most")
    if field.kind == CHOICE:
        return _choice(value, field, part)
    if field.kind == DAY:
        return _day(value, field, part)
    if field.kind == COLLEAGUE:
        return _identifier(value, field, part)
    # PostgreSQL holds any character but this one.
    return value.replace("\0", "\ufffd")


def _rows(value: Any, field: Field, part: Part) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise _wrong(field, part, "is not a list")
    if len(value) > field.most:
        raise _wrong(field, part, f"has {len(value)} rows; {field.most} is the most")
    rows = [_fields(each, field.fields, part) for each in value]
    return [row for row in rows if row]


def _choice(value: str, field: Field, part: Part) -> str:
    if value not in dict(field.options):
        raise _wrong(field, part, "is none of the choices")
    return value


def _day(value: str, field: Field, part: Part) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise _wrong(field, part, "is not a day") from None


def _identifier(value: str, field: Field, part: Part) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise _wrong(field, part, "names nobody") from None


def _service(value: Any, field: Field, part: Part) -> dict[str, str]:
    """Return a service by its identifier and its name. One that was typed has a name alone."""
    given = {"name": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or not given.keys() <= {"id", "name"}:
        raise _wrong(field, part, "names no service")
    if not all(isinstance(each, str) for each in given.values()):
        raise _wrong(field, part, "names no service")
    named = {key: said for key, said in given.items() if said.strip()}
    if len(named.get("name", "")) > MOST_LINE:
        raise _wrong(field, part, f"has a name of more than {MOST_LINE} characters")
    if "id" in named:
        named["id"] = _identifier(named["id"], field, part)
    if "id" in named and "name" not in named:
        raise _wrong(field, part, "does not say how the service is called")
    return {key: said.replace("\0", "\ufffd") for key, said in named.items()}


def _wrong(field: Field, part: Part, what: str) -> Unreadable:
    return Unreadable(f"“{field.label}” in “{part.title}” {what}.")


def answer(content: Content) -> str:
    """Return what the child said to the invitation, or nothing where that is not written."""
    return str(content.get("invitation", {}).get("answer", ""))


def lacks(content: Content) -> tuple[str, ...]:
    """Say what a finished conversation has to name, in sentences: only whom and when to ask again.

    Everything else may be skipped.
    """
    given = content.get("invitation", {})
    if given.get("answer") not in ASKED_AGAIN:
        return ()
    lacking = []
    if not given.get("again_on"):
        lacking.append("Choose a day on which the child is asked again.")
    if not given.get("again_by"):
        lacking.append("Choose who asks again.")
    return tuple(lacking)


def parts_in(content: Content) -> tuple[Part, ...]:
    """Return the parts in which something is written, in the order in which they are asked."""
    return tuple(part for key, part in BY_KEY.items() if content.get(key))

"""How pages say what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reachable.access.rules.partners import KINDS
from reachable.conversations.rules.candidates import PART_OF_NAME, SAME_NAME, SAME_POSTCODE
from reachable.conversations.rules.content import parts_in
from reachable.conversations.rules.parts import (
    ACCEPTED,
    CANDIDATES,
    CHOICE,
    COLLEAGUE,
    DAY,
    DECLINED,
    INVITATION,
    MANY,
    NOT_NOW,
    OFFERED,
    ROWS,
    SERVICE,
    TALKED,
    VERBATIM,
    Field,
)
from reachable.practice.time import say_day

ANSWERS = {
    TALKED: "They talked",
    ACCEPTED: "The child said yes, and they meet later",
    NOT_NOW: "The child said not now",
    DECLINED: "The child said no",
    OFFERED: "Offered; no answer yet",
}
AGENCY_KINDS = KINDS
CANDIDATE_KINDS = {**dict(CANDIDATES.fields[0].fields[0].options), "": "Of no kind that is said"}
MAY_BE_BY = {
    SAME_NAME: "It has the same name",
    SAME_POSTCODE: "It has the same postcode",
    PART_OF_NAME: "One name is a part of the other",
}
assert set(ANSWERS) == {key for key, _ in INVITATION.fields[0].options}


@dataclass(frozen=True)
class SaidField:
    """One answer as a page shows it: a line, rows, or words that stand as they were said."""

    label: str
    text: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    verbatim: bool = False


@dataclass(frozen=True)
class SaidPart:
    key: str
    title: str
    fields: tuple[SaidField, ...]


def said(
    content: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> tuple[SaidPart, ...]:
    """Return what is written, part by part; `names` says who a colleague is."""
    return tuple(
        SaidPart(part.key, part.title, tuple(_fields(content[part.key], part.fields, names)))
        for part in parts_in(content)
    )


def _fields(
    given: Mapping[str, Any], known: tuple[Field, ...], names: Mapping[str, str]
) -> Iterator[SaidField]:
    for field in known:
        value = given.get(field.key)
        if not value:
            continue
        if field.kind == ROWS:
            rows = tuple(
                tuple((each.label, each.text) for each in _fields(row, field.fields, names))
                for row in value
            )
            yield SaidField(field.label, rows=rows)
        else:
            yield SaidField(
                field.label, _text(value, field, names), verbatim=field.kind == VERBATIM
            )


def _text(value: Any, field: Field, names: Mapping[str, str]) -> str:
    if field.kind == CHOICE:
        return dict(field.options).get(value, str(value))
    if field.kind == MANY:
        known = dict(field.options)
        return ", ".join(known.get(each, each) for each in value)
    if field.kind == DAY:
        return say_day(date.fromisoformat(value))
    if field.kind == COLLEAGUE:
        return names.get(value, "Somebody who has left")
    return str(value["name"] if field.kind == SERVICE else value)

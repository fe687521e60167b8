"""What was offered in a conversation: which offers and which gap it leads to, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reachable.conversations.rules.parts import HELP_OFFERED, NO, THINKS, YES
from reachable.offers.rules.standing import NO as NOT_WANTED
from reachable.offers.rules.standing import NOT_NOW, WANTS

ANSWERS = {YES: WANTS, THINKS: NOT_NOW, NO: NOT_WANTED}
"""What the child said, as an offer has it: to think about something is not to want it yet."""
Content = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Offered:
    """A service that was offered; without identifier if it was typed, without answer if it is not
    written what the child said."""

    service_id: UUID | None
    name: str
    answer: str


def offered_in(content: Content) -> tuple[Offered, ...]:
    """Return what is written of services, of each the last."""
    found: dict[UUID | str, Offered] = {}
    for row in content.get(HELP_OFFERED.key, {}).get("services", ()):
        named = row.get("service")
        if not named:
            continue
        service_id = UUID(named["id"]) if "id" in named else None
        answer = ANSWERS.get(row.get("said", ""), "")
        found[service_id or named["name"]] = Offered(service_id, named["name"], answer)
    return tuple(found.values())


def to_record(content: Content, noted: Mapping[str, str]) -> tuple[Offered, ...]:
    """Return what is still to be recorded; `noted` is service → the answer that was before."""
    return tuple(
        each
        for each in offered_in(content)
        if each.service_id and each.answer and noted.get(str(each.service_id)) != each.answer
    )


def not_recordable(content: Content, noted: Mapping[str, str]) -> tuple[Offered, ...]:
    """Return what is written of no service that is known here, or without what the child said."""
    return tuple(
        each
        for each in offered_in(content)
        if each.service_id is None or not (each.answer or str(each.service_id) in noted)
    )


def service_key(value: Mapping[str, str]) -> str:
    """Return by what a list has a service: its identifier, or its name where it has none."""
    return value.get("id") or f"={value['name']}"


def chosen_service(key: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return the service that a list has by this key, as a conversation holds it."""
    return {"name": key[1:]} if key.startswith("=") else {"id": key, "name": names[key]}


def services_in(content: Content) -> dict[str, str]:
    """Return key → name of the services that are written in a version."""
    rows = content.get(HELP_OFFERED.key, {}).get("services", ())
    named = (row["service"] for row in rows if row.get("service"))
    return {service_key(each): each["name"] for each in named}


def gap_in(content: Content) -> str | None:
    """Return which help nothing fits, empty for any; None where that is not written."""
    given = content.get(HELP_OFFERED.key, {})
    return str(given.get("help", "")) if given.get("nothing_fits") == YES else None

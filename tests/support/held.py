"""What every field of every compartment holds, and roles that write nothing in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from reachable.access.policy import policy
from reachable.access.registries import fields
from reachable.access.rules import Policy
from reachable.chronology.models import Event
from reachable.intake.models import SignalVersion
from reachable.intake.services import SIGNAL_FEED
from reachable.intake.specification import feed as feed_of
from reachable.people.selectors import NEEDS
from reachable.practice import guidance
from tests.access.forms import every_model

ABOUT = ("person", "record", "records", "subject_id", "signal")
"""Whom a row of another room is about: that says nothing of who the child is."""
WHO = ("family_name", "given_names", "birth_date", "postcode")
OF_AN_EVENT = ("kind", "place", "details", "occurred_on", "occurred_at", "time_note")

Held = dict[str, dict[str, dict[str, str]]]
"""Compartment → record and row → field → value."""


def without(monkeypatch: pytest.MonkeyPatch, compartment: str) -> None:
    """Let every role be as it stands, and write nothing in one compartment."""
    held = policy()
    roles = {
        name: replace(role, writes={**role.writes, compartment: "none"})
        for name, role in held.roles.items()
    }
    made = Policy(held.compartments, held.capabilities, roles, held.records)
    monkeypatch.setattr("reachable.access.selectors.policy", lambda: made)


@cache
def _declared() -> dict[str, dict[str, str]]:
    """Return record → field → compartment; a child's own words are written as welfare is."""
    known = {**{name: name for name in policy().compartments}, "words": "welfare"}
    return {
        record: {
            name: known[kind]
            for name, kind in said.items()
            if kind in known and (each.room == "people" or name not in ABOUT)
        }
        for each in fields.listed()
        for record, said in each.item.items()
    }


def held() -> Held:
    """Return what every field of every compartment holds.

    An event stands in the compartment that it names, and of a row that was sent each column in its
    own.
    """
    found: Held = {name: {} for name in policy().compartments}

    def put(compartment: str, row: str, name: str, value: object) -> None:
        if value not in ("", None):
            found[compartment].setdefault(row, {})[name] = str(value)

    for model in every_model():
        names = _declared().get(model.__name__, {})
        for row in model._base_manager.values("pk", *names) if names else ():
            for name, compartment in names.items():
                put(compartment, f"{model.__name__} {row['pk']}", name, row[name])
    for event in Event.objects.values("id", "compartment", *OF_AN_EVENT):
        for name in OF_AN_EVENT:
            put(event["compartment"], f"Event {event['id']}", name, event[name])
    sent = SignalVersion.objects.values_list("id", "signal__feed", "content")
    for version_id, feed, content in sent:
        for name, compartment in _columns(feed, content):
            put(compartment, f"SignalVersion {version_id}", name, content[name])
    return found


def _columns(feed: str, content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a row or a signal said, name by name, and in which compartment each stands."""
    if feed == SIGNAL_FEED:
        happened = str(guidance.event_kind(content["kind"]).compartment)
        named = {**dict.fromkeys(WHO, "identity"), NEEDS: "welfare"}
        yield from ((name, named.get(name, happened)) for name in content)
        return
    named = {column.name: str(column.compartment) for column in feed_of(feed).columns}
    yield from ((name, named[name]) for name in content)


def changed(before: Held, after: Held, *, beyond: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return compartment → records and rows that hold something else, or are gone."""
    found = {
        compartment: [
            row
            for row in rows.keys() | before[compartment]
            if rows.get(row) != before[compartment].get(row) and row.split()[0] not in beyond
        ]
        for compartment, rows in after.items()
    }
    return {compartment: rows for compartment, rows in found.items() if rows}

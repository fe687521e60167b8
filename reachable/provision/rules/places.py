"""One place of a service: found in its document, written into it, taken out of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from reachable.provision.rules.standard import Json

_OF_ADDRESS = frozenset(
    {"latitude", "longitude", "external_identifier", "external_identifier_type"}
)
"""What holds of one address, and would be wrong at another."""


def place_in(document: Json, at_id: UUID) -> Json | None:
    """Return what a document says of a place; None where it names no such place."""
    given = document.get("service_at_locations", [])
    return next((each for each in given if UUID(each["id"]) == at_id), None)


def address_of(at: Json) -> Json:
    """Return the address to go to, which is not the one to write to; empty where none is said."""
    addresses = at.get("location", {}).get("addresses", [])
    return next((each for each in addresses if each["address_type"] != "postal"), {})


def with_place(
    document: Json,
    at_id: UUID | None,
    *,
    name: str,
    address: Json,
    make_id: Callable[[], object],
) -> tuple[Json, Json] | None:
    """Return the document with a place that is new or stands otherwise, and that place.

    Whatever else is known of the place stays; None where the document names no such place.
    """
    given = list(document.get("service_at_locations", []))
    if at_id is None:
        before: Json | None = {"id": str(make_id())}
        given.append(before)
    else:
        before = place_in(document, at_id)
    if before is None:
        return None
    location = before.get("location") or {
        "id": before.get("location_id") or str(make_id()),
        "location_type": "physical",
    }
    old = address_of(before)
    new = (old or {"id": str(make_id()), "address_type": "physical"}) | address
    addresses = [new if each is old else each for each in location.get("addresses", [])]
    changed = location | {
        "name": name or None,
        "addresses": addresses if old else [*addresses, new],
    }
    if any(old.get(field) != new[field] for field in ("address_1", "postal_code")):
        changed = {field: value for field, value in changed.items() if field not in _OF_ADDRESS}
    at = before | {"location": changed}
    made = [at if each is before else each for each in given]
    return document | {"service_at_locations": made}, at


def without_place(document: Json, at_id: UUID) -> Json | None:
    """Return the document without a place and its own hours; None where it names no such place."""
    gone = place_in(document, at_id)
    if gone is None:
        return None
    given = [each for each in document["service_at_locations"] if each is not gone]
    schedules = [
        each
        for each in document.get("schedules", [])
        if each.get("service_at_location_id") != gone["id"]
    ]
    return document | {"service_at_locations": given or None, "schedules": schedules or None}

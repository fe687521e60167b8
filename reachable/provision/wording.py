"""How pages say what a service is."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from reachable.provision import taxonomy
from reachable.provision.rules.reading import WEEKDAYS
from reachable.provision.rules.standard import Json

STATUSES = {
    "active": "Open to children now",
    "temporarily closed": "Closed for a time",
    "inactive": "Not running",
    "defunct": "Ended for good",
}
CAPACITIES = {
    "free": "There are places",
    "waiting_list": "There is a waiting list",
    "full": "It takes nobody now",
    "": "",
}
MISSING = {"age": "for which ages", "place": "where"}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def age(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def ages(minimum: float | None, maximum: float | None) -> str:
    """Return "11 to 17", "from 11", "up to 17", or nothing where it is not said."""
    if minimum is None and maximum is None:
        return ""
    if maximum is None:
        return f"from {age(minimum)}"
    return f"up to {age(maximum)}" if minimum is None else f"{age(minimum)} to {age(maximum)}"


def not_said(missing: tuple[str, ...]) -> str:
    """Return "The entry does not say for which ages and where." or nothing."""
    said = " and ".join(MISSING[each] for each in missing)
    return f"The entry does not say {said}." if said else ""


def described(terms: Set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return each taxonomy's title with the names of the terms that are meant."""
    found = []
    for held in taxonomy.taxonomies().values():
        names = [term.name for term in held.terms if (term.taxonomy, term.key) in terms]
        if names:
            found.append((held.title, ", ".join(names)))
    return found


def places(document: Json) -> list[dict[str, Any]]:
    """Return each place with its name, address and identifier."""
    found = []
    for at in document.get("service_at_locations", []):
        location = at.get("location")
        if location:
            lines = [", ".join(_lines(each)) for each in location.get("addresses", [])]
            found.append(
                {
                    "id": location["id"],
                    "name": location.get("name") or "A place without a name",
                    "addresses": lines,
                }
            )
    return found


def _lines(address: Json) -> Iterator[str]:
    for name in ("address_1", "city", "postal_code"):
        yield address[name]


def hours(document: Json) -> list[str]:
    """Return the hours in words; those that we cannot read stand as they were written."""
    found = []
    for schedule in document.get("schedules", []):
        days = [each.strip().upper() for each in schedule.get("byday", "").split(",")]
        named = [_DAYS[WEEKDAYS.index(each)] for each in days if each in WEEKDAYS]
        opens, closes = (schedule.get(name, "")[:5] for name in ("opens_at", "closes_at"))
        if named and opens and closes and schedule.get("freq") == "WEEKLY":
            found.append(f"{', '.join(named)}: {opens} to {closes}")
        if said := schedule.get("description"):
            found.append(said)
    return found

"""How pages say what a service is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from reachable.provision import taxonomy
from reachable.provision.rules.standard import Json
from reachable.provision.rules.weekly import in_words, week_of
from reachable.provision.searching import CLOSE_BY, IN_AREA, NOT_SAID, SERVES

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
SAFE_PLACE = ("help", "safe_place")
NEAR = {
    CLOSE_BY: "Close by",
    IN_AREA: "In this area",
    SERVES: "Serves this area",
    NOT_SAID: "Does not say whether it serves this area",
}
FILES = {
    "loaded": "It was loaded.",
    "declined": "It was left. The directory stands as it was.",
    "held": "It waits for a decision. Nothing was changed.",
}
MISSING = {"age": "for which ages", "place": "where"}


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


def described(terms: Set[tuple[str, str]]) -> list[dict[str, str]]:
    """Return each taxonomy's title with the names of the terms that are meant, as facts."""
    found = []
    for held in taxonomy.taxonomies().values():
        names = [term.name for term in held.terms if (term.taxonomy, term.key) in terms]
        if names:
            found.append({"label": held.title, "value": ", ".join(names)})
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
                    "at": at["id"],
                    "name": location.get("name") or "A place without a name",
                    "addresses": lines,
                }
            )
    return found


def _lines(address: Json) -> Iterator[str]:
    for name in ("address_1", "city", "postal_code"):
        yield address[name]


def contacts(document: Json) -> list[str]:
    """Return those to ask by name or by title."""
    named = ((each.get("name"), each.get("title")) for each in document.get("contacts", []))
    return [", ".join(filter(None, each)) for each in named if any(each)]


def phones(document: Json) -> list[str]:
    """Return the telephone numbers that stand where feeds write them: the standard names none."""
    held = [document, *document.get("contacts", [])]
    listed = (each.get("phones") for each in held)
    phones = (phone for each in listed if isinstance(each, list) for phone in each)
    numbers = (phone.get("number") for phone in phones if isinstance(phone, dict))
    return list(dict.fromkeys(each for each in numbers if isinstance(each, str)))


def areas(names: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Return the areas by the partnership’s own names where a service names them by code."""
    return [known.get(name.strip().upper(), name) for name in names]


def hours(document: Json) -> list[str]:
    """Return the hours in words; those that we cannot read stand as they were written."""
    found = []
    for schedule in document.get("schedules", []):
        week = week_of(schedule)
        if week is not None:
            found.append(in_words(week))
        if said := schedule.get("description"):
            found.append(said)
    return found

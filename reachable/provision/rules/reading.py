"""What is read from the document of a service: ages, terms, places, hours and areas."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from uuid import UUID

from reachable.provision.rules.standard import SERVICE, Json

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
AGE, PLACE = "age", "place"
DAY = 24 * 60 * 60 * 1_000_000
"""In microseconds."""


@dataclass(frozen=True)
class ReadTerm:
    """A term that a service is described by."""

    id: UUID
    taxonomy_id: UUID | None
    name: str


@dataclass(frozen=True)
class ReadPlace:
    """A place at which a service is given."""

    at_id: UUID
    location_id: UUID
    postcode: str


@dataclass(frozen=True)
class Hours:
    """Open on one day of the week (Monday is 0); until the next day where it closes earlier."""

    weekday: int
    opens: time
    closes: time

    @cached_property
    def in_week(self) -> tuple[int, int]:
        """When it opens in a week, and for how long; both in microseconds."""
        opens = since_monday(self.weekday, self.opens)
        return opens, (since_monday(self.weekday, self.closes) - opens) % DAY or DAY


def since_monday(weekday: int, at: time) -> int:
    """Count the microseconds since Monday began: numbers, because thousands are compared."""
    seconds = ((weekday * 24 + at.hour) * 60 + at.minute) * 60 + at.second
    return seconds * 1_000_000 + at.microsecond


@dataclass(frozen=True)
class Read:
    """What a service is found by."""

    name: str
    status: str
    minimum_age: float | None
    maximum_age: float | None
    organisation: tuple[UUID, str] | None
    words: str
    terms: tuple[ReadTerm, ...]
    places: tuple[ReadPlace, ...]
    hours: tuple[Hours, ...]
    areas: tuple[str, ...]
    missing: tuple[str, ...]


def read(document: Json) -> Read:
    """Read the document of a service, of which every field is as the standard says."""
    organisation = document.get("organization")
    places = tuple(_places(document))
    areas = tuple(dict.fromkeys(_areas(document)))
    ages = document.get("minimum_age"), document.get("maximum_age")
    missing = []
    if ages == (None, None):
        missing.append(AGE)
    if not places and not areas:
        missing.append(PLACE)
    said = (document["name"], document.get("description", ""), (organisation or {}).get("name", ""))
    return Read(
        name=document["name"],
        status=document["status"],
        minimum_age=ages[0],
        maximum_age=ages[1],
        organisation=(UUID(organisation["id"]), organisation["name"]) if organisation else None,
        words=" ".join(said).casefold(),
        terms=tuple({each.id: each for each in _terms(document)}.values()),
        places=places,
        hours=tuple(dict.fromkeys(_hours(document))),
        areas=areas,
        missing=tuple(missing),
    )


def without_places(document: Json, kept_back: Set[UUID]) -> Json:
    """Return a document for everybody: what is given at a place that is kept back is not in it.

    Nor are fields that the standard does not name, where something had to be left out: nobody here
    knows what they hold.
    """
    if not kept_back:
        return document
    shown, gone = [], set()
    for each in document.get("service_at_locations", []):
        if location_of(each) in kept_back:
            gone.add(each["id"])
        else:
            shown.append(each)
    if not gone:
        return document
    named = {name: value for name, value in document.items() if name in SERVICE.fields}
    made = named | {"service_at_locations": shown}
    if "schedules" in document:
        made["schedules"] = [
            each for each in document["schedules"] if each.get("service_at_location_id") not in gone
        ]
    return made


def location_of(at: Json) -> UUID | None:
    """Return the identifier of the location at which a service is given."""
    named = at.get("location", {}).get("id") or at.get("location_id")
    return UUID(named) if named else None


def _terms(document: Json) -> Iterator[ReadTerm]:
    for attribute in document.get("attributes", []):
        if term := attribute.get("taxonomy_term"):
            of = term.get("taxonomy_id")
            yield ReadTerm(UUID(term["id"]), UUID(of) if of else None, term["name"])


def _places(document: Json) -> Iterator[ReadPlace]:
    for at in document.get("service_at_locations", []):
        location_id = location_of(at)
        if location_id is None:
            continue
        postcodes = (
            each["postal_code"]
            for each in at.get("location", {}).get("addresses", [])
            if each["address_type"] != "postal"
        )
        yield ReadPlace(UUID(at["id"]), location_id, next(postcodes, ""))


def _areas(document: Json) -> Iterator[str]:
    for area in document.get("service_areas", []):
        name = area.get("name") or area.get("service_area")
        if name:
            yield name.strip()


def _hours(document: Json) -> Iterator[Hours]:
    """Yield the hours that come every week. Whatever comes more rarely is for people to read."""
    for schedule in document.get("schedules", []):
        opens, closes = (clock_time(schedule.get(name, "")) for name in ("opens_at", "closes_at"))
        weekly = schedule.get("freq") == "WEEKLY" and schedule.get("interval", 1) == 1
        if not weekly or opens is None or closes is None or schedule.get("valid_to"):
            continue
        for day in schedule.get("byday", "").upper().split(","):
            if day.strip() in WEEKDAYS:
                yield Hours(WEEKDAYS.index(day.strip()), opens, closes)


def clock_time(said: str) -> time | None:
    """Return a time of day as the standard writes it; None for anything else."""
    try:
        return time.fromisoformat(said.removesuffix("Z")).replace(tzinfo=None)
    except ValueError:
        return None

"""Services as they are compared with what a child needs: thousands of them, in three questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.db.models import F, Q

from reachable.foundation.actor import Actor
from reachable.geography.selectors import positions_of
from reachable.provision import taxonomy
from reachable.provision.models import Check, Place, Service
from reachable.provision.rules.fitting import Offered
from reachable.provision.rules.reading import Hours, Read

READS = "directory.read"
FULL = "full"
_OURS = {"form": "forms", "moment": "moments", "help": "helps", "need": "needs"}
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class PlaceAt:
    """Where a service is given, as far as that may be told."""

    postcode: str
    area: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that is listed, and what says how far away and how fresh its entry is.

    A place that is kept back is not among its places: neither its distance nor its area is told.
    """

    id: UUID
    offered: Offered
    organisation: str
    places: tuple[PlaceAt, ...]
    kept_back: bool
    checked_at: datetime
    """When somebody last checked the entry; when it was listed, where nobody has."""


@dataclass(frozen=True, slots=True)
class _Said:
    areas: frozenset[str]
    forms: frozenset[str]
    moments: frozenset[str]
    helps: frozenset[str]
    needs: frozenset[str]
    hours: tuple[Hours, ...]


def compared_by(it: Read, coded: Mapping[str, str]) -> str:
    """Return what a service is compared by as one text, the same for the same; not where it is.

    Where it names an area that the partnership has not, such as a county, that may hold all of
    ours: then it says nothing that could rule a child out.
    """
    ours = taxonomy.terms_by_id()
    said: dict[str, Any] = {name: [] for name in _OURS.values()}
    for term in it.terms:
        known = ours.get(term.id)
        if known is not None and known.taxonomy in _OURS:
            said[_OURS[known.taxonomy]].append(known.key)
    codes = [coded.get(name.casefold(), "") for name in it.areas]
    said |= {name: sorted(keys) for name, keys in said.items()}
    said["areas"] = sorted(set(codes)) if all(codes) else []
    said["hours"] = [
        [each.weekday, each.opens.isoformat(), each.closes.isoformat()] for each in it.hours
    ]
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(_KEPT)
def _said(text: str) -> _Said:
    """Read one such text. What it says follows from the text alone, so it never grows old."""
    held = orjson.loads(text or "{}")
    keys = {name: frozenset(held.get(name, ())) for name in ("areas", *_OURS.values())}
    return _Said(
        areas=keys["areas"],
        forms=keys["forms"],
        moments=keys["moments"],
        helps=keys["helps"],
        needs=keys["needs"],
        hours=tuple(
            Hours(day, time.fromisoformat(opens), time.fromisoformat(closes))
            for day, opens, closes in held.get("hours", ())
        ),
    )


def candidates(*, by: Actor) -> list[Candidate]:
    """Return every service that is listed, as it is compared with what a child needs."""
    by.require(READS)
    told, places = _told(), _places()
    rows = Service.objects.filter(ended_at=None, current__isnull=False).values_list(
        *("id", "name", "status", "minimum_age", "maximum_age", "compared_by"),
        *("organisation__name", "last_checked_at", "listed_at"),
    )
    return [_candidate(row, told, places.get(row[0], [])) for row in rows]


def _places() -> dict[UUID, list[PlaceAt | None]]:
    """Return where each service is given; nothing in the stead of a place that is kept back."""
    found: dict[UUID, list[PlaceAt | None]] = {}
    rows = Place.objects.filter(service__ended_at=None).order_by("id")
    for service_id, postcode, area, hidden in rows.values_list(
        "service_id", "postcode", "area", "kept_back"
    ):
        found.setdefault(service_id, []).append(None if hidden else PlaceAt(postcode, area))
    return found


def _candidate(
    row: tuple[Any, ...],
    told: Mapping[UUID, tuple[str, int | None]],
    given_at: list[PlaceAt | None],
) -> Candidate:
    id_, name, status, youngest, oldest, text, organisation, checked_at, listed_at = row
    said = _said(text)
    capacity, waiting_days = told.get(id_, ("", None))
    return Candidate(
        id=id_,
        offered=Offered(
            key=str(id_),
            name=name,
            active=status == "active",
            minimum_age=youngest,
            maximum_age=oldest,
            areas=said.areas,
            forms=said.forms,
            moments=said.moments,
            helps=said.helps,
            needs=said.needs,
            hours=said.hours,
            full=capacity == FULL,
            waiting_days=waiting_days,
        ),
        organisation=organisation or "",
        places=tuple(place for place in given_at if place is not None),
        kept_back=None in given_at,
        checked_at=checked_at or listed_at,
    )


def _told() -> dict[UUID, tuple[str, int | None]]:
    """Return what was told of places and waiting, where it was, when an entry was last checked."""
    last = Check.objects.filter(
        Q(capacity=FULL) | Q(waiting_days__isnull=False),
        checked_at=F("service__last_checked_at"),
        service__ended_at=None,
    )
    rows = last.order_by("id").values_list("service_id", "capacity", "waiting_days")
    return {service_id: (capacity, waiting_days) for service_id, capacity, waiting_days in rows}


def positions(*, by: Actor, of: list[Candidate], home: str) -> dict[str, tuple[float, float]]:
    """Return where the postcodes of these services, and a home, lie, as far as that is known."""
    by.require(READS)
    return positions_of({home, *(place.postcode for each in of for place in each.places)})

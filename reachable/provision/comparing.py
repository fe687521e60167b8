"""Services as they are compared with what a child needs: thousands of them, in two questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast, Coalesce

from reachable.foundation.actor import Actor
from reachable.geography.selectors import positions_of
from reachable.provision import taxonomy
from reachable.provision.models import Check, Service
from reachable.provision.rules.fitting import Offered
from reachable.provision.rules.reading import Hours, Read

READS = "directory.read"
FULL = "full"
NOTHING_TOLD = ("", None)
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
    not_checked_lately: bool


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


def _said(text: str) -> _Said:
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


def given_at(places: Iterable[PlaceAt | None]) -> str:
    """Return where a service is given as one text; nothing in the stead of a place kept back."""
    told = [None if place is None else [place.postcode, place.area] for place in places]
    return orjson.dumps(told).decode()


def _given(text: str) -> tuple[tuple[PlaceAt, ...], bool]:
    """Read one such text: the places that may be told, and whether one is kept back."""
    held = orjson.loads(text or "[]")
    return tuple(PlaceAt(*place) for place in held if place is not None), None in held


def candidates(*, by: Actor, checked_since: datetime) -> list[Candidate]:
    """Return every service that is listed, as it is compared with what a child needs.

    One whose entry nobody has checked since, and that was listed before, was not checked lately.
    """
    by.require(READS)
    told = _told()
    listed = Service.objects.filter(ended_at=None, current__isnull=False)
    rows = listed.alias(checked=Coalesce("last_checked_at", "listed_at")).annotate(
        not_checked_lately=Q(checked__lt=checked_since), key=_as_text("id")
    )
    return [
        _candidate(row, told.get(row[0], NOTHING_TOLD))
        for row in rows.values_list(
            *("key", "name", "status", "minimum_age", "maximum_age", "compared_by"),
            *("organisation__name", "given_at", "not_checked_lately"),
        )
    ]


@lru_cache(_KEPT)
def _candidate(row: tuple[Any, ...], told: tuple[str, int | None]) -> Candidate:
    """Make one of what was read of it. It follows from these alone, so it never grows old."""
    key, name, status, youngest, oldest, text, organisation, given, not_checked_lately = row
    id_ = UUID(key)
    said = _said(text)
    places, kept_back = _given(given)
    capacity, waiting_days = told
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
        places=places,
        kept_back=kept_back,
        not_checked_lately=not_checked_lately,
    )


def _as_text(column: str) -> Cast:
    """Making thousands of identifiers of text costs more than all else that is read of them."""
    return Cast(column, TextField())


def _told() -> dict[str, tuple[str, int | None]]:
    """Return what was told of places and waiting, where it was, when an entry was last checked."""
    last = Check.objects.filter(
        Q(capacity=FULL) | Q(waiting_days__isnull=False),
        checked_at=F("service__last_checked_at"),
        service__ended_at=None,
    )
    rows = last.order_by("id").annotate(key=_as_text("service_id"))
    told = rows.values_list("key", "capacity", "waiting_days")
    return {key: (capacity, waiting_days) for key, capacity, waiting_days in told}


def positions(*, by: Actor, of: list[Candidate], home: str) -> dict[str, tuple[float, float]]:
    """Return where the postcodes of these services, and a home, lie, as far as that is known."""
    by.require(READS)
    return positions_of({home, *(place.postcode for each in of for place in each.places)})

"""The directory for programs, on the paths of Open Referral UK."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse

from reachable.foundation.views import actor, page_number
from reachable.geography.rules import standard_postcode
from reachable.provision import open_feed
from reachable.provision.rules.reading import WEEKDAYS
from reachable.provision.searching import Asked, Whereabouts, whereabouts

T = TypeVar("T")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CannotBeRead(ValueError):
    """A parameter that holds something else than the standard says."""


def about(request: HttpRequest) -> HttpResponse:
    return _answer(open_feed.about(by=actor(request)))


def services(request: HttpRequest) -> HttpResponse:
    return _found(request, open_feed.services, _asked)


def service_at_locations(request: HttpRequest) -> HttpResponse:
    return _found(request, open_feed.service_at_locations, _asked_where)


def service_at_location(request: HttpRequest, at_id: UUID) -> HttpResponse:
    return _answer(open_feed.service_at_location(by=actor(request), at_id=at_id))


def service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    return _answer(open_feed.service(by=actor(request), service_id=service_id))


def taxonomies(request: HttpRequest) -> HttpResponse:
    number, size = _which_page(request.GET)
    return _answer(open_feed.taxonomies(by=actor(request), number=number, size=size))


def taxonomy(request: HttpRequest, taxonomy_id: UUID) -> HttpResponse:
    return _answer(open_feed.one_taxonomy(by=actor(request), taxonomy_id=taxonomy_id))


def terms(request: HttpRequest) -> HttpResponse:
    number, size = _which_page(request.GET)
    return _answer(open_feed.terms(by=actor(request), number=number, size=size))


def term(request: HttpRequest, term_id: UUID) -> HttpResponse:
    return _answer(open_feed.one_term(by=actor(request), term_id=term_id))


def _found(
    request: HttpRequest,
    find: Callable[..., Mapping[str, Any]],
    read: Callable[[Mapping[str, str]], Asked],
) -> HttpResponse:
    number, size = _which_page(request.GET)
    try:
        asked = read(request.GET)
    except CannotBeRead as wrong:
        return _answer({"detail": str(wrong)}, status=422)
    return _answer(find(by=actor(request), asked=asked, number=number, size=size))


def _answer(found: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(found), content_type="application/json", status=status)


def _which_page(query: Mapping[str, str]) -> tuple[int, int]:
    said = query.get("per_page", "")
    size = int(said) if said.isdecimal() and len(said) < 6 else open_feed.PER_PAGE
    return max(1, page_number(query)), min(max(1, size), open_feed.MOST_PER_PAGE)


def _asked(query: Mapping[str, str]) -> Asked:
    return Asked(
        words=query.get("search", "").replace("\0", " "),
        term_id=_read(query, "taxonomy_term_id", UUID, "an identifier (UUID)"),
        taxonomy_id=_read(query, "taxonomy_id", UUID, "an identifier (UUID)"),
        minimum_age=_read(query, "minimum_age", _number, "a number"),
        maximum_age=_read(query, "maximum_age", _number, "a number"),
        weekday=_read(query, "day", _weekday, "a day such as MO or Monday"),
        opens_from=_read(query, "start_time", _time, "a time such as 10:00"),
        closes_by=_read(query, "end_time", _time, "a time such as 18:00"),
    )


def _asked_where(query: Mapping[str, str]) -> Asked:
    """Services at a place may be asked for by a postcode too."""
    if query.get("proximity", "").strip():
        raise CannotBeRead(
            "“proximity” cannot be answered: the positions of postcodes are not known here. "
            "Nothing was looked up: ask by “postcode” alone."
        )
    near = _read(query, "postcode", _near, "a postcode of this area")
    return replace(_asked(query), near=near or Whereabouts())


def _near(said: str) -> Whereabouts:
    found = whereabouts(said) if standard_postcode(said) else None
    if found is None:
        raise ValueError(said)
    return found


def _read(query: Mapping[str, str], name: str, read: Callable[[str], T], called: str) -> T | None:
    said = query.get(name, "").strip()
    if not said:
        return None
    try:
        return read(said)
    except ValueError:
        raise CannotBeRead(
            f"“{name}” is not {called}. Nothing was looked up: send it as the standard says."
        ) from None


def _number(said: str) -> float:
    number = float(said)
    if not math.isfinite(number):
        raise ValueError(said)
    return number


def _weekday(said: str) -> int:
    word = said.casefold()
    if word in _DAYS:
        return _DAYS.index(word)
    return WEEKDAYS.index(said.upper())


def _time(said: str) -> time:
    return time.fromisoformat(said).replace(tzinfo=None)

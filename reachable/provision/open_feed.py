"""The directory on the standard’s paths, for everybody, while the partnership has it open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django.db.models import QuerySet

from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.provision import taxonomy
from reachable.provision.deriving import places_kept_back
from reachable.provision.models import Place, Service, ServiceTerm
from reachable.provision.rules.places import place_in
from reachable.provision.rules.reading import without_places
from reachable.provision.rules.standard import LOCATION, SERVICE, TERM, Json, Many, Shape
from reachable.provision.searching import Asked, listed
from reachable.provision.selectors import feed_is_open

PER_PAGE, MOST_PER_PAGE = 50, 200
PROFILE = "https://github.com/OpenReferralUK/uk-profile"
OPENAPI = "https://raw.githubusercontent.com/openreferral/uk-profile/main/schema/openapi.json"


def about(*, by: Actor) -> Json:
    """Say which version of the standard is spoken here."""
    _only_if_open(by)
    return {"version": "HSDS-UK-3.0", "profile": PROFILE, "openapi_url": OPENAPI}


def services(*, by: Actor, asked: Asked, number: int, size: int) -> Json:
    """Return a page of services with the fields of which each has one."""
    _only_if_open(by)
    found = listed(asked)
    total = found.count()
    first = (number - 1) * size
    part = found.select_related("current")[first : first + size]
    return _page(total, number, size, [_in_short(_document(each), SERVICE) for each in part])


def service(*, by: Actor, service_id: UUID) -> Json:
    """Return a whole service, without places that are kept back."""
    _only_if_open(by)
    found = Service.objects.filter(id=service_id, ended_at=None).select_related("current").first()
    if found is None or found.current is None:
        raise NotFound
    return without_places(_document(found), places_kept_back())


def service_at_locations(*, by: Actor, asked: Asked, number: int, size: int) -> Json:
    """Return a page of services, each at one place, with the fields of which each has one."""
    _only_if_open(by)
    given = _given().filter(service__in=listed(asked).order_by().values("id"))
    total = given.count()
    first = (number - 1) * size
    part = given.order_by("service__name", "service_id", "at_id", "id")[first : first + size]
    contents = []
    for each in part:
        service = _document(each.service)
        at = _at(service, each)
        short = {name: at[name] for name in ("id", "service_id", "location_id")}
        if "location" in at:
            short["location"] = _in_short(at["location"], LOCATION)
        contents.append(short | {"service": _in_short(service, SERVICE)})
    return _page(total, number, size, contents)


def service_at_location(*, by: Actor, at_id: UUID) -> Json:
    """Return a service at one place, with all that is known of both.

    The standard’s own document names the schema of a service for this answer, which asks for a
    name and a status: they are the service’s.
    """
    _only_if_open(by)
    found = _given().filter(at_id=at_id).order_by("id").first()
    if found is None:
        raise NotFound
    whole = without_places(_document(found.service), places_kept_back())
    at = _at(whole, found)
    service = {name: value for name, value in whole.items() if name != "service_at_locations"}
    return at | {"name": whole["name"], "status": whole["status"], "service": service}


def _given() -> QuerySet[Place, Any]:
    """Return the places at which services that are listed are given, but those kept back."""
    shown = Place.objects.exclude(location_id__in=places_kept_back())
    return shown.filter(service__ended_at=None).select_related("service__current")


def _at(service: Json, place: Place) -> Json:
    """Return a place as a service names it, with the identifiers of both."""
    at = place_in(service, place.at_id)
    assert at is not None
    ids = {"service_id": service["id"], "location_id": str(place.location_id)}
    return at | ids


def taxonomies(*, by: Actor, number: int, size: int) -> Json:
    _only_if_open(by)
    return _cut([_taxonomy(each) for each in taxonomy.taxonomies().values()], number, size)


def one_taxonomy(*, by: Actor, taxonomy_id: UUID) -> Json:
    _only_if_open(by)
    for each in taxonomy.taxonomies().values():
        if each.id == taxonomy_id:
            return _taxonomy(each)
    raise NotFound


def terms(*, by: Actor, number: int, size: int) -> Json:
    """Return our own terms, then those of others by which services are described."""
    _only_if_open(by)
    ours = [taxonomy.described(term.taxonomy, term.key) for term in taxonomy.terms_by_id().values()]
    return _cut(ours + list(_terms_of_others().values()), number, size)


def one_term(*, by: Actor, term_id: UUID) -> Json:
    _only_if_open(by)
    ours = taxonomy.terms_by_id().get(term_id)
    found = taxonomy.described(ours.taxonomy, ours.key) if ours else _terms_of_others().get(term_id)
    if found is None:
        raise NotFound
    return found


def _only_if_open(by: Actor) -> None:
    if not feed_is_open(by=by):
        raise NotFound


def _document(found: Service) -> Json:
    assert found.current is not None
    held: Json = orjson.loads(found.current.document)
    return held


def _in_short(document: Json, shape: Shape) -> Json:
    """Return the fields of the standard that hold one value, and of what they hold the same."""
    short: Json = {}
    for name, value in document.items():
        field = shape.fields.get(name)
        if isinstance(field, Shape):
            short[name] = _in_short(value, field)
        elif field is not None and not isinstance(field, Many):
            short[name] = value
    return short


def _taxonomy(held: taxonomy.Taxonomy) -> Json:
    return {
        "id": str(held.id),
        "name": held.title,
        "description": f"{held.title}, as services for children are described in Reachable",
    }


def _terms_of_others() -> dict[UUID, Json]:
    described_by = ServiceTerm.objects.filter(taxonomy="", service__ended_at=None)
    found: dict[UUID, Json] = {}
    for held in described_by.select_related("service__current").order_by("term_id", "id"):
        if held.term_id not in found:
            found[held.term_id] = _term_in(_document(held.service), held.term_id)
    return found


def _term_in(document: Json, term_id: UUID) -> Json:
    named = (each.get("taxonomy_term") for each in document["attributes"])
    held = next(each for each in named if each and UUID(each["id"]) == term_id)
    return {name: value for name, value in held.items() if name in TERM.fields}


def _cut(contents: list[Json], number: int, size: int) -> Json:
    first = (number - 1) * size
    return _page(len(contents), number, size, contents[first : first + size])


def _page(total: int, number: int, size: int, contents: list[Any]) -> Json:
    pages = max(1, -(-total // size))
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }

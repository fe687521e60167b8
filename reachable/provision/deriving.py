"""What services are found by, derived from their current versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

import orjson
from django.db import models, transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.geography.rules import standard_postcode
from reachable.geography.selectors import area_codes, areas_of
from reachable.provision import taxonomy
from reachable.provision.comparing import PlaceAt, compared_by, given_at
from reachable.provision.models import (
    AreaCovered,
    Opening,
    Organisation,
    Place,
    PlaceDecision,
    Service,
    ServiceTerm,
)
from reachable.provision.rules.reading import Read, ReadPlace, read

SAFE = taxonomy.Term("help", "safe_place", "").id
AT_ONCE = 200


def derive(service_ids: Collection[UUID]) -> None:
    """Make again what these services are found by.

    Whether a place is kept back follows from every service that is given there, so those beside
    these are looked at too.
    """
    ids = list(service_ids)
    held = set(Place.objects.filter(service_id__in=ids).values_list("location_id", flat=True))
    found: dict[UUID, Read] = {}
    for start in range(0, len(ids), AT_ONCE):
        found |= _derive(ids[start : start + AT_ONCE])
    held |= {place.location_id for it in found.values() for place in it.places}
    at_these = Place.objects.filter(location_id__in=held).exclude(service_id__in=ids)
    beside = list(at_these.values_list("service_id", flat=True).distinct())
    found |= {each.id: _read(each) for each in _services(beside)}
    _write_places(found)


def _services(ids: Collection[UUID]) -> list[Service]:
    return list(Service.objects.filter(id__in=ids).select_related("current"))


def _derive(ids: list[UUID]) -> dict[UUID, Read]:
    services = _services(ids)
    found = {each.id: _read(each) for each in services}
    coded = area_codes()
    organisations = dict(it.organisation for it in found.values() if it.organisation)
    Organisation.objects.bulk_create(
        [Organisation(id=key, name=name) for key, name in organisations.items()],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name"],
    )
    for service in services:
        _fill(service, found[service.id])
        service.compared_by = compared_by(found[service.id], coded)
    Service.objects.bulk_update(services, list(_COLUMNS))
    for model in (ServiceTerm, Opening, AreaCovered):
        model.objects.filter(service_id__in=ids).delete()
    _write(found, coded)
    return found


_COLUMNS = (
    *("organisation_id", "name", "status", "minimum_age", "maximum_age"),
    *("words", "missing", "compared_by"),
)


def _read(service: Service) -> Read:
    assert service.current is not None
    return read(orjson.loads(service.current.document))


def _fill(service: Service, it: Read) -> None:
    service.organisation_id = it.organisation[0] if it.organisation else None
    service.name, service.status, service.words = it.name, it.status, it.words
    service.minimum_age, service.maximum_age = it.minimum_age, it.maximum_age
    service.missing = " ".join(it.missing)


def decisions(location_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Return which places somebody decided to keep back, or to show: the latest decision holds."""
    decided = PlaceDecision.objects.filter(location_id__in=location_ids).order_by("at", "id")
    return dict(decided.values_list("location_id", "kept_back"))


def places_kept_back() -> frozenset[UUID]:
    """Return the places that leave in no feed, by the identifiers of their locations."""
    return frozenset(Place.objects.filter(kept_back=True).values_list("location_id", flat=True))


def _write(found: Mapping[UUID, Read], coded: Mapping[str, str]) -> None:
    rows: dict[type[models.Model], list[models.Model]] = {}
    ours = taxonomy.terms_by_id()
    for service_id, it in found.items():
        for term in it.terms:
            known = ours.get(term.id)
            rows.setdefault(ServiceTerm, []).append(
                ServiceTerm(
                    service_id=service_id,
                    term_id=term.id,
                    taxonomy_id=term.taxonomy_id,
                    taxonomy=known.taxonomy if known else "",
                    key=known.key if known else "",
                    name=known.name if known else term.name,
                )
            )
        for each in it.hours:
            rows.setdefault(Opening, []).append(
                Opening(
                    service_id=service_id,
                    weekday=each.weekday,
                    opens_at=each.opens,
                    closes_at=each.closes,
                )
            )
        for name in it.areas:
            rows.setdefault(AreaCovered, []).append(
                AreaCovered(service_id=service_id, name=name, area=coded.get(name.casefold(), ""))
            )
    for model, made in rows.items():
        model._default_manager.bulk_create(made)


def _write_places(found: Mapping[UUID, Read]) -> None:
    """Write where services are given; of a place that is kept back neither postcode nor area."""
    places = [place for it in found.values() for place in it.places]
    areas = areas_of({standard_postcode(place.postcode) for place in places})
    kept_back = _kept_back(found)
    Place.objects.filter(service_id__in=list(found)).delete()
    services = list(Service.objects.filter(id__in=list(found)).only("id"))
    rows: list[Place] = []
    for service in services:
        given = [_place(service.id, place, areas, kept_back) for place in found[service.id].places]
        service.given_at = given_at(
            None if each.kept_back else PlaceAt(each.postcode, each.area) for each in given
        )
        rows += given
    Service.objects.bulk_update(services, ["given_at"], batch_size=AT_ONCE)
    Place.objects.bulk_create(rows)


def _place(
    service_id: UUID, place: ReadPlace, areas: Mapping[str, str], kept_back: set[UUID]
) -> Place:
    hidden = place.location_id in kept_back
    postcode = "" if hidden else standard_postcode(place.postcode)
    return Place(
        service_id=service_id,
        at_id=place.at_id,
        location_id=place.location_id,
        postcode=postcode,
        area=areas.get(postcode, ""),
        kept_back=hidden,
    )


def _kept_back(found: Mapping[UUID, Read]) -> set[UUID]:
    """Return which places are: as decided, or else where any service gives a safe place."""
    held = {place.location_id for it in found.values() for place in it.places}
    safe = {
        place.location_id
        for it in found.values()
        for place in it.places
        if any(term.id == SAFE for term in it.terms)
    }
    others = Place.objects.filter(location_id__in=held, service__terms__term_id=SAFE)
    safe |= set(others.exclude(service_id__in=list(found)).values_list("location_id", flat=True))
    decided = decisions(held)
    return {each for each in held if decided.get(each, each in safe)}


@transaction.atomic
def rebuild(by: Actor) -> int:
    """Derive every service again; return how many changed."""
    by.require("rebuild")
    before = _standing()
    derive(list(before))
    after = _standing()
    changed = [service_id for service_id, stood in before.items() if after[service_id] != stood]
    if changed:
        audit.record(
            by=by, action="provision.rebuilt", subject=("directory", None), count=len(changed)
        )
    return len(changed)


def _standing() -> dict[UUID, list[object]]:
    """Return what is derived of each service, for comparison."""
    held: dict[UUID, list[object]] = {}
    for row in Service.objects.values_list("id", "organisation__name", "given_at", *_COLUMNS):
        held[row[0]] = list(row)
    of: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
        (ServiceTerm, ("term_id", "taxonomy_id", "taxonomy", "key", "name")),
        (Opening, ("weekday", "opens_at", "closes_at")),
        (Place, ("at_id", "location_id", "postcode", "area", "kept_back")),
        (AreaCovered, ("name", "area")),
    )
    for model, columns in of:
        rows = model._default_manager.values_list("service_id", *columns)
        for service_id, *row in rows.order_by("service_id", *columns):
            held[service_id].append(tuple(row))
    return held

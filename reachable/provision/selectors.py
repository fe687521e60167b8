"""Questions about what is on offer. Services are no secret; where a safe place is, is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db.models import QuerySet

from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.provision.deriving import places_kept_back
from reachable.provision.loading import DECLINED, HELD, KEEPS, compare, without_others
from reachable.provision.models import Check, DirectoryFile, OpenFeed, Place, Service
from reachable.provision.rules.places import address_of, place_in
from reachable.provision.rules.reading import location_of, read, without_places
from reachable.provision.rules.standard import Json
from reachable.provision.searching import Asked, listed
from reachable.provision.sent_files import read_file
from reachable.provision.services import Where

READS = "directory.read"
SHELL = "the shell"
PER_PAGE = 50


@dataclass(frozen=True)
class ServiceFacts:
    """A service as it stands; `document` holds what this person may see of it."""

    id: UUID
    name: str
    organisation: str
    owner: str
    status: str
    minimum_age: float | None
    maximum_age: float | None
    missing: tuple[str, ...]
    terms: frozenset[tuple[str, str]]
    areas: tuple[str, ...]
    last_checked_at: datetime | None
    ended_at: datetime | None
    version: UUID | None
    document: Json
    near: int | None = None
    """How near it is, where that was asked."""


@dataclass(frozen=True)
class FoundServices:
    """A page of the services that were asked for."""

    services: list[ServiceFacts]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class CheckFacts:
    """What somebody was told when they last checked an entry."""

    checked_at: datetime
    checked_by: str
    capacity: str
    waiting_days: int | None
    referral: str
    evidence: str


@dataclass(frozen=True)
class HeldFile:
    """A file that waits for somebody to decide."""

    id: UUID
    agency: str
    file_name: str
    received_at: datetime
    services: int


@dataclass(frozen=True)
class FileFacts:
    """A file of services; while it is held, with the names of what it would change."""

    id: UUID
    agency: str
    file_name: str
    received_at: datetime
    sent_by: str
    state: str
    services: int
    said: tuple[str, ...]
    decided_at: datetime | None
    decided_by: str
    shrinks: bool = False
    newer: UUID | None = None
    """A file of the same agency that came since."""
    lacking: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The names of entries that do not say for which ages or where, and which of it."""
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        return self.state == HELD


def service(*, by: Actor, service_id: UUID) -> ServiceFacts:
    """Return a service, also one that its feed ceased to name."""
    by.require(READS)
    found = _with_parts(Service.objects.filter(id=service_id)).first()
    if found is None or found.current is None:
        raise NotFound
    return _facts(found, hidden=_hidden_from(by))


@dataclass(frozen=True)
class ListedService:
    """A service by its name."""

    id: UUID
    name: str


def listed_service(*, by: Actor, service_id: UUID) -> ListedService:
    """Return a service that is listed, by its name alone."""
    by.require(READS)
    found = Service.objects.filter(id=service_id, ended_at=None, current__isnull=False)
    name = found.values_list("name", flat=True).first()
    if name is None:
        raise NotFound
    return ListedService(service_id, name)


def services(*, by: Actor) -> list[ServiceFacts]:
    """Return every service that is listed, by name."""
    by.require(READS)
    hidden = _hidden_from(by)
    return [_facts(each, hidden) for each in _with_parts(listed(Asked()))]


def found_services(*, by: Actor, asked: Asked, number: int) -> FoundServices:
    """Return a page of the services that are asked for."""
    by.require(READS)
    found, hidden = listed(asked), _hidden_from(by)
    total = found.count()
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), pages)
    first = (number - 1) * PER_PAGE
    part = _with_parts(found)[first : first + PER_PAGE]
    return FoundServices([_facts(each, hidden) for each in part], number, pages, total)


def last_check(*, by: Actor, service_id: UUID) -> CheckFacts | None:
    by.require(READS)
    last = (
        Check.objects.filter(service_id=service_id)
        .select_related("checked_by")
        .order_by("-checked_at", "-id")
        .first()
    )
    if last is None:
        return None
    return CheckFacts(
        checked_at=last.checked_at,
        checked_by=last.checked_by.name if last.checked_by else SHELL,
        capacity=last.capacity,
        waiting_days=last.waiting_days,
        referral=last.referral,
        evidence=last.evidence,
    )


def kept_back_of(*, by: Actor, service_id: UUID) -> frozenset[str]:
    """Return which places of a service are kept back, for whoever may see where they are."""
    by.require(READS)
    if not by.can(KEEPS):
        return frozenset()
    hidden = places_kept_back()
    of = Place.objects.filter(service_id=service_id).values_list("location_id", flat=True)
    return frozenset(str(each) for each in of if each in hidden)


def service_at(*, by: Actor, location_id: UUID) -> UUID:
    """Return a service that is given at a place."""
    by.require(KEEPS)
    found = Place.objects.filter(location_id=location_id).order_by("service_id").first()
    if found is None:
        raise NotFound
    return found.service_id


def export(*, by: Actor) -> bytes:
    """Return the directory as one page of the standard, without places that are kept back.

    What goes into a file leaves the building, so this is so whoever asks.
    """
    by.require(READS)
    hidden = places_kept_back()
    every = Service.objects.filter(ended_at=None).select_related("current").order_by("id")
    contents = [
        without_places(orjson.loads(each.current.document), hidden)
        for each in every
        if each.current is not None
    ]
    return orjson.dumps(
        {
            "total_items": len(contents),
            "total_pages": 1,
            "page_number": 1,
            "size": len(contents),
            "first_page": True,
            "last_page": True,
            "empty": not contents,
            "contents": contents,
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS,
    )


def held_files(*, by: Actor) -> list[HeldFile]:
    """Return the files that wait for somebody to decide, the oldest first."""
    by.require(KEEPS)
    held = DirectoryFile.objects.filter(state=HELD).select_related("agency").order_by("received_at")
    return [
        HeldFile(each.id, each.agency.name, each.file_name, each.received_at, each.services)
        for each in held
    ]


def directory_file(*, by: Actor, file_id: UUID) -> FileFacts:
    """Return what a file says, and, while it waits for a decision, what it would change."""
    by.require(KEEPS)
    files = DirectoryFile.objects.select_related("agency", "sent_by", "decided_by")
    file = files.filter(id=file_id).first()
    if file is None:
        raise NotFound
    found = FileFacts(
        id=file.id,
        agency=file.agency.name,
        file_name=file.file_name,
        received_at=file.received_at,
        sent_by=file.sent_by.name if file.sent_by else SHELL,
        state=file.state,
        services=file.services,
        said=tuple(file.said),
        decided_at=file.decided_at,
        decided_by=file.decided_by.name if file.decided_by else SHELL if file.decided_at else "",
    )
    return _with_change(found, file) if found.is_held else found


def _with_change(found: FileFacts, file: DirectoryFile) -> FileFacts:
    mine = without_others(read_file(file.content.encode()), file.agency_id)
    change = compare(file.agency_id, mine.documents)
    listed = Service.objects.filter(id__in=change.ended)
    since = DirectoryFile.objects.filter(
        agency_id=file.agency_id, received_at__gt=file.received_at
    ).exclude(state=DECLINED)
    lacking = ((each["name"], read(each).missing) for each in mine.documents.values())
    return replace(
        found,
        services=len(mine.documents),
        said=tuple(mine.said),
        shrinks=change.shrinks,
        newer=since.order_by("-received_at").values_list("id", flat=True).first(),
        lacking=tuple(sorted(each for each in lacking if each[1])),
        new=_names(mine.documents, change.new),
        changed=_names(mine.documents, change.changed),
        ended=tuple(listed.order_by("name", "id").values_list("name", flat=True)),
    )


def _names(documents: Mapping[UUID, Json], ids: list[UUID]) -> tuple[str, ...]:
    return tuple(sorted(documents[each]["name"] for each in ids))


def place_of(*, by: Actor, service_id: UUID, at_id: UUID) -> Where:
    """Return a place of a service as whoever keeps the directory may write it anew."""
    by.require(KEEPS)
    at = place_in(service(by=by, service_id=service_id).document, at_id)
    if at is None:
        raise NotFound
    address, location_id = address_of(at), location_of(at)
    return Where(
        address=address.get("address_1", ""),
        town=address.get("city", ""),
        postcode=address.get("postal_code", ""),
        name=at.get("location", {}).get("name", ""),
        kept_back=location_id in places_kept_back(),
    )


def feed_is_open(*, by: Actor) -> bool:
    """Say whether everybody may read the directory without signing in: as last decided, else no."""
    del by
    last = OpenFeed.objects.order_by("-at", "-id").values_list("is_on", flat=True).first()
    return bool(last)


def _hidden_from(by: Actor) -> frozenset[UUID]:
    return frozenset() if by.can(KEEPS) else places_kept_back()


def _with_parts(found: QuerySet[Service, Any]) -> QuerySet[Service, Any]:
    related = found.select_related("current", "organisation", "owner")
    return related.prefetch_related("terms", "areas")


def _facts(found: Service, hidden: frozenset[UUID]) -> ServiceFacts:
    assert found.current is not None
    return ServiceFacts(
        id=found.id,
        name=found.name,
        organisation=found.organisation.name if found.organisation else "",
        owner=found.owner.name,
        status=found.status,
        minimum_age=found.minimum_age,
        maximum_age=found.maximum_age,
        missing=tuple(found.missing.split()),
        terms=frozenset((each.taxonomy, each.key) for each in found.terms.all() if each.key),
        areas=tuple(each.name for each in found.areas.all()),
        last_checked_at=found.last_checked_at,
        ended_at=found.ended_at,
        version=found.current_id,
        document=without_places(orjson.loads(found.current.document), hidden),
        near=getattr(found, "near", None),
    )

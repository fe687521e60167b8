"""What people decide about services: their words, their places, that they checked, who may read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.geography.rules import standard_postcode
from reachable.practice.time import When, say_when
from reachable.provision import taxonomy
from reachable.provision.deriving import SAFE, derive
from reachable.provision.loading import KEEPS
from reachable.provision.models import (
    Check,
    OpenFeed,
    Place,
    PlaceDecision,
    Service,
    ServiceTerm,
    ServiceVersion,
)
from reachable.provision.rules.places import with_place, without_place
from reachable.provision.rules.reading import location_of
from reachable.provision.rules.standard import STATUSES, Json, kept_of
from reachable.provision.rules.weekly import Week, with_areas, with_weeks
from reachable.provision.sent_files import NOTHING_CHANGED, in_canonical_form

OPENS = "directory.open"
CAPACITIES = ("free", "waiting_list", "full", "")


@dataclass(frozen=True)
class Draft:
    """What a person writes of a service; what else is known of it stays as it was."""

    name: str
    status: str
    description: str = ""
    email: str = ""
    url: str = ""
    minimum_age: float | None = None
    maximum_age: float | None = None
    terms: frozenset[tuple[str, str]] = frozenset()
    hours: tuple[Week, ...] | None = None
    """The hours of every week; None leaves them as they were."""
    areas: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Where:
    """A place as a person writes it."""

    address: str
    town: str
    postcode: str
    name: str = ""
    kept_back: bool = False


@dataclass(frozen=True)
class Told:
    """What somebody was told when they checked an entry."""

    capacity: str = ""
    waiting_days: int | None = None
    referral: str = ""
    evidence: str = ""


@transaction.atomic
def write_service(
    *, by: Actor, draft: Draft, service_id: UUID | None = None, seen: UUID | None = None
) -> UUID:
    """Write a new version of a service, or a first one; `seen` is the version that was looked at.

    Somebody's own entry belongs to their agency.
    """
    by.require(KEEPS)
    exclusive("directory")
    if service_id is None:
        service = Service(id=new_id(), owner_id=by.own_agency_id, listed_at=now())
        document = _written({"id": str(service.id)}, draft)
        service.save(force_insert=True)
    else:
        service = _seen(service_id, seen)
        document = _written(_document(service), draft)
    _put_down(by, service, document)
    return service.id


@transaction.atomic
def write_place(
    *, by: Actor, service_id: UUID, seen: UUID | None, where: Where, at_id: UUID | None = None
) -> None:
    """Write a new version of a service in which a place is new, or stands otherwise.

    That it is kept back is decided first, so that where it is is never in the clear.
    """
    by.require(KEEPS)
    exclusive("directory")
    service = _seen(service_id, seen)
    before = _document(service)
    if not standard_postcode(where.postcode):
        raise BadInput(f"“{where.postcode}” is no whole postcode.", kept=NOTHING_CHANGED)
    written = with_place(
        before,
        at_id,
        name=where.name.strip(),
        address=_address(where),
        make_id=new_id,
    )
    if written is None:
        raise NotFound
    document, at = written
    location_id = location_of(at)
    assert location_id is not None
    _decide_place(by, service_id, location_id, where.kept_back)
    _put_down(by, service, _judged(before, document))


@transaction.atomic
def remove_place(*, by: Actor, service_id: UUID, seen: UUID | None, at_id: UUID) -> None:
    """Write a new version of a service that is not given at a place any more."""
    by.require(KEEPS)
    exclusive("directory")
    service = _seen(service_id, seen)
    before = _document(service)
    document = without_place(before, at_id)
    if document is None:
        raise NotFound
    _put_down(by, service, _judged(before, document))


def _address(where: Where) -> Json:
    """Return an address with all that the standard requires; nobody is asked for the county."""
    return {
        "address_1": where.address.strip(),
        "city": where.town.strip(),
        "state_province": where.town.strip(),
        "postal_code": standard_postcode(where.postcode),
        "country": "GB",
    }


def _decide_place(by: Actor, service_id: UUID, location_id: UUID, kept_back: bool) -> None:
    """Decide whether a place is kept back, unless it stands so already or would of itself."""
    stands = Place.objects.filter(location_id=location_id).values_list("kept_back", flat=True)
    safe = ServiceTerm.objects.filter(service_id=service_id, term_id=SAFE)
    if (any(stands) if stands else safe.exists()) is kept_back:
        return
    PlaceDecision.objects.create(
        location_id=location_id, kept_back=kept_back, at=now(), by_id=by.id
    )
    audit.record(
        by=by,
        action="provision.kept_back" if kept_back else "provision.place_shown",
        subject=("location", location_id),
    )


def _seen(service_id: UUID, seen: UUID | None) -> Service:
    """Return a service whose current version is the one that was looked at."""
    service = _service(service_id)
    assert service.current is not None
    if service.current_id != seen:
        raise Conflict(
            "Somebody else, or a file, changed this entry meanwhile, "
            f"{say_when(When.at(service.current.made_at))}.",
            kept="Their words stand.",
            next="Look at them, then write yours again.",
        )
    return service


def _document(service: Service) -> Json:
    assert service.current is not None
    held: Json = orjson.loads(service.current.document)
    return held


def _put_down(by: Actor, service: Service, document: Json) -> None:
    """Keep a document as the newest version; the same again makes none."""
    text = in_canonical_form(document)
    if service.current is not None and service.current.document == text:
        derive([service.id])
        return
    version = ServiceVersion.objects.create(
        service=service, document=text, made_at=now(), made_by_id=by.id
    )
    Service.objects.filter(id=service.id).update(current=version)
    derive([service.id])
    audit.record(
        by=by, action="provision.written", subject=("service", service.id), version=version.id
    )


def _written(before: Json, draft: Draft) -> Json:
    if draft.status not in STATUSES:
        raise BadInput("Please choose how the service stands.", kept=NOTHING_CHANGED)
    ages = draft.minimum_age, draft.maximum_age
    if any(age is not None and not 0 <= age <= 130 for age in ages):
        raise BadInput("An age is from 0 to 130.", kept=NOTHING_CHANGED)
    if ages[0] is not None and ages[1] is not None and ages[0] > ages[1]:
        raise BadInput(
            f"The youngest age, {ages[0]:g}, is above the oldest, {ages[1]:g}.",
            kept=NOTHING_CHANGED,
        )
    written: Json = before | {
        "name": draft.name.strip(),
        "status": draft.status,
        "description": draft.description.strip(),
        "email": draft.email.strip(),
        "url": draft.url.strip(),
        "minimum_age": ages[0],
        "maximum_age": ages[1],
        "attributes": _attributes(before, draft) or None,
    }
    if draft.hours is not None:
        written = with_weeks(written, draft.hours, new_id)
    if draft.areas is not None:
        written = with_areas(written, draft.areas, new_id)
    return _judged(before, written)


def _judged(before: Json, written: Json) -> Json:
    """Return what the standard accepts, with the instant; `before` where nothing else changed."""
    document, said = kept_of(written | {"last_modified": now().isoformat(timespec="seconds")})
    if document is None or said:
        raise BadInput(" ".join(said), kept=NOTHING_CHANGED)
    same = {key: value for key, value in document.items() if key != "last_modified"}
    return before if same == {k: v for k, v in before.items() if k != "last_modified"} else document


def _attributes(before: Json, draft: Draft) -> list[Json]:
    """Keep what is described in the words of others, and put ours as they were chosen."""
    ours = taxonomy.terms_by_id()
    kept: list[Json] = []
    chosen = set(draft.terms)
    for attribute in before.get("attributes", []):
        held = attribute.get("taxonomy_term", {}).get("id")
        term = ours.get(UUID(held)) if held else None
        if term is None or (term.taxonomy, term.key) in chosen:
            kept.append(attribute)
        if term is not None:
            chosen.discard((term.taxonomy, term.key))
    for each in sorted(chosen):
        kept.append({"id": str(new_id()), "taxonomy_term": taxonomy.described(*each)})
    return kept


@transaction.atomic
def check_service(*, by: Actor, service_id: UUID, told: Told | None = None) -> UUID:
    """Note that somebody checked an entry today; what they were not told stays as last told."""
    by.require(KEEPS)
    service = _service(service_id)
    if told is None:
        last = Check.objects.filter(service=service).order_by("-checked_at", "-id").first()
        told = (
            Told(last.capacity, last.waiting_days, last.referral, last.evidence) if last else Told()
        )
    if told.capacity not in CAPACITIES:
        raise BadInput("Please choose whether there are places.", kept=NOTHING_CHANGED)
    at = now()
    check = Check.objects.create(
        service=service,
        checked_at=at,
        checked_by_id=by.id,
        capacity=told.capacity,
        waiting_days=told.waiting_days,
        referral=told.referral.strip(),
        evidence=told.evidence.strip(),
    )
    Service.objects.filter(id=service.id).update(last_checked_at=at)
    audit.record(by=by, action="provision.checked", subject=("service", service.id))
    return check.id


@transaction.atomic
def keep_back(*, by: Actor, location_id: UUID, kept_back: bool) -> None:
    """Decide that a place is kept out of every feed, or that it may be shown."""
    by.require(KEEPS)
    exclusive("directory")
    given = Place.objects.filter(location_id=location_id)
    here = set(given.values_list("service_id", flat=True))
    if not here:
        raise NotFound
    PlaceDecision.objects.create(
        location_id=location_id, kept_back=kept_back, at=now(), by_id=by.id
    )
    derive(here)
    audit.record(
        by=by,
        action="provision.kept_back" if kept_back else "provision.place_shown",
        subject=("location", location_id),
    )


@transaction.atomic
def switch_open_feed(*, by: Actor, on: bool) -> None:
    """Let everybody read the directory without signing in, or nobody."""
    by.require(OPENS)
    made = OpenFeed.objects.create(is_on=on, at=now(), by_id=by.id)
    audit.record(by=by, action="provision.feed_switched", subject=("open_feed", made.id), on=on)


def _service(service_id: UUID) -> Service:
    found = Service.objects.filter(id=service_id).select_related("current").first()
    if found is None:
        raise NotFound
    return found

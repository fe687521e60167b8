"""A file of services: what is kept of it, when a person decides first, and what it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.files.limits import say_size
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.provision.deriving import derive
from reachable.provision.models import DirectoryFile, Service, ServiceVersion
from reachable.provision.rules.feeds import is_held
from reachable.provision.rules.standard import Json, kept_of

KEEPS = "directory.keep"
NOTHING_CHANGED = "Nothing in the directory was changed."
LARGEST = 50_000_000
MOST_SAID = 200
LOADED, HELD, DECLINED = "loaded", "held", "declined"


@dataclass(frozen=True)
class Loaded:
    """What became of a file: how many entries were kept, how they changed, and what is said."""

    file_id: UUID
    state: str
    kept: int
    new: int
    changed: int
    ended: int
    said: tuple[str, ...]


def in_canonical_form(document: Json) -> str:
    """Return a document as it is kept: the same fields always give the same text."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def load(*, by: Actor, agency_id: UUID, file_name: str, content: bytes) -> Loaded:
    """Take in a file of an agency; it names all services that the agency has.

    One that names half as many as before, or fewer, is held until somebody decides.
    """
    by.require(KEEPS)
    exclusive("directory")
    sent = _entries(content)
    kept, said = _kept(sent, agency_id)
    listed = Service.objects.filter(owner_id=agency_id, ended_at=None, versions__file__isnull=False)
    held = is_held(listed=listed.distinct().count(), kept=len(kept))
    if not kept and not held:
        raise BadInput(
            "No entry of this file could be kept. " + " ".join(said[:3]),
            kept=NOTHING_CHANGED,
            next="Check that it is a file of services in Open Referral UK.",
        )
    file = DirectoryFile.objects.create(
        agency_id=agency_id,
        file_name=file_name[:200],
        digest=hashlib.sha256(content).hexdigest(),
        content=content.decode(),
        received_at=now(),
        sent_by_id=by.id,
        state=HELD if held else LOADED,
        services=len(kept),
        said=said[:MOST_SAID],
    )
    if held:
        audit.record(by=by, action="provision.held", subject=("directory_file", file.id))
        return Loaded(file.id, HELD, len(kept), 0, 0, 0, tuple(said))
    return _put_in(by, file, kept, said)


@transaction.atomic
def decide(*, by: Actor, file_id: UUID, load_it: bool) -> Loaded:
    """Load a file that is held after all, or leave it; either way it stays as it was sent."""
    by.require(KEEPS)
    exclusive("directory")
    file = DirectoryFile.objects.filter(id=file_id, state=HELD).first()
    if file is None:
        raise NotFound
    file.state = LOADED if load_it else DECLINED
    file.decided_at, file.decided_by_id = now(), by.id
    file.save(update_fields=["state", "decided_at", "decided_by"])
    if not load_it:
        audit.record(by=by, action="provision.declined", subject=("directory_file", file.id))
        return Loaded(file.id, DECLINED, file.services, 0, 0, 0, tuple(file.said))
    kept, said = _kept(_entries(file.content.encode()), file.agency_id)
    return _put_in(by, file, kept, said)


def _entries(content: bytes) -> list[object]:
    """Return the entries of a file: a list, a page of the standard's, or one service."""
    if len(content) > LARGEST:
        raise BadInput(
            f"This file has {say_size(len(content))}; {say_size(LARGEST)} is the most.",
            kept=NOTHING_CHANGED,
        )
    try:
        held: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise BadInput(
            "This file is not JSON, or it was cut short.",
            kept=NOTHING_CHANGED,
            next="Export it again as JSON in Open Referral UK.",
        ) from None
    if isinstance(held, dict):
        for name in ("contents", "services"):
            if isinstance(held.get(name), list):
                held = held[name]
                break
        else:
            held = [held]
    if not isinstance(held, list):
        raise BadInput(
            "This file holds no list of services.",
            kept=NOTHING_CHANGED,
            next="Check that it is a file of services in Open Referral UK.",
        )
    return held


def _kept(sent: list[object], agency_id: UUID) -> tuple[dict[UUID, Json], list[str]]:
    kept: dict[UUID, Json] = {}
    told: list[str] = []
    for at, entry in enumerate(sent, start=1):
        document, said = kept_of(entry)
        name = entry.get("name") if isinstance(entry, dict) else None
        called = f"Entry {at}{f' ({str(name)[:80]})' if name else ''}"
        told += [f"{called}: {sentence}" for sentence in said]
        if document is None:
            continue
        service_id = UUID(document["id"])
        if service_id in kept:
            told.append(f"{called}: its identifier came before in this file. It was left out.")
        else:
            kept[service_id] = document
    others = Service.objects.filter(id__in=list(kept)).exclude(owner_id=agency_id)
    for service_id, owner in others.values_list("id", "owner__name"):
        name = kept.pop(service_id)["name"]
        told.append(f"{name[:80]}: {owner} answers for this entry. It was left as it stands.")
    return kept, told


def _put_in(by: Actor, file: DirectoryFile, kept: Mapping[UUID, Json], said: list[str]) -> Loaded:
    at = now()
    known = dict(Service.objects.filter(owner_id=file.agency_id).values_list("id", "ended_at"))
    new = [service_id for service_id in kept if service_id not in known]
    Service.objects.bulk_create(
        [Service(id=each, owner_id=file.agency_id, listed_at=at) for each in new]
    )
    texts = {service_id: in_canonical_form(document) for service_id, document in kept.items()}
    before = _last_received(list(kept))
    changed = [each for each, text in texts.items() if before.get(each) != digest(text)]
    versions = [
        ServiceVersion(
            id=new_id(),
            service_id=each,
            document=texts[each],
            digest=digest(texts[each]),
            made_at=at,
            file=file,
        )
        for each in changed
    ]
    ServiceVersion.objects.bulk_create(versions)
    Service.objects.bulk_update(
        [Service(id=each.service_id, current_id=each.id) for each in versions], ["current"]
    )
    Service.objects.filter(id__in=[each for each in kept if known.get(each)]).update(ended_at=None)
    gone = Service.objects.filter(
        owner_id=file.agency_id, ended_at=None, versions__file__isnull=False
    ).exclude(id__in=list(kept))
    ended = Service.objects.filter(id__in=list(gone.values_list("id", flat=True))).update(
        ended_at=at
    )
    derive(changed)
    count = len(changed) - len(new)
    audit.record(
        by=by,
        action="provision.loaded",
        subject=("directory_file", file.id),
        new=len(new),
        changed=count,
        ended=ended,
    )
    return Loaded(file.id, LOADED, len(kept), len(new), count, ended, tuple(said))


def _last_received(service_ids: list[UUID]) -> dict[UUID, str]:
    """Return what each was when a feed last sent it: what it sends again changes no one's edit."""
    received = ServiceVersion.objects.filter(service_id__in=service_ids, file__isnull=False)
    return dict(received.order_by("made_at", "id").values_list("service_id", "digest"))

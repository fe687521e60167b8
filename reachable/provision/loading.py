"""A file of services: when a person decides first, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.provision.deriving import derive
from reachable.provision.models import DirectoryFile, Service, ServiceVersion
from reachable.provision.rules.feeds import is_held
from reachable.provision.rules.standard import Json
from reachable.provision.sent_files import (
    Sent,
    digest,
    in_canonical_form,
    read_file,
    refuse_nothing_kept,
)

KEEPS = "directory.keep"
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


@dataclass(frozen=True)
class Change:
    """What a file changes: the services that it adds, says anew, and ceases to name."""

    texts: Mapping[UUID, str]
    new: list[UUID]
    changed: list[UUID]
    ended: list[UUID]
    shrinks: bool
    """Half or more of what was listed would leave."""


def load(*, by: Actor, agency_id: UUID, file_name: str, content: bytes) -> Loaded:
    """Take in a file of an agency; it names all services that the agency has.

    One that names half as many as before, or fewer, is held until somebody decides.
    """
    by.require(KEEPS)
    sent = read_file(content)
    with transaction.atomic():
        file, mine, change = _received(by, agency_id, file_name, content, sent)
        if change.shrinks:
            audit.record(by=by, action="provision.held", subject=("directory_file", file.id))
            return Loaded(file.id, HELD, file.services, 0, 0, 0, tuple(mine.said))
        DirectoryFile.objects.filter(id=file.id).update(state=LOADED)
        return _put_in(by, file, mine, change)


def keep_file(*, by: Actor, agency_id: UUID, file_name: str, content: bytes) -> UUID:
    """Keep a file of an agency and change nothing: somebody looks first, and decides.

    The same file sent again while it waits is the one that waits.
    """
    by.require(KEEPS)
    sent = read_file(content)
    waiting = DirectoryFile.objects.filter(agency_id=agency_id, state=HELD)
    with transaction.atomic():
        exclusive("directory")
        for held in waiting:
            if held.content == content.decode():
                return held.id
        file, _, _ = _received(by, agency_id, file_name, content, sent)
        audit.record(by=by, action="provision.file_kept", subject=("directory_file", file.id))
    return file.id


def decide(*, by: Actor, file_id: UUID, load_it: bool) -> Loaded:
    """Load a file that is held after all, or leave it; either way it stays as it was sent."""
    by.require(KEEPS)
    held = DirectoryFile.objects.filter(id=file_id, state=HELD).first()
    if held is None:
        raise NotFound
    sent = read_file(held.content.encode()) if load_it else None
    with transaction.atomic():
        exclusive("directory")
        state = LOADED if load_it else DECLINED
        decided = {"state": state, "decided_at": now(), "decided_by": by.id}
        if not DirectoryFile.objects.filter(id=file_id, state=HELD).update(**decided):
            raise NotFound
        if sent is not None:
            mine = without_others(sent, held.agency_id)
            return _put_in(by, held, mine, compare(held.agency_id, mine.documents))
        audit.record(by=by, action="provision.declined", subject=("directory_file", file_id))
    return Loaded(file_id, DECLINED, held.services, 0, 0, 0, tuple(held.said))


def without_others(sent: Sent, agency_id: UUID) -> Sent:
    """Return what an agency may say: an entry that another answers for is left out."""
    others = Service.objects.filter(id__in=list(sent.documents)).exclude(owner_id=agency_id)
    documents, said = dict(sent.documents), list(sent.said)
    for service_id, owner in others.values_list("id", "owner__name"):
        name = documents.pop(service_id)["name"]
        said.append(f"{name[:80]}: {owner} answers for this entry. It was left as it stands.")
    return Sent(documents, said)


def compare(agency_id: UUID, documents: Mapping[UUID, Json]) -> Change:
    """Return what these documents of an agency change."""
    known = set(Service.objects.filter(owner_id=agency_id).values_list("id", flat=True))
    fed = Service.objects.filter(owner_id=agency_id, ended_at=None, versions__file__isnull=False)
    listed = set(fed.values_list("id", flat=True))
    texts = {service_id: in_canonical_form(each) for service_id, each in documents.items()}
    before = _last_received(list(texts))
    new = [each for each in texts if each not in known]
    changed = [
        each for each, text in texts.items() if each in known and before.get(each) != digest(text)
    ]
    shrinks = is_held(listed=len(listed), kept=len(texts))
    return Change(texts, new, changed, sorted(listed - texts.keys()), shrinks)


def _received(
    by: Actor, agency_id: UUID, file_name: str, content: bytes, sent: Sent
) -> tuple[DirectoryFile, Sent, Change]:
    """Keep a file as it was sent, and say what of it is the agency's own, and what it changes."""
    exclusive("directory")
    mine = without_others(sent, agency_id)
    change = compare(agency_id, mine.documents)
    if not mine.documents and not change.shrinks:
        refuse_nothing_kept(mine.said)
    file = DirectoryFile.objects.create(
        agency_id=agency_id,
        file_name=file_name[:200],
        content=content.decode(),
        received_at=now(),
        sent_by_id=by.id,
        state=HELD,
        services=len(mine.documents),
        said=mine.said[:MOST_SAID],
    )
    return file, mine, change


def _put_in(by: Actor, file: DirectoryFile, mine: Sent, change: Change) -> Loaded:
    at = now()
    Service.objects.bulk_create(
        [Service(id=each, owner_id=file.agency_id, listed_at=at) for each in change.new]
    )
    versions = [
        ServiceVersion(
            id=new_id(),
            service_id=each,
            document=change.texts[each],
            digest=digest(change.texts[each]),
            made_at=at,
            file=file,
        )
        for each in change.new + change.changed
    ]
    ServiceVersion.objects.bulk_create(versions)
    Service.objects.bulk_update(
        [Service(id=each.service_id, current_id=each.id) for each in versions], ["current"]
    )
    named = Service.objects.filter(id__in=list(change.texts))
    named.exclude(ended_at=None).update(ended_at=None)
    Service.objects.filter(id__in=change.ended).update(ended_at=at)
    derive(change.new + change.changed)
    audit.record(
        by=by,
        action="provision.loaded",
        subject=("directory_file", file.id),
        new=len(change.new),
        changed=len(change.changed),
        ended=len(change.ended),
    )
    return Loaded(
        file_id=file.id,
        state=LOADED,
        kept=len(mine.documents),
        new=len(change.new),
        changed=len(change.changed),
        ended=len(change.ended),
        said=tuple(mine.said),
    )


def _last_received(service_ids: list[UUID]) -> dict[UUID, str]:
    """Return what each was when a feed last sent it: what it sends again changes no one's edit."""
    received = ServiceVersion.objects.filter(service_id__in=service_ids, file__isnull=False)
    return dict(received.order_by("made_at", "id").values_list("service_id", "digest"))

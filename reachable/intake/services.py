"""Sending in: files, and signals from a phone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from reachable.access import closing, keys
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.files.whole import told_if_full, whole_file
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.intake import parts, writing
from reachable.intake.forgetting import forget as forget
from reachable.intake.happenings import FROM_A_PHONE, title_of
from reachable.intake.models import Delivery, Signal
from reachable.intake.owned import own_delivery
from reachable.intake.pipeline import Origin, take_in
from reachable.intake.preparing import Incoming
from reachable.intake.rules import making
from reachable.intake.rules.words import clean
from reachable.intake.specification import Feed
from reachable.intake.stored import ARRIVING, TABLES, remove_stored, stored_file, tables_folder
from reachable.intake.table_sets import (
    TableSet,
    specification_of,
    table_sets,
)
from reachable.moments.prepared import POLICE
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people
from reachable.people.rules import Identity
from reachable.people.selectors import NEEDS
from reachable.practice import guidance
from reachable.practice.time import When

CHUNK = 1 << 20
SIGNAL_FEED = "signal"
FOLDER = "folder"
"""The part of the system that takes files from the watched folder, and the door they come by."""
ABANDONED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Received:
    """A delivery; `again` when the same content came before, which counts once."""

    delivery_id: UUID
    again: bool


def receive(
    *,
    by: Actor,
    agency_id: UUID,
    feed: str,
    file_name: str,
    content: BinaryIO,
    history: bool = False,
    whole: bool = False,
    mapping_id: UUID | None = None,
) -> Received:
    """Keep a file as it came, and the mapping it is to be read with. Nothing is loaded yet.

    `whole` says of a set of tables that it is all that the agency holds, not only what changed.
    """
    by.require("intake.load")
    if not by.is_system and by.agency_id != agency_id:
        raise NotFound
    specification = _comes_by_itself(feed)
    if by.feeds and specification.key not in by.feeds:
        raise Forbidden(f"send files of the feed “{specification.title}” with this key")
    writing.require_for_file(by, specification.key, kept="Nothing was kept of it.")
    arrived, digest, size = _keep(content)
    try:
        if not size:
            raise BadInput(
                "The file is empty.",
                kept="Nothing was kept of it.",
                next="Export it again and look.",
            )
        with transaction.atomic():
            keys.confirm(by=by)
            delivery = Delivery.objects.create(
                agency_id=agency_id,
                feed=specification.key,
                file_name=clean(Path(file_name).name)[:200],
                digest=digest,
                size=size,
                sent_by_id=by.id if by.is_person else None,
                sent_with_id=by.id if by.is_key else None,
                door=_door(by),
                received_at=now(),
                history=history,
                whole=whole,
                read_as_id=mapping_id,
            )
            audit.record(
                by=by, action="intake.received", subject=("delivery", delivery.id), digest=digest
            )
            _put(arrived, delivery.id)
        return Received(delivery.id, again=False)
    except IntegrityError:
        earlier = Delivery.objects.get(agency_id=agency_id, feed=feed, digest=digest)
        _begin_again(by, earlier.id, arrived, history=history, whole=whole)
        return Received(earlier.id, again=True)
    finally:
        arrived.unlink(missing_ok=True)


def _comes_by_itself(key: str) -> Feed | TableSet:
    specification = specification_of(key)
    if isinstance(specification, Feed) and specification.of_set:
        raise BadInput(
            f"“{specification.title}” is a table that comes with others.",
            kept="Nothing was kept.",
            next=f"Send the whole set, {specification.of_set}.",
        )
    return specification


@transaction.atomic
def _begin_again(
    by: Actor, delivery_id: UUID, arrived: Path, *, history: bool, whole: bool
) -> None:
    """Let what stopped be tried again; while none of its rows counts, it is what it is sent as."""
    keys.confirm(by=by)
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.state == "loaded":
        return
    if not _is_stored(delivery):
        _put(arrived, delivery_id)
    before = (delivery.state, delivery.history, delivery.whole)
    if delivery.state == "failed":
        delivery.state, delivery.error = "received", ""
    if delivery.state == "received" and not _counts(delivery):
        delivery.history, delivery.whole = history, whole
    if (delivery.state, delivery.history, delivery.whole) != before:
        delivery.save(update_fields=["state", "error", "history", "whole"])
        audit.record(
            by=by,
            action="intake.received",
            subject=("delivery", delivery_id),
            digest=delivery.digest,
            again=True,
        )


def _counts(delivery: Delivery) -> bool:
    """Say whether rows of a delivery count already."""
    return bool(delivery.last_row) or delivery.parts.filter(last_row__gt=0).exists()


def _door(by: Actor) -> str:
    if by.is_system:
        return FOLDER if by.name == FOLDER else "shell"
    return "http" if by.is_key else "page"


def _is_stored(delivery: Delivery) -> bool:
    """Say whether the file is there whole: somebody may be reading it, so it is left alone then."""
    stored = stored_file(delivery.id)
    return stored.is_file() and stored.stat().st_size == delivery.size


def _put(arrived: Path, delivery_id: UUID) -> None:
    """Move a file to where its delivery looks for it, before what names it is committed."""
    target = stored_file(delivery_id)
    with told_if_full():
        target.parent.mkdir(parents=True, exist_ok=True)
        arrived.replace(target)


def _keep(content: BinaryIO) -> tuple[Path, str, int]:
    """Copy a stream into the inbox, with its digest and size; a full disk leaves nothing behind."""
    total, size = hashlib.sha256(), 0
    inbox = Path(settings.UPLOAD_DIR)
    with told_if_full():
        inbox.mkdir(parents=True, exist_ok=True)
    arriving = inbox / f"arriving-{new_id()}"
    with whole_file(arriving) as part, part.open("wb") as file:
        while chunk := content.read(CHUNK):
            total.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return arriving, total.hexdigest(), size


@transaction.atomic
def begin_loading(*, by: Actor, delivery_id: UUID) -> bool:
    """Say that a delivery is to be loaded; whoever works on it goes on from its checkpoint.

    False where that had been said already.
    """
    by.require("intake.load")
    keys.confirm(by=by)
    delivery = own_delivery(by, delivery_id, locked=True)
    if delivery.state in ("loaded", "loading"):
        return False
    writing.require_for_file(by, delivery.feed, kept="Nothing more of it was loaded.")
    if delivery.feed in table_sets():
        parts.refuse_out_of_order(delivery)
    delivery.state, delivery.worked_at, delivery.error = "loading", now(), ""
    delivery.begun_by_id = by.id if by.is_person else None
    delivery.begun_with_id = by.id if by.is_key else None
    delivery.save(update_fields=["state", "worked_at", "error", "begun_by", "begun_with"])
    audit.record(by=by, action="intake.begun", subject=("delivery", delivery.id))
    return True


def begun_with(*, by: Actor, key_id: UUID) -> list[UUID]:
    """Return the deliveries that a key began and that are still being loaded."""
    del by
    loading_now = Delivery.objects.filter(state="loading", begun_with_id=key_id)
    return list(loading_now.values_list("id", flat=True))


@transaction.atomic
def stop_loading(*, by: Actor, delivery_id: UUID, why: str) -> None:
    """Let a delivery wait for somebody who may load it; what was loaded stays."""
    delivery = own_delivery(by, delivery_id, locked=True)
    if delivery.state != "loading":
        return
    delivery.state, delivery.finished_at, delivery.error = "failed", now(), why
    delivery.save(update_fields=["state", "finished_at", "error"])
    audit.record(by=by, action="intake.failed", subject=("delivery", delivery_id))


@transaction.atomic
def discard(*, by: Actor, delivery_id: UUID) -> None:
    """Remove a file of which nothing was loaded, as when it was the wrong one."""
    by.require("intake.load")
    delivery = own_delivery(by, delivery_id, locked=True)
    if delivery.state not in ("received", "failed") or _counts(delivery):
        raise Conflict("This file is being loaded, or was loaded.", kept="Nothing was changed.")
    digest = delivery.digest
    delivery.delete()
    audit.record(by=by, action="intake.discarded", subject=("delivery", delivery_id), digest=digest)
    transaction.on_commit(lambda: remove_stored(delivery_id))


@transaction.atomic
def confirm_gone(*, by: Actor, delivery_id: UUID) -> None:
    """Say that what is gone from a set really was removed; it is withdrawn when loading goes on."""
    delivery = _asked_about(by, delivery_id)
    writing.require_for_file(by, delivery.feed, kept="What is missing from it stays as it was.")
    if later := parts.begun_later(delivery):
        raise Conflict(
            f"“{later.file_name}”, which came later, is being loaded, and says what is gone.",
            kept="Nothing was changed.",
            next="Look at that one when it is loaded.",
        )
    delivery.parts.filter(gone_asked__gt=0).update(
        state="loading", gone_asked=0, gone_confirmed=True
    )
    delivery.state, delivery.gone_asked, delivery.worked_at = "loading", 0, now()
    delivery.begun_by_id, delivery.begun_with_id = by.id if by.is_person else None, None
    delivery.save(update_fields=["state", "gone_asked", "worked_at", "begun_by", "begun_with"])
    audit.record(by=by, action="intake.gone_confirmed", subject=("delivery", delivery_id))


@transaction.atomic
def leave_gone(*, by: Actor, delivery_id: UUID) -> None:
    """Say that a set was cut short: what is missing from it stays as it was."""
    parts.leave_gone(_asked_about(by, delivery_id))
    audit.record(by=by, action="intake.gone_left", subject=("delivery", delivery_id))


def _asked_about(by: Actor, delivery_id: UUID) -> Delivery:
    by.require("intake.load")
    delivery = own_delivery(by, delivery_id, locked=True)
    if delivery.state != "loaded" or not delivery.gone_asked:
        raise Conflict("This has been decided already.", kept="Nothing was changed.")
    return delivery


@dataclass(frozen=True)
class Abandoned:
    """A load whose worker died, and who or which key began it: neither where the system did."""

    delivery_id: UUID
    begun_by: UUID | None
    begun_with: UUID | None


@transaction.atomic
def take_abandoned(*, by: Actor, besides: Collection[UUID]) -> list[Abandoned]:
    """Take up loads that nobody has worked on for a while, `besides` those that wait for a worker.

    Whoever took one up works on it from then on, so that two schedules at once do not both do.
    """
    left = Delivery.objects.select_for_update().filter(
        part_of=None, state="loading", worked_at__lt=now() - ABANDONED_AFTER
    )
    taken = list(left.exclude(id__in=besides))
    for delivery in taken:
        Delivery.objects.filter(id=delivery.id).update(worked_at=now())
        audit.record(by=by, action="intake.resumed", subject=("delivery", delivery.id))
    return [Abandoned(each.id, each.begun_by_id, each.begun_with_id) for each in taken]


@dataclass(frozen=True)
class PhoneSignal:
    """What somebody who is with a child says: who, what happened, where, how to reach them.

    `token` is made with the form, so that sending it twice counts once.
    """

    token: UUID
    kind: str
    family_name: str
    given_names: str
    birth_date: date | None
    where: str
    said: str
    reach: str
    postcode: str = ""
    communication_needs: str = ""
    happened_at: datetime | None = None


@transaction.atomic
def send_signal(*, by: Actor, signal: PhoneSignal) -> UUID:
    """Take in a signal; it opens or joins a moment at once. Returns the signal."""
    by.require("signals.send")
    if by.agency_id is None:
        raise NotFound
    kind = guidance.event_kind(signal.kind)
    if not kind.signal:
        raise BadInput("Please choose what happened.", kept="Nothing was sent.")
    for compartment in _written(signal, str(kind.compartment)):
        by.require_to_write(compartment, own=True)
    # Pressed twice, the second is also received second: nobody else comes in between.
    exclusive("people.identify")
    at = now()
    if signal.happened_at and signal.happened_at > at:
        raise BadInput("That time has not come yet.", kept="Nothing was sent.")
    row = _phone_row(by, signal, When.at(signal.happened_at or at), str(kind.compartment))
    origin = Origin(
        agency_id=by.agency_id,
        feed=SIGNAL_FEED,
        title=title_of(by.agency, None),
        received_at=at,
        sent_by=by.id,
        always_opens=True,
    )
    signal_id = take_in(by=by, origin=origin, rows=[row]).signal_ids[row.key_hash]
    audit.record(by=by, action="intake.signal_sent", subject=("signal", signal_id))
    return signal_id


def _written(signal: PhoneSignal, compartment: str) -> list[str]:
    """Return each compartment in which a signal says something: what happened, who it is about,
    and how they communicate."""
    written = [compartment]
    if any((signal.family_name, signal.given_names, signal.birth_date, signal.postcode)):
        written.append("identity")
    if signal.communication_needs:
        written.append(NEEDS)
    return written


def _phone_row(by: Actor, signal: PhoneSignal, when: When, compartment: str) -> Incoming:
    person = {
        "family_name": signal.family_name,
        "given_names": signal.given_names,
        "birth_date": signal.birth_date.isoformat() if signal.birth_date else "",
        "postcode": signal.postcode,
        "communication_needs": signal.communication_needs,
    }
    person = {name: value for name, value in person.items() if value}
    told = dict(zip(FROM_A_PHONE, (signal.said, signal.reach, by.name), strict=True))
    details = {name: value for name, value in told.items() if value}
    assert when.instant is not None
    content: dict[str, Any] = {
        **person,
        **details,
        "kind": signal.kind,
        "where": signal.where,
        "happened_at": when.instant.isoformat(),
    }
    # Pressing the button again a minute later says nothing new.
    moment_of_sending = set() if signal.happened_at else {"happened_at"}
    said = {name: value for name, value in content.items() if name not in moment_of_sending}
    identity: Identity = making.identity_of(person)
    key = str(signal.token)
    return Incoming(
        row_number=None,
        source_key="",
        key_hash=making.short_hash(f"{by.id}:{key}"),
        content=content,
        content_hash=making.short_hash(said),
        made=[making.Made(signal.kind, when, signal.where, compartment)],
        identity=identity,
        shown_name=making.shown_name(person),
        reference="",
        of_person="",
        partial=False,
        person=person,
        person_hash=making.short_hash(person),
        details=details,
    )


def tell_senders(*, by: Actor, moment_id: UUID, signal_ids: Sequence[UUID]) -> None:
    """Tell whoever sent a signal from a phone that somebody has taken it up."""
    senders = Signal.objects.filter(id__in=signal_ids, sent_by__isnull=False).values_list(
        "id", "sent_by_id"
    )
    notices.tell(
        by=by,
        tellings=[
            Telling(
                user_id,
                "signal.answered",
                ("signal", signal_id),
                f"answered:{moment_id}:{signal_id}",
            )
            for signal_id, user_id in senders
        ],
    )


def tell_of_summary(
    *, by: Actor, summary_id: UUID, signal_ids: Sequence[UUID], to_police: bool
) -> None:
    """Tell whoever sent these signals from a phone that they can read what came of them: nobody who
    has a conflict of interest with the child."""
    sent = Signal.objects.filter(id__in=signal_ids, sent_by__isnull=False)
    if not to_police:
        sent = sent.exclude(sent_by__agency__kind=POLICE)
    rows = list(sent.values_list("id", "sent_by_id", "record__person__now__current_id"))
    same = people.same_people(by=by, current_ids={child for *_, child in rows if child})
    shut = closing.closed(by=by, kind="person", same=same).conflicts
    notices.tell(
        by=by,
        tellings=[
            Telling(
                user_id,
                "signal.summary",
                ("signal", signal_id),
                f"summary:{summary_id}:{signal_id}",
            )
            for signal_id, user_id, child in rows
            if user_id not in shut.get(child, ())
        ],
    )


def tidy(*, by: Actor) -> int:
    """Remove files that nobody will load: half arrived when a process died, or loaded since.

    Only files older than a day, since a younger one may still be arriving.
    """
    del by
    inbox, before = Path(settings.UPLOAD_DIR), (now() - timedelta(days=1)).timestamp()
    waiting = Delivery.objects.exclude(state="loaded", gone_asked=0).values_list("id", flat=True)
    wanted = {
        path.relative_to(inbox)
        for delivery_id in waiting
        for path in (stored_file(delivery_id), tables_folder(delivery_id))
    }
    left = [
        path
        for path in inbox.rglob("*")
        if path.is_file()
        and path.stat().st_mtime < before
        and wanted.isdisjoint((one := path.relative_to(inbox), one.parent))
    ]
    for path in left:
        path.unlink(missing_ok=True)
    for folder in {*(path.parent for path in left), *_old_folders(inbox, before)}:
        if folder.suffix in (TABLES, ARRIVING) and folder.relative_to(inbox) not in wanted:
            with suppress(OSError):
                folder.rmdir()
    return len(left)


def _old_folders(inbox: Path, before: float) -> Iterator[Path]:
    for path in inbox.rglob("*"):
        if path.is_dir() and path.stat().st_mtime < before:
            yield path

"""The way of a signal: read, check, identify, record, notice, tell.

Reading and checking happen outside; what comes here is written in one transaction per batch,
together with the checkpoint, so that whatever was killed is either wholly done or not begun.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reachable.chronology import services as chronology
from reachable.chronology.services import Happening
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import bulk_insert_all, bulk_update
from reachable.foundation.ids import new_id
from reachable.foundation.time import today
from reachable.intake.models import Signal, SignalVersion
from reachable.intake.preparing import Incoming
from reachable.intake.rules.making import Made
from reachable.moments import rules as moment_rules
from reachable.moments import services as moments
from reachable.moments.noticing import Noticeable
from reachable.people import services as people
from reachable.people.identification import Claim, Identified

Values = tuple[Any, ...]
IDENTIFY = system("identify")


@dataclass(frozen=True)
class Origin:
    """Where a batch comes from. `history` opens no moments; a person's own signal always does."""

    agency_id: UUID
    feed: str
    title: str
    received_at: datetime
    delivery_id: UUID | None = None
    sent_by: UUID | None = None
    history: bool = False
    keep_unmatched_days: int = 30
    always_opens: bool = False


@dataclass
class Counts:
    """What a batch did; `signal_ids` are found by the hash of their key."""

    accepted: int = 0
    duplicates: int = 0
    events: int = 0
    moments: int = 0
    digest: str = ""
    signal_ids: dict[str, UUID] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    signal_id: UUID
    version: int
    content_hash: str
    record_id: UUID | None
    fresh: bool


@dataclass(slots=True)
class _Accepted:
    row: Incoming
    signal: _Known
    version: int
    openings: list[moment_rules.Opening | None]


def take_in(*, by: Actor, origin: Origin, rows: Sequence[Incoming]) -> Counts:
    """Write one batch in the caller's transaction, whose audit entry covers it."""
    accepted, counts = _sort_out(origin, rows)
    claims = [_claim(origin, each) for each in accepted]
    # Whoever sends may not look people up; identifying is the system's own, and its outcome hidden.
    found = people.identify(by=IDENTIFY, claims=claims)
    _write_signals(origin, accepted, found)
    events = _record(by, origin, accepted, found)
    counts.events = len(events)
    if not origin.history:
        counts.moments = moments.notice(by=by, events=_noticeable(origin, accepted, found, events))
    return counts


def _sort_out(origin: Origin, rows: Sequence[Incoming]) -> tuple[list[_Accepted], Counts]:
    """Tell new signals, new versions and duplicates apart, also within the batch."""
    known = {
        row[0]: _Known(*row[1:], fresh=False)
        for row in Signal.objects.filter(
            agency_id=origin.agency_id,
            feed=origin.feed,
            key_hash__in=[row.key_hash for row in rows],
        ).values_list("key_hash", "id", "version", "content_hash", "record_id")
    }
    counts, total = Counts(), hashlib.sha256()
    accepted: list[_Accepted] = []
    for row in rows:
        total.update(row.content_hash.encode())
        signal = known.get(row.key_hash)
        if signal is not None and signal.content_hash == row.content_hash:
            counts.duplicates += 1
            continue
        if signal is None:
            signal = known[row.key_hash] = _Known(new_id(), 0, "", None, fresh=True)
        signal.version += 1
        signal.content_hash = row.content_hash
        counts.accepted += 1
        openings = [_opening(origin, row, made) for made in row.made]
        # Only the newest version in a batch makes events; the earlier ones are kept as versions.
        accepted.append(_Accepted(row, signal, signal.version, openings))
    counts.digest = total.hexdigest()
    counts.signal_ids = {key_hash: signal.signal_id for key_hash, signal in known.items()}
    return accepted, counts


def _opening(origin: Origin, row: Incoming, made: Made) -> moment_rules.Opening | None:
    if origin.history:
        return None
    return moment_rules.opening(
        event_kind=made.kind,
        occurred=made.when,
        received_at=origin.received_at,
        birth_date=None if origin.always_opens else row.identity.birth_date,
    )


def _claim(origin: Origin, each: _Accepted) -> Claim:
    row = each.row
    return Claim(
        agency_id=origin.agency_id,
        reference=row.reference,
        signal=row.key_hash,
        identity=row.identity,
        shown_name=row.shown_name,
        content=row.person,
        content_hash=row.person_hash,
        received_at=origin.received_at,
        needed=any(each.openings),
    )


def _write_signals(
    origin: Origin, accepted: Sequence[_Accepted], found: Sequence[Identified | None]
) -> None:
    forget_on = today() + timedelta(days=origin.keep_unmatched_days)
    fresh: dict[UUID, Values] = {}
    changed: dict[UUID, Values] = {}
    versions = []
    for each, who in zip(accepted, found, strict=True):
        signal, row = each.signal, each.row
        record_id = who.record_id if who else None
        forget = None if who else forget_on
        versions.append(
            (
                *(new_id(), signal.signal_id, each.version, row.content),
                *(origin.received_at, origin.delivery_id, row.row_number),
            )
        )
        if signal.fresh:
            fresh[signal.signal_id] = (
                *(signal.signal_id, origin.agency_id, origin.feed, row.key_hash),
                *(row.source_key, row.content_hash, each.version, origin.received_at),
                *(record_id, origin.sent_by, forget),
            )
        else:
            changed[signal.signal_id] = (
                *(signal.signal_id, row.content_hash, each.version, record_id, forget),
            )
    bulk_update(
        Signal, "id", ["content_hash", "version", "record", "forget_on"], list(changed.values())
    )
    bulk_insert_all(
        (
            Signal,
            [
                *("id", "agency", "feed", "key_hash", "source_key", "content_hash", "version"),
                *("received_at", "record", "sent_by", "forget_on"),
            ],
            fresh.values(),
        ),
        (
            SignalVersion,
            ["id", "signal", "version", "content", "received_at", "delivery", "row_number"],
            versions,
        ),
    )


def _record(
    by: Actor,
    origin: Origin,
    accepted: Sequence[_Accepted],
    found: Sequence[Identified | None],
) -> dict[tuple[UUID, str], UUID]:
    happenings = []
    for each, who in zip(accepted, found, strict=True):
        if who is None or each.version != each.signal.version:
            continue
        label = f"{origin.title} {each.row.source_key}".strip()
        happenings += [
            Happening(
                signal_id=each.signal.signal_id,
                kind=made.kind,
                record_id=who.record_id,
                agency_id=origin.agency_id,
                compartment=made.compartment,
                when=made.when,
                received_at=origin.received_at,
                source=label,
                place=made.place,
                details=each.row.details,
            )
            for made in each.row.made
        ]
    revised = {each.signal.signal_id for each in accepted if not each.signal.fresh}
    return chronology.record(by=by, happenings=happenings, revised=revised)


def _noticeable(
    origin: Origin,
    accepted: Sequence[_Accepted],
    found: Sequence[Identified | None],
    events: dict[tuple[UUID, str], UUID],
) -> list[Noticeable]:
    noticeable = []
    for each, who in zip(accepted, found, strict=True):
        if who is None or each.version != each.signal.version:
            continue
        for made, opening in zip(each.row.made, each.openings, strict=True):
            if opening is not None:
                noticeable.append(
                    Noticeable(
                        event_id=events[each.signal.signal_id, made.kind],
                        signal_id=each.signal.signal_id,
                        kind=made.kind,
                        person_id=who.person_id,
                        current_id=who.current_id,
                        opening=opening,
                        received_at=origin.received_at,
                        postcode=each.row.identity.postcode,
                        revised=not each.signal.fresh,
                    )
                )
    return noticeable

"""The way of a signal: read, check, identify, record, notice, tell.

Reading and checking happen outside; what comes here is written in one transaction per batch,
together with the checkpoint, so that whatever was killed is either wholly done or not begun.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reachable.chronology import services as chronology
from reachable.chronology.services import Happening
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import bulk_insert_all, bulk_update
from reachable.foundation.ids import new_id
from reachable.foundation.questions import Question
from reachable.foundation.time import today
from reachable.intake import allocated, held, involving
from reachable.intake.happenings import happenings
from reachable.intake.models import Signal, SignalVersion
from reachable.intake.preparing import Incoming
from reachable.intake.rules.happening import is_withdrawn
from reachable.intake.rules.making import Made
from reachable.moments import rules as moment_rules
from reachable.moments import services as moments
from reachable.moments.noticing import Noticeable
from reachable.moments.rules import Opening
from reachable.moments.school_terms import school_terms
from reachable.moments.switches import rules_in_force
from reachable.people import services as people
from reachable.people.identification import Claim, Identified
from reachable.practice import guidance
from reachable.practice.calling import Rulebook
from reachable.practice.clocks import TermCalendar

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
    listed_by: UUID | None = None
    """Who keeps the list that this is, and so works with the children in it."""

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules in force while this is written; a person's own signal is answered by any."""
        return guidance.every_rule() if self.always_opens else rules_in_force()

    @cached_property
    def terms(self) -> TermCalendar:
        """The school terms by which clocks count while this is written."""
        return school_terms()


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
    last_version: int
    content_hash: str
    received_at: datetime
    newest_at: datetime
    news_at: datetime | None
    record_id: UUID | None
    sent_hash: str = ""
    fresh: bool = False


@dataclass(slots=True)
class _Accepted:
    row: Incoming
    signal: _Known
    version: int
    openings: list[Opening | None]
    kept: list[Mapping[str, Opening]]
    keeps: bool = False
    """Records somebody whom nobody knew, though it opens nothing."""
    said_before: bool = False

    @property
    def counts(self) -> bool:
        """Only the version received last says what happened; all others are kept beside it."""
        return self.version == self.signal.version


def take_in(*, by: Actor, origin: Origin, rows: Sequence[Incoming]) -> Counts:
    """Write one batch in the caller's transaction, whose audit entry covers it."""
    accepted, seen, counts = _sort_out(origin, rows)
    claims = [_claim(origin, each) for each in accepted]
    found, news = _identify(by, origin, accepted, claims)
    _write_signals(origin, accepted, found)
    _write_seen(seen)
    corrected = {
        each.signal.signal_id for each in accepted if each.counts and not each.signal.fresh
    }
    events = _record(by, origin, accepted, found, corrected)
    counts.events = len(events)
    allocated.follow(
        by=by, feed=origin.feed, signal_ids=[each.signal.signal_id for each in accepted]
    )
    noticeable = _noticeable(origin, accepted, found, events)
    # Who is allocated to a child may be held, and is to be asked first.
    brought_in = held.bring_in(by=by, keys=news)
    counts.moments = moments.notice(by=by, events=noticeable, corrected=corrected)
    happened_to = {who.current_id for each, who in zip(accepted, found, strict=True) if who}
    counts.moments += moments.reconsider(
        by=by, current_ids=happened_to | brought_in, signal_ids=corrected
    )
    if origin.listed_by and origin.delivery_id:
        involving.follow_list(
            by=by,
            keeper_id=origin.listed_by,
            delivery_id=origin.delivery_id,
            signal_ids=[counts.signal_ids[row.key_hash] for row in rows],
        )
    return counts


def _identify(
    by: Actor, origin: Origin, accepted: Sequence[_Accepted], claims: Sequence[Claim]
) -> tuple[list[Identified | None], set[int]]:
    """Say whom each row is about, and by which keys somebody can be found who was not before.

    Whoever sends may not look people up: identifying is the system's own, and its outcome hidden.
    """
    found = people.identify(by=IDENTIFY, claims=claims)
    news = {key for who in found if who for key in who.news}
    unknown = [
        at
        for at, who in enumerate(found)
        if who is None and claims[at].refers and claims[at].needed
    ]
    if unknown:
        news |= held.make_known(
            by=by,
            agency_id=origin.agency_id,
            feed=accepted[unknown[0]].row.of_person,
            references={claims[at].reference for at in unknown},
        )
        again = people.identify(by=IDENTIFY, claims=[claims[at] for at in unknown])
        for at, who in zip(unknown, again, strict=True):
            found[at] = who
    return found, news


def _sort_out(
    origin: Origin, rows: Sequence[Incoming]
) -> tuple[list[_Accepted], list[_Known], Counts]:
    """Tell new signals, new versions and duplicates apart, also within the batch.

    The second list is of signals that were known before.
    """
    at = origin.received_at
    known = _known_signals(origin, rows)
    counts, total = Counts(), hashlib.sha256()
    accepted: list[_Accepted] = []
    seen: dict[UUID, _Known] = {}
    for row in rows:
        total.update(row.content_hash.encode())
        signal = known.get(row.key_hash)
        if signal is None:
            signal = known[row.key_hash] = _Known(
                new_id(), 0, 0, "", at, at, None, None, fresh=True
            )
        elif not signal.fresh:
            seen[signal.signal_id] = signal
        # What was received earlier, and comes only now, changes nothing that was said since.
        newest = at >= signal.newest_at
        signal.received_at = min(signal.received_at, at)
        signal.newest_at = max(signal.newest_at, at)
        if newest:
            signal.sent_hash = row.sent_hash
        first_news = signal.news_at is None and not origin.history
        if not origin.history:
            signal.news_at = min(signal.news_at or at, at)
        if signal.content_hash == row.content_hash:
            counts.duplicates += 1
            if first_news:
                # Until now it came only as history, which calls nobody.
                accepted.append(_accepted(origin, row, signal, signal.version, said_before=True))
            continue
        signal.last_version += 1
        if newest:
            signal.version, signal.content_hash = signal.last_version, row.content_hash
        counts.accepted += 1
        accepted.append(_accepted(origin, row, signal, signal.last_version))
    counts.digest = total.hexdigest()
    counts.signal_ids = {key_hash: signal.signal_id for key_hash, signal in known.items()}
    return accepted, list(seen.values()), counts


def _known_signals(origin: Origin, rows: Sequence[Incoming]) -> dict[str, _Known]:
    known = _signals_known(
        agency_id=origin.agency_id, feed=origin.feed, key_hashes=[row.key_hash for row in rows]
    )
    return {key_hash: _Known(*facts) for key_hash, *facts in known}


@Question
def _signals_known(agency_id: Any, feed: Any, key_hashes: Any) -> QuerySet[Signal, Any]:
    return Signal.objects.filter(
        agency_id=agency_id, feed=feed, key_hash__among=key_hashes
    ).values_list(
        *("key_hash", "id", "version", "last_version", "content_hash", "received_at", "newest_at"),
        *("news_at", "record_id", "sent_hash"),
    )


def _accepted(
    origin: Origin, row: Incoming, signal: _Known, version: int, *, said_before: bool = False
) -> _Accepted:
    """Work out what a row calls for now, and what it called for when it was first received."""
    openings: list[Opening | None] = [None] * len(row.made)
    kept: list[Mapping[str, Opening]] = [{}] * len(row.made)
    keeps = False
    if version == signal.version:
        keeps = _keeps(origin, row)
        if not origin.history:
            openings = [_called_for(origin, row, made) for made in row.made]
        if not signal.fresh:
            kept = [_kept(origin, row, made, signal.received_at) for made in row.made]
    return _Accepted(row, signal, version, openings, kept, keeps, said_before)


def _keeps(origin: Origin, row: Incoming) -> bool:
    """Say whether a row alone is a reason to record somebody whom nobody knew.

    Past events are brought in to build up the record: what would have opened a moment is kept.
    """
    if is_withdrawn(row.content):
        return False
    return any(
        guidance.event_kind(made.kind).keeps
        or (
            origin.history
            and moment_rules.would_have_opened(
                called_by=origin.rulebook.alone(made.kind),
                occurred=made.when,
                birth_date=row.identity.birth_date,
            )
        )
        for made in row.made
    )


def _called_for(origin: Origin, row: Incoming, made: Made) -> Opening | None:
    if is_withdrawn(row.content):
        return None
    return moment_rules.opening(
        called_by=origin.rulebook.alone(made.kind),
        occurred=made.when,
        received_at=origin.received_at,
        birth_date=_born(origin, row),
        terms=origin.terms,
    )


def _kept(
    origin: Origin, row: Incoming, made: Made, received_at: datetime
) -> Mapping[str, Opening]:
    """What a moment was opened for stays so, also where the rule is in force no longer."""
    if is_withdrawn(row.content):
        return {}
    found = (
        moment_rules.opening(
            called_by=[rule],
            occurred=made.when,
            received_at=received_at,
            birth_date=_born(origin, row),
            terms=origin.terms,
        )
        for rule in guidance.every_rule().alone(made.kind)
    )
    return {opening.rule: opening for opening in found if opening}


def _born(origin: Origin, row: Incoming) -> date | None:
    return None if origin.always_opens else row.identity.birth_date


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
        # Of somebody known, a correction says who it is really, though it may come late.
        needed=any(each.openings)
        or each.keeps
        or (each.signal.record_id is not None and any(each.kept)),
        refers=bool(row.of_person),
        partial=row.partial,
    )


def _write_signals(
    origin: Origin, accepted: Sequence[_Accepted], found: Sequence[Identified | None]
) -> None:
    forget_on = today() + timedelta(days=origin.keep_unmatched_days)
    fresh: dict[UUID, Values] = {}
    changed: dict[UUID, Values] = {}
    versions = []
    keys: dict[bool, list[tuple[int, UUID]]] = {True: [], False: []}
    for each, who in zip(accepted, found, strict=True):
        signal, row = each.signal, each.row
        record_id = who.record_id if who else None
        forget = None if who else forget_on
        if not each.said_before:
            versions.append(
                (
                    *(new_id(), signal.signal_id, each.version, row.content),
                    *(origin.received_at, origin.delivery_id, row.row_number),
                )
            )
        if who is None and each.counts:
            found_by = held.keys_of(origin.agency_id, row.reference, row.identity)
            keys[signal.fresh] += [(key, signal.signal_id) for key in found_by]
        if signal.fresh:
            fresh[signal.signal_id] = (
                *(signal.signal_id, origin.agency_id, origin.feed, row.key_hash),
                *(row.source_key, row.content_hash, signal.version, signal.last_version),
                *(signal.received_at, signal.newest_at, signal.news_at),
                *(record_id, origin.sent_by, forget, signal.sent_hash),
            )
        elif each.counts:
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
                *("last_version", "received_at", "newest_at", "news_at"),
                *("record", "sent_by", "forget_on", "sent_hash"),
            ],
            fresh.values(),
        ),
        (
            SignalVersion,
            ["id", "signal", "version", "content", "received_at", "delivery", "row_number"],
            versions,
        ),
    )
    held.hold(fresh=keys[True], changed=keys[False])


def _write_seen(seen: Sequence[_Known]) -> None:
    """Keep when a signal was first and last received, also where it says nothing new."""
    bulk_update(
        Signal,
        "id",
        ["last_version", "received_at", "newest_at", "news_at", "sent_hash"],
        [
            (
                *(each.signal_id, each.last_version, each.received_at),
                *(each.newest_at, each.news_at, each.sent_hash),
            )
            for each in seen
        ],
    )


def _record(
    by: Actor,
    origin: Origin,
    accepted: Sequence[_Accepted],
    found: Sequence[Identified | None],
    corrected: set[UUID],
) -> dict[tuple[UUID, str], UUID]:
    found_events: list[Happening] = []
    for each, who in zip(accepted, found, strict=True):
        if who is None or not each.counts:
            continue
        found_events += happenings(
            each.row.made,
            signal_id=each.signal.signal_id,
            record_id=who.record_id,
            agency_id=origin.agency_id,
            received_at=origin.received_at,
            title=origin.title,
            source_key=each.row.source_key,
            details=each.row.details,
            news=each.signal.news_at is not None,
        )
    return chronology.record(by=by, happenings=found_events, revised=corrected)


def _noticeable(
    origin: Origin,
    accepted: Sequence[_Accepted],
    found: Sequence[Identified | None],
    events: dict[tuple[UUID, str], UUID],
) -> list[Noticeable]:
    noticeable = []
    for each, who in zip(accepted, found, strict=True):
        if who is None or not each.counts:
            continue
        signal, row = each.signal, each.row
        for made, opening, kept in zip(row.made, each.openings, each.kept, strict=True):
            if opening or kept:
                noticeable.append(
                    Noticeable(
                        event_id=events[signal.signal_id, made.kind],
                        signal_id=signal.signal_id,
                        kind=made.kind,
                        person_id=who.person_id,
                        current_id=who.current_id,
                        opening=opening,
                        received_at=origin.received_at,
                        postcode=row.identity.postcode or who.identity.postcode,
                        kept=kept,
                    )
                )
    return noticeable

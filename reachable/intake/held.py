"""Signals of somebody unknown, held for a while: brought in if the child becomes known meanwhile.

So it makes no difference which of a child's rows came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet

from reachable.access.selectors import agency_names
from reachable.audit import services as audit
from reachable.chronology import services as chronology
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import bulk_insert, bulk_update, exclusive
from reachable.foundation.questions import Question
from reachable.foundation.time import today
from reachable.intake import allocated
from reachable.intake.happenings import happenings, title_of
from reachable.intake.models import HeldKey, Signal, SignalVersion
from reachable.intake.rules import making
from reachable.intake.specification import feed as feed_of
from reachable.people import finding
from reachable.people import services as people
from reachable.people.identification import Claim, Identified
from reachable.people.rules import Identity, reference_key

IDENTIFY = system("identify")
RENEWED = 4000
"""Rows that are renewed at once."""


@dataclass(frozen=True, slots=True)
class _Held:
    signal_id: UUID
    agency_id: UUID
    feed: str
    source_key: str
    key_hash: str
    content: dict[str, Any]
    received_at: datetime
    news_at: datetime | None


def keys_of(agency_id: UUID, reference: str, identity: Identity) -> list[int]:
    """Return what a signal is found by."""
    keys = finding.keys_of(identity)
    if reference:
        keys.append(reference_key(str(agency_id), reference))
    return keys


def hold(*, fresh: Iterable[tuple[int, UUID]], changed: Iterable[tuple[int, UUID]]) -> None:
    """Keep (key, signal) pairs; a `changed` signal may have some of its keys from before."""
    again = dict.fromkeys(changed)
    if again:
        kept = HeldKey.objects.filter(signal_id__among={signal_id for _, signal_id in again})
        kept = kept.filter(key__among={key for key, _ in again})
        for pair in kept.values_list("key", "signal_id"):
            again.pop(pair, None)
    bulk_insert(HeldKey, ["key", "signal"], [*dict.fromkeys(fresh), *again])


def bring_in(*, by: Actor, keys: Iterable[int]) -> set[UUID]:
    """Record held signals that are found by `keys` and turn out to be of somebody known.

    What they say may tell who others are of, so it goes on until nothing is found any more. Alone
    they open no moments: what does is never held. Returns the people, as they stand now.
    """
    looked_at: set[int] = set()
    people_found: set[UUID] = set()
    while wanted := set(keys) - looked_at:
        looked_at |= wanted
        held = _found_by(wanted)
        if not held:
            break
        found = people.identify(by=IDENTIFY, claims=[claim_of(each) for each in held])
        pairs = [(each, who) for each, who in zip(held, found, strict=True) if who]
        _record(by, pairs)
        people_found |= {who.current_id for _, who in pairs}
        keys = [key for _, who in pairs for key in who.news]
    return people_found


def make_known(*, by: Actor, agency_id: UUID, feed: str, references: Iterable[str]) -> set[int]:
    """Record people of whom so far only a held row of `feed` speaks; return their keys."""
    hashes = [making.short_hash(reference) for reference in references]
    held = _with_content(Signal.objects.filter(key_hash__among=hashes, agency=agency_id, feed=feed))
    found = people.identify(by=IDENTIFY, claims=[claim_of(each, needed=True) for each in held])
    pairs = [(each, who) for each, who in zip(held, found, strict=True) if who]
    _record(by, pairs)
    return {key for _, who in pairs for key in who.news}


def renew(*, by: Actor, delivery_id: UUID, agency_id: UUID, feed: str, days: int) -> None:
    """Hold rows of a table for longer that came again with everything that an agency holds.

    Only those whose time is half over, so that it is not done every night.
    """
    day = today()
    old = Signal.objects.filter(
        agency_id=agency_id, feed=feed, record=None, forget_on__lt=day + timedelta(days=days // 2)
    ).exclude(sent_hash="")
    while True:
        with transaction.atomic():
            exclusive("people.identify")
            some = list(old.values_list("id", flat=True)[:RENEWED])
            if not some:
                return
            Signal.objects.filter(id__among=some).update(forget_on=day + timedelta(days=days))
            audit.record(
                by=by, action="intake.renewed", subject=("delivery", delivery_id), count=len(some)
            )


def sweep() -> None:
    """Remove keys of signals that are no longer held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM intake_heldkey WHERE NOT EXISTS (SELECT 1 FROM intake_signal s "
            "WHERE s.id = intake_heldkey.signal_id AND s.record_id IS NULL)"
        )


def claim_of(held: _Held, *, needed: bool = False) -> Claim:
    """Return whom a held signal speaks of, as when it came."""
    feed, content = feed_of(held.feed), held.content
    person = making.person_content(feed, content)
    return Claim(
        agency_id=held.agency_id,
        reference=content.get("local_id", ""),
        signal=held.key_hash,
        identity=making.identity_of(content),
        shown_name=making.shown_name(content),
        content=person,
        content_hash=making.short_hash(person),
        received_at=held.received_at,
        needed=needed,
        refers=bool(feed.of_person),
        partial=feed.partial,
    )


def _found_by(keys: set[int]) -> list[_Held]:
    ids = {signal_id for (signal_id,) in _held_by(keys=keys)}
    return _with_content(Signal.objects.filter(id__among=ids)) if ids else []


@Question
def _held_by(keys: Any) -> QuerySet[HeldKey, Any]:
    return HeldKey.objects.filter(key__among=keys).values_list("signal_id")


def _with_content(signals: Any) -> list[_Held]:
    rows = SignalVersion.objects.filter(
        signal__in=signals.filter(record=None), version=F("signal__version")
    ).values_list(
        *("signal_id", "signal__agency_id", "signal__feed", "signal__source_key"),
        *("signal__key_hash", "content", "received_at", "signal__news_at"),
    )
    found = [_Held(*row) for row in rows.order_by("received_at", "signal_id")]
    # What describes somebody comes before what only refers to them.
    return sorted(found, key=lambda each: bool(feed_of(each.feed).of_person))


def _record(by: Actor, pairs: Sequence[tuple[_Held, Identified]]) -> None:
    bulk_update(
        Signal, "id", ["record", "forget_on"], [(h.signal_id, w.record_id, None) for h, w in pairs]
    )
    names = agency_names({held.agency_id for held, _ in pairs})
    events = []
    for held, who in pairs:
        feed = feed_of(held.feed)
        events += happenings(
            making.made_by(feed, held.content),
            signal_id=held.signal_id,
            record_id=who.record_id,
            agency_id=held.agency_id,
            received_at=held.received_at,
            title=title_of(names[held.agency_id], feed),
            source_key=held.source_key,
            details=making.event_details(feed, held.content),
            news=held.news_at is not None,
        )
    chronology.record(by=by, happenings=events)
    by_feed: dict[str, list[UUID]] = {}
    for held, _ in pairs:
        by_feed.setdefault(held.feed, []).append(held.signal_id)
    for feed_key, signal_ids in by_feed.items():
        allocated.follow(by=by, feed=feed_key, signal_ids=signal_ids)

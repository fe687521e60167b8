"""Events and people, made again from what the accepted signals say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from reachable.access.selectors import agency_names
from reachable.audit import services as audit
from reachable.chronology import services as chronology
from reachable.chronology.selectors import fingerprints
from reachable.chronology.services import Happening
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.intake.happenings import FROM_A_PHONE, happenings, title_of
from reachable.intake.models import Signal, SignalVersion
from reachable.intake.rules import making
from reachable.intake.rules.making import Made
from reachable.intake.services import SIGNAL_FEED
from reachable.intake.specification import feed as feed_of
from reachable.people.rebuilding import PersonSaid
from reachable.practice import guidance
from reachable.practice.time import When

BATCH = 1000


def person_said(content: dict[str, Any]) -> PersonSaid:
    """Return what a row says of the person whom it is about."""
    return PersonSaid(
        making.short_hash(content), making.shown_name(content), making.identity_of(content)
    )


def rebuild_events(*, by: Actor) -> int:
    """Make every event again from the newest version of its signal; return how many changed."""
    changed, after = 0, None
    while True:
        with transaction.atomic():
            exclusive("people.identify")
            count, after = _rebuild_some(by, after)
        if after is None:
            return changed + count
        changed += count


def _rebuild_some(by: Actor, after: UUID | None) -> tuple[int, UUID | None]:
    held = Signal.objects.filter(record__isnull=False).order_by("id")
    if after is not None:
        held = held.filter(id__gt=after)
    signals = {signal.id: signal for signal in held[:BATCH]}
    if not signals:
        return 0, None
    before = fingerprints(by=by, signal_ids=signals)
    names = agency_names(signal.agency_id for signal in signals.values())
    chronology.record(by=by, happenings=list(_happenings(signals, names)), revised=list(signals))
    now_stands = fingerprints(by=by, signal_ids=signals)
    count = len(before.items() ^ now_stands.items())
    if count:
        audit.record(by=by, action="intake.rebuilt", subject=("partnership", None), count=count)
    return count, max(signals)


def _happenings(signals: dict[UUID, Signal], names: dict[UUID, str]) -> Iterator[Happening]:
    newest = SignalVersion.objects.filter(
        signal_id__in=list(signals), version=F("signal__version")
    ).values_list("signal_id", "content", "received_at")
    for signal_id, content, received_at in newest:
        signal = signals[signal_id]
        if signal.record_id is None:
            continue
        made, details, title = _said(signal, content, names[signal.agency_id])
        yield from happenings(
            made,
            signal_id=signal_id,
            record_id=signal.record_id,
            agency_id=signal.agency_id,
            received_at=received_at,
            title=title,
            source_key=signal.source_key,
            details=details,
            news=signal.news_at is not None,
        )


def _said(
    signal: Signal, content: dict[str, Any], agency: str
) -> tuple[list[Made], dict[str, Any], str]:
    """Return what a signal makes, what else it says, and what its source is called."""
    if signal.feed == SIGNAL_FEED:
        kind = guidance.event_kind(content["kind"])
        when = When.at(datetime.fromisoformat(content["happened_at"]))
        details = {key: content[key] for key in FROM_A_PHONE if content.get(key)}
        made = [Made(kind.key, when, content["where"], str(kind.compartment))]
        return made, details, title_of(agency, None)
    feed = feed_of(signal.feed)
    details = making.event_details(feed, content)
    return making.made_by(feed, content), details, title_of(agency, feed)

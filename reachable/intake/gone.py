"""Rows of a table that came before, and are gone from what an agency holds now.

What has gone was removed there, as a mistake, and is withdrawn here. Three things are not: a row so
old that the agency's export may no longer reach back to it; a row that says only who somebody is;
and, until a person confirms it, far more rows than anybody removes: then the export was cut short.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.time import today
from reachable.intake import parts
from reachable.intake.forgetting import forget_signals
from reachable.intake.models import Delivery, QuarantinedRow, Signal, SignalVersion
from reachable.intake.pipeline import Origin, take_in
from reachable.intake.preparing import DIGEST, Incoming, Known, incoming
from reachable.intake.rules import making
from reachable.intake.rules.check import Checked, content_hash
from reachable.intake.rules.happening import is_withdrawn
from reachable.intake.specification import Feed
from reachable.intake.specification import feed as feed_of
from reachable.intake.table_sets import set_of

AT_ONCE = 200
FEW, SHARE = 50, 0.05
"""Rows that may go without a question, and the share of the table that may."""


def known_rows(delivery: Delivery) -> Known:
    """Return the rows of a table as they came last, and of which keys a refused row waits."""
    held = Signal.objects.filter(agency_id=delivery.agency_id, feed=delivery.feed)
    rows = held.exclude(sent_hash="").order_by().values_list("sent_hash", "key_hash")
    waiting = QuarantinedRow.objects.filter(
        state="open", delivery__agency_id=delivery.agency_id, delivery__feed=delivery.feed
    ).exclude(key_hash="")
    return Known(
        b"".join(bytes.fromhex(sent + key) for sent, key in rows.iterator()),
        frozenset(map(bytes.fromhex, waiting.values_list("key_hash", flat=True))),
    )


def withdraw(
    *, by: Actor, origin: Origin, delivery_id: UUID, digests: bytes, held_back: frozenset[str]
) -> None:
    """Withdraw what has gone, a few at a time; too much of it waits for a person to confirm.

    `held_back` are keys of rows that the sender has and did not send: these have not gone.
    """
    delivery = Delivery.objects.get(id=delivery_id)
    sent = [digests[at : at + DIGEST].hex() for at in range(0, len(digests), DIGEST)]
    pieces = [sent[at : at + AT_ONCE] for at in range(0, len(sent), AT_ONCE)]
    if not delivery.gone_confirmed:
        missing = sum(len(_missing(delivery, piece, held_back)) for piece in pieces)
        held = Signal.objects.filter(agency_id=delivery.agency_id, feed=delivery.feed)
        if missing > max(FEW, SHARE * held.exclude(sent_hash="").count()):
            _ask(by, delivery, missing)
            return
    for piece in pieces:
        _withdraw_some(by, origin, delivery, piece, held_back)


def _missing(delivery: Delivery, sent: list[str], held_back: frozenset[str]) -> list[Signal]:
    """Signals of the table that did not come now; a row that came and was refused did come."""
    refused = QuarantinedRow.objects.filter(delivery=delivery).values("key_hash")
    missing = Signal.objects.filter(
        agency_id=delivery.agency_id, feed=delivery.feed, sent_hash__among=sent
    ).exclude(key_hash__in=refused)
    return [signal for signal in missing if signal.key_hash not in held_back]


@transaction.atomic
def _ask(by: Actor, delivery: Delivery, missing: int) -> None:
    # An earlier attempt may have come to an end after it had asked.
    more = missing - Delivery.objects.select_for_update().get(id=delivery.id).gone_asked
    if not more:
        return
    for each in filter(None, (delivery.id, delivery.part_of_id)):
        Delivery.objects.filter(id=each).update(gone_asked=F("gone_asked") + more)
    audit.record(
        by=by, action="intake.gone_asked", subject=("delivery", delivery.id), count=missing
    )


@transaction.atomic
def _withdraw_some(
    by: Actor, origin: Origin, delivery: Delivery, sent: list[str], held_back: frozenset[str]
) -> None:
    exclusive("people.identify")
    wanted = parts.is_wanted(Delivery.objects.select_for_update().get(id=delivery.id))
    missing = _missing(delivery, sent, held_back) if wanted else []
    if not missing:
        return
    unknown = [signal.id for signal in missing if signal.record_id is None]
    forget_signals(agency_id=origin.agency_id, feed=origin.feed, signal_ids=unknown)
    known = [signal for signal in missing if signal.record_id is not None]
    rows = list(_withdrawn(feed_of(delivery.feed), known))
    counts = take_in(by=by, origin=origin, rows=rows)
    # What was left as it was is not asked about again.
    Signal.objects.filter(id__among=[signal.id for signal in known]).update(sent_hash="")
    for each in filter(None, (delivery.id, delivery.part_of_id)):
        Delivery.objects.filter(id=each).update(gone=F("gone") + len(rows) + len(unknown))
    audit.record(
        by=by,
        action="intake.gone",
        subject=("delivery", delivery.id),
        count=len(rows) + len(unknown),
        digest=counts.digest,
    )


def _withdrawn(feed: Feed, signals: list[Signal]) -> Iterator[Incoming]:
    """Yield each signal as a row that says that it was withdrawn."""
    since = _reaches_back_to(feed)
    keys = {signal.id: signal.source_key for signal in signals}
    newest = SignalVersion.objects.filter(signal_id__among=keys, version=F("signal__version"))
    for signal_id, said in newest.values_list("signal_id", "content"):
        happened = [made.when.day for made in making.made_by(feed, said)]
        if is_withdrawn(said) or not happened or max(happened) < since:
            continue
        content = {**said, "record_status": "withdrawn"}
        yield incoming(feed, Checked(content, keys[signal_id], content_hash(content)), None)


def _reaches_back_to(feed: Feed) -> date:
    """The day from which on an export surely has everything; a year is left for doubt."""
    day = today()
    years = set_of(feed).reaches_back_years
    return day.replace(year=day.year - years + 1, day=min(day.day, 28))

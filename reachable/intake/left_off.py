"""Children who were on a panel's earlier lists and are not on its latest: its keeper says why.

Nothing closes a record but a person, and nothing keeps one open for ever unasked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.time import today
from reachable.intake import loading, writing
from reachable.intake.involving import BASIS, KEEPS_LIST, ListedChild, is_list, is_open, listed
from reachable.intake.models import Delivery, ListedSignal, QuarantinedRow, Signal, SignalVersion
from reachable.intake.owned import own_delivery
from reachable.intake.parts import count_in
from reachable.intake.pipeline import take_in
from reachable.intake.preparing import Incoming, incoming
from reachable.intake.rules.check import Checked, content_hash
from reachable.intake.specification import feed as feed_of
from reachable.people import selectors as people
from reachable.practice.time import LONDON


class Then(StrEnum):
    """Why a child is not on the latest list."""

    STILL = "still"
    CLOSED = "closed"
    MISTAKE = "mistake"


@dataclass(frozen=True)
class LeftOff:
    """A child who is open to the keeper by an earlier list, and on which list last."""

    signal_id: UUID
    child: ListedChild
    last_on: str
    last_came: date


def left_off(*, by: Actor, delivery_id: UUID) -> list[LeftOff]:
    """Return who was left off a list; nobody where it is not this person's latest."""
    by.require(KEEPS_LIST)
    delivery = own_delivery(by, delivery_id)
    if not _is_latest(by, delivery):
        return []
    before = _open_before(by, delivery)
    held = SignalVersion.objects.filter(signal_id__in=before, version=F("signal__version"))
    rows = [
        (signal_id, current, content)
        for signal_id, current, content in held.values_list(
            "signal_id", "signal__record__person__now__current_id", "content"
        )
        if current and is_open(content)
    ]
    names = people.names(by=by, current_ids=[current for _, current, _ in rows])
    found = [
        LeftOff(signal_id, listed(names[current], content), *before[signal_id])
        for signal_id, current, content in rows
        if current in names
    ]
    return sorted(found, key=lambda each: each.child.name.casefold())


def _is_latest(by: Actor, delivery: Delivery) -> bool:
    """Tell whether a list is the last that this person loaded; past lists ask nothing."""
    if not is_list(feed_of(delivery.feed)) or delivery.sent_by_id != by.id:
        return False
    later = _lists(delivery).filter(sent_by_id=by.id, received_at__gt=delivery.received_at)
    return delivery.state == "loaded" and not delivery.history and not later.exists()


def _lists(delivery: Delivery) -> Any:
    return Delivery.objects.filter(agency_id=delivery.agency_id, feed=delivery.feed, state="loaded")


def _open_before(by: Actor, delivery: Delivery) -> dict[UUID, tuple[str, date]]:
    """Return signals of earlier lists that are open to the keeper, with the last such list.

    It may be a list of a colleague who left, and handed it over to the keeper.
    """
    here = ListedSignal.objects.filter(delivery=delivery).values("signal_id")
    # A row that came and waits to be corrected did come.
    waiting = QuarantinedRow.objects.filter(delivery=delivery, state="open").values("key_hash")
    earlier = (
        ListedSignal.objects.filter(delivery__in=_lists(delivery))
        .exclude(signal_id__in=here)
        .exclude(signal__key_hash__in=waiting)
        .order_by("delivery__received_at")
        .values_list("signal_id", "delivery__file_name", "delivery__received_at")
    )
    last = {signal_id: (name, came.astimezone(LONDON).date()) for signal_id, name, came in earlier}
    involved = access.involved_because(by=by, user_id=by.own_id, basis=BASIS, because_of=list(last))
    return {signal_id: on for signal_id, on in last.items() if signal_id in involved}


@transaction.atomic
def answer(
    *, by: Actor, delivery_id: UUID, answers: Mapping[UUID, Then], closed_on: date | None
) -> None:
    """Close, take back or keep children who were left off a list, as its keeper says.

    It counts as if the list had said so. Who is not answered for stays open, and is asked about
    again.
    """
    exclusive("people.identify")
    asked = {each.signal_id: each for each in left_off(by=by, delivery_id=delivery_id)}
    if answers.keys() - asked.keys():
        raise Conflict(
            "Somebody answered for one of these children meanwhile, or a later list came.",
            kept="Nothing was changed.",
            next="Look at the page again.",
        )
    _check_day([asked[each] for each, then in answers.items() if then is Then.CLOSED], closed_on)
    delivery = own_delivery(by, delivery_id, locked=True)
    ListedSignal.objects.bulk_create(
        ListedSignal(delivery=delivery, signal_id=signal_id)
        for signal_id, then in answers.items()
        if then is Then.STILL
    )
    said = {each: then for each, then in answers.items() if then is not Then.STILL}
    rows = list(_rows(delivery, said, closed_on))
    for row in rows:
        writing.require_for_row(
            by, feed_of(delivery.feed), row, kept="All of them stay as they were."
        )
    counts = take_in(by=by, origin=loading.origin_of(delivery), rows=rows)
    count_in(delivery, events=counts.events, moments=counts.moments)
    audit.record(
        by=by,
        action="intake.left_off_answered",
        subject=("delivery", delivery.id),
        count=len(answers),
        digest=counts.digest,
    )


def _check_day(closed: list[LeftOff], closed_on: date | None) -> None:
    if not closed:
        return
    if closed_on is None or closed_on > today():
        raise BadInput(
            "There is no day on which the panel closed them, or it has not come yet.",
            kept="Nothing was changed.",
            next="Give the day of the meeting.",
        )
    later = [each.child.name for each in closed if (each.child.added_on or closed_on) > closed_on]
    if later:
        raise BadInput(
            f"{', '.join(later)} came onto the list after that day.",
            kept="Nothing was changed.",
            next="Give a later day, or answer for them by themselves.",
        )


def _rows(
    delivery: Delivery, said: Mapping[UUID, Then], closed_on: date | None
) -> Iterator[Incoming]:
    """Yield each signal as a row that says that the child is closed, or was entered in error."""
    feed = feed_of(delivery.feed)
    keys = dict(Signal.objects.filter(id__in=said).values_list("id", "source_key"))
    newest = SignalVersion.objects.filter(signal_id__in=said, version=F("signal__version"))
    for signal_id, before in newest.values_list("signal_id", "content"):
        if said[signal_id] is Then.CLOSED and closed_on:
            content = {**before, "closed_date": closed_on.isoformat()}
        else:
            content = {**before, "record_status": "withdrawn"}
        yield incoming(feed, Checked(content, keys[signal_id], content_hash(content)), None)

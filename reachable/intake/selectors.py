"""What came in, for whoever sent it, who never learns whether a child was known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from reachable.access import selectors as access
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import today
from reachable.intake.checking import CheckReport, check_file, headings_of
from reachable.intake.faults import answers_of, cells_now
from reachable.intake.loading import feed_as_read, mapping_of
from reachable.intake.models import Delivery, QuarantinedRow, Signal, SignalVersion
from reachable.intake.owned import own_deliveries, own_delivery
from reachable.intake.rules.together import Answer
from reachable.intake.set_checking import SetReport, check_set
from reachable.intake.specification import Feed
from reachable.intake.stored import stored_file
from reachable.intake.table_sets import (
    TableSet,
    everything_sent,
    feeds_of,
    specification_of,
    table_sets,
)
from reachable.moments.senders import Whereabouts, whereabouts
from reachable.practice import guidance

SHOWN = 50
PREVIEWED = 2_000


@dataclass(frozen=True)
class DeliveryFacts:
    """A file, how far it is, and what became of its rows: never of whom they are.

    Of the rows that were refused, `waiting` are open, `left_out` were set aside by a person, and
    `sent_again` came in a later file, which took their place.
    """

    id: UUID
    feed: Feed | TableSet
    file_name: str
    size: int
    sent_by: str
    received_at: datetime
    history: bool
    state: str
    last_row: int
    rows: int | None
    accepted: int
    quarantined: int
    duplicates: int
    finished_at: datetime | None
    error: str
    waiting: int
    left_out: int
    sent_again: int
    whole: bool
    gone: int
    gone_asked: int
    part_of: UUID | None
    mapping_id: UUID | None = None

    @property
    def table(self) -> Feed:
        """The feed of its rows; a set of tables has none of its own."""
        if isinstance(self.feed, TableSet):
            raise NotFound
        return self.feed

    @property
    def is_set(self) -> bool:
        return isinstance(self.feed, TableSet)

    @property
    def may_be_read_otherwise(self) -> bool:
        """Nothing of it counts yet, so that it can still be said which column is which."""
        untouched = self.state in ("received", "failed") and not self.last_row
        return untouched and not self.is_set and self.part_of is None


@dataclass(frozen=True)
class FeedFacts:
    """A feed, as this person's agency has sent it so far.

    `expected` says that an agency of its kind sends it, or that this one has.
    """

    feed: Feed | TableSet
    expected: bool
    last_received_at: datetime | None
    accepted: int
    waiting_rows: int

    @property
    def is_set(self) -> bool:
        return isinstance(self.feed, TableSet)


@dataclass(frozen=True)
class RefusedFacts:
    """A refused row with every reason: as it was sent, but for what was said of its whole file."""

    id: UUID
    delivery_id: UUID
    feed: Feed
    file_name: str
    row_number: int
    cells: list[tuple[str, str]]
    problems: list[dict[str, str]]
    state: str
    reason: str

    @property
    def _headings(self) -> dict[str, str]:
        return headings_of(self.feed, [heading for heading, _ in self.cells])

    @property
    def reference(self) -> str:
        """The sender's own number of what the row is about."""
        return self._said(self.feed.source_key)

    @property
    def called(self) -> str:
        """What tells this row from others: its number, and the name that it gives."""
        name = " ".join(filter(None, map(self._said, ("given_names", "family_name"))))
        return ", ".join(part for part in (self.reference, name) if part)

    def _said(self, column: str) -> str:
        return dict(self.cells).get(self._headings.get(column, ""), "").strip()

    def by_cell(self, problems: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
        """Return (the sender's heading or nothing, what is said about that cell)."""
        headings = self._headings
        return [
            (headings.get(each["column"], ""), f"{each['sentence']} {each['next']}".strip())
            for each in problems
        ]


@dataclass(frozen=True)
class SentSignal:
    """A signal that this person sent, and who has it now."""

    id: UUID
    kind: str
    name: str
    birth_date: date | None
    where: str
    said: str
    reach: str
    sent_at: datetime
    whereabouts: Whereabouts | None


def my_feeds(*, by: Actor) -> list[FeedFacts]:
    """Return every feed with what this agency sent of it."""
    by.require("intake.load")
    sent = {
        row["feed"]: row
        for row in own_deliveries(by)
        .values("feed")
        .annotate(last=Max("received_at"), rows=Sum("accepted"))
    }
    waiting: dict[str, int] = dict(
        QuarantinedRow.objects.filter(state="open", delivery__in=own_deliveries(by))
        .values_list("delivery__feed")
        .annotate(count=Count("id"))
    )
    kind = access.agency_kind(by=by)
    return [
        FeedFacts(
            feed=feed,
            expected=feed.agency_kind == kind or key in sent,
            last_received_at=sent.get(key, {}).get("last"),
            accepted=sent.get(key, {}).get("rows") or 0,
            waiting_rows=sum(waiting.get(each, 0) for each in feeds_of(key)),
        )
        for key, feed in everything_sent().items()
    ]


def my_deliveries(*, by: Actor) -> list[DeliveryFacts]:
    """Return the latest deliveries of this person's agency, newest first."""
    by.require("intake.load")
    held = own_deliveries(by).filter(part_of=None).select_related("sent_by", "sent_with")
    return _deliveries(list(held.order_by("-received_at")[:SHOWN]))


def files_to_correct(*, by: Actor) -> list[DeliveryFacts]:
    """Return deliveries of this person's agency with rows to correct, oldest first."""
    by.require("intake.load")
    waiting = QuarantinedRow.objects.filter(state="open", delivery__in=own_deliveries(by))
    held = (
        own_deliveries(by)
        .filter(id__in=waiting.values("delivery_id"))
        .select_related("sent_by", "sent_with")
    )
    return _deliveries(list(held.order_by("received_at")[:SHOWN]))


def delivery(*, by: Actor, delivery_id: UUID) -> DeliveryFacts:
    """Return one delivery of this person's own agency."""
    by.require("intake.load")
    found = own_deliveries(by).select_related("sent_by", "sent_with").filter(id=delivery_id).first()
    if found is None:
        raise NotFound
    return _deliveries([found])[0]


def parts_of(*, by: Actor, delivery_id: UUID) -> list[DeliveryFacts]:
    """Return the tables of a set, in the order in which they are loaded."""
    by.require("intake.load")
    held = own_deliveries(by).filter(part_of_id=delivery_id).select_related("sent_by")
    found = {facts.feed.key: facts for facts in _deliveries(list(held))}
    return [
        found[table.key]
        for tables in table_sets().values()
        for table in tables.tables
        if table.key in found
    ]


def counted(*, by: Actor, delivery_id: UUID) -> dict[str, int]:
    """Return what was counted of a delivery so far.

    How many events and moments came of it only the shell is told: it says how many of the children
    are known, which a sender does not learn.
    """
    by.require("intake.load")
    names = ["accepted", "quarantined", "duplicates", "last_row"]
    if by.is_system:
        names += ["events", "moments"]
    counts = own_deliveries(by).filter(id=delivery_id).values(*names).first()
    if counts is None:
        raise NotFound
    return dict(counts)


def preview(*, by: Actor, delivery_id: UUID) -> CheckReport | SetReport:
    """Say what would become of the first rows of a file, or of a set; nothing is written.

    Raises BadInput where the file cannot be read as its feed.
    """
    by.require("intake.load")
    found = own_delivery(by, delivery_id)
    feed = specification_of(found.feed)
    path = stored_file(found.id)
    if isinstance(feed, TableSet):
        return check_set(feed, path, today(), problems=3, most=PREVIEWED)
    read_as = mapping_of(found)
    return check_file(feed, path, today(), read_as=read_as, problems=10, most=PREVIEWED)


def refused_rows(*, by: Actor, delivery_id: UUID) -> list[RefusedFacts]:
    """Return the first open refused rows of one delivery of this person's agency."""
    by.require("intake.load")
    held = QuarantinedRow.objects.filter(
        delivery__in=own_deliveries(by), delivery_id=delivery_id, state="open"
    )
    rows = held.select_related("delivery__read_as").order_by("row_number")[:SHOWN]
    answers = answers_of(delivery_id)
    return [_refused(row, answers) for row in rows]


def refused_after(*, by: Actor, delivery_id: UUID, after: int, at_most: int) -> list[RefusedFacts]:
    """Return open refused rows of one delivery that follow a row number, for a program."""
    by.require("intake.load")
    held = QuarantinedRow.objects.filter(
        delivery__in=own_deliveries(by), delivery_id=delivery_id, state="open", row_number__gt=after
    )
    ordered = held.select_related("delivery__read_as").order_by("row_number")
    answers = answers_of(delivery_id)
    return [_refused(row, answers) for row in ordered[:at_most]]


def next_refused(*, by: Actor, delivery_id: UUID, after: int) -> UUID | None:
    """Return the open refused row that follows a row number, and after the last one the first."""
    by.require("intake.load")
    waiting = QuarantinedRow.objects.filter(
        delivery__in=own_deliveries(by), delivery_id=delivery_id, state="open"
    ).exclude(row_number=after)
    ids = waiting.order_by("row_number").values_list("id", flat=True)
    return ids.filter(row_number__gt=after).first() or ids.first()


def refused_row(*, by: Actor, row_id: UUID) -> RefusedFacts:
    by.require("intake.load")
    found = (
        QuarantinedRow.objects.filter(id=row_id, delivery__in=own_deliveries(by))
        .select_related("delivery__read_as")
        .first()
    )
    if found is None:
        raise NotFound
    return _refused(found, answers_of(found.delivery_id))


def my_signals(*, by: Actor) -> list[SentSignal]:
    """Return what this person sent from a phone, newest first, with who has it."""
    by.require("signals.send")
    return _sent(by, Signal.objects.filter(sent_by_id=by.own_id).order_by("-received_at")[:SHOWN])


def my_signal(*, by: Actor, signal_id: UUID) -> SentSignal:
    """Return one signal that this person sent; anybody else's is not found."""
    by.require("signals.send")
    found = _sent(by, Signal.objects.filter(sent_by_id=by.own_id, id=signal_id))
    if not found:
        raise NotFound
    return found[0]


@looks_beyond("who sent a signal of a moment that was found visible")
def who_sent(*, by: Actor, signal_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return signal → who sent it from a phone, of signals in a moment that `by` has found."""
    by.require("moments.hold")
    sent = Signal.objects.filter(id__in=list(signal_ids), sent_by__isnull=False)
    pairs = sent.values_list("id", "sent_by_id")
    return {signal: user for signal, user in pairs if user is not None}


def records_sent_by_hand(*, by: Actor) -> QuerySet[Signal, Any]:
    """Return, as a subquery, the records of `by`'s own signals from a phone: one for each."""
    sent = Signal.objects.filter(sent_by_id=by.own_id, record__isnull=False)
    return sent.values("record_id")


def totals(*, by: Actor) -> dict[str, int]:
    """Return signals and open refused rows of the whole partnership, for its summary."""
    by.require("figures.read")
    return {
        "signals": Signal.objects.count(),
        "quarantined": QuarantinedRow.objects.filter(state="open").count(),
    }


def _sender(row: Delivery) -> str:
    if row.sent_by:
        return row.sent_by.name
    if row.sent_with:
        return f"the key “{row.sent_with.name}”"
    return "the watched folder" if row.door == "folder" else "the shell"


def _deliveries(rows: Sequence[Delivery]) -> list[DeliveryFacts]:
    """What waits with a table of a set is counted of the set too."""
    ids = [row.id for row in rows]
    states = QuarantinedRow.objects.filter(
        Q(delivery_id__in=ids) | Q(delivery__part_of_id__in=ids)
    ).values_list("delivery_id", "delivery__part_of_id", "state")
    counted: Counter[tuple[UUID, str]] = Counter()
    for delivery_id, whole_id, state, count in states.annotate(count=Count("id")):
        counted[delivery_id, state] += count
        if whole_id:
            counted[whole_id, state] += count
    return [_delivery(row, counted) for row in rows]


def _delivery(row: Delivery, counted: Mapping[tuple[UUID, str], int]) -> DeliveryFacts:
    return DeliveryFacts(
        id=row.id,
        feed=specification_of(row.feed),
        file_name=row.file_name,
        size=row.size,
        sent_by=_sender(row),
        received_at=row.received_at,
        history=row.history,
        state=row.state,
        last_row=row.last_row,
        rows=row.rows,
        accepted=row.accepted,
        quarantined=row.quarantined,
        duplicates=row.duplicates,
        finished_at=row.finished_at,
        error=row.error,
        waiting=counted.get((row.id, "open"), 0),
        left_out=counted.get((row.id, "set_aside"), 0),
        sent_again=counted.get((row.id, "superseded"), 0),
        whole=row.whole,
        gone=row.gone,
        gone_asked=row.gone_asked,
        part_of=row.part_of_id,
        mapping_id=row.read_as_id,
    )


def _refused(row: QuarantinedRow, answers: Sequence[Answer]) -> RefusedFacts:
    feed = feed_as_read(row.delivery)
    return RefusedFacts(
        id=row.id,
        delivery_id=row.delivery_id,
        feed=feed,
        file_name=row.delivery.file_name,
        row_number=row.row_number,
        cells=cells_now(feed, row, answers),
        problems=row.problems,
        state=row.state,
        reason=row.reason,
    )


def _sent(by: Actor, signals: QuerySet[Signal]) -> list[SentSignal]:
    held = list(signals)
    said = {
        version.signal_id: version.content
        for version in SignalVersion.objects.filter(
            signal_id__in=[signal.id for signal in held], version=F("signal__version")
        )
    }
    who = whereabouts(by=by, signal_ids=[signal.id for signal in held])
    return [_sent_signal(signal, said[signal.id], who.get(signal.id)) for signal in held]


def _sent_signal(signal: Signal, content: dict[str, str], who: Whereabouts | None) -> SentSignal:
    born = content.get("birth_date")
    names = (content.get("given_names"), content.get("family_name"))
    return SentSignal(
        id=signal.id,
        kind=guidance.event_kind(content["kind"]).title,
        name=" ".join(name for name in names if name) or "Name not known",
        birth_date=date.fromisoformat(born) if born else None,
        where=content.get("where", ""),
        said=content.get("said", ""),
        reach=content.get("reach", ""),
        sent_at=signal.received_at,
        whereabouts=who,
    )

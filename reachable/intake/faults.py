"""What the refused rows of a file share, what would become of them, and what was said of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from reachable.foundation.actor import Actor
from reachable.foundation.time import today
from reachable.intake.checking import matched
from reachable.intake.loading import feed_as_read
from reachable.intake.models import BulkCorrection, Delivery, QuarantinedRow
from reachable.intake.owned import own_delivery
from reachable.intake.rules import together
from reachable.intake.rules.check import Checked, Content, Refused
from reachable.intake.rules.headings import BEYOND, Mismatch
from reachable.intake.rules.headings import Mapping as Headings
from reachable.intake.rules.problems import Problem, Reason
from reachable.intake.rules.together import Answer, Cells, Fault, Kind, check_answered, fault_of
from reachable.intake.specification import Feed

LOOKED_AT = 20_000
"""Rows of a file that a page looks at; whatever is done is done with all of them."""
EXAMPLES = 3
SAMPLES = 5
TRIED = 50
"""Rows with which each way of putting pieces together is tried."""


@dataclass
class FaultFacts:
    """A fault with how many rows share it, and the first of them in words.

    `texts` are the first cells of its column, as sent.
    """

    fault: Fault
    heading: str
    count: int = 0
    rows: list[tuple[UUID, int, str]] = field(default_factory=list)
    texts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class FaultsOfFile:
    """Every fault of a file, the most frequent first; `whole` where all rows were looked at."""

    faults: tuple[FaultFacts, ...]
    headings: tuple[str, ...]
    rows: int
    whole: bool


@dataclass(frozen=True)
class ReadAs:
    """A row as an answer reads it: the cell as sent, and everything that was understood."""

    row_number: int
    sent: str
    content: Content


@dataclass
class Prospect:
    """What would become of the rows of a fault."""

    rows: int = 0
    accepted: int = 0
    left_out: int = 0
    still: Counter[Fault] = field(default_factory=Counter)
    examples: dict[Fault, str] = field(default_factory=dict)
    samples: list[ReadAs] = field(default_factory=list)
    whole: bool = True

    @property
    def refused(self) -> int:
        return self.rows - self.accepted - self.left_out


@dataclass(frozen=True)
class Said:
    """An answer that somebody gave, and what came of it."""

    id: UUID
    answer: Answer
    heading: str
    reason: str
    by: str
    at: datetime
    state: str
    rows: int
    accepted: int
    left_out: int
    waiting: int
    error: str

    @property
    def done(self) -> int:
        return self.accepted + self.left_out + self.waiting


def faults(*, by: Actor, delivery_id: UUID) -> FaultsOfFile:
    """Group the reasons for which rows of this person's file wait."""
    delivery = _own(by, delivery_id)
    feed = feed_as_read(delivery)
    found: dict[Fault, FaultFacts] = {}
    headings: tuple[str, ...] = ()
    seen = 0
    answers = answers_of(delivery_id)
    for row in waiting_rows(delivery_id)[:LOOKED_AT].iterator(2000):
        seen += 1
        if len(row.cells) > len(headings):
            headings = tuple(heading for heading, _ in row.cells)
        for fault, sentence, heading, text in _problems(feed, row, answers):
            facts = found.setdefault(fault, FaultFacts(fault, heading))
            facts.count += 1
            facts.texts[text] += 1
            if len(facts.rows) < EXAMPLES and sentence not in [said for _, _, said in facts.rows]:
                facts.rows.append((row.id, row.row_number, sentence))
    ordered = sorted(found.values(), key=lambda facts: -facts.count)
    return FaultsOfFile(tuple(ordered), headings, seen, seen < LOOKED_AT)


def prospect(*, by: Actor, delivery_id: UUID, answer: Answer) -> Prospect:
    """Say what would become of the rows of a fault; nothing is written."""
    delivery = _own(by, delivery_id)
    feed, day = feed_as_read(delivery), today()
    before = answers_of(delivery_id)
    answers = together.remembered([*before, answer])
    found, seen = Prospect(), 0
    for row in waiting_rows(delivery_id)[:LOOKED_AT].iterator(2000):
        seen += 1
        if not has_fault(feed, row, answer.fault, before):
            continue
        found.rows += 1
        if answer.kind is Kind.LEAVE_OUT:
            found.left_out += 1
            continue
        _foresee(found, feed, row, answer, answers, day)
    found.whole = seen < LOOKED_AT
    return found


def cut_cells(*, by: Actor, delivery_id: UUID, fault: Fault) -> dict[str, str]:
    """Return cells that may have been cut in pieces, the likeliest first: heading, and then whole.

    Likeliest is what makes most of the first rows right once the pieces are together again.
    """
    feed, day = feed_as_read(_own(by, delivery_id)), today()
    before = answers_of(delivery_id)
    waiting = waiting_rows(delivery_id)[:LOOKED_AT].iterator(2000)
    rows = list(islice((row for row in waiting if has_fault(feed, row, fault, before)), TRIED))
    found: Counter[str] = Counter()
    whole: dict[str, str] = {}
    for heading in dict.fromkeys(heading for row in rows for heading, _ in row.cells):
        answers = [*before, Answer(Kind.JOIN, fault, heading)]
        again = [read_again(feed, row, answers, day) for row in rows]
        whole[heading] = dict(again[0][0]).get(heading, "")
        found[heading] = sum(isinstance(outcome, Checked) for _, outcome in again)
    likely = [heading for heading, count in found.most_common() if count]
    if not likely:
        likely = [each for each in found if each and not each.startswith(BEYOND)]
    return {heading: whole[heading] for heading in likely}


def _foresee(
    found: Prospect,
    feed: Feed,
    row: QuarantinedRow,
    answer: Answer,
    answers: Sequence[Answer],
    day: date,
) -> None:
    _, outcome = read_again(feed, row, answers, day)
    if isinstance(outcome, Checked):
        found.accepted += 1
        if len(found.samples) < SAMPLES:
            sent = dict(row.cells).get(_heading(feed, row, answer.fault.column), "")
            if sent and sent in [sample.sent for sample in found.samples]:
                return
            found.samples.append(ReadAs(row.row_number, sent, outcome.content))
        return
    for problem in outcome.problems:
        fault = Fault(problem.reason, problem.column)
        found.still[fault] += 1
        found.examples.setdefault(fault, problem.sentence)


def said(*, by: Actor, delivery_id: UUID) -> list[Said]:
    """Return what was said of the refused rows of this person's file, the latest first."""
    delivery = _own(by, delivery_id)
    held = list(delivery.bulk_corrections.select_related("begun_by").order_by("-begun_at", "-id"))
    if not held:
        return []
    row = QuarantinedRow.objects.filter(delivery_id=delivery_id).first()
    feed, headings = feed_as_read(delivery), dict[str, str]()
    if row is not None and not isinstance(found := headings_of_row(feed, row), Mismatch):
        headings = _by_column(found)
    return [
        Said(
            id=each.id,
            answer=(answer := Answer.from_json(each.answer)),
            heading=headings.get(answer.fault.column, answer.fault.column),
            reason=each.reason,
            by=each.begun_by.name if each.begun_by else "the shell",
            at=each.begun_at,
            state=each.state,
            rows=each.rows,
            accepted=each.accepted,
            left_out=each.left_out,
            waiting=each.waiting,
            error=each.error,
        )
        for each in held
    ]


def waiting_rows(delivery_id: UUID) -> QuerySet[QuarantinedRow]:
    """The open refused rows of a file, in their order."""
    return QuarantinedRow.objects.filter(delivery_id=delivery_id, state="open").order_by(
        "row_number"
    )


def answers_of(delivery_id: UUID) -> tuple[Answer, ...]:
    """Return what was said of a file and still counts for it: for that file, and no other."""
    held = BulkCorrection.objects.filter(delivery_id=delivery_id).order_by("begun_at", "id")
    return together.remembered(map(Answer.from_json, held.values_list("answer", flat=True)))


def cells_now(feed: Feed, row: QuarantinedRow, answers: Sequence[Answer]) -> Cells:
    """Return the cells of a refused row with what was said of its file taken into account."""
    return read_again(feed, row, answers, today())[0] if answers else _cells(row)


def has_fault(feed: Feed, row: QuarantinedRow, fault: Fault, answers: Sequence[Answer]) -> bool:
    """Tell whether a row waits because of a fault."""
    return any(each == fault for each, _, _, _ in _problems(feed, row, answers))


def read_again(
    feed: Feed, row: QuarantinedRow, answers: Sequence[Answer], day: date
) -> tuple[Cells, Checked | Refused]:
    """Check a refused row with what was said of its file."""
    headings, cells = headings_of_row(feed, row), _cells(row)
    if isinstance(headings, Mismatch):
        kept = tuple(_as_problem(each) for each in row.problems)
        return cells, Refused(kept, row.source_key, row.key_hash)
    return check_answered(feed, headings, cells, answers, day)


def headings_of_row(feed: Feed, row: QuarantinedRow) -> Headings | Mismatch:
    return matched(feed, tuple(heading for heading, _ in row.cells))


def _as_problem(held: Mapping[str, str]) -> Problem:
    return Problem(held["column"], Reason(held["reason"]), held["sentence"], held["next"])


def _cells(row: QuarantinedRow) -> Cells:
    return [(heading, text) for heading, text in row.cells]


def _problems(
    feed: Feed, row: QuarantinedRow, answers: Sequence[Answer]
) -> Iterator[tuple[Fault, str, str, str]]:
    """Yield each fault of a row once, with its sentence, its heading and the cell as sent.

    Cells that were cut in pieces stand where they belong, once somebody said which one was cut.
    """
    headings, sent = headings_of_row(feed, row), _cells(row)
    joins = [answer for answer in answers if answer.kind is Kind.JOIN]
    if joins and not isinstance(headings, Mismatch):
        sent = together.answered(feed, headings, sent, joins)
    cells, told = dict(sent), set()
    for problem in row.problems:
        heading = _heading(feed, row, problem["column"])
        fault = fault_of(problem, cells, heading)
        if fault not in told:
            told.add(fault)
            yield fault, problem["sentence"], heading, cells.get(heading, "")


def _heading(feed: Feed, row: QuarantinedRow, column: str) -> str:
    headings = headings_of_row(feed, row)
    return "" if isinstance(headings, Mismatch) else _by_column(headings).get(column, "")


@lru_cache(maxsize=32)
def _by_column(headings: Headings) -> dict[str, str]:
    return {name: headings.headings[place] for name, place in headings.places}


def _own(by: Actor, delivery_id: UUID) -> Delivery:
    by.require("intake.load")
    return own_delivery(by, delivery_id)

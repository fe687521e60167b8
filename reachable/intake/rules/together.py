"""What a person can say once of many refused rows, and what each row says then.

An answer changes the cells of a row as somebody would who corrects it by hand; the row is then
checked as any other. Which answers make sense follows from the reason of the refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from reachable.intake.rules.check import Checked, Refused, check_row
from reachable.intake.rules.dates import YEAR_FIRST, read_date
from reachable.intake.rules.headings import BEYOND
from reachable.intake.rules.headings import Mapping as Headings
from reachable.intake.rules.problems import Problem, Reason
from reachable.intake.rules.words import clean, is_not_known, word_key

if TYPE_CHECKING:
    from reachable.intake.specification import Column, Feed

Cells = list[tuple[str, str]]
"""The sender's heading and the text of each cell, in their order."""

ORDERS = ("day-month-year", "month-day-year", YEAR_FIRST)
_SERIAL_BEGINS = date(1899, 12, 30)
_SERIALS = range(10_000, 100_000)


class Kind(StrEnum):
    """What an answer says."""

    ORDER = "order"
    SERIAL = "serial"
    CODE = "code"
    FILL = "fill"
    EMPTY = "empty"
    SHORTEN = "shorten"
    JOIN = "join"
    LEAVE_OUT = "leave_out"


OFFERED: Mapping[Reason, tuple[Kind, ...]] = {
    Reason.NO_VALUE: (Kind.FILL,),
    Reason.NO_NAME: (),
    Reason.TOO_MANY_CELLS: (Kind.JOIN,),
    Reason.TOO_LONG: (Kind.SHORTEN,),
    Reason.UNREADABLE: (),
    Reason.CODE_UNKNOWN: (Kind.CODE,),
    Reason.DATE_UNREADABLE: (Kind.ORDER, Kind.EMPTY),
    Reason.DATE_AMBIGUOUS: (Kind.ORDER, Kind.EMPTY),
    Reason.DATE_ORDER: (Kind.ORDER, Kind.EMPTY),
    Reason.DATE_NUMBER: (Kind.SERIAL, Kind.EMPTY),
    Reason.DATE_YEAR: (Kind.EMPTY,),
    Reason.DATE_FUTURE: (Kind.ORDER, Kind.EMPTY),
    Reason.BORN_AFTER: (Kind.ORDER, Kind.EMPTY),
    Reason.WRONG_ORDER: (Kind.ORDER, Kind.EMPTY),
    Reason.NUMBER_SHORTENED: (Kind.EMPTY,),
    Reason.NO_RESULT: (Kind.EMPTY,),
    Reason.NOT_FOUND: (),
}
"""For each reason the answers that can be true of many rows at once.

Leaving out is offered for all of them. Names, digits that were lost, and rows that could not be
told into cells differ from row to row: nobody can say once what they are.
"""


@dataclass(frozen=True)
class Fault:
    """A reason that many rows of a file share: in which column, and for codes with which word."""

    reason: Reason
    column: str = ""
    word: str = ""

    @property
    def key(self) -> str:
        """Name it in an address, without what a cell said."""
        told = sha256(self.word.encode()).hexdigest()[:8] if self.word else ""
        return "-".join((self.reason, self.column, told))


@dataclass(frozen=True)
class Answer:
    """What somebody said of a fault.

    `value` is an order of dates, a code, or the heading of the cell that was cut in pieces.
    """

    kind: Kind
    fault: Fault
    value: str = ""

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "value": self.value, **asdict(self.fault)}

    @classmethod
    def from_json(cls, held: Mapping[str, str]) -> Answer:
        fault = Fault(Reason(held["reason"]), held["column"], held["word"])
        return cls(Kind(held["kind"]), fault, held["value"])


def offered(feed: Feed, fault: Fault) -> tuple[Kind, ...]:
    """Return the answers that make sense for a fault, besides leaving its rows out."""
    column = feed.column(fault.column) if fault.column else None
    kinds = OFFERED.get(fault.reason, ())
    return tuple(kind for kind in kinds if column is None or _fits(kind, column, feed))


def _fits(kind: Kind, column: Column, feed: Feed) -> bool:
    if kind is Kind.EMPTY:
        return column.need != "value"
    if kind is Kind.FILL:
        return column.type == "code"
    if kind is Kind.SHORTEN:
        return column.type == "text" and column.name != feed.source_key
    return True


def fault_of(problem: Mapping[str, str], cells: Mapping[str, str], heading: str) -> Fault:
    """Return which fault a kept problem is; `heading` is that of its column, if it has one."""
    reason = Reason(problem["reason"])
    word = word_key(clean(cells.get(heading, ""))) if reason is Reason.CODE_UNKNOWN else ""
    return Fault(reason, problem["column"], word)


def answered(feed: Feed, headings: Headings, cells: Cells, answers: Iterable[Answer]) -> Cells:
    """Return the cells as they are once what was said of their columns is taken into account."""
    places = dict(headings.places)
    for answer in answers:
        if answer.kind is Kind.JOIN:
            cells = _joined(cells, answer.value)
            continue
        place = places.get(answer.fault.column)
        if place is None or place >= len(cells):
            continue
        heading, text = cells[place]
        said = answered_text(feed.column(answer.fault.column), text, answer)
        if said is not None:
            cells = [*cells[:place], (heading, said), *cells[place + 1 :]]
    return cells


def answered_text(column: Column, text: str, answer: Answer) -> str | None:
    """Return what a cell says by an answer, or None where the answer is not about it."""
    text = clean(text)
    if answer.kind is Kind.ORDER:
        found = read_date(text, answer.value) if text else None
        return f"{found.day} {found.clock}".strip() if found and found.day else None
    if answer.kind is Kind.SERIAL:
        return _serial(text)
    if answer.kind is Kind.CODE:
        return answer.value if word_key(text) == answer.fault.word else None
    if answer.kind is Kind.FILL:
        return answer.value if is_not_known(text) else None
    if answer.kind is Kind.SHORTEN:
        return text[: column.longest].rstrip() if len(text) > column.longest else None
    return None


def _serial(text: str) -> str | None:
    """Read a number as Excel counts days, with the time of day behind the point."""
    try:
        number = float(text)
    except ValueError:
        return None
    if number // 1 not in _SERIALS:
        return None
    days, minutes = divmod(round(number * 24 * 60), 24 * 60)
    said = (_SERIAL_BEGINS + timedelta(days=days)).isoformat()
    return f"{said} {minutes // 60:02d}:{minutes % 60:02d}" if minutes else said


def _joined(cells: Cells, heading: str) -> Cells:
    """Put the pieces of a cell together that was cut by separators inside it."""
    texts = [text for _, text in cells]
    width = sum(not each.startswith(BEYOND) for each, _ in cells)
    pieces = max((at + 1 for at, text in enumerate(texts) if text.strip()), default=0) - width
    place = next((at for at, (each, _) in enumerate(cells) if each == heading), None)
    if pieces < 1 or place is None or place >= width:
        return cells
    whole = ", ".join(filter(None, map(clean, texts[place : place + pieces + 1])))
    texts = [*texts[:place], whole, *texts[place + pieces + 1 :], *("",) * pieces]
    return [(each, text) for (each, _), text in zip(cells, texts, strict=True)]


def check_answered(
    feed: Feed, headings: Headings, cells: Cells, answers: Sequence[Answer], today: date
) -> tuple[Cells, Checked | Refused]:
    """Check a refused row with what was said of its file; return its cells as they are then.

    A cell is emptied only where it cannot be read: what somebody called not known is not taken from
    a row that says it well.
    """
    cells = answered(feed, headings, cells, answers)
    outcome = check_row(feed, headings, [text for _, text in cells], today)
    places = dict(headings.places)
    emptied = {
        places[problem.column]
        for problem in (outcome.problems if isinstance(outcome, Refused) else ())
        if problem.column in places and _is_emptied(problem, answers)
    }
    if not emptied:
        return cells, outcome
    cells = [
        (heading, "" if place in emptied else text) for place, (heading, text) in enumerate(cells)
    ]
    return cells, check_row(feed, headings, [text for _, text in cells], today)


def _is_emptied(problem: Problem, answers: Sequence[Answer]) -> bool:
    return any(
        answer.kind is Kind.EMPTY
        and (answer.fault.reason, answer.fault.column) == (problem.reason, problem.column)
        for answer in answers
    )


def remembered(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return what still counts of the answers to one file: a later one replaces an earlier."""
    latest: dict[tuple[Kind, str, str], Answer] = {}
    for answer in answers:
        if answer.kind is Kind.LEAVE_OUT:
            continue
        about = answer.fault.word or (answer.fault.reason if answer.kind is Kind.EMPTY else "")
        about_what = (answer.kind, answer.fault.column, about)
        latest.pop(about_what, None)
        latest[about_what] = answer
    return tuple(latest.values())

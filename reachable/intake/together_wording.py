"""How pages say what refused rows share, and what somebody said of them."""

from __future__ import annotations

from datetime import date

from reachable.foundation import words
from reachable.intake.faults import FaultFacts, Prospect
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Fault, Kind
from reachable.intake.specification import ColumnType, Feed

TITLES = {
    Reason.NO_VALUE: "“{heading}” is empty",
    Reason.NO_NAME: "There is no name",
    Reason.TOO_MANY_CELLS: "There are more cells than headings",
    Reason.TOO_LONG: "“{heading}” is too long",
    Reason.UNREADABLE: "The row could not be read",
    Reason.CODE_UNKNOWN: "“{heading}” says “{text}”, which this feed does not know",
    Reason.DATE_UNREADABLE: "“{heading}” is no date",
    Reason.DATE_AMBIGUOUS: "“{heading}” can be read in two ways",
    Reason.DATE_ORDER: "“{heading}” has day and month in another order",
    Reason.DATE_NUMBER: "“{heading}” holds a number in place of a date",
    Reason.DATE_YEAR: "“{heading}” has a year that cannot be",
    Reason.DATE_FUTURE: "“{heading}” has not come yet",
    Reason.BORN_AFTER: "The birth date is after what happened",
    Reason.WRONG_ORDER: "“{heading}” does not follow what comes before it",
    Reason.NUMBER_SHORTENED: "“{heading}” was shortened by a spreadsheet",
    Reason.NO_RESULT: "“{heading}” has a spreadsheet’s error in place of a value",
    Reason.NOT_FOUND: "It refers to a row of another table that did not come",
}
"""What a fault is called, for every reason that refuses a row."""

TOLD_OF = {
    Kind.ORDER: "“{heading}” is written {order}",
    Kind.SERIAL: "“{heading}” holds days as Excel counts them",
    Kind.CODE: "“{text}” in “{heading}” means “{value}”",
    Kind.FILL: "“{heading}” is “{value}” where it is empty",
    Kind.EMPTY: "“{heading}” is not known where it cannot be read",
    Kind.SHORTEN: "“{heading}” is cut to the length that there is room for",
    Kind.JOIN: "“{value}” was cut in pieces",
    Kind.LEAVE_OUT: "These rows are left out",
}


def title(facts: FaultFacts) -> str:
    """Name a fault, with the word where it is one of many."""
    text = next(iter(facts.texts), "")
    return title_of(facts.fault, facts.heading, text)


def title_of(fault: Fault, heading: str, text: str = "") -> str:
    short = text if len(text) <= 60 else text[:60] + "…"
    return TITLES[fault.reason].format(heading=heading or fault.column, text=short)


def told(feed: Feed, answer: Answer, heading: str) -> str:
    """Say what an answer says; `heading` is the sender's own of its column."""
    name = answer.fault.column
    column = feed.column(name) if name else None
    value = answer.value
    if column is not None and value in column.codes:
        value = column.codes[value][0]
    return TOLD_OF[answer.kind].format(
        heading=heading,
        text=answer.fault.word,
        value=value,
        order=value.replace("-", ", "),
    )


def still(feed: Feed, prospect: Prospect) -> list[tuple[str, int, str]]:
    """Return why rows would still be refused: what it is called, how many, and an example."""
    return [
        (
            title_of(fault, feed.column(fault.column).heading if fault.column else "", "…"),
            count,
            prospect.examples[fault],
        )
        for fault, count in prospect.still.most_common()
    ]


def samples(
    feed: Feed, answer: Answer, prospect: Prospect
) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Return rows as they would be read: number, the cell as sent, and what was understood."""
    name = answer.fault.column
    lines = []
    for sample in prospect.samples:
        shown = [name] if name else list(sample.content)
        read = [
            (feed.column(each).heading, say_value(feed, each, sample.content.get(each, "")))
            for each in shown
        ]
        lines.append((sample.row_number, sample.sent, read))
    return lines


def say_value(feed: Feed, name: str, value: str) -> str:
    """Write a value as it was understood; a month as a word, so that a swapped one is seen."""
    column = feed.column(name)
    if not value:
        return "not known"
    if column.type is ColumnType.DATE:
        return words.day(date.fromisoformat(value))
    return column.codes[value][0] if value in column.codes else value

"""Every reason for which a row is refused or asked about, with its sentence and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a row is refused, or what is asked about it."""

    NO_VALUE = "no_value"
    NO_NAME = "no_name"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    CODE_UNKNOWN = "code_unknown"
    DATE_UNREADABLE = "date_unreadable"
    DATE_AMBIGUOUS = "date_ambiguous"
    DATE_ORDER = "date_order"
    DATE_NUMBER = "date_number"
    DATE_YEAR = "date_year"
    DATE_FUTURE = "date_future"
    BORN_AFTER = "born_after"
    WRONG_ORDER = "wrong_order"
    NUMBER_SHORTENED = "number_shortened"
    NO_RESULT = "no_result"
    NO_RESULT_SET_ASIDE = "no_result_set_aside"
    TIME_UNREADABLE = "time_unreadable"
    TIME_WITHOUT_DATE = "time_without_date"
    CLOCKS_WENT_BACK = "clocks_went_back"
    CODE_SET_ASIDE = "code_set_aside"
    NUMBER_SET_ASIDE = "number_set_aside"
    NHS_NUMBER_WRONG = "nhs_number_wrong"
    UPN_WRONG = "upn_wrong"
    POSTCODE_WRONG = "postcode_wrong"
    AGE = "age"
    LOST_LETTERS = "lost_letters"
    FORMULA = "formula"
    NO_REFERENCE = "no_reference"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Explanation:
    """A reason in words. A question leaves the row accepted; anything else refuses it."""

    sentence: str
    next: str
    question: bool = False


EXPLAINED: dict[Reason, Explanation] = {
    Reason.NO_VALUE: Explanation("“{heading}” is empty.", "Fill it in."),
    Reason.NO_NAME: Explanation("There is no name.", "Give a family name or a given name."),
    Reason.TOO_MANY_CELLS: Explanation(
        "The row has more cells than there are headings.",
        "Look for a separator inside a cell, and put that cell in quotation marks.",
    ),
    Reason.TOO_LONG: Explanation(
        "“{heading}” has {length} characters; there is room for {longest}.", "Shorten it."
    ),
    Reason.LOST_LETTERS: Explanation(
        "“{heading}” has letters that were lost on the way; it was taken as it is.",
        "Write it again, or export the file as UTF-8.",
        question=True,
    ),
    Reason.FORMULA: Explanation(
        "“{heading}” says “{value}”, which looks like a formula; it was taken as text.",
        "Write what the cell should say.",
        question=True,
    ),
    Reason.UNREADABLE: Explanation("{sentence}", "{next}"),
    Reason.CODE_UNKNOWN: Explanation(
        "“{heading}” says “{value}”, which this feed does not know.", "Use one of: {known}."
    ),
    Reason.DATE_UNREADABLE: Explanation(
        "“{heading}” says “{value}”, which is no date.", "Write it like 2026-03-07 or 07/03/2026."
    ),
    Reason.DATE_AMBIGUOUS: Explanation(
        "“{heading}” says “{value}”, which can be {one} or {other}.",
        "Write it like {iso}, or say in which order this feed writes dates.",
    ),
    Reason.DATE_ORDER: Explanation(
        "“{heading}” says “{value}”, which can only be {one}; but this feed writes {order}.",
        "Look whether the whole column is in the other order, and write dates like {iso}.",
    ),
    Reason.DATE_NUMBER: Explanation(
        "“{heading}” holds the number {value} in place of a date; Excel may mean {one}.",
        "Format the column as a date, or write {iso}.",
    ),
    Reason.DATE_YEAR: Explanation(
        "“{heading}” says “{value}”: a year that cannot be.", "Correct the year."
    ),
    Reason.DATE_FUTURE: Explanation(
        "“{heading}” says {value}, which has not come yet.", "Correct the date."
    ),
    Reason.BORN_AFTER: Explanation(
        "The birth date, {value}, is after what happened, {other}.", "Correct one of the two."
    ),
    Reason.WRONG_ORDER: Explanation("{sentence}", "Correct one of the two dates or times."),
    Reason.NUMBER_SHORTENED: Explanation(
        "“{heading}” says “{value}”: Excel has shortened the number and lost digits.",
        "Format the column as text and fill it in again.",
    ),
    Reason.NO_RESULT: Explanation(
        "“{heading}” says “{value}”: the spreadsheet has no value there.",
        "Mend the formula or widen the column, and save the file again; or write the value.",
    ),
    Reason.NO_RESULT_SET_ASIDE: Explanation(
        "“{heading}” says “{value}”: the spreadsheet has no value there. It was set aside.",
        "Mend the formula or widen the column, and save the file again; or write the value.",
        question=True,
    ),
    Reason.TIME_UNREADABLE: Explanation(
        "“{heading}” says “{value}”, which is no time of day; only the date was taken.",
        "Write it like 22:15.",
        question=True,
    ),
    Reason.TIME_WITHOUT_DATE: Explanation(
        "“{heading}” has a time without its date; it was set aside.",
        "Fill in the date.",
        question=True,
    ),
    Reason.CLOCKS_WENT_BACK: Explanation(
        "It happened in the hour that comes twice when the clocks go back.",
        "Say which of the two it was, if it matters.",
        question=True,
    ),
    Reason.CODE_SET_ASIDE: Explanation(
        "“{heading}” says “{value}”, which this feed does not know; it was set aside.",
        "Use one of: {known}.",
        question=True,
    ),
    Reason.NUMBER_SET_ASIDE: Explanation(
        "“{heading}” says “{value}”: Excel has shortened the number. It was set aside.",
        "Format the column as text and fill it in again.",
        question=True,
    ),
    Reason.NHS_NUMBER_WRONG: Explanation(
        "“{value}” is not an NHS number: its digits do not check. It was set aside.",
        "Look it up again, or leave it empty.",
        question=True,
    ),
    Reason.UPN_WRONG: Explanation(
        "“{value}” is not a UPN: its check letter is wrong. It was set aside.",
        "Look it up again, or leave it empty.",
        question=True,
    ),
    Reason.POSTCODE_WRONG: Explanation(
        "“{value}” does not look like a postcode. It was set aside.",
        "Correct it, or leave it empty.",
        question=True,
    ),
    Reason.AGE: Explanation(
        "By the birth date, {value}, the person was {age}.",
        "Is the birth date right? The row was taken all the same.",
        question=True,
    ),
    Reason.NOT_FOUND: Explanation(
        "“{heading}” refers to “{value}”, which is not in the table {table}.",
        "Correct the number, or send that table with what is missing in it.",
    ),
    Reason.NO_REFERENCE: Explanation(
        "“{heading}” is empty: a later correction cannot be told from a new row.",
        "Fill it in, if there is one.",
        question=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing about a row. `value` is the cell as it came; it may name a child: never log it."""

    column: str
    reason: Reason
    sentence: str
    next: str
    value: str = ""

    @property
    def question(self) -> bool:
        """A question leaves the row accepted."""
        return EXPLAINED[self.reason].question


def problem(reason: Reason, column: str = "", value: str = "", **words: object) -> Problem:
    """Return a problem with its sentences filled in."""
    explained = EXPLAINED[reason]
    short = value if len(value) <= 60 else value[:60] + "…"
    words = {"value": short, "heading": column, **words}
    return Problem(
        column,
        reason,
        explained.sentence.format_map(words),
        explained.next.format_map(words),
        value,
    )

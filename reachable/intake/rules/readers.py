"""What reads the cells of each type of column, made once for a file.

A reader takes clean text that is not empty and returns the canonical value, or "" where nothing is
known or the value was set aside; what is to be said about it goes to `told`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from reachable.intake.rules import identifiers, packed
from reachable.intake.rules.dates import ReadDate, read_time
from reachable.intake.rules.problems import Problem, Reason, problem
from reachable.intake.rules.words import (
    Cell,
    clean,
    is_no_name,
    is_no_result,
    is_not_known,
    word_key,
)

if TYPE_CHECKING:
    from reachable.intake.specification import Column

Told = list[Problem]
Reader = Callable[[str, Told], str]


def reader_of(column: Column, heading: str, *, source_key: bool) -> Reader:
    """Return the reader of a column; dates and times have their own, below."""
    read = _reader_of_type(column, heading, source_key=source_key)
    # Without its name or its reference a row cannot be told from others; the rest is set aside.
    needed = source_key or column.type == "name" or column.need == "value"
    failed = Reason.NO_RESULT if needed else Reason.NO_RESULT_SET_ASIDE

    def read_result(text: str, told: Told) -> str:
        if is_no_result(text):
            told.append(problem(failed, column.name, text, heading=heading))
            return ""
        return read(text, told)

    return read_result


def _reader_of_type(column: Column, heading: str, *, source_key: bool) -> Reader:
    match column.type:
        case "name":
            return _asking_of_formulas(_name_reader(column, heading), column, heading)
        case "reference":
            read = _reference_reader(column, heading, source_key=source_key)
            return _asking_of_formulas(read, column, heading)
        case "code":
            return _code_reader(column, heading)
        case "codes":
            return _codes_reader(column, heading)
        case "address":
            return _asking_of_formulas(
                _packed_reader(column, heading, packed.address), column, heading
            )
        case "flags":
            return _asking_of_formulas(
                _packed_reader(column, heading, packed.flags), column, heading
            )
        case "sex":
            return _sex_reader(column, heading)
        case "postcode":
            return _checked_reader(column, heading, identifiers.read_postcode, _POSTCODE)
        case "nhs_number":
            return _checked_reader(column, heading, identifiers.read_nhs_number, _NHS)
        case "upn":
            return _checked_reader(column, heading, identifiers.read_upn, _UPN)
        case _:
            return _asking_of_formulas(_text_reader(column, heading), column, heading)


def _asking_of_formulas(read: Reader, column: Column, heading: str) -> Reader:
    """Ask about a cell that begins as a formula does; it is text here, and is never worked out."""

    def read_and_ask(text: str, told: Told) -> str:
        value = read(text, told)
        if value.startswith("="):
            told.append(problem(Reason.FORMULA, column.name, text, heading=heading))
        return value

    return read_and_ask


_POSTCODE, _NHS, _UPN = Reason.POSTCODE_WRONG, Reason.NHS_NUMBER_WRONG, Reason.UPN_WRONG


def _too_long(column: Column, heading: str, text: str) -> Problem:
    return problem(
        Reason.TOO_LONG,
        column.name,
        text,
        heading=heading,
        length=len(text),
        longest=column.longest,
    )


def _text_reader(column: Column, heading: str) -> Reader:
    longest = column.longest

    def read(text: str, told: Told) -> str:
        if len(text) > longest:
            told.append(_too_long(column, heading, text))
            return ""
        return "" if len(text) < 20 and is_not_known(text) else text

    return read


def _name_reader(column: Column, heading: str) -> Reader:
    longest = column.longest

    def read(text: str, told: Told) -> str:
        if len(text) > longest:
            told.append(_too_long(column, heading, text))
            return ""
        if is_no_name(text):
            return ""
        if not text.isascii() and "\ufffd" in text:
            told.append(problem(Reason.LOST_LETTERS, column.name, text, heading=heading))
        return text

    return read


def _reference_reader(column: Column, heading: str, *, source_key: bool) -> Reader:
    longest = column.longest
    shortened = Reason.NUMBER_SHORTENED if source_key else Reason.NUMBER_SET_ASIDE

    def read(text: str, told: Told) -> str:
        if len(text) > longest:
            told.append(_too_long(column, heading, text))
            return ""
        if identifiers.is_shortened(text):
            told.append(problem(shortened, column.name, text, heading=heading))
            return ""
        return "" if is_not_known(text) else text

    return read


def _code_reader(column: Column, heading: str) -> Reader:
    known = {
        word_key(word): code for code, words in column.codes.items() for word in (code, *words)
    }
    listed = ", ".join(words[0] for words in column.codes.values())
    unknown = Reason.CODE_UNKNOWN if column.need == "value" else Reason.CODE_SET_ASIDE

    def read(text: str, told: Told) -> str:
        code = known.get(word_key(text))
        if code is None:
            if not is_not_known(text):
                told.append(problem(unknown, column.name, text, heading=heading, known=listed))
            return ""
        return code

    return read


def _codes_reader(column: Column, heading: str) -> Reader:
    """Several codes in one cell: those that are known, in the order of the feed."""
    read_one = _code_reader(column, heading)
    order = {code: place for place, code in enumerate(column.codes)}

    def read(text: str, told: Told) -> str:
        codes = {read_one(word, told) for word in packed.several(text)}
        return " ".join(sorted(codes - {""}, key=order.__getitem__))

    return read


def _packed_reader(column: Column, heading: str, unpack: Callable[[str], str]) -> Reader:
    read_text = _text_reader(column, heading)

    def read(text: str, told: Told) -> str:
        return read_text(unpack(text), told)

    return read


def _sex_reader(column: Column, heading: str) -> Reader:
    def read(text: str, told: Told) -> str:
        key = word_key(text)
        sex = identifiers.SEX_OF.get(key)
        if sex is not None:
            return sex
        if key not in identifiers.SEX_NOT_KNOWN and not is_not_known(text):
            told.append(
                problem(
                    Reason.CODE_SET_ASIDE,
                    column.name,
                    text,
                    heading=heading,
                    known="F, M, X, or empty",
                )
            )
        return ""

    return read


def _checked_reader(
    column: Column, heading: str, check: Callable[[str], str | None], wrong: Reason
) -> Reader:
    """A value that says by itself whether it can be right; a wrong one is never trusted."""

    def read(text: str, told: Told) -> str:
        value = check(text)
        if value is None:
            if not is_not_known(text):
                told.append(problem(wrong, column.name, text, heading=heading))
            return ""
        return value

    return read


def read_clock(cell: Cell, column: Column, heading: str, told: Told) -> str:
    """Return a time of day, or "" with a question where it is none."""
    if isinstance(cell, str):
        cell = clean(cell)
        if not cell:
            return ""
    clock = read_time(cell)
    if not clock and not (isinstance(cell, str) and is_not_known(cell) and not is_no_result(cell)):
        told.append(problem(Reason.TIME_UNREADABLE, column.name, str(cell), heading=heading))
    return clock


def date_problem(found: ReadDate, column: Column, heading: str, value: str, order: str) -> Problem:
    """Say why a date was not read, with what it might have been."""
    reason = found.reason or Reason.DATE_UNREADABLE
    readings = [_say(day) for day in found.readings]
    iso = found.readings[0].isoformat() if found.readings else "2026-03-07"
    return problem(
        reason,
        column.name,
        value,
        heading=heading,
        one=readings[0] if readings else "",
        other=readings[-1] if readings else "",
        iso=iso,
        order=order.replace("-", ", "),
    )


def _say(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"

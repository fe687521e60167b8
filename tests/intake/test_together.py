"""Refused rows that share a fault: which answers make sense, and what each does to a row."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.intake.checking import matched
from reachable.intake.rules.check import Checked, Refused, check_row
from reachable.intake.rules.headings import BEYOND, Mapping
from reachable.intake.rules.problems import EXPLAINED, Reason
from reachable.intake.rules.together import (
    OFFERED,
    ORDERS,
    Answer,
    Cells,
    Fault,
    Kind,
    answered,
    answered_text,
    check_answered,
    offered,
    remembered,
)
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed, feeds
from reachable.intake.together_wording import TITLES, TOLD_OF

MISSING = feed("police_missing")
TODAY = date(2026, 10, 26)
HEADINGS, ROWS = sample_table(MISSING)


def cells(*more: tuple[str, str], **changed: str) -> Cells:
    """The first sample row, with some cells changed and others behind it."""
    names = [column.name for column in MISSING.columns]
    row = [changed.get(name, cell) for name, cell in zip(names, ROWS[0], strict=True)]
    return [*zip(HEADINGS, row, strict=True), *more]


def mapping(sent: Cells) -> Mapping:
    found = matched(MISSING, tuple(heading for heading, _ in sent))
    assert isinstance(found, Mapping)
    return found


def outcome(sent: Cells, *answers: Answer) -> Checked | Refused:
    return check_answered(MISSING, mapping(sent), sent, answers, TODAY)[1]


def reasons(found: Checked | Refused) -> list[Reason]:
    return [each.reason for each in found.problems] if isinstance(found, Refused) else []


def test_every_reason_that_refuses_a_row_is_decided_on_and_named() -> None:
    refusing = {reason for reason, said in EXPLAINED.items() if not said.question}
    assert OFFERED.keys() == TITLES.keys() == refusing
    assert TOLD_OF.keys() == set(Kind)


BORN = Fault(Reason.DATE_ORDER, "birth_date")
TEXTS = [
    ("month-day-year", "03/14/2011", "2011-03-14"),
    ("month-day-year", "3-14-11", "2011-03-14"),
    ("month-day-year", "03142011", "2011-03-14"),
    ("month-day-year", "03/14/2011 22:15", "2011-03-14 22:15"),
    ("month-day-year", "14/03/2011", None),
    ("day-month-year", "14/03/2011", "2011-03-14"),
    ("day-month-year", "03/14/2011", None),
    ("year-month-day", "11-03-14", "2011-03-14"),
    ("year-month-day", "2011/03/14", "2011-03-14"),
    ("year-month-day", "03/14/2011", None),
    ("month-day-year", "14 March 2011", "2011-03-14"),
    ("month-day-year", "2011-03-14", "2011-03-14"),
    ("month-day-year", "soon", None),
    ("month-day-year", "", None),
    ("month-day-year", "01/01/1900", None),
]


@pytest.mark.parametrize(("order", "text", "said"), TEXTS)
def test_a_column_is_read_in_the_order_that_somebody_says(
    order: str, text: str, said: str | None
) -> None:
    column = MISSING.column("birth_date")
    assert answered_text(column, text, Answer(Kind.ORDER, BORN, order)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("40616", "2011-03-14"),
        ("40616.5", "2011-03-14 12:00"),
        ("9999", None),
        ("100000", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("14/03/2011", None),
    ],
)
def test_days_as_excel_counts_them_are_dates(text: str, said: str | None) -> None:
    column = MISSING.column("birth_date")
    answer = Answer(Kind.SERIAL, Fault(Reason.DATE_NUMBER, "birth_date"))
    assert answered_text(column, text, answer) == said


CUSTODY = feed("police_custody")
ATTENDANCE = CUSTODY.column("attendance")


@pytest.mark.parametrize(
    ("text", "said"), [("Nicked", "arrest"), ("NICKED!", "arrest"), ("Arrest", None), ("", None)]
)
def test_a_word_stands_for_a_code_however_it_is_written(text: str, said: str | None) -> None:
    answer = Answer(Kind.CODE, Fault(Reason.CODE_UNKNOWN, "attendance", "nicked"), "arrest")
    assert answered_text(ATTENDANCE, text, answer) == said


@pytest.mark.parametrize(
    ("text", "said"), [("", "arrest"), ("n/k", "arrest"), (" ", "arrest"), ("Voluntary", None)]
)
def test_what_is_empty_is_filled_and_nothing_else(text: str, said: str | None) -> None:
    answer = Answer(Kind.FILL, Fault(Reason.NO_VALUE, "attendance"), "arrest")
    assert answered_text(ATTENDANCE, text, answer) == said


def test_two_answers_settle_a_row_that_one_of_them_does_not() -> None:
    sent = cells(birth_date="03/14/2011", missing_date="03/14/2026", returned_date="03/15/2026")
    born = Answer(Kind.ORDER, BORN, "month-day-year")
    gone = Answer(Kind.ORDER, Fault(Reason.DATE_ORDER, "missing_date"), "month-day-year")
    back = Answer(Kind.ORDER, Fault(Reason.DATE_ORDER, "returned_date"), "month-day-year")
    assert reasons(outcome(sent)) == [Reason.DATE_ORDER] * 3
    assert reasons(outcome(sent, born)) == [Reason.DATE_ORDER] * 2
    found = outcome(sent, born, gone, back)
    assert isinstance(found, Checked)
    assert found.content["birth_date"] == "2011-03-14"
    assert found.content["missing_date"] == "2026-03-14"


def test_a_cell_is_emptied_only_where_it_cannot_be_read() -> None:
    answer = Answer(Kind.EMPTY, Fault(Reason.DATE_UNREADABLE, "birth_date"))
    found = outcome(cells(birth_date="soon"), answer)
    assert isinstance(found, Checked)
    assert "birth_date" not in found.content
    found = outcome(cells(birth_date="14/03/2011"), answer)
    assert isinstance(found, Checked)
    assert found.content["birth_date"] == "2011-03-14"
    # Another reason is another question.
    assert reasons(outcome(cells(birth_date="03/14/2011"), answer)) == [Reason.DATE_ORDER]


def test_pieces_of_a_cell_are_put_together_in_rows_that_have_too_many_cells() -> None:
    whole = cells(address="12 Sluice Lane, Saltergarth, Fenmarch")
    place = HEADINGS.index(MISSING.column("address").heading)
    texts = [text for _, text in whole]
    cut = [*texts[:place], "12 Sluice Lane", "Saltergarth", "Fenmarch", *texts[place + 1 :]]
    headings = [*HEADINGS, f"{BEYOND}, 1", f"{BEYOND}, 2"]
    sent: Cells = list(zip(headings, cut, strict=True))
    answer = Answer(Kind.JOIN, Fault(Reason.TOO_MANY_CELLS), HEADINGS[place])
    assert Reason.TOO_MANY_CELLS in reasons(outcome(sent))
    found = outcome(sent, answer)
    assert isinstance(found, Checked)
    assert found == check_row(MISSING, mapping(whole), texts, TODAY)
    assert answered(MISSING, mapping(whole), whole, [answer]) == whole


def test_answers_are_offered_only_where_they_can_be_true() -> None:
    for each in feeds().values():
        key = Fault(Reason.NUMBER_SHORTENED, each.source_key)
        assert offered(each, key) == (Kind.EMPTY,)
        for column in each.columns:
            if column.need == "value":
                for reason in Reason:
                    assert Kind.EMPTY not in offered(each, Fault(reason, column.name))
            too_long = offered(each, Fault(Reason.TOO_LONG, column.name))
            assert (Kind.SHORTEN in too_long) == (column.type == "text")
    assert offered(MISSING, Fault(Reason.NO_NAME, "family_name")) == ()
    assert offered(MISSING, Fault(Reason.UNREADABLE)) == ()


def test_a_later_answer_takes_the_place_of_an_earlier_and_leaving_out_says_nothing() -> None:
    first = Answer(Kind.ORDER, BORN, "month-day-year")
    then = Answer(Kind.ORDER, Fault(Reason.DATE_FUTURE, "birth_date"), "year-month-day")
    other = Answer(Kind.ORDER, Fault(Reason.DATE_ORDER, "missing_date"), "month-day-year")
    out = Answer(Kind.LEAVE_OUT, BORN)
    assert remembered([first, other, out, then]) == (other, then)
    assert Answer.from_json(first.as_json()) == first


@given(
    born=st.text(max_size=20) | st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str),
    order=st.sampled_from(ORDERS),
)
def test_an_answer_given_twice_says_what_it_said_once(born: str, order: str) -> None:
    sent = cells(birth_date=born)
    answer = Answer(Kind.ORDER, BORN, order)
    once = answered(MISSING, mapping(sent), sent, [answer])
    assert answered(MISSING, mapping(sent), once, [answer]) == once
    assert [heading for heading, _ in once] == [heading for heading, _ in sent]

"""Each rule for a row, as a table of examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from reachable.intake.rules.check import Checked, Refused, check_row, refuse_unreadable
from reachable.intake.rules.headings import Mapping, match_headings
from reachable.intake.rules.problems import EXPLAINED, Reason, problem
from reachable.intake.rules.words import Cell
from reachable.intake.specification import DateOrder, Feed, feed

TODAY = date(2026, 11, 24)
CUSTODY, MISSING = feed("police_custody"), feed("police_missing")


def mapping_of(one: Feed) -> Mapping:
    found = match_headings(one, [column.heading for column in one.columns])
    assert isinstance(found, Mapping)
    return found


WORDS = (
    "table",
    "length",
    "longest",
    "sentence",
    "next",
    "known",
    "one",
    "other",
    "iso",
    "order",
    "age",
)
MAPPINGS = {one.key: mapping_of(one) for one in (CUSTODY, MISSING)}


def check(one: Feed, changed: dict[str, Cell], today: date = TODAY) -> Checked | Refused:
    """Check the first sample row of a feed with some cells changed."""
    changed = dict(changed)
    cells: list[Cell] = [
        changed.pop(column.name, cell)
        for column, cell in zip(one.columns, one.samples[0].cells, strict=True)
    ]
    assert not changed
    return check_row(one, MAPPINGS[one.key], cells, today)


def accepted(one: Feed, **changed: Cell) -> Checked:
    result = check(one, changed)
    assert isinstance(result, Checked), result
    return result


def custody(**changed: Cell) -> Checked | Refused:
    return check(CUSTODY, changed)


def missing(**changed: Cell) -> Checked | Refused:
    return check(MISSING, changed)


def test_an_accepted_row_is_plain_values_and_nothing_unknown() -> None:
    row = accepted(CUSTODY, nhs_number="", upn="-", communication_needs="n/k", station="?")
    assert row.content == {
        "custody_number": "FXC/26/000101",
        "attendance": "arrest",
        "arrived_date": "2026-03-07",
        "arrived_time": "02:10",
        "offence_group": "Drugs",
        "arrest_place": "Netherquay bus station",
        "local_id": "FXP9000101",
        "family_name": "Marwick-Sample",
        "given_names": "Tobin",
        "birth_date": "2010-11-19",
        "sex": "male",
        "address": "4 Curlew Row, Netherquay",
        "postcode": "FX1 4QD",
        "officer_contact": "PC 4417 Sample, 07700 900101",
        "record_status": "live",
    }
    assert row.source_key == "FXC/26/000101"
    assert row.questions == ()


@pytest.mark.parametrize(
    ("changed", "reason", "column"),
    [
        ({"attendance": ""}, Reason.NO_VALUE, "attendance"),
        ({"attendance": "n/k"}, Reason.NO_VALUE, "attendance"),
        ({"attendance": "Escorted"}, Reason.CODE_UNKNOWN, "attendance"),
        ({"arrived_date": ""}, Reason.NO_VALUE, "arrived_date"),
        ({"arrived_date": "01/01/1900"}, Reason.NO_VALUE, "arrived_date"),
        ({"arrived_date": "soon"}, Reason.DATE_UNREADABLE, "arrived_date"),
        ({"arrived_date": "03/25/2026"}, Reason.DATE_ORDER, "arrived_date"),
        ({"arrived_date": "#REF!"}, Reason.DATE_UNREADABLE, "arrived_date"),
        ({"birth_date": "########"}, Reason.DATE_UNREADABLE, "birth_date"),
        ({"family_name": "#N/A"}, Reason.NO_RESULT, "family_name"),
        ({"given_names": "#FORMULA!"}, Reason.NO_RESULT, "given_names"),
        ({"custody_number": "#####"}, Reason.NO_RESULT, "custody_number"),
        ({"attendance": "#VALUE!"}, Reason.NO_RESULT, "attendance"),
        ({"arrived_date": "46023"}, Reason.DATE_NUMBER, "arrived_date"),
        ({"arrived_date": 46023.0}, Reason.DATE_NUMBER, "arrived_date"),
        ({"arrived_date": "25/11/2026"}, Reason.DATE_FUTURE, "arrived_date"),
        ({"arrived_date": "07/03/1026"}, Reason.DATE_YEAR, "arrived_date"),
        ({"birth_date": "25/11/2026"}, Reason.DATE_FUTURE, "birth_date"),
        ({"birth_date": "08/03/2026"}, Reason.BORN_AFTER, "birth_date"),
        ({"birth_date": "19 Nov"}, Reason.DATE_UNREADABLE, "birth_date"),
        ({"family_name": "", "given_names": ""}, Reason.NO_NAME, "family_name"),
        ({"family_name": "Unknown", "given_names": "n/k"}, Reason.NO_NAME, "family_name"),
        ({"family_name": "x" * 101}, Reason.TOO_LONG, "family_name"),
        ({"address": "x" * 401}, Reason.TOO_LONG, "address"),
        ({"custody_number": "x" * 51}, Reason.TOO_LONG, "custody_number"),
        ({"custody_number": "1.23E+11"}, Reason.NUMBER_SHORTENED, "custody_number"),
    ],
)
def test_what_refuses_a_row(changed: dict[str, Cell], reason: Reason, column: str) -> None:
    result = custody(**changed)
    assert isinstance(result, Refused)
    assert [(each.reason, each.column) for each in result.problems] == [(reason, column)]
    assert result.problems[0].sentence
    assert result.problems[0].next


@pytest.mark.parametrize(
    ("changed", "reason", "absent"),
    [
        ({"birth_date": "06/03/2000"}, Reason.AGE, ""),
        ({"nhs_number": "999 100 2007"}, Reason.NHS_NUMBER_WRONG, "nhs_number"),
        ({"upn": "A999400011003"}, Reason.UPN_WRONG, "upn"),
        ({"postcode": "Netherquay"}, Reason.POSTCODE_WRONG, "postcode"),
        ({"sex": "Q"}, Reason.CODE_SET_ASIDE, "sex"),
        ({"record_status": "Pending"}, Reason.CODE_SET_ASIDE, "record_status"),
        ({"arrived_time": "evening"}, Reason.TIME_UNREADABLE, "arrived_time"),
        ({"arrived_time": "25:00"}, Reason.TIME_UNREADABLE, "arrived_time"),
        ({"local_id": "1.23E+11"}, Reason.NUMBER_SET_ASIDE, "local_id"),
        ({"custody_number": ""}, Reason.NO_REFERENCE, "custody_number"),
        ({"family_name": "Zo\ufffd"}, Reason.LOST_LETTERS, ""),
        ({"family_name": '=HYPERLINK("x")'}, Reason.FORMULA, ""),
        ({"custody_number": "=1+1"}, Reason.FORMULA, ""),
    ],
)
def test_what_is_only_asked(changed: dict[str, Cell], reason: Reason, absent: str) -> None:
    result = accepted(CUSTODY, **changed)
    assert [each.reason for each in result.questions] == [reason]
    assert result.questions[0].next
    assert absent not in result.content


@pytest.mark.parametrize(
    ("changed", "name", "value"),
    [
        ({"birth_date": ""}, "birth_date", None),
        ({"birth_date": "unknown"}, "birth_date", None),
        ({"birth_date": "01/01/1900"}, "birth_date", None),
        ({"birth_date": "19/11/10"}, "birth_date", "2010-11-19"),
        ({"birth_date": date(2010, 11, 19)}, "birth_date", "2010-11-19"),
        ({"birth_date": datetime(2010, 11, 19)}, "birth_date", "2010-11-19"),
        ({"birth_date": " 19/11/2010\u200b"}, "birth_date", "2010-11-19"),
        ({"given_names": ""}, "given_names", None),
        ({"given_names": "Na"}, "given_names", "Na"),
        ({"family_name": "  O'Sample\u202e  Mac  "}, "family_name", "O'Sample Mac"),
        ({"family_name": "'-cmd"}, "family_name", "-cmd"),
        ({"sex": "2"}, "sex", "female"),
        ({"sex": "X"}, "sex", "other"),
        ({"sex": "Not Known"}, "sex", None),
        ({"attendance": "va"}, "attendance", "voluntary_attendance"),
        ({"attendance": "VOLUNTARY-ATTENDANCE"}, "attendance", "voluntary_attendance"),
        ({"postcode": "fx14qd"}, "postcode", "FX1 4QD"),
        ({"postcode": "ZZ99 3VZ"}, "postcode", None),
        ({"nhs_number": 9991002006.0}, "nhs_number", "9991002006"),
        ({"nhs_number": "9999999999"}, "nhs_number", None),
        ({"upn": "y999400011003"}, "upn", "Y999400011003"),
        ({"custody_number": 1234567.0}, "custody_number", "1234567"),
        ({"arrived_time": ""}, "arrived_time", None),
        ({"arrived_time": "n/k"}, "arrived_time", None),
        ({"arrived_time": time(2, 10)}, "arrived_time", "02:10"),
        ({"arrived_time": 0.25}, "arrived_time", "06:00"),
        ({"arrived_date": "07/03/2026 23:50", "arrived_time": ""}, "arrived_time", "23:50"),
        ({"arrived_date": "07/03/2026 23:50"}, "arrived_time", "02:10"),
        ({"arrived_date": "07/03/2026 00:00:00", "arrived_time": ""}, "arrived_time", None),
        ({"arrived_date": TODAY}, "arrived_date", "2026-11-24"),
        ({"record_status": ""}, "record_status", None),
    ],
)
def test_how_a_cell_is_read(changed: dict[str, Cell], name: str, value: str | None) -> None:
    result = accepted(CUSTODY, **changed)
    assert result.content.get(name) == value
    assert result.questions == ()


def test_a_formula_is_text_and_is_asked_about_however_it_came() -> None:
    for written in ("=cmd", "'=cmd", " =cmd"):
        result = accepted(CUSTODY, family_name=written)
        assert result.content["family_name"] == "=cmd"
        assert [each.reason for each in result.questions] == [Reason.FORMULA]


def test_an_ambiguous_date_names_its_readings_where_no_order_is_declared() -> None:
    undeclared = replace(CUSTODY, date_order=DateOrder.UNDECLARED)
    cells = list(CUSTODY.samples[0].cells)
    cells[2] = "03/04/2026"
    result = check_row(undeclared, MAPPINGS[CUSTODY.key], cells, TODAY)
    assert isinstance(result, Refused)
    assert result.problems[0].sentence == (
        "“Arrival Date” says “03/04/2026”, which can be 3 April 2026 or 4 March 2026."
    )
    american = replace(CUSTODY, date_order=DateOrder.MONTH_DAY_YEAR)
    cells[10] = "11/19/2010"
    read = check_row(american, MAPPINGS[CUSTODY.key], cells, TODAY)
    assert isinstance(read, Checked)
    assert read.content["arrived_date"] == "2026-03-04"


def test_a_date_in_the_other_order_says_what_it_can_only_be() -> None:
    result = custody(arrived_date="03/25/2026")
    assert isinstance(result, Refused)
    assert result.problems[0].sentence == (
        "“Arrival Date” says “03/25/2026”, which can only be 25 March 2026; "
        "but this feed writes day, month, year."
    )


@pytest.mark.parametrize(
    ("born", "asked"),
    [("07/03/2001", False), ("08/03/2000", False), ("07/03/2000", True), ("29/02/2000", True)],
)
def test_an_age_over_25_is_a_question_and_the_row_is_taken(born: str, asked: bool) -> None:
    result = accepted(CUSTODY, birth_date=born)
    assert [each.reason for each in result.questions] == ([Reason.AGE] if asked else [])


@pytest.mark.parametrize(
    ("returned_date", "returned_time", "outcome"),
    [
        ("06/03/2026", "21:40", None),
        ("06/03/2026", "21:39", Reason.WRONG_ORDER),
        ("06/03/2026", "", None),
        ("05/03/2026", "23:00", Reason.WRONG_ORDER),
        ("05/03/2026", "", Reason.WRONG_ORDER),
        ("", "", None),
        ("25/11/2026", "", Reason.DATE_FUTURE),
    ],
)
def test_nobody_returns_before_going_missing(
    returned_date: str, returned_time: str, outcome: Reason | None
) -> None:
    result = missing(returned_date=returned_date, returned_time=returned_time)
    if outcome is None:
        assert isinstance(result, Checked)
        assert result.questions == ()
    else:
        assert isinstance(result, Refused)
        assert [each.reason for each in result.problems] == [outcome]


def test_in_the_hour_that_comes_twice_an_earlier_clock_can_be_later() -> None:
    autumn = "25/10/2026"
    cells = {"missing_date": autumn, "returned_date": autumn}
    result = accepted(MISSING, **cells, missing_time="01:50", returned_time="01:10")
    assert [each.reason for each in result.questions] == [Reason.CLOCKS_WENT_BACK]
    refused = missing(**cells, missing_time="01:50", returned_time="00:50")
    assert isinstance(refused, Refused)


def test_a_time_without_its_date_is_asked_about() -> None:
    result = accepted(MISSING, returned_date="", returned_time="04:15")
    assert [each.reason for each in result.questions] == [Reason.TIME_WITHOUT_DATE]
    assert "returned_time" not in result.content


def test_every_reason_is_given_at_once() -> None:
    result = custody(attendance="?", arrived_date="soon", family_name="", given_names="")
    assert isinstance(result, Refused)
    assert {each.column for each in result.problems} == {
        "attendance",
        "arrived_date",
        "family_name",
    }


def test_a_short_row_is_filled_up_and_a_long_one_refused() -> None:
    cells = CUSTODY.samples[2].cells
    short = check_row(CUSTODY, MAPPINGS[CUSTODY.key], cells[:-1], TODAY)
    whole = check_row(CUSTODY, MAPPINGS[CUSTODY.key], cells, TODAY)
    blank = check_row(CUSTODY, MAPPINGS[CUSTODY.key], (*cells, "", " "), TODAY)
    assert short == whole == blank
    long = check_row(CUSTODY, MAPPINGS[CUSTODY.key], (*cells, "more"), TODAY)
    assert isinstance(long, Refused)
    assert [each.reason for each in long.problems] == [Reason.TOO_MANY_CELLS]


def test_promise_31_the_same_row_always_has_the_same_hash() -> None:
    first = accepted(CUSTODY)
    assert check(CUSTODY, {}, today=date(2030, 1, 1)) == first
    retyped = accepted(
        CUSTODY,
        arrived_date="2026-03-07",
        arrived_time="0210",
        sex="Male",
        postcode="fx14qd",
        nhs_number="9991002006",
        family_name=" Marwick-Sample ",
    )
    assert retyped.content_hash == first.content_hash
    assert len(first.content_hash) == 64


def test_promise_31_any_other_content_has_another_hash() -> None:
    first = accepted(CUSTODY)
    for name, value in [("arrived_time", "02:11"), ("family_name", "Other"), ("upn", "")]:
        same = accepted(CUSTODY, **{name: value}).content_hash == first.content_hash
        assert same is (name == "upn")


def test_promise_31_a_refused_row_is_known_again() -> None:
    first, again = custody(attendance="?"), custody(attendance="?")
    assert isinstance(first, Refused)
    assert isinstance(again, Refused)
    assert first.content_hash == again.content_hash
    assert first.source_key == "FXC/26/000101"


def test_an_unreadable_row_is_refused_with_its_sentence() -> None:
    refused = refuse_unreadable("Letters are lost.", "Write them again.", ["Zo?"])
    assert refused.problems[0].sentence == "Letters are lost."
    assert refused.problems[0].next == "Write them again."


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence_and_says_what_to_do(reason: Reason) -> None:
    words = {name: name for name in WORDS}
    told = problem(reason, "column", "v" * 100, heading="Heading", **words)
    assert told.sentence
    assert told.next
    assert "v" * 61 not in told.sentence
    assert told.question is EXPLAINED[reason].question


@pytest.mark.parametrize("cell", ["#REF!", "#DIV/0!", "#name?", "#N/A", "####", "Err:502"])
def test_promise_26_a_cell_without_a_result_is_set_aside_with_a_question(cell: str) -> None:
    row = accepted(CUSTODY, postcode=cell, station=cell, sex=cell)
    assert not {"postcode", "station", "sex"} & row.content.keys()
    assert [each.reason for each in row.questions] == [Reason.NO_RESULT_SET_ASIDE] * 3


@pytest.mark.parametrize("cell", ["#1 The Cut", "Error", "Err", "#metoo"])
def test_what_only_looks_like_an_error_is_a_word(cell: str) -> None:
    assert accepted(CUSTODY, station=cell).content["station"] == cell

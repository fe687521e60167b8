"""What a mapping makes of a table, without any file or database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.foundation.files.rows import Cell
from reachable.intake.rules.check import Checked, check_row
from reachable.intake.rules.guessing import (
    carried_over,
    guess_columns,
    guess_date_order,
    guess_foot,
    guess_heading_rows,
    guess_mapping,
    likely_code,
    unknown_words,
)
from reachable.intake.rules.headings import Mapping, match_headings
from reachable.intake.rules.mapping import (
    BY_CHILD,
    BY_NUMBER,
    Arranger,
    ColumnMapping,
    feed_headings,
    find_headings,
    fingerprint,
    join_headings,
    read_mapping,
)
from reachable.intake.rules.names import FAMILY_FIRST, GIVEN_FIRST, split_name
from reachable.intake.specification import feed, feeds

TRACKER = feed("panel_tracker")
TODAY = date(2026, 3, 20)

NAMES = [
    ("SMITH, Jane", GIVEN_FIRST, ("SMITH", "Jane")),
    ("Smith,Jane Ann", GIVEN_FIRST, ("Smith", "Jane Ann")),
    ("Jane Smith", GIVEN_FIRST, ("Smith", "Jane")),
    ("Smith Jane", FAMILY_FIRST, ("Smith", "Jane")),
    ("Jane SMITH", FAMILY_FIRST, ("SMITH", "Jane")),
    ("SMITH Jane Ann", GIVEN_FIRST, ("SMITH", "Jane Ann")),
    ("DE LA CRUZ Ana", GIVEN_FIRST, ("DE LA CRUZ", "Ana")),
    ("Ana de la Cruz", GIVEN_FIRST, ("de la Cruz", "Ana")),
    ("van der Berg Jan", FAMILY_FIRST, ("van der Berg", "Jan")),
    ("Jane Smith (Jay)", GIVEN_FIRST, ("Smith", "Jane (Jay)")),
    ("SMITH, Jane [known as JJ]", GIVEN_FIRST, ("SMITH", "Jane [known as JJ]")),
    ("JANE SMITH", GIVEN_FIRST, ("SMITH", "JANE")),
    ("Daniel", GIVEN_FIRST, ("Daniel", "")),
    ("Daniel,", GIVEN_FIRST, ("Daniel", "")),
    ("", GIVEN_FIRST, ("", "")),
]


@pytest.mark.parametrize(("whole", "order", "parts"), NAMES)
def test_a_whole_name_is_told_apart(whole: str, order: str, parts: tuple[str, str]) -> None:
    assert split_name(whole, order) == parts


@given(st.text(max_size=60), st.sampled_from([FAMILY_FIRST, GIVEN_FIRST]))
def test_no_letter_of_a_name_is_lost(whole: str, order: str) -> None:
    family, given_names = split_name(whole, order)
    kept = sorted(letter for letter in family + given_names if letter.isalnum())
    assert kept == sorted(letter for letter in whole if letter.isalnum())


HEADINGS = [
    ([["No", "Surname", "DOB"]], ("No", "Surname", "DOB")),
    ([["Referral", "", "School"], ["Date", "By", ""]], ("Referral Date", "Referral By", "School")),
    ([["Date", "Date", "date"]], ("Date", "Date (2)", "date (3)")),
    ([["A", "", "", ""]], ("A",)),
    ([["Name"], ["", "Late"]], ("Name", "Name Late")),
    ([["  D.O.B\n", 2026]], ("D.O.B", "2026")),
]


@pytest.mark.parametrize(("rows", "headings"), HEADINGS)
def test_rows_of_headings_become_one(rows: list[list[Cell]], headings: tuple[str, ...]) -> None:
    assert join_headings(rows) == headings


GUESSES = [
    ("Surname", "family_name"),
    ("First name", "given_names"),
    ("D.O.B.", "birth_date"),
    ("Date of birth", "birth_date"),
    ("Gender", "sex"),
    ("Allocated social worker", "social_worker"),
    ("Level of risk", "level_of_concern"),
    ("RAG", "level_of_concern"),
    ("Levels of concern", "level_of_concern"),
    ("Date added to list", "added_date"),
    ("Date refered", "added_date"),
    ("Type of exploitaton", "exploitation"),
    ("Name", "whole_name"),
    ("Child's name", "whole_name"),
    ("Post code", "postcode"),
    ("Ethnicity", ""),
    ("Age", ""),
    ("Comments from chair", ""),
]


@pytest.mark.parametrize(("heading", "column"), GUESSES)
def test_a_heading_is_guessed_or_left(heading: str, column: str) -> None:
    assert guess_columns(TRACKER, [heading]).get(heading, "") == column


def test_two_names_are_not_guessed_beside_a_whole_one() -> None:
    assert guess_columns(TRACKER, ["Surname", "Name"]) == {"Surname": "family_name"}


TITLES: list[tuple[int, tuple[Cell, ...]]] = [
    (1, ("MACE PANEL TRACKER", "", "")),
    (2, ("Updated", date(2026, 3, 2), "")),
    (4, ("No", "Surname", "DOB")),
    (5, (1, "Sample", date(2010, 1, 1))),
    (6, (2, "Sampleson", "02/03/2011")),
    (8, ("Total", 2, "")),
]


def test_headings_are_found_below_title_lines() -> None:
    guess = guess_heading_rows(TRACKER, TITLES)
    assert (guess.row, guess.rows) == (4, 1)


def test_numbers_that_count_the_rows_do_not_tell_them_apart() -> None:
    guess = guess_mapping(TRACKER, ("Ref", "Surname", "DOB"), TITLES[3:], 1)
    assert "Ref" not in dict(guess.columns)
    assert guess.told_by == BY_CHILD
    kept = [(5, ("M-7", "Sample", "")), (6, ("M-9", "Sampleson", ""))]
    guess = guess_mapping(TRACKER, ("Ref", "Surname", "DOB"), kept, 1)
    assert dict(guess.columns)["Ref"] == "list_number"
    assert guess.told_by == BY_NUMBER


def test_totals_at_the_foot_are_offered_to_be_left_out() -> None:
    assert guess_foot(TITLES) == ("Total",)
    assert guess_foot(TITLES[:-1]) == ()


def test_the_order_of_dates_is_what_most_can_be_read_in() -> None:
    assert guess_date_order(["01/02/2026", "13/02/2026"], "day-month-year") == "day-month-year"
    assert guess_date_order(["01/02/2026", "02/13/2026"], "day-month-year") == "month-day-year"
    assert guess_date_order(["01/02/2026"], "day-month-year") == "day-month-year"


def test_words_that_the_feed_does_not_know_are_asked_for_once() -> None:
    column = TRACKER.column("exploitation")
    words = ["CCE", "cse", "CSE & county lines", "cse and county lines", "", "n/k", "Zzz"]
    assert unknown_words(column, words) == ["CSE & county lines", "cse and county lines", "Zzz"]
    assert likely_code(column, "Criminel") == "criminal"
    assert likely_code(column, "County lines (phone)") == "criminal"
    assert likely_code(column, "CSE & county lines") == ""
    assert likely_code(column, "Zzz") == ""
    assert unknown_words(TRACKER.column("actions"), ["anything"]) == []
    assert unknown_words(TRACKER.column("sex"), ["M", "b"]) == ["b"]


def test_changed_headings_keep_the_answers_that_were_given() -> None:
    before = mapping(
        ("Surname", "Born", "Worry", "Added"),
        {"Surname": "family_name", "Born": "birth_date", "Worry": "level_of_concern"},
        told_by=BY_CHILD,
        left_out_rows=("Total",),
    )
    headings = ("Surname", "Born", "Worry", "Added", "School")
    after = carried_over(before, guess_mapping(TRACKER, headings, (), 1))
    assert dict(after.columns) == {**dict(before.columns), "School": "school"}
    assert (after.told_by, after.left_out_rows) == (BY_CHILD, ("Total",))


def mapping(headings: tuple[str, ...], columns: dict[str, str], **more: Any) -> ColumnMapping:
    return replace(ColumnMapping(headings, tuple(columns.items())), **more)


def arranged(
    one: ColumnMapping, *cells: Cell, keeps_beyond: bool = False, width: int = 0
) -> dict[str, Cell] | None:
    """Return what one row says, by our names of the columns; empty cells are left out."""
    found = find_headings([(1, one.headings)], one)
    assert found is not None
    arranger = Arranger(TRACKER, one, found, keeps_beyond=keeps_beyond)
    row = arranger.row(cells)
    if row is None:
        return None
    names = [column.name for column in feed_headings(TRACKER, one)]
    return {name: cell for name, cell in zip(names, row, strict=False) if cell != ""}


WHOLE = mapping(
    ("Name", "Born", "Where", "Why", "Added", "Secret"),
    {"Name": "whole_name", "Born": "birth_date", "Where": "address", "Why": "exploitation",
     "Added": "added_date"},
    words=(("exploitation", "Lines", "criminal"), ("exploitation", "tbd?", "")),
    left_out_rows=("Total",),
    told_by=BY_CHILD,
)  # fmt: skip


def test_a_row_says_in_our_columns_what_the_senders_said() -> None:
    row = arranged(WHOLE, "SAMPLE, Jo", 40333, "Mill, FX6 2AA", "lines", "01/02/2026", "secret")
    assert row is not None
    key = row.pop("list_number")
    assert str(key).startswith("row ")
    assert row == {
        "family_name": "SAMPLE",
        "given_names": "Jo",
        "birth_date": date(2010, 6, 4),
        "address": "Mill, FX6 2AA",
        "postcode": "FX6 2AA",
        "exploitation": "criminal",
        "added_date": "01/02/2026",
    }


def test_the_key_of_a_child_is_the_same_however_the_same_is_written() -> None:
    one = arranged(WHOLE, "SAMPLE, Jo", 40333, "", "", "01/02/2026")
    other = arranged(WHOLE, "Jo SAMPLE", "4 June 2010", "Moved", "Lines", datetime(2026, 2, 1))
    later = arranged(WHOLE, "SAMPLE, Jo", 40333, "", "", "01/03/2026")
    assert one is not None
    assert other is not None
    assert later is not None
    assert one["list_number"] == other["list_number"] != later["list_number"]


def test_rows_that_are_none_are_passed_over() -> None:
    assert arranged(WHOLE, "Total", 7) is None
    assert arranged(WHOLE, "total number of children: 7") is None
    assert arranged(WHOLE, "", "", "", "", "", "only what is never read") is None
    assert arranged(WHOLE, *WHOLE.headings) is None
    assert arranged(WHOLE, "Totally, Sam", 40333, "", "", "01/02/2026") is None
    assert arranged(replace(WHOLE, left_out_rows=()), "Totally, Sam") is not None


def test_a_word_that_is_left_out_is_not_there() -> None:
    row = arranged(WHOLE, "SAMPLE, Jo", "", "", "TBD?", "01/02/2026")
    assert row is not None
    assert "exploitation" not in row


def test_a_cell_cut_in_two_is_kept_to_be_told_of_and_a_note_beside_the_table_is_not() -> None:
    found = find_headings([(1, WHOLE.headings)], WHOLE)
    assert found is not None
    cells = ("SAMPLE, Jo", "", "", "", "01/02/2026", "", "cut off")
    text = Arranger(TRACKER, WHOLE, found, keeps_beyond=True).row(cells)
    book = Arranger(TRACKER, WHOLE, found, keeps_beyond=False).row(cells)
    assert text is not None
    assert book == text[:-1]
    assert text[-1] == "cut off"


def test_headings_are_found_in_any_order_and_below_any_title() -> None:
    moved = (WHOLE.headings[1], WHOLE.headings[0], *WHOLE.headings[2:])
    rows: list[tuple[int, tuple[Cell, ...]]] = [(1, ("A title",)), (3, moved)]
    found = find_headings(rows, WHOLE)
    assert found is not None
    assert (found.first_row, found.row, found.headings) == (3, 3, moved)
    assert WHOLE.under(moved).under(WHOLE.headings) == WHOLE
    assert WHOLE.under([each.upper() for each in WHOLE.headings]).columns[0][0] == "NAME"
    assert fingerprint(moved) == WHOLE.fingerprint
    assert find_headings([(1, (*moved, "New"))], WHOLE) is None


def test_a_mapping_comes_back_from_json_as_it_was() -> None:
    assert read_mapping(json.loads(json.dumps(WHOLE.as_dict()))) == WHOLE


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.text(max_size=30),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@settings(deadline=None)
@given(st.data())
def test_any_table_is_read_as_any_feed_and_nothing_that_was_not_mapped_is_passed_on(
    data: st.DataObject,
) -> None:
    one = data.draw(st.sampled_from(list(feeds().values())))
    names = [column.name for column in one.columns]
    headings = data.draw(st.lists(st.text("abcdef", min_size=3), min_size=1, unique=True))
    mapped = data.draw(st.lists(st.sampled_from(names), max_size=len(headings), unique=True))
    said = ColumnMapping(
        tuple(headings),
        tuple(zip(headings, mapped, strict=False)),
        told_by=data.draw(st.sampled_from([BY_NUMBER, BY_CHILD])),
        date_order=data.draw(st.sampled_from(["day-month-year", "month-day-year"])),
    )
    found = find_headings([(1, headings)], said)
    assert found is not None
    arranger = Arranger(one, said, found, keeps_beyond=False)
    cells = [data.draw(CELLS) for _ in mapped]
    secret = "never to be passed on"
    row = arranger.row([*cells, *[secret] * (len(headings) - len(mapped))])
    if row is None:
        return
    assert secret not in row
    columns = [column.heading for column in feed_headings(one, said)]
    fitting = match_headings(one, columns)
    if isinstance(fitting, Mapping):
        result = check_row(one, fitting, row, TODAY)
        assert isinstance(result, Checked) or result.problems

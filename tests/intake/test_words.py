from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.foundation.files.export import safe_cell
from reachable.intake.rules.identifiers import (
    is_shortened,
    read_nhs_number,
    read_postcode,
    read_upn,
)
from reachable.intake.rules.words import (
    Cell,
    as_text,
    clean,
    heading_key,
    is_no_name,
    is_not_known,
    word_key,
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Ann", "Ann"),
        (None, ""),
        (12.0, "12"),
        (12, "12"),
        (1.5, "1.5"),
        (9991002006.0, "9991002006"),
        (float("inf"), "inf"),
        (True, "true"),
        (date(2026, 3, 7), "2026-03-07"),
        (datetime(2026, 3, 7, 22, 15), "2026-03-07 22:15"),
        (time(22, 15), "22:15:00"),
    ],
)
def test_any_cell_is_text(cell: Cell, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  Ann   Marie ", "Ann Marie"),
        ("4 Curlew Row\r\nNetherquay\t", "4 Curlew Row Netherquay"),
        ("Ann\x00\x07", "Ann"),
        ("\u202eevil\u202c", "evil"),
        ("\ufeffAnn\u200b", "Ann"),
        ("Zoe\u0308", "Zoë"),
        ("Ann\u00a0Marie", "Ann Marie"),
        ("نیلوفر\u200cجان", "نیلوفر\u200cجان"),
        ("\ud800Ann", "\ufffdAnn"),
        ("'=1+1", "=1+1"),
        ("'+44 7700 900123", "+44 7700 900123"),
        ("'t Hart", "'t Hart"),
        ("'", "'"),
    ],
)
def test_text_is_cleaned(text: str, said: str) -> None:
    assert clean(text) == said


@given(st.text(st.characters(codec=None)))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert once == once.strip()
    if not once.startswith("'"):
        assert clean(once) == once
    once.encode("utf-8")
    assert "\0" not in once


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])))
def test_a_row_written_out_to_be_corrected_comes_back_as_it_was(text: str) -> None:
    said = clean(text)
    if not said.startswith("'"):
        assert clean(safe_cell(said)) == said


@pytest.mark.parametrize(
    "text",
    ["n/k", "N/K", "Unknown", "UNK", "not known", "-", "--", "?", "n/a", "None", "TBC", " . "],
)
def test_words_for_not_known(text: str) -> None:
    assert is_not_known(text)


@pytest.mark.parametrize("text", ["Netherquay", "No fixed abode", "Nil Street", "0", "N"])
def test_words_that_say_something(text: str) -> None:
    assert not is_not_known(text)


@pytest.mark.parametrize("name", ["Na", "Null", "Nil", "X", "No", "None", "Noman", "Li"])
def test_names_that_programs_take_for_nothing_are_names(name: str) -> None:
    assert not is_no_name(name)


@pytest.mark.parametrize("name", ["Unknown", "n/k", "N/A", "?", "-", "not known"])
def test_names_that_are_none(name: str) -> None:
    assert is_no_name(name)


def test_headings_and_words_are_compared_without_their_looks() -> None:
    assert heading_key(" Forename(s) ") == heading_key("FORENAMES")
    assert heading_key("D.O.B.") == "dob"
    assert heading_key("Prénom") == "prenom"
    assert word_key("Children's Home") == word_key("childrens home")


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("FX1 4QD", "FX1 4QD"),
        ("fx14qd", "FX1 4QD"),
        (" FX21  3rn", "FX21 3RN"),
        ("W1A 1AA", "W1A 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("ZZ99 3VZ", ""),
        ("ZZ99 3CZ", ""),
        ("NFA", ""),
        ("XXXX", ""),
        ("FX1", None),
        ("Netherquay", None),
        ("FX1 4QDX", None),
        ("FX1 4CI", None),
        ("F1X1 4QD", None),
    ],
)
def test_the_shape_of_a_postcode(text: str, postcode: str | None) -> None:
    assert read_postcode(text) == postcode


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("999 100 2006", "9991002006"),
        ("999-100-2006", "9991002006"),
        ("9991002006", "9991002006"),
        ("9991002007", None),
        ("999100200", None),
        ("٩٩٩١٠٠٢٠٠٦", None),
        ("0000000000", ""),
        ("9999999999", ""),
    ],
)
def test_the_digits_of_an_nhs_number(text: str, number: str | None) -> None:
    assert read_nhs_number(text) == number


@pytest.mark.parametrize(
    ("text", "upn"),
    [
        ("Y999400011003", "Y999400011003"),
        ("y999 4000 11003", "Y999400011003"),
        ("A999400011003", None),
        ("Y99940001100", None),
        ("Y99940001100I", None),
        ("1999400011003", None),
    ],
)
def test_the_check_letter_of_a_upn(text: str, upn: str | None) -> None:
    assert read_upn(text) == upn


@pytest.mark.parametrize(
    ("text", "shortened"),
    [("1.23E+11", True), ("9E+09", True), ("1.2e11", True), ("12E", False), ("FXC/26/1", False)],
)
def test_a_number_that_excel_has_shortened(text: str, shortened: bool) -> None:
    assert is_shortened(text) is shortened

"""A pasted table of people: each row is read, or told why not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.access.rules.joining import MOST, Asked, Row, Words, read_table, wrong_with

WORDS = Words(
    roles={"practitioner": "practitioner", "custody": "custody"},
    teams={"hub": "team-1", "north and east": "team-2"},
)
HEAD = "Name,User name,E-mail,Roles,Teams,Staff number,Last day"
TODAY = date(2026, 11, 27)


def rows(text: str) -> list[Row]:
    found = read_table(text, WORDS)
    assert not isinstance(found, str), found
    return found


@pytest.mark.parametrize("parted", [",", ";", "\t"])
def test_a_table_is_read_however_its_cells_are_parted(parted: str) -> None:
    line = "Ada Fenwick,ada,ada@a.invalid,Practitioner / custody,North and East,S 1,31/03/2027"
    (row,) = rows(f"{HEAD}\n{line}\n\n".replace(",", parted))
    assert row.wrong == ()
    assert row.asked == Asked(
        name="Ada Fenwick",
        username="ada",
        email="ada@a.invalid",
        roles=("practitioner", "custody"),
        teams=("team-2",),
        staff_number="S 1",
        last_day=date(2027, 3, 31),
    )


def test_columns_stand_in_any_order_and_unknown_ones_are_left_out() -> None:
    (row,) = rows(
        "\ufeffRole,Colour,USERNAME,Email, Full  Name \r\nCustody,red,bo,b@a.invalid,Bo\r\n"
    )
    assert row.asked == Asked("Bo", "bo", "b@a.invalid", roles=("custody",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no table here"),
        ("  \n ", "There is no table here"),
        ("Ada,ada\n", "missing: name, user name, e-mail, roles"),
        (HEAD, "headings and no row"),
        (f'{HEAD}\n"Ada,ada\n', "a quotation mark may not be closed"),
        (f"{HEAD}\n" + "a,b,c,d\n" * (MOST + 1), f"The table has {MOST + 1} rows"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(text: str, said: str) -> None:
    found = read_table(text, WORDS)
    assert isinstance(found, str)
    assert said in found


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("A,a,a@a.invalid,Emperor", "There is no role “Emperor” that you can give."),
        ("A,a,a@a.invalid,custody,CID", "There is no team “CID” that you can choose."),
        ("A,a,a@a.invalid,custody,,,31/02/2027", "The last day cannot be read"),
        ("A,a,a@a.invalid,custody,,,soon", "The last day cannot be read"),
        ("A,a,a@a.invalid,custody,,,,,more", "more cells than there are headings"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(cells: str, said: str) -> None:
    (row,) = rows(f"{HEAD}\n{cells}\n")
    assert said in " ".join(row.wrong)


@pytest.mark.parametrize(
    ("username", "fits"),
    [
        ("ada.f-2_x", True),
        ("AdA", True),
        ("ab", False),
        ("a" * 60, False),
        (".ada", False),
        ("ada f", False),
        ("ada\n", False),
        ("аda", False),
        ("ada@a", False),
        ("", False),
    ],
)
def test_a_user_name_is_plain(username: str, fits: bool) -> None:
    asked = Asked("Ada", username, "a@a.invalid", roles=("custody",))
    assert (wrong_with(asked, TODAY) == []) is fits


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_and_no_row_is_lost(text: str) -> None:
    found = read_table(text, WORDS)
    assert isinstance(found, str) or [row.number for row in found] == list(range(1, len(found) + 1))


@given(st.lists(st.text(max_size=20), max_size=9))
def test_no_cell_breaks_its_row(cells: list[str]) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    found = read_table(f"{HEAD}\n{quoted}\n", WORDS)
    filled = any(cell.strip() for cell in cells)
    assert isinstance(found, str) or len(found) == filled

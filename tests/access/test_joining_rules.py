"""A pasted table of people: each row is read, or told why not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.access.rules.joining import (
    LONGEST,
    MOST,
    Asked,
    Row,
    Words,
    read_table,
    twice,
    wrong_with,
)

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
        ("\tname,user name,e-mail,roles", "missing: name, user name"),
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


NAME = "The name is missing, has more than 120 letters, or has odd signs."
USER_NAME = (
    "A user name has 3 to 59 letters, figures, dots, hyphens or underscores, and begins with a "
    "letter or figure."
)
EMAIL = "The e-mail address is missing or is none."
JOB = "The job title has more than 120 letters, or has odd signs."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"name": "A" * LONGEST}, []),
        ({"name": "A" * (LONGEST + 1)}, [NAME]),
        ({"name": " "}, [NAME]),
        ({"name": "Ada\x00"}, [NAME]),
        ({"username": "ad"}, [USER_NAME]),
        ({"email": "ada"}, [EMAIL]),
        ({"email": f"{'a' * 244}@a.invalid"}, []),
        ({"email": f"{'a' * 245}@a.invalid"}, [EMAIL]),
        ({"job_title": "J" * LONGEST}, []),
        ({"job_title": "J" * (LONGEST + 1)}, [JOB]),
        ({"job_title": "J\x00"}, [JOB]),
        ({"roles": ()}, ["A role is missing."]),
        ({"last_day": TODAY}, []),
        ({"last_day": TODAY - timedelta(days=1)}, ["The last day is over."]),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(change: dict[str, Any], said: list[str]) -> None:
    asked = Asked(
        **{"name": "Ada", "username": "ada", "email": "a@a.invalid", "roles": ("custody",)} | change
    )
    assert wrong_with(asked, TODAY) == said
    assert LONGEST == 120


NAMES = [
    ("name", "Full name"),
    ("username", "Login"),
    ("username", "user name"),
    ("email", "E-mail address"),
    ("email", "Email address"),
    ("email", "Work e-mail"),
    ("email", "work email"),
    ("job_title", "Job title"),
    ("job_title", "Job"),
    ("job_title", "Post"),
    ("roles", "Role"),
    ("teams", "Team"),
    ("staff_number", "Payroll number"),
    ("last_day", "Until"),
]


@pytest.mark.parametrize(("column", "heading"), NAMES)
def test_a_column_is_known_by_each_of_its_names(column: str, heading: str) -> None:
    cells = {
        "name": "Ada",
        "username": "ada",
        "email": "a@a.invalid",
        "roles": "custody",
        "teams": "hub",
        "job_title": "Nurse",
        "staff_number": "S 1",
        "last_day": "31/03/2027",
    }
    usual = {"username": "user name", "email": "e-mail", "job_title": "job title"}
    usual |= {"staff_number": "staff number", "last_day": "last day", column: heading}
    heads = ",".join(usual.get(each, each) for each in cells)
    (row,) = rows(f"{heads}\n{','.join(cells.values())}\n")
    assert row == Row(
        1,
        "Ada",
        Asked(
            "Ada",
            "ada",
            "a@a.invalid",
            "Nurse",
            ("custody",),
            ("team-1",),
            "S 1",
            date(2027, 3, 31),
        ),
    )


def test_what_a_table_does_not_say_is_empty_and_its_rows_are_counted_from_one() -> None:
    found = rows("name,user name,e-mail,roles\n,ada\n,,b@a.invalid\nCai\n")
    assert [(row.number, row.shown) for row in found] == [
        (1, "ada"),
        (2, "a row without a name"),
        (3, "Cai"),
    ]
    assert [row.asked for row in found] == [
        Asked("", "ada", ""),
        Asked("", "", "b@a.invalid"),
        Asked("Cai", "", ""),
    ]
    assert {row.wrong for row in found} == {()}


def test_a_row_that_ends_early_has_empty_cells() -> None:
    (row,) = rows("user name,e-mail,roles,name\nada\n")
    assert (row.asked, row.shown, row.wrong) == (Asked("", "ada", ""), "ada", ())
    (row,) = rows("e-mail,roles,name,user name\na@a.invalid\n")
    assert (row.asked, row.shown) == (Asked("", "", "a@a.invalid"), "a row without a name")


def test_what_nobody_knows_is_named_in_its_first_letters() -> None:
    (row,) = rows(f"{HEAD}\nAda,ada,a@a.invalid,{'e' * 61}\n")
    assert row.wrong == (f"There is no role “{'e' * 60}” that you can give.",)


def test_what_is_shown_of_a_row_is_not_longer_than_a_name() -> None:
    (row,) = rows(f"{HEAD}\n{'A' * 300},ada,a@a.invalid,custody\n")
    assert row.shown == "A" * LONGEST


def test_as_many_rows_as_fit_are_read_and_only_the_headings_say_how_cells_are_parted() -> None:
    assert len(rows(f"{HEAD}\n" + "a,b,c,d\n" * MOST)) == MOST
    first, second = rows("name,user name,e-mail,roles\nAda; of\tosier,ada,,custody\nBo\tX;")
    assert (first.shown, second.shown) == ("Ada; of\tosier", "Bo\tX;")
    (row,) = rows('name,user name,e-mail,roles\n"Ada\nFenwick",ada,a@a.invalid,custody')
    assert row.shown == "Ada\nFenwick"


@pytest.mark.parametrize("said", ["name", "X", "name X", "XX"])
def test_letters_of_another_table_are_no_separator_and_are_kept(said: str) -> None:
    """A heading may hold any letter."""
    found = read_table(f"{said}\nAda", WORDS)
    missing = "user name, e-mail, roles" if said == "name" else "name, user name, e-mail, roles"
    assert found == f"The first row has to hold headings; missing: {missing}."
    (row,) = rows("XXname,name,user name,e-mail,roles,job\nq,AdaX,ada,a@a.invalid,custody,X")
    assert row.asked == Asked("AdaX", "ada", "a@a.invalid", "X", roles=("custody",))


@pytest.mark.parametrize(
    ("values", "again"),
    [
        ([], set()),
        (["ada", "bo"], set()),
        (["ada", "bo", "ADA", "Bo", "ada"], {"ada", "bo"}),
        (["", ""], set()),
    ],
)
def test_who_comes_twice_is_found_in_whatever_case(values: list[str], again: set[str]) -> None:
    assert twice(values) == again


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("Practitioner/custody", ("practitioner", "custody")),
        ("practitioner | custody", ("practitioner", "custody")),
        ("practitioner + custody", ("practitioner", "custody")),
        ("practitioner and custody", ("practitioner", "custody")),
        ("custody / custody", ("custody",)),
        (" / custody /", ("custody",)),
    ],
)
def test_roles_of_one_cell_are_parted(cell: str, keys: tuple[str, ...]) -> None:
    (row,) = rows(f"{HEAD}\nAda,ada,a@a.invalid,{cell}\n")
    assert row.asked is not None
    assert (row.asked.roles, row.wrong) == (keys, ())


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

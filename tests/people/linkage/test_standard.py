"""One standard form of a record, by example."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.people.linkage import keys
from reachable.people.linkage.names import roots, sound
from reachable.people.linkage.standard import COLUMNS, Said, frequencies_of, standardise

NONE: dict[str, dict[str, int]] = {"given": {}, "family": {}}

BY_EXAMPLE: list[tuple[str, Said, dict[str, Any]]] = [
    ("nothing", Said(), dict.fromkeys(COLUMNS)),
    ("accents", Said("Siân", "Ó Briain"), {"given": "sian", "family": "o briain"}),
    (
        "reordered",
        Said("Phạm", "Thị Lan"),
        {"given": "pham", "names": frozenset({"pham", "thi", "lan"})},
    ),
    (
        "double-barrelled",
        Said("Ivy", "Smith-Jones"),
        {"family": "smith jones", "families": frozenset({"smith", "jones"})},
    ),
    (
        "an earlier family name",
        Said("Ivy", "Jones", other_families=("Smith",)),
        {"family": "jones", "families": frozenset({"smith", "jones"})},
    ),
    ("another script", Said("李"), {"given": "li"}),
    ("a smiley is nobody’s name", Said("🙂", "…"), {"given": None, "names": None}),
    ("a smiley beside a name", Said("Ivy 🙂", "O`Neill"), {"given": "ivy", "family": "oneill"}),
    ("a word for nobody", Said("Unknown", "Baby"), {"given": None, "family": None, "names": None}),
    ("one letter", Said("K", "K"), {"given": "k", "family": "k"}),
    ("a date for nobody", Said(birth_date=date(1900, 1, 1)), {"born": None}),
    (
        "a date",
        Said(birth_date=date(2010, 5, 4)),
        {
            "born": "2010-05-04",
            "born_crossed": "2010-04-05",
            "born_month": "2010-05",
            "born_day": "05-04",
        },
    ),
    ("no place", Said(postcode="ZZ99 3VZ"), {"postcode": None, "postcodes": None}),
    ("no postcode", Said(postcode="Leeds, somewhere"), {"postcode": None, "district": None}),
    ("a postcode", Said(postcode="fx12 3cd"), {"postcode": "FX123CD", "district": "FX12"}),
    (
        "an earlier postcode",
        Said(postcode="FX1 1AA", other_postcodes=("FX12 3CD", "ZZ99 3VZ")),
        {"postcode": "FX11AA", "postcodes": frozenset({"FX11AA", "FX123CD"})},
    ),
    ("sex not known", Said(sex="unknown"), {"sex": None}),
    ("a false NHS number", Said(nhs_number="1234567890"), {"nhs_number": None}),
    ("an NHS number", Said(nhs_number="943 476 5919"), {"nhs_number": "9434765919"}),
    ("a false UPN", Said(upn="B123456789012"), {"upn": None}),
    ("a UPN", Said(upn="X801200001002"), {"upn": "X801200001002"}),
    ("a UPN of a new authority", Said(upn="V999400011001"), {"upn": "V999400011001"}),
]


@pytest.mark.parametrize(
    ("said", "holds"), [each[1:] for each in BY_EXAMPLE], ids=[each[0] for each in BY_EXAMPLE]
)
def test_standard_form_by_example(said: Said, holds: dict[str, Any]) -> None:
    standard = standardise(said, NONE)
    assert {name: getattr(standard, name) for name in holds} == holds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alfie", "alfred"),
        ("mohammed", "muhammad"),
        ("mo", "mohamed"),
        ("kasia", "katarzyna"),
        ("yusuf", "yousef"),
        ("bob", "robert"),
        ("liz", "elizabeth"),
    ],
)
def test_short_forms_and_spellings_share_a_root(one: str, other: str) -> None:
    assert roots(one) & roots(other)


@pytest.mark.parametrize(("one", "other"), [("tom", "tim"), ("aisha", "amina"), ("ivy", "eva")])
def test_other_names_share_none(one: str, other: str) -> None:
    assert not roots(one) & roots(other)


def test_names_that_sound_alike() -> None:
    assert sound("mohammed") == sound("muhammad")
    assert sound("smith") != sound("jones")


def test_how_common_a_name_is_follows_from_the_records() -> None:
    people = [Said("Ana", "Khan")] * 150 + [Said("Ivy", "Ng")] * 15 + [Said("Zed", "Q")]
    filler = [Said(f"a{n}", f"b{n}") for n in range(9_834)]
    frequencies = frequencies_of([*people, *filler])
    assert frequencies == {"given": {"ana": 0, "ivy": 1}, "family": {"khan": 0, "ng": 1}}
    standard = standardise(Said("Zed", "Khan"), frequencies)
    assert (standard.given_rarity, standard.family_rarity) == (3, 0)


SHARE_A_KEY: list[tuple[str, Said, Said]] = [
    (
        "a number alone",
        Said(nhs_number="9434765919"),
        Said("Ivy", "Ng", nhs_number="9434765919"),
    ),
    (
        "day and month crossed, a short form, another family name, moved",
        Said("Alfie", "Khan", date(2010, 5, 4), postcode="FX1 1AA"),
        Said("Alfred", "Smith", date(2010, 4, 5), postcode="FY9 9ZZ"),
    ),
    (
        "given and family name in the wrong boxes, another day",
        Said("Lan", "Pham", date(2010, 5, 4)),
        Said("Pham", "Lan", date(2010, 8, 9)),
    ),
    (
        "no birth date",
        Said("Mohammed", "Khan", None, postcode="FX1 1AA"),
        Said("Muhammad", "Khan", date(2010, 5, 4), postcode="FX1 1AA"),
    ),
    (
        "an earlier postcode",
        Said("Ivy", "Ng", None, postcode="FX1 1AA"),
        Said("Ivy", "Ng", None, postcode="FY1 1AA", other_postcodes=("FX1 1AA",)),
    ),
]


@pytest.mark.parametrize(
    ("one", "other"), [each[1:] for each in SHARE_A_KEY], ids=[each[0] for each in SHARE_A_KEY]
)
def test_who_is_found_in_spite_of(one: Said, other: Said) -> None:
    found = [set(keys.keys_of(standardise(each, NONE))) for each in (one, other)]
    assert found[0] & found[1]


def test_a_birth_date_and_a_district_alone_find_nobody() -> None:
    one = Said("Ivy", "Ng", date(2010, 5, 4), postcode="FX1 1AA")
    other = Said("Eva", "Ong", date(2010, 5, 4), postcode="FX1 9ZZ")
    found = [set(keys.keys_of(standardise(each, NONE))) for each in (one, other)]
    assert not found[0] & found[1]


def test_whoever_says_nothing_is_found_by_nothing() -> None:
    assert keys.key_texts(standardise(Said(), NONE)) == []
    assert keys.key_texts(standardise(Said("Ivy"), NONE)) == []


@given(st.text(), st.text(), st.dates(), st.text(), st.text(), st.text())
def test_whatever_is_said_has_a_standard_form(
    given_names: str, family: str, born: date, postcode: str, nhs_number: str, upn: str
) -> None:
    said = Said(given_names, family, born, "", postcode, nhs_number, upn)
    standard = standardise(said, NONE)
    assert all(value is None or value != "" for value in standard.row().values())
    assert len(keys.keys_of(standard)) == len(set(keys.key_texts(standard)))

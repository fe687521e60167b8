from __future__ import annotations

import pytest

from reachable.intake.rules.headings import Mapping, Mismatch, match_headings
from reachable.intake.specification import feed, feeds

CUSTODY, MISSING = feed("police_custody"), feed("police_missing")
CUSTODY_HEADINGS = [column.heading for column in CUSTODY.columns]
MISSING_HEADINGS = [column.heading for column in MISSING.columns]


def match(headings: list[str]) -> Mapping | Mismatch:
    return match_headings(CUSTODY, headings, feeds().values())


def refused(headings: list[str]) -> Mismatch:
    found = match(headings)
    assert isinstance(found, Mismatch)
    return found


@pytest.mark.parametrize(
    "written",
    [
        str.upper,
        str.lower,
        lambda heading: heading.replace(" ", "_"),
        lambda heading: f"  {heading}: ",
        lambda heading: "".join(heading.split()),
    ],
)
def test_case_spaces_and_punctuation_are_no_matter(written) -> None:
    found = match([written(heading) for heading in CUSTODY_HEADINGS])
    assert isinstance(found, Mapping)
    assert len(found.places) == len(CUSTODY.columns)
    assert found.not_read == ()


def test_every_alias_is_read() -> None:
    for column in CUSTODY.columns:
        for alias in (column.name, *column.aliases):
            headings = [alias if each == column.heading else each for each in CUSTODY_HEADINGS]
            found = match(headings)
            assert isinstance(found, Mapping)
            assert found.heading_of(column.name) == alias


def test_columns_in_any_order_and_others_beside_them() -> None:
    found = match(["Religion", *reversed(CUSTODY_HEADINGS), "", "Religion"])
    assert isinstance(found, Mapping)
    assert dict(found.places)["record_status"] == 1
    assert found.not_read == ("Religion", "Religion")


def test_a_column_that_may_be_absent() -> None:
    found = match([each for each in CUSTODY_HEADINGS if each not in ("UPN", "NHS No", "Sex")])
    assert isinstance(found, Mapping)
    assert found.heading_of("upn") == "upn"


def test_date_and_time_in_one_column() -> None:
    headings = [each for each in CUSTODY_HEADINGS if each != "Arrival Time"]
    assert "“Arrival Time”" in refused(headings).sentence
    joined = ["Arrival Date/Time" if each == "Arrival Date" else each for each in headings]
    assert isinstance(match(joined), Mapping)


def test_a_missing_column_is_named_with_what_may_be_it() -> None:
    headings = ["Custdy Suite" if each == "Station" else each for each in CUSTODY_HEADINGS]
    found = refused(headings)
    assert found.sentence == "The file has no column “Station”."
    assert found.next.startswith("Did you mean “Custdy Suite” to be “Station”?")


def test_two_columns_for_the_same_are_refused_by_name() -> None:
    found = refused([*CUSTODY_HEADINGS, "Date of Birth"])
    assert found.sentence == "Two columns, “DOB” and “Date of Birth”, say the same."
    found = refused([*CUSTODY_HEADINGS, "D.O.B"])
    assert found.sentence == "The column “DOB” is there twice."


def test_a_file_of_another_feed_is_recognised() -> None:
    assert refused(MISSING_HEADINGS).sentence == (
        "This looks like a file of “Police missing and found”, not of “Police custody”."
    )


def test_a_file_without_headings_is_told_from_a_wrong_one() -> None:
    assert "looks like data" in refused(["FXC/26/1", "Arrest", "07/03/2026", "02:10"]).sentence
    assert "None of the columns" in refused(["Colour", "Shape"]).sentence

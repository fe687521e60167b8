"""Who a source is, is never entered: no feed has a column for it, no file with one is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reachable.intake.checking import NamesASource, check_file, open_file
from reachable.intake.rules.kept_out import names_a_source
from reachable.intake.rules.mapping import ColumnMapping
from reachable.intake.samples import write_sample
from reachable.intake.specification import feeds

REFUSED = [
    "Informant",
    "Informant’s Surname",
    "CHIS",
    "CHIS_No",
    "Source Name",
    "Source's Identity",
    "SOURCE_FULL_NAME",
    "Handler Contact",
    "Name of the source",
    "Source DOB",
    "Whistle-blower",
]
FINE = [
    "Referral Source",
    "Source",
    "Source Evaluation",
    "Intelligence Ref",
    "Information Assessment",
    "Surname",
    "Chisholm Road",
    "Informed",
    "Source of Referral",
    "Officer Contact",
]


@pytest.mark.parametrize("heading", REFUSED)
def test_a_heading_that_names_a_source_is_found(heading: str) -> None:
    assert names_a_source(["Surname", heading]) == (heading,)


def test_other_headings_are_not() -> None:
    assert names_a_source(FINE) == ()


def test_no_feed_has_a_column_for_a_source() -> None:
    for feed in feeds().values():
        headings = [
            name for each in feed.columns for name in (each.name, each.heading, *each.aliases)
        ]
        assert names_a_source(headings) == (), feed.key


def test_a_file_with_such_a_column_is_refused_whole(tmp_path: Path) -> None:
    feed = feeds()["police_encounter"]
    path = tmp_path / "encounters.csv"
    path.write_text(
        "Encounter No,Encounter Type,Encounter Date,Surname,Informant\nE-1,S&S,1/2/26,A,B\n"
    )
    with pytest.raises(NamesASource, match="“Informant”.*Nothing was kept.*own reference"):
        open_file(feed, path)
    mapping = ColumnMapping(
        headings=("Encounter No", "Type", "Date", "Surname", "Informant"),
        columns=(("Encounter No", "encounter_number"), ("Informant", "found")),
    )
    with pytest.raises(NamesASource):
        open_file(feed, path, read_as=mapping)


def test_a_grade_comes_with_a_row(tmp_path: Path) -> None:
    feed = feeds()["police_encounter"]
    path = tmp_path / "sample.csv"
    path.write_bytes(write_sample(feed, tmp_path).read_bytes())
    report = check_file(feed, path, date(2026, 11, 27), samples=1)
    ((_, content),) = report.samples
    assert content.get("handling_code") == "C"
    assert content.get("source_grade") == "2"

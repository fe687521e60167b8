from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.intake.checking import check_file
from reachable.intake.happenings import code_in_words
from reachable.intake.reference import render
from reachable.intake.rules.check import Checked, check_row
from reachable.intake.rules.headings import Mapping, match_headings
from reachable.intake.samples import KINDS, sample_table, write_sample
from reachable.intake.specification import COLUMNS, FEEDS, Feed, feed, feeds, read_feed
from reachable.practice import guidance
from reachable.practice.reading import BadPractice, read_fields

ALL = list(feeds().values())
TODAY = date(2026, 11, 24)


def test_a_feed_takes_from_the_shared_column_what_it_does_not_say() -> None:
    born = feed("police_missing").column("birth_date")
    assert born.type == "date"
    assert {"Date of Birth", "Misper DOB"} <= set(born.aliases)
    assert "not known: the report" in born.hint
    lives = feed("police_missing").column("address")
    assert lives.heading == "Home Address"
    assert "Address" in lives.aliases


def test_every_shared_column_is_in_most_feeds() -> None:
    shared = read_fields(COLUMNS, "column")
    for key in shared.keys() - {"nhs_number", "upn"}:
        assert all(key in {column.name for column in one.columns} for one in ALL), key


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_every_event_that_a_row_makes_is_known_to_practice(one: Feed) -> None:
    events = guidance.practice().events
    for made in one.makes:
        assert events[made.event].compartment == made.compartment


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_feed_forgets_after_thirty_days_and_asks_about_ages_over_25(one: Feed) -> None:
    assert (one.keep_unmatched_days, one.question_over_age) == (30, 25)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_identity_is_in_the_compartment_of_identity(one: Feed) -> None:
    held = {column.name: column.compartment for column in one.columns}
    assert {held[name] for name in one.identity} == {"identity"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_every_sample_row_is_accepted_from_every_kind_of_file(
    tmp_path: Path, one: Feed, kind: str
) -> None:
    report = check_file(one, write_sample(one, tmp_path, kind), TODAY)
    assert (report.rows, report.accepted, report.refused) == (len(one.samples),) * 2 + (0,)
    assert report.rows >= 5


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_the_samples_show_every_event_and_every_column(one: Feed) -> None:
    headings, rows = sample_table(one)
    mapping = match_headings(one, headings)
    assert isinstance(mapping, Mapping)
    contents = [check_row(one, mapping, row, TODAY) for row in rows]
    assert all(isinstance(each, Checked) for each in contents)
    filled = {name for each in contents if isinstance(each, Checked) for name in each.content}
    assert filled == {column.name for column in one.columns}


def test_every_kind_of_file_gives_the_same_content(tmp_path: Path) -> None:
    for one in ALL:
        reports = [check_file(one, write_sample(one, tmp_path, kind), TODAY) for kind in KINDS]
        first, *others = [[content for _, content in report.samples] for report in reports]
        assert all(contents == first for contents in others)


def test_the_reference_page_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "feeds.md"
    assert page.read_text("utf-8") == render()


def test_an_unknown_feed_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="Did you mean “police_custody”"):
        feed("police_custdy")
    with pytest.raises(BadInput, match="There are: "):
        feed("astronauts")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('key = "police_missing"', 'key = "other"', "Give it the name of the file"),
        ('type = "code"', 'type = "coed"', "“type” is “coed”"),
        ('need = "value"', "", "“need” is missing"),
        ('hint = "With whom the child lives."', "colour = 1", "“hint” is missing"),
        ('key = "birth_date"', 'key = "birth_date"\ncolour = "red"', "unknown field “colour”"),
        ('heading = "Placement Type"', 'heading = "DOB"', "the heading “DOB” belongs to"),
        ('also = ["Nominal DOB"', 'also = ["Sex"', "the heading “sex” belongs to"),
        ('source_key = "report_number"', 'source_key = "number"', "which does not exist"),
        ('happened = "missing"', 'happened = "arrived"', "which does not exist"),
        ('date = "missing_date"', 'date = "missing_time"', "Name one of “date”"),
        ('at = "returned"', 'at = "lost"', "which does not exist"),
        ('words = ["Home", ', 'words = ["Foster", ', "stands for “home” and “foster”"),
        (" | Maja | ", " | ", "17 cells"),
        ("keep_unmatched_days = 30", "keep_unmatched_days = 0", "at least 1"),
        ('compartment = "welfare"', 'compartment = "secret"', "Choose one of"),
        ("[[sample]]", "[[sample", "cannot be read"),
    ],
)
def test_a_wrong_specification_names_the_file_the_item_and_what_to_do(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    text = (FEEDS / "police_missing.toml").read_text("utf-8")
    assert before in text
    path = tmp_path / "police_missing.toml"
    path.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(BadPractice) as wrong:
        read_feed(path)
    assert wrong.value.sentence.startswith("police_missing.toml, ")
    assert said in wrong.value.sentence


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("change", "managed_move", "Managed move"),
        ("factors", "10A 24A", "Missing; Child criminal exploitation"),
        ("factors", "10A 99Z", ""),
        ("school", "managed_move", ""),
        ("interview_accepted", "not_applicable", "Not applicable"),
    ],
)
def test_codes_are_said_as_people_say_them(column: str, value: str, said: str) -> None:
    assert code_in_words(column, value) == said

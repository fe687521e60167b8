"""What the page of a feed tells a data officer to do is true of the feed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.intake import how_to
from reachable.intake.checking import check_file
from reachable.intake.set_checking import refuse_unfit
from reachable.intake.specification import Feed, Need, feeds
from reachable.intake.table_sets import headings_read, table_sets
from tests.support.tables import packed, sample

ALL = list(feeds().values())
SSD = table_sets()["ssd"]
TODAY = date(2026, 4, 1)
READ = [
    (table, each)
    for feed in SSD.tables
    for table, headings in headings_read(feed).items()
    for each in headings
]
NEEDED = {(table, each.name) for table, each in READ if each.needed}
WITHOUT = sorted({(table, each.name) for table, each in READ})


@pytest.mark.parametrize("feed", ALL, ids=lambda feed: feed.key)
def test_the_rows_that_the_page_shows_are_accepted_as_they_stand(
    feed: Feed, tmp_path: Path
) -> None:
    shown = re.findall(r"```\n(.*?)```", how_to.render(feed), re.DOTALL)[0]
    path = tmp_path / "mine.csv"
    path.write_text(shown, "utf-8")
    report = check_file(feed, path, TODAY)
    assert (report.rows, report.refused, report.not_read) == (2, 0, ())
    wanted = [column.name for column in feed.columns if column.need is not Need.NO]
    assert [name for name, _ in report.read] == wanted


@pytest.mark.parametrize(("table", "heading"), WITHOUT)
def test_a_column_of_a_set_is_needed_exactly_where_the_page_says_so(
    table: str, heading: str, tmp_path: Path
) -> None:
    tables = sample()
    place = tables[table][0].index(heading)
    tables[table] = [[*row[:place], *row[place + 1 :]] for row in tables[table]]
    path = tmp_path / "sent.zip"
    path.write_bytes(packed(tables))
    if (table, heading) in NEEDED:
        with pytest.raises(BadInput, match=heading):
            refuse_unfit(SSD, path)
    else:
        refuse_unfit(SSD, path)


def test_no_column_that_is_read_is_missing_from_the_page_of_a_set() -> None:
    page = how_to.render(SSD)
    for feed in SSD.tables:
        for column in feed.columns:
            assert column.heading == column.name or column.heading in page
        for join in feed.joins:
            assert all(each in page for each in (join.table, join.column, join.on, *join.take))


def test_a_set_is_recorded_only_for_what_it_can_bring() -> None:
    assert "*Returned from missing*" in how_to.render(SSD)
    census = how_to.render(table_sets()["cin_census"])
    assert "*An assessment found exploitation*" in census
    assert "missing*" not in census

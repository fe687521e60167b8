"""The pages of a set of tables: what it needs, and how it is checked where it comes from."""

from __future__ import annotations

import pytest

from reachable.intake.table_sets import headings_read, table_sets
from tests.support.world import World, html


@pytest.mark.parametrize("key", sorted(table_sets()))
def test_the_page_of_a_set_names_all_that_is_read_and_leads_to_the_check(
    world: World, key: str
) -> None:
    tables = table_sets()[key]
    analyst = world.client("clerk")
    page = html(analyst.get(f"/intake/sets/{key}/"))
    for feed in tables.tables:
        assert feed.purpose in page
        for table, headings in headings_read(feed).items():
            assert table in page
            assert all(each.name in page for each in headings)
    check = f"/intake/feeds/{key}/check/"
    assert check in page
    page = html(analyst.get(check))
    ending = "zip" if key == "ssd" else "xml"
    assert f"reachable-check.pyz check {key} your-file.{ending}" in page
    assert "the file as it is" in page
    assert "to send.csv" not in page

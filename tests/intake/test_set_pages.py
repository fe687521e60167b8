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
    assert f"python3 reachable-check.pyz your-file.{ending}" in page
    assert f"check {key} your-file.{ending} --keep send.{ending} --refused correct.zip" in page
    assert f"the file that ends in “to send.{ending}”" in page
    assert ("which rows you held back" in page) == (key == "ssd")

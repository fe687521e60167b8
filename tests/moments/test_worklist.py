"""The worklist asks the database for what the rule's examples say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reachable.foundation.time import travel
from reachable.moments import worklists
from reachable.moments.examples import example_table
from reachable.moments.models import Moment
from tests.support.queries import queries_of
from tests.support.world import World

pytestmark = pytest.mark.db

ROWS = [row for row in example_table("worklist").rows if row["state"] != "closed"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_the_database_puts_a_moment_where_the_rule_puts_it(
    world: World, row: Mapping[str, Any]
) -> None:
    moment_id = world.signal()
    Moment.objects.filter(id=moment_id).update(
        state=row["state"], next_due_at=row["next_due"] or None
    )
    with travel(row["now"]):
        buckets = worklists.worklist(by=world.actor("first")).buckets
    found = {bucket.key: [one.id for one in bucket.rows] for bucket in buckets}
    assert found == {"now": [], "today": [], "week": [], row["bucket"]: [moment_id]}
    assert {bucket.key: bucket.total for bucket in buckets} == {
        key: len(ids) for key, ids in found.items()
    }


def test_a_bucket_shows_the_nearest_and_counts_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklists, "SHOWN", 2)
    opened = [world.signal(given_names=name) for name in ("Ada", "Bea", "Cai", "Dot")]
    now_, today, week = worklists.worklist(by=world.actor("first")).buckets
    assert [row.id for row in now_.rows] == opened[:2]
    assert now_.total == 4
    assert (today.total, week.total) == (0, 0)


def test_more_moments_take_no_more_queries(world: World) -> None:
    client = world.client("first")
    world.signal(given_names="Ada")
    few = queries_of(client, "/worklist/")
    for name in ("Bea", "Cai", "Dot", "Eva", "Fay"):
        world.signal(given_names=name)
    assert queries_of(client, "/worklist/") == few

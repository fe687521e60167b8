"""The audit is read newest first, however long it is: nothing is sorted whole, nothing counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.audit import selectors
from reachable.audit.models import Entry
from reachable.audit.selectors import PAGE, Entries
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import bulk_insert, is_postgres
from reachable.foundation.ids import new_id
from reachable.foundation.time import today
from tests.audit.chain import act

pytestmark = pytest.mark.db

BY = system("tests")
MANY = 20_000
WORKERS = [uuid4() for _ in range(40)]
CHILDREN = [uuid4() for _ in range(400)]
WHEN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
COLUMNS = [
    *("id", "at", "actor_kind", "actor_id", "actor_name", "action"),
    *("subject_kind", "subject_id", "details", "key_id", "mac"),
]


@pytest.fixture
def long_audit(db: None) -> None:
    """A year and more of looks, as they would have been noted."""
    first = WHEN.timestamp() - MANY * 600
    bulk_insert(
        Entry,
        COLUMNS,
        [
            (
                *(new_id(), datetime.fromtimestamp(first + number * 600, UTC), "person"),
                *(WORKERS[number % 40], "", "looked", "person", CHILDREN[number % 400]),
                *({"page": "child"}, "k1", b"0" * 32),
            )
            for number in range(MANY)
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_entry")


READS: dict[str, Callable[[Actor], Entries]] = {
    "everything": lambda by: selectors.entries(by=by),
    "far back": lambda by: selectors.entries(by=by, page=30),
    "a worker": lambda by: selectors.entries(by=by, actor_ids=WORKERS[:1]),
    "a record": lambda by: selectors.entries(by=by, subject_id=CHILDREN[7]),
    "a day": lambda by: selectors.entries(by=by, day=WHEN.date()),
    "a child": lambda by: selectors.looks_at(by=by, kind="person", subject_ids=CHILDREN[:1]),
}


def plan_of(sql: str) -> str:
    """Return how the database would answer, as it says itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'' if is_postgres() else 'QUERY PLAN '}{sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize("read", READS)
def test_the_audit_is_read_along_an_index(long_audit: None, read: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = READS[read](BY)
    assert found.entries
    selects = [each["sql"] for each in asked if each["sql"].startswith("SELECT")]
    assert len(selects) == 1, "nothing is counted"
    plan = plan_of(selects[0])
    assert "TEMP B-TREE" not in plan, plan
    assert not re.search(r"Seq Scan|SCAN audit_entry(?! USING)", plan), plan
    # One child's looks are few: to sort those is no harm.
    few = read in ("a child", "a record", "a worker")
    assert few or not re.search(r"(?<!Incremental )\bSort\b", plan), plan
    order = [(entry.at, entry.id) for entry in found.entries]
    assert order == sorted(order, reverse=True)


def test_pages_follow_each_other_to_the_oldest(db: None) -> None:
    made = [act() for _ in range(PAGE + 3)]

    def page(number: int) -> Any:
        return selectors.entries(by=BY, page=number, day=today())

    seen: list[UUID] = []
    first, second = page(1), page(2)
    for found in (first, second):
        seen += [entry.id for entry in found.entries if entry.id in made]
    assert (first.number, first.more, second.number, second.more) == (1, True, 2, False)
    assert seen[-3:] == made[2::-1]

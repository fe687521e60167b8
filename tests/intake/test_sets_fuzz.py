"""Whatever comes as a set, through the door for programs and the real load: rows or a sentence."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reachable.foundation.time import travel
from reachable.intake.loading import OUR_MISTAKE
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from reachable.intake.table_sets import SETS, table_sets
from tests.intake.test_check_fuzz import TEXTS
from tests.intake.test_table_sets import AT
from tests.support.files import work
from tests.support.programs import Program, a_program
from tests.support.tables import Tables, packed, sample
from tests.support.world import make_world

pytestmark = pytest.mark.db

CENSUS = (SETS / "cin_census" / "cin-census-sample.xml").read_bytes()
TABLES = sorted(feed.key for feed in table_sets()["ssd"].tables)
fuzzed = settings(
    deadline=None,
    max_examples=12,
    # Each loads a set: what fails is shown as it was found.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def program(db: None) -> Program:
    with travel(AT):
        make_world()
        return a_program("council", feeds=("ssd", "cin_census"))


@cache
def zipped() -> bytes:
    return packed(sample())


@st.composite
def damaged(draw: st.DrawFn, whole: Callable[[], bytes]) -> bytes:
    """Some bytes are others, are left out or come between; or the end is missing."""
    content = whole()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        left_out = draw(st.integers(0, 2))
        content = content[:at] + draw(st.binary(max_size=3)) + content[at + left_out :]
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


def loaded(program: Program, feed: str, content: bytes) -> Delivery | None:
    """Send and load; return the set if it was loaded. What was not is told in a sentence."""
    answer = program.send(content, f"/api/feeds/{feed}/files")
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert all(answer.json()[said] for said in ("sentence", "kept", "next"))
        return None
    work()
    done = Delivery.objects.get(id=answer.json()["id"])
    told = program.get(f"/api/deliveries/{done.id}")
    assert told.status_code == 200
    if done.state == "failed":
        assert done.error
        assert not done.error.startswith(OUR_MISTAKE.sentence)
        return None
    assert done.state == "loaded"
    every_row_is_somewhere(done)
    return done


def every_row_is_somewhere(done: Delivery) -> None:
    """Accepted, quarantined or a duplicate: of the set, and of each of its tables."""
    parts = Delivery.objects.filter(part_of=done)
    whole = F("accepted") + F("quarantined") + F("duplicates")
    assert not Delivery.objects.exclude(rows=whole).exists()
    assert done.rows == sum(part.rows or 0 for part in parts)
    refused = QuarantinedRow.objects.filter(delivery__in=parts)
    assert refused.count() == done.quarantined
    assert all(row.problems for row in refused)
    assert Signal.objects.count() <= done.accepted


@fuzzed
@given(damaged(zipped))
def test_promise_26_a_damaged_zip_file_gives_rows_or_a_sentence(
    program: Program, content: bytes
) -> None:
    with travel(AT), transaction.atomic():
        loaded(program, "ssd", content)
        transaction.set_rollback(True)


@fuzzed
@given(damaged(lambda: CENSUS))
def test_promise_26_a_damaged_census_gives_rows_or_a_sentence(
    program: Program, content: bytes
) -> None:
    with travel(AT), transaction.atomic():
        loaded(program, "cin_census", content)
        transaction.set_rollback(True)


@fuzzed
@given(st.data())
def test_promise_26_a_set_with_a_damaged_table_gives_rows_or_a_sentence(
    program: Program, data: st.DataObject
) -> None:
    tables = sample()
    table = data.draw(st.sampled_from(TABLES))
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in tables.pop(table))
    content = data.draw(damaged(text.encode))
    with travel(AT), transaction.atomic():
        loaded(program, "ssd", packed(tables, also={f"{table}.csv": content}))
        transaction.set_rollback(True)


@st.composite
def odd_tables(draw: st.DrawFn) -> Tables:
    """Any cells hold any text: also numbers by which rows refer to each other."""
    tables = {table: [list(row) for row in rows] for table, rows in sample().items()}
    for table in draw(st.lists(st.sampled_from(sorted(tables)), min_size=1, max_size=5)):
        row = draw(st.sampled_from(tables[table][1:]))
        row[draw(st.integers(0, len(row) - 1))] = draw(TEXTS)
    return tables


@fuzzed
@given(odd_tables())
def test_promise_26_as_many_rows_come_out_of_a_set_as_went_in(
    program: Program, tables: Tables
) -> None:
    with travel(AT), transaction.atomic():
        done = loaded(program, "ssd", packed(tables))
        assert done
        assert done.rows == sum(any(row) for table in TABLES for row in tables[table][1:])
        transaction.set_rollback(True)

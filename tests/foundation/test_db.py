"""The bulk writer: what goes in comes out, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.audit.models import Entry
from reachable.foundation import db
from reachable.foundation.db import (
    MOVED_AFTER,
    bulk_insert,
    bulk_insert_all,
    bulk_update,
    follow_indexes,
    in_values,
    is_postgres,
    log_moved_beside,
    looked_up,
)
from reachable.foundation.models import LongWork
from reachable.people.models import CurrentPerson, Person, RecordKey
from tests.support.databases import Database

# PostgreSQL keeps neither NUL nor half a character, and intake refuses both before.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ENTRY = st.fixed_dictionaries(
    {
        "at": st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
        "actor_kind": st.sampled_from(["person", "system"]),
        "actor_id": st.none() | st.uuids(),
        "actor_name": TEXT,
        "action": TEXT,
        "subject_kind": st.sampled_from(["person", "moment"]),
        "subject_id": st.none() | st.uuids(),
        "details": st.dictionaries(TEXT, JSON, max_size=3),
        "key_id": st.just("k1"),
        "mac": st.binary(min_size=1, max_size=32),
    }
)


@pytest.mark.db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(ENTRY, max_size=5), few=st.sampled_from([0, db.FEW]))
def test_whatever_is_inserted_comes_back_as_it_was(entries: list[dict[str, Any]], few: int) -> None:
    names = sorted({"id"}.union(*entries))
    rows = {(one := uuid4()): {**entry, "id": one} for entry in entries}
    inserted = [tuple(row[name] for name in names) for row in rows.values()]
    with mock.patch.object(db, "FEW", few):
        assert bulk_insert(Entry, names, inserted) == len(entries)
    for entry_id, held in Entry.objects.in_bulk(list(rows)).items():
        found = {name: getattr(held, name) for name in names}
        assert {**found, "mac": bytes(held.mac)} == rows.pop(entry_id)
    assert not rows


@pytest.mark.db
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.dictionaries(
        TEXT, st.tuples(TEXT, st.integers(0, 2**31 - 1), TEXT, st.booleans()), max_size=4
    )
)
def test_rows_are_inserted_and_changed_by_their_key(rows: dict[str, Any]) -> None:
    LongWork.objects.all().delete()
    bulk_insert(
        LongWork,
        ["name", "title", "done", "total", "words", "finished"],
        [(name, "", 0, 0, "", False) for name in rows],
    )
    bulk_update(
        LongWork,
        "name",
        ["title", "done", "words", "finished"],
        [(name, *values) for name, values in rows.items()],
    )
    held = LongWork.objects.values_list("name", "title", "done", "words", "finished")
    assert {row[0]: row[1:] for row in held} == rows


@pytest.mark.db
def test_nothing_to_insert_is_nothing_done() -> None:
    assert bulk_insert(LongWork, ["name"], iter(())) == 0
    bulk_update(LongWork, "name", ["done"], [])


@pytest.mark.db
@pytest.mark.parametrize("count", [2, 2 * db.FEW])
def test_what_the_database_refuses_is_refused_as_a_whole(count: int) -> None:
    works = [(f"w{number}", "", 0, 0, "", False) for number in range(count - 1)]
    columns = ["name", "title", "done", "total", "words", "finished"]
    with pytest.raises(IntegrityError, match="name"), transaction.atomic():
        bulk_insert_all((LongWork, columns, works), (LongWork, columns, works[:1]))
    assert not LongWork.objects.exists()


def people(count: int) -> list[UUID]:
    ids = [uuid4() for _ in range(count)]
    bulk_insert(Person, ["id", "made_at"], [(one, datetime.now(UTC)) for one in ids])
    bulk_insert(CurrentPerson, ["person", "current"], [(one, one) for one in ids])
    return ids


def asked(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows


@pytest.mark.db
def test_rows_are_found_among_thousands_of_values() -> None:
    ids = people(3)
    wanted = [uuid4() for _ in range(5_000)] + ids[:2]
    condition, parameters = in_values("person_id", wanted)
    found = asked(f"SELECT person_id FROM people_currentperson WHERE {condition}", parameters)
    assert {UUID(str(row[0])) for row in found} == set(ids[:2])


@pytest.mark.db
def test_a_question_is_asked_among_values_of_each_kind_that_columns_have() -> None:
    ids = people(3)
    many = [uuid4() for _ in range(5_000)]
    held = CurrentPerson.objects.values_list("person_id", flat=True)
    assert set(held.filter(person_id__among=[*many, *ids[:2]])) == set(ids[:2])
    assert set(held.filter(current__among={ids[2]}, person__id__among=ids)) == {ids[2]}
    bulk_insert(RecordKey, ["key", "record"], [(2**63 - 1, ids[0]), (-5, ids[1])])
    keys = RecordKey.objects.values_list("key", flat=True)
    assert list(keys.filter(key__among=range(-9, 0))) == [-5]
    assert list(keys.filter(key__among=[2**63 - 1], record_id__among=ids)) == [2**63 - 1]
    texts = ['50% {of} "it"', "a,b\\c", "zoë'"]
    for text in texts:
        LongWork.objects.create(name=text)
    assert set(LongWork.objects.filter(name__among=texts).values_list("name", flat=True)) == {
        *texts
    }
    assert not LongWork.objects.filter(name__among=["it"]).exists()
    RecordKey.objects.all().delete()


@pytest.mark.db
def test_among_nothing_is_found_nothing_and_the_database_is_not_asked() -> None:
    ids = people(1)
    with CaptureQueriesContext(connection) as asked_for:
        assert not list(Person.objects.filter(id__among=[]))
    assert not len(asked_for)
    assert list(Person.objects.exclude(id__among=[]).values_list("id", flat=True)) == ids


@pytest.mark.db
@pytest.mark.parametrize("values", [[], [-(2**63), -1, 0, 2**63 - 1]])
def test_indexes_are_followed_from_values_table_by_table(values: list[int]) -> None:
    ids = people(len(values) + 1)
    # No record stands behind these keys; the database does not ask for one.
    bulk_insert(RecordKey, ["key", "record"], [*zip(values, ids[1:], strict=True), (7, ids[0])])
    clause, parameters = looked_up(
        values,
        ("people_recordkey k", "k.key = wanted.value"),
        ("people_currentperson c", "c.person_id = k.record_id"),
    )
    found = asked(f"SELECT k.key, c.current_id FROM {clause} ORDER BY k.key", parameters)
    assert [(key, UUID(str(current))) for key, current in found] == [
        *zip(values, ids[1:], strict=True)
    ]
    RecordKey.objects.all().delete()


@pytest.mark.db
def test_the_log_is_moved_beside_and_everything_is_as_before(own_database: Database) -> None:
    def automatic() -> list[Any]:
        return [] if is_postgres() else asked("PRAGMA wal_autocheckpoint", [])

    before = automatic()
    with log_moved_beside() as committed:
        for number in range(20):
            LongWork.objects.create(name=f"work {number}", title="x" * 100)
            committed()
    assert automatic() == before
    assert LongWork.objects.filter(title="x" * 100).count() == 20
    # Nothing of it lies in the log alone any more.
    assert is_postgres() or asked("PRAGMA wal_checkpoint(PASSIVE)", [])[0][0] == 0


def test_the_log_of_small_files_is_moved_now_and_then_not_for_each(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[int] = []
    move = db._move_log

    def counted(*arguments: Any) -> None:
        moved.append(number)
        move(*arguments)

    monkeypatch.setattr(db, "_move_log", counted)
    monkeypatch.setattr(db, "_unmoved", count(1))
    for number in range(2 * MOVED_AFTER):
        with log_moved_beside() as committed:
            LongWork.objects.create(name=f"work {number}", title="x" * 100)
            committed()
    assert moved == ([] if is_postgres() else [MOVED_AFTER - 1, 2 * MOVED_AFTER - 1])
    assert LongWork.objects.filter(title="x" * 100).count() == 2 * MOVED_AFTER


@pytest.mark.db
def test_indexes_are_followed_in_one_transaction_only() -> None:
    def reads_whole_tables() -> bool:
        return is_postgres() and asked("SHOW enable_seqscan", [])[0][0] == "on"

    before = reads_whole_tables()
    with transaction.atomic():
        follow_indexes()
        assert not reads_whole_tables()
        transaction.set_rollback(True)
    assert reads_whole_tables() == before == is_postgres()


@pytest.mark.db
def test_no_statement_is_compiled_where_indexes_are_followed() -> None:
    if not is_postgres():
        return
    read_from_end_to_end = "EXPLAIN (ANALYZE) SELECT * FROM people_person WHERE id::text <> ''"

    def compiled() -> bool:
        return ("JIT:",) in asked(read_from_end_to_end, [])

    with transaction.atomic():
        asked("SELECT set_config('enable_seqscan', 'off', true)", [])
        before = compiled()
        follow_indexes()
        assert not compiled()
        transaction.set_rollback(True)
    # Without it this server would compile, wherever it can.
    assert before == asked("SELECT pg_jit_available()", [])[0][0]

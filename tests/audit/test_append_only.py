"""Nobody changes an entry or a seal through the software's connection."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from reachable.audit.append_only import APPEND_ONLY
from reachable.audit.models import Entry, Seal
from tests.audit.chain import faults, make_chain

pytestmark = pytest.mark.db


@pytest.fixture
def entries(db: None) -> list[UUID]:
    return make_chain()


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def replace(table: str, key: str) -> None:
    """On SQLite this removes the row in its way; PostgreSQL knows no such thing."""
    if connection.vendor == "sqlite":
        verb, rest = "INSERT OR REPLACE", ""
    else:
        verb, rest = "INSERT", f"ON CONFLICT ({key}) DO UPDATE SET {key} = EXCLUDED.{key}"
    row = f"SELECT * FROM {table} ORDER BY {key} LIMIT 1"
    sql(f"{verb} INTO {table} SELECT * FROM ({row}) AS same WHERE true {rest}")


def empty(table: str) -> None:
    sql(f"TRUNCATE {table}" if connection.vendor == "postgresql" else f"DELETE FROM {table}")


ATTEMPTS: dict[str, Callable[[], object]] = {
    "an entry is edited": lambda: Entry.objects.update(action="x"),
    "an entry is deleted": lambda: Entry.objects.all().delete(),
    "an entry is replaced": lambda: replace("audit_entry", "id"),
    "all entries are taken away": lambda: empty("audit_entry"),
    "a seal is edited": lambda: Seal.objects.update(hash=bytes(32)),
    "a seal is deleted": lambda: Seal.objects.filter(number=9).delete(),
    "a seal is replaced": lambda: replace("audit_seal", "number"),
    "all seals are taken away": lambda: empty("audit_seal"),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_promise_23_the_database_refuses(entries: list[UUID], attempt: str) -> None:
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        ATTEMPTS[attempt]()
    assert (Entry.objects.count(), Seal.objects.count()) == (9, 9)
    assert faults() == []


def test_every_append_only_table_has_its_triggers(db: None) -> None:
    named = (
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(named)
        assert {table for (table,) in cursor.fetchall()} == APPEND_ONLY

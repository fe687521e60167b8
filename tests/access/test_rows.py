"""Row-level security: under the application's role PostgreSQL itself shows what the policy says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from reachable.access.registries import fields, rows
from reachable.access.rows import holding_something
from reachable.foundation.acting import asked_by, looks_beyond
from reachable.foundation.actor import ANONYMOUS
from reachable.foundation.db import bulk_insert
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.people.models import Person, Record, RecordDetail
from reachable.site.row_security import protected
from tests.access.place import ACCOUNTS, make_place
from tests.access.shown_rows import compare, shown_to
from tests.support.app_role import WHERE_THERE_ARE_ROLES

pytestmark = WHERE_THERE_ARE_ROLES


@pytest.fixture(scope="module")
def placed(kept: None) -> Iterator[None]:
    with transaction.atomic():
        make_place()
        yield
        transaction.set_rollback(True)


def test_each_role_in_each_standing_is_shown_what_the_policy_says(placed: None) -> None:
    ever: dict[str, set[Any]] = {}
    for account in ACCOUNTS:
        for table, held in compare(account.actor()).items():
            ever.setdefault(table, set()).update(held)
    with asked_by(ANONYMOUS):
        assert not any(shown_to(ANONYMOUS).values())
    shown_to_somebody = {table for table, held in ever.items() if held}
    declared = {table for table, (_, said) in protected().items() if said.shown}
    assert declared - shown_to_somebody == WITHOUT_ROWS


WITHOUT_ROWS = {
    *("conversations_sharing", "governance_familydecision", "governance_lookstep"),
    *("intake_bulkcorrection", "moments_summary", "offers_gapstep"),
    "people_linkcheck",
}
"""Tables of which this place has no row."""


def test_what_holds_something_of_a_child_is_protected_or_says_why_not(placed: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, array_agg(cmd ORDER BY cmd) FROM pg_policies "
            "JOIN pg_class ON relname = tablename AND relrowsecurity GROUP BY tablename"
        )
        found = dict(cursor.fetchall())
    assert found == dict.fromkeys(protected(), ["DELETE", "INSERT", "SELECT", "UPDATE"])
    held = {
        apps.get_model(listed.key, name)._meta.db_table
        for listed in fields.listed()
        for name in holding_something(listed.item)
    }
    said = {
        apps.get_model(listed.key, name)._meta.db_table: each.open
        for listed in rows.listed()
        for name, each in listed.item.items()
    }
    assert {table for table in held if table not in found and not said[table]} == set()


def refused(statement: str) -> str:
    """Return the database's words, or how many rows it touched: in no transaction, as it were."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT tried")
        try:
            cursor.execute(statement)
            return str(cursor.rowcount)
        except DatabaseError as error:
            return str(error).splitlines()[0]
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT tried")


def test_what_is_shown_is_changed_by_work_alone(placed: None) -> None:
    tried = 0
    by = next(one for one in ACCOUNTS if one.username == "supervisor-involved").actor()
    with asked_by(by):
        for table, (model, _) in protected().items():
            if not model._default_manager.exists():
                continue
            tried += 1
            column = model._meta.concrete_fields[0].column
            said = {
                verb: refused(statement)
                for verb, statement in {
                    "INSERT": f"INSERT INTO {table} SELECT * FROM {table}",
                    "UPDATE": f"UPDATE {table} SET {column} = {column}",
                    "DELETE": f"DELETE FROM {table}",
                }.items()
            }
            assert re.search("violates row-level security", said["INSERT"]), (table, said)
            assert re.search("violates row-level security", said["UPDATE"]), (table, said)
            assert said["DELETE"] == "0", (table, said)
    assert tried > 15


def test_work_sees_what_it_needs_and_ends_with_its_transaction(placed: None) -> None:
    held = Record.objects.count()

    @looks_beyond("a test")
    def beyond() -> int:
        return Record.objects.count()

    with asked_by(ANONYMOUS):
        assert Record.objects.count() == 0
        assert beyond() == held > 0
        assert Record.objects.count() == 0


def test_many_rows_are_written_though_nobody_may_copy_into_the_table(placed: None) -> None:
    at = now()
    people = [new_id() for _ in range(30)]
    bulk_insert(Person, ("id", "made_at"), [(each, at) for each in people])
    agency = Record.objects.values_list("agency_id", flat=True).first()
    columns = ("id", "agency_id", "source_ref", "person_id", "detail_hash", "detail_at")
    more = ("shown_name", "family_name", "given_names", "birth_date", "postcode")
    written = [
        (new_id(), agency, f"N\\{n}\t\n“é”", who, "x", at, "A \\ B", "B", "A", None, "")
        for n, who in enumerate(people)
    ]
    filled = [(*row, "", "") for row in written]
    bulk_insert(Record, (*columns, *more, "nhs_number", "upn"), filled)
    found = Record.objects.filter(person_id__in=people).order_by("id")
    assert list(found.values_list(*columns, *more)) == sorted(written, key=lambda row: row[0])
    content = {"a": ["\\", None, 'q"', {"b": 1.5}], "é": "\t"}
    details = [(new_id(), row[0], content, at) for row in written]
    bulk_insert(RecordDetail, ("id", "record_id", "content", "received_at"), details)
    kept = RecordDetail.objects.filter(record__person_id__in=people)
    assert [each.content for each in kept] == [content] * 30

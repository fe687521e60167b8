"""On PostgreSQL the owner migrates and another role runs: it cannot change the audit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import DatabaseError, connection, transaction

from reachable.audit.models import Entry, Seal
from reachable.foundation.actor import system
from reachable.foundation.registries import rebuilders
from reachable.intake import services as intake
from reachable.notices import services as notices
from reachable.site import commands
from reachable.site.row_security import REPLACED
from tests.audit.chain import faults, seal
from tests.support.app_role import ROLE, made_role, signed_in_as, works_by_itself
from tests.support.databases import Database
from tests.support.files import MISSING, load
from tests.support.world import html, make_world

pytestmark = pytest.mark.db


def grant(role: str, *options: str) -> Result:
    return CliRunner().invoke(commands.grant, ["--role", role, *options])


@pytest.fixture
def app_password(on_postgres: bool) -> Iterator[str]:
    """The password of a role that is made before the database in which it is given anything."""
    if not on_postgres:
        yield ""
        return
    with made_role() as password:
        yield password


REFUSED = (
    "UPDATE audit_entry SET action = 'x'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
    "UPDATE audit_seal SET hash = 'x'",
    "DELETE FROM audit_seal",
    "TRUNCATE audit_seal",
    "INSERT INTO audit_seal SELECT * FROM audit_seal "
    "ON CONFLICT (number) DO UPDATE SET hash = EXCLUDED.hash",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_entry_no_update ON audit_entry",
    "DROP TABLE audit_entry CASCADE",
    "DROP FUNCTION audit_refuse() CASCADE",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger AS "
    "$$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "SET session_replication_role = replica",
    "DELETE FROM django_migrations",
    "TRUNCATE people_person CASCADE",
    "ALTER TABLE people_record DISABLE ROW LEVEL SECURITY",
    "DROP POLICY shown ON people_record",
    "CREATE OR REPLACE FUNCTION reachable_people_now() RETURNS SETOF uuid AS "
    "$$ SELECT id FROM people_person $$ LANGUAGE sql",
)


def work() -> None:
    """What a day brings: a signal, an answer, a file, notices, seals, a rebuild."""
    world = make_world()
    moment_id = world.signal()
    client = world.client("first")
    html(client.get("/worklist/"))
    html(client.get(f"/moments/{moment_id}/"))
    html(client.post(f"/moments/{moment_id}/take/"), 302)
    assert load(MISSING, feed="police_missing").state == "loaded"
    notices.deliver(by=system("outbox"))
    intake.forget(by=system("forget"))
    for listed in rebuilders.listed():
        assert listed.item(system("rebuild")) == 0, listed.key
    seal()


def asked(statement: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str) -> str:
    """Return the database's words, or nothing where it let the application do it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


def on_postgresql(password: str) -> None:
    first = grant(ROLE, "--json")
    for function in REPLACED:
        asked(f"CREATE FUNCTION {function} RETURNS SETOF uuid LANGUAGE sql AS 'SELECT NULL::uuid'")
    again = grant(ROLE, "--json")
    left = "SELECT 1 FROM pg_proc WHERE proname = ANY (%s)"
    assert not asked(left, [[function.removesuffix("()") for function in REPLACED]])
    assert first.exit_code == again.exit_code == 0, first.output
    granted = json.loads(first.stdout.splitlines()[-1])["tables"]
    assert granted == json.loads(again.stdout.splitlines()[-1])["tables"]
    assert granted["audit_entry"] == granted["audit_seal"] == "SELECT, INSERT"
    with signed_in_as(ROLE, password), works_by_itself():
        work()
        assert Entry.objects.count() == Seal.objects.count() > 10
        assert faults() == []
        said = {statement: refused(statement) for statement in REFUSED}
        let = [statement for statement, words in said.items() if not words]
        assert not let
        rights = "permission denied|must be owner"
        other = {words for words in said.values() if not re.search(rights, words)}
        assert not other, other
        assert faults() == []
    assert faults() == []


def test_promise_23_the_applications_role_works_and_cannot_change_the_audit(
    app_password: str, own_database: Database, on_postgres: bool
) -> None:
    """On SQLite there are no roles, and the command says so."""
    if on_postgres:
        on_postgresql(app_password)
        return
    ran = grant("reachable_app")
    assert ran.exit_code == 1
    assert "On SQLite there are no roles" in ran.output


def test_a_role_that_could_take_its_rights_back_is_refused(
    own_database: Database, on_postgres: bool
) -> None:
    owner: Any = connection.settings_dict["USER"]
    for role in (owner or "reachable", "nobody_of_that_name"):
        ran = grant(role)
        assert ran.exit_code == 1
        assert ran.output.startswith("Error: ")
        assert (
            not on_postgres
            or "so nothing could be kept" in ran.output
            or "There is no role" in ran.output
        )

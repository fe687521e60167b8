"""What a migration says of accounts that came before it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reachable.access import keys
from reachable.access.models import Involvement, Restriction, User
from reachable.foundation.time import now, today, travel
from reachable.people import restricting
from reachable.people import selectors as people
from tests.support.closing import restrict
from tests.support.databases import Database
from tests.support.people import SYSTEM, claim, happen, identify_one, make_hub
from tests.support.servers import REACHABLE

pytestmark = pytest.mark.db
MIGRATE = {
    "reachable": [str(REACHABLE), "migrate"],
    "django": [sys.executable, "-m", "django", "migrate"],
}


def migrate(database: Database, command: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [*MIGRATE[command], *arguments],
        env={**os.environ, **database.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", MIGRATE)
def test_usernames_that_clash_are_named_before_they_stop_the_migration(
    own_database: Database, command: str
) -> None:
    hub = make_hub("fern")
    made = User.objects.create(username="fern.1", name="Fern Two", agency_id=hub.council)
    assert migrate(own_database, "django", "access", "0001") == (0, "")
    User.objects.filter(id=made.id).update(username="FERN")
    status, told = migrate(own_database, command)
    assert status == 1
    assert "Traceback" not in told
    assert "IntegrityError" not in told
    assert "Some usernames differ only in capital letters: FERN, fern." in told
    assert "the column username of the table access_user" in told
    assert "lead" not in told
    User.objects.filter(id=made.id).update(username="fern.2")
    assert migrate(own_database, command) == (0, "")


MADE_BY = {
    "0008_sign_in": (
        *("access_agency", "access_team", "access_user", "access_role", "access_teammembership"),
        *("access_shift", "access_agencykey", "access_involvement", "audit_entry"),
    ),
    "0009_joining": ("access_signin", "access_signincode", "access_signinattempts"),
    "0010_who_sees": ("access_invitation", "access_secondpersonrequest"),
    "0011_involvement_history": (
        *("access_conflictofinterest", "access_restriction", "access_restrictionreader"),
    ),
}
"""Migration → the tables that stand before it, beside those of the ones before."""


def columns(tables: tuple[str, ...]) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description
        return {table: [each.name for each in described(cursor, table)] for table in tables}


def rows(of: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for table, names in of.items():
            cursor.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


def to(migration: str) -> None:
    call_command("migrate", "access", migration, verbosity=0)


def fill(table: str, user_id: UUID, agency_id: UUID) -> None:
    """Put a row into a table as the release that made it knew it."""
    at, later = now(), now() + timedelta(hours=1)
    subject = {"subject_kind": "person", "subject_id": user_id}
    said: dict[str, dict[str, Any]] = {
        "access_signin": {"user_id": user_id, "session_key": "s" * 32, "how": "passkey"}
        | {"browser": "Firefox", "began_at": at, "active_at": at},
        "access_signincode": {"user_id": user_id, "lost": "password", "digest": "d" * 64}
        | {"given_at": at, "expires_at": later},
        "access_signinattempts": {"key": "k" * 64, "failures": 3, "last_at": at},
        "access_invitation": {"username": "new", "name": "New Worker", "agency_id": agency_id}
        | {"email": "new@fx.example", "roles": ["practitioner"], "invited_at": at},
        "access_secondpersonrequest": {"kind": "other", "reason": "A test"}
        | {"asked_by_id": user_id, "asked_at": at, "expires_at": later}
        | subject,
        "access_conflictofinterest": {"user_id": user_id, "reason": "Kin", "declared_at": at}
        | {"declared_by_id": user_id}
        | subject,
        "access_restriction": {"kind": "other", "reason": "A test", "set_by_id": user_id}
        | {"set_at": at, "review_on": today()}
        | subject,
        "access_restrictionreader": {"user_id": user_id, "added_by_id": user_id, "added_at": at},
    }
    known = MigrationExecutor(connection).loader
    applied = [key for key in known.applied_migrations if key[0] in ("access", "audit")]
    models = known.project_state(applied).apps.get_app_config("access").get_models()
    held = {each._meta.db_table: each for each in models}
    given = said[table]
    if table == "access_restrictionreader":
        given["restriction_id"] = held["access_restriction"]._default_manager.get().pk
    held[table]._default_manager.create(**given)


def test_promise_35_access_from_before_each_migration_survives_it_and_opens_what_it_did(
    own_database: Database,
) -> None:
    """What is new since is empty and not a guess, and the same child is open to the same people."""
    hub = make_hub("fern", "sol")
    hub.worker("ida")
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    happen(child, hub.police)
    last = today() + timedelta(days=30)
    keys.issue(by=SYSTEM, agency_id=hub.police, name="Nightly", feeds=["custody"], last_day=last)
    to("0007_staff_number")
    stood: dict[str, list[str]] = {}
    for migration, tables in MADE_BY.items():
        for table in tables:
            if not rows(columns((table,)))[table]:
                fill(table, hub.workers["ida"], hub.council)
        stood |= columns(tables)
        expected = rows(stood)
        assert all(expected.values()), migration
        to(migration)
        assert rows(stood) == expected, migration
    call_command("migrate", verbosity=0)
    fern = User.objects.get(username="fern")
    assert (fern.session_round, fern.last_day, fern.made_at) == (0, None, None)
    assert set(Involvement.objects.values_list("until", flat=True)) == {None}
    assert people.is_visible(by=hub.actor("fern"), person_id=child.current_id)
    assert not people.is_visible(by=hub.actor("ida"), person_id=child.current_id)


def test_what_was_asked_to_be_lifted_before_lapses_by_the_day_on_which_it_was_asked(
    own_database: Database,
) -> None:
    hub = make_hub("fern", "sol")
    hub.worker("governance", "information_governance")
    lead, governance = hub.actor("lead"), hub.actor("governance")
    readers = (hub.workers["lead"], hub.workers["sol"])
    asked = {"Ada": timedelta(days=20), "Bea": timedelta(days=1)}
    held = {}
    for given, ago in asked.items():
        child = identify_one(claim(hub.police, given, given=given, family=given * 2))
        happen(child, hub.police)
        with travel(now() - ago):
            held[given] = restrict(lead, child.person_id, *readers)
            restricting.lift(by=lead, restriction_id=held[given], reason="It is over")
    before = dict(Restriction.objects.values_list("id", "lifting_asked_at"))
    to("0011_involvement_history")
    call_command("migrate", verbosity=0)
    assert dict(Restriction.objects.values_list("id", "lifting_asked_at")) == before
    stands = {each.id: each.lifting_by for each in restricting.all_restrictions(by=governance)}
    assert stands == {held["Ada"]: "", held["Bea"]: "Lead"}

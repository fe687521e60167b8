"""What a migration says of accounts that came before it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from reachable.access.models import User
from tests.support.databases import Database
from tests.support.people import make_hub
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

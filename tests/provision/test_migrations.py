"""What a migration makes of a directory that stood before it."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import UUID

import pytest

from reachable.foundation.actor import system
from reachable.provision.deriving import rebuild
from reachable.provision.models import Service
from reachable.provision.taxonomy import described
from tests.support.databases import Database
from tests.support.directory import load_directory, offer
from tests.support.people import make_hub

pytestmark = pytest.mark.db


def migrate(database: Database, to: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "provision", to],
        env={**os.environ, **database.environment},
        check=True,
        capture_output=True,
    )


def test_where_services_are_is_told_of_those_listed_before(own_database: Database) -> None:
    make_hub("fern")
    safe = {"id": str(UUID(int=9)), "taxonomy_term": described("help", "safe_place")}
    load_directory(offer(1), offer(2, attributes=[safe]), offer(3, service_at_locations=[]))
    stood = dict(Service.objects.order_by("id").values_list("id", "given_at"))
    assert list(stood.values()) == ['[["FX1 1AA",""]]', "[null]", "[]"]
    migrate(own_database, "0002")
    migrate(own_database, "0003")
    assert dict(Service.objects.values_list("id", "given_at")) == stood
    assert rebuild(system("rebuild")) == 0

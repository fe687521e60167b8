"""The worker looks into the watched folder by itself, and loads what it finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from reachable.intake.models import Delivery
from tests.support.databases import Database
from tests.support.files import CUSTODY, MISSING
from tests.support.killing import AT
from tests.support.servers import Server
from tests.support.world import make_world


def until(so: Callable[[], bool], server: Server) -> None:
    ends = time.monotonic() + 60
    while not so():
        assert time.monotonic() < ends, server.log("worker")
        time.sleep(0.1)


def test_the_worker_takes_what_is_put_into_the_folder(
    own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world()
    monkeypatch.setenv("REACHABLE_WATCH", str(tmp_path))
    folder = tmp_path / "police" / "police_custody"
    folder.mkdir(parents=True)
    (folder / "custody.csv").write_text(CUSTODY)
    (folder / "Featherstonehaugh.csv").write_text(MISSING)
    server = Server(own_database)
    server.set_clock(AT)
    server.start("worker")
    try:
        until(lambda: (own_database.folder / "watching.json").exists(), server)
        assert not Delivery.objects.exists()
        server.set_clock(AT + timedelta(minutes=2))
        until(lambda: Delivery.objects.filter(state="loaded").exists(), server)
        until(lambda: (folder / "refused" / "Featherstonehaugh.csv").exists(), server)
    finally:
        server.stop_all()
    delivery = Delivery.objects.get()
    assert (delivery.door, delivery.accepted, delivery.quarantined) == ("folder", 7, 1)
    assert {path.name for path in folder.iterdir()} == {"taken", "refused"}
    assert "Featherstonehaugh" not in server.log("worker")

"""A load that was interrupted: what is said of it, and that it goes on, for whom, and once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from reachable.access import services as access
from reachable.audit.models import Entry
from reachable.foundation import shell
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.intake import jobs, loading, pipeline, preparing
from reachable.intake.cli import group
from reachable.intake.models import Delivery
from tests.support.files import CUSTODY, receive, work
from tests.support.world import World, html

pytestmark = pytest.mark.db


@contextmanager
def broken_after(monkeypatch: pytest.MonkeyPatch, batches: int, error: Exception) -> Iterator[None]:
    """Let batches of four rows be written, and then none."""
    left = iter(range(batches))

    def take_in(**arguments: Any) -> Any:
        if next(left, None) is None:
            raise error
        return pipeline.take_in(**arguments)

    with monkeypatch.context() as patched:
        patched.setattr(preparing, "PIECE", 4)
        patched.setattr(loading, "LEAST", 4)
        patched.setattr(loading, "pace_of", lambda feed: loading.Pace(4))
        patched.setattr(loading, "take_in", take_in)
        yield


def feed_load(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    """Run `reachable feed load` as the shell does; return its status, its object and its words."""
    arguments = ["load", "police_custody", str(path), "--agency", "police", "--json"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["reachable", "feed", *arguments])
        with pytest.raises(SystemExit) as ended:
            shell.run(lambda: group.main(arguments, standalone_mode=False))
    printed = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, json.loads(printed.out.splitlines()[-1]), printed.err


FULL = OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("batches", "kept"),
    [(0, "The file is kept; none of its rows was loaded yet."), (1, "Everything up to row ")],
)
def test_promise_30_the_shell_says_what_an_outage_left_of_a_load(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    batches: int,
    kept: str,
) -> None:
    path = tmp_path / "custody.csv"
    path.write_text(CUSTODY)
    with broken_after(monkeypatch, batches, FULL):
        status, said, _ = feed_load(path, capsys)
    assert (status, said["error"]) == (75, "The disk of this system is full.")
    assert said["kept"].startswith(kept)
    assert said["kept"].endswith("and so does the same command.")
    status, said, words = feed_load(path, capsys)
    assert (status, said["state"]) == (0, "loaded")
    assert ("It went on after row" in words) == bool(batches)
    assert Delivery.objects.get().rows == 9
    assert "This file came before" in feed_load(path, capsys)[2]


def test_promise_30_who_goes_on_with_their_own_load_is_told_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = world.client("clerk")

    def send() -> str:
        file = BytesIO(CUSTODY.encode())
        file.name = "custody.csv"
        return html(clerk.post("/intake/feeds/police_custody/", {"file": file}, follow=True))

    send()
    delivery = Delivery.objects.get()
    html(clerk.post(f"/intake/files/{delivery.id}/load/", follow=True))
    assert "it goes on by itself where it stopped" in send()
    with broken_after(monkeypatch, 1, ValueError()):
        stopped = loading.load(by=world.actor("clerk"), delivery_id=delivery.id)
    assert stopped.state == "failed"
    assert stopped.last_row
    page = send()
    assert f"Loading this file stopped after row {stopped.last_row}. It goes on from there" in page
    assert f"Up to row {stopped.last_row} it is loaded" in page
    for untrue in ("This file came before", "Nothing is loaded yet", "Remove it"):
        assert untrue not in page
    html(clerk.post(f"/intake/files/{delivery.id}/load/", follow=True))
    assert loading.load(by=world.actor("clerk"), delivery_id=delivery.id).rows == 9
    assert "This file came before" in send()


BY = system("intake")


@pytest.mark.parametrize("ended", ["", "role", "account"])
def test_promise_16_a_load_whose_worker_died_goes_on_only_if_its_starter_still_may(
    world: World, ended: str
) -> None:
    starter = world.users["clerk"]
    delivery_id = receive(CUSTODY, by=world.actor("clerk"))
    jobs.load_delivery.enqueue(str(delivery_id), str(starter))
    DBTaskResult.objects.get().claim("gone/1")
    if ended == "role":
        access.end_role(by=system("tests"), user_id=starter, role="intake_worker")
    elif ended:
        access.end_account(by=system("tests"), user_id=starter)
    with travel(now() + timedelta(minutes=2)):
        assert [jobs.resume_abandoned(by=BY), jobs.resume_abandoned(by=BY)] == [1, 0]
    with travel(now() + timedelta(hours=2)):
        assert jobs.resume_abandoned(by=BY) == 0, "it waits for a worker already"
    assert work() == ["refused" if ended else "loaded"]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.rows) == (("failed", None) if ended else ("loaded", 9))
    assert Entry.objects.filter(action="intake.resumed", subject_id=delivery_id).count() == 1


def test_promise_31_the_button_pressed_twice_loads_once(world: World) -> None:
    delivery_id = receive(CUSTODY, by=world.actor("clerk"))
    Delivery.objects.update(state="received", begun_by=None)
    for _ in range(2):
        html(world.client("clerk").post(f"/intake/files/{delivery_id}/load/", follow=True))
    assert work() == ["loaded"]
    assert Delivery.objects.get().begun_by_id == world.users["clerk"]


def test_promise_16_what_the_shell_began_asks_nobody(world: World) -> None:
    receive(CUSTODY)
    with travel(now() + timedelta(minutes=2)):
        assert jobs.resume_abandoned(by=BY) == 1
    assert work() == ["loaded"]


def test_a_load_that_is_under_way_was_begun_by_whoever_sent_it(world: World) -> None:
    """What the migration says of loads from before anybody noted who began them."""
    receive(CUSTODY, by=world.actor("clerk"))
    Delivery.objects.update(begun_by=None)
    import_module("reachable.intake.migrations.0005_begun_by").whoever_sent_it_began_it(apps, None)
    assert Delivery.objects.get().begun_by_id == world.users["clerk"]

"""What is said of a load that was interrupted: what was kept, and that it goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from reachable.foundation import shell
from reachable.intake import loading, pipeline, preparing
from reachable.intake.cli import group
from reachable.intake.models import Delivery
from tests.support.files import CUSTODY
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
        patched.setattr(loading, "Pace", partial(loading.Pace, 4))
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

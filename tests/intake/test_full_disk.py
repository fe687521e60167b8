"""What is said when the disk is full, of a file of which some rows are kept already."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.intake import loading, pipeline, preparing
from reachable.intake.models import Delivery, Signal
from tests.support.files import CUSTODY, receive
from tests.support.world import World

pytestmark = pytest.mark.db

BY = system("tests")


def test_promise_26_what_was_loaded_is_not_said_to_be_lost_when_the_file_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "PIECE", 4)
    monkeypatch.setattr(loading, "LEAST", 4)
    monkeypatch.setattr(loading, "pace_of", lambda feed: loading.Pace(4))
    batches = iter(range(9))

    def breaks(**arguments: Any) -> Any:
        if next(batches) == 1:
            raise ValueError
        return pipeline.take_in(**arguments)

    with monkeypatch.context() as patched:
        patched.setattr(loading, "take_in", breaks)
        stopped = loading.load(by=BY, delivery_id=receive(CUSTODY))
    kept = Signal.objects.count()
    assert (stopped.state, bool(stopped.last_row), bool(kept)) == ("failed", True, True)

    def full(path: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(BadInput, match="The disk of this system is full.") as told:
            receive(CUSTODY)
    assert told.value.kept == "Nothing new was kept, and what was there before is unchanged."
    assert Signal.objects.count() == kept
    assert Delivery.objects.get().last_row == stopped.last_row

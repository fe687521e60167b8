"""A large file is read by a process of its own; what comes of it is the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from datetime import date
from multiprocessing import Pipe, active_children
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.intake import preparing
from reachable.intake.preparing import Prepared
from reachable.intake.specification import feed
from reachable.synthetic import bulk

DAY = date(2026, 11, 20)
ROWS = 2_000


@pytest.fixture
def custody(tmp_path: Path) -> Path:
    """A file whose every hundredth row lacks its date."""
    path = tmp_path / "custody.csv"
    known = list(bulk.register(1, 500, DAY))
    rows = [
        row if at % 100 else (*row[:2], "", *row[3:])
        for at, row in enumerate(bulk.custody(2, known, ROWS, DAY))
    ]
    bulk.write_custody(path, rows)
    return path


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "APART_FROM", 1)


def batches(path: Path, after: int = 0) -> Generator[Prepared, None, None]:
    return preparing.batches(feed("police_custody"), path, DAY, after)


@pytest.mark.parametrize("after", [0, 731])
def test_another_process_prepares_the_same(
    custody: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    here = list(batches(custody, after))
    assert sum(len(batch.rows) + len(batch.refused) for batch in here) == ROWS + 1 - max(after, 1)
    assert any(batch.refused for batch in here)
    monkeypatch.setattr(preparing, "APART_FROM", 1)
    assert list(batches(custody, after)) == here


def test_promise_30_when_the_reading_process_is_killed_every_row_still_comes_once(
    custody: Path, apart: None
) -> None:
    prepared = []
    for batch in batches(custody):
        prepared.append(batch)
        for reader in active_children():
            assert reader.pid is not None
            os.kill(reader.pid, signal.SIGKILL)
    numbers = [
        *(row.row_number for batch in prepared for row in batch.rows),
        *(row.row_number for batch in prepared for row in batch.refused),
    ]
    assert sorted(number or 0 for number in numbers) == list(range(2, ROWS + 2))


def test_the_reading_process_ends_when_nobody_listens_any_more(custody: Path, apart: None) -> None:
    reading = batches(custody)
    next(reading)
    assert active_children()
    reading.close()
    assert not active_children()


def test_what_is_wrong_with_a_file_comes_back_from_the_other_process(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("This,is,another,file\n1,2,3,4\n", encoding="utf-8")
    receiving, sending = Pipe(duplex=False)
    with receiving, sending:
        preparing._send_batches(sending, "police_custody", path, DAY, 0)
        told = receiving.recv()
    with pytest.raises(BadInput) as here:
        list(batches(path))
    assert isinstance(told, BadInput)
    assert vars(told) == vars(here.value)

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
from reachable.intake import loading, preparing
from reachable.intake.loading import HOLDS, LEAST, MOST, Pace, _batches, pace_of
from reachable.intake.preparing import PIECE, Prepared, RefusedRow
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


def pieces(path: Path, after: int = 0) -> Generator[Prepared, None, None]:
    return preparing.pieces(feed("police_custody"), path, DAY, after)


@pytest.mark.parametrize("after", [0, 731])
def test_another_process_prepares_the_same(
    custody: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    here = list(pieces(custody, after))
    assert sum(len(piece.rows) + len(piece.refused) for piece in here) == ROWS + 1 - max(after, 1)
    assert any(piece.refused for piece in here)
    monkeypatch.setattr(preparing, "APART_FROM", 1)
    assert list(pieces(custody, after)) == here


def test_promise_30_when_the_reading_process_is_killed_every_row_still_comes_once(
    custody: Path, apart: None
) -> None:
    prepared = []
    for piece in pieces(custody):
        prepared.append(piece)
        for reader in active_children():
            assert reader.pid is not None
            os.kill(reader.pid, signal.SIGKILL)
    numbers = [
        *(row.row_number for piece in prepared for row in piece.rows),
        *(row.row_number for piece in prepared for row in piece.refused),
    ]
    assert sorted(number or 0 for number in numbers) == list(range(2, ROWS + 2))


def test_the_reading_process_ends_when_nobody_listens_any_more(custody: Path, apart: None) -> None:
    reading = pieces(custody)
    next(reading)
    assert active_children()
    reading.close()
    assert not active_children()


def test_what_is_wrong_with_a_file_comes_back_from_the_other_process(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("This,is,another,file\n1,2,3,4\n", encoding="utf-8")
    receiving, sending = Pipe(duplex=False)
    with receiving, sending:
        preparing._send_pieces(sending, preparing.Reading("police_custody", path, DAY))
        told = receiving.recv()
    with pytest.raises(BadInput) as here:
        list(pieces(path))
    assert isinstance(told, BadInput)
    assert vars(told) == vars(here.value)


@pytest.mark.parametrize("per_row", [0.00001, 0.0003, 0.002, 1.0])
def test_a_load_finds_the_batch_that_others_can_wait_for(per_row: float) -> None:
    """In rows, whatever a row costs: as many as fit, and never more than a thousand."""
    pace = Pace()
    for _ in range(20):
        pace.held(round(pace.rows), round(pace.rows) * per_row)
        pace.held(1, HOLDS / 5)
    fitting = min(max(HOLDS / per_row, LEAST), MOST)
    assert pace.rows == pytest.approx(fitting, rel=0.02)


@pytest.mark.parametrize(
    ("fitting", "sizes"), [(115, [100] * 5), (135, [150, 150, 150, 50]), (1000, [500])]
)
def test_a_batch_is_the_nearest_number_of_pieces(fitting: int, sizes: list[int]) -> None:
    """Were it always one more than fits, others would wait for it each time."""
    pieces = (Prepared([], [], PIECE * (at + 1), 0) for at in range(10))
    full = (_filled(piece) for piece in pieces)
    batches = list(_batches(full, Pace(fitting)))
    assert [len(batch) for batch in batches] == sizes
    assert batches[-1].last_row == 500


def test_a_file_begins_at_the_pace_at_which_the_last_of_its_feed_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or each would learn anew, on its first batch, how long others wait for such rows."""
    monkeypatch.setattr(loading, "_PACES", {})
    pace_of("police_custody").held(100, 10 * HOLDS)
    assert pace_of("police_custody").rows == 55
    assert pace_of("school_suspension").rows == Pace().rows


def _filled(piece: Prepared) -> Prepared:
    piece.refused = [RefusedRow(at, "", "", [], []) for at in range(PIECE)]
    return piece

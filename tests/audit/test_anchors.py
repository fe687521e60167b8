"""Anchors: the newest seal, noted outside the database."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID

import pytest

from reachable.audit import anchors as anchor_file
from reachable.audit.models import Seal
from tests.audit.chain import (
    act,
    anchor_lines,
    faults,
    make_chain,
    seal,
    write_anchors,
)

pytestmark = pytest.mark.db


@pytest.fixture
def entries(db: None) -> list[UUID]:
    return make_chain()


def test_each_sealing_is_anchored(entries: list[UUID]) -> None:
    held = {seal.number: bytes(seal.hash).hex() for seal in Seal.objects.all()}
    assert [(line["number"], line["hash"]) for line in anchor_lines()] == [
        (number, held[number]) for number in (3, 6, 9)
    ]


def test_promise_23_a_changed_anchor_is_detected(entries: list[UUID]) -> None:
    lines = anchor_lines()
    lines[1]["hash"] = "00" * 32
    write_anchors(lines)
    assert faults() == ["Seal 6 differs from what was anchored outside the database."]


GONE = "There are seals, but the anchor file outside the database is gone."


def test_promise_23_a_missing_anchor_file_is_detected(entries: list[UUID], anchors: Path) -> None:
    anchors.unlink()
    assert seal() == 0
    assert faults() == [GONE]


def test_promise_23_a_missing_anchor_file_is_detected_when_all_was_sealed_at_once(
    db: None, anchors: Path
) -> None:
    act()
    seal()
    anchors.unlink()
    assert faults() == [GONE]


def test_promise_23_a_missing_anchor_file_is_detected_after_more_was_sealed(
    entries: list[UUID], anchors: Path
) -> None:
    anchors.unlink()
    act()
    seal()
    wanted = [
        f"Seal {number} was never anchored, or its anchor was removed." for number in (3, 6, 9)
    ]
    assert faults() == wanted


def test_a_process_killed_before_it_noted_the_first_sealing_is_no_fault(
    db: None, anchors: Path
) -> None:
    act()
    seal()
    anchors.write_text("")
    act()
    seal()
    assert [line["number"] for line in anchor_lines()] == [1, 2]
    assert faults() == []


@pytest.mark.parametrize("left", [0, 1, 2])
def test_promise_23_anchors_taken_away_are_detected(entries: list[UUID], left: int) -> None:
    write_anchors(anchor_lines()[:left])
    act()
    seal()
    # The newest before more is sealed could also be a process that was killed: it is noted late.
    missing = [number for number in (3, 6) if number > left * 3]
    wanted = [f"Seal {number} was never anchored, or its anchor was removed." for number in missing]
    assert faults() == wanted


def test_a_line_that_cannot_be_read_is_a_fault(entries: list[UUID], anchors: Path) -> None:
    anchors.write_text(anchors.read_text() + '{"number": "nine"}\n')
    assert faults() == ["Line 4 of the anchor file cannot be read."]


def test_what_a_killed_process_did_not_anchor_is_anchored_next(
    entries: list[UUID], anchors: Path
) -> None:
    lines = anchor_lines()
    write_anchors(lines[:2])
    assert seal() == 0
    assert [line["number"] for line in anchor_lines()] == [3, 6, 9]
    write_anchors(lines[:2])
    act()
    assert seal() == 1
    assert [line["number"] for line in anchor_lines()] == [3, 6, 9, 10]
    assert faults() == []


def test_a_full_disk_leaves_half_a_line_and_spoils_no_other(
    entries: list[UUID], anchors: Path
) -> None:
    with anchors.open("a") as file:
        file.write('{"number": 9, "ha')
    act()
    seal()
    assert anchor_file.newest() is not None
    assert faults() == ["Line 4 of the anchor file cannot be read."]


def test_anchors_added_at_once_are_whole_lines(anchors: Path) -> None:
    def add() -> None:
        for number in range(300):
            anchor_file.add(number, bytes(32))

    threads = [threading.Thread(target=add) for _ in range(4)]
    anchors.touch()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert None not in list(anchor_file.every())
    assert len(list(anchor_file.every())) == 1200

"""A file is written whole or not at all, and a full disk is said in a sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.foundation.files.export import write_csv, write_xlsx
from reachable.foundation.files.whole import full_disk, told_if_full, whole_file, whole_files

FULL = Path("/dev/full")


def test_a_whole_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with whole_file(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_promise_30_what_fails_in_the_middle_leaves_the_old_file(tmp_path: Path, write) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def rows() -> Iterator[list[str]]:
        yield ["1"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, ["A"], rows())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_promise_30_of_several_files_none_is_there_before_all_are(tmp_path: Path) -> None:
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    with whole_files(paths) as parts:
        for part in parts:
            part.write_text("new")
        assert not any(path.exists() for path in paths)
    assert [path.read_text() for path in paths] == ["new", "new"]
    with pytest.raises(BadInput), whole_files(paths):
        FULL.write_bytes(b"x")
    assert [path.read_text() for path in paths] == ["new", "new"]
    assert sorted(tmp_path.iterdir()) == paths


def test_a_workbook_without_room_for_a_row_is_told_and_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reachable.foundation.files.export._EXCEL_ROWS", 3)
    path = tmp_path / "a.xlsx"
    write_xlsx(path, ["A"], [["1"], ["2"]])
    whole = path.read_bytes()
    with pytest.raises(BadInput, match="room for 3 rows"):
        write_xlsx(path, ["A"], [["1"], ["2"], ["3"]])
    assert path.read_bytes() == whole


def test_a_full_disk_is_a_sentence() -> None:
    with pytest.raises(BadInput, match="disk of this system is full") as told, told_if_full():
        FULL.write_bytes(b"x")
    assert told.value.kept
    assert told.value.next
    assert full_disk(told.value)


def test_a_disk_that_fills_up_leaves_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(BadInput), whole_file(path):
        FULL.write_bytes(b"x")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_other_errors_pass() -> None:
    with pytest.raises(PermissionError), told_if_full():
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

"""A secret is made once, whole, and for its owner's eyes."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from reachable.foundation.secret_files import read_or_make


def test_many_that_come_at_once_read_the_same(tmp_path: Path) -> None:
    numbers = count()
    path = tmp_path / "keys" / "secret"
    with ThreadPoolExecutor(8) as pool:
        read = set(pool.map(lambda _: read_or_make(path, lambda: str(next(numbers))), range(64)))
    assert len(read) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_one_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with pytest.raises(UnicodeEncodeError):
        read_or_make(path, lambda: "é")
    assert list(tmp_path.iterdir()) == []

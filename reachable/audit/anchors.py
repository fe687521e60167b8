"""Anchors: the newest seal, noted outside the database after each sealing.

The file is only ever added to. It helps only where whoever can change the database cannot change
it too, which is why it is copied elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from reachable.foundation.time import now

LONGEST_LINE = 4096

Anchor = tuple[int, str]  # the seal's number and its hash


def add(number: int, link: bytes) -> None:
    """Note a seal, and see it onto the disk."""
    path = Path(settings.ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"number": number, "hash": link.hex(), "at": now().isoformat()})
    with path.open("ab+") as file, _whole_lines(file, fcntl.LOCK_EX):
        if file.seek(0, os.SEEK_END) and not _ends_a_line(file):
            line = "\n" + line
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _whole_lines(file: BinaryIO, lock: int) -> Iterator[None]:
    """Wait until nobody is in the middle of a line.

    A line that crosses a page of memory is seen growing by whoever reads the file meanwhile.
    """
    fcntl.flock(file, lock)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _ends_a_line(file: BinaryIO) -> bool:
    """A disk that was full may have left half a line."""
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def prepare(number: int, link: bytes) -> None:
    """See, before more is sealed, that the newest seal is noted.

    The file is there before the first seal is, so that a file that is gone was taken away: it is
    not made anew. A seal is noted late where its process was killed before noting it.
    """
    path = Path(settings.ANCHOR_FILE)
    if not number:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    elif path.exists() and newest() != (number, link.hex()):
        add(number, link)


def newest() -> Anchor | None:
    """Return the last line of the file, without reading what is before it."""
    path = Path(settings.ANCHOR_FILE)
    if not path.exists():
        return None
    with path.open("rb") as file, _whole_lines(file, fcntl.LOCK_SH):
        file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_LINE))
        lines = file.read().splitlines()
    return _read(lines[-1]) if lines else None


def every() -> Iterator[Anchor | None]:
    """Yield each line that the file has now; None where one cannot be read."""
    path = Path(settings.ANCHOR_FILE)
    if not path.exists():
        return
    with path.open("rb") as file:
        with _whole_lines(file, fcntl.LOCK_SH):
            end = file.seek(0, os.SEEK_END)
        file.seek(0)
        while file.tell() < end:
            yield _read(file.readline())


def _read(line: bytes) -> Anchor | None:
    try:
        held: dict[str, Any] = json.loads(line)
        return int(held["number"]), str(held["hash"])
    except (ValueError, KeyError, TypeError):
        return None

"""Files that are written whole or not at all, and what is said when the disk is full."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from reachable.foundation.errors import BadInput

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; it takes the place of `path` once all is on disk.

    If anything fails, what was there before is still there, and nothing half done is left.
    """
    with whole_files([path]) as (part,):
        yield part


@contextmanager
def whole_files(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """Give a path beside each of `paths` to write to; none takes its place before all are on disk.

    If anything fails, what was there before is still there, and nothing half done is left.
    """
    parts: list[Path] = []
    try:
        with told_if_full():
            for path in paths:
                parts.append(_part_of(path))
            yield parts
            for part in parts:
                _settle(part)
            for part, path in zip(parts, paths, strict=True):
                part.replace(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _part_of(path: Path) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-", suffix=path.suffix)
    os.close(handle)
    return Path(name)


def _settle(part: Path) -> None:
    # Windows settles only what is open for writing.
    with part.open("r+b") as file:
        os.fsync(file.fileno())


@contextmanager
def told_if_full() -> Iterator[None]:
    """Turn a full disk into a sentence; other errors pass."""
    try:
        yield
    except Exception as error:
        if full_disk(error):
            raise BadInput(
                "The disk of this system is full.",
                kept="Nothing new was kept, and what was there before is unchanged.",
                next="Tell the people who run the system, then try again.",
            ) from error
        raise


def full_disk(error: BaseException) -> bool:
    """Tell whether an error, or what caused it, is a full disk."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL:
            return True
        seen = seen.__cause__ or seen.__context__
    return False

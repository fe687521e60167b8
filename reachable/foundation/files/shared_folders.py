"""Folders into which others write: opened one inside the other, and never through a link.

A folder is a descriptor here and not a path, so that nobody can put a link in its place between two
steps. Names are single names, as the folder lists them.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reachable.foundation.files.whole import told_if_full

DRAFT = ".reachable-note"
"""What a text is called while it is being written."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


@contextmanager
def outermost(path: Path) -> Iterator[int]:
    """Open the folder that holds all others; it may be reached by a link, as we named it."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def within(folder: int, name: str) -> Iterator[int | None]:
    """Open a folder in a folder; None where it is a link or no folder."""
    try:
        handle = os.open(name, _FOLDER, dir_fd=folder)
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise
        yield None
        return
    try:
        yield handle
    finally:
        os.close(handle)


def names(folder: int) -> list[str]:
    """Return what is in a folder, by name."""
    return sorted(name for name in os.listdir(folder) if name != DRAFT)


def shown(name: str) -> str:
    """Write a name, which may hold any bytes, as text."""
    return os.fsencode(name).decode("utf-8", "replace")


def look_at(folder: int, name: str) -> os.stat_result:
    """Return what stands there under a name: a link is a link."""
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def open_to_read(folder: int, name: str) -> int:
    """Open a file, without waiting for anybody and not through a link."""
    return os.open(name, _FILE, dir_fd=folder)


def make(folder: int, name: str) -> None:
    """Make a folder in a folder, if nothing has that name."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, mode=0o770, dir_fd=folder)


def write_text(folder: int, name: str, said: str) -> None:
    """Write a small text, whole or not at all, in the place of whatever had that name."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(DRAFT, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with told_if_full():
        handle = os.open(DRAFT, flags, mode=0o660, dir_fd=folder)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(said)
            file.flush()
            os.fsync(file.fileno())
    os.replace(DRAFT, name, src_dir_fd=folder, dst_dir_fd=folder)


def read_text(folder: int, name: str, *, at_most: int = 1 << 20) -> str:
    """Return a text, or nothing where there is none."""
    try:
        handle = open_to_read(folder, name)
    except FileNotFoundError:
        return ""
    with os.fdopen(handle, encoding="utf-8", errors="replace") as file:
        return file.read(at_most)


def free_names(folder: int, name: str, ours: os.stat_result) -> Iterator[str]:
    """Yield names like this one that nothing has, or that our own file has there already."""
    stem, dot, suffix = name.rpartition(".")
    for number in range(1, 100_000):
        middle = "" if number == 1 else f" ({number})"
        chosen = f"{stem}{middle}{dot}{suffix}" if stem else f"{name}{middle}"
        try:
            there = look_at(folder, chosen)
        except FileNotFoundError:
            yield chosen
        else:
            if os.path.samestat(there, ours):
                yield chosen


def move(source: int, name: str, target: int, chosen: str) -> bool:
    """Move a file to another folder; False, and it stays, where another file has that name.

    It gets its new name before it loses the old one, so that it always has one of them.
    """
    try:
        os.link(name, chosen, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except FileExistsError:
        if not os.path.samestat(look_at(target, chosen), look_at(source, name)):
            return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A shared drive without hard links: whoever calls has looked that the name is free.
        os.rename(name, chosen, src_dir_fd=source, dst_dir_fd=target)
        return True
    os.unlink(name, dir_fd=source)
    return True

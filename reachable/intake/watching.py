"""The watched folder: AGENCY/FEED/FILE, looked at every minute, and each file taken once.

A file is taken when it has stopped changing, is copied to where only we write, and moved away last:
whatever is killed in between, the next look finds the file again, and the same content counts once.
Folders are opened one by one and never through a link, since others may write into them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import logging
import os
import stat
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from reachable.access.selectors import agency_keys
from reachable.foundation import words
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput
from reachable.foundation.errors import place as where_in_code
from reachable.foundation.files import shared_folders as shared
from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.files.rows import too_large
from reachable.foundation.files.whole import full_disk, whole_file
from reachable.foundation.outages import outage
from reachable.foundation.time import now
from reachable.intake import doors
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet, everything_sent, table_sets

log = logging.getLogger("reachable.intake")

SETTLED = 20.0
"""Seconds between two looks at a file that has not changed, before it is taken."""
TAKEN, REFUSED = "taken", "refused"
NOT_TAKEN = "NOT TAKEN.txt"
"""Where it is said, beside them, what is left and why."""
KEPT = timedelta(days=30)
LONGEST_NAME = 240
"""Bytes of a name beside which there is room for a number and “.txt”."""
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", ".swp")


class Unsettled(Exception):
    """A file changed while it was being copied: it is looked at again later."""


@dataclass
class Looked:
    """What one look came to. `left` are (where, what is said about it).

    `busy` says that another process was looking, so that this one did not.
    """

    busy: bool = False
    taken: int = 0
    again: int = 0
    refused: int = 0
    waiting: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)


EVERYTHING = "-everything"
"""What the name of a folder ends with into which sets go that hold all of an agency's rows."""

Signs = tuple[int, int, int, int]
"""What changes with a file: device, number, size and time of change."""


@dataclass
class _Memory:
    """What the looks before saw: signs of each file, and since when they are so."""

    before: dict[str, tuple[Signs, float]]
    seen: dict[str, tuple[Signs, float]] = field(default_factory=dict)

    def settled(self, where: str, signs: Signs) -> bool:
        """Note a file; tell whether it was the same some time ago."""
        at = now().timestamp()
        known, since = self.before.get(where, (None, at))
        if known != signs:
            since = at
        self.seen[where] = signs, since
        return at - since >= SETTLED


def look(*, by: Actor) -> Looked:
    """Look at every folder once; where none is set, or another process looks now, at nothing."""
    looked = Looked()
    if settings.WATCH_DIR is None:
        return looked
    with _alone() as alone:
        if not alone:
            return Looked(busy=True)
        memory = _Memory(_remembered())
        try:
            with _watched() as root:
                _look_at_root(by, root, memory, looked)
        finally:
            _remember(memory)
    return looked


def _look_at_root(by: Actor, root: int, memory: _Memory, looked: Looked) -> None:
    agencies, places = agency_keys(by=by), _places()

    def agency(folder: int, key: str) -> None:
        def feed(inside: int, name: str) -> None:
            sent, whole = places[name]
            place = _Place(by, agencies[key], sent, whole, inside, f"{key}/{name}")
            _look_at_feed(place, memory, looked)

        _go_through(folder, key, places, "no feed has this key", feed, looked)

    _go_through(root, "", agencies, "no agency has this key", agency, looked)


def _places() -> dict[str, tuple[Feed | TableSet, bool]]:
    """Return what a folder is for, by its name, and whether its files hold everything."""
    named: dict[str, tuple[Feed | TableSet, bool]] = {
        key: (sent, False) for key, sent in everything_sent().items()
    }
    for key, tables in table_sets().items():
        if tables.reaches_back_years:
            named[key + EVERYTHING] = (tables, True)
    return named


def _go_through(
    folder: int,
    where: str,
    known: Container[str],
    unknown: str,
    visit: Callable[[int, str], None],
    looked: Looked,
) -> None:
    """Visit each folder in a folder whose name is known, and report everything else."""
    left = []
    for name in _others(folder):
        try:
            if name not in known:
                left.append((name, _not_a_place(folder, name, unknown)))
                continue
            with shared.within(folder, name) as inside:
                if inside is None:
                    left.append((name, "it is a link or a file, and not a folder"))
                else:
                    visit(inside, name)
        except FileNotFoundError:
            continue
        except OSError as error:
            left.append((name, _in_the_way(error)))
    _report(folder, where, left, looked)


def _not_a_place(folder: int, name: str, unknown: str) -> str:
    found = shared.look_at(folder, name)
    if stat.S_ISDIR(found.st_mode):
        return f"{unknown}: check how the folder is written"
    return "a file goes into the folder of its agency and feed"


@dataclass(frozen=True)
class _Place:
    """The folder of one feed of one agency."""

    by: Actor
    agency_id: UUID
    feed: Feed | TableSet
    whole: bool
    folder: int
    where: str


def _look_at_feed(place: _Place, memory: _Memory, looked: Looked) -> None:
    left = []
    for name in _others(place.folder):
        if name in (TAKEN, REFUSED):
            continue
        try:
            why = _look_at_file(place, name, memory, looked)
        except Unsettled:
            looked.waiting += 1
            continue
        except Exception as error:
            if name not in shared.names(place.folder):
                # Whoever put it there has taken it away.
                continue
            why = _in_the_way(error)
        if why:
            left.append((name, why))
    _report(place.folder, place.where, left, looked)
    _forget_taken(place.folder)


def _in_the_way(error: Exception) -> str:
    """Say what keeps a file from being taken, which may pass; one file holds up no other."""
    if outage(error) is not None and not full_disk(error):
        raise error
    if full_disk(error):
        return "the disk of this system is full: it is tried again every minute"
    if isinstance(error, OSError):
        if error.errno in (errno.EACCES, errno.EPERM):
            return "it, or its folder, may not be read and changed by this system"
        return f"it could not be read or moved ({errno.errorcode.get(error.errno or 0, 'error')})"
    log.error(
        "a file was not taken: %s at %s", type(error).__name__, where_in_code(error.__traceback__)
    )
    return "it could not be taken, by a mistake of ours: tell whoever looks after Reachable"


def _look_at_file(place: _Place, name: str, memory: _Memory, looked: Looked) -> str:
    """Take or refuse one file if it is time; return why it is left, or nothing."""
    found = shared.look_at(place.folder, name)
    why = _passed_over(name, found)
    if why:
        return why
    if not memory.settled(f"{place.where}/{shared.shown(name)}", _signs(found)):
        looked.waiting += 1
        return ""
    handle = shared.open_to_read(place.folder, name)
    with os.fdopen(handle, "rb", buffering=0) as file:
        if _signs(os.fstat(file.fileno())) != _signs(found):
            raise Unsettled
        _take_or_refuse(place, name, found, file.fileno(), looked)
    return ""


def _passed_over(name: str, found: os.stat_result) -> str:
    if stat.S_ISLNK(found.st_mode):
        return "it is a link, which is never followed: put the file itself here"
    if stat.S_ISDIR(found.st_mode):
        return "it is a folder: files go straight into the folder of their feed"
    if not stat.S_ISREG(found.st_mode):
        return "it is a device or a pipe, and no file"
    if len(os.fsencode(name)) > LONGEST_NAME:
        return "its name is too long: give it a shorter one"
    if name.startswith((".", "~")):
        return "it is hidden, as files are that are still being written"
    if name.lower().endswith(UNFINISHED) or name.endswith("~"):
        return "it has the name of a file that is still arriving: rename it when it is whole"
    return ""


def _take_or_refuse(
    place: _Place, name: str, found: os.stat_result, handle: int, looked: Looked
) -> None:
    try:
        if found.st_size > DEFAULT.size:
            raise too_large(found.st_size, DEFAULT)
        with doors.arriving(lambda size: os.read(handle, size)) as arrived:
            _still_the_same(place, name, found, handle)
            received = doors.take(
                by=place.by,
                agency_id=place.agency_id,
                feed=place.feed,
                file_name=shared.shown(name),
                arrived=arrived,
                whole=place.whole,
            )
    except BadInput as error:
        if full_disk(error):
            raise
        _move_away(place, name, REFUSED, _said_of_refused(error))
        looked.refused += 1
        return
    _move_away(place, name, TAKEN, _said_of_taken(received.delivery_id, received.again))
    looked.taken += 1
    looked.again += received.again


def _still_the_same(place: _Place, name: str, found: os.stat_result, handle: int) -> None:
    """What was copied is one file, and the one that stands there under this name."""
    now_there = shared.look_at(place.folder, name)
    if not _signs(os.fstat(handle)) == _signs(now_there) == _signs(found):
        raise Unsettled


def _said_of_taken(delivery_id: UUID, again: bool) -> str:
    what = (
        "This file came before: the same content counts once, and nothing was added."
        if again
        else "This file was taken. Its rows are loaded next."
    )
    return (
        f"{what}\nWhat was kept: the file, as {delivery_id}. This copy may be deleted.\n"
        "What to do: look under Intake in Reachable what became of it, and which rows wait to be "
        "corrected.\n"
    )


def _said_of_refused(error: BadInput) -> str:
    return (
        f"This file was not taken. {error.sentence}\n"
        f"What was kept: {error.kept or 'Nothing was kept.'} The file stands beside this text.\n"
        f"What to do: {error.next or 'Look at the file, and send it again.'}\n"
    )


def _move_away(place: _Place, name: str, to: str, said: str) -> None:
    """Say what became of a file, then move it; a name that is taken gets a number, none is lost."""
    shared.make(place.folder, to)
    with shared.within(place.folder, to) as target:
        if target is None:
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")
        for chosen in shared.free_names(target, name, shared.look_at(place.folder, name)):
            shared.write_text(target, f"{chosen}.txt", f"{words.when(now())}\n{said}")
            if shared.move(place.folder, name, target, chosen):
                return


def _report(folder: int, where: str, left: list[tuple[str, str]], looked: Looked) -> None:
    """Say beside what is left why it is; where nothing is, take that away again."""
    lines = [f"“{shared.shown(name)}”: {why}." for name, why in left]
    looked.left += [(f"{where}/{shared.shown(name)}".lstrip("/"), why) for name, why in left]
    with contextlib.suppress(OSError, BadInput):
        if not lines:
            os.unlink(NOT_TAKEN, dir_fd=folder)
            return
        said = "\n".join(["What was not taken, and why:", *lines, ""])
        if shared.read_text(folder, NOT_TAKEN) != said:
            shared.write_text(folder, NOT_TAKEN, said)


def _forget_taken(folder: int) -> None:
    """Remove what was taken a month ago: it stands in Reachable, and is about children."""
    with contextlib.suppress(FileNotFoundError), shared.within(folder, TAKEN) as taken:
        if taken is None:
            return
        for name in shared.names(taken):
            found = shared.look_at(taken, name)
            if now().timestamp() - found.st_ctime > KEPT.total_seconds():
                os.unlink(name, dir_fd=taken)


def _others(folder: int) -> list[str]:
    return [name for name in shared.names(folder) if name != NOT_TAKEN]


@contextmanager
def _watched() -> Iterator[int]:
    with contextlib.ExitStack() as stack:
        try:
            root = stack.enter_context(shared.outermost(Path(settings.WATCH_DIR or "")))
        except OSError as error:
            raise BadInput(
                "The watched folder is not there, or cannot be opened.",
                kept="Nothing was taken.",
                next="Look at REACHABLE_WATCH, and at who may read the folder that it names.",
            ) from error
        yield root


def _signs(found: os.stat_result) -> Signs:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def _alone() -> Iterator[bool]:
    """Let one process of this computer look at a time."""
    _state_file().parent.mkdir(parents=True, exist_ok=True)
    with open(_state_file().with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _state_file() -> Path:
    return Path(settings.VAR_DIR) / "watching.json"


def _remembered() -> dict[str, tuple[Signs, float]]:
    """Read what the look before saw; lost, each file only waits for one look more."""
    try:
        held = json.loads(_state_file().read_text(encoding="utf-8"))
        return {where: (tuple(signs), since) for where, (signs, since) in held.items()}
    except (OSError, ValueError):
        return {}


def _remember(memory: _Memory) -> None:
    """Keep what was seen; on a full disk each file waits for one look more."""
    with contextlib.suppress(BadInput), whole_file(_state_file()) as part:
        part.write_text(json.dumps(memory.seen), encoding="utf-8")

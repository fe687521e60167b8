"""Kills a load, or a look, at one checkpoint after the other, runs it again, and compares.

Run as a program, so that the process that is killed is a fork of one that has Django ready. Each
statement that is sent, each commit and each change to a file is a checkpoint: the process is ended
with SIGKILL just before it.
"""

from __future__ import annotations

import functools
import importlib
import json
import operator
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import psycopg

if TYPE_CHECKING:
    from tests.support.databases import Database

AT = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
FILE_CHANGES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir"}
UNPACKED = ".arriving"
"""What the folder is called in which a set of tables is unpacked, file by file."""


class Checkpoints:
    """Counts the checkpoints of this process, and ends it before number `kill_at`."""

    def __init__(self, kill_at: int | None) -> None:
        self.kill_at = kill_at
        self.passed = 0
        self.watching = False

    def reach(self) -> None:
        if not self.watching:
            return
        self.passed += 1
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def reached_by(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def reaching(*arguments: Any, **options: Any) -> Any:
            self.reach()
            return function(*arguments, **options)

        return reaching

    def watch(self) -> None:
        """Watch statements, commits and file changes from here on."""
        from django.db import connection

        connection.ensure_connection()
        vars(connection)["_commit"] = self.reached_by(operator.attrgetter("_commit")(connection))
        if connection.vendor == "postgresql":
            # What is sent below Django's own cursor counts as well.
            for name in ("execute", "executemany", "copy"):
                setattr(psycopg.Cursor, name, self.reached_by(getattr(psycopg.Cursor, name)))
        else:
            connection.execute_wrappers.append(self.reached_by(_execute))

        def changing(event: str, arguments: tuple[Any, ...]) -> None:
            opened = event == "open" and UNPACKED in str(arguments[0])
            if opened or event in FILE_CHANGES:
                self.reach()

        sys.addaudithook(changing)
        self.watching = True


def _execute(execute: Callable[..., Any], *arguments: Any) -> Any:
    return execute(*arguments)


def load(files: list[Path]) -> None:
    """What `feed load` does, for one file after the other."""
    from reachable.access.selectors import agency_id
    from reachable.foundation.actor import system
    from reachable.foundation.time import travel
    from reachable.intake import loading, preparing, services

    preparing.PIECE = loading.MOST = loading.LEAST = 4
    vars(loading)["pace_of"] = lambda feed: loading.Pace(4)
    by = system("feed load")
    with travel(AT):
        for path in files:
            with path.open("rb") as content:
                received = services.receive(
                    by=by,
                    agency_id=agency_id("police"),
                    feed="police_missing" if "missing" in path.name else "police_custody",
                    file_name=path.name,
                    content=content,
                )
            services.begin_loading(by=by, delivery_id=received.delivery_id)
            loading.load(by=by, delivery_id=received.delivery_id)


def watch(files: list[Path]) -> None:
    """What a look into the watched folder does, to files that have been still for long."""
    from reachable.foundation.actor import system
    from reachable.foundation.time import travel
    from reachable.intake import services, watching

    watching.SETTLED = 0
    with travel(AT):
        watching.look(by=system(services.FOLDER))


def put(files: list[Path], folder: Path) -> None:
    """Put files where the look finds them, each in the folder of its feed."""
    for path in files:
        feed = "police_missing" if "missing" in path.name else "police_custody"
        place = folder / "police" / feed
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)


def work() -> None:
    """What the worker does with what waits for it."""
    from reachable.foundation.time import travel
    from tests.support import files

    with travel(AT):
        files.work()


def state(folder: Path) -> dict[str, Any]:
    """Everything that a load leaves behind, in words that do not depend on identifiers."""
    from reachable.access.models import Involvement
    from reachable.audit import services as audit
    from reachable.audit.verification import verify
    from reachable.chronology.models import Event
    from reachable.foundation.actor import system
    from reachable.foundation.time import travel
    from reachable.intake import services
    from reachable.intake.models import (
        Delivery,
        Forgotten,
        HeldKey,
        QuarantinedRow,
        Signal,
        SignalVersion,
    )
    from reachable.moments.models import Action, Moment, Trigger
    from reachable.notices.models import Mailing, Notice
    from reachable.people.models import RecordDetail, RecordKey, Review

    audit.seal(by=system("sealer"))
    with travel(datetime.now(UTC) + timedelta(days=2)):
        services.tidy(by=system("tidy"))
    return {
        "deliveries": _rows(
            Delivery,
            *("file_name", "state", "last_row", "rows", "accepted", "quarantined"),
            *("duplicates", "events", "moments", "error", "feed", "gone", "gone_asked"),
        ),
        "signals": _rows(
            Signal,
            *("key_hash", "content_hash", "version", "record__source_ref", "forget_on"),
            *("feed", "sent_hash", "last_version"),
        ),
        "held": _rows(HeldKey, "key", "signal__key_hash"),
        "forgotten": _rows(Forgotten, "feed", "count"),
        "versions": _rows(SignalVersion, "signal__key_hash", "version", "row_number"),
        "refused": _rows(QuarantinedRow, "row_number", "source_key", "state"),
        "people": _people(),
        "details": _rows(RecordDetail, "record__source_ref", "received_at"),
        "keys": _rows(RecordKey, "key", "record__source_ref"),
        "reviews": _rows(Review, "record__source_ref", "rule", "outcome"),
        "events": _rows(Event, "kind", "source", "occurred_at", "record__source_ref", "place"),
        "moments": _rows(
            Moment, "kind", "rule", "state", "asked__username", "child_due_at", "next_due_at"
        ),
        "triggers": _rows(Trigger, "event_kind", "due_at", "moment__kind"),
        "actions": _rows(Action, "kind", "about__username", "moment__kind"),
        "involvements": _rows(Involvement, "user__username", "team__key", "basis"),
        "notices": _rows(Notice, "kind", "user__username"),
        "mailings": _rows(Mailing, "waiting", "tries"),
        "files left": sorted(path.name for path in folder.rglob("*") if len(path.name) > 2),
        "watched": sorted(
            str(path.relative_to(folder.parent))
            for path in folder.parent.glob("watched/**/*")
            if path.is_file()
        ),
        "audit": verify(by=system("audit.verify")).faults,
    }


def _people() -> list[list[str]]:
    from reachable.people.models import Record

    people: dict[Any, list[str]] = {}
    for person, ref in Record.objects.values_list("person__now__current_id", "source_ref"):
        people.setdefault(person, []).append(ref)
    return sorted(sorted(refs) for refs in people.values())


def _rows(model: Any, *fields: str) -> list[list[str]]:
    return sorted([str(value) for value in row] for row in model.objects.values_list(*fields))


def in_fork(work: Callable[[], Any]) -> tuple[int, Any]:
    """Do it in a fork; return how the fork ended and what it returned."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            with os.fdopen(writing, "w") as out:
                json.dump(work(), out)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as result:
        said = result.read()
    _, status = os.waitpid(child, 0)
    return status, json.loads(said) if status == 0 else None


def on(database: Database, work: Callable[[], Any]) -> tuple[int, Any]:
    """Do it in a fork that works on a database."""
    from django.conf import settings

    def connected() -> Any:
        settings.UPLOAD_DIR = database.folder / "uploads"
        settings.ANCHOR_FILE = database.folder / "anchors.jsonl"
        settings.VAR_DIR = database.folder
        settings.FILE_UPLOAD_TEMP_DIR = database.folder / "uploads" / "arriving"
        settings.WATCH_DIR = str(database.folder / "watched")
        with database.connected():
            return work()

    return in_fork(connected)


def main(door: str, files: list[Path], every: int) -> None:
    """Print one JSON object: how many checkpoints there were, and where the states differ.

    By the shell a file is loaded too while it is watched; by the folder, the worker comes after.
    """
    from reachable.foundation.time import travel
    from tests.support import databases, set_loads
    from tests.support.world import make_world

    def world() -> None:
        with travel(set_loads.AT if door in ("set", "next") else AT):
            make_world()

    take = {"shell": load, "folder": watch, "set": set_loads.load, "next": set_loads.load}[door]
    # Of what is killed with the next set, the first is there already.
    before, files = (files[:1], files[1:]) if door == "next" else ([], files)

    def whole(uploads: Path) -> dict[str, Any]:
        take(files)
        work()
        return state(uploads)

    def killed(at: int | None) -> int:
        checkpoints = Checkpoints(at)
        checkpoints.watch()
        take(files)
        checkpoints.watching = False
        return checkpoints.passed

    differing = {}
    with databases.fresh() as base:
        for made in (world, *([lambda: take(before)] if before else [])):
            status, _ = on(base, made)
            assert status == 0
        with databases.fresh(base) as database:
            put(files, database.folder / "watched")
            _, expected = on(database, lambda: whole(database.folder / "uploads"))
        with databases.fresh(base) as database:
            put(files, database.folder / "watched")
            _, passed = on(database, lambda: killed(None))
        tried = range(1, passed + 1, every)
        for at in tried:
            with databases.fresh(base) as database:
                put(files, database.folder / "watched")
                status, _ = on(database, functools.partial(killed, at))
                assert os.WIFSIGNALED(status), f"checkpoint {at} was not reached"
                _, found = on(database, lambda: whole(database.folder / "uploads"))
            if found != expected:
                differing[at] = _difference(expected, found)
    print(json.dumps({"checkpoints": passed, "tried": len(tried), "differing": differing}))


def _difference(expected: dict[str, Any], found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        return {"failed": True}
    return {
        key: {"missing": _without(value, found[key]), "more": _without(found[key], value)}
        for key, value in expected.items()
        if value != found[key]
    }


def _without(rows: list[Any], others: list[Any]) -> list[Any]:
    left, found = list(others), []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            found.append(row)
    return found


if __name__ == "__main__":
    importlib.import_module("tests.environment")
    django.setup()
    main(sys.argv[1], [Path(name) for name in sys.argv[3:]], int(sys.argv[2]))

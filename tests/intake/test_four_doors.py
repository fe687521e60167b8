"""A file comes by the page, the shell, the watched folder or HTTP, and the same becomes of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import Client

from reachable.chronology.models import Event
from reachable.chronology.selectors import fingerprints
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.intake import cli, services, watching
from reachable.intake.models import Delivery, QuarantinedRow, Signal, SignalVersion
from reachable.intake.samples import KINDS, write_sample, write_set_sample
from reachable.intake.specification import feeds
from reachable.intake.table_sets import table_sets
from reachable.moments.models import Moment, Trigger
from reachable.notices.models import Notice
from reachable.people.models import Record, RecordDetail, RecordKey
from tests.support.files import work
from tests.support.programs import Program, a_program
from tests.support.world import make_world

pytestmark = pytest.mark.db

IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
A_DAY = re.compile(r"\b(\d{2})/(\d{2})/(202\d)\b|\b(202\d)-(\d{2})-(\d{2})\b")


@dataclass(frozen=True)
class Place:
    """Who sends by each door, and the watched folder."""

    clerk: Client
    program: Program
    watched: Path


@pytest.fixture
def place_of(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Place]]:
    """Make it the morning after a feed's sample, and somebody there who sends by each door."""
    settings.VAR_DIR = tmp_path
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads" / "arriving")
    (tmp_path / "uploads" / "arriving").mkdir(parents=True)
    settings.WATCH_DIR = tmp_path / "watched"
    monkeypatch.setattr(watching, "SETTLED", 0)
    with ExitStack() as stack:

        def made(feed: str) -> Place:
            stack.enter_context(travel(the_day_after(feed)))
            return Place(make_world().client("clerk"), a_program(), tmp_path / "watched")

        yield made


def the_day_after(feed: str) -> datetime:
    """Return the morning after the last day that a feed's sample names."""
    if feed in table_sets():
        return datetime(2026, 3, 24, 9, tzinfo=UTC)
    cells = " ".join(cell for sample in feeds()[feed].samples for cell in sample.cells)
    days = [
        date(int(year or year_first), int(month or month_second), int(day or day_last))
        for day, month, year, year_first, month_second, day_last in A_DAY.findall(cells)
    ]
    return datetime.combine(max(days), time(9), UTC) + timedelta(days=1)


def by_page(place: Place, feed: str, path: Path) -> None:
    kind = "sets" if feed in table_sets() else "feeds"
    with path.open("rb") as file:
        sent = {"file": file, "holds": "changes"}
        answer: Any = place.clerk.post(f"/intake/{kind}/{feed}/", sent)
    assert answer.status_code == 302, answer.content.decode()
    place.clerk.post(f"{answer['Location']}load/")
    assert work() == ["loaded"]


def by_shell(place: Place, feed: str, path: Path) -> None:
    done = CliRunner().invoke(cli.group, ["load", feed, str(path), "--agency", "police"])
    assert done.exit_code == 0, done.output


def by_folder(place: Place, feed: str, path: Path) -> None:
    folder = place.watched / "police" / feed
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder)
    looked = watching.look(by=system(services.FOLDER))
    assert (looked.taken, looked.left) == (1, [])
    assert work() == ["loaded"]


def by_http(place: Place, feed: str, path: Path) -> None:
    sent = place.program.send(path.read_bytes(), f"/api/feeds/{feed}/files", name=path.name)
    assert sent.status_code == 202, sent.content
    assert work() == ["loaded"]
    told = place.program.get(f"/api/deliveries/{sent.json()['id']}").json()
    delivery = Delivery.objects.get(part_of=None)
    for count in ("accepted", "quarantined", "duplicates", "rows"):
        assert told[count] == getattr(delivery, count)


DOORS: dict[str, Callable[[Place, str, Path], None]] = {
    "page": by_page,
    "shell": by_shell,
    "folder": by_folder,
    "http": by_http,
}


def rows(model: Any, *fields: str) -> list[tuple[str, ...]]:
    return sorted(tuple(str(value) for value in row) for row in model.objects.values_list(*fields))


def became() -> dict[str, Any]:
    """Say all that came of a file, without the identifiers that are made anew each time."""
    names = dict(Signal.objects.values_list("id", "key_hash"))
    prints = fingerprints(by=system("tests"), signal_ids=list(names))
    people = {str(record): ref for record, ref in Record.objects.values_list("id", "source_ref")}
    return {
        "delivery": rows(
            Delivery,
            *("feed", "file_name", "size", "history", "state", "last_row", "rows", "whole"),
            *("accepted", "quarantined", "duplicates", "events", "moments", "error"),
        ),
        "digest": Delivery.objects.get(part_of=None).digest,
        "chronology": sorted(
            (names[signal], kind, IDENTIFIER.sub(lambda found: people[found.group()], said))
            for (signal, kind), said in prints.items()
        ),
        "events": rows(Event, "kind", "source", "occurred_on", "record__source_ref", "place"),
        "signals": rows(
            Signal, "key_hash", "source_key", "content_hash", "version", "received_at", "forget_on"
        ),
        "versions": rows(SignalVersion, "signal__key_hash", "version", "row_number", "content"),
        "refused": rows(QuarantinedRow, "row_number", "source_key", "cells", "problems", "state"),
        "records": rows(Record, "source_ref", "shown_name", "birth_date"),
        "details": rows(RecordDetail, "record__source_ref", "content"),
        "keys": rows(RecordKey, "key", "record__source_ref"),
        "moments": rows(Moment, "kind", "rule", "state", "asked__username", "child_due_at"),
        "triggers": rows(Trigger, "event_kind", "due_at", "moment__kind"),
        "notices": rows(Notice, "kind", "user__username"),
    }


def came_by(door: str, place: Place, feed: str, path: Path) -> dict[str, Any]:
    """Send a file by one door, look, and undo it."""
    with transaction.atomic():
        DOORS[door](place, feed, path)
        assert set(Delivery.objects.values_list("door", flat=True)) == {door}
        found = became()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("feed", feeds())
def test_every_sample_comes_to_the_same_by_every_door(
    place_of: Callable[[str], Place], tmp_path: Path, feed: str
) -> None:
    place = place_of(feed)
    for kind in KINDS:
        path = write_sample(feeds()[feed], tmp_path, kind)
        first, *others = (came_by(door, place, feed, path) for door in DOORS)
        assert first["delivery"], kind
        assert first["signals"], kind
        for door, found in zip(list(DOORS)[1:], others, strict=True):
            assert found == first, f"{kind} by {door}"


@pytest.mark.parametrize("key", table_sets())
def test_the_sample_of_a_set_comes_to_the_same_by_every_door(
    place_of: Callable[[str], Place], tmp_path: Path, key: str
) -> None:
    place = place_of(key)
    path = write_set_sample(table_sets()[key], tmp_path)
    first, *others = (came_by(door, place, key, path) for door in DOORS)
    assert first["events"]
    for door, found in zip(list(DOORS)[1:], others, strict=True):
        assert found == first, door


def test_the_samples_open_moments_here_so_that_there_is_something_to_compare(
    place_of: Callable[[str], Place], tmp_path: Path
) -> None:
    place = place_of("police_missing")
    path = write_sample(feeds()["police_missing"], tmp_path)
    found = came_by("http", place, "police_missing", path)
    assert found["moments"]
    assert found["notices"]
    assert found["chronology"]

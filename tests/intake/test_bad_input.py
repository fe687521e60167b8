"""Files that come twice, at once or from two sides, and cells that a database does not take."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import OperationalError

from reachable.access import services as access
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now, today, travel
from reachable.intake import jobs, loading, pipeline, preparing
from reachable.intake.checking import check_file, open_file
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from reachable.intake.specification import feed
from tests.support.databases import Database
from tests.support.files import CUSTODY, load, receive, work
from tests.support.servers import Server
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

BY = system("tests")


@pytest.mark.parametrize(
    "odd", ["\0", "\x01\x1f", "\x7f\x85", "\\N", "\\\\t\t", "\u202e", "\ud800"]
)
def test_promise_26_characters_that_a_database_does_not_take(world: World, odd: str) -> None:
    good = (
        f"CU/O1,Arrest,23/10/2025,10:00,Fen{odd}march,Ma{odd}rsh,Ebony{odd},01/02/2011,,P{odd}4\n"
    )
    bad = good.replace("23/10/2025", f"32{odd}/10/2025").replace("CU/O1", f"CU{odd}/O2")
    done = load(CUSTODY + good + bad)
    assert (done.state, done.error, done.rows) == ("loaded", "", 11)
    assert QuarantinedRow.objects.filter(delivery=done, state="open").count() == done.quarantined


def test_promise_31_a_file_that_two_agencies_send_waits_for_both(world: World) -> None:
    neighbour = access.create_agency(by=BY, key="marsh", name="Marsh Police", kind="police")
    first, second = receive(CUSTODY), receive(CUSTODY, agency=neighbour)
    assert loading.load(by=BY, delivery_id=first).state == "loaded"
    done = loading.load(by=BY, delivery_id=second)
    assert (done.state, done.error) == ("loaded", "")
    assert Signal.objects.filter(agency_id=neighbour).count() == 7 - done.quarantined


def test_promise_30_a_mistake_of_ours_stops_one_file_and_says_nothing_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise ValueError("Canary Featherstonehaugh")

    delivery_id = receive(CUSTODY)
    with monkeypatch.context() as patched:
        patched.setattr(loading, "take_in", broken)
        done = loading.load(by=BY, delivery_id=delivery_id)
    assert done.state == "failed"
    assert done.error.startswith("Loading stopped at a mistake of ours. Nothing was loaded.")
    assert "ValueError" in caplog.text
    assert "Canary" not in caplog.text + done.error
    assert load(CUSTODY).state == "loaded"


def test_promise_30_an_outage_in_the_middle_leaves_a_load_at_its_checkpoint(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "PIECE", 4)
    monkeypatch.setattr(loading, "LEAST", 4)
    monkeypatch.setattr(loading, "pace_of", lambda feed: loading.Pace(4))
    delivery_id = receive(CUSTODY, by=world.actor("clerk"))
    take_in, batches = pipeline.take_in, iter(range(9))

    def full(**arguments: Any) -> Any:
        if next(batches) == 1:
            raise OperationalError("database or disk is full")
        return take_in(**arguments)

    with monkeypatch.context() as patched:
        patched.setattr(loading, "take_in", full)
        state = jobs.load_delivery.call(str(delivery_id), str(world.users["clerk"]))
    stopped = Delivery.objects.get(id=delivery_id)
    assert (state, stopped.state) == ("interrupted", "loading")
    assert stopped.last_row > 0
    with travel(now() + timedelta(minutes=2)):
        assert jobs.resume_abandoned(by=BY) == 1
    assert work() == ["loaded"]
    done = Delivery.objects.get(id=delivery_id)
    assert (done.state, done.rows, done.duplicates) == ("loaded", 9, 1)


def test_promise_31_two_processes_that_load_one_file_count_it_once(
    own_database: Database, tmp_path: Path
) -> None:
    make_world()
    row = "CU/{n},Arrest,2/10/2025,10:00,Fen,Vane,Idris,14/07/2010,FX1 1AB,P{n}\n"
    rows = [row.format(n=number) for number in range(900)]
    path = tmp_path / "custody.csv"
    path.write_text(CUSTODY.splitlines(keepends=True)[0] + "".join(rows))
    renamed = tmp_path / "renamed.csv"
    renamed.write_bytes(path.read_bytes())
    shell = Server(own_database)
    with ThreadPoolExecutor() as pool:
        load_it = partial(
            shell.shell_json, "feed", "load", "police_custody", "--agency", "police", "--history"
        )
        told = list(pool.map(load_it, map(str, (path, renamed))))
    assert all(each["state"] == "loaded" for each in told)
    delivery = Delivery.objects.get()
    assert (delivery.accepted, delivery.duplicates, delivery.rows) == (900, 0, 900)
    assert Signal.objects.count() == 900
    assert not list((own_database.folder / "uploads").rglob("*.*"))


def test_promise_31_who_comes_last_does_not_spoil_what_was_loaded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id = receive(CUSTODY)
    pieces, loads = preparing.pieces, iter(range(2))

    def overtaken(*arguments: Any) -> Any:
        if next(loads) == 0:
            assert loading.load(by=BY, delivery_id=delivery_id).state == "loaded"
        return pieces(*arguments)

    monkeypatch.setattr(preparing, "pieces", overtaken)
    done = loading.load(by=BY, delivery_id=delivery_id)
    assert (done.state, done.error, done.rows) == ("loaded", "", 9)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("caf\udce9.csv", "caf\ufffd.csv"),
        ("new\nline\u202evsc.csv", "new linevsc.csv"),
        ("../../etc/passwd", "passwd"),
        ("n" * 500, "n" * 200),
    ],
)
def test_promise_25_any_name_of_a_file_can_be_kept(world: World, name: str, kept: str) -> None:
    delivery_id = receive(CUSTODY, name=name)
    assert Delivery.objects.get(id=delivery_id).file_name == kept


def test_a_file_without_rows_says_so_and_can_be_loaded(tmp_path: Path, world: World) -> None:
    path = tmp_path / "custody.csv"
    path.write_text(CUSTODY.splitlines(keepends=True)[0])
    report = check_file(feed("police_custody"), path, today())
    assert report.notes[-1] == "There is no row below the headings."
    assert (load(path.read_text()).state, report.rows) == ("loaded", 0)


def test_a_cover_sheet_before_the_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "custody.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Cover").write(0, 0, "Official")
        book.add_worksheet("Data").write_row(0, 0, CUSTODY.splitlines()[0].split(","))
    with pytest.raises(BadInput, match="Not read: worksheet “Data”"):
        open_file(feed("police_custody"), path)

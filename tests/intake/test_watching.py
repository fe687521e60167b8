"""The watched folder: each file taken once, whole, and nothing through a link."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.registries import schedules
from reachable.foundation.time import now, travel
from reachable.intake import cli, doors, services, watching
from reachable.intake.models import Delivery, Signal
from reachable.intake.watching import Looked
from tests.support.files import CUSTODY, MISSING, work
from tests.support.world import World

pytestmark = pytest.mark.db

BY = system(services.FOLDER)


@pytest.fixture
def inbox(world: World, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """The folder of police custody, on the evening on which its file was made."""
    settings.VAR_DIR = tmp_path
    settings.WATCH_DIR = tmp_path / "watched"
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads" / "arriving"
    folder = tmp_path / "watched" / "police" / "police_custody"
    folder.mkdir(parents=True)
    with travel(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), ticking=True):
        yield folder


def later(seconds: float = 60) -> Looked:
    with travel(now() + timedelta(seconds=seconds)):
        return watching.look(by=BY)


def look_twice() -> Looked:
    watching.look(by=BY)
    return later()


def said(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def left(folder: Path) -> str:
    return said(folder / watching.NOT_TAKEN)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_taken_at_the_second_look(inbox: Path) -> None:
    (inbox / "custody.csv").write_text(CUSTODY)
    first = watching.look(by=BY)
    assert (first.taken, first.waiting) == (0, 1)
    assert later(seconds=5).taken == 0
    assert later().taken == 1
    assert names(inbox) == {"taken"}
    assert names(inbox / "taken") == {"custody.csv", "custody.csv.txt"}
    delivery = Delivery.objects.get()
    told = said(inbox / "taken" / "custody.csv.txt")
    assert str(delivery.id) in told
    assert "Intake" in told
    assert (delivery.door, delivery.file_name, delivery.state) == (
        "folder",
        "custody.csv",
        "loading",
    )
    assert work() == ["loaded"]
    assert Signal.objects.count() == 6
    assert Delivery.objects.get().begun_by is None


def test_a_file_that_still_grows_is_left_until_it_is_still(inbox: Path) -> None:
    path, whole = inbox / "custody.csv", CUSTODY.encode()
    path.write_bytes(whole[:100])
    watching.look(by=BY)
    path.write_bytes(whole[:300])
    assert later(60).taken == 0
    path.write_bytes(whole)
    assert later(120).taken == 0
    assert later(180).taken == 1
    assert Delivery.objects.get().size == len(whole)


def test_promise_25_a_file_that_changes_while_it_is_copied_is_looked_at_again(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inbox / "custody.csv"
    path.write_text(CUSTODY)
    watching.look(by=BY)
    opened = doors.arriving

    def changed(read: Any) -> Any:
        with path.open("a") as file:
            file.write("CU/8,Arrest,24/10/2026,12:00,Fenmarch,Late,Row,09/09/2011,FX1 1AF,P9\n")
        return opened(read)

    with monkeypatch.context() as patched:
        patched.setattr(doors, "arriving", changed)
        looked = later()
    assert (looked.taken, looked.refused, looked.waiting) == (0, 0, 1)
    assert path.exists()
    assert not Delivery.objects.exists()
    assert later(120).taken == 0
    assert later(180).taken == 1


def test_promise_25_a_file_that_is_replaced_while_it_is_copied_is_looked_at_again(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inbox / "custody.csv"
    path.write_text(CUSTODY)
    watching.look(by=BY)
    opened = doors.arriving

    def replaced(read: Any) -> Any:
        other = inbox.parent / "other"
        other.write_text(MISSING)
        other.replace(path)
        return opened(read)

    monkeypatch.setattr(doors, "arriving", replaced)
    assert later().waiting == 1
    assert said(path) == MISSING
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (MISSING.encode(), "looks like"),
        (b"", "The file is empty."),
        (b"\x00\x01" * 999, ""),
        (b"PK\x03\x04 no workbook", ""),
    ],
)
def test_what_does_not_fit_is_refused_with_what_happened_what_was_kept_and_what_to_do(
    inbox: Path, content: bytes, sentence: str
) -> None:
    (inbox / "custody.csv").write_bytes(content)
    assert look_twice().refused == 1
    assert names(inbox) == {"refused"}
    assert (inbox / "refused" / "custody.csv").read_bytes() == content
    told = said(inbox / "refused" / "custody.csv.txt")
    assert sentence in told
    assert "What was kept: " in told
    assert "What to do: " in told
    assert not Delivery.objects.exists()


def test_promise_25_a_file_over_the_limit_is_refused_before_it_is_copied(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (inbox / "custody.csv").open("wb") as file:
        file.truncate(DEFAULT.size + 1)
    monkeypatch.setattr(doors, "arriving", lambda read: pytest.fail("it was copied"))
    assert look_twice().refused == 1
    assert "up to 300 MB" in said(inbox / "refused" / "custody.csv.txt")


def test_promise_31_the_same_content_under_another_name_counts_once(inbox: Path) -> None:
    (inbox / "one.csv").write_text(CUSTODY)
    (inbox / "two.csv").write_text(CUSTODY)
    looked = look_twice()
    assert (looked.taken, looked.again) == (2, 1)
    assert Delivery.objects.count() == 1
    assert "came before" in said(inbox / "taken" / "two.csv.txt")


def test_a_name_that_came_before_takes_nothing_away(inbox: Path) -> None:
    for content in (MISSING, MISSING + "\n", CUSTODY, CUSTODY + "\n"):
        (inbox / "a.csv").write_text(content)
        look_twice()
    assert names(inbox / "refused") == {"a.csv", "a.csv.txt", "a (2).csv", "a (2).csv.txt"}
    assert names(inbox / "taken") == {"a.csv", "a.csv.txt", "a (2).csv", "a (2).csv.txt"}
    assert said(inbox / "refused" / "a.csv") == MISSING
    assert said(inbox / "refused" / "a (2).csv") == MISSING + "\n"


def test_promise_25_what_is_no_file_is_left_and_said(inbox: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(CUSTODY)
    (inbox / "link.csv").symlink_to(outside)
    (inbox / "folder.csv").mkdir()
    os.mkfifo(inbox / "pipe.csv")
    (inbox / ".hidden.csv").write_text(CUSTODY)
    (inbox / "~lock.csv").write_text(CUSTODY)
    (inbox / "arriving.csv.filepart").write_text(CUSTODY)
    (inbox / f"{'x' * 250}.csv").write_text(CUSTODY)
    looked = look_twice()
    assert (looked.taken, looked.refused, len(looked.left)) == (0, 0, 7)
    told = left(inbox)
    for words in (
        "a link",
        "a folder",
        "a device or a pipe",
        "hidden",
        "still arriving",
        "too long",
    ):
        assert words in told
    assert said(outside) == CUSTODY
    assert not Delivery.objects.exists()
    (inbox / "arriving.csv.filepart").rename(inbox / "arrived.csv")
    for name in ("link.csv", "pipe.csv", ".hidden.csv", "~lock.csv"):
        (inbox / name).unlink()
    (inbox / "folder.csv").rmdir()
    (inbox / f"{'x' * 250}.csv").unlink()
    assert look_twice().taken == 1
    assert not (inbox / watching.NOT_TAKEN).exists()


def test_places_that_are_no_agency_or_feed_are_left_and_said(inbox: Path) -> None:
    root, police = inbox.parents[1], inbox.parent
    (root / "polise" / "police_custody").mkdir(parents=True)
    (root / "polise" / "police_custody" / "custody.csv").write_text(CUSTODY)
    (root / "custody.csv").write_text(CUSTODY)
    (police / "custody").mkdir()
    (police / "custody.csv").write_text(CUSTODY)
    looked = look_twice()
    assert looked.taken == 0
    assert "“polise”: no agency has this key" in left(root)
    assert "“custody.csv”: a file goes into the folder of its agency and feed." in left(root)
    assert "“custody”: no feed has this key" in left(police)
    assert "“custody.csv”: a file goes into" in left(police)
    assert (root / "polise" / "police_custody" / "custody.csv").exists()


@pytest.mark.parametrize("where", ["agency", "feed", "taken"])
def test_promise_25_no_folder_is_reached_through_a_link(
    inbox: Path, tmp_path: Path, where: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "police_custody").mkdir(parents=True)
    (elsewhere / "police_custody" / "custody.csv").write_text(CUSTODY)
    (elsewhere / "custody.csv").write_text(CUSTODY)
    if where == "agency":
        (inbox.parents[1] / "school").symlink_to(elsewhere)
    elif where == "feed":
        (inbox.parent / "police_missing").symlink_to(elsewhere)
    else:
        (inbox / "custody.csv").write_text(CUSTODY)
        (inbox / "taken").symlink_to(elsewhere)
    looked = look_twice()
    assert looked.taken == 0
    assert looked.left
    assert names(elsewhere) == {"police_custody", "custody.csv"}
    assert names(elsewhere / "police_custody") == {"custody.csv"}


@pytest.mark.parametrize(
    "name",
    [
        "..csv",
        "a;rm -rf b.csv",
        "-rf.csv",
        "two\nlines.csv",
        "x" * 230 + ".csv",
        "no suffix",
        "ünïcode ‮.csv",
        "../x.csv".replace("/", "\\"),
        os.fsdecode(b"latin-\xe9.csv"),
    ],
)
def test_promise_25_no_name_of_a_file_leads_anywhere(inbox: Path, name: str) -> None:
    (inbox / name).write_text(CUSTODY)
    looked = look_twice()
    if name.startswith("."):
        assert looked.left
        return
    assert looked.taken == 1, looked
    assert len(names(inbox / "taken")) == 2
    assert names(inbox) == {"taken"}
    assert Delivery.objects.get().file_name


def test_a_full_disk_is_a_sentence_and_the_file_stays(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "custody.csv").write_text(CUSTODY)
    (inbox / "other.csv").write_text(CUSTODY + "\n")
    watching.look(by=BY)

    def full(**options: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "mkstemp", full)
        looked = later()
    assert (looked.taken, looked.refused, len(looked.left)) == (0, 0, 2)
    assert "the disk of this system is full" in looked.left[0][1]
    assert names(inbox) >= {"custody.csv", "other.csv"}
    assert later(120).taken == 2


def test_one_file_that_breaks_something_holds_up_no_other(
    inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (inbox / "a-Featherstonehaugh.csv").write_text(CUSTODY)
    (inbox / "b.csv").write_text(CUSTODY + "\n")
    taking = doors.take

    def breaks(**arguments: Any) -> Any:
        if arguments["file_name"].startswith("a"):
            raise ValueError("Featherstonehaugh")
        return taking(**arguments)

    monkeypatch.setattr(doors, "take", breaks)
    looked = look_twice()
    assert (looked.taken, len(looked.left)) == (1, 1)
    assert "a mistake of ours" in left(inbox)
    assert "ValueError" in caplog.text
    assert "Featherstonehaugh" not in caplog.text


def test_what_was_taken_a_month_ago_is_removed(inbox: Path) -> None:
    (inbox / "custody.csv").write_text(CUSTODY)
    (inbox / "missing.csv").write_text(MISSING)
    look_twice()
    assert names(inbox / "taken")
    # The system's own clock is the one that folders go by.
    with travel(datetime.now(UTC) + timedelta(days=29)):
        watching.look(by=BY)
        assert names(inbox / "taken")
    with travel(datetime.now(UTC) + timedelta(days=31)):
        watching.look(by=BY)
    assert names(inbox / "taken") == set()
    assert names(inbox / "refused") == {"missing.csv", "missing.csv.txt"}


def test_without_a_folder_nothing_is_looked_at(world: World, settings: Any) -> None:
    settings.WATCH_DIR = None
    assert watching.look(by=BY) == Looked()
    schedules.get("watch").run(system("watch"))
    answer = CliRunner().invoke(cli.group, ["watch", "--once"])
    assert isinstance(answer.exception, BadInput)


def test_a_folder_that_is_not_there_is_a_sentence(inbox: Path, settings: Any) -> None:
    settings.WATCH_DIR = inbox / "nowhere"
    with pytest.raises(BadInput, match="not there"):
        watching.look(by=BY)


def test_only_one_process_looks_at_a_time(inbox: Path) -> None:
    with watching._alone() as alone:
        assert alone
        assert watching.look(by=BY) == Looked(busy=True)
    assert watching.look(by=BY) == Looked()


def test_what_the_looks_saw_may_be_lost(inbox: Path, tmp_path: Path) -> None:
    (inbox / "custody.csv").write_text(CUSTODY)
    watching.look(by=BY)
    (tmp_path / "watching.json").write_text("{")
    assert later().waiting == 1
    assert later(120).taken == 1


def test_the_shell_looks_too(inbox: Path) -> None:
    (inbox / "custody.csv").write_text(CUSTODY)
    (inbox / "wrong.csv").write_text(MISSING)
    first = CliRunner().invoke(cli.group, ["watch", "--once"])
    assert (first.exit_code, "2 seen and not yet still" in first.output) == (0, True)
    with travel(now() + timedelta(minutes=1)):
        second = CliRunner().invoke(cli.group, ["watch", "--once", "--json"])
    assert second.exit_code == 1
    counted = json.loads(second.stdout.splitlines()[-1])
    assert (counted["taken"], counted["refused"], counted["left"]) == (1, 1, [])

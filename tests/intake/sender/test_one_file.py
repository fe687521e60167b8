"""One file, Python and nothing else: every feed, every kind of file, no network, no Django."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.foundation.files.export import write_csv
from reachable.intake.checking import check_file
from reachable.intake.samples import KINDS, sample_table, write_sample, write_set_sample
from reachable.intake.sender import packing, program
from reachable.intake.sender.edition import feed_digest, version
from reachable.intake.specification import Feed, feed, feeds
from reachable.intake.table_sets import table_sets
from tests.support.files import CUSTODY
from tests.support.senders import BARE, run

TODAY = date(2026, 11, 24)
ALL = list(feeds().values())
FITS_TWO = ",".join([*sample_table(feed("voluntary_concern"))[0], "Colour"]) + "\n"


def test_without_arguments_it_helps(one_file: Path) -> None:
    done = run(one_file)
    assert done.returncode == 0, done.stderr
    assert all(one.key in done.stdout and one.title in done.stdout for one in ALL)
    assert "reachable-check.pyz check" in done.stdout
    assert done.stderr.split() == ["WRITTEN"]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_every_sample_is_accepted_by_the_one_file_alone(
    one: Feed, kind: str, one_file: Path, tmp_path: Path
) -> None:
    path = write_sample(one, tmp_path, kind)
    done = run(one_file, "check", one.key, path.name, "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["rows"], said["accepted"]) == (len(one.samples), len(one.samples))
    assert done.stderr.splitlines()[-1] == "WRITTEN"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("key", sorted(table_sets()))
def test_a_set_of_tables_is_checked_and_parted_by_the_one_file_alone(
    one_file: Path, tmp_path: Path, key: str
) -> None:
    tables = table_sets()[key]
    path = write_set_sample(tables, tmp_path)
    done = run(one_file, "check", tables.key, path.name, "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["rows"] == said["accepted"] > 0
    assert said["tables"].keys() == {each.key for each in tables.tables}
    assert list(tmp_path.iterdir()) == [path]
    kept = f"kept{path.suffix}"
    wanted = ("--keep", kept, "--refused", "refused.zip", "--report", "report.html")
    parted = run(one_file, "check", key, path.name, *wanted, "--json", folder=tmp_path)
    assert parted.returncode == 0, parted.stderr
    told = json.loads(parted.stdout.splitlines()[-1])
    assert (told["rows"], told["kept"], told["held_back"]) == (said["rows"], said["rows"], 0)
    again = run(one_file, "check", key, kept, "--json", folder=tmp_path)
    assert json.loads(again.stdout.splitlines()[-1])["accepted"] == said["rows"]
    assert tables.title in run(one_file).stdout


@pytest.mark.parametrize("key", sorted(table_sets()))
def test_a_set_of_tables_has_a_sample_columns_and_is_told_when_dropped(
    one_file: Path, tmp_path: Path, key: str
) -> None:
    tables = table_sets()[key]
    said = run(one_file, "columns", key)
    assert said.returncode == 0, said.stderr
    assert all(f"{name}:" in said.stdout or f"{name} (" in said.stdout for name in tables.names)
    assert run(one_file, "sample", key, folder=tmp_path).returncode == 0
    (path,) = tmp_path.iterdir()
    dropped = run(one_file, path.name, folder=tmp_path)
    assert dropped.returncode == 0, dropped.stderr
    assert dropped.stdout.splitlines()[0] == f"“{path.name}” as {tables.title} ({key})."
    assert "Found in" not in dropped.stdout
    assert any(line.startswith("All tables: ") for line in dropped.stdout.splitlines())
    assert {each.name for each in tmp_path.iterdir()} == {
        path.name,
        f"{path.stem} to send{path.suffix}",
        f"{path.stem} to correct.zip",
        f"{path.stem} report.html",
    }


def test_it_writes_the_sample_of_a_feed(one_file: Path, tmp_path: Path) -> None:
    assert run(one_file, "sample", "police_custody", folder=tmp_path).returncode == 0
    (path,) = tmp_path.iterdir()
    assert path.read_bytes() == write_sample(feed("police_custody"), one_file.parent).read_bytes()
    (one_file.parent / path.name).unlink()


def test_it_filters_and_writes_only_what_it_is_asked_to(one_file: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CUSTODY)
    done = run(
        one_file,
        *("check", "police_custody", "a.csv", "--keep", "k.xlsx", "--refused", "r.csv"),
        *("--report", "r.html"),
        folder=tmp_path,
    )
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "9 rows: 8 would be accepted, 1 would wait to be corrected."
    )
    assert {each.name for each in tmp_path.iterdir()} == {"a.csv", "k.xlsx", "r.csv", "r.html"}
    assert check_file(feed("police_custody"), tmp_path / "k.xlsx", TODAY).accepted == 8
    assert "Orrell" not in (tmp_path / "r.html").read_text("utf-8")


BAD: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "The file is empty."),
    ("a.pdf", b"%PDF-1.7", "This is a PDF document, not a table."),
    ("a.xlsx", b"PK\x03\x04rubbish", "The workbook is damaged or was cut short."),
    ("a.csv", b"Colour,Size\nred,2\n", "None of the columns of"),
    ("a.csv", CUSTODY.splitlines()[0].replace("Custody No,", "").encode(), "has no column"),
]


@pytest.mark.parametrize(("name", "content", "said"), BAD)
def test_bad_input_is_told_in_a_sentence(
    name: str, content: bytes, said: str, one_file: Path, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    done = run(one_file, "check", "police_custody", name, "--keep", "k.csv", folder=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "mistake" not in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["check", "police_custody"], 2, "Missing argument"),
        (["chekc"], 2, "No such command"),
        (["check", "police", "a.csv"], 1, "There is no feed “police”"),
        (["check", "police_custody", "a.csv"], 1, "There is no such file."),
        (["check", "police_custody", "."], 1, "This is a folder or a device"),
        (["a.csv"], 1, "There is no such file: “a.csv”."),
        (["check", "ssd", "a.zip"], 1, "There is no such file."),
        (["check", "cin_census", "a.xml"], 1, "There is no such file."),
    ],
)
def test_a_wrong_command_is_told(
    arguments: list[str], status: int, said: str, one_file: Path, tmp_path: Path
) -> None:
    done = run(one_file, *arguments, folder=tmp_path)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_a_file_dropped_onto_it_is_told_by_its_headings(
    one: Feed, one_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "My export.csv"
    write_csv(path, *sample_table(one))
    done = run(one_file, path)
    assert done.returncode == 0, done.stderr
    assert f"({one.key})" in done.stdout
    assert {each.name for each in tmp_path.iterdir()} == {
        "My export.csv",
        "My export to send.csv",
        "My export to correct.csv",
        "My export report.html",
    }


def test_headings_that_fit_several_feeds_or_none_are_told(one_file: Path, tmp_path: Path) -> None:
    none, several = tmp_path / "none.csv", tmp_path / "several.csv"
    none.write_text("Colour\nred\n")
    several.write_text(FITS_TWO)
    assert "fit no feed" in run(one_file, none).stderr
    done = run(one_file, several)
    assert done.returncode == 1
    assert "fit several feeds" in done.stderr
    assert len(list(tmp_path.iterdir())) == 2


def test_whoever_sits_before_it_is_asked_which_of_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "several.csv"
    path.write_text(FITS_TWO)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *arguments, **named: "housing_concern")
    assert program.told_feed(path).key == "housing_concern"
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(BadInput, match="several feeds: "):
        program.told_feed(path)


def test_started_from_a_folder_it_asks_for_the_file_and_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "My export.csv"
    path.write_text(CUSTODY)
    waited: list[str] = []
    monkeypatch.setattr(program, "_has_a_window", lambda: True)
    monkeypatch.setattr("click.prompt", lambda *arguments, **named: f' "{path}" ')
    monkeypatch.setattr("click.pause", waited.append)
    with pytest.raises(SystemExit) as ended:
        program.main([])
    assert ended.value.code == 1
    assert waited == ["Press a key to close this window."]
    assert "9 rows: 8 would be accepted" in capsys.readouterr().out
    assert (tmp_path / "My export to send.csv").exists()
    monkeypatch.setattr("click.prompt", lambda *arguments, **named: "")
    with pytest.raises(SystemExit) as ended:
        program.main([])
    assert ended.value.code == 0
    with pytest.raises(SystemExit):
        program.main(["list"])
    assert len(waited) == 2


def test_it_says_which_it_is(one_file: Path) -> None:
    done = run(one_file, "about")
    assert f"Reachable {version()}" in done.stdout
    assert all(f"{feed_digest(one.key)}  {one.key}" in done.stdout for one in ALL)
    shown = subprocess.run(["sha256sum", one_file], capture_output=True, text=True, check=True)
    assert shown.stdout.split()[0] in done.stdout


def test_it_says_what_the_columns_of_a_feed_hold(one_file: Path) -> None:
    done = run(one_file, "columns", "urgent_care")
    for column in feed("urgent_care").columns:
        assert f"{column.heading} (" in done.stdout
        assert column.hint in done.stdout


def test_a_window_that_cannot_show_a_letter_does_not_stop_it(
    one_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(CUSTODY.replace("FX1 1AA", "Źdźbło 😀"), "utf-8")
    done = subprocess.run(
        [*BARE, "-X", "utf8=0", str(one_file), "check", "police_custody", "a.csv"],
        cwd=tmp_path,
        env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"9 rows: 8 would be accepted" in done.stdout


def test_the_same_installation_gives_the_same_bytes(one_file: Path) -> None:
    assert packing.pack() == one_file.read_bytes()
    other = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from reachable.intake.sender import packing; "
            "sys.stdout.buffer.write(packing.pack())",
        ],
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        capture_output=True,
        check=True,
    )
    assert other.stdout == one_file.read_bytes()


def test_it_holds_no_machine_code_and_a_licence_for_all_that_is_not_ours(one_file: Path) -> None:
    with zipfile.ZipFile(one_file) as packed:
        names = packed.namelist()
        assert packed.testzip() is None
        assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not [name for name in names if name.endswith((".so", ".pyd", ".dll", ".pyc"))]
    assert "reachable/intake/sender/standins/orjson.py" not in names
    for package in ("click", "xlsxwriter", "python-stdnum", "tzdata", "reachable"):
        assert [name for name in names if name.lower().startswith(f"licences/{package}/")]


@pytest.mark.parametrize(
    ("imports", "said"),
    [
        ("import django.db", "which a sender need not have"),
        ("def f():\n    from psycopg import connect", "which a sender need not have"),
        ("import python_calamine._python_calamine_other as x\nimport granian._granian", "stand-in"),
    ],
)
def test_what_cannot_go_into_one_file_stops_the_making(
    imports: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "new.py"
    source.write_text(imports)
    known: Callable[[str], Path | None] = packing._source

    def sources(name: str) -> Path | None:
        return source if name == "reachable.intake.samples" else known(name)

    monkeypatch.setattr(packing, "_source", sources)
    with pytest.raises(packing.NotCarried, match=said):
        packing.pack()

"""A zip file with one table in it is that table; what could do harm is refused first."""

from __future__ import annotations

import gc
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.foundation.files.archives import files_in
from reachable.foundation.files.export import write_xlsx
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.table import open_table

TABLE = "a,b\n1,2\n3,4\n"


def packed(folder: Path, parts: dict[str, str | bytes]) -> Path:
    path = folder / "sent.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def test_one_table_in_a_zip_file_is_read_and_leaves_nothing_behind(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "export/": "",
        "export/rows.csv": TABLE,
        "__MACOSX/export/._rows.csv": "x",
        "export/.DS_Store": "x",
    }
    before = set(Path(tempfile.gettempdir()).glob("reachable-unpacked-*"))
    table = open_table(packed(tmp_path, parts))
    assert table.notes[0] == "“export/rows.csv” of the zip file."
    assert list(table.rows()) == list(table.rows()) == [(2, ("1", "2")), (3, ("3", "4"))]
    del table
    gc.collect()
    assert set(Path(tempfile.gettempdir()).glob("reachable-unpacked-*")) == before


def test_a_workbook_in_a_zip_file_is_read(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "inner.xlsx", ["a"], [["1"]])
    path = packed(tmp_path, {"inner.xlsx": (tmp_path / "inner.xlsx").read_bytes()})
    assert open_table(path).kind == "xlsx"


def inside_another(folder: Path) -> Path:
    inner = packed(folder, {"rows.csv": TABLE}).rename(folder / "inner.zip")
    return packed(folder, {"inner.zip": inner.read_bytes()})


def a_link(folder: Path) -> Path:
    path = folder / "sent.zip"
    with zipfile.ZipFile(path, "w") as file:
        link = zipfile.ZipInfo("rows.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    return path


def a_bomb(folder: Path) -> Path:
    return packed(folder, {"rows.csv": b"a,b\n" + b"\n" * 20_000_000})


def cut(folder: Path) -> Path:
    path = packed(folder, {"rows.csv": TABLE * 100})
    path.write_bytes(path.read_bytes()[:-30])
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (inside_another, "zip file inside a zip file"),
        (a_link, "is a link to another file"),
        (a_bomb, "made to stop a system"),
        (cut, "damaged or was cut short"),
        (lambda folder: packed(folder, {"../rows.csv": TABLE}), "points outside it"),
        (lambda folder: packed(folder, {"/rows.csv": TABLE}), "points outside it"),
        (lambda folder: packed(folder, {"C:\\rows.csv": TABLE}), "points outside it"),
        (lambda folder: packed(folder, {"a.csv": TABLE, "b.csv": TABLE}), "holds 2 files"),
        (lambda folder: packed(folder, {f"{n}.csv": "" for n in range(20)}), "has 20 parts"),
        (lambda folder: packed(folder, {"a.pdf": b"%PDF-1.7"}), "a PDF document"),
    ],
)
def test_promise_25_a_trap_is_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        open_table(make(tmp_path), Limits(entries=10))
    assert refused.value.kept == "Nothing was kept."
    assert refused.value.next


def test_files_come_in_their_order(tmp_path: Path) -> None:
    path = packed(tmp_path, {"b.csv": TABLE, "a.csv": TABLE})
    assert files_in(path, DEFAULT) == ["b.csv", "a.csv"]

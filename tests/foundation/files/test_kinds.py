from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import Limits, say_size
from reachable.foundation.files.table import open_table

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b" \r\n \n", "The file is empty."),
        (b"\xef\xbb\xbf\r\n,,,\r\n", "no row of headings"),
        (b"%PDF-1.7 ...", "This is a PDF document"),
        (gzip.compress(b"a,b\n", mtime=0), "This is a packed file"),
        (b"\x89PNG\r\n\x1a\n", "This is a picture"),
        (b"<!DOCTYPE html><html><table>", "This is a web page"),
        (b"\n<html>", "This is a web page"),
        (b"<?xml version='1.0'?><Message/>", "no row of headings"),
        (b'{\n "a": 1}', "This is a JSON file"),
        (b"\xef\xbb\xbf[1, 2]", "This is a JSON file"),
        (OLE, "an old Excel or Word file"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        (b"\0\1\2\3" * 300, "not a file of text"),
        (b"PK\x03\x04 but no more", "damaged or was cut short"),
        (b"a,b\n" + b"x" * 700_000, "without a new line"),
    ],
)
def test_promise_25_what_is_no_table_is_refused_by_its_content(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said) as refused:
        open_table(path)
    assert refused.value.kept
    assert refused.value.next


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["word/document.xml"], "a document"),
        (["xl/workbook.bin"], "binary workbook"),
        (["january.csv", "february.csv"], "holds 2 files"),
        (["folder/"], "holds 0 files"),
    ],
)
def test_a_zip_that_is_no_workbook_is_named(tmp_path: Path, parts: list[str], said: str) -> None:
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        for part in parts:
            packed.writestr(part, "x")
    with pytest.raises(BadInput, match=said):
        open_table(path)


def test_promise_25_two_gigabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(BadInput, match=r"The file has 2 GB; we take up to 300 MB at once\."):
        open_table(path)


def test_promise_25_rows_and_columns_are_counted_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,2\n" * 20)
    with pytest.raises(BadInput, match=r"20 rows|21 rows"):
        open_table(path, Limits(rows=10))
    path.write_text(",".join(f"h{n}" for n in range(500)) + "\n")
    with pytest.raises(BadInput, match="500 columns"):
        open_table(path)


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="folder or a device"):
        open_table(tmp_path)
    with pytest.raises(BadInput, match="no such file"):
        open_table(tmp_path / "nothing.csv")


def test_a_workbook_under_another_name_is_a_workbook(tmp_path: Path) -> None:
    from reachable.foundation.files.export import write_xlsx

    write_xlsx(tmp_path / "table.xlsx", ["A"], [["1"]])
    path = (tmp_path / "table.xlsx").rename(tmp_path / "table.csv")
    assert open_table(path).kind == "xlsx"


@pytest.mark.parametrize(
    ("size", "said"), [(12, "12 bytes"), (2_500, "2.5 kB"), (300_000_000, "300 MB")]
)
def test_a_size_is_said_as_people_do(size: int, said: str) -> None:
    assert say_size(size) == said

"""Every way in which a file can be wrong, in every kind of file that it can come in.

Each is told in sentences: what happened, what was kept, what to do; or its bad rows wait and the
others are taken.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from reachable.foundation.errors import BadInput
from reachable.intake.checking import CheckReport, check_file, open_file
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed
from tests.support.opendocument import packed, sheet
from tests.support.opendocument import row as ods_row
from tests.support.workbooks import write_workbook

TODAY = date(2026, 11, 24)
CUSTODY = feed("police_custody")
HEADINGS, ROWS = sample_table(CUSTODY)
ARRIVED = CUSTODY.column(CUSTODY.happening(CUSTODY.happened).date).heading
Rows = Sequence[Sequence[str]]


def as_csv(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def as_xlsx(path: Path, rows: Rows) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        table = book.add_worksheet("Data")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row[:16_384]):
                table.write_string(number, place, cell)


def as_ods(path: Path, rows: Rows) -> None:
    def cell(text: str) -> str:
        inside = f"<text:p>{escape(text)}</text:p>" if text else ""
        kind = ' office:value-type="string"' if text else ""
        return f"<table:table-cell{kind}>{inside}</table:table-cell>"

    path.write_bytes(packed(sheet(*(ods_row(*map(cell, each)) for each in rows))))


def as_jsonl(path: Path, rows: Rows) -> None:
    headings, *others = rows
    lines = [
        {
            (heading or f"no name {at}"): cell
            for at, (heading, cell) in enumerate(
                zip(headings, [*each, *("",) * (len(headings) - len(each))], strict=False)
            )
        }
        for each in others
    ]
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines), "utf-8")


def as_xml(path: Path, rows: Rows) -> None:
    headings, *others = rows
    names = {column.heading: column.name for column in CUSTODY.columns}

    def field(heading: str, cell: str, at: int) -> str:
        name = names.get(heading) or f"c{at}"
        return f"<{name}>{escape(cell)}</{name}>"

    inside = (
        "".join(field(h, c, at) for at, (h, c) in enumerate(zip(headings, each, strict=False)))
        for each in others
    )
    path.write_text(f"<rows>{''.join(f'<row>{each}</row>' for each in inside)}</rows>", "utf-8")


def as_zip(path: Path, rows: Rows) -> None:
    inner = path.with_suffix(".inner")
    as_csv(inner, rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(inner, "table.csv")
    inner.unlink()


KINDS: dict[str, Callable[[Path, Rows], None]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "ods": as_ods,
    "jsonl": as_jsonl,
    "xml": as_xml,
    "zip": as_zip,
}
every_kind = pytest.mark.parametrize("kind", list(KINDS))


def written(folder: Path, kind: str, rows: Rows) -> Path:
    path = folder / f"table.{kind}"
    KINDS[kind](path, rows)
    return path


def with_cell(heading: str, text: str) -> list[list[str]]:
    """Return the sample's first row with another cell, and its other rows as they are."""
    first = [
        text if each == heading else cell for each, cell in zip(HEADINGS, ROWS[0], strict=True)
    ]
    return [HEADINGS, first, *ROWS[1:]]


def refused(path: Path, one: str = "police_custody") -> BadInput:
    with pytest.raises(BadInput) as told:
        check_file(feed(one), path, TODAY)
    assert told.value.sentence.endswith(".")
    assert told.value.kept == "Nothing was kept."
    assert told.value.next
    return told.value


def one_row_waits(path: Path) -> CheckReport:
    report = check_file(CUSTODY, path, TODAY)
    assert (report.accepted, report.refused) == (len(ROWS) - 1, 1)
    for noted in report.problems:
        assert noted.problem.sentence
        assert noted.problem.next
    return report


@every_kind
def test_the_table_itself_is_accepted_in_every_kind(kind: str, tmp_path: Path) -> None:
    report = check_file(CUSTODY, written(tmp_path, kind, [HEADINGS, *ROWS]), TODAY)
    assert (report.accepted, report.refused) == (len(ROWS), 0)


@every_kind
def test_promise_25_a_million_columns_are_refused(kind: str, tmp_path: Path) -> None:
    many = [f"Column {number}" for number in range(16_000 if kind == "xlsx" else 1_000_000)]
    told = refused(written(tmp_path, kind, [many, ["1"] * len(many)]))
    assert any(word in told.sentence for word in ("columns", "very long", "JSON file"))


@every_kind
def test_a_title_above_the_headings_is_told(kind: str, tmp_path: Path) -> None:
    if kind in ("jsonl", "xml"):
        pytest.skip("Its fields carry their names: there is no row of headings.")
    told = refused(written(tmp_path, kind, [["Custody report, October"], HEADINGS, *ROWS]))
    assert "Custody No" in told.sentence + told.next or "heading" in told.sentence + told.next


@every_kind
def test_two_rows_of_headings_are_told(kind: str, tmp_path: Path) -> None:
    """The second one is a row that waits, and no other does."""
    again = [HEADINGS, HEADINGS, *ROWS]
    report = check_file(CUSTODY, written(tmp_path, kind, again), TODAY)
    assert (report.accepted, report.refused) == (len(ROWS), 1)


@every_kind
def test_a_total_at_the_foot_waits_and_takes_no_row_with_it(kind: str, tmp_path: Path) -> None:
    total = ["Total", str(len(ROWS)), *[""] * (len(HEADINGS) - 2)]
    report = check_file(CUSTODY, written(tmp_path, kind, [HEADINGS, *ROWS, total]), TODAY)
    assert (report.accepted, report.refused) == (len(ROWS), 1)


@every_kind
def test_a_date_that_is_a_number_waits_and_says_so(kind: str, tmp_path: Path) -> None:
    report = one_row_waits(written(tmp_path, kind, with_cell(ARRIVED, "46319")))
    assert "date_number" in report.reasons


@every_kind
def test_a_file_of_another_feed_is_told_which_it_is(kind: str, tmp_path: Path) -> None:
    told = refused(written(tmp_path, kind, [HEADINGS, *ROWS]), "school_exclusion")
    assert CUSTODY.title in told.sentence + told.next or "Custody" in told.sentence + told.next


@every_kind
def test_promise_25_a_file_cut_short_gives_its_rows_or_a_sentence(
    kind: str, tmp_path: Path
) -> None:
    path = written(tmp_path, kind, [HEADINGS, *ROWS])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    if kind not in ("csv", "jsonl"):
        assert "cut short" in refused(path).sentence
        return
    report = check_file(CUSTODY, path, TODAY)
    assert 0 < report.rows < len(ROWS)
    assert report.refused == 1


@every_kind
@pytest.mark.parametrize("how", ["written", "cut", "emptied", "another"])
def test_promise_25_a_file_that_changes_while_it_is_read_is_told(
    kind: str, how: str, tmp_path: Path
) -> None:
    """A zip file is unpacked when it is opened, and a workbook's sheet is read then, or is not."""
    many = [[f"X{n}", *ROWS[0][1:]] for n in range(4_000)]
    path = written(tmp_path, kind, [HEADINGS, *many])
    opened = open_file(CUSTODY, path)
    rows = opened.rows(TODAY)
    next(rows)
    content = path.read_bytes()
    path.write_bytes(
        {
            "written": content + content[-200:],
            "cut": content[: len(content) // 2],
            "emptied": b"",
            "another": b"%PDF" + content[::-1],
        }[how]
    )
    if kind == "zip":
        assert sum(1 for _ in rows) == len(many) - 1
        return
    with pytest.raises(BadInput, match="changed while it was read"):
        list(rows)


def macro_xlsx(path: Path) -> None:
    write_workbook(path, "", **{"xl/vbaProject.bin": b"\0"})


def macro_sheet(path: Path) -> None:
    write_workbook(path, "", **{"xl/macrosheets/sheet1.xml": "<a/>"})


def macro_ods(path: Path) -> None:
    as_ods(path, [HEADINGS, *ROWS])
    with zipfile.ZipFile(path, "a") as parts:
        parts.writestr("Basic/Standard/Module1.xml", "<a/>")


def password_xlsx(path: Path) -> None:
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + name + b"\0" * 600)


def old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1200)


def password_zip(path: Path) -> None:
    as_zip(path, [HEADINGS, *ROWS])
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def zip_of_two(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("one.csv", "a\n1\n")
        file.writestr("two.csv", "a\n1\n")


def zip_in_zip(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("one.csv", "a\n1\n")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("inner.zip", inner.getvalue())


def entities(path: Path) -> None:
    path.write_text('<!DOCTYPE r [<!ENTITY a "b">]><r><row><x>&a;</x></row></r>')


def huge_number(path: Path) -> None:
    path.write_bytes(b'{"Custody No": ' + b"9" * 10_000 + b"}\n")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (macro_xlsx, "has macros"),
        (macro_sheet, "has macros"),
        (macro_ods, "has macros"),
        (password_xlsx, "protected with a password"),
        (old_excel, "old Excel or Word file"),
        (password_zip, "encrypted"),
        (zip_of_two, "holds 2 files"),
        (zip_in_zip, "a zip file inside a zip file"),
        (entities, "declares a document type or entities"),
        (huge_number, ""),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_promise_25_what_nobody_should_send_is_refused(
    make: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "table"
    make(path)
    assert said in refused(path).sentence


@pytest.mark.parametrize("number", [1e300, -1e300, 1e12, 1e9, -1e9])
def test_promise_26_a_number_far_too_large_for_a_length_of_time_refuses_its_row_alone(
    number: float, tmp_path: Path
) -> None:
    path = tmp_path / "table.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        table = book.add_worksheet()
        length = book.add_format({"num_format": "[h]:mm"})
        for at, row in enumerate([HEADINGS, *ROWS]):
            table.write_row(at, 0, row)
        table.write_number(1, len(HEADINGS) - 1, number, length)
    report = one_row_waits(path)
    assert "length of time" in report.problems[0].problem.sentence
    assert report.problems[0].row == 2


def test_promise_26_a_number_of_opendocument_that_is_none_refuses_its_row_alone(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "ods", with_cell(ARRIVED, "to replace"))
    wrong = '<table:table-cell office:value-type="float" office:value="4x">'
    with zipfile.ZipFile(path) as parts:
        made = {name: parts.read(name).decode() for name in parts.namelist()}
    before, cell, after = made["content.xml"].rpartition(
        '<table:table-cell office:value-type="string"><text:p>to replace'
    )
    assert cell
    made["content.xml"] = f"{before}{wrong}<text:p>shown{after}"
    with zipfile.ZipFile(path, "w") as parts:
        for name, part in made.items():
            parts.writestr(name, part)
    report = one_row_waits(path)
    assert report.problems[0].row == 2


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_cells_merged_over_rows_are_noted(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"table.{kind}"
    if kind == "xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            table = book.add_worksheet()
            for at, row in enumerate([HEADINGS, *ROWS]):
                table.write_row(at, 0, row)
            table.merge_range(len(ROWS) + 1, 0, len(ROWS) + 2, 0, "CU/merged")
    else:
        as_ods(path, [HEADINGS, *ROWS])
        with zipfile.ZipFile(path) as parts:
            content = parts.read("content.xml").decode()
        at = content.rindex("<table:table-cell office")
        spanned = content[:at] + content[at:].replace(
            "<table:table-cell ", '<table:table-cell table:number-rows-spanned="2" ', 1
        )
        made = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
        with zipfile.ZipFile(path, "w") as parts:
            for name, part in made.items():
                parts.writestr(name, spanned if name == "content.xml" else part)
    report = check_file(CUSTODY, path, TODAY)
    assert any("merged over several rows" in note for note in report.notes)
    assert report.accepted == len(ROWS)

"""Workbooks that are made to stop a system are refused before a spreadsheet library sees them."""

from __future__ import annotations

import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, time
from pathlib import Path

import pytest

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.table import open_table
from tests.support.workbooks import PARTS, SHEET, row, sheet, write_workbook

GOOD = row(1, ["One", "Two"]) + row(2, ["a", "b"])
CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def far(reference: str) -> str:
    return f'{CELL}<row r="2"><c r="{reference}"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (far("XFD1048576"), "16,384 columns"),
        (far("xfd1048576"), "16,384 columns"),
        (far("KO2"), "301 columns"),
        (far("Z9999999"), "reaches to row 9,999,999"),
        (far("KN1000000"), "reaches to row 1,000,000"),
        (f'{CELL}<row r="2"><c s="1" r="XFD2"><v>1</v></c></row>', "16,384 columns"),
        (f"{CELL}<row r=\"2\"><x:c\n r = 'XFD2'><v>1</v></x:c></row>", "16,384 columns"),
        (f"{CELL}<row><c><v>1</v></c></row>", "does not say where"),
        (f'{CELL}<row><c t="n"/></row>', "does not say where"),
    ],
)
def test_promise_25_two_far_cells_do_not_ask_for_all_memory(
    tmp_path: Path, rows: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        open_table(write_workbook(tmp_path / "far.xlsx", rows))


@pytest.mark.parametrize(
    "name",
    ["worksheets/a/sheet1.xml", "worksheets/sheet1.dat", "foo/sheet1.xml", "chartsheets/s.xml"],
)
def test_promise_25_far_cells_are_found_wherever_the_sheet_is_kept(
    tmp_path: Path, name: str
) -> None:
    relations = "xl/_rels/workbook.xml.rels"
    moved = str(PARTS[relations]).replace("worksheets/sheet1.xml", name)
    assert name in moved
    parts = {f"xl/{name}": sheet(far("XFD900000")), relations: moved}
    with pytest.raises(BadInput, match="16,384 columns"):
        open_table(write_workbook(tmp_path / "moved.xlsx", GOOD, **parts))


def test_promise_25_far_cells_do_end_a_process_that_trusts_them(tmp_path: Path) -> None:
    """Why the inspection is there: calamine alone does not survive this file."""
    path = write_workbook(tmp_path / "far.xlsx", far("XFD1048576"))
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30));"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0));"
        "import python_calamine as c;"
        "c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=False)
    assert done.returncode < 0


def zip_bomb(path: Path) -> Path:
    return write_workbook(path, GOOD, **{"xl/media/image1.bin": b"\0" * 50_000_000})


def sheet_bomb(path: Path) -> Path:
    return write_workbook(path, " " * 60_000_000 + GOOD)


def many_parts(path: Path) -> Path:
    return write_workbook(path, GOOD, **{f"xl/{number}.xml": "<a/>" for number in range(1_100)})


def nested(path: Path) -> Path:
    inner = write_workbook(path.with_suffix(".inner"), GOOD).read_bytes()
    return write_workbook(path, GOOD, **{"xl/embeddings/inside.xlsx": inner})


def outside(path: Path) -> Path:
    return write_workbook(path, GOOD, **{"../../etc/passwd": "x"})


def absolute(path: Path) -> Path:
    return write_workbook(path, GOOD, **{"/etc/passwd": "x"})


def windows(path: Path) -> Path:
    return write_workbook(path, GOOD, **{"xl\\..\\evil.xml": "x"})


def link(path: Path) -> Path:
    write_workbook(path, GOOD)
    entry = zipfile.ZipInfo("xl/link.xml")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(entry, "/etc/passwd")
    return path


def twice(path: Path) -> Path:
    write_workbook(path, GOOD)
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("XL/worksheets/sheet1.xml", sheet(GOOD))
    return path


def encrypted_part(path: Path) -> Path:
    write_workbook(path, GOOD)
    content = bytearray(path.read_bytes())
    central = content.find(b"PK\x01\x02")
    content[central + 8] |= 1
    path.write_bytes(content)
    return path


def overlapping(path: Path) -> Path:
    write_workbook(path, GOOD)
    content = bytearray(path.read_bytes())
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)
    return path


def behind_the_end(path: Path) -> Path:
    write_workbook(path, GOOD)
    with zipfile.ZipFile(path, "a") as packed:
        packed.comment = b"another workbook may be here"
    return path


def external_entity(path: Path) -> Path:
    text = sheet(GOOD).replace(
        "<worksheet", '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet', 1
    )
    return write_workbook(path, "", **{SHEET: text})


def laughs(path: Path) -> Path:
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    text = PARTS["xl/workbook.xml"].replace("<workbook", f"<!doctype w [{entities}]><workbook", 1)
    return write_workbook(path, GOOD, **{"xl/workbook.xml": text})


def hidden_entity(path: Path) -> Path:
    """A declaration in UTF-16, which a search for ASCII would not find."""
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")
    return write_workbook(path, GOOD, **{"xl/theme/theme1.xml": text})


def other_encoding(path: Path) -> Path:
    text = sheet(GOOD).replace("UTF-8", "UTF-7")
    return write_workbook(path, "", **{SHEET: text})


def macros(path: Path) -> Path:
    return write_workbook(path, GOOD, **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def endless_string(path: Path) -> Path:
    text = "<sst><si><t>" + "x" * 2_000_000 + "</t></si></sst>"
    return write_workbook(path, GOOD, **{"xl/sharedStrings.xml": text})


def wrong_checksum(path: Path) -> Path:
    write_workbook(path, GOOD)
    content = bytearray(path.read_bytes())
    central = content.rfind(b"PK\x01\x02")
    content[central + 16] ^= 0xFF
    path.write_bytes(content)
    return path


def cut_short(path: Path) -> Path:
    write_workbook(path, GOOD)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def no_sheets(path: Path) -> Path:
    text = PARTS["xl/workbook.xml"].replace("<sheet ", "<other ")
    return write_workbook(path, GOOD, **{"xl/workbook.xml": text})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (zip_bomb, "made to stop a system"),
        (sheet_bomb, "made to stop a system"),
        (many_parts, "parts; a table has a dozen"),
        (nested, "packed file inside"),
        (outside, "points outside"),
        (absolute, "points outside"),
        (windows, "points outside"),
        (link, "a link to another file"),
        (twice, "the same part twice"),
        (encrypted_part, "encrypted"),
        (overlapping, "overlap"),
        (behind_the_end, "after its end"),
        (external_entity, "XML entities"),
        (laughs, "XML entities"),
        (hidden_entity, "another encoding"),
        (other_encoding, "another encoding"),
        (macros, "macros"),
        (endless_string, "longer than a book"),
        (wrong_checksum, "damaged or was cut short"),
        (cut_short, "damaged or was cut short"),
        (no_sheets, "no row of headings"),
    ],
)
def test_promise_25_a_trap_is_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        open_table(make(tmp_path / "trap.xlsx"))
    assert refused.value.kept == "Nothing was kept."
    assert refused.value.next


def test_promise_25_inspecting_a_bomb_takes_little_memory(tmp_path: Path) -> None:
    path = sheet_bomb(tmp_path / "bomb.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadInput):
        open_table(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


@pytest.mark.parametrize("at", range(0, 1_400, 23))
def test_promise_25_any_damaged_byte_gives_rows_or_a_sentence(tmp_path: Path, at: int) -> None:
    path = write_workbook(tmp_path / "damaged.xlsx", GOOD)
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 0x55
    path.write_bytes(content)
    with suppress(BadInput):
        list(open_table(path).rows())


def test_values_are_read_as_excel_last_showed_them(tmp_path: Path) -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
        '<xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/styles" Target="styles.xml"/></Relationships>',
    )
    rows = row(1, ["Text", "Sum", "Day", "Clock"]) + (
        '<row r="3"><c r="A3" t="str"><f>"="&amp;"1+1"</f><v>=1+1</v></c>'
        '<c r="B3"><f>1+1</f><v>2</v></c><c r="C3" s="1"><v>46023</v></c>'
        '<c r="D3" s="2"><v>0.5</v></c></row>'
    )
    table = open_table(
        write_workbook(
            tmp_path / "values.xlsx",
            rows,
            **{"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": relations},
        )
    )
    assert table.headings == ("Text", "Sum", "Day", "Clock")
    assert list(table.rows()) == [(3, ("=1+1", 2, date(2026, 1, 1), time(12)))]


def test_rows_keep_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    rows = row(4, ["One", "Two"], "C") + row(5, ["a", "b"], "C") + row(9, ["c", ""], "C")
    table = open_table(write_workbook(tmp_path / "low.xlsx", rows))
    assert table.headings == ("One", "Two")
    assert list(table.rows()) == [(5, ("a", "b")), (9, ("c", ""))]
    assert list(table.rows(after=5)) == [(9, ("c", ""))]


def test_other_worksheets_are_named_and_not_read(tmp_path: Path) -> None:
    book = PARTS["xl/workbook.xml"].replace(
        "</sheets>", '<sheet name="Notes" sheetId="2" r:id="rId2"/></sheets>'
    )
    relations = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
    )
    table = open_table(
        write_workbook(
            tmp_path / "two.xlsx",
            GOOD,
            **{
                "xl/workbook.xml": book,
                "xl/_rels/workbook.xml.rels": relations,
                "xl/worksheets/sheet2.xml": sheet(GOOD),
            },
        )
    )
    assert table.notes[0] == "Worksheet “Table”."
    assert "“Notes”" in table.notes[1]
    assert len(list(table.rows())) == 1


def test_a_long_cell_refuses_its_row_and_no_other(tmp_path: Path) -> None:
    rows = GOOD + row(3, ["x" * 30, "b"]) + row(4, ["c", "d"])
    table = open_table(write_workbook(tmp_path / "long.xlsx", rows), Limits(cell=20))
    found = dict(table.rows())
    assert found[2] == ("a", "b")
    assert getattr(found[3], "reason", "") == "cell_too_long"
    assert found[4] == ("c", "d")

"""Each stand-in says what the library says that it stands for, to the letter."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
import python_calamine
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reachable.intake.sender.standins import orjson as our_json
from reachable.intake.sender.standins import python_calamine as ours
from tests.support.workbooks import write_workbook

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
)
CUT = st.tuples(JSON, st.integers(0, 40)).map(lambda pair: json.dumps(pair[0])[: pair[1]])
NEARLY = st.text(st.sampled_from('{}[]",:\\u dD80123456789.eE+-truefalsnNaIity\t\n\f'), max_size=30)
NAN = float("nan")


def read(library: Any, content: bytes) -> object:
    try:
        value = library.loads(content)
    except library.JSONDecodeError:
        return "refused"
    return json.dumps(value, sort_keys=True)


@settings(max_examples=500)
@given(st.one_of(JSON.map(json.dumps), CUT, NEARLY, st.text()).map(lambda t: t.encode("utf-8")))
@example(b'{"a": 1, "a": 2}')
@example(b'"\\ud83d\\ude00"')
@example(b'"\\ud83d"')
@example(b"18446744073709551615")
@example(b"18446744073709551616")
@example(b"-9223372036854775809")
@example(b"1e400")
@example(b"-0")
@example(b"\xc2\xa0{}")
@example(b"\x0b{}")
@example(b"\xef\xbb\xbf{}")
@example(b'"\xff"')
@example(b"[" * 1024 + b"]" * 1024)
@example(b"[" * 1025 + b"]" * 1025)
@example(b"1" * 5_000)
def test_json_is_read_as_orjson_reads_it(content: bytes) -> None:
    assert read(our_json, content) == read(orjson, content)


@settings(max_examples=300)
@given(st.binary(max_size=30))
def test_bytes_that_are_no_json_are_refused_as_orjson_does(content: bytes) -> None:
    assert read(our_json, content) == read(orjson, content)


@settings(max_examples=300)
@given(st.dictionaries(st.text(), st.text() | st.integers(0, 99), max_size=5))
def test_json_is_written_as_orjson_writes_it(content: dict[str, Any]) -> None:
    for options in (0, orjson.OPT_SORT_KEYS, orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE):
        wanted = 0
        if options & orjson.OPT_SORT_KEYS:
            wanted |= our_json.OPT_SORT_KEYS
        if options & orjson.OPT_APPEND_NEWLINE:
            wanted |= our_json.OPT_APPEND_NEWLINE
        assert our_json.dumps(content, option=wanted) == orjson.dumps(content, option=options)


def test_half_of_a_letter_is_not_written() -> None:
    with pytest.raises(orjson.JSONEncodeError):
        orjson.dumps("\ud800")
    with pytest.raises(our_json.JSONEncodeError):
        our_json.dumps("\ud800")


def tables(library: Any, path: Path) -> list[Any]:
    """Everything that a library says of a workbook: its sheets, and the cells with their types."""
    with library.CalamineWorkbook.from_path(path) as workbook:
        sheets = [
            (each.name, each.typ.name if hasattr(each.typ, "name") else "", each.visible)
            for each in workbook.sheets_metadata
        ]
        found: list[Any] = []
        for name, _, visible in sheets:
            sheet = workbook.get_sheet_by_name(name)
            shown = visible == library.SheetVisibleEnum.Visible
            rows = [[(type(cell), cell) for cell in row] for row in sheet.iter_rows()]
            found.append((name, shown, sheet.height, rows))
        return found


def test_a_workbook_of_every_kind_of_cell_is_read_as_calamine_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "kinds.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Hidden").hide()
        sheet = workbook.add_worksheet("Table & more")
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(2, 1, ["a", " b  c\n", "", "é😀", "_x0041_"])
        sheet.write_boolean(4, 2, True)
        sheet.write_datetime(4, 3, date(2026, 3, 7), day)
        sheet.write_formula(5, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(5, 2, '="x"', None, "x")
        sheet.write_formula(5, 3, "=1", None, 1)
        bold = workbook.add_format({"bold": True})
        sheet.write_rich_string(7, 0, "some ", bold, "bold", " text")
        sheet.merge_range(8, 0, 9, 2, "merged")
        sheet.write_blank(20, 20, None, day)
        workbook.add_worksheet("Empty")
    assert tables(ours, path) == tables(python_calamine, path)


def tables_or_not(library: Any, path: Path) -> object:
    try:
        return tables(library, path)
    except library.CalamineError:
        return "damaged"


PIECES = [
    *("d", "m", "h", "y", "s", "D", "H", "[h]", "[mm]", "[", "]", '"', "\\", "_", ";", "0", "#"),
    *("a", "A", "p", "/", "AM/PM", "[Red]", "e", ".", " ", "x", "[$-409]", "General", "@"),
]
CODES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
NUMBERS = st.one_of(
    st.integers(-3, 70).map(float),
    st.floats(0, 1),
    st.floats(-2, 80_000),
    st.floats(20_000, 60_000).map(lambda days: round(days * 1440) / 1440),
    st.floats(2_900_000, 3_000_000),
)


@settings(max_examples=100, deadline=None)
@given(
    cells=st.lists(st.tuples(NUMBERS, CODES | st.sampled_from(["dd/mm/yyyy", "[h]:mm", "h:mm"]))),
    since_1904=st.booleans(),
)
def test_numbers_dates_and_durations_are_told_as_calamine_tells_them(
    cells: list[tuple[float, str]], since_1904: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("numbers") / "numbers.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": since_1904}) as workbook:
        sheet = workbook.add_worksheet("Table")
        for row, (number, code) in enumerate(cells):
            sheet.write_number(row, 0, number, workbook.add_format({"num_format": code}))
    assert tables(ours, path) == tables(python_calamine, path)


def each_row(library: Any, path: Path) -> list[object]:
    """Return the rows of the first sheet; of one that cannot be held, that it cannot."""
    rows = library.CalamineWorkbook.from_path(path).get_sheet_by_name("Table").iter_rows()
    found: list[object] = []
    while True:
        try:
            found.append(next(rows))
        except StopIteration:
            return found
        except BaseException as error:
            if type(error).__name__ not in ("OverflowError", "PanicException"):
                raise
            found.append("cannot be held")


@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=6))
@example(numbers=[1e300, -1e300, 999_999_999.5, 1e9, -999_999_999.0, 1.5])
def test_a_length_of_time_that_is_too_long_is_told_as_calamine_tells_it(
    numbers: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("long") / "long.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("Table")
        length = workbook.add_format({"num_format": "[h]:mm"})
        for row, number in enumerate(numbers):
            sheet.write_number(row, 0, number, length)
    assert each_row(ours, path) == each_row(python_calamine, path)


ODD_ROWS = [
    '<row r="2"><c r="B2" t="str"><v>x</v></c><c r="C2"/><c r="D2"><v></v></c></row>',
    '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="b"><v>0</v></c></row>',
    '<row r="1"><c r="A1" t="d"><v>2026-03-07</v></c><c r="B1" t="d"><v>22:15:00</v></c>'
    '<c r="C1" t="d"><v>2026-03-07T22:15:00</v></c></row>',
    '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r>'
    '<rPh sb="0" eb="1"><t>spoken</t></rPh></is></c></row>',
    '<row r="1"><c r="C1"><v>1e3</v></c></row><row r="5"><c r="A5"><v>-0.5</v></c></row>',
    '<row r="3"/><row r="4"><c r="A4" t="str"><f>1</f><v>y</v></c></row>',
    *(
        f'<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>'
        for text in ("_x000D_", "_xD83D_", "a_x004a_x0042_", "_x005F_x005F_x0041_", "_X0041_")
    ),
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
    *(
        f'<row r="1"><c r="A1"{kind}><v>{said}</v></c></row>'
        for kind, said in (
            ("", "abc"),
            ("", " 5 "),
            ("", "1_000"),
            ("", "inf"),
            ("", "٣"),
            ("", ""),
            (' t="b"', "true"),
            (' t="b"', ""),
            (' t="zz"', "5"),
            (' t="inlineStr"', "q"),
            (' t="d"', "2026-03-07T22:15:00Z"),
            (' t="d"', "rubbish"),
            (' t="d"', "P1D"),
            (' t="d"', "2026-02-30"),
            (' t="n" s="99"', "1"),
            (' t="str"', "a<![CDATA[<b>]]>c"),
            (' t="str"', "a&#10;b&amp;&#x41;"),
            (' t="e"', "#N/A"),
        )
    ),
    '<row r="1"><c r="A1" t="str"/></row>',
    '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
    '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c><c r="A1"><v>3</v></c></row>',
    "",
]


@pytest.mark.parametrize("rows", ODD_ROWS)
def test_a_sheet_written_by_another_program_is_read_as_calamine_reads_it(
    rows: str, tmp_path: Path
) -> None:
    path = write_workbook(tmp_path / "odd.xlsx", rows)
    assert tables_or_not(ours, path) == tables_or_not(python_calamine, path)


def test_what_is_no_workbook_is_told_as_calamine_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("content.txt", "x")
    for content in (path.read_bytes(), b"PK"):
        path.write_bytes(content)
        for library in (ours, python_calamine):
            with pytest.raises(library.CalamineError):
                library.CalamineWorkbook.from_path(path)

"""OpenDocument is read as calamine reads it, and what calamine passes over is read too."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.files.ods_reader import rows_in, sheets_in
from reachable.foundation.files.rows import Unreadable
from reachable.foundation.files.table import open_table
from tests.support.opendocument import cell, packed, row, sheet

Typed = list[list[tuple[str, object]]]
"""Rows of cells, each with the name of its type: 1 is not 1.0."""


def written(folder: Path, *sheets: str) -> Path:
    path = folder / "sent.ods"
    path.write_bytes(packed(*sheets))
    return path


def of_ours(path: Path) -> list[tuple[str, bool, int, Typed]]:
    """Everything that is read of a file, in the form in which calamine gives it."""
    found = []
    for each in sheets_in(path, DEFAULT):
        rows: Typed = []
        top = 0
        for number, times, cells in rows_in(path, each.place, DEFAULT):
            top = top or number
            blank: list[tuple[str, object]] = [("str", "")] * (each.right - each.left)
            rows += [blank] * (number - 1 - len(rows))
            full = [*cells[each.left :], *[""] * (each.right - len(cells))]
            rows += [[(type(value).__name__, value) for value in full]] * times
        found.append((each.name, each.shown, each.bottom - top + 1 if top else 0, rows))
    return found


def of_calamine(path: Path) -> list[tuple[str, bool, int, Typed]]:
    with python_calamine.CalamineWorkbook.from_path(path) as workbook:
        found = []
        for each in workbook.sheets_metadata:
            table = workbook.get_sheet_by_name(each.name)
            rows: Typed = [
                [(type(value).__name__, value) for value in cells] for cells in table.iter_rows()
            ]
            shown = each.visible == python_calamine.SheetVisibleEnum.Visible
            found.append((each.name, shown, table.height, rows))
        return found


CELLS = [
    cell("a</text:p><text:p>b"),
    cell("a", value="shown otherwise"),
    cell('a<text:s text:c="3"/>b<text:s/>c'),
    cell("a<text:span>b<text:s/></text:span>c &amp; &#x41; _x0041_\n e"),
    cell("a</text:p><office:annotation><text:p>note</text:p></office:annotation><text:p>b"),
    cell("a", more='table:number-columns-repeated="3"'),
    '<table:table-cell office:value-type="string"/>',
    '<table:table-cell table:number-columns-repeated="3"/>',
    '<table:covered-table-cell table:number-columns-repeated="2"/>',
    '<table:covered-table-cell office:value-type="string"><text:p>a</text:p>'
    "</table:covered-table-cell>",
    *(cell("", "boolean", said) for said in ("true", "false", "TRUE", "1", "")),
    cell("", "percentage"),
    *(
        f'<table:table-cell office:value-type="{kind}" office:value="{said}"/>'
        for kind, said in (
            *(("float", "12"), ("float", "1e3"), ("float", "inf"), ("float", "-0.25")),
            *(("percentage", "0.5"), ("currency", "3"), ("other", "4")),
        )
    ),
    *(
        cell("shown", "date", said)
        for said in (
            *("2026-03-07", "2026-3-7", "2026-03-07T22:15:00", "2026-03-07T22:15:00.5"),
            *("2026-03-07T22:15", "2026-03-07T22:15:00Z", "20260307", "22:15", "2026-02-30"),
            *("2026-03-07 22:15:00", "2026-03-07T25:15:00", "-2026-03-07", "rubbish"),
        )
    ),
    *(
        cell("shown", "time", said)
        for said in ("PT22H15M00S", "PT22H15M00.5S", "PT1H2M3S", "PT30H00M00S", "PT5M", "-PT1H")
    ),
]


@pytest.mark.parametrize("odd", CELLS)
def test_a_cell_is_read_as_calamine_reads_it(odd: str, tmp_path: Path) -> None:
    path = written(tmp_path, sheet(row(cell("first"), odd, cell("last")), row(odd)))
    assert of_ours(path) == of_calamine(path)


ROWS = st.lists(
    st.tuples(
        st.lists(st.sampled_from([*CELLS, "<table:table-cell/>"]), max_size=4), st.integers(1, 3)
    ).map(lambda each: row(*each[0], more=f'table:number-rows-repeated="{each[1]}"')),
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(sheets=st.lists(ROWS, min_size=1, max_size=3))
def test_any_sheets_are_read_as_calamine_reads_them(
    sheets: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = [sheet(*rows, name=f"Sheet {place}") for place, rows in enumerate(sheets)]
    path = written(tmp_path_factory.mktemp("any"), *made)
    assert of_ours(path) == of_calamine(path)


def test_hidden_sheets_and_headings_that_repeat_are_read_as_calamine_reads_them(
    tmp_path: Path,
) -> None:
    heads = f"<table:table-header-rows>{row(cell('head'))}</table:table-header-rows>"
    content = packed(
        sheet(heads, row(), row(cell("x"), more='table:number-rows-repeated="3"'), row(cell("y"))),
        '<table:table table:name="H" table:style-name="h"/>',
        sheet(name="Empty"),
        sheet(row(), row("<table:table-cell/>", cell("far")), name="Off"),
        before='<office:automatic-styles><style:style style:name="h"><style:table-properties '
        'table:display="false"/></style:style></office:automatic-styles>',
    )
    path = tmp_path / "sent.ods"
    path.write_bytes(content)
    assert of_ours(path) == of_calamine(path)
    assert [shown for _, shown, _, _ in of_ours(path)] == [True, False, True, True]


IN_A_FRAME = "<draw:frame><draw:text-box><text:p>in a frame</text:p></draw:text-box></draw:frame>"


@pytest.mark.parametrize(
    ("odd", "read"),
    [
        ("<table:table-cell><text:p>of no type</text:p></table:table-cell>", "of no type"),
        (cell("01/02/2011", "date"), "01/02/2011"),
        (cell("a<![CDATA[<b>]]>c"), "a<b>c"),
        (cell("a<text:tab/>b<text:line-break/>c"), "a\tb\nc"),
        ('<table:table-cell office:value-type="float" office:value="x"/>', "x"),
        ('<table:table-cell office:value-type="float" office:value=" 5"/>', " 5"),
        ('<table:table-cell office:value-type="float" office:value="1_000"/>', "1_000"),
        (cell("#N/A", "float", "0", 'calcext:value-type="error"'), "#N/A"),
        (cell("Err:502", "error"), "Err:502"),
        (cell("no times", more='table:number-columns-repeated="0"'), "no times"),
        (cell("", more='calcext:value-type="error"'), "#FORMULA!"),
        ('<table:table-cell table:formula="of:=1+1"/>', "#FORMULA!"),
        (
            '<table:table-cell office:value-type="string">\n  <text:p>a</text:p>\n'
            "  <text:p>b</text:p>\n</table:table-cell>",
            "a\nb",
        ),
        (
            f'<table:table-cell office:value-type="string">{IN_A_FRAME}<text:p>a</text:p>'
            "</table:table-cell>",
            "a",
        ),
        (cell(f"a{IN_A_FRAME}b"), "ab"),
        (
            cell(f"a</text:p>{sheet(row(cell('inner')), name='Inner')}<text:p>b"),
            "a\nb",
        ),
    ],
)
def test_what_calamine_refuses_or_passes_over_is_read(odd: str, read: str, tmp_path: Path) -> None:
    path = written(tmp_path, sheet(row(cell("Head"), cell("Next")), row(odd, cell("after"))))
    assert list(open_table(path).rows()) == [(2, (read, "after"))]


def test_a_row_that_comes_no_times_is_not_lost(tmp_path: Path) -> None:
    none = row(cell("x"), more='table:number-rows-repeated="0"')
    table = open_table(written(tmp_path, sheet(row(cell("Head")), none, row(cell("y")))))
    assert list(table.rows()) == [(2, ("x",)), (3, ("y",))]


def test_of_two_sheets_with_one_name_the_first_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path, sheet(row(cell("Head")), row(cell("one"))), sheet(row(cell("Other"), cell("two")))
    )
    table = open_table(path)
    assert (table.headings, list(table.rows())) == (("Head",), [(2, ("one",))])


def test_a_frame_and_a_table_beside_the_cells_are_no_rows(tmp_path: Path) -> None:
    beside = f"<table:shapes>{IN_A_FRAME}{sheet(row(cell('chart')), name='Local')}</table:shapes>"
    path = written(tmp_path, sheet(beside, row(cell("Head")), row(cell("x", "date", "2026-03-07"))))
    table = open_table(path)
    assert table.notes == ("Worksheet “Export”.",)
    assert list(table.rows()) == [(2, (date(2026, 3, 7),))]


def test_what_a_program_remembers_of_another_is_no_sheet(tmp_path: Path) -> None:
    link = f"<table:dde-links><table:dde-link>{sheet(row(cell('x')))}</table:dde-link>"
    path = written(tmp_path, sheet(row(cell("Head")), row(cell("y"))), f"{link}</table:dde-links>")
    assert open_table(path).notes == ("Worksheet “Export”.",)


def test_rows_can_be_read_again_and_from_the_middle(tmp_path: Path) -> None:
    body = [row(cell(f"x{n}"), more='table:number-rows-repeated="2"') for n in range(3)]
    table = open_table(written(tmp_path, sheet(row(cell("Head")), *body)))
    every = list(table.rows())
    assert [number for number, _ in every] == [2, 3, 4, 5, 6, 7]
    assert list(table.rows()) == every
    assert list(table.rows(after=4)) == every[3:]


def test_two_readers_of_one_table_do_not_disturb_each_other(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, sheet(*(row(cell(f"x{n}")) for n in range(5)))))
    one, other = table.rows(), table.rows()
    pairs = [(next(one), next(other)) for _ in range(4)]
    assert all(left == right for left, right in pairs)


@pytest.mark.parametrize("repeated", [1, 3])
def test_a_text_that_is_too_long_costs_its_rows_alone(repeated: int, tmp_path: Path) -> None:
    long = row(cell("y" * (DEFAULT.cell + 1)), more=f'table:number-rows-repeated="{repeated}"')
    table = open_table(
        written(tmp_path, sheet(row(cell("Head")), row(cell("a")), long, row(cell("b"))))
    )
    found = list(table.rows())
    assert [number for number, _ in found] == list(range(2, 4 + repeated))
    assert [getattr(cells, "reason", "") for _, cells in found] == [
        "",
        *["cell_too_long"] * repeated,
        "",
    ]


def test_a_large_table_is_never_held_whole(tmp_path: Path) -> None:
    rows = (row(*(cell(f"value {n} of {place}") for place in range(8))) for n in range(8_000))
    path = written(tmp_path, sheet(*rows))
    tracemalloc.start()
    try:
        table = open_table(path)
        assert sum(1 for _ in table.rows()) == 7_999
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Its 64,000 texts alone would take more than 4,000,000 bytes.
    assert peak < 1_500_000


def test_a_gap_of_any_size_costs_nothing(tmp_path: Path) -> None:
    gap = row(more='table:number-rows-repeated="900000"')
    table = open_table(written(tmp_path, sheet(row(cell("Head")), gap, row(cell("x")))))
    assert list(table.rows()) == [(900_002, ("x",))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (row(cell("x", more='table:number-columns-repeated="1000000000000"')), "1,000,000,000,000"),
        (row(cell("x"), more='table:number-rows-repeated="1000000000000"'), "reaches to row 1,000"),
        (row(cell("x", more='table:number-columns-repeated="' + "9" * 5000 + '"')), "damaged"),
        (row(cell("x"), more='table:number-rows-repeated="-1"'), "damaged"),
        (row(cell("x"), more='table:number-rows-repeated="two"'), "damaged"),
        (row(cell("&bomb;")), "damaged"),
        ("<text:span>" * 50 + "</text:span>" * 50, "nested more than 40 deep"),
        (row(cell("<text:span>" * 50 + "</text:span>" * 50)), "nested more than 40 deep"),
        (row(cell("x", value="y" * 1_000_000)), "longer than a book"),
        (f"<!--{'y' * 1_000_000}-->", "longer than a book"),
        ("".join(f"<text:n{n}/>" for n in range(20_000)), "many kinds of elements"),
        ("".join(f'<text:p x{n}=""/>' for n in range(20_000)), "many kinds of elements"),
    ],
    ids=lambda each: each[:40],
)
def test_promise_25_what_would_fill_the_memory_is_refused(
    content: str, said: str, tmp_path: Path
) -> None:
    path = written(tmp_path, sheet(row(cell("Head")), content))
    tracemalloc.start()
    try:
        with pytest.raises(BadInput, match=said) as refused:
            open_table(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.kept
    assert refused.value.next
    assert peak < 8_000_000


def test_promise_25_as_many_spaces_as_a_number_says_are_not_written_out(tmp_path: Path) -> None:
    spaces = row(cell('a<text:s text:c="999999999999"/>b'))
    table = open_table(written(tmp_path, sheet(row(cell("Head")), spaces)))
    [(_, cells)] = table.rows()
    assert getattr(cells, "reason", "") == "cell_too_long"


def test_promise_25_thousands_of_sheets_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, '<table:table table:name="x"/>' * 2_000)
    with pytest.raises(BadInput, match="more than 1,000 sheets"):
        open_table(path)


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY c SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE, "<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "x.dtd">'])
def test_promise_25_entities_are_refused_before_any_is_used(declared: str, tmp_path: Path) -> None:
    path = tmp_path / "sent.ods"
    path.write_bytes(packed(sheet(row(cell("&c;"))), declared=declared))
    with pytest.raises(BadInput, match="declares XML entities"):
        open_table(path)


GOOD = packed(sheet(row(cell("Head"), cell("Next")), *(row(each, each) for each in CELLS)))
INSIDE = zipfile.ZipFile(io.BytesIO(GOOD)).read("content.xml")
PIECES = st.one_of(
    st.binary(min_size=1, max_size=3),
    st.sampled_from(
        [b"<", b">", b"/>", b'"', b"&", b"]]>", b"<!--", b"</table:table-row>", b"<table:table>"]
    ),
)


@settings(max_examples=300, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, len(INSIDE)), st.integers(0, 40), PIECES)))
def test_promise_26_any_damage_inside_gives_rows_or_a_sentence(
    changes: list[tuple[int, int, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = INSIDE
    for at, length, piece in changes:
        content = content[:at] + piece + content[at + length :]
    path = tmp_path_factory.getbasetemp() / "inside.ods"
    with zipfile.ZipFile(path, "w") as parts, zipfile.ZipFile(io.BytesIO(GOOD)) as made:
        for name in made.namelist():
            parts.writestr(name, content if name == "content.xml" else made.read(name))
    with suppress(BadInput):
        table = open_table(path)
        for _, cells in table.rows():
            assert isinstance(cells, Unreadable) or len(cells) == len(table.headings)

"""OpenDocument spreadsheets as tables."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Unreadable
from reachable.foundation.files.table import open_table
from tests.support.opendocument import cell, packed, row, sheet


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sent.ods"
    path.write_bytes(content)
    return path


HEADINGS = row(cell("Surname"), cell("Born"), cell("Seen"))


def test_values_come_as_they_are_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    content = packed(
        sheet(
            HEADINGS,
            row(
                cell("Sample"),
                cell("01/02/11", "date", "2011-02-01"),
                cell("1/3/26", "date", "2026-03-01T10:20:00"),
            ),
            row(more='table:number-rows-repeated="3"'),
            row(
                cell("x"),
                cell("10:20", "time", "PT10H20M00S"),
                more='table:number-rows-repeated="2"',
            ),
        ),
        sheet(row(cell("other")), name="Notes"),
    )
    table = open_table(written(tmp_path, content))
    assert (table.kind, table.headings) == ("ods", ("Surname", "Born", "Seen"))
    assert list(table.rows()) == [
        (2, ("Sample", date(2011, 2, 1), datetime(2026, 3, 1, 10, 20))),
        (6, ("x", time(10, 20), "")),
        (7, ("x", time(10, 20), "")),
    ]
    assert [note[:10] for note in table.notes] == ["Worksheet ", "Not read: "]


def test_an_error_in_a_cell_is_told_and_merged_cells_are_noted(tmp_path: Path) -> None:
    wrong = cell("#DIV/0!", more='calcext:value-type="error"')
    merged = cell("Sample", more='table:number-rows-spanned="2"')
    content = packed(sheet(HEADINGS, row(merged, wrong), row(cell("y"))))
    table = open_table(written(tmp_path, content))
    assert next(table.rows()) == (2, ("Sample", "#DIV/0!", ""))
    assert "merged over several rows" in table.notes[-1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            packed(sheet(row(cell("x", more='table:number-columns-repeated="9999"')))),
            "9,999 columns",
        ),
        (
            packed(sheet(row(cell("x"), more='table:number-rows-repeated="99999999"'))),
            "reaches to row 99,999,999",
        ),
        (packed(sheet(HEADINGS), manifest="<encryption-data/>"), "protected with a password"),
        (packed(sheet(HEADINGS), mimetype="application/vnd.oasis.opendocument.text"), "no spread"),
        (packed(sheet()), "no row of headings"),
        (packed("<!DOCTYPE a>"), "damaged|declares"),
        (packed(sheet(HEADINGS))[:200], "damaged or was cut short"),
    ],
)
def test_promise_25_a_trap_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        open_table(written(tmp_path, content))
    assert refused.value.kept


GOOD = packed(sheet(HEADINGS, row(cell("Sample"), cell("01/02/11", "date", "2011-02-01"))))


@given(at=st.integers(0, len(GOOD) - 1), byte=st.binary(min_size=1, max_size=2))
def test_promise_26_any_damage_gives_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: bytes
) -> None:
    content = GOOD[:at] + byte + GOOD[at + 1 :]
    path = written(tmp_path_factory.getbasetemp(), content)
    with suppress(BadInput):
        table = open_table(path, Limits())
        for _, cells in table.rows():
            assert isinstance(cells, Unreadable) or cells

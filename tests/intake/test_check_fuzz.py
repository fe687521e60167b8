"""Whatever arrives, each row comes out accepted or refused with its reason."""

from __future__ import annotations

import csv
import io
import string
from datetime import date, datetime, time, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.foundation.files.export import write_xlsx
from reachable.intake.checking import check_file, open_file
from reachable.intake.rules.check import Checked, Refused, check_row
from reachable.intake.rules.headings import Mapping, match_headings
from reachable.intake.rules.words import Cell
from reachable.intake.samples import sample_table
from reachable.intake.specification import Feed, feeds

TODAY = date(2026, 11, 24)
ALL = list(feeds().values())
TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=40),
    st.text(string.digits + "/-.: ", max_size=20),
    st.text("0123456789TZ:+-. apm", max_size=25),
    st.sampled_from(["", "n/k", "=1+1", "01/01/1900", "ZZ99 3VZ", "1.2E+11", "٣/٣/٢٠٢٦", "²³:⁴⁵"]),
    st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
    st.text("x", min_size=390, max_size=1_100),
)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def judged(one: Feed, mapping: Mapping, cells: list[Cell]) -> Checked | Refused:
    result = check_row(one, mapping, cells, TODAY)
    told = [*result.questions, *(result.problems if isinstance(result, Refused) else ())]
    assert all(each.sentence and each.next for each in told)
    assert len(result.content_hash) == 64
    if isinstance(result, Refused):
        assert result.problems
        return result
    names = {column.name for column in one.columns}
    assert result.content.keys() <= names
    assert all(isinstance(value, str) and value for value in result.content.values())
    assert "\0" not in "".join(result.content.values())
    orjson.dumps(result.content)
    for each in one.happenings:
        if each.date in result.content:
            assert date.fromisoformat(result.content[each.date]) <= TODAY
        if each.time in result.content:
            time.fromisoformat(result.content[each.time])
            assert each.date in result.content
    assert check_row(one, mapping, cells, TODAY) == result
    return result


@settings(deadline=None)
@given(st.sampled_from(ALL), st.lists(CELLS, max_size=25))
def test_promise_26_any_cells_are_accepted_or_refused(one: Feed, cells: list[Cell]) -> None:
    mapping = match_headings(one, [column.heading for column in one.columns])
    assert isinstance(mapping, Mapping)
    judged(one, mapping, cells)


@settings(deadline=None)
@given(st.data())
def test_promise_26_a_good_row_with_some_odd_cells(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(ALL))
    mapping = match_headings(one, [column.heading for column in one.columns])
    assert isinstance(mapping, Mapping)
    cells: list[Cell] = list(data.draw(st.sampled_from(one.samples)).cells)
    for place in data.draw(st.sets(st.integers(0, len(cells) - 1), max_size=3)):
        cells[place] = data.draw(CELLS)
    judged(one, mapping, cells)


@settings(deadline=None)
@given(st.sampled_from(ALL), st.lists(st.lists(TEXTS, min_size=1, max_size=22), max_size=6))
def test_promise_26_as_many_rows_come_out_of_a_file_as_went_in(
    tmp_path_factory: pytest.TempPathFactory, one: Feed, rows: list[list[str]]
) -> None:
    headings, _ = sample_table(one)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([headings, *rows])
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(text.getvalue().encode("utf-8", "replace"))
    report = check_file(one, path, TODAY, problems=10_000)
    assert report.rows == sum(any(row) for row in rows)
    assert report.accepted + report.refused == report.rows
    assert report.refused <= len({noted.row for noted in report.problems})


@settings(deadline=None)
@given(st.sampled_from(ALL), st.binary(max_size=600))
def test_promise_26_any_bytes_behind_the_headings(
    tmp_path_factory: pytest.TempPathFactory, one: Feed, content: bytes
) -> None:
    headings, _ = sample_table(one)
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(",".join(headings).encode() + b"\r\n" + content)
    numbers = [row.number for row in open_file(one, path).rows(TODAY)]
    assert numbers == sorted(set(numbers))


@settings(deadline=None)
@given(st.sampled_from(ALL), st.binary(max_size=300))
def test_promise_26_any_bytes_at_all(
    tmp_path_factory: pytest.TempPathFactory, one: Feed, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "file"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        check_file(one, path, TODAY)


_workbooks: dict[str, bytes] = {}


def workbook_of(one: Feed, path: Path) -> bytes:
    """Write it once: the time of writing stands in it, and may make it a byte longer."""
    if one.key not in _workbooks:
        write_xlsx(path, *sample_table(one))
        _workbooks[one.key] = path.read_bytes()
    return _workbooks[one.key]


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(ALL), st.data())
def test_promise_26_a_damaged_workbook_gives_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, one: Feed, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.xlsx"
    content = bytearray(workbook_of(one, path))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        report = check_file(one, path, TODAY)
    except BadInput:
        return
    assert report.accepted + report.refused == report.rows


def test_a_workbook_with_its_own_dates_and_times_is_read(tmp_path: Path) -> None:
    import xlsxwriter

    one = feeds()["police_missing"]
    headings, rows = sample_table(one)
    cells: list[Cell] = list(rows[0])
    cells[1], cells[2] = date(2026, 3, 6), time(21, 40)
    cells[3], cells[4] = datetime(2026, 3, 8, 4, 15), timedelta(hours=4, minutes=15)
    path = tmp_path / "dates.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings)
        sheet.write_row(1, 0, cells)
    plain = tmp_path / "plain.xlsx"
    write_xlsx(plain, headings, rows[:1])
    assert check_file(one, path, TODAY).samples == check_file(one, plain, TODAY).samples

"""What the one file says of a file, row by row, is what the server says of it."""

from __future__ import annotations

import csv
import io
import json
import string
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.intake.checking import open_file
from reachable.intake.rules.check import Checked
from reachable.intake.samples import KINDS, sample_table, write_sample
from reachable.intake.specification import Feed, feeds
from tests.support.opendocument import cell, packed, row, sheet
from tests.support.senders import BARE

TODAY = date(2026, 11, 24)
ALL = list(feeds().values())

JUDGE = """
import datetime, json, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from reachable.foundation.errors import BadInput
from reachable.intake.checking import open_file
from reachable.intake.rules.check import Checked
from reachable.intake.specification import feed
today = datetime.date.fromisoformat(sys.argv[2])
for line in sys.stdin:
    key, path = json.loads(line)
    try:
        opened = open_file(feed(key), Path(path))
        said = [list(opened.table.headings), list(opened.table.notes)]
        for row in opened.rows(today):
            taken = row.result.content_hash if isinstance(row.result, Checked) else None
            said.append([row.number, taken, [[t.reason, t.sentence, t.next] for t in row.told]])
    except BadInput as error:
        said = str(error)
    print(json.dumps(said), flush=True)
"""


@pytest.fixture(scope="module")
def judge(one_file: Path) -> Iterator[Callable[[Feed, Path], Any]]:
    """Return what the one file says of a file, row by row; it runs alone and answers many."""
    with subprocess.Popen(
        [*BARE, "-c", JUDGE, str(one_file), TODAY.isoformat()],
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin
        assert process.stdout
        told, heard = process.stdin, process.stdout

        def ask(one: Feed, path: Path) -> Any:
            told.write(json.dumps([one.key, str(path)]) + "\n")
            told.flush()
            return json.loads(heard.readline())

        yield ask
        told.close()


def judged_here(one: Feed, path: Path) -> Any:
    """Return what the server says of a file, in the same form."""
    try:
        opened = open_file(one, path)
        said: list[Any] = [list(opened.table.headings), list(opened.table.notes)]
        for row in opened.rows(TODAY):
            taken = row.result.content_hash if isinstance(row.result, Checked) else None
            said.append([row.number, taken, [[t.reason, t.sentence, t.next] for t in row.told]])
    except BadInput as error:
        return str(error)
    return json.loads(json.dumps(said))


TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(string.digits + "/-.: ", max_size=20),
    st.sampled_from(["", "n/k", "=1+1", "01/01/1900", "ZZ99 3VZ", "1.2E+11", "_x0041_", " a "]),
    st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
)
TYPED = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-10, 80_000),
    st.floats(0, 80_000),
    st.dates(date(1900, 3, 1), date(2030, 1, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(2030, 1, 1)),
    st.times(),
)
SHAPES = ["dd/mm/yyyy", "dd/mm/yyyy hh:mm", "hh:mm", "[h]:mm", "0.00", "General"]


def changed(data: st.DataObject, one: Feed, cells: st.SearchStrategy[Any]) -> list[list[Any]]:
    """Draw sample rows of a feed with some cells replaced."""
    _, samples = sample_table(one)
    rows: list[list[Any]] = []
    for sample in data.draw(st.lists(st.sampled_from(samples), max_size=6)):
        new: list[Any] = list(sample)
        for place in data.draw(st.lists(st.integers(0, len(new) - 1), max_size=4)):
            new[place] = data.draw(cells)
        rows.append(new + data.draw(st.lists(cells, max_size=2)))
    return rows


PRINTABLE = st.one_of(
    TEXTS.map(lambda text: "".join(each for each in text if each.isprintable())),
    st.integers(-10, 80_000),
    st.dates(date(1900, 3, 1), date(2030, 1, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(2030, 1, 1)),
    st.times(),
)


def ods_cell(value: Any) -> str:
    """Return a cell as LibreOffice writes one of this type."""
    if isinstance(value, datetime | date):
        return cell("shown", "date", value.isoformat())
    if isinstance(value, time):
        return cell("shown", "time", value.strftime("PT%HH%MM%SS"))
    if isinstance(value, int):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return cell(escape(value)) if value else "<table:table-cell/>"


def xml_field(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def write_typed(path: Path, rows: Sequence[Sequence[Any]], data: st.DataObject) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet("Table")
        shapes = [workbook.add_format({"num_format": shape}) for shape in SHAPES]
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, bool):
                    sheet.write_boolean(number, column, cell)
                elif isinstance(cell, date | time):
                    sheet.write_datetime(number, column, cell, data.draw(st.sampled_from(shapes)))
                else:
                    sheet.write_number(number, column, cell, data.draw(st.sampled_from(shapes)))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["csv", "bytes", "xlsx", "jsonl", "ods", "xml", "zip"]))
def test_promise_26_the_one_file_says_of_each_row_what_the_server_says(
    data: st.DataObject,
    kind: str,
    judge: Callable[[Feed, Path], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    one = data.draw(st.sampled_from(ALL))
    path = tmp_path_factory.mktemp("judged") / f"a.{kind}"
    headings, _ = sample_table(one)
    if kind == "xlsx":
        write_typed(path, [headings, *changed(data, one, TYPED)], data)
    elif kind == "jsonl":
        cells = st.one_of(
            TEXTS, st.none(), st.integers(), st.floats(), st.booleans(), st.lists(TEXTS)
        )
        rows = changed(data, one, cells)
        lines = [json.dumps(dict(zip(headings, row, strict=False))) for row in rows]
        lines += data.draw(st.lists(st.sampled_from(["", "{", "[]", '{"a": 1e999}', "{} {}"])))
        path.write_text("\n".join([json.dumps(dict.fromkeys(headings, "")), *lines]), "utf-8")
    elif kind == "ods":
        rows = [headings, *changed(data, one, PRINTABLE)]
        path.write_bytes(packed(sheet(*(row(*map(ods_cell, each)) for each in rows))))
    elif kind == "xml":
        names = [f"c{place}" for place in range(len(headings) + 2)]
        names[: len(headings)] = [column.name for column in one.columns]
        rows = changed(data, one, PRINTABLE)
        fields = ("".join(map(xml_field, names, map(str, each))) for each in rows)
        path.write_text(f"<rows>{''.join(f'<row>{each}</row>' for each in fields)}</rows>", "utf-8")
    else:
        made = io.StringIO(newline="")
        csv.writer(made).writerows([headings, *changed(data, one, TEXTS)])
        content = bytearray(made.getvalue().encode("utf-8", "replace"))
        if kind == "bytes":
            for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
                content[at] = data.draw(st.integers(0, 255))
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as parts:
                parts.writestr("inside.csv", bytes(content))
        else:
            path.write_bytes(content)
    assert judge(one, path) == judged_here(one, path)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_one_file_says_of_every_sample_what_the_server_says(
    kind: str, judge: Callable[[Feed, Path], Any], tmp_path: Path
) -> None:
    for one in ALL:
        path = write_sample(one, tmp_path, kind)
        assert judge(one, path) == judged_here(one, path)

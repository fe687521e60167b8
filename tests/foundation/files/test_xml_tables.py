"""XML as a table: what comes most often is a row."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Unreadable
from reachable.foundation.files.table import open_table

ROWS = """<?xml version="1.0"?>
<e:Export xmlns:e="urn:example" made="2026-03-01"><e:Header><By>Desk</By><On>Monday</On></e:Header>
 <Rows>
  <Row id="1"><Surname> Sample </Surname><Born>01/02/2011</Born></Row>
  <Row id="2"><Surname>O&apos;Sample &amp; Co</Surname><Note/></Row>
  <Row id="3"/>
  <Row><Note>one</Note><Note>two</Note></Row>
  <Row><Surname>Nested<b>bold</b></Surname><Born>x</Born></Row>
 </Rows>
</e:Export>"""
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"])
TEXTS = st.lists(
    st.lists(st.text(LETTERS, max_size=12).map(str.strip), min_size=2, max_size=2),
    min_size=1,
    max_size=6,
)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "sent.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_the_element_that_comes_most_often_is_a_row(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, ROWS))
    assert (table.kind, table.headings) == ("xml", ("id", "Surname", "Born", "Note"))
    assert table.notes == ("XML, each “Row” is a row.",)
    *rows, nested = table.rows()
    assert rows == [
        (2, ("1", "Sample", "01/02/2011", "")),
        (3, ("2", "O'Sample & Co", "", "")),
        (4, ("", "", "", "one; two")),
    ]
    assert isinstance(nested[1], Unreadable)


def test_rows_may_be_attributes_alone_and_in_utf_16(tmp_path: Path) -> None:
    content = '<rows><row a="1" b="x"/><row a="2" b=""/></rows>'.encode("utf-16")
    table = open_table(written(tmp_path, content))
    assert list(table.rows()) == [(2, ("1", "x")), (3, ("2", ""))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<a><b><c>1</c></b><b><c>2</c></b>", "cut short at line 1"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a><b><c>&x;</c></b></a>", "declares a document type"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "declares a document type"),
        ("<a>" * 60 + "</a>" * 60, "nested more than 40 deep"),
        ("<Workbook><Row><Cell>1</Cell></Row></Workbook>", "a workbook saved as XML"),
        ("<a>only text</a>", "no row of headings"),
        (f'<a><b c="{"y" * 1_000_000}"/></a>', "longer than a book"),
        (f"<a><!--{'y' * 1_000_000}--></a>", "longer than a book"),
        ("<a>" + "".join(f"<n{n}/>" for n in range(20_000)) + "</a>", "many kinds of elements"),
        ("<a>" + "".join(f"<b x{n}=''/>" for n in range(20_000)) + "</a>", "many kinds"),
        ("<a>" + "<b><c>1</c></b>" * 12 + "</a>", "has more rows"),
        ("<a><b>" + "".join(f"<c{n}>1</c{n}>" for n in range(20)) + "</b></a>", "columns"),
    ],
)
def test_promise_25_what_is_no_table_is_refused(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        open_table(written(tmp_path, content), Limits(rows=10, columns=10))
    assert refused.value.kept == "Nothing was kept."


def test_promise_26_a_cell_too_long_is_told(tmp_path: Path) -> None:
    content = f"<a><b><c>{'x' * 300}</c><d>1</d></b><b><c>y</c><d>2</d></b></a>"
    long, good = open_table(written(tmp_path, content), Limits(cell=100)).rows()
    assert isinstance(long[1], Unreadable)
    assert good == (3, ("y", "2"))


@given(rows=TEXTS)
def test_promise_26_what_is_written_comes_out(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    inside = "".join(f"<r><a>{escape(a)}</a><b>{escape(b)}</b></r>" for a, b in rows)
    path = written(tmp_path_factory.getbasetemp(), f"<x><y><z>1</z></y>{inside}<r><a>e</a></r></x>")
    table = open_table(path)
    assert [cells for _, cells in table.rows()] == [
        *[tuple(row) for row in rows if any(row)],
        ("e", ""),
    ]


@example(at=0, byte=b"|")
@given(at=st.integers(0, len(ROWS) - 1), byte=st.binary(min_size=0, max_size=3))
def test_promise_26_any_damage_gives_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: bytes
) -> None:
    content = ROWS.encode()
    path = written(tmp_path_factory.getbasetemp(), content[:at] + byte + content[at + 1 :])
    with suppress(BadInput):
        table = open_table(path)
        for number, cells in table.rows():
            assert number > 1
            if isinstance(cells, Unreadable) or table.kind != "xml":
                # Without its first character it is a text with separators, whose rows may be short.
                continue
            assert len(cells) == len(table.headings)

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Row, Unreadable
from reachable.foundation.files.table import open_table


def rows_of(path: Path, content: bytes, limits: Limits | None = None) -> list[Row]:
    path.write_bytes(content)
    return list(open_table(path, limits or Limits()).rows())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_any_common_delimiter_line_end_and_encoding(
    path: Path, mark: str, end: str, encoding: str
) -> None:
    text = end.join(mark.join(line) for line in (["Name", "Town"], ["Zoë", "Fenmarch"])) + end
    path.write_bytes(text.encode(encoding))
    table = open_table(path)
    assert table.headings == ("Name", "Town")
    assert list(table.rows()) == [(2, ("Zoë", "Fenmarch"))]


def test_a_delimiter_inside_quotation_marks_does_not_count(path: Path) -> None:
    path.write_text('"Name, first, last";Town\n"a, b";c\n')
    table = open_table(path)
    assert table.headings == ("Name, first, last", "Town")
    assert table.notes == ("Text in UTF-8, cells between semicolons.",)


def test_the_separator_line_of_excel_is_no_row(path: Path) -> None:
    assert rows_of(path, b"sep=;\r\nA;B,C\r\n1;2\r\n") == [(2, ("1", "2"))]


def test_blank_rows_are_passed_over_and_counted(path: Path) -> None:
    assert rows_of(path, b"\n,,\nA,B\n\n1,2\n,\n3,4\n") == [(5, ("1", "2")), (7, ("3", "4"))]


def test_a_cell_can_go_over_several_lines(path: Path) -> None:
    assert rows_of(path, b'A,B\n"1\n2",3\n4,5\n') == [(2, ("1\n2", "3")), (3, ("4", "5"))]


def test_promise_26_a_row_in_another_encoding_is_refused_and_the_others_are_kept(
    path: Path,
) -> None:
    lines = [b"Name,Town", "Zoë,A".encode(), "Zoë,B".encode("cp1252"), b"Ann,C"]
    found = rows_of(path, b"\n".join(lines))
    assert found[0] == (2, ("Zoë", "A"))
    number, broken = found[1]
    assert (number, getattr(broken, "reason", "")) == (3, "encoding")
    assert isinstance(broken, Unreadable)
    assert broken.cells == ("Zoë", "B")
    assert found[2] == (4, ("Ann", "C"))


def test_promise_26_a_byte_that_windows_does_not_have_refuses_its_row(path: Path) -> None:
    found = rows_of(path, b"Name\nZo\xeb\nZo\x81\nAnn\n")
    assert [getattr(cells, "reason", cells) for _, cells in found] == [
        ("Zoë",),
        "encoding",
        ("Ann",),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'"never closed,2', "quotes"),
        (b'"text" after,2', "quotes"),
        (b"x" * 300 + b",2", "cell_too_long"),
        (b'"' + b"x" * 200_000 + b'",2', "cell_too_long"),
    ],
)
def test_promise_26_a_broken_row_takes_no_other_with_it(
    path: Path, line: bytes, reason: str
) -> None:
    found = rows_of(path, b"A,B\n1,2\n" + line + b"\n3,4\n5,6\n", Limits(cell=200))
    assert [number for number, _ in found] == [2, 3, 4, 5]
    assert getattr(found[1][1], "reason", "") == reason
    assert found[2:] == [(4, ("3", "4")), (5, ("5", "6"))]


def test_promise_26_an_open_quotation_mark_does_not_swallow_the_file(path: Path) -> None:
    lines = [b"A,B", b'"open,1', *(b"%d,2" % n for n in range(500)), b'"open,3', b"x,4"]
    found = rows_of(path, b"\n".join(lines))
    assert len(found) == 503
    assert [number for number, cells in found if isinstance(cells, Unreadable)] == [2, 503]


def test_a_broken_row_of_headings_is_said(path: Path) -> None:
    path.write_bytes(b'"A,B\n1,2\n')
    with pytest.raises(BadInput, match="row of headings cannot be read"):
        open_table(path)


def test_rows_go_on_after_a_number(path: Path) -> None:
    path.write_bytes(b"A\n" + b"".join(b"%d\n" % n for n in range(10)))
    table = open_table(path)
    assert [number for number, _ in table.rows(after=8)] == [9, 10, 11]
    assert len(list(table.rows())) == 10


@given(st.binary(max_size=400))
def test_promise_26_any_bytes_give_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with suppress(BadInput):
        numbers = [number for number, _ in open_table(path, Limits(cell=50)).rows()]
        assert numbers == sorted(set(numbers))


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8")), min_size=2),
        max_size=8,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_promise_26_no_line_is_lost(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], mark: str
) -> None:
    """Each line that is not blank comes out as a row or as the start of one."""
    path = tmp_path_factory.getbasetemp() / "lines.csv"
    plain = [[cell.replace('"', "").replace(mark, "") for cell in line] for line in lines]
    written = [line for line in plain if any(line)]
    text = "\n".join(mark.join(line) for line in [["H", "I"], *plain])
    path.write_text(text, encoding="utf-8")
    table = open_table(path)
    assert [cells for _, cells in table.rows()] == [tuple(line) for line in written]


def test_utf_32_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("naïve,b\n1,2\n".encode("utf-32"))
    table = open_table(path)
    assert table.headings == ("naïve", "b")
    assert table.notes[0].startswith("Text in UTF-32")

"""JSON lines as a table: every line is a row, or says why it is none."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Unreadable
from reachable.foundation.files.table import open_table

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(max_size=20),
    st.dates().map(str),
)
OBJECTS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES, min_size=1, max_size=5).filter(
    lambda each: any(name.strip() for name in each)
)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sent.jsonl"
    path.write_bytes(content)
    return path


def test_names_are_headings_and_what_a_line_leaves_out_is_empty(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf{"a": "x", "b": 2}\r\n\r\n{"b": null, "c": true}\n{"a": ""}\n'
    table = open_table(written(tmp_path, content))
    assert (table.kind, table.headings) == ("json_lines", ("a", "b", "c"))
    assert list(table.rows()) == [(1, ("x", 2, "")), (3, ("", "", True))]
    assert list(table.rows(after=1)) == [(3, ("", "", True))]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"a,b,c", "not a JSON object"),
        (b'["a"]', "not a JSON object"),
        (b'{"a": "cut', "not a JSON object"),
        (b'{"a": "\xff"}', "not a JSON object"),
        (b'{"a": ["x", "y"]}', "holds a list or an object"),
        (b'{"a": {"b": 1}}', "holds a list or an object"),
        (b'{"a": "' + b"x" * 101 + b'"}', "too long"),
    ],
)
def test_promise_26_a_line_that_is_no_row_is_told_and_the_next_is_read(
    tmp_path: Path, line: bytes, said: str
) -> None:
    content = b'{"a": 1}\n' + line + b'\n{"a": 3}\n'
    table = open_table(written(tmp_path, content), Limits(cell=100))
    first, odd, last = table.rows()
    assert (first, last) == ((1, (1,)), (3, (3,)))
    assert isinstance(odd[1], Unreadable)
    assert said in odd[1].sentence
    assert odd[1].next
    assert odd[1].cells


@pytest.mark.parametrize(
    ("content", "limits", "said"),
    [
        (b"{}\n{}\n", Limits(), "no row of headings"),
        (b'{"\\u2003": 1}\n', Limits(), "no row of headings"),
        (b'{"a": 1, "b": 2}\n', Limits(columns=1), "2 columns; we take up to 1"),
        (b'{"a": 1}\n' * 3, Limits(rows=2), "more rows; we take up to 2"),
        (b'{"a": 1}\n{"a": "' + b"x" * 200 + b'"}\n', Limits(line=100), "without a new line"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, limits: Limits, said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        open_table(written(tmp_path, content), limits)
    assert refused.value.kept == "Nothing was kept."
    assert refused.value.next


@given(st.lists(OBJECTS, min_size=1, max_size=8))
def test_every_object_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "objects.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(each) for each in objects))
    table = open_table(path)
    names = table.headings
    read = []
    for _, cells in table.rows():
        assert not isinstance(cells, Unreadable)
        read.append(dict(zip(names, cells, strict=True)))
    sent = [
        {name: "" if each.get(name) is None else each[name] for name in names} for each in objects
    ]
    assert read == [each for each in sent if any(value != "" for value in each.values())]


@given(st.binary(max_size=200))
def test_promise_26_whatever_follows_the_first_line_is_read_line_by_line(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.jsonl"
    path.write_bytes(b'{"a": 1}\n' + rest)
    rows = list(open_table(path).rows())
    assert len(rows) == 1 + sum(_says_something(line) for line in rest.split(b"\n"))


def _says_something(line: bytes) -> bool:
    """A row of empty cells is none, in every format: here an object of which nothing is told."""
    try:
        told = orjson.loads(line)
    except ValueError:
        return bool(line.strip())
    return not isinstance(told, dict) or any(value not in ("", None) for value in told.values())

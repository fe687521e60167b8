"""Cells of a worksheet that have a formula and no result, which calamine reads as empty.

An error such as #REF! comes out as Excel shows it. What no program has ever worked out, because a
program wrote the workbook and nobody opened it since, comes out as `NOT_WORKED_OUT`.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT, damaged
from reachable.foundation.files.workbooks import column_number

NOT_WORKED_OUT = "#FORMULA!"
MOST = 100_000
"""Failed cells: a table with more is no export."""

_CHUNK = 1 << 18
_SMALL = 5_000_000
"""Bytes that the list of worksheets may have."""
_LONGEST = 1 << 17
"""Bytes of a cell that goes on in the next piece."""
_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c\s([^<>]*[^<>/])>(.*?)</(?:[^\s<>/:]+:)?c\s*>", re.DOTALL)
_BEGINS = re.compile(rb"<(?:[^\s<>/:]+:)?c\s")
_ADDRESS = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_TYPE = re.compile(rb"""(?:^|\s)t\s*=\s*["']([A-Za-z]*)["']""")
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s/>]")
_RESULT = re.compile(rb"<(?:[^\s<>/:]+:)?v[^<>]*>([^<]+)<")
# Begins where a name begins, and goes no further than a name can be long: what was made so that a
# pattern tries each place anew would keep it busy for hours.
_ATTRIBUTE = re.compile(r"""(?<![\w:])([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MERGED = re.compile(rb"""mergeCell\s[^<>]{0,200}ref\s*=\s*["'][A-Z]+([0-9]+):[A-Z]+([0-9]+)["']""")
_MAY_FAIL = re.compile(rb"""\st\s*=\s*["']e["']|<(?:[^\s<>/:]+:)?f[\s/>]""")

Failed = dict[int, dict[int, str]]
"""Row, as Excel numbers it, to column, from 0, to what stands there."""


@dataclass
class Odd:
    """What is odd about the cells of a worksheet. `merged` are cells over several rows."""

    failed: Failed = field(default_factory=dict)
    merged: bool = False


def odd_cells(path: Path, sheet: str) -> Odd:
    """Find the odd cells of a worksheet in a workbook that has been inspected."""
    odd = Odd()
    count = 0
    with zipfile.ZipFile(path) as parts:
        name = _part_of(parts, sheet)
        if name is None:
            return odd
        with parts.open(name) as part:
            rest = b""
            while chunk := part.read(_CHUNK):
                text = rest + chunk
                ends = 0
                if _MAY_FAIL.search(text):
                    for cell in _CELL.finditer(text):
                        ends = cell.end()
                        count += _note(cell[1], cell[2], odd.failed)
                    if count > MOST:
                        raise _too_many()
                odd.merged = odd.merged or any(a != b for a, b in _MERGED.findall(text))
                rest = _unfinished(text, ends)
    return odd


def _unfinished(text: bytes, ends: int) -> bytes:
    """Return the beginning of a cell whose end has not come yet."""
    tail = text[max(ends, len(text) - _LONGEST) :]
    begins = [found.start() for found in _BEGINS.finditer(tail)]
    return tail[begins[-1] :] if begins else tail[-100:]


def _note(attributes: bytes, inside: bytes, failed: Failed) -> int:
    kind, address = _TYPE.search(attributes), _ADDRESS.search(attributes)
    result = _RESULT.search(inside)
    if kind is not None and kind[1] == b"e":
        says = result[1].decode("utf-8", "replace") if result else NOT_WORKED_OUT
    elif (kind is None or kind[1] == b"n") and result is None and _FORMULA.search(inside):
        says = NOT_WORKED_OUT
    else:
        return 0
    if address is None:
        return 0
    failed.setdefault(int(address[2]), {})[column_number(address[1]) - 1] = says.strip()
    return 1


def _part_of(parts: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the name of the part that holds a worksheet."""
    relations = [
        each.get("id")
        for each in _elements(parts, "xl/workbook.xml", "sheet")
        if each.get("name") == sheet
    ]
    for each in _elements(parts, "xl/_rels/workbook.xml.rels", "Relationship"):
        if each.get("Id") in relations:
            target = posixpath.normpath(posixpath.join("/xl", each.get("Target", "")))
            name = target.lstrip("/")
            return name if name in parts.namelist() else None
    return None


def _elements(parts: zipfile.ZipFile, name: str, tag: str) -> list[dict[str, str]]:
    """Return the attributes of each such element in a small part, without their prefixes."""
    try:
        if parts.getinfo(name).file_size > _SMALL:
            raise damaged()
        text = parts.read(name).decode("utf-8")
    except (KeyError, UnicodeDecodeError) as error:
        raise damaged() from error
    return [
        {key.rpartition(":")[2]: unescape(one or other) for key, one, other in found}
        for inside in re.findall(rf"<(?:[^\s<>/:]+:)?{tag}\s([^<>]*)>", text)
        if (found := _ATTRIBUTE.findall(inside))
    ]


def _too_many() -> BadInput:
    return BadInput(
        f"More than {MOST:,} cells of the workbook hold a formula without a result.",
        kept=NOTHING_KEPT,
        next="Open it in Excel, look at the formulas, save it and send it again; or send values.",
    )

"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import DEFAULT

NOTHING_KEPT = "Nothing was kept."
SAVE_AS = "Save it as an Excel workbook (.xlsx) or as CSV, and send that."

HEAD = 8192
"""Bytes at the start of a file that tell what it is."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a packed file (gzip)"),
    (b"BZh", "a packed file (bzip2)"),
    (b"\xfd7zXZ", "a packed file (xz)"),
    (b"7z\xbc\xaf\x27\x1c", "a packed file (7-Zip)"),
    (b"Rar!", "a packed file (RAR)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_MARKUP = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"{", "a JSON file"),
    (b"[", "a JSON file"),
)
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_STRAY = 64
"""Zeros that a file of text may hold: programs that fill fields up leave some behind."""


def kind_of(path: Path) -> str:
    """Return "csv", "json_lines", "xml", "xlsx", "ods" or "zip".

    Anything else is refused, saying what it is.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(0)
        first = file.readline(DEFAULT.line).removeprefix(b"\xef\xbb\xbf").strip()
    if first.startswith(b"{") and first.endswith(b"}"):
        return "json_lines"
    if not head.strip():
        raise BadInput("The file is empty.", kept=NOTHING_KEPT, next="Export it again and look.")
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    if head.startswith(_OLE):
        raise _refused_ole(path)
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise not_a_table(what)
    text = _beginning(head)
    for opening, what in _MARKUP:
        if text.startswith(opening):
            raise not_a_table(what)
    if text.startswith(b"<"):
        return "xml"
    if head.count(0) > max(_STRAY, len(head) // 100) and not looks_like_utf16(head):
        raise not_a_table("not a file of text")
    return "csv"


def _beginning(head: bytes) -> bytes:
    """Return how a file of text begins, in small letters and in one encoding."""
    if looks_like_utf16(head):
        head = head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()


def not_a_table(what: str) -> BadInput:
    """Say what was sent in place of a table."""
    return BadInput(f"This is {what}, not a table.", kept=NOTHING_KEPT, next=SAVE_AS)


def looks_like_utf16(head: bytes) -> bool:
    """Text in UTF-16 has a zero in every second byte, or says so in its first two."""
    if head.startswith(_BOMS):
        return True
    even, odd = head[0::2], head[1::2]
    fewer, more = sorted((even.count(0), odd.count(0)))
    return fewer == 0 and more * 2 > len(odd)


def _refused_ole(path: Path) -> BadInput:
    """Old Excel files and encrypted workbooks share the same container."""
    with path.open("rb") as file:
        directory = file.read(1 << 20)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return BadInput(
            "This workbook is protected with a password.",
            kept=NOTHING_KEPT,
            next="Remove the password in Excel (File, Info, Protect Workbook), and send it by the "
            "agreed safe way.",
        )
    return BadInput("This is an old Excel or Word file.", kept=NOTHING_KEPT, next=SAVE_AS)


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged() from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise BadInput("This is a binary workbook (.xlsb).", kept=NOTHING_KEPT, next=SAVE_AS)
    if "mimetype" in names and "content.xml" in names:
        return "ods"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise not_a_table("a document")
    return "zip"


def has_macros(ending: str) -> BadInput:
    """Say that a workbook has macros; `ending` is that of one without."""
    return BadInput(
        "The workbook has macros, which we do not take.",
        kept=NOTHING_KEPT,
        next=f"Save it as a workbook without macros ({ending}), and send that.",
    )


def damaged() -> BadInput:
    """Say that a workbook does not open."""
    return BadInput(
        "The workbook is damaged or was cut short.",
        kept=NOTHING_KEPT,
        next="Open it in Excel, save it again as .xlsx and send that.",
    )

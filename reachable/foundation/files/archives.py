"""Zip files, and what is packed like one: looked at before anything is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT, SAVE_AS
from reachable.foundation.files.limits import Limits, say_size
from reachable.foundation.files.whole import told_if_full

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    struct.error,
)
"""What Python raises where a zip file is damaged."""
_CHUNK = 1 << 18
_BESIDE = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
"""What operating systems put beside the files that people pack."""


def inspect_entries(parts: zipfile.ZipFile, limits: Limits, what: str) -> None:
    """Raise BadInput where the list of parts alone says that a file is a trap.

    `what` names it in the sentence: "workbook", "zip file".
    """
    entries = parts.infolist()
    if len(entries) > limits.entries:
        raise _refused(f"The {what} has {len(entries):,} parts; a table has a dozen.", what)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) != len(names):
        raise _refused(f"The {what} holds the same part twice.", what)
    for entry in entries:
        _inspect_entry(entry, limits, what)
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise unpacks_too_large(limits, what)
    if parts.comment:
        raise _refused(f"The {what} has something after its end.", what)
    reached = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < reached:
            raise _refused(f"Parts of the {what} overlap.", what)
        reached = entry.header_offset + entry.compress_size


def _inspect_entry(entry: zipfile.ZipInfo, limits: Limits, what: str) -> None:
    name = entry.filename
    outside = name.startswith(("/", "\\")) or ":" in name or "\\" in name
    if outside or ".." in name.split("/") or not name.isprintable():
        raise _refused(f"A part of the {what} has a name that points outside it.", what)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(f"A part of the {what} is a link to another file.", what)
    if entry.flag_bits & 0x1:
        raise _refused(f"A part of the {what} is encrypted.", what)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(f"The {what} is packed in a way that we do not unpack.", what)
    if too_dense(entry.file_size, entry.compress_size, limits):
        raise unpacks_too_large(limits, what)


def too_dense(unpacked: int, packed: int, limits: Limits) -> bool:
    """Tell whether so many bytes are packed so tightly that it must be meant to stop a system."""
    return unpacked > limits.ratio_from and unpacked > packed * limits.ratio


def unpacks_too_large(limits: Limits, what: str) -> BadInput:
    """Say that a file would be far larger than what was sent."""
    return BadInput(
        f"Unpacked, this {what} would be larger than {say_size(limits.unpacked)}, or far larger "
        "than what was sent. Such files are made to stop a system.",
        kept=NOTHING_KEPT,
        next="If it is a real export, send it as CSV or in parts.",
    )


def files_in(path: Path, limits: Limits) -> list[str]:
    """Return the names of the files in a zip file, in their order; raise BadInput for a trap."""
    try:
        with zipfile.ZipFile(path) as parts:
            inspect_entries(parts, limits, "zip file")
            names = [entry.filename for entry in parts.infolist() if not entry.is_dir()]
    except DAMAGED as error:
        raise _cut_short() from error
    return [
        name
        for name in names
        if not name.lower().rsplit("/", 1)[-1].startswith("._")
        and not any(beside in name.lower() for beside in _BESIDE)
    ]


def unpack(path: Path, name: str, target: Path, limits: Limits) -> None:
    """Unpack one file; raise BadInput where it is larger than the zip file says, or damaged."""
    try:
        with zipfile.ZipFile(path) as parts:
            entry = parts.getinfo(name)
            size = 0
            with told_if_full(), parts.open(entry) as part, target.open("wb") as file:
                while chunk := part.read(_CHUNK):
                    size += len(chunk)
                    if size > entry.file_size or too_dense(size, entry.compress_size, limits):
                        raise unpacks_too_large(limits, "zip file")
                    file.write(chunk)
    except DAMAGED as error:
        raise _cut_short() from error


def _cut_short() -> BadInput:
    return BadInput(
        "The zip file is damaged or was cut short.",
        kept=NOTHING_KEPT,
        next="Pack it again and send it.",
    )


def _refused(sentence: str, what: str) -> BadInput:
    again = "Pack it again from the tables themselves." if what == "zip file" else SAVE_AS
    return BadInput(sentence, kept=NOTHING_KEPT, next=again)

"""Opens one table from a file that somebody sent, by what the file is and not by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from reachable.foundation.errors import BadInput
from reachable.foundation.files.archives import files_in, unpack
from reachable.foundation.files.csv_tables import open_csv
from reachable.foundation.files.json_lines import open_json_lines
from reachable.foundation.files.kinds import NOTHING_KEPT, kind_of, not_a_table
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.ods_tables import open_ods
from reachable.foundation.files.rows import Row, Table, too_large
from reachable.foundation.files.xlsx_tables import open_xlsx
from reachable.foundation.files.xml_tables import open_xml


def no_such_file(name: str = "") -> BadInput:
    """Say that a file is not where it was looked for."""
    called = f": “{name}”" if name else ""
    return BadInput(f"There is no such file{called}.", next="Check its name and folder.")


def open_table(path: Path, limits: Limits = DEFAULT) -> Table:
    """Look into a file and open it; raise BadInput, in a sentence, if it is no table."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise no_such_file() from error
    if not path.is_file():
        raise BadInput("This is a folder or a device, not a file.", kept=NOTHING_KEPT)
    if size > limits.size:
        raise too_large(size, limits)
    if size == 0:
        raise BadInput("The file is empty.", kept=NOTHING_KEPT, next="Export it again and look.")
    try:
        kind = kind_of(path)
    except OSError as error:
        raise BadInput(
            "The file cannot be opened.", kept=NOTHING_KEPT, next="Check who may read it."
        ) from error
    if kind == "zip":
        return _open_packed(path, limits)
    state = _state(path)
    table = _OPEN[kind](path, size, limits)
    return replace(table, read=partial(_unchanged, table.read, path, state))


_OPEN: dict[str, Callable[[Path, int, Limits], Table]] = {
    "csv": open_csv,
    "json_lines": open_json_lines,
    "ods": open_ods,
    "xlsx": open_xlsx,
    "xml": open_xml,
}


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _unchanged(
    read: Callable[[], Iterator[Row]], path: Path, state: tuple[int, int] | None
) -> Iterator[Row]:
    """Yield the rows; raise BadInput where the file was written to since it was opened."""
    try:
        yield from read()
    except GeneratorExit:
        raise
    except Exception as error:
        _refuse_changed(path, state, error)
        raise
    _refuse_changed(path, state)


def _refuse_changed(
    path: Path, state: tuple[int, int] | None, because: Exception | None = None
) -> None:
    # A file that was removed meanwhile is read to its end from what is still open.
    if (now := _state(path)) is not None and now != state:
        raise BadInput(
            "The file changed while it was read: another program is writing it.",
            kept=NOTHING_KEPT,
            next="Wait until it is written, or close that program, and try again.",
        ) from because


def _open_packed(path: Path, limits: Limits) -> Table:
    """Open the one table of a zip file; it lies unpacked beside for as long as it may be read."""
    names = files_in(path, limits)
    if len(names) != 1:
        held = ", ".join(f"“{name}”" for name in names[:5]) or "nothing"
        raise BadInput(
            f"The zip file holds {len(names)} files ({held}), and this feed takes one table.",
            kept=NOTHING_KEPT,
            next="Pack each table by itself and send it.",
        )
    folder = TemporaryDirectory(prefix="reachable-unpacked-")
    inner = Path(folder.name) / "table"
    unpack(path, names[0], inner, limits)
    if kind_of(inner) == "zip":
        raise not_a_table("a zip file inside a zip file")
    table = open_table(inner, limits)

    def read() -> Iterator[Row]:
        # Holds the folder: it is removed once nobody can read the table any more.
        assert folder.name
        return table.read()

    return replace(table, notes=(f"“{names[0]}” of the zip file.", *table.notes), read=read)

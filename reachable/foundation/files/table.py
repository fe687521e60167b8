"""Opens one table from a file that somebody sent, by what the file is and not by its name."""

from __future__ import annotations

from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.csv_tables import open_csv
from reachable.foundation.files.json_lines import open_json_lines
from reachable.foundation.files.kinds import NOTHING_KEPT, kind_of
from reachable.foundation.files.limits import DEFAULT, Limits
from reachable.foundation.files.rows import Table, too_large
from reachable.foundation.files.xlsx_tables import open_xlsx


def open_table(path: Path, limits: Limits = DEFAULT) -> Table:
    """Look into a file and open it; raise BadInput, in a sentence, if it is no table."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise BadInput("There is no such file.", next="Check its name and folder.") from error
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
    if kind == "xlsx":
        return open_xlsx(path, size, limits)
    if kind == "json_lines":
        return open_json_lines(path, size, limits)
    return open_csv(path, size, limits)

"""Files of a million rows: what reading and checking every row of one takes.

A file is read in a process of its own, as a large one is while it is loaded. Its columns are the
eight that a million rows have room for in a file of each format: XML may have 300 MB, and a
spreadsheet 800 MB unpacked.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.files.table import open_table
from reachable.foundation.time import today
from reachable.intake.checking import open_file
from reachable.intake.specification import feed

NAME = "Reading and checking XML and OpenDocument files of 1,000,000 rows"
BASELINE = "reading the same file with the same reader, checking nothing (to_parsing)"
ROWS = 1_000_000
FEED = "police_custody"
HEADINGS = (
    *("Custody No", "Attendance Type", "Arrival Date", "Arrival Time"),
    *("Station", "Surname", "Forename(s)", "DOB"),
)
_FAMILY = ("Marwick", "Adeyemi", "Sample", "Osei", "Kowal", "Bright", "Hassan", "Nowak", "Lark")
_GIVEN = ("Tobin", "Ruth", "Kacper", "Amira", "Daniel", "Wren", "Idris", "Tamsin", "Chidi", "Ebony")
_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def run() -> dict[str, Any]:
    numbers: dict[str, Any] = {"rows": ROWS}
    for kind, write in (("xml", _write_xml), ("ods", _write_ods)):
        path = Path(settings.UPLOAD_DIR) / f"custody.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
        found = _apart("check", path)
        parsing = _apart("read", path)
        if found["rows"] != ROWS:
            raise RuntimeError(f"{found['rows']} rows were read of {path.name}")
        numbers |= {
            f"{kind}_file_mb": path.stat().st_size // 10**6,
            f"{kind}_rows_per_second": round(ROWS / found["seconds"]),
            f"{kind}_to_parsing": round(found["seconds"] / parsing["seconds"], 2),
            f"{kind}_peak_memory_mb": found["peak"],
            f"target_{kind}_peak_memory_mb": 1000,
        }
        path.unlink()
    return numbers


def _apart(what: str, path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.file_memory", what, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(what: str, path: Path) -> dict[str, Any]:
    started, rows = time.perf_counter(), 0
    if what == "check":
        for _ in open_file(feed(FEED), path).rows(today()):
            rows += 1
    else:
        for _ in open_table(path, DEFAULT).rows():
            rows += 1
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"rows": rows, "seconds": seconds, "peak": peak}


def _rows() -> Iterator[tuple[str, ...]]:
    rng, until = random.Random(11), today()
    for serial in range(ROWS):
        arrived = until - timedelta(days=rng.randrange(1, 365))
        born = until - timedelta(days=rng.randrange(3700, 6500))
        family = f"{rng.choice(_FAMILY)}-{rng.choice(_FAMILY)}"
        yield (
            *(f"CU/{serial}", "Arrest", f"{arrived:%d/%m/%Y}", f"{rng.randrange(24):02d}:15"),
            *("Fenmarch", family, rng.choice(_GIVEN), f"{born:%d/%m/%Y}"),
        )


def _write_xml(path: Path) -> None:
    """Names of elements have no spaces; the feed knows its headings without them too."""
    names = [heading.replace(" ", "_").replace("(s)", "s") for heading in HEADINGS]
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<custody>\n')
        for row in _rows():
            cells = " ".join(f"{n}={quoteattr(v)}" for n, v in zip(names, row, strict=True))
            out.write(f"<record {cells}/>\n")
        out.write("</custody>\n")


def _write_ods(path: Path) -> None:
    """As LibreOffice saves it, apart from styles."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("mimetype", kind, zipfile.ZIP_STORED)
        packed.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
        with packed.open("content.xml", "w", force_zip64=True) as part:
            part.write(
                f"<office:document-content {_SPACES}><office:body><office:spreadsheet>"
                '<table:table table:name="Custody">'.encode()
            )
            part.write(_ods_row(HEADINGS))
            for row in _rows():
                part.write(_ods_row(row))
            part.write(
                b"</table:table></office:spreadsheet></office:body></office:document-content>"
            )


def _ods_row(row: tuple[str, ...]) -> bytes:
    cells = "".join(
        '<table:table-cell office:value-type="string"><text:p>'
        f"{escape(cell)}</text:p></table:table-cell>"
        for cell in row
    )
    return f"<table:table-row>{cells}</table:table-row>".encode()


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))

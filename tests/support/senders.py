"""The one file for senders, run by Python without its packages and watched while it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BARE = [sys.executable, "-I", "-S"]
"""Python without its packages, without a user's own and without any variable."""

GUARDED = """
import os, runpy, sys, zoneinfo
zoneinfo.reset_tzpath(to=())  # as on Windows
def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "ftplib.", "smtplib.", "http.")):
        os.write(2, b"reached for the network: " + event.encode())
        os._exit(97)
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        os._exit(98)
    if event == "open" and arguments[1] and set(arguments[1]) & set("wax+"):
        written.append(str(arguments[0]))
written = []
sys.addaudithook(watch)
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    tops = {name.partition(".")[0] for name in sys.modules}
    assert not tops & {"django", "psycopg", "jinja2", "sqlite3", "_sqlite3"}, tops
    at = sys.modules["orjson"].__file__, sys.modules["python_calamine"].__file__
    assert all(each.startswith(sys.argv[0]) for each in at), at
    print("WRITTEN", *written, file=sys.stderr)
"""


def run(
    one_file: Path, *arguments: object, folder: Path | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run it in an empty folder, without an environment, and watch what it reaches for."""
    return subprocess.run(
        [*BARE, "-c", GUARDED, str(one_file), *map(str, arguments)],
        cwd=folder or one_file.parent,
        env={},
        input=typed,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

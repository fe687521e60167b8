"""Point Django at a folder and a database of this test process, before settings are read.

Loaded by pytest as its first plugin. All processes of one run share a folder; each has a folder
and a database of its own in it, so that nothing of the developer's own is touched.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from dev.browser import driver_environment
from dev.paths import VAR

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def prepare() -> None:
    """Set the environment of this process and of those it starts."""
    if "REACHABLE_TEST_RUN" not in os.environ:
        _begin_run()
    own = run_folder() / WORKER
    own.mkdir()
    os.environ.update(
        driver_environment(),
        DJANGO_SETTINGS_MODULE="reachable.site.settings",
        REACHABLE_VAR=str(own),
        REACHABLE_KEY_FILE=str(run_folder() / "keys.json"),
        DATABASE_URL=database_url(WORKER),
        # Playwright keeps an event loop in the thread of the test, which Django takes for async.
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
    )
    for name in ("REACHABLE_CLOCK_FILE", "REACHABLE_ANCHOR_FILE", "REACHABLE_UPLOADS"):
        os.environ.pop(name, None)


def _begin_run() -> None:
    """Make the run's folder; the process that made it removes it, its forks do not."""
    folder = Path(tempfile.mkdtemp(prefix="reachable-tests-"))
    _keep_bytecode()
    os.environ["REACHABLE_TEST_RUN"] = str(folder)
    # One secret for all processes of a run: a session that one makes opens the pages of another.
    os.environ["REACHABLE_SECRET_KEY"] = secrets.token_urlsafe(48)
    os.environ["REACHABLE_TEST_SERVER"] = os.environ.get("DATABASE_URL", "")
    atexit.register(_end_run, folder, os.getpid())


def _keep_bytecode() -> None:
    """Keep what Python compiles in a folder that nobody sees, where it may not lie beside sources.

    Containers often forbid it, and each of the hundreds of processes that tests start would then
    compile all of Django again: three times the processor time of a start.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(VAR / "bytecode")


def _end_run(folder: Path, maker: int) -> None:
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def run_folder() -> Path:
    return Path(os.environ["REACHABLE_TEST_RUN"])


def on_postgres() -> bool:
    return os.environ["REACHABLE_TEST_SERVER"].startswith("postgres")


def database_name(label: str) -> str:
    """Name a database after this run, so that two runs on one server do not meet."""
    return f"reachable_{run_folder().name.removeprefix('reachable-tests-')}_{label}".lower()


def database_url(label: str) -> str:
    """Where this run's database `label` is, whether or not it has been made."""
    if not on_postgres():
        return f"sqlite://{run_folder() / database_name(label)}.db"
    server = os.environ["REACHABLE_TEST_SERVER"]
    return f"{server.rpartition('/')[0]}/{database_name(label)}"


prepare()

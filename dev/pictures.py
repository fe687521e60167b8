"""`dev pictures`: take the README's pictures again, of an invented partnership at a fixed hour.

The same seed and the same clock give the same people and the same times, so that a picture changes
only when the pages do.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dev import browser, setup
from dev.paths import PYTHON, ROOT
from dev.steps import Failed, run, step

IMAGES = ROOT / "docs" / "images"
AT_MOST = 200_000  # bytes a picture, so that the README opens quickly
AT = datetime.fromisoformat("2026-11-24T14:05:00+00:00")
SIZE = ["--children", "1200", "--months", "2"]
BRITISH = {"locale": "en-GB", "timezone_id": "Europe/London"}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1180, "height": 840}, **BRITISH}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 700},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    **BRITISH,
}
TOGETHER = """<!doctype html><html lang="en"><title>Together</title><style>
body { margin: 0; background: #dbe4e3; }
main { position: relative; width: 1320px; height: 900px; overflow: hidden; }
img { position: absolute; box-shadow: 0 8px 32px rgb(18 65 74 / 30%%); }
.desktop { left: 28px; top: 28px; border-radius: 8px; }
.phone { right: 28px; bottom: 28px; width: 312px; border: 8px solid #17232b; border-radius: 28px; }
</style><main><img class="desktop" src="%s" alt=""><img class="phone" src="%s" alt=""></main>"""


def main(arguments: list[str]) -> int:
    """Set up, then take them with the Python that has a browser."""
    if arguments:
        raise Failed("`dev pictures` takes no arguments.")
    setup.prepare()
    setup.prepare_browser()
    command = [str(PYTHON), "-m", "dev.pictures"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def take() -> None:
    """Make the partnership, sign in as its people, and write the pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder)) as address,
        step("Taking the pictures"),
    ):
        pictures = _pictures(address)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, content in pictures.items():
        if len(content) > AT_MOST:
            raise Failed(f"{name} has {len(content):,} bytes; the README takes {AT_MOST:,}.")
        (IMAGES / name).write_bytes(content)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The demonstration, loaded and served; its clock stands where the picture is taken."""
    clock, port = folder / "clock", _free_port()
    environment = {
        **os.environ,
        "REACHABLE_VAR": str(folder),
        "REACHABLE_CLOCK_FILE": str(clock),
        "DATABASE_URL": "",
    }
    reachable = [str(PYTHON), "-m", "reachable"]
    clock.write_text(AT.isoformat())
    with step("Making an invented partnership"):
        run(
            [*reachable, "demo", "--exit", "--port", str(port), *SIZE],
            failing="The demonstration could not be made.",
            environment=environment,
        )
    # Loading took a while; the picture is of two minutes after its end.
    clock.write_text((AT + timedelta(minutes=2)).isoformat())
    server = subprocess.Popen(
        [*reachable, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _pictures(address: str) -> dict[str, bytes]:
    from playwright.sync_api import Page, sync_playwright

    os.environ.update(browser.driver_environment())

    def opened(size: dict[str, Any], username: str, path: str) -> Page:
        page = chromium.new_context(**size).new_page()
        page.goto(f"{address}/sign-in/")
        page.locator(f"button[value='{username}']").click()
        page.get_by_role("button", name="Go on with this code").click()
        page.goto(f"{address}{path}")
        return page

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        worklist = opened(DESKTOP, "duty.first", "/worklist/").screenshot()
        sent = opened(PHONE, "custody.sergeant", "/signals/")
        sent.locator("main li a").first.click()
        sent.wait_for_load_state()
        signal = sent.screenshot()
        sheet = chromium.new_context(viewport={"width": 1320, "height": 900}).new_page()
        sheet.set_content(TOGETHER % (_embedded(worklist), _embedded(signal)))
        together = sheet.locator("main").screenshot()
        chromium.close()
    return {"worklist.png": together, "signal.png": signal}


def _embedded(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise Failed("The server did not start.")


if __name__ == "__main__":
    try:
        take()
    except Failed as failed:
        sys.exit(str(failed))

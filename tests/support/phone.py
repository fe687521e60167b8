"""The app on somebody's phone: a browser with a folder of its own, which can be killed and read."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright, expect

from dev import browser as chromium
from tests.support.pages import PHONE, be_signed_in
from tests.support.releases import Releases
from tests.support.servers import Server

PIN = "teapot 7 lamp"
TEN_SECONDS = 10_000  # milliseconds
PATIENCE = 30_000  # milliseconds: making a key from a PIN is slow on purpose
ENDS_WITHIN = 10.0  # seconds


class Phone:
    """One phone with its owner, from the first sign-in to the last byte on its disk."""

    def __init__(
        self, playwright: Playwright, folder: Path, server: Server | Releases, **more: Any
    ) -> None:
        self._playwright, self._folder, self._server = playwright, folder, server
        self._more = {**PHONE, **chromium.launch_options(), **more}
        self.context: BrowserContext
        self.page: Page
        self.start()

    def start(self) -> None:
        """Start the browser on its folder, as after a restart of the phone."""
        self._is_killed = False
        self.context = self._playwright.chromium.launch_persistent_context(
            self._folder, **self._more
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()

    def open(self) -> Page:
        self.page.goto(f"{self._server.url}/app/")
        return self.page

    def set_up(self, username: str, pin: str = PIN) -> Page:
        """Sign in once with signal, choose a PIN, and wait until it works without."""
        page = self.open()
        link = page.get_by_role("link", name="Sign in")
        link.wait_for()
        be_signed_in(self.context, self._server.url, username)
        link.click()
        self.choose_pin(pin)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        # As after a page of signing in: what its header shows is kept by the browser.
        page.evaluate("fetch('/static/foundation/mark.svg').then(answer => answer.blob())")
        return page

    def choose_pin(self, pin: str = PIN) -> None:
        self.page.get_by_label("PIN", exact=True).fill(pin)
        self.page.get_by_label("The same PIN again").fill(pin)
        self.page.get_by_role("button", name="Fetch my day").click()
        self.sees("Your moments")

    def unlock(self, pin: str = PIN) -> None:
        self.page.get_by_label("PIN", exact=True).fill(pin)
        self.page.get_by_role("button", name="Open", exact=True).click()

    def sees(self, heading: str) -> None:
        """Wait for a screen; what has the focus is its heading, for whoever listens."""
        title = self.page.get_by_role("heading", level=1, name=heading)
        expect(title).to_be_visible(timeout=PATIENCE)
        expect(title).to_be_focused()

    def sees_still(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def press(self, name: str) -> None:
        button = self.page.get_by_role("button", name=name, exact=True)
        # Somebody with large letters moves it out from under the bar before they touch it.
        button.evaluate("each => each.scrollIntoView({ block: 'center' })")
        button.click()

    def home(self) -> None:
        """Go back, as with the phone's own button, to the list of the day."""
        heading = self.page.get_by_role("heading", level=1)
        while (before := heading.inner_text()) != "Your moments":
            self.page.go_back()
            expect(heading).not_to_have_text(before)

    def begin(self, child: str, guide: str) -> None:
        """Begin a conversation from the list of the day."""
        self.page.get_by_role("button", name=child).first.click()
        self.press("Start a conversation")
        self.page.get_by_role("button", name=guide).click()
        self.press("Start")

    def go_to(self, part: str) -> None:
        """Go on, part by part, leaving out what lies between."""
        heading = self.page.get_by_role("heading", level=1)
        for _ in range(20):
            if heading.inner_text() == part:
                return
            before = self.page.locator(".progress").inner_text()
            self.press("Next")
            expect(self.page.locator(".progress")).not_to_have_text(before)
        raise AssertionError(f"there is no part “{part}”")

    def is_saved(self) -> None:
        """Wait until what was typed is on the disk, as it is a moment after the last letter."""
        self.page.wait_for_timeout(400)
        expect(self.page.locator(".top__sent")).to_contain_text("not sent yet")

    def let_pass(self, milliseconds: int) -> None:
        """Let time pass, with a while for the network every ten seconds of it.

        The app gives up waiting for an answer after twenty: a clock that is moved by more at once
        outruns every server.
        """
        for left in range(milliseconds, 0, -TEN_SECONDS):
            self.page.clock.run_for(min(TEN_SECONDS, left))
            self.page.wait_for_timeout(300)

    def all_is_sent(self) -> None:
        """Let the app try every ten seconds until everything is sent."""
        sent = self.page.locator(".top__sent")
        deadline = time.monotonic() + 2 * PATIENCE / 1000
        while "All sent" not in sent.inner_text():
            assert time.monotonic() < deadline, sent.inner_text()
            self.page.clock.run_for(TEN_SECONDS)
            self.page.wait_for_timeout(1_500)

    def without_signal(self, gone: bool = True) -> None:
        self.context.set_offline(gone)

    def kill(self) -> None:
        """End every process of the browser at once, as an empty battery would."""
        self._is_killed = True
        for process in self._processes():
            os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + ENDS_WITHIN
        while any(True for _ in self._processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self._folder / name).unlink(missing_ok=True)

    def _processes(self) -> Iterator[int]:
        """Those that were started on this phone's own folder."""
        wanted = f"--user-data-dir={self._folder}".encode()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if wanted in (entry / "cmdline").read_bytes().split(b"\0"):
                    yield int(entry.name)
            except OSError:
                continue

    def close(self) -> None:
        if not self._is_killed:
            self.context.close()

    def found_on_disk(self, *words: str | bytes) -> dict[str | bytes, list[str]]:
        """Return where any of the words stands in the browser's files, as it writes text."""
        wanted = {word: _in_files(word) for word in words}
        found: dict[str | bytes, list[str]] = {}
        for path in self._folder.rglob("*"):
            if path.is_symlink() or not path.is_file():
                continue
            held = path.read_bytes()
            for word, pattern in wanted.items():
                if pattern.search(held):
                    found.setdefault(word, []).append(str(path.relative_to(self._folder)))
        return found


def _in_files(word: str | bytes) -> re.Pattern[bytes]:
    codes = [word] if isinstance(word, bytes) else map(word.encode, ("utf-8", "utf-16-le"))
    return re.compile(b"|".join(map(re.escape, codes)), re.IGNORECASE)


Take = Callable[..., Phone]

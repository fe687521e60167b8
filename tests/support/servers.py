"""A server and a worker as real processes, on a database and a clock of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.databases import Database

REACHABLE = Path(sys.executable).with_name("reachable")
STARTS_WITHIN = 30.0  # seconds, on a busy machine
STOPS_WITHIN = 10.0


class Server:
    """`reachable serve` and `reachable worker`, and the shell beside them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def set_clock(self, instant: datetime) -> None:
        """Make it `instant` for every process on this database; time goes on from there."""
        draft = self.database.folder / "clock.draft"
        draft.write_text(instant.isoformat(), encoding="ascii")
        draft.replace(self.database.folder / "clock")

    def shell(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `reachable …` to its end on this database."""
        done = subprocess.run(
            [REACHABLE, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"reachable {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done

    def shell_json(self, *arguments: str) -> dict[str, Any]:
        """Run a shell command with --json and read the object on its last line."""
        last = self.shell(*arguments, "--json").stdout.strip().splitlines()[-1]
        answer: dict[str, Any] = json.loads(last)
        return answer

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `reachable name …` in a process group of its own; its output goes to a file."""
        with open(self._log(name), "ab") as log:
            process = subprocess.Popen(
                [REACHABLE, name, *arguments],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[name] = process
        return process

    def serve(self) -> None:
        """Start the server and return when it answers."""
        process = self.start("serve", "--port", str(self.port))
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The server did not start.\n{self.log('serve')}")
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """End it as a power cut would."""
        self._end(name, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """Ask it to end, as an operator would."""
        self._end(name, signal.SIGTERM)

    def stop_all(self) -> None:
        for name in list(self._running):
            self.stop(name)

    def log(self, name: str) -> str:
        """What the process `name` has printed so far."""
        return self._log(name).read_text(errors="replace")

    def _log(self, name: str) -> Path:
        return self.database.folder / f"{name}.log"

    def _environment(self) -> dict[str, str]:
        return {**self.database.environment, "REACHABLE_URL": self.url}

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/sign-in/", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def _end(self, name: str, how: signal.Signals) -> None:
        process = self._running.pop(name)
        if process.poll() is None:
            os.killpg(process.pid, how)
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def running(database: Database) -> Iterator[Server]:
    """A server and a worker on `database`, ended after the block."""
    server = Server(database)
    try:
        server.serve()
        server.start("worker")
        yield server
    finally:
        server.stop_all()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

"""Steps that say what they do, how long it took, and in one sentence why they failed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dev.paths import ROOT

SHOWN_LINES = 60  # of the output of a failed command


class Failed(Exception):
    """A step failed; the text is a sentence for the person at the keyboard."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show `name`, then how many seconds the block took. Goes to standard error."""
    terminal = sys.stderr.isatty()
    if terminal:
        print(f"  {name:<40} …", end="\r", file=sys.stderr, flush=True)
    started = time.monotonic()
    yield
    print(f"  {name:<40} {time.monotonic() - started:6.1f} s", file=sys.stderr, flush=True)


def run(
    command: Sequence[str | Path], *, failing: str, environment: Mapping[str, str] | None = None
) -> str:
    """Run quietly from the repository's root and return what was printed.

    Raises Failed with the sentence `failing` and the end of the output.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-SHOWN_LINES:])
        raise Failed("\n\n".join(filter(None, [failing, tail])))
    return done.stdout


def digest(*parts: Path | str) -> str:
    """Return one hash of the files' contents and the strings."""
    sha = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        sha.update(len(content).to_bytes(8, "big") + content)
    return sha.hexdigest()


class Stamp:
    """A file beside what a step made, holding the hash of what it was made from.

    It lies in the same folder and goes with it, so that no step is skipped for want of its result.
    """

    def __init__(self, file: Path, *parts: Path | str) -> None:
        self.file = file
        self.digest = digest(*parts)

    def is_fresh(self) -> bool:
        try:
            return self.file.read_text() == self.digest
        except FileNotFoundError:
            return False

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)

    def press(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.digest)

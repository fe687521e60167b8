"""The demonstration: a partnership that does not exist, loaded through the real pipeline.

The server answers first, so that loading can be watched in the browser; the worker begins when the
invented year has caught up with the clock, since until then nobody's time to answer is real.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
from django.conf import settings
from django.core.management import call_command

from reachable.access.selectors import demonstration_accounts
from reachable.access.services import name_partnership
from reachable.access.views import DEMONSTRATION_PASSWORD
from reachable.audit import services as audit
from reachable.foundation import progress
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now
from reachable.foundation.words import plural
from reachable.intake.selectors import totals
from reachable.moments.selectors import counts
from reachable.people.selectors import how_many
from reachable.synthetic import cadence, feeds, partnership
from reachable.synthetic.arrival import fall_sick, refuse_real, set_up
from reachable.synthetic.closing import open_and_close
from reachable.synthetic.dataset import bring_social_care, return_tonight
from reachable.synthetic.directory import fill_directory
from reachable.synthetic.feeds import Manifest
from reachable.synthetic.joining import invite_some
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.replay import Progress, replay
from reachable.synthetic.sharing import share_a_few
from reachable.synthetic.terms import enter_terms
from reachable.synthetic.translating import enter_words
from reachable.synthetic.watching import look_about

WORK = "demonstration"
TITLE = "An invented year is being loaded"
STARTS_WITHIN = 60.0
TELL_EVERY = 0.5


@click.command()
@click.option("--exit", "and_exit", is_flag=True, help="Load to the end, print a summary, stop.")
@click.option("--port", default=8000, show_default=True)
@click.option("--children", default=partnership.DEFAULT_CHILDREN, show_default=True)
@click.option("--months", default=partnership.DEFAULT_MONTHS, show_default=True)
def demo(and_exit: bool, port: int, children: int, months: int) -> None:
    """Show Reachable with a fictional partnership, on this machine only."""
    began = float(os.environ.get("REACHABLE_STARTED_AT") or now().timestamp())
    _refuse_taken(port)
    call_command("migrate", verbosity=0, interactive=False)
    try:
        refuse_real()
    except BadInput as error:
        raise click.ClickException(str(error)) from None
    with _stopping() as children_running:
        address = f"http://127.0.0.1:{port}"
        children_running.append(_start("serve", "--port", str(port)))
        fresh = not progress.is_finished(WORK)
        if fresh:
            progress.report(WORK, TITLE, 0, 0, "making the children")
        _wait_for(address, children_running[0])
        _say(f"The first page is at {address} ({now().timestamp() - began:.0f} seconds)", and_exit)
        _load(children, months, fresh, and_exit)
        if not and_exit:
            children_running.append(_start("worker"))
        summary = _summary(began)
        _tell(summary, address, and_exit)
        if and_exit:
            _fetch(address)
            click.echo(json.dumps(summary))
            return
        for process in children_running:
            process.wait()


def _load(children: int, months: int, fresh: bool, quiet: bool) -> None:
    """Load the year, or what is left of it. Later starts only make the rota reach further."""
    folder = Path(settings.VAR_DIR) / "demonstration"
    made, manifest = _made(folder, children, months)
    set_up(made, password=DEMONSTRATION_PASSWORD)
    enter_terms(made)
    fill_directory(made)
    enter_words(made)
    if not fresh:
        return
    name_partnership(by=system("demonstration"), name=made.places.area.name, fictional=True)

    replay(made, manifest, password=DEMONSTRATION_PASSWORD, tell=_Telling(quiet).tell)
    bring_social_care(made)
    fall_sick(made)
    invite_some(made)
    return_tonight(made)
    open_and_close(made)
    share_a_few(made)
    look_about()
    audit.seal(by=system("sealer"))
    progress.finish(WORK)


class _Telling:
    """Says how far it is: on the pages twice a second, in a terminal as often, in a log monthly."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._moving = (sys.stderr if quiet else sys.stdout).isatty()
        self._told_at = 0.0
        self._month = 0

    def tell(self, at: Progress) -> None:
        last = at.done == at.total
        if time.monotonic() - self._told_at < TELL_EVERY and not last:
            return
        self._told_at = time.monotonic()
        words = f"{at.rows:,} records, up to {at.at.day} {at.at:%B %Y}"
        until_then = ". Until it reaches today, clocks show times long past." if not last else ""
        progress.report(WORK, TITLE, at.done, at.total, f"{words}{until_then}")
        if self._moving or last or at.at.month != self._month:
            self._month = at.at.month
            line = f"  {at.done} of {at.total} files, {words}"
            _say(f"{line:60}", self._quiet, moving=self._moving and not last)


def _made(folder: Path, children: int, months: int) -> tuple[Partnership, Manifest]:
    """Make the year, or the same year again; its last day is decided once."""
    stands = (folder / feeds.MANIFEST_FILE).exists()
    if stands:
        manifest = feeds.read_manifest(folder)
        made = partnership.make(
            manifest.seed, manifest.children, manifest.months, until=manifest.until
        )
        return made, manifest
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    until = cadence.last_sending(now())
    made = partnership.make(partnership.DEFAULT_SEED, children, months, until=until)
    return made, feeds.write(made, folder)


def _summary(began: float) -> dict[str, int | float]:
    by = system("demonstration")
    return {
        **totals(by=by),
        "people": how_many(by=by),
        **counts(by=by),
        "seconds": round(now().timestamp() - began, 1),
    }


def _in_words(summary: dict[str, int | float]) -> str:
    of = {name: int(count) for name, count in summary.items()}
    return (
        f"{plural(of['signals'], 'signal', 'signals')} about "
        f"{plural(of['people'], 'person', 'people')} opened "
        f"{plural(of['moments'], 'reachable moment', 'reachable moments')} in the year. In "
        f"{of['reached']:,} the child was reached. "
        f"{plural(of['missed'], 'clock', 'clocks')} ran out first, {of['told_too_late']:,} of them "
        f"before anybody here was told. {plural(of['overdue'], 'is', 'are')} overdue now, and "
        f"{plural(of['quarantined'], 'row waits', 'rows wait')} to be corrected. All of it is "
        "invented."
    )


def _tell(summary: dict[str, int | float], address: str, quiet: bool) -> None:
    say = (
        "",
        _in_words(summary),
        "",
        f"Open {address} and sign in as one of these, all with the password "
        f"“{DEMONSTRATION_PASSWORD}”; the page after it shows the code of an app:",
        *(f"  {name:18} {who}, {role.lower()}" for name, who, role in demonstration_accounts()),
        "",
        "Stop with Ctrl-C. `python3 dev demo` starts it again as it was.",
    )
    for line in say:
        _say(line, quiet)


def _say(line: str, quiet: bool, *, moving: bool = False) -> None:
    """Print for people: to standard error when the last line of output is for a program."""
    click.echo(f"{line}\r" if moving else line.rstrip(), err=quiet, nl=not moving)


def _refuse_taken(port: int) -> None:
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind(("127.0.0.1", port))
        except OSError:
            click.echo(
                f"Something else answers on port {port}, perhaps a demonstration that is still "
                "running. Nothing was changed. Stop it, or choose another with --port.",
                err=True,
            )
            raise SystemExit(1) from None


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "reachable", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def _stopping() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Whatever was started in this block ends with it, however it ends."""
    running: list[subprocess.Popen[bytes]] = []

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        yield running
    except KeyboardInterrupt:
        click.echo("\nStopped. What was loaded is kept.", err=True)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            _fetch(address)
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                click.echo("The server did not start; its message stands above.", err=True)
                raise SystemExit(1) from None
            time.sleep(0.05)


def _fetch(address: str) -> None:
    with urllib.request.urlopen(f"{address}/sign-in/", timeout=10) as answer:
        answer.read()

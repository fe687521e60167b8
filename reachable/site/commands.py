"""Which commands there are."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.core.management import call_command
from django.db import connection

from reachable.access.cli import group as account
from reachable.access.cli import partnership
from reachable.access.cli import provider_group as sign_in_providers
from reachable.audit.cli import group as audit
from reachable.conversations.cli import group as phones
from reachable.foundation import jobs
from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError
from reachable.foundation.outages import outage
from reachable.foundation.registries import rebuilders, references
from reachable.geography.cli import areas, postcodes
from reachable.governance.cli import group as governance
from reachable.intake.cli import group as feed
from reachable.moments.cli import group as moments
from reachable.people.cli import group as people
from reachable.provision.cli import group as directory
from reachable.site import granting
from reachable.site.bodies import THREADS
from reachable.synthetic.cli import synthetic
from reachable.synthetic.demo import demo

TICKS_EVERY = 0.25
"""Seconds between two looks at what is due."""
AFTER_AN_OUTAGE = 2.0
"""Seconds before the database is asked again."""
WELL_AFTER = 5.0
"""Seconds after which a worker that has come back counts as working."""
ENDS_WITHIN = 10.0

DOCS = Path(__file__).resolve().parents[2]


def add_to(main: click.Group) -> None:
    for command in (
        migrate,
        grant,
        serve,
        worker,
        rebuild,
        docs,
        account,
        areas,
        audit,
        directory,
        feed,
        governance,
        moments,
        partnership,
        people,
        phones,
        postcodes,
        sign_in_providers,
        synthetic,
        demo,
    ):
        main.add_command(command)


@click.command()
def migrate() -> None:
    """Bring the database up to this release."""
    call_command("migrate", verbosity=0, interactive=False)


@click.command()
@click.option("--role", required=True, help="The role that the server and the worker sign in as.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def grant(role: str, as_json: bool) -> None:
    """Let the application's role on PostgreSQL do its work and no more, after each migrate."""
    try:
        granted = granting.grant(role)
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    for rights in sorted(set(granted.values()), key=len):
        tables = [table for table, held in granted.items() if held == rights]
        click.echo(f"{rights}: {len(tables)} tables", err=as_json)
    if as_json:
        click.echo(json.dumps({"role": role, "tables": granted}))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port)]
    options += ["--workers", str(workers), "--blocking-threads", str(THREADS)]
    options += ["--no-ws", "--no-access-log"]
    program = "reachable.site.wsgi:application"
    os.execv(sys.executable, [sys.executable, "-m", "granian", *options, program])


@click.command()
def worker() -> None:
    """Do the work behind the pages: seal, tell, pass on, load files."""
    with ticking():
        while not _worked_to_the_end():
            time.sleep(AFTER_AN_OUTAGE)


def _worked_to_the_end() -> bool:
    """Work until told to stop; False where the database went away, to which one comes back."""
    name = jobs.worker_name()
    # It comes back only when it ends, so that somebody else has to say that it works.
    well = threading.Timer(WELL_AFTER, jobs.went_well, ["worker"])
    well.daemon = True
    well.start()
    try:
        jobs.settle_tasks(name)
        call_command("db_worker", interval=0.5, startup_delay=False, verbosity=0, worker_id=name)
    except Exception as error:
        if outage(error) is None:
            raise
        well.cancel()
        _outlive("worker", error)
        return False
    finally:
        well.cancel()
    return True


@contextmanager
def ticking() -> Iterator[None]:
    """Run what is due while the block lasts, each lane in a thread of its own."""
    stop = threading.Event()
    tickers = [
        threading.Thread(target=tick_until, args=(stop, lane), name=lane, daemon=True)
        for lane in jobs.lanes()
    ]
    for ticker in tickers:
        ticker.start()
    try:
        yield
    finally:
        stop.set()
        ends_by = time.monotonic() + ENDS_WITHIN
        for ticker in tickers:
            ticker.join(timeout=max(0.0, ends_by - time.monotonic()))


def tick_until(stop: threading.Event, lane: str) -> None:
    """Run what is due of a lane until told to stop; no error ends it, for nobody would notice."""
    who, pause = f"ticker of {lane}", TICKS_EVERY
    try:
        while not stop.wait(pause):
            try:
                if jobs.tick(lane):
                    jobs.went_well(who)
                pause = TICKS_EVERY
            except Exception as error:
                _outlive(who, error)
                pause = AFTER_AN_OUTAGE
    finally:
        connection.close()


def _outlive(who: str, error: Exception) -> None:
    """Let go of a connection that may be dead."""
    jobs.went_wrong(who, error)
    connection.close()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def rebuild(as_json: bool) -> None:
    """Make all derived facts again from what was received and decided."""
    by = system("rebuild")
    changed = {listed.key: listed.item(by) for listed in rebuilders.listed()}
    for name, count in changed.items():
        click.echo(f"{name}: {count} changed", err=as_json)
    if as_json:
        click.echo(json.dumps({"changed": changed}))


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when a page is stale.")
def docs(check: bool) -> None:
    """Write the reference pages that the product generates about itself."""
    stale = []
    for page in references.items():
        path = DOCS / page.path
        wanted = page.render()
        if path.exists() and path.read_text(encoding="utf-8") == wanted:
            continue
        stale.append(page.path)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
    for name in stale:
        click.echo(f"{name} {'is stale: run `reachable docs`' if check else 'written'}")
    raise SystemExit(1 if check and stale else 0)

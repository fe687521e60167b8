"""Which commands there are."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from pathlib import Path

import click
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection

from reachable.audit.cli import group as audit
from reachable.foundation import jobs
from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError
from reachable.foundation.registries import rebuilders, references
from reachable.intake.cli import group as feed
from reachable.site import granting
from reachable.synthetic.cli import synthetic
from reachable.synthetic.demo import demo

log = logging.getLogger("reachable.jobs")

AFTER_AN_OUTAGE = 2.0
"""Seconds before the database is asked again."""

DOCS = Path(__file__).resolve().parents[2]


def add_to(main: click.Group) -> None:
    for command in (migrate, grant, serve, worker, rebuild, docs, audit, feed, synthetic, demo):
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
    options += ["--workers", str(workers), "--blocking-threads", "4", "--no-access-log"]
    program = "reachable.site.wsgi:application"
    os.execv(sys.executable, [sys.executable, "-m", "granian", *options, program])


@click.command()
def worker() -> None:
    """Do the work behind the pages: seal, tell, pass on, load files."""
    stop = threading.Event()
    ticker = threading.Thread(target=tick_until, args=(stop,), name="ticker", daemon=True)
    ticker.start()
    try:
        while not _worked_to_the_end():
            time.sleep(AFTER_AN_OUTAGE)
    finally:
        stop.set()
        ticker.join(timeout=10)


def _worked_to_the_end() -> bool:
    """Work until told to stop; False where the database went away, to which one comes back."""
    try:
        call_command("db_worker", interval=0.5, startup_delay=False, verbosity=0)
    except (OperationalError, InterfaceError) as error:
        _outlive("worker", error)
        return False
    return True


def tick_until(stop: threading.Event) -> None:
    pause = 0.25
    while not stop.wait(pause):
        try:
            jobs.tick()
            pause = 0.25
        except (OperationalError, InterfaceError) as error:
            _outlive("ticker", error)
            pause = AFTER_AN_OUTAGE


def _outlive(who: str, error: Exception) -> None:
    """Let go of a connection that may be dead. Only the kind of error is logged."""
    log.error("%s: %s; going on as soon as the database answers", who, type(error).__name__)
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

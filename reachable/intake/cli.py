"""`reachable feed list | check | load`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.outages import outage
from reachable.foundation.time import today
from reachable.intake import loading, mappings, selectors, services
from reachable.intake.checking import CheckReport, check_file, open_file
from reachable.intake.specification import feed as feed_of
from reachable.intake.specification import feeds

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
COUNTED = ("accepted", "quarantined", "duplicates", "events", "moments")
WAITS = 0.5
"""Seconds before looking again how far another process is."""
FILE = click.Path(path_type=Path)


@click.group("feed")
def group() -> None:
    """What agencies send: the feeds there are, and files of them."""


def told(command: Callable[..., int]) -> Callable[..., None]:
    """End with the status that the command returns."""

    @wraps(command)
    def run(*, as_json: bool, **arguments: Any) -> None:
        raise SystemExit(command(as_json=as_json, **arguments))

    return run


@group.command("list")
@AS_JSON
@told
def list_feeds(*, as_json: bool) -> int:
    """Name every feed with what it is for."""
    for feed in feeds().values():
        click.echo(f"{feed.key}: {feed.title}. {feed.purpose}", err=as_json)
    if as_json:
        listed = [
            {
                "key": feed.key,
                "title": feed.title,
                "agency_kind": feed.agency_kind,
                "columns": [column.name for column in feed.columns],
            }
            for feed in feeds().values()
        ]
        click.echo(json.dumps({"feeds": listed}))
    return 0


@group.command()
@click.argument("feed")
@click.argument("file", type=FILE)
@AS_JSON
@told
def check(*, feed: str, file: Path, as_json: bool) -> int:
    """Say what would be accepted of FILE and what not, and why. Nothing is sent or written.

    Ends with 0 only if every row would be accepted.
    """
    report = check_file(feed_of(feed), file, today())
    _tell(report, quiet=as_json)
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    return 1 if report.refused else 0


def _tell(report: CheckReport, *, quiet: bool) -> None:
    for note in report.notes:
        click.echo(note, err=quiet)
    if report.not_read:
        click.echo(f"Not read: {', '.join(report.not_read)}.", err=quiet)
    for noted in report.problems:
        kind = "question: " if noted.problem.question else ""
        click.echo(
            f"Row {noted.row}: {kind}{noted.problem.sentence} {noted.problem.next}", err=quiet
        )
    beyond = sum(report.reasons.values()) - len(report.problems)
    if beyond > 0:
        click.echo(f"… and {beyond:,} more.", err=quiet)
    click.echo(
        f"{report.rows:,} rows: {report.accepted:,} would be accepted, "
        f"{report.refused:,} would wait to be corrected.",
        err=quiet,
    )


@group.command()
@click.argument("feed")
@click.argument("file", type=FILE)
@click.option("--agency", required=True, help="The key of the agency that the file comes from.")
@click.option("--history", is_flag=True, help="Past events: open no moments and tell nobody.")
@AS_JSON
@told
def load(*, feed: str, file: Path, agency: str, history: bool, as_json: bool) -> int:
    """Load FILE. What was interrupted goes on where it was; the same file counts once."""
    by = system("shell")
    sender = _sender(agency)
    specification = feed_of(feed)
    known = mappings.fitting(by=by, agency_id=sender, feed=specification.key, path=file)
    if known is None:
        open_file(specification, file)
    else:
        day = f"{known.made_at:%Y-%m-%d}"
        click.echo(f"Read with the mapping that {known.made_by} made on {day}.", err=True)
    with file.open("rb") as content:
        received = services.receive(
            by=by,
            agency_id=sender,
            feed=specification.key,
            file_name=file.name,
            content=content,
            history=history,
            mapping_id=known.id if known else None,
        )
    before = selectors.counted(by=by, delivery_id=received.delivery_id)
    services.begin_loading(by=by, delivery_id=received.delivery_id)
    try:
        done = loading.load(by=by, delivery_id=received.delivery_id)
        while done.state == "loading":
            # Another process was faster; should it die, the rest is loaded here.
            time.sleep(WAITS)
            done = loading.load(by=by, delivery_id=received.delivery_id)
    except Exception as error:
        raise outage(error, kept=_kept(received.delivery_id)) or error from None
    if done.state == "failed":
        click.echo(done.error, err=True)
    counts = {name: getattr(done, name) - before[name] for name in COUNTED}
    if received.again:
        click.echo(_again(before["last_row"], done.last_row), err=True)
        counts["duplicates"] += before["accepted"] + before["duplicates"]
        counts["quarantined"] = done.quarantined
    click.echo(
        "{accepted:,} rows accepted, {quarantined:,} to correct, {duplicates:,} came before; "
        "{events:,} events, {moments:,} moments.".format_map(counts),
        err=as_json,
    )
    if as_json:
        click.echo(json.dumps({"state": done.state, "again": received.again, **counts}))
    return 0 if done.state == "loaded" else 1


def _again(stopped: int, row: int) -> str:
    """Say of content that came earlier whether something was left to load."""
    if stopped and row > stopped:
        return f"It went on after row {stopped:,}, where it had stopped; each row counts once."
    return "This file came before; each of its rows counts once."


def _kept(delivery_id: UUID) -> str:
    """Say how far a load came that was interrupted, as far as the database can still tell."""
    goes_on = "The worker goes on from there, and so does the same command."
    try:
        last = selectors.counted(by=system("shell"), delivery_id=delivery_id)["last_row"]
    except (DatabaseError, InterfaceError):
        return f"What was loaded so far is kept. {goes_on}"
    if not last:
        return f"The file is kept; none of its rows was loaded yet. {goes_on}"
    return f"Everything up to row {last:,} was kept. {goes_on}"


def _sender(key: str) -> UUID:
    try:
        return agency_id(key)
    except ObjectDoesNotExist:
        raise BadInput(f"There is no agency “{key}”.", kept="Nothing was kept.") from None

"""`reachable feed list | check | load`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import nullcontext
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
from reachable.intake import loading, selectors, services
from reachable.intake.checking import CheckReport, check_file, open_file
from reachable.intake.models import Delivery
from reachable.intake.set_checking import SetReport, as_zip, check_set, refuse_unfit
from reachable.intake.specification import feed as feed_of
from reachable.intake.specification import feeds
from reachable.intake.table_sets import table_sets

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
    for tables in table_sets().values():
        click.echo(f"{tables.key}: {tables.title}. {tables.purpose}", err=as_json)
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
    report: CheckReport | SetReport
    if feed in table_sets():
        with as_zip(file) as packed:
            report = check_set(table_sets()[feed], packed, today())
        _tell_set(report, quiet=as_json)
    else:
        report = check_file(feed_of(feed), file, today())
        _tell(report, quiet=as_json)
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    return 1 if report.refused else 0


def _tell_set(report: SetReport, *, quiet: bool) -> None:
    for table, found in report.tables:
        click.echo(f"{table.key}:", err=quiet)
        _tell(found, quiet=quiet)
    if report.missing:
        click.echo(f"Did not come: {', '.join(report.missing)}.", err=quiet)
    if report.not_read:
        click.echo(f"Not read: {', '.join(report.not_read)}.", err=quiet)


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
@click.option(
    "--everything/--changes",
    default=False,
    help="Of a set of tables: all that the agency holds, so that rows that are missing from it "
    "are withdrawn; or only children for whom something changed, as if nothing is said.",
)
@AS_JSON
@told
def load(
    *, feed: str, file: Path, agency: str, history: bool, everything: bool, as_json: bool
) -> int:
    """Load FILE. What was interrupted goes on where it was; the same file counts once.

    A set of tables is a zip file, or a folder with a file for each table.
    """
    by = system("shell")
    sender = _sender(agency)
    with as_zip(file) if feed in table_sets() else nullcontext(file) as path:
        if feed in table_sets():
            refuse_unfit(table_sets()[feed], path)
        else:
            open_file(feed_of(feed), path)
        with path.open("rb") as content:
            received = services.receive(
                by=by,
                agency_id=sender,
                feed=feed,
                file_name=file.name,
                content=content,
                history=history,
                whole=everything,
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
    _tell_gone(done, quiet=as_json)
    if as_json:
        gone = {"gone": done.gone, "gone_asked": done.gone_asked}
        click.echo(json.dumps({"state": done.state, "again": received.again, **counts, **gone}))
    return 0 if done.state == "loaded" else 1


def _tell_gone(done: Delivery, *, quiet: bool) -> None:
    if done.gone:
        click.echo(f"{done.gone:,} rows are gone from it, and were withdrawn.", err=quiet)
    if done.gone_asked:
        click.echo(
            f"{done.gone_asked:,} rows are missing from it: too many to be believed. Nothing was "
            "withdrawn; say on the page of the file whether they were removed.",
            err=quiet,
        )


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

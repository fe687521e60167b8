"""`reachable feed list | check | load | watch | status | minimum`."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import click
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, InterfaceError

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.outages import outage
from reachable.intake import (
    loading,
    mappings,
    minimum,
    selectors,
    services,
    status,
    status_wording,
    watching,
)
from reachable.intake.checking import open_file
from reachable.intake.mappings import MappingFacts
from reachable.intake.models import Delivery
from reachable.intake.sender.command import AS_JSON, FILE, check, list_feeds, told
from reachable.intake.set_checking import as_zip, refuse_unfit
from reachable.intake.specification import feed as feed_of
from reachable.intake.table_sets import table_sets

COUNTED = ("accepted", "quarantined", "duplicates", "events", "moments")
WAITS = 0.5
"""Seconds before looking again how far another process is."""


@click.group("feed")
def group() -> None:
    """What agencies send: the feeds there are, and files of them."""


group.add_command(list_feeds)
group.add_command(check)


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
            known = None
        else:
            known = _mapping(sender, feed, path)
        with path.open("rb") as content:
            received = services.receive(
                by=by,
                agency_id=sender,
                feed=feed,
                file_name=file.name,
                content=content,
                history=history,
                whole=everything,
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


@group.command("status")
@AS_JSON
@told
def show_status(*, as_json: bool) -> int:
    """Say of every feed when it last came, and by how much it is late.

    Ends with 0 only if none is late.
    """
    found = status.statuses(by=system("shell"))
    for each in found:
        said = f"{each.agency.key} {each.feed.key}: {status_wording.stands(each)}"
        wrong = "".join(f"; {fault}" for fault in status_wording.faults(each))
        click.echo(f"{said}; {status_wording.rhythm(each)}{wrong}.", err=as_json)
    if as_json:
        click.echo(json.dumps({"feeds": [each.as_dict() for each in found]}))
    return 1 if any(each.late_days for each in found) else 0


@group.command("minimum")
@AS_JSON
@told
def show_minimum(*, as_json: bool) -> int:
    """Say what each feed brought in twelve months, what was used of it and what was forgotten."""
    found = minimum.minimum(by=system("shell"))
    for each in found:
        said = status_wording.sentence(each)
        click.echo(f"{each.agency}, {each.feed.title}. {said}", err=as_json)
    if as_json:
        click.echo(json.dumps({"feeds": [each.as_dict() for each in found]}))
    return 0


@group.command()
@click.option("--once", is_flag=True, help="Look once and end, in place of every minute.")
@AS_JSON
@told
def watch(*, once: bool, as_json: bool) -> int:
    """Look into the watched folder, as the worker does every minute.

    A file is taken at the second look that finds it unchanged, 20 seconds or more after the first.
    Ends with 1 if something was left or refused.
    """
    if settings.WATCH_DIR is None:
        raise BadInput(
            "No folder is watched.", kept="Nothing was done.", next="Set REACHABLE_WATCH to one."
        )
    looked = watching.look(by=system(services.FOLDER))
    while not once:
        _tell_look(looked, quiet=as_json)
        time.sleep(60)
        looked = watching.look(by=system(services.FOLDER))
    _tell_look(looked, quiet=as_json)
    if as_json:
        click.echo(json.dumps(asdict(looked)))
    return 1 if looked.left or looked.refused else 0


def _tell_look(looked: watching.Looked, *, quiet: bool) -> None:
    if looked.busy:
        click.echo("Another process is looking at this moment.", err=quiet)
        return
    for where, why in looked.left:
        click.echo(f"{where}: {why}.", err=quiet)
    click.echo(
        f"{looked.taken:,} taken ({looked.again:,} came before), {looked.refused:,} refused, "
        f"{looked.waiting:,} seen and not yet still, {len(looked.left):,} left.",
        err=quiet,
    )


def _mapping(sender: UUID, feed: str, path: Path) -> MappingFacts | None:
    """Return the mapping that was remembered for a file, and say so; refuse what fits nothing."""
    specification = feed_of(feed)
    by = system("shell")
    known = mappings.fitting(by=by, agency_id=sender, feed=specification.key, path=path)
    if known is None:
        open_file(specification, path)
    else:
        day = f"{known.made_at:%Y-%m-%d}"
        click.echo(f"Read with the mapping that {known.made_by} made on {day}.", err=True)
    return known


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

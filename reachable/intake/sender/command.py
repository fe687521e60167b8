"""`check` and `list`: the same commands in the product and in the one file for senders."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from reachable.foundation.files.table import no_such_file
from reachable.foundation.time import today
from reachable.intake.sender import page
from reachable.intake.sender.filtering import filter_file
from reachable.intake.sender.report import Wanted
from reachable.intake.sender.set_filtering import filter_set
from reachable.intake.sender.sets import filtered_lines, set_lines
from reachable.intake.sender.telling import lines
from reachable.intake.set_checking import as_zip, check_set
from reachable.intake.specification import feed as feed_of
from reachable.intake.specification import feeds
from reachable.intake.table_sets import TableSet, table_sets

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
FILE = click.Path(path_type=Path)


def told(command: Callable[..., int]) -> Callable[..., None]:
    """End with the status that the command returns."""

    @wraps(command)
    def run(*, as_json: bool, **arguments: Any) -> None:
        raise SystemExit(command(as_json=as_json, **arguments))

    return run


@click.command("list")
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


@click.command()
@click.argument("feed")
@click.argument("file", type=FILE)
@click.option(
    "--keep",
    type=FILE,
    metavar="OUT",
    help="Write what to send (.csv .xlsx .jsonl; a set: .zip, the census: .xml).",
)
@click.option(
    "--refused",
    type=FILE,
    metavar="OUT",
    help="Write the refused rows, each with why (of a set: .zip).",
)
@click.option("--report", type=FILE, metavar="OUT", help="Write the report as a page (.html).")
@click.option(
    "--quote-cells", is_flag=True, help="Let the page quote cells, which may name children."
)
@click.option("--all-columns", is_flag=True, help="Keep columns that the feed does not read.")
@click.option("--all-rows", is_flag=True, help="Keep rows about nothing that the feed is for.")
@click.option(
    "--no-adults", is_flag=True, help="Leave out rows about adults, who raise a question."
)
@AS_JSON
@told
def check(*, feed: str, file: Path, quote_cells: bool, as_json: bool, **wanted: Any) -> int:
    """Say what would be accepted of FILE and what not, and why. Nothing is sent.

    What is to be kept and what is refused can be written to files: all of them whole, or none.

    Ends with 0 only if every row would be accepted.
    """
    if feed in table_sets():
        return _check_set(table_sets()[feed], file, Wanted(**wanted), quote_cells, as_json)
    write = page.quoting if quote_cells else page.page
    report = filter_file(feed_of(feed), file, today(), Wanted(**wanted), write)
    return _end(lines(report), report.as_dict(), report.check.refused, as_json=as_json)


def _check_set(
    tables: TableSet, file: Path, wanted: Wanted, quote_cells: bool, as_json: bool
) -> int:
    if not file.exists():
        raise no_such_file()
    if not wanted.files:
        with as_zip(file) as packed:
            found = check_set(tables, packed, today())
        return _end(set_lines(found), found.as_dict(), found.refused, as_json=as_json)
    write = page.quoting_set if quote_cells else page.page_of_set
    done = filter_set(tables, file, today(), wanted, write)
    return _end(filtered_lines(done), done.as_dict(), done.check.refused, as_json=as_json)


def _end(said: Iterable[str], values: dict[str, Any], refused: int, *, as_json: bool) -> int:
    for line in said:
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(values))
    return 1 if refused else 0

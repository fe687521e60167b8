"""The program in the one file for senders; without arguments it helps."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from reachable.foundation import ending
from reachable.foundation.errors import BadInput
from reachable.foundation.files.table import no_such_file, open_table
from reachable.foundation.time import today
from reachable.intake.rules.headings import Mapping, match_headings
from reachable.intake.samples import KINDS, write_sample, write_set_sample
from reachable.intake.sender.command import check, list_feeds
from reachable.intake.sender.edition import NAME, feed_digest, version
from reachable.intake.sender.filtering import filter_file
from reachable.intake.sender.page import page, page_of_set
from reachable.intake.sender.report import Wanted
from reachable.intake.sender.set_filtering import filter_set
from reachable.intake.sender.sets import column_lines, filtered_lines, told_set
from reachable.intake.sender.telling import lines
from reachable.intake.specification import Feed, feeds
from reachable.intake.specification import feed as feed_of
from reachable.intake.table_sets import Container, TableSet, table_sets

RUN = f"{'py' if os.name == 'nt' else 'python3'} {NAME}"
FEED = click.argument("feed")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def program(context: click.Context) -> None:
    """Check a file before you send it to Reachable.

    It says what would be kept, what would be refused and why. Nothing leaves this computer.
    """
    if context.invoked_subcommand is None:
        click.echo(_help(context))


def _help(context: click.Context) -> str:
    width = max(map(len, feeds()))
    titles = {key: feed.title for key, feed in feeds().items()}
    titles.update((key, tables.title) for key, tables in table_sets().items())
    known = "\n".join(f"  {key:<{width}}  {title}" for key, title in titles.items())
    example = next(iter(feeds()))
    return f"""{context.get_help()}

Feeds:
{known}

Try it with a sample of invented people:
  {RUN} sample {example}
  {RUN} check {example} {example}-sample.csv

Write what to send and what to correct:
  {RUN} check {example} export.csv --keep send.csv --refused correct.csv

With nothing but a file's name (or with the file dropped onto this one) the feed is told by the
headings, and the three files are written beside it:
  {RUN} export.csv"""


program.add_command(check)
program.add_command(list_feeds)


@program.command()
@FEED
def columns(feed: str) -> None:
    """Say what the columns of FEED hold, and which it needs."""
    if feed in table_sets():
        for line in column_lines(table_sets()[feed]):
            click.echo(line)
        return
    needs = {"value": "in every row", "column": "may be empty", "no": "if you have it"}
    for column in feed_of(feed).columns:
        words = ", ".join(each[0] for each in column.codes.values())
        one_of = f" One of: {words}." if words else ""
        click.echo(f"{column.heading} ({needs[column.need]}): {column.hint}{one_of}")


@program.command()
@FEED
@click.option("--kind", type=click.Choice(list(KINDS)), default="csv", show_default=True)
def sample(feed: str, kind: str) -> None:
    """Write a sample file of FEED, with invented people, into this folder."""
    if feed in table_sets():
        path = write_set_sample(table_sets()[feed], Path.cwd())
    else:
        path = write_sample(feed_of(feed), Path.cwd(), kind)
    click.echo(f"Written: {path.name}")


@program.command()
def about() -> None:
    """Say which version this is, and which specifications it holds."""
    click.echo(f"Reachable {version()}: the check for senders.")
    own = Path(sys.argv[0])
    if own.is_file():
        click.echo(f"SHA-256 of this file: {hashlib.sha256(own.read_bytes()).hexdigest()}")
    click.echo("Specifications:")
    for key in feeds():
        click.echo(f"  {feed_digest(key)}  {key}")


def look_at(path: Path) -> int:
    """Check a file as the feed that its headings say, and write three files beside it."""
    tables = told_set(path)
    if tables is not None:
        return look_at_set(tables, path)
    feed = told_feed(path)
    wanted = Wanted(
        keep=path.with_name(f"{path.stem} to send.csv"),
        refused=path.with_name(f"{path.stem} to correct.csv"),
        report=path.with_name(f"{path.stem} report.html"),
    )
    click.echo(f"“{path.name}” as {feed.title} ({feed.key}).")
    report = filter_file(feed, path, today(), wanted, page)
    for line in lines(report):
        click.echo(line)
    return 1 if report.check.refused else 0


def look_at_set(tables: TableSet, path: Path) -> int:
    """Check a set of tables, and write three files beside it."""
    ending = "zip" if tables.container is Container.ZIP else "xml"
    wanted = Wanted(
        keep=path.with_name(f"{path.stem} to send.{ending}"),
        refused=path.with_name(f"{path.stem} to correct.zip"),
        report=path.with_name(f"{path.stem} report.html"),
    )
    click.echo(f"“{path.name}” as {tables.title} ({tables.key}).")
    done = filter_set(tables, path, today(), wanted, page_of_set)
    for line in filtered_lines(done):
        click.echo(line)
    return 1 if done.check.refused else 0


def told_feed(path: Path) -> Feed:
    """Return the feed that reads every heading of a file; where none or several do, ask."""
    headings = open_table(path).headings
    found = {
        feed.key: mapping.not_read
        for feed in feeds().values()
        if isinstance(mapping := match_headings(feed, headings), Mapping)
    }
    if not found:
        raise BadInput(
            f"The headings of “{path.name}” fit no feed.",
            kept="Nothing was written.",
            next=f"Say which it is, to hear what is missing: {RUN} check FEED FILE",
        )
    likely = [key for key, not_read in found.items() if not not_read] or list(found)
    if len(likely) == 1:
        return feed_of(likely[0])
    if not sys.stdin.isatty():
        raise BadInput(
            f"The headings of “{path.name}” fit several feeds: {', '.join(likely)}.",
            kept="Nothing was written.",
            next=f"Say which it is: {RUN} check FEED FILE",
        )
    for key in likely:
        click.echo(f"{key}: {feed_of(key).title}. {feed_of(key).send}")
    asked = click.prompt("Which of them is it", type=click.Choice(likely), default=likely[0])
    return feed_of(asked)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it to its end: in sentences, never as a traceback."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A letter that a window or a file cannot show must not stop a check.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    files = [Path(each) for each in given if each not in program.commands]
    dropped = bool(given) and len(files) == len(given) and all(each.exists() for each in files)
    in_a_window = _has_a_window() and (dropped or not given)
    try:
        ending.end(lambda: _run(given, files if dropped else [], asks=in_a_window), _unknown)
    finally:
        if in_a_window:
            # It would close before anybody has read it.
            click.pause("Press a key to close this window.")


def _has_a_window() -> bool:
    """Tell whether it may have been started from a folder, in a window of its own."""
    return os.name == "nt" and sys.stdin.isatty()


def _unknown(error: Exception) -> None:
    """Nothing here can fail as a database does."""


def _run(given: Sequence[str], files: Sequence[Path], *, asks: bool) -> int | None:
    if files:
        return max(look_at(each) for each in files)
    if given and given[0] not in program.commands and Path(given[0]).suffix:
        raise no_such_file(given[0])
    status: int | None = program.main(list(given), prog_name=NAME, standalone_mode=False)
    if asks:
        said = click.prompt(
            "\nDrop your file into this window and press Enter (Enter alone ends)",
            default="",
            show_default=False,
        )
        path = said.strip().strip("\"'")
        return look_at(Path(path)) if path else 0
    return status

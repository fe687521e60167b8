"""`reachable areas load | list | remove` and `reachable postcodes load`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError
from reachable.foundation.words import plural
from reachable.geography import loading, rules, services
from reachable.geography.selectors import area_names, postcodes_by_area

BY = system("geography")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("areas")
def areas() -> None:
    """The areas of the partnership, for which teams answer."""


@areas.command("load")
@click.argument("file", type=FILE)
@click.option("--code", default="", help="The heading of their codes, where it is not clear.")
@click.option("--name", default="", help="The heading of their names, where it is not clear.")
@click.option(
    "--only",
    multiple=True,
    metavar="HEADING=VALUE",
    help="Take only rows with this value; give it once for each heading.",
)
def load_areas(file: Path, code: str, name: str, only: tuple[str, ...]) -> None:
    """Take the areas of FILE: a table with a code and a name for each, such as wards.

    Areas that are here and not in FILE stay.
    """
    pairs = [said.partition("=")[::2] for said in only]
    if any(not heading or not value for heading, value in pairs):
        raise click.BadParameter("Write HEADING=VALUE.", param_hint="--only")
    headings = Counter(heading for heading, _ in pairs)
    if twice := [heading for heading, count in headings.items() if count > 1]:
        raise click.BadParameter(f"{twice[0]} is there twice.", param_hint="--only")
    try:
        found = loading.load_areas(by=BY, path=file, code=code, name=name, only=dict(pairs))
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    new = plural(found.new, "area", "areas")
    click.echo(f"{new} new, {found.renamed:,} renamed, {found.same:,} as before.")
    if found.beside:
        click.echo(
            f"Not in this file, and still here: {rules.some(found.beside)}. To remove one: "
            "reachable areas remove CODE"
        )


@areas.command("list")
def list_areas() -> None:
    """List the areas with the number of their postcodes."""
    held, counts = area_names(), postcodes_by_area()
    for code, name in sorted(held.items(), key=lambda pair: (pair[1], pair[0])):
        count = plural(counts.get(code, 0), "postcode", "postcodes")
        click.echo(f"{code}\t{name}\t{count}")
    if not held:
        click.echo("There are no areas. Load them: reachable areas load FILE")


@areas.command("remove")
@click.argument("code")
def remove_area(code: str) -> None:
    """Remove the area CODE and its postcodes; refused while a team answers for it."""
    try:
        name, count = services.remove_area(by=BY, code=code)
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{name} was removed, with {plural(count, 'postcode', 'postcodes')}.")


@click.group("postcodes")
def postcodes() -> None:
    """Which postcode lies in which area."""


@postcodes.command("load")
@click.argument("file", type=FILE)
@click.option("--area", default="", help="The heading of the codes of your areas.")
def load_postcodes(file: Path, area: str) -> None:
    """Take from FILE the postcodes that lie in the partnership's areas; others are passed over.

    FILE is a table such as the ONS Postcode Directory, unpacked, with the whole country. Loading it
    again, or a later one, changes what has changed.
    """
    try:
        done = loading.load_postcodes(by=BY, path=file, area=area)
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    here = done.here
    for sentence in done.said:
        click.echo(sentence)
    if done.wrong > len(done.said):
        click.echo(f"{done.wrong - len(done.said):,} more were left out.")
    new = plural(here.new, "postcode", "postcodes")
    click.echo(f"{new} new, {here.changed:,} changed, {here.same:,} as before.")
    if done.elsewhere:
        click.echo(f"{plural(done.elsewhere, 'row lies', 'rows lie')} in none of your areas.")
    if here.placed < here.all:
        click.echo(
            f"Of {here.all - here.placed:,} it is not known where they lie: which service is "
            "nearest is not said there."
        )

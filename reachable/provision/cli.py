"""`reachable directory load | held | decide | export`."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError
from reachable.provision import loading, selectors
from reachable.provision.loading import Loaded

BY = system("directory")
SHOWN = 20


@click.group("directory")
def group() -> None:
    """What is on offer: services in Open Referral UK."""


@group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", required=True, help="The key of the agency whose services these are.")
def load(file: Path, agency: str) -> None:
    """Take in FILE, which names all services of an agency."""
    try:
        found = loading.load(
            by=BY, agency_id=agency_id(agency), file_name=file.name, content=file.read_bytes()
        )
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    _say(found)


@group.command("held")
def held() -> None:
    """List the files that wait for somebody to decide."""
    for each in selectors.held_files(by=BY):
        click.echo(f"{each.id} {each.agency}: {each.file_name}, {each.services} services")


@group.command("decide")
@click.argument("file_id", type=click.UUID)
@click.option("--load/--leave", "load_it", required=True, help="Load the file after all, or not.")
def decide(file_id: UUID, load_it: bool) -> None:
    """Decide about a file that is held."""
    try:
        _say(loading.decide(by=BY, file_id=file_id, load_it=load_it))
    except ReachableError as error:
        raise click.ClickException(str(error)) from None


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the directory to FILE, without places that are kept back."""
    file.write_bytes(selectors.export(by=BY))


def _say(found: Loaded) -> None:
    for sentence in found.said[:SHOWN]:
        click.echo(sentence)
    if len(found.said) > SHOWN:
        click.echo(f"… and {len(found.said) - SHOWN:,} more like these.")
    if found.state == loading.HELD:
        click.echo(
            f"Held: this file names {found.kept:,} services, half as many as before or fewer. "
            f"Nothing was changed. Decide with: reachable directory decide {found.file_id} "
            "--load or --leave"
        )
    elif found.state == loading.DECLINED:
        click.echo("The file was left; the directory stands as it was.")
    else:
        click.echo(
            f"{found.kept:,} kept: {found.new:,} new, {found.changed:,} changed; "
            f"{found.ended:,} no longer listed."
        )

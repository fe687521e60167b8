"""`reachable phones know-again`."""

from __future__ import annotations

from uuid import UUID

import click

from reachable.conversations import devices
from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError

BY = system("phones")


@click.group("phones")
def group() -> None:
    """Phones on which people have their day."""


@group.command("know-again")
@click.argument("device_id", type=click.UUID, metavar="NUMBER")
@click.argument("username")
def know_again(device_id: UUID, username: str) -> None:
    """Let a phone send that a backup does not know, for USERNAME, who had it.

    NUMBER is what the phone shows. The first phone that says that number is taken for it.
    """
    try:
        devices.know_again(by=BY, device_id=device_id, username=username)
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    click.echo("That phone may send what was written on it. It fetches nothing.")

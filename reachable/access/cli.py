"""`reachable account staff-number`."""

from __future__ import annotations

import click

from reachable.access import allocating
from reachable.access.selectors import account_named
from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError

BY = system("account")


@click.group("account")
def group() -> None:
    """Accounts of the people who work here."""


@group.command("staff-number")
@click.argument("username")
@click.argument("number", default="")
def staff_number(username: str, number: str) -> None:
    """Say which staff NUMBER the agency of USERNAME gave them; without one, that they have none.

    Children to whom its records allocate that number are open to them from then on.
    """
    try:
        kept = allocating.give_staff_number(
            by=BY, user_id=account_named(by=BY, username=username), number=number
        )
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{username} is found by the staff number {kept}."
        if kept
        else f"{username} has no staff number now, and nothing is allocated to them."
    )

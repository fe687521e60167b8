"""`reachable account staff-number` and `reachable account invitation-link`."""

from __future__ import annotations

import click

from reachable.access import allocating, invitations
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


@group.command("invitation-link")
@click.argument("username")
def invitation_link(username: str) -> None:
    """Make a new link for USERNAME, who was invited: where no e-mail can leave.

    Give it to them alone: whoever opens it first chooses the password. The link before is good no
    more.
    """
    try:
        link = invitations.link_for(by=BY, username=username)
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(link)

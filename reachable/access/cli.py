"""`reachable account staff-number`, `invitation-link` and `recover`."""

from __future__ import annotations

import click

from reachable.access import allocating, giving_back, invitations
from reachable.access.selectors import account_named
from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError
from reachable.foundation.words import short_when

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


@group.command("recover")
@click.argument("username")
@click.option(
    "--lost",
    type=click.Choice([giving_back.FACTOR, giving_back.PASSWORD]),
    required=True,
    help="What they cannot show any more.",
)
def recover(username: str, lost: str) -> None:
    """Make a code that gives USERNAME their sign-in back, where no administrator is left to do it.

    See the person first. It works once, within an hour, together with what they have not lost; that
    it was made stands in the audit, and they are told when it is used.
    """
    try:
        given = giving_back.give_code(by=BY, username=username, lost=lost)
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{given.code} gives {given.name} {giving_back.LOST[lost]} back.")
    click.echo(f"It works once, until {short_when(given.expires_at)}.")


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

"""`reachable account staff-number`, `invitation-link`, `recover`, and `reachable partnership`."""

from __future__ import annotations

import click

from reachable.access import allocating, beginning, giving_back, invitations
from reachable.access.rules.joining import Asked
from reachable.access.rules.partners import KINDS, AskedAgency
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


@click.group("partnership")
def partnership() -> None:
    """The partnership that this deployment serves."""


@partnership.command("begin")
@click.option("--name", required=True, help="What the partnership is called.")
@click.option("--agency", required=True, help="The agency of the first two administrators.")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="Of what kind it is.")
@click.option(
    "--administrator",
    "administrators",
    type=(str, str, str),
    multiple=True,
    required=True,
    metavar="USERNAME NAME EMAIL",
    help="One of two people who look after all accounts; give it twice.",
)
def begin(
    name: str, agency: str, kind: str, administrators: tuple[tuple[str, str, str], ...]
) -> None:
    """Begin a partnership in an empty database: its first agency and two system administrators.

    Prints a link for each of the two, this once. Each works once, for seven days: hand it to that
    person alone, for whoever opens it first chooses the password.
    """
    asked = [
        Asked(name=called, username=username, email=email, roles=(beginning.MANAGER,))
        for username, called, email in administrators
    ]
    try:
        first = beginning.begin(
            by=BY, name=name, agency=AskedAgency(agency, kind), administrators=asked
        )
    except ReachableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{name} has begun. Hand each link to that person alone; it is shown this once.")
    for each in first:
        click.echo(f"{each.name} ({each.username}): {each.link}")


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

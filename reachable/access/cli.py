"""`reachable account …`, `reachable partnership`, and `reachable sign-in-providers`."""

from __future__ import annotations

import click
from django.conf import settings

from reachable.access import allocating, beginning, giving_back, invitations, providers
from reachable.access.organisations import Stopped
from reachable.access.rules.joining import Asked
from reachable.access.rules.partners import KINDS, AskedAgency
from reachable.access.selectors import account_named, agency_keys
from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError
from reachable.foundation.words import short_when

BY = system("account")

TO_MEND = {
    "down": "See that its issuer in the file is right, and that this computer reaches it.",
    "slow": "See that this computer reaches it: a firewall in between often drops such a call.",
    "certificate": "Ask its IT for a certificate that browsers trust, with its whole chain.",
    "issuer": "Write its issuer into the file as its configuration has it, to the last slash.",
    "incomplete": "Ask its IT whether its issuer in the file is one of OpenID Connect.",
    "unreadable": "Open the configuration in a browser. If it is no JSON, its issuer is not right.",
    "not allowed": "If the host is theirs, name it under “also_calls” in the file.",
}
"""What whoever looks after the server does, by why a provider stopped."""


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


@click.group("sign-in-providers")
def provider_group() -> None:
    """Organisations by whose own sign-in people come."""


@provider_group.command("check")
def check_providers() -> None:
    """Say of each provider in the file whether it answers now, and what its IT has to register."""
    # What calls other computers is not read for every command.
    from reachable.access import proving

    held, failed = providers.in_order(), False
    if not held:
        click.echo(f"There is no sign-in provider: {settings.SIGN_IN_PROVIDERS} is not there.")
    agencies = agency_keys(by=BY)
    for each in held:
        try:
            proving.discovered(each)
        except Stopped as error:
            failed = True
            click.echo(f"{each.name} ({each.key}): {error.sentence}")
            click.echo(f"  {TO_MEND.get(error.kind, error.next)}")
            click.echo(f"  Its configuration: {proving.configuration(each)}")
        else:
            click.echo(f"{each.name} ({each.key}) answers, and its keys are there.")
        click.echo(f"  It has to send people back to {proving.back_to(each)}")
        for key in sorted(each.agencies - agencies.keys()):
            failed = True
            click.echo(f"  There is no agency {key}: nobody comes by it. See its key in the file.")
        click.echo(f"  Who may come: people of {', '.join(sorted(each.agencies))}")
        click.echo(
            "  A second factor that was shown there counts, where it says so as the file has it."
            if each.says_factors
            else "  Everybody shows a second factor of their own here."
        )
    if failed:
        raise click.exceptions.Exit(1)

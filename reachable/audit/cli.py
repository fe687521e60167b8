"""`reachable audit verify`."""

from __future__ import annotations

import json

import click

from reachable.audit import services, verification
from reachable.audit.verification import Verification
from reachable.foundation.actor import system
from reachable.foundation.outages import outage

NOT_CHECKED = "The chain was not checked: this says nothing about whether it is whole."


@click.group("audit")
def group() -> None:
    """Who did and who looked."""


def _verified() -> Verification:
    """Seal what waits, and check; a full disk or an absent database is no broken chain."""
    by = system("audit.verify")
    try:
        services.seal(by=by)
        return verification.verify(by=by)
    except Exception as error:
        raise outage(error, kept=NOT_CHECKED) or error from None


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def verify(as_json: bool) -> None:
    """Check the whole chain; exit status 0 only when it is whole, 75 when it could not be read."""
    found = _verified()
    for fault in found.faults:
        click.echo(fault, err=as_json)
    state = "whole" if found.whole else "NOT whole"
    click.echo(
        f"The chain is {state}: {found.entries} entries, {found.seals} seals, "
        f"{found.anchors} anchors.",
        err=as_json,
    )
    if as_json:
        click.echo(
            json.dumps(
                {
                    "whole": found.whole,
                    "entries": found.entries,
                    "seals": found.seals,
                    "anchors": found.anchors,
                    "waiting": found.waiting,
                    "faults": found.faults,
                }
            )
        )
    raise SystemExit(0 if found.whole else 1)

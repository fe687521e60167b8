"""The `reachable` command: every room's verbs, assembled."""

from __future__ import annotations

import os

import click

from reachable.foundation import shell


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def reachable() -> None:
    """Reachable: one child, one story, no moment missed."""


def main() -> None:
    """Set Django up, then hand over to the command."""
    shell.run(_command)


def _command() -> int | None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reachable.site.settings")
    import django

    django.setup()
    from reachable.foundation import acting, memory
    from reachable.site import commands

    acting.this_process_works()
    commands.add_to(reachable)
    memory.settle()
    status: int | None = reachable.main(prog_name="reachable", standalone_mode=False)
    return status

"""The page of docs/reference about commands: each as its own `--help` has it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from reachable.site.reference import page


def render() -> str:
    """Every command of the shell, with what it takes."""
    from reachable.site import commands
    from reachable.site.cli import reachable

    main = click.Group("reachable")
    main.commands.update(reachable.commands)
    commands.add_to(main)
    return page(
        "Commands",
        "reachable/*/cli.py",
        "Each is run as `.venv/bin/reachable COMMAND`, by whoever looks after the server, with the "
        "settings of the server: [Run on PostgreSQL](../how-to/run-on-postgresql.md). What they "
        "change stands in the audit as done from the shell. Each says more with `--help`, and ends "
        "with another status than 0 where something went wrong.",
        "",
        "\n".join(_lines(main, "")),
    )


def _lines(group: click.Group, before: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        path = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from _lines(command, path)
        elif not command.hidden:
            yield from _command(command, path)


def _command(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    pieces = [each for each in command.collect_usage_pieces(context) if each != "[OPTIONS]"]
    yield f"## `{' '.join([path, *pieces])}`"
    yield ""
    # Without the mark that keeps lines of a help page as they are.
    yield inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")
    yield ""
    taken = (each for each in command.params if isinstance(each, click.Option))
    said = [each.get_help_record(context) for each in taken]
    options = [f"- `{names}`: {words}" for names, words in filter(None, said)]
    if options:
        yield from options
        yield ""

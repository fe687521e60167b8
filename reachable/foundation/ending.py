"""How a command of the shell ends: in sentences, and with `--json` in one object, always."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import NoReturn

import click

from reachable.foundation.errors import ReachableError, place


def end(
    command: Callable[[], int | None], known: Callable[[Exception], ReachableError | None]
) -> NoReturn:
    """Run it and end the process; what goes wrong is told, and never as a traceback.

    With `--json` the last line of the output is an object whatever happens, so that a program
    which reads it need not guess. `known` turns an error into what is told of it, if it can.
    """
    as_json = "--json" in sys.argv
    try:
        status = command() or 0
    except click.Abort:
        status = _tell(as_json, ReachableError("Stopped.", next="Run it again: it goes on."), 130)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
        if as_json:
            _as_json(ReachableError(error.format_message(), kept="Nothing was done."))
    except ReachableError as error:
        status = _tell(as_json, error, error.exit_status)
    except Exception as error:
        told = known(error) or _ours(error)
        status = _tell(as_json, told, told.exit_status)
    raise SystemExit(status)


def _tell(as_json: bool, error: ReachableError, status: int) -> int:
    click.echo(str(error), err=True)
    if as_json:
        _as_json(error)
    return status


def _as_json(error: ReachableError) -> None:
    click.echo(json.dumps({"error": error.sentence, "kept": error.kept, "next": error.next}))


def _ours(error: Exception) -> ReachableError:
    """Say the kind and the place of an error of ours; its message could hold personal data."""
    return ReachableError(
        f"Something went wrong here, by our mistake: {type(error).__name__}.",
        kept="What was saved before is kept.",
        next=f"Tell whoever looks after Reachable where it was: {place(error.__traceback__)}.",
    )

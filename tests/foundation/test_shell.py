"""Each command of the shell ends in sentences, and with --json in one object."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from reachable.foundation import shell
from reachable.foundation.errors import BadInput
from tests.support.servers import REACHABLE

CANARY = "Canary Featherstonehaugh"


def run(*arguments: str, **environment: str) -> tuple[int, dict[str, Any], str]:
    """Return the status, the object on the last line, and what people are told."""
    done = subprocess.run(
        [REACHABLE, *arguments, "--json"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert "Traceback" not in done.stderr + done.stdout
    return done.returncode, said, done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        (("feed", "check", "police_custody"), 2, "Missing argument"),
        (("feed", "lst"), 2, "No such command"),
        (("audit", "verify", "--nope"), 2, "No such option"),
        (("synthetic", "make"), 2, "Missing option"),
        (("feed", "check", "astronauts", "a.csv"), 1, "There is no feed"),
        (("feed", "check", "police_custody", "a" * 500), 1, "There is no such file"),
    ],
)
def test_promise_26_a_wrong_command_is_told_as_an_object_too(
    arguments: tuple[str, ...], status: int, error: str
) -> None:
    ended, said, told = run(*arguments)
    assert ended == status
    assert said["error"].startswith(error)
    assert error in told


@pytest.mark.parametrize("command", [("audit", "verify"), ("rebuild",)])
def test_a_database_that_was_never_set_up_is_told(tmp_path: Path, command: Any) -> None:
    status, said, told = run(*command, DATABASE_URL=f"sqlite://{tmp_path}/empty.db")
    assert (status, said["error"]) == (75, "The database is not set up for this release.")
    assert "`reachable migrate`" in told


def test_a_database_that_does_not_answer_is_told() -> None:
    nobody = "postgres://nobody:secret-canary@127.0.0.1:9/none"
    status, said, told = run("audit", "verify", DATABASE_URL=nobody)
    assert (status, said["error"]) == (75, "The database does not answer.")
    assert said["kept"].startswith("The chain was not checked")
    assert "canary" not in told + json.dumps(said)


def test_a_wrong_kind_of_database_is_told() -> None:
    status, said, _ = run("feed", "list", DATABASE_URL="mysql://who:canary@there/it")
    assert (status, said["error"]) == (1, "DATABASE_URL starts with “mysql”.")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (BadInput("No.", kept="Nothing.", next="Go."), 1, "No."),
        (click.Abort(), 130, "Stopped."),
        (click.UsageError("Wrong."), 2, "Wrong."),
        (ValueError(CANARY), 1, "Something went wrong here, by our mistake: ValueError."),
    ],
)
def test_promise_24_no_command_repeats_what_an_error_holds(
    error: Exception,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails() -> int:
        raise error

    monkeypatch.setattr("sys.argv", ["reachable", "--json"])
    with pytest.raises(SystemExit) as ended:
        shell.run(fails)
    printed = capsys.readouterr()
    assert ended.value.code == status
    assert json.loads(printed.out.splitlines()[-1])["error"] == said
    assert CANARY not in printed.out + printed.err

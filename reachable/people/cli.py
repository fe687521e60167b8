"""`reachable people train | link`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import click

from reachable.foundation.actor import system
from reachable.foundation.errors import ReachableError

AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object as last line."
)
MEMORY = click.option(
    "--memory",
    default=6.0,
    show_default=True,
    type=click.FloatRange(0.5, 10),
    help="Gigabytes for comparing; beyond them it writes to the folder for temporary files.",
)
Answer = TypeVar("Answer")
FILE = click.Path(dir_okay=False, path_type=Path)
COUNTED = {
    "links": "pairs of people would be one",
    "no_longer": "records that the computer linked would not be linked",
    "opens": "pairs would be asked about",
    "closes": "reviews that wait would not have been opened",
}


@click.group("people")
def group() -> None:
    """Who it is: link a whole register, and learn from it."""


@group.command("train")
@click.option("--out", required=True, type=FILE, help="The file to write; it must not exist yet.")
@MEMORY
@AS_JSON
def train(out: Path, memory: float, as_json: bool) -> None:
    """Learn a model from this register. It is not in force until you put it there."""
    from django.conf import settings

    from reachable.people import own_model

    by = system("people train")
    made = _told(lambda told: own_model.train(by=by, out=out, memory_gb=memory, told=told))
    learnt = made.trained_on["learnt_from"]
    click.echo(f"{out}: model {made.hash}, learnt from {learnt:,} records.", err=as_json)
    click.echo(
        f"It is not in force. See first what it would change: "
        f"reachable people link --model {out} --preview\n"
        f"Then copy it to {settings.LINKAGE_MODEL_FILE}, and start server and worker again.",
        err=as_json,
    )
    if as_json:
        click.echo(json.dumps({"model": made.hash, **made.trained_on}))


@group.command("link")
@click.option("--join", is_flag=True, help="Join who is certain; without it, people are asked.")
@click.option(
    "--reviews",
    default=200,
    show_default=True,
    type=click.IntRange(0),
    help="Reviews to open at most, strongest first.",
)
@click.option("--preview", is_flag=True, help="Count what would change, and change nothing.")
@click.option("--model", "path", type=FILE, help="With --preview: a model that is not in force.")
@click.option(
    "--examples",
    default=0,
    show_default=True,
    type=click.IntRange(0, 1000),
    help="Record ids to show.",
)
@MEMORY
@AS_JSON
def link(
    join: bool,
    reviews: int,
    preview: bool,
    path: Path | None,
    examples: int,
    memory: float,
    as_json: bool,
) -> None:
    """Look in the whole register for people who are two and should be one."""
    if preview and join:
        raise click.UsageError("--preview changes nothing: leave --join out.")
    if path and not preview:
        raise click.UsageError("Only a model in force links. Put it there first, or add --preview.")
    if preview:
        _preview(path, examples, memory, as_json)
        return
    from reachable.people import linking
    from reachable.people.linkage import in_force

    by = system("people link")
    done = _told(
        lambda told: linking.link_register(
            by=by, judge=in_force.judge(), join=join, reviews=reviews, memory_gb=memory, told=told
        )
    )
    if done.continued:
        click.echo("An earlier run was broken off: this one went on where it was.", err=as_json)
    click.echo(
        f"{done.records:,} records: {done.joined:,} joined, {done.opened:,} reviews opened, "
        f"{done.left:,} more than were asked for.",
        err=as_json,
    )
    if as_json:
        click.echo(json.dumps(vars(done)))


def _preview(path: Path | None, examples: int, memory: float, as_json: bool) -> None:
    from reachable.people import own_model
    from reachable.people.linkage import in_force
    from reachable.people.linkage.deciding import Judge
    from reachable.people.linkage.model import load
    from reachable.people.linkage.people import PEOPLE

    by = system("people link")

    def seen(told: Callable[[str, int, int], None]) -> tuple[str, Any]:
        now = in_force.judge()
        judge = Judge(load(path, PEOPLE)) if path else now
        return now.model.hash, own_model.preview(
            by=by, judge=judge, examples=examples, memory_gb=memory, told=told
        )

    in_use, found = _told(seen)
    click.echo(f"In force: {in_use}. Looked at: {found.model}. Nothing was changed.", err=as_json)
    for key, words in COUNTED.items():
        click.echo(f"{found.counts[key]:,} {words}", err=as_json)
        for records in found.examples.get(key, ()):
            click.echo(f"  {' '.join(records)}", err=as_json)
    if as_json:
        said = {"in_force": in_use, "model": found.model, **found.counts}
        click.echo(json.dumps(said | {"examples": found.examples}))


def _told(work: Callable[[Callable[[str, int, int], None]], Answer]) -> Answer:
    """Do it, with how far it is on standard error; what is refused is said in a sentence."""
    try:
        return work(Progress())
    except ReachableError as error:
        raise click.ClickException(str(error)) from None


class Progress:
    """Says what is done, of how much, and how long it will take at this pace."""

    def __init__(self) -> None:
        self._what, self._since, self._from, self._said = "", 0.0, 0, 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        at = monotonic()
        if what != self._what or done < self._from:
            self._what, self._since, self._from, self._said = what, at, done, 0.0
        if at - self._said < 1 and done < total:
            return
        self._said = at
        left = ""
        if done > self._from and done < total:
            seconds = (at - self._since) * (total - done) / (done - self._from)
            left = f", about {max(1, round(seconds / 60))} min left"
        print(f"{what}: {done:,} of {total:,}{left}", file=sys.stderr, flush=True)

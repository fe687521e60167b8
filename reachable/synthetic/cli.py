"""`reachable synthetic make`, `register`, `report` and `replay`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

import click

from reachable.foundation.errors import BadInput
from reachable.foundation.time import now
from reachable.synthetic import cadence, feeds, partnership
from reachable.synthetic import register as registering
from reachable.synthetic import replay as replaying
from reachable.synthetic import report as reporting
from reachable.synthetic.arrival import refuse_real


@click.group("synthetic")
def synthetic() -> None:
    """A partnership that does not exist."""


@synthetic.command()
@click.option("--seed", default=partnership.DEFAULT_SEED, show_default=True)
@click.option("--children", default=partnership.DEFAULT_CHILDREN, show_default=True)
@click.option("--months", default=partnership.DEFAULT_MONTHS, show_default=True)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the last files are sent; unless given, the last that has had its files.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="An empty or a new folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def make(
    seed: int, children: int, months: int, until: datetime | None, out: Path, as_json: bool
) -> None:
    """Write a year of files of invented children, with the truth beside them."""
    if children < 1 or months < 1:
        raise click.BadParameter("Children and months are at least 1.")
    if out.exists() and any(out.iterdir()):
        raise click.BadParameter(f"{out} is not empty. Nothing was written; name a new folder.")
    last_day: date = until.date() if until else cadence.last_sending(now())
    made = partnership.make(seed, children, months, until=last_day)
    manifest = feeds.write(made, out)
    click.echo(
        f"Invented {len(made.children)} children and {len(made.episodes)} episodes: "
        f"{len(manifest.files)} files with {manifest.rows} rows in {out}.",
        err=as_json,
    )
    if as_json:
        summary = {
            "children": len(made.children),
            "episodes": len(made.episodes),
            "files": len(manifest.files),
            "rows": manifest.rows,
            "seed": seed,
            "until": last_day.isoformat(),
            "digest": manifest.digest(),
            "manifest": str(out / feeds.MANIFEST_FILE),
        }
        click.echo(json.dumps(summary))


@synthetic.command()
@click.option("--seed", default=partnership.DEFAULT_SEED, show_default=True)
@click.option("--people", type=int, required=True, help="Children, and the adults around them.")
@click.option("--months", default=partnership.DEFAULT_MONTHS, show_default=True)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the last files are sent; unless given, the last that has had its files.",
)
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="An empty or a new folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def register(
    seed: int,
    people: int,
    months: int,
    until: datetime | None,
    processes: int,
    out: Path,
    as_json: bool,
) -> None:
    """Write what the agencies of a whole region hold of its people, with the truth beside it.

    For linkage: records of identity alone, in the same families, homes and faults as `make` has,
    and as many areas as the people fill. The same seed, people, months and last day always give
    the same bytes, by however many processes.
    """
    if months < 1:
        raise click.BadParameter("Months are at least 1.")
    if out.exists() and any(out.iterdir()):
        raise click.BadParameter(f"{out} is not empty. Nothing was written; name a new folder.")
    started = perf_counter()
    try:
        made = registering.write_register(
            out,
            seed=seed,
            people=people,
            months=months,
            until=until.date() if until else cadence.last_sending(now()),
            processes=processes,
            tell=lambda part: click.echo(
                f"Area {part.area}: {part.people:,} people, {part.records:,} records", err=as_json
            ),
        )
    except BadInput as error:
        raise click.ClickException(str(error)) from None
    seconds = perf_counter() - started
    click.echo(
        f"Invented {made.people:,} people in {len(made.parts)} areas: {made.records:,} records "
        f"with {made.details:,} details in {out}, {made.people / seconds:,.0f} people a second.",
        err=as_json,
    )
    if as_json:
        summary = {
            "people": made.people,
            "areas": len(made.parts),
            "records": made.records,
            "details": made.details,
            "seed": seed,
            "until": made.until.isoformat(),
            "digest": made.digest(),
            "seconds": round(seconds, 1),
        }
        click.echo(json.dumps(summary))


@synthetic.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list as the last line.")
def report(folder: Path, as_json: bool) -> None:
    """Compare the year that `make` wrote to FOLDER with published figures.

    Ends with 1 where a rate is further from its published figure than it may be.
    """
    try:
        compared = reporting.compare(folder)
    except BadInput as error:
        raise click.ClickException(str(error)) from None
    for line in reporting.in_words(compared):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(reporting.as_json(compared)))
    raise SystemExit(0 if all(each.agrees or each.why for each in compared) else 1)


@synthetic.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--password", required=True, help="For all of the invented accounts.")
@click.option("--only-files", is_flag=True, help="Nobody signals or works: only the files come.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
def replay(folder: Path, password: str, only_files: bool, as_json: bool) -> None:
    """Let the year that `make` wrote to FOLDER happen in this database, up to now.

    It can be stopped and started again; what has happened does not happen twice.
    """
    try:
        refuse_real()
    except BadInput as error:
        raise click.ClickException(str(error)) from None
    manifest = feeds.read_manifest(folder)
    result = replaying.replay(
        partnership.make(manifest.seed, manifest.children, manifest.months, until=manifest.until),
        manifest,
        password=password,
        only_files=only_files,
        tell=lambda at: click.echo(
            f"{at.done} of {at.total} files, {at.rows} rows, up to {at.at:%d %B %Y}", err=as_json
        ),
    )
    for failure in result.failed:
        click.echo(failure, err=True)
    if as_json:
        click.echo(json.dumps(asdict(result)))
    raise SystemExit(1 if result.failed else 0)

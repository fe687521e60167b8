"""`reachable governance documents`."""

from __future__ import annotations

from pathlib import Path

import click

from reachable.foundation.actor import system
from reachable.foundation.documents import as_word
from reachable.governance.keeping import partnership_name
from reachable.governance.papers import DOCUMENTS, as_paper


@click.group("governance")
def group() -> None:
    """Documents that the law asks for, filled with what this product does."""


@group.command("documents")
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that they are written into; files of the same name are left alone.",
)
def documents(folder: Path) -> None:
    """Write each as a Word file, with this partnership’s name and the roles in force."""
    folder.mkdir(parents=True, exist_ok=True)
    kept, named = 0, partnership_name(by=system("governance"))
    for key in DOCUMENTS:
        path = folder / f"{key}.docx"
        if path.exists():
            kept += 1
            click.echo(f"{path} is there already and was left as it is.")
            continue
        path.write_bytes(as_word(as_paper(key, partnership=named)))
        click.echo(f"{path} written")
    if kept:
        click.echo("Move what you have filled in elsewhere, then run this again for newer ones.")

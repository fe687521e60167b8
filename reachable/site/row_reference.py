"""The page of docs/reference that says what the database itself keeps from whom."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import get_resolver

from reachable.access.registries import rows
from reachable.access.rows import Rows
from reachable.foundation.acting import LOOKS_BEYOND

WORDS = {
    "person": "`{}` is somebody whom they see",
    "through": "what `{}` leads to is shown to them",
    "user": "`{}` names them",
    "agency": "`{}` is their agency",
    "compartment": "they read the compartment in `{}`",
    "reads": "they read {}",
    "may": "they may `{}`",
}
NOBODY = "nobody; work alone sees them"


def render() -> str:
    """To whom rows are shown, and which questions look beyond."""
    # What looks beyond says so when its module is read, which pages do.
    assert get_resolver().url_patterns
    declared = [
        (f"{listed.key}.{name}", said)
        for listed in rows.listed()
        for name, said in listed.item.items()
    ]
    lines = [
        "<!-- Written by `reachable docs` from each room’s rows.toml and what looks beyond. -->",
        "",
        "# What the database itself keeps",
        "",
        "On PostgreSQL, under the application’s role, row-level security shows whoever asks the "
        "rows below and no others. Services change things in a transaction, which sees what it "
        "needs; so do the worker and commands. A record that has something of a child and is not "
        "here stops the start.",
        "",
        "| Record | Its rows are shown to whom |",
        "|---|---|",
        *(f"| `{name}` | {_shown(said)} |" for name, said in declared if not said.open),
        "",
        "## Open",
        "",
        "| Record | Why its rows are kept from nobody |",
        "|---|---|",
        *(f"| `{name}` | {said.open} |" for name, said in declared if said.open),
        "",
        "## What looks beyond",
        "",
        "These questions are asked for a page, and see more than the rows of whoever asks.",
        "",
        "| Question | Why |",
        "|---|---|",
        *(
            f"| `{name.removeprefix('reachable.')}` | {why} |"
            for name, why in sorted(LOOKS_BEYOND.items())
            if name.startswith("reachable.")
        ),
    ]
    return "\n".join(lines) + "\n"


def _shown(said: Rows) -> str:
    return "; or ".join(map(_conditions, said.shown)) or NOBODY


def _conditions(conditions: Mapping[str, str]) -> str:
    return ", and ".join(WORDS[name].format(value) for name, value in conditions.items())

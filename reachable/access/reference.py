"""Writes who sees a child, by example, as a page of the reference."""

from __future__ import annotations

from collections.abc import Mapping

from reachable.access.examples import all_examples
from reachable.practice.tables import cell, in_markdown

_ABOUT = (
    "Who sees the record of a child is one rule, `reachable/access/rules/seeing.py`. These rows "
    "are its specification, read at 12:00: the tests run every one of them, and compare what the "
    "database answers with the rule. All people in them are invented."
)


def render() -> str:
    """Return the page of who sees a child: the same table that the tests run."""
    lines = [
        "<!-- Written by `reachable docs` from reachable/access. Do not edit. -->",
        "# Who sees a child, by example",
        "",
        _ABOUT,
        "",
    ]
    for table in all_examples():
        lines += in_markdown(table, _say)
    return "\n".join(lines)


def _say(column: str, value: object) -> str:
    if isinstance(value, Mapping):
        said = (f"{who} to {' and '.join(to) or 'nobody'}" for who, to in value.items())
        return "; ".join(said) or "not"
    if isinstance(value, list):
        return "; ".join(value) or "nobody"
    return cell(column, value)

"""Writes identification by example as a page of the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reachable.people import worked
from reachable.people.examples import all_examples
from reachable.people.opinions import second_opinions
from reachable.people.rules import WHY
from reachable.practice.tables import cell, in_markdown

_ABOUT = (
    "Who a record speaks of is decided by these rules and, where they are not sure, by a person. "
    "These tables are the specification: the tests run every row of them. All people in them are "
    "invented."
)


def render() -> str:
    """Return the page of identification: the same tables that the tests run."""
    lines = [
        "<!-- Written by `reachable docs` from reachable/people. Do not edit. -->",
        "# Identification by example",
        "",
        _ABOUT,
        "",
    ]
    for table in all_examples():
        lines += in_markdown(table, _say)
    lines += worked.lines()
    return "\n".join(lines)


def _say(column: str, value: object) -> str:
    if isinstance(value, Mapping):
        return _person(value)
    if isinstance(value, list):
        return "; ".join(_say(column, each) for each in value) or "nothing"
    if column == "weighs":
        return second_opinions()[str(value)].case
    if column == "rule":
        return WHY[str(value)]
    if column in ("name", "said"):
        return f"`{value}`" if value else "empty"
    return cell(column, value)


def _person(who: Mapping[str, Any]) -> str:
    """Say an identity as the tables name its parts."""
    parts = [" ".join(who[name] for name in ("given", "family") if name in who)]
    parts += [f"born {who['born']}"] if "born" in who else []
    parts += [who["postcode"]] if "postcode" in who else []
    parts += [f"earlier {who['earlier_postcode']}"] if "earlier_postcode" in who else []
    parts += [who["sex"]] if "sex" in who else []
    parts += [f"NHS {who['nhs_number']}"] if "nhs_number" in who else []
    parts += [f"UPN {who['upn']}"] if "upn" in who else []
    said = ", ".join(parts)
    return f"{who['person']}: {said}" if "person" in who else said

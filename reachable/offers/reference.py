"""Writes offers by example as a page of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reachable.moments.measuring import CHECKS
from reachable.offers import words
from reachable.offers.examples import all_examples
from reachable.practice.tables import cell, in_markdown
from reachable.provision import taxonomy

_ABOUT = (
    "Where an offer stands, when it is asked whether a child still goes to a service, and which "
    "service comes first. The tables are the specification: the tests run every row of them."
)
_WHERE = {
    "same": "the same area",
    "other": "another area",
    "not_said": "not known",
    "kept_back": "kept back",
}


def render() -> str:
    """Return the page: the same tables that the tests run, and the short lists."""
    lines = [
        "<!-- Written by `reachable docs` from reachable/offers. Do not edit. -->",
        "# Offers by example",
        "",
        _ABOUT,
        "",
    ]
    for table in all_examples():
        lines += in_markdown(table, _say)
    return "\n".join([*lines, *_lists()])


def _lists() -> Iterator[str]:
    yield from ("## The short lists", "")
    for title, choices in (
        ("Why a service refused", words.REFUSALS),
        ("Why it ended", words.ENDINGS),
        ("How a referral is sent", words.WAYS),
    ):
        yield from (f"### {title}", "")
        for key, said in choices:
            yield f"- {said} (`{key}`)"
        yield ""


def _say(column: str, value: object) -> str:
    if column in ("steps", "next"):
        return "; ".join(_step(str(each)) for each in _list(value)) or "nothing"
    if column == "stands":
        return words.STATES[str(value)]
    if column == "asks":
        return CHECKS.get(str(value), "nothing")
    if column == "asked_before" or (column == "said" and _of_checks(value)):
        return ", ".join(CHECKS[str(each)] for each in _list(value)) or "nothing"
    if column == "home":
        return _position(value)
    if column == "places":
        return "; ".join(_place(each) for each in _list(value)) or "none"
    if column == "metres":
        return "not known" if value == -1 else str(value)
    if column == "where":
        return _WHERE[str(value)]
    if column == "named":
        return ", ".join(_need(str(each)) for each in _list(value)) or "nothing"
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "nothing"
    return cell(column, value)


def _of_checks(value: object) -> bool:
    return all(each in CHECKS for each in _list(value))


def _step(said: str) -> str:
    kind, _, how = said.partition(" ")
    more = dict(words.STILL_THERE).get(how, "")
    return words.STEPS[kind] + (f": {more[:1].lower()}{more[1:]}" if more else "")


def _place(value: object) -> str:
    assert isinstance(value, Mapping)
    return f"{value['area'] or 'area not known'}, {_position(value['at'])}"


def _position(value: object) -> str:
    return ", ".join(map(str, _list(value))) or "position not known"


def _need(key: str) -> str:
    term = taxonomy.term("need", key)
    assert term is not None
    return term.name


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value

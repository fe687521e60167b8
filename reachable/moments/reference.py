"""Writes moments by example as a page of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from reachable.moments import measuring, states
from reachable.moments.examples import all_examples
from reachable.moments.wording import BUCKETS
from reachable.practice import guidance
from reachable.practice.tables import cell, in_markdown
from reachable.practice.time import read_local, say_day, say_when

_ABOUT = (
    "When a reachable moment opens, what joins it, who is asked, and when its clock was missed. "
    "These tables are the specification: the tests run "
    "every row of them."
)
_STATES = (
    "Whatever else is done, such as an attempt, a step or a pause, leaves it where it is. What "
    "joins a moment that somebody has asks them again."
)
_ABOUT_MEASURES = (
    "Counted are moments that opened in a period and for which a team answers now. From every "
    "measure are left out: moments that joined another, as that one is counted; moments closed as "
    "opened in error or because the person was 18 or over; and moments of which corrections left "
    "nothing that opened them. History opens no moments."
)
_EMPTY = {
    "opens": "nothing",
    "due": "",
    "recorded": "not yet",
    "reached": "not yet",
    "next": "the whole team",
    "answer_by": "nobody is asked",
    "next_due": "none runs",
    "duty": "nobody",
    "asked": "nobody",
    "known": "nobody",
    "at_work": "nobody",
    "first": "the whole team is told",
    "area": "not known",
    "nobody": "none of them",
    "answers": "nobody: the sender is told so",
    "wrong": "it may be put in force",
    "look_at": "nothing",
    "differs": "in nothing",
    "done": "nothing is changed",
    "step": "",
    "said": "",
}


def render() -> str:
    """Return the page of moments: the same tables that the tests run."""
    lines = [
        "<!-- Written by `reachable docs` from reachable/moments. Do not edit. -->",
        "# Moments by example",
        "",
        _ABOUT,
        "",
    ]
    lines += [
        "## The states of a moment",
        "",
        _STATES,
        "",
        "```mermaid",
        *states.diagram(),
        "```",
        "",
    ]
    for table in all_examples():
        lines += in_markdown(table, _say)
    return "\n".join([*lines, *_measures()])


def _measures() -> Iterator[str]:
    """Yield each measure: what it counts, of what, and what it leaves out."""
    yield from ("## The measures", "", _ABOUT_MEASURES, "")
    yield from ("| Measure | Numerator | Denominator | Left out |", "| --- | --- | --- | --- |")
    for each in measuring.MEASURES:
        yield f"| {each.title} | {each.counts} | {each.of} | {each.left_out} |"
    yield ""


def _say(column: str, value: object) -> str:
    if column in _EMPTY and value in ("", []):
        return _EMPTY[column]
    if isinstance(value, Mapping):
        return _event(value)
    if column == "known":
        return "; ".join(_known(each) for each in _list(value))
    if column == "before":
        return "; ".join(_event(each) for each in _list(value)) or "nothing"
    if column in ("yes", "no", "open"):
        return ", ".join(measuring.BY_KEY[str(key)].title for key in _list(value)) or "none"
    if column == "calls":
        return ", ".join(guidance.rule(str(key)).title for key in _list(value)) or "no rule"
    if isinstance(value, list):
        return (
            "; ".join(map(str, value))
            if column in ("teams", "done")
            else ", ".join(map(str, value))
        )
    if column == "event":
        return guidance.event_kind(str(value)).title
    if column == "opens":
        return guidance.moment_kind(str(value)).title
    if column == "bucket":
        return BUCKETS[str(value)][0]
    return cell(column, value).replace("_", " ")


_HOW = {
    "allocated": "allocated to the child",
    "meets": "is to meet the child, as said on {day}",
    "reached": "reached the child on {day}",
    "talked": "talked with the child on {day}",
    "list": "keeps the list the child is on",
}


def _known(value: Mapping[str, object]) -> str:
    how, day = str(value["how"]), value["day"]
    assert isinstance(day, date)
    return f"{value['who']}, {_HOW[how].format(day=say_day(day))}"


def _list(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value


def _event(value: Mapping[str, object]) -> str:
    day, at = value["day"], value["time"]
    assert isinstance(day, date)
    title = guidance.event_kind(str(value["event"])).title
    if not isinstance(at, time):
        return f"{title}, {say_day(day)}"
    return f"{title}, {say_when(read_local(day, at))}"

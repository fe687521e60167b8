"""The states of a moment, and what moves it from one to another."""

from __future__ import annotations

from collections.abc import Iterator

from reachable.moments.models import OPEN

START = ""
"""Before the moment is opened, and until somebody is asked or the team is told."""
STATES = {
    "waiting": "One person is asked, and has a time to answer",
    "with_team": "Nobody on duty is left to ask: the whole team is told",
    "held": "Somebody has it",
    "closed": "It has ended",
    "joined": "It is part of another open moment of the same child",
}
MOVES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "asked": ("opened or joined by an event", (START, "with_team", "held"), "waiting"),
    "to_team": ("nobody is left to ask", (START, "waiting", "with_team", "held"), "with_team"),
    "passed_on": ("no answer, or given back", ("waiting", "with_team", "held"), "waiting"),
    "handed_over": ("handed over", ("waiting", "with_team", "held"), "waiting"),
    "acknowledged": ("acknowledged", ("waiting",), "held"),
    "claimed": ("taken", ("waiting", "with_team"), "held"),
    "closed": ("closed with a reason", ("held",), "closed"),
    "joined_older": ("found to be of one child with another", OPEN, "joined"),
}
"""Action → (in words, the states in which it can happen, the state after it).

A moment that is “separated” goes back to where it stood before it was joined.
"""


def diagram() -> Iterator[str]:
    """Yield the lines of a Mermaid diagram of all moves."""
    yield "stateDiagram-v2"
    for state, words in STATES.items():
        yield f"    {state}: {words}"
    for words, before, after in MOVES.values():
        for state in before:
            yield f"    {state or '[*]'} --> {after}: {words}"
    for state in OPEN:
        yield f"    joined --> {state}: separated again"
    yield "    closed --> [*]"

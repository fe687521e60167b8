"""Errors that a person reads: what happened, what was kept, what to do."""

from __future__ import annotations

import traceback
from types import TracebackType


class ReachableError(Exception):
    """Something that is told to the person in a sentence; `exit_status` is for the shell."""

    exit_status = 1

    def __init__(self, sentence: str, *, kept: str = "", next: str = "") -> None:
        super().__init__(" ".join(part for part in (sentence, kept, next) if part))
        self.sentence = sentence
        self.kept = kept
        self.next = next


class BadInput(ReachableError):
    """What was sent cannot be used as it is."""


class Forbidden(ReachableError):
    """The person's role lacks a capability; the page says which and whom to ask.

    Where it depends on what was sent, `sentence` says so, and `kept` what became of it.
    """

    def __init__(
        self, capability: str, *, sentence: str = "", kept: str = "", next: str = ""
    ) -> None:
        said = sentence or f"Your role does not include “{capability}”."
        super().__init__(said, kept=kept, next=next)
        self.capability = capability


class NotSigned(ReachableError):
    """A program's request that no key in force has signed: why exactly is never said."""

    def __init__(self) -> None:
        super().__init__(
            "This request is not signed with a key that is in force.",
            kept="Nothing was kept of it.",
            next="Check the key, its last day and your computer’s clock, then how it is signed.",
        )


class NotFound(ReachableError):
    """Absent, or hidden from this person: the two are never told apart."""

    def __init__(self) -> None:
        super().__init__("There is no such page, or it is not one that you may see.")


class Conflict(ReachableError):
    """Somebody else changed it first; nothing was overwritten."""


def place(trace: TracebackType | None) -> str:
    """Name the last places in the code that an error came through, the innermost first."""
    frames = traceback.extract_tb(trace)[-3:]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))

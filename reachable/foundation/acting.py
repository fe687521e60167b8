"""For whom the database is asked, where its rows are under row-level security.

Elsewhere, on SQLite and with one role for everything, none of this says or costs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from reachable.foundation.actor import Actor
from reachable.foundation.postgresql.base import DatabaseWrapper

P = ParamSpec("P")
T = TypeVar("T")

LOOKS_BEYOND: dict[str, str] = {}
"""Questions that see more than the rows of whoever asks, and why: each is a decision."""


def this_process_works() -> None:
    """Let all connections of this process work: nobody asks here but commands and the worker."""
    DatabaseWrapper.works_by_itself = True


@contextmanager
def asked_by(by: Actor) -> Iterator[None]:
    """Show, within this block, the rows of whoever asks; afterwards those of nobody."""
    told = _told()
    if told is None:
        yield
        return
    before = told.person, told.asked
    ask_as(by)
    try:
        yield
    finally:
        told.act(before[0], asked=before[1])


def ask_as(by: Actor) -> None:
    """Show the rows of whoever has shown a secret of their own, until this request ends."""
    told = _told()
    if told is not None:
        told.act(str(by.own_id) if by.is_person or by.is_key else "", asked=True)


def looks_beyond(why: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a question see more than the rows of whoever asks. What it answers is its own care."""

    def decorate(ask: Callable[P, T]) -> Callable[P, T]:
        LOOKS_BEYOND[f"{ask.__module__}.{ask.__qualname__}"] = why

        @wraps(ask)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            told = _told()
            with told.beyond() if told is not None else nullcontext():
                return ask(*args, **kwargs)

        return asked

    return decorate


def is_filtered() -> bool:
    """Say whether the database itself keeps rows from this connection."""
    told = _told()
    return told is not None and told.filtered


def _told() -> DatabaseWrapper | None:
    """Return the connection beneath, where it is one that can be told who acts."""
    held: Any = connection
    beneath = held._connections[held._alias]
    return beneath if isinstance(beneath, DatabaseWrapper) else None

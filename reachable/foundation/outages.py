"""The disk full, the database busy or gone: said in sentences, wherever it shows."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

from reachable.foundation.errors import ReachableError
from reachable.foundation.files.whole import full_disk

KEPT = "What was saved before is kept."
_NO_TABLE = ("no such table", "no such column", "does not exist")


class Outage(ReachableError):
    """Nobody's mistake: the same thing can be done again later.

    `status` is for a page; `exit_status` is for the shell, and has the name EX_TEMPFAIL there.
    """

    status = 503
    exit_status = 75


class Full(Outage):
    """There is no room left."""

    status = 507


def outage(error: BaseException | None, *, kept: str = KEPT) -> Outage | None:
    """Return what to say where an error means that it is only not possible now.

    `kept` says what became of the work: only who began it knows.
    """
    if error is None or isinstance(error, Outage):
        return error
    if full_disk(error):
        return _full(kept)
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    said = str(error)
    if isinstance(error, OperationalError | ProgrammingError) and any(
        part in said for part in _NO_TABLE
    ):
        return Outage(
            "The database is not set up for this release.",
            kept=kept,
            next="Whoever runs the system: `reachable migrate` sets it up.",
        )
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if "disk is full" in said or "No space left" in said or _state(error) == "53100":
        return _full(kept)
    if "locked" in said or _state(error) in ("55P03", "40P01"):
        return Outage(
            "The database is busy with something that takes long.",
            kept=kept,
            next="Wait a minute, then try again.",
        )
    return Outage(
        "The database does not answer.",
        kept=kept,
        next="Wait a minute, then try again. If it stays so, tell the people who run the system.",
    )


def _full(kept: str) -> Full:
    return Full(
        "The disk of this system is full.",
        kept=kept,
        next="Tell the people who run the system, then try again.",
    )


def _state(error: BaseException) -> str | None:
    """PostgreSQL's own code for what happened."""
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state

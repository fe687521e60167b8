"""What somebody reads of what was shared with them: the whole of it, on plain values.

It rests on the recorded decision alone. What whoever decided may see by now, or that they left, is
no part of it. Every question to the database says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from reachable.access.rules.seeing import Conflicted
from reachable.sharing.rules.pieces import AS_THEN, LATER, POSTCODE
from reachable.sharing.rules.standing import LIVE

Id = UUID | str


@dataclass(frozen=True)
class Decided:
    """A decision as it stands today, and who receives it. `child` is who it is about."""

    to: Id
    child: Id
    at: datetime
    stands: str = LIVE


@dataclass(frozen=True)
class KeptFrom:
    """The record of this person is restricted to others than the recipient, and since when it is
    for them: since it was restricted, or since they are not a reader of it any more."""

    subject: Id
    since: datetime


def opens(
    decided: Decided,
    who: Id,
    *,
    receives: bool,
    same: Collection[Id],
    kept_from: Iterable[KeptFrom],
    conflicted: Iterable[Conflicted],
) -> bool:
    """Say whether a decision opens anything to somebody. `receives` is what their roles say.

    What was restricted before it was decided had been weighed.
    """
    conflict = any(each.user == who and each.subject in same for each in conflicted)
    closed_since = any(each.subject in same and each.since > decided.at for each in kept_from)
    mine = decided.to == who and receives and decided.stands == LIVE
    return mine and not conflict and not closed_since


@dataclass(frozen=True)
class Said:
    """What a piece says at some time: each value, in which compartment, of which agency.

    `on_conditions` is that whoever graded it lets it be shared under conditions only.
    """

    values: tuple[str, ...]
    compartment: str
    agency: str = ""
    on_conditions: bool = False


@dataclass(frozen=True)
class Read:
    """What the recipient reads of a piece, and whether it is said another way since."""

    said: Said
    changed: bool = False


def reads(kind: str, then: Said, now: Said | None, *, met: bool) -> Read | None:
    """Return what is within “exactly that much” of what a piece says now, or nothing.

    The same fact put right is; another fact is not, nor is what belongs elsewhere or was graded for
    sharing under conditions since. That a home has changed is said; where it is now is not.
    """
    if now is None or now.compartment != then.compartment or (now.on_conditions and not met):
        return None
    if kind not in LATER:
        return Read(now)
    agency = now.agency if now.agency == then.agency else ""
    known = tuple(each for each in now.values if each in then.values)
    if LATER[kind] == AS_THEN:
        said = replace(now, values=known, agency=agency if known else "")
        return Read(said, changed=not known) if known or kind == POSTCODE else None
    return Read(replace(now, agency=agency), changed=known != now.values)

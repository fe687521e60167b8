"""Who may read a child's own words: those the child was told about, and nobody else unasked."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reachable.conversations.rules.parts import BY_KEY

POLICE, TEAM = "police", "team"


@dataclass(frozen=True)
class Reader:
    """Somebody who may see the child."""

    user_id: UUID | None
    agency_kind: str
    team_ids: frozenset[UUID]


@dataclass(frozen=True)
class Told:
    """Of one version: who wrote it, for which team, whom the child was told about, and with which
    kinds of agency its words were shared by a decision since."""

    writer_id: UUID
    team_id: UUID
    told: frozenset[str]
    shared_with: frozenset[str]


def may_read_words(reader: Reader, told: Told) -> bool:
    """Say whether somebody reads the child's words.

    Police do by a recorded decision only, also where the child was told of them: what they read
    may have to be disclosed.
    """
    if reader.user_id == told.writer_id or reader.agency_kind in told.shared_with:
        return True
    if reader.agency_kind == POLICE:
        return False
    if reader.agency_kind in told.told:
        return True
    return TEAM in told.told and told.team_id in reader.team_ids


def for_reader(
    content: Mapping[str, Mapping[str, Any]], *, reads_words: bool
) -> dict[str, Mapping[str, Any]]:
    """Return what somebody may read of a version."""
    return {key: given for key, given in content.items() if reads_words or not BY_KEY[key].audience}


def keeps_words(content: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether a version holds words of the child's that not everybody reads."""
    return any(BY_KEY[key].audience for key in content)


def told_in(content: Mapping[str, Mapping[str, Any]]) -> Set[str]:
    """Return whom the child was told about."""
    return frozenset(content.get("told", {}).get("who", ()))

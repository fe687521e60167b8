"""Candidates: what was noted of where, with whom and how, until a person confirms it.

A candidate is a row of a version that stands. It is known again by what was said: a later version
that says something else holds another one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from reachable.conversations.rules.parts import CANDIDATES
from reachable.geography.rules import standard_postcode
from reachable.people.rules import standard_name

PLACE, PERSON, TRAVEL, ONLINE = "place", "person", "travel", "online"
KINDS = tuple(key for key, _ in CANDIDATES.fields[0].fields[0].options)

WAITING, LATER, CONFIRMED, SET_ASIDE = "waiting", "later", "confirmed", "set_aside"
PUT_OFF, TAKEN_BACK = "put_off", "taken_back"
"""Decisions that leave a candidate waiting: until a day, or again."""

SAME_NAME, SAME_POSTCODE, PART_OF_NAME = "name", "postcode", "part"
WHY = (SAME_NAME, SAME_POSTCODE, PART_OF_NAME)
_POSTCODE = re.compile(r"\b[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s?[0-9][A-Za-z]{2}\b")
_OWNED = re.compile(r"['’]s\b")
_SMALL = frozenset({"the", "a", "an", "of", "at", "in", "on", "by", "to", "called", "named", "s"})
"""Words that names are told with and without."""
SHORTEST = 3
"""Letters of a name that is looked for: a shorter one is among other words too."""
Content = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Said:
    """A candidate as it was said, with the kind that was chosen, if one was."""

    kind: str
    what: str


@dataclass(frozen=True)
class Known:
    """Something that was confirmed, as it is compared with a candidate."""

    id: UUID
    kind: str
    name: str
    postcode: str = ""


@dataclass(frozen=True)
class Alike:
    """That a candidate may be something that was confirmed, and why: a person decides."""

    id: UUID
    why: str


def said_in(content: Content) -> tuple[Said, ...]:
    """Return the candidates of a version; a row without words holds none."""
    rows = content.get(CANDIDATES.key, {}).get("things", ())
    found = (Said(row.get("kind", ""), " ".join(row.get("what", "").split())) for row in rows)
    return tuple(dict.fromkeys(each for each in found if each.what))


def candidate_id(conversation_id: UUID, said: Said) -> UUID:
    """Return by what a candidate is known again, in whichever version of the conversation it is."""
    text = f"{conversation_id}\n{said.kind}\n{said.what}"
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=5)


def state(decision: str, until: date | None, today: date) -> str:
    """Return where a candidate stands after the last decision; empty where there was none."""
    if decision in (CONFIRMED, SET_ASIDE):
        return decision
    return LATER if decision == PUT_OFF and until is not None and until > today else WAITING


def folded(name: str) -> str:
    """Return a name without case, accents, signs and small words."""
    words = standard_name(name).split()
    return " ".join([word for word in words if word not in _SMALL] or words)


def postcode_in(text: str) -> str:
    """Return the first postcode that stands in a text, as it is written here; nothing for none."""
    found = (standard_postcode(match.group()) for match in _POSTCODE.finditer(text))
    return next(filter(None, found), "")


def alike(said: Said, known: Iterable[Known], *, postcode: str = "") -> tuple[Alike, ...]:
    """Return what a candidate may be the same as: by name, by postcode, by a part of the name.

    Things of different kinds are never the same. Nothing is decided by it.
    """
    name, at = folded(said.what), postcode or postcode_in(said.what)
    found = []
    for each in known:
        if said.kind and each.kind != said.kind:
            continue
        why = _why(name, at, folded(each.name), each.postcode)
        if why:
            found.append((WHY.index(why), each.name.casefold(), Alike(each.id, why)))
    return tuple(each for *_, each in sorted(found, key=lambda one: (*one[:2], one[2].id)))


def _why(name: str, at: str, other: str, other_at: str) -> str:
    if name == other:
        return SAME_NAME
    if at and at == other_at:
        return SAME_POSTCODE
    words, others = set(name.split()), set(other.split())
    return PART_OF_NAME if words and others and (words <= others or others <= words) else ""


def names_child(text: str, names: Iterable[str]) -> str:
    """Return which part of a child's name stands in a text that others read."""
    words = set(standard_name(_OWNED.sub("", text)).split())
    parts = (part for name in names for part in standard_name(name).split())
    return next((part for part in parts if len(part) >= SHORTEST and part in words), "")


def names_whole(text: str, names: Iterable[str]) -> str:
    """Return a child's name that stands in a text as a whole, in any order."""
    words = set(standard_name(_OWNED.sub("", text)).split())
    folded_names = (standard_name(name) for name in names)
    return next((name for name in folded_names if name and words >= set(name.split())), "")

"""What an accepted row makes: events with their time, and who it is about. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any

import orjson

from reachable.geography.rules import standard_postcode
from reachable.intake.rules.happening import happened, is_withdrawn
from reachable.intake.specification import ALSO_OF_THE_PERSON, Feed
from reachable.intake.specification import Made as Make
from reachable.people.rules import Identity, standard_name
from reachable.practice.time import When, read_local


@dataclass(frozen=True, slots=True)
class Made:
    """An event that a row makes."""

    kind: str
    when: When
    place: str
    compartment: str
    tells: frozenset[str] = frozenset()
    """The columns that it tells alone, and all others where it is the first of its row."""
    not_told: frozenset[str] = frozenset()
    """What only other events of its row tell."""

    def details(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what of a row belongs to this event; that it is withdrawn belongs to each."""
        if not self.tells and not self.not_told:
            return dict(said)
        withdrawn = {"record_status"} if is_withdrawn(said) else set()
        tells = self.tells or said.keys()
        return {
            name: value
            for name, value in said.items()
            if name in withdrawn or (name not in self.not_told and name in tells)
        }


_day = lru_cache(maxsize=32768)(date.fromisoformat)


@lru_cache(maxsize=65536)
def _local(day: str, clock: str) -> When:
    return read_local(date.fromisoformat(day), time.fromisoformat(clock) if clock else None)


def made_by(feed: Feed, content: Mapping[str, Any]) -> list[Made]:
    """Return the events of a row, in the order in which the feed names them."""
    found = list(happened(feed, content))
    makes = [make for make, _, _ in found]
    made = []
    for make, day, clock in found:
        place = content.get(make.place) if make.place else ""
        tells, not_told = _told(make, makes)
        when = _local(day, clock)
        made.append(Made(make.event, when, place or "", str(make.compartment), tells, not_told))
    return made


def _told(make: Make, makes: Sequence[Make]) -> tuple[frozenset[str], frozenset[str]]:
    """Return what only this event of a row tells, and what only others tell or none may."""
    if make is not makes[0]:
        return make.tells, make.keeps_back
    others = frozenset[str]().union(*(each.tells for each in makes[1:]))
    return frozenset(), (others - make.tells) | make.keeps_back


def identity_of(content: Mapping[str, Any]) -> Identity:
    """Return who a row is about, in standard form."""
    born = content.get("birth_date")
    return Identity(
        family=standard_name(content.get("family_name") or ""),
        given=standard_name(content.get("given_names") or ""),
        birth_date=_day(born) if born else None,
        postcode=standard_postcode(content.get("postcode") or ""),
        nhs_number=content.get("nhs_number") or "",
        upn=content.get("upn") or "",
        sex=content.get("sex") or "",
    )


def person_content(feed: Feed, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a row that is about the person, as it is kept with their record."""
    names = (*feed.identity, *ALSO_OF_THE_PERSON)
    return {name: content[name] for name in names if content.get(name)}


def event_details(feed: Feed, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else a row says, without the person and without what the event itself holds."""
    person = {*feed.identity, *ALSO_OF_THE_PERSON, feed.source_key}
    times = {name for each in feed.happenings for name in (each.date, each.time)}
    return {
        name: value
        for name, value in content.items()
        if value and name not in person and name not in times
    }


def shown_name(content: Mapping[str, Any]) -> str:
    parts = (content.get("given_names"), content.get("family_name"))
    return " ".join(part for part in parts if part) or "Name not known"


def key_hash(source_key: str, content_hash: str) -> str:
    """What tells a row from all others of its feed: the agency's own key, or all that it says."""
    return short_hash(source_key) if source_key else content_hash[:32]


def short_hash(value: Any) -> str:
    """Return 32 hexadecimal digits that are the same for the same JSON value."""
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(content, digest_size=16).hexdigest()

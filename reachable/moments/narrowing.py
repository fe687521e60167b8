"""Narrowing the worklist: by team, by who has it, by agency that sent it, by area, with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from uuid import UUID

from django.db.models import Q, QuerySet

from reachable.access import selectors as access
from reachable.chronology import selectors as chronology
from reachable.foundation.actor import Actor
from reachable.geography.selectors import area_names
from reachable.moments.joined import families
from reachable.moments.models import Moment, Trigger
from reachable.people import selectors as people

NOBODY = "nobody"
NOWHERE = "unknown"


@dataclass(frozen=True)
class Narrowing:
    """What a reader narrowed the worklist to: keys, empty where they did not."""

    team: str = ""
    person: str = ""
    agency: str = ""
    area: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Narrowing:
        """Read it from an address."""
        return cls(**{each.name: query.get(each.name, "")[:64] for each in fields(cls)})

    def __bool__(self) -> bool:
        return any(self.in_address().values())

    def in_address(self) -> dict[str, str]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def without(self, part: str) -> Narrowing:
        return replace(self, **{part: ""})

    def admits(self, held: Mapping[str, frozenset[str]]) -> bool:
        """Tell whether a moment with these keys, by part, is among what was asked for."""
        return all(not wanted or wanted in held[part] for part, wanted in self.in_address().items())


EVERYTHING = Narrowing()


@dataclass(frozen=True)
class Choice:
    """One of the keys of a part, in words, and how many moments it leaves."""

    key: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Part:
    """What one can narrow by, with its choices; each counts what the other parts leave."""

    key: str
    title: str
    choices: tuple[Choice, ...]


TITLES = {"team": "Team", "person": "Who has it", "agency": "Who sent it", "area": "Area"}

Keys = dict[str, frozenset[str]]


def narrow(*, by: Actor, held: QuerySet[Moment], to: Narrowing) -> QuerySet[Moment]:
    """Return those of these moments, which `by` may see, that are left."""
    if to.team:
        held = held.filter(team_id__in=_identifiers(to.team))
    if to.person == NOBODY:
        held = held.filter(holder=None, asked=None)
    elif to.person:
        person = _identifiers(to.person)
        held = held.filter(Q(holder_id__in=person) | Q(holder=None, asked_id__in=person))
    if to.agency or to.area:
        keys = _keys(by, held)
        held = held.filter(id__among={each for each, its in keys.items() if to.admits(its)})
    return held


def _identifiers(typed: str) -> list[UUID]:
    """An address that somebody changed by hand leaves nothing."""
    try:
        return [UUID(typed)]
    except ValueError:
        return []


def parts(*, by: Actor, held: QuerySet[Moment], to: Narrowing) -> list[Part]:
    """Return what these moments, which `by` may see, can be narrowed by."""
    keys = _keys(by, held)
    words = _words(keys.values())
    return [_part(part, keys.values(), to, words) for part in TITLES]


def _keys(by: Actor, held: QuerySet[Moment]) -> dict[UUID, Keys]:
    """Return moment → its keys. An agency counts by what it sent that `by` may read."""
    facts = list(
        held.values_list("id", "team_id", "holder_id", "asked_id", "person__now__current_id")
    )
    senders = _senders(by, [moment_id for moment_id, *_ in facts])
    areas = people.areas(by=by, current_ids={current for *_, current in facts})
    return {
        moment_id: {
            "team": frozenset({str(team)}),
            "person": frozenset({str(holder or asked or NOBODY)}),
            "agency": frozenset(senders.get(moment_id, ())),
            "area": frozenset({areas.get(current) or NOWHERE}),
        }
        for moment_id, team, holder, asked, current in facts
    }


def _senders(by: Actor, moment_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return moment → agencies that sent what opened or joined it, as far as `by` may read it."""
    members = families(moment_ids)
    triggers = Trigger.objects.filter(moment_id__among=members, ended_at=None)
    pairs = list(triggers.values_list("moment_id", "event_id"))
    sent = chronology.agencies_of(by=by, event_ids=[event_id for _, event_id in pairs])
    found: dict[UUID, set[str]] = {}
    for member, event_id in pairs:
        if event_id in sent:
            found.setdefault(members[member], set()).add(str(sent[event_id]))
    return found


def _words(keys: Iterable[Keys]) -> dict[str, str]:
    """Return key → what it is called; none of these is the name of a child."""
    used: dict[str, set[str]] = {part: set() for part in TITLES}
    for its in keys:
        for part, held in its.items():
            used[part] |= held
    users = (UUID(each) for each in used["person"] - {NOBODY})
    agencies = (UUID(each) for each in used["agency"])
    return {
        NOBODY: "Nobody yet",
        NOWHERE: "Not known",
        **{str(team.id): team.name for team in access.teams()},
        **{str(each): name for each, name in access.names(users).items()},
        **{str(each): name for each, name in access.agency_names(agencies).items()},
        **area_names(),
    }


def _part(part: str, keys: Iterable[Keys], to: Narrowing, words: Mapping[str, str]) -> Part:
    others = to.without(part)
    chosen = to.in_address()[part]
    counts = Counter(key for its in keys if others.admits(its) for key in its[part])
    if chosen in words:
        counts.setdefault(chosen, 0)
    choices = [Choice(key, words[key], count, key == chosen) for key, count in counts.items()]
    last = (NOBODY, NOWHERE)
    choices.sort(key=lambda each: (each.key in last, each.words.casefold()))
    return Part(part, TITLES[part], tuple(choices))

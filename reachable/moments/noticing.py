"""From events to moments, a batch at a time: opened, joined or corrected, given to somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert_all, bulk_update
from reachable.foundation.errors import BadInput
from reachable.foundation.ids import new_id
from reachable.foundation.questions import Question
from reachable.foundation.time import now
from reachable.geography.selectors import areas_of
from reachable.moments import rules
from reachable.moments.correcting import Corrections, correct
from reachable.moments.joined import earliest_due
from reachable.moments.knowing import FIRST, Acquainted
from reachable.moments.models import OPEN, Action, Moment, Trigger
from reachable.moments.pathway_versions import versions_in_force
from reachable.moments.rules import Known, Opening
from reachable.moments.teams import TeamsNow
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Noticeable:
    """An event that may call for a moment, and whose it is.

    `opening` is what it calls for, as received now. A corrected event that has a moment keeps it
    while `kept` says so: what it calls for by each rule, counted from when it was first received.
    """

    event_id: UUID
    signal_id: UUID
    kind: str
    person_id: UUID
    current_id: UUID
    opening: Opening | None
    received_at: datetime
    postcode: str
    kept: Mapping[str, Opening] = field(default_factory=dict)


@dataclass
class Writes:
    """What a batch will insert, table by table."""

    triggers: list[Values] = field(default_factory=list)
    actions: list[Values] = field(default_factory=list)
    involved: list[tuple[UUID | None, UUID | None, UUID, str, UUID]] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """An open moment, as far as what joins it asks or changes."""

    moment_id: UUID
    team_id: UUID
    asked_id: UUID | None
    holder_id: UUID | None
    held_at: datetime | None
    state: str
    answer_by: datetime | None
    reached_at: datetime | None
    child_due_at: datetime
    person_id: UUID
    kind: str
    written: bool = True

    @property
    def next_due_at(self) -> datetime | None:
        return rules.next_due(
            state=self.state,
            answer_by=self.answer_by,
            child_due_at=self.child_due_at,
            reached_at=self.reached_at,
        )


class Batch:
    """Opens or joins one moment per child."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self.at = now()
        self.writes = Writes()
        self.teams = TeamsNow()
        self.on_duty: dict[UUID, list[UUID]] = {}
        self.acquainted = Acquainted(by, self.at, ())
        self.closures = self.acquainted.closures
        self.members: dict[UUID, list[UUID]] = {}
        self.answer_by: dict[str, datetime] = {}
        self.pathways: dict[str, int] = {}
        self.opened: list[tuple[_Open, Values]] = []
        self.joined: dict[UUID, _Open] = {}
        self.corrections = Corrections()
        self.changed: set[UUID] = set()

    def run(self, events: Sequence[Noticeable], corrected: Collection[UUID]) -> int:
        """Return how many moments were opened; `corrected` are signals that had events before."""
        found = Corrections()
        if corrected:
            found = correct(events=events, signal_ids=corrected, at=self.at)
        return self.run_with(events, found)

    def run_with(self, events: Sequence[Noticeable], corrections: Corrections) -> int:
        """The same, where it is known already what corrections did."""
        self.corrections = corrections
        self._tell_corrected()
        settled = corrections.settled
        calling = [
            (event, opening)
            for event in events
            if (opening := self._called_for(event))
            and (event.event_id, opening.rule) not in settled
        ]
        children = {event.current_id for event, _ in calling}
        open_now = _open_moments(self.by, children)
        # What somebody has, or is asked, goes to them; the others are asked whom they know.
        with_somebody = {
            child for child, known in open_now.items() if known.asked_id or known.holder_id
        }
        self.acquainted = Acquainted(self.by, self.at, children - with_somebody)
        self.closures = self.acquainted.closures
        areas = areas_of(event.postcode for event, _ in calling)
        for event, opening in calling:
            known = open_now.get(event.current_id)
            if known is None:
                known = self._open(event, opening, areas.get(event.postcode, ""))
                open_now[event.current_id] = known
            else:
                self._join(event, opening, known)
            self.writes.triggers.append(
                (
                    *(new_id(), known.moment_id, event.event_id, event.signal_id),
                    *(event.kind, opening.rule, opening.rule_version, opening.kind),
                    *(self._pathway_version(opening), opening.child_due_at, opening.due_note[:200]),
                    self.at,
                )
            )
        self._write()
        return len(self.opened)

    def _called_for(self, event: Noticeable) -> Opening | None:
        """What had a moment before has one again, whoever it is about: it was news when it came."""
        if event.opening:
            return event.opening
        before = self.corrections.noticed_before
        had = [
            opening
            for rule, opening in event.kept.items()
            if (event.signal_id, event.kind, rule) in before
        ]
        return min(had, key=_due, default=None)

    def _tell_corrected(self) -> None:
        """Whoever has a moment, or is asked to take it, hears that what opened it was corrected."""
        occasion = f"corrected:{self.at:%Y%m%d%H%M%S%f}"
        for moment in self.corrections.standing:
            self._act(moment.id, "corrected", None, how=self.corrections.changed[moment.id])
            who = moment.holder_id or moment.asked_id
            if moment.state in OPEN and who:
                self._tell(who, "moment.corrected", moment.id, f"{occasion}:{moment.id}")
            elif moment.state == "with_team":
                child = moment.person.now.current_id
                self._tell_team(moment.team_id, moment.id, occasion, child)

    def _open(self, event: Noticeable, opening: Opening, area: str) -> _Open:
        kind, moment_id = opening.kind, new_id()
        team_id = self._goes_to({area} if area else set())
        first = self.acquainted.first_asked(event.current_id, team_id, self._on_duty(team_id))
        asked = first.user if isinstance(first, Known) else first
        opened = _Open(
            moment_id=moment_id,
            team_id=team_id,
            asked_id=asked,
            holder_id=None,
            held_at=None,
            state="waiting" if asked else "with_team",
            answer_by=self._answer_by(kind) if asked else None,
            reached_at=None,
            child_due_at=opening.child_due_at,
            person_id=event.person_id,
            kind=kind,
            written=False,
        )
        fixed = (
            *(moment_id, event.person_id, kind, opening.rule, opening.rule_version),
            *(self._pathway_version(opening), team_id, self.at, event.received_at),
        )
        self.opened.append((opened, fixed))
        self.writes.involved.append((None, team_id, event.person_id, "team", moment_id))
        self._act(moment_id, "opened", None)
        if asked:
            self._say_why_first(moment_id, first)
            self._act(moment_id, "asked", asked)
            self.writes.involved.append((asked, None, event.person_id, "asked", moment_id))
            self._tell(asked, "moment.assigned", moment_id, f"asked:{moment_id}:1:{asked}")
        else:
            self._act(moment_id, "to_team", None)
            self._tell_team(team_id, moment_id, "1", event.current_id)
        return opened

    def _join(self, event: Noticeable, opening: Opening, known: _Open) -> None:
        """What happens next goes first to whoever has the child, who has to answer again.

        Otherwise an arrest at night would wait for somebody who has the moment and is asleep.
        """
        self._act(known.moment_id, "joined", None, how=opening.kind)
        if known.answer_by:
            known.answer_by = min(known.answer_by, self._answer_by(opening.kind))
        if not known.written:
            known.child_due_at = min(known.child_due_at, opening.child_due_at)
            return
        self.changed.add(known.moment_id)
        self.joined[known.moment_id] = known
        occasion = f"joined:{self.at:%Y%m%d%H%M%S%f}"
        telling = "moment.joined" if known.holder_id or known.asked_id else "moment.assigned"
        if known.asked_id is None:
            first: Known | UUID | None = known.holder_id or self.acquainted.first_asked(
                event.current_id, known.team_id, self._on_duty(known.team_id)
            )
            asked = first.user if isinstance(first, Known) else first
            if asked is None:
                self._tell_team(known.team_id, known.moment_id, occasion, event.current_id)
                return
            known.state, known.asked_id = "waiting", asked
            known.answer_by = rules.asked_again_until(
                kind=known.kind, joined=opening.kind, held=bool(known.holder_id), at=self.at
            )
            known.holder_id, known.held_at = None, None
            self._say_why_first(known.moment_id, first)
            self._act(known.moment_id, "asked", asked, how=opening.kind)
            row = (asked, None, known.person_id, "asked", known.moment_id)
            self.writes.involved.append(row)
        self._tell(known.asked_id, telling, known.moment_id, f"{occasion}:{known.moment_id}")

    def _goes_to(self, areas: set[str]) -> UUID:
        """The nearest team, if somebody of it is on duty; else the nearest that has anybody."""
        nearest = self.teams.nearest(areas)
        if nearest and self._on_duty(nearest.id):
            return nearest.id
        team = self.teams.answering(areas)
        if team is None:
            raise BadInput(
                "Nobody could be told: no team has anybody who may take a reachable moment.",
                kept="Nothing was lost: this can be sent again.",
                next="Ask the system administrator to put a practitioner into a team and its rota.",
            )
        return team.id

    def _on_duty(self, team_id: UUID) -> list[UUID]:
        if team_id not in self.on_duty:
            on_duty = access.on_duty(team_id=team_id, at=self.at)
            self.on_duty[team_id] = [who.user_id for who in on_duty]
        return self.on_duty[team_id]

    def _say_why_first(self, moment_id: UUID, first: Known | UUID | None) -> None:
        if isinstance(first, Known):
            self._act(moment_id, FIRST, first.user, how=first.how, said_at=first.since)

    def _pathway_version(self, opening: Opening) -> int:
        if opening.pathway_version is not None:
            return opening.pathway_version
        if not self.pathways:
            self.pathways = versions_in_force()
        return self.pathways[opening.kind]

    def _answer_by(self, kind: str) -> datetime:
        if kind not in self.answer_by:
            self.answer_by[kind] = rules.answer_by(kind, self.at)
        return self.answer_by[kind]

    def _act(
        self,
        moment_id: UUID,
        kind: str,
        about: UUID | None,
        how: str = "",
        said_at: datetime | None = None,
    ) -> None:
        row = (new_id(), moment_id, kind, self.at, about, "", how, "", said_at)
        self.writes.actions.append(row)

    def _tell(self, user_id: UUID, kind: str, moment_id: UUID, key: str) -> None:
        self.writes.tellings.append(Telling(user_id, kind, ("moment", moment_id), key))

    def _tell_team(self, team_id: UUID, moment_id: UUID, occasion: str, current_id: UUID) -> None:
        if team_id not in self.members:
            self.members[team_id] = access.members_to_tell(team_id=team_id, at=self.at)
        told = self.closures.told(current_id, self.members[team_id])
        for user_id, kind in told.items():
            self._tell(user_id, kind, moment_id, f"team:{moment_id}:{occasion}:{user_id}")
        for user_id in self.closures.readers_told(current_id, told):
            self.writes.involved.append((user_id, None, current_id, "asked", moment_id))

    def _write(self) -> None:
        writes = self.writes
        bulk_insert_all(
            (
                Moment,
                [
                    *("id", "person", "kind", "rule", "rule_version", "pathway_version", "team"),
                    *("opened_at", "received_at", "asked", "state", "answer_by", "child_due_at"),
                    *("next_due_at", "outcome", "state_before", "version"),
                ],
                [
                    (
                        *(*fixed, opened.asked_id, opened.state, opened.answer_by),
                        *(opened.child_due_at, opened.next_due_at, "", "", 1),
                    )
                    for opened, fixed in self.opened
                ],
            ),
            (
                Trigger,
                [
                    *("id", "moment", "event_id", "signal_id", "event_kind"),
                    *("rule", "rule_version", "kind", "pathway_version"),
                    *("due_at", "due_note", "joined_at"),
                ],
                writes.triggers,
            ),
            (
                Action,
                ["id", "moment", "kind", "at", "about", "step", "how", "note", "said_at"],
                writes.actions,
            ),
        )
        access_services.involve(by=self.by, rows=writes.involved, kind="person")
        notices.tell(by=self.by, tellings=writes.tellings)
        self._write_joined()
        bulk_update(Moment, "id", ["child_due_at", "next_due_at"], self._corrected_clocks())
        if self.changed:
            # Whoever has the page open acts on what it shows: what joined is another version.
            Moment.objects.filter(id__among=self.changed).update(version=F("version") + 1)

    def _write_joined(self) -> None:
        """The child's clock of a moment is the earliest of what stands in it."""
        due = earliest_due(self.joined)
        for moment_id, known in self.joined.items():
            known.child_due_at = due[moment_id]
        bulk_update(
            Moment,
            "id",
            [
                *("state", "asked", "holder", "held_at", "answer_by"),
                *("child_due_at", "next_due_at"),
            ],
            [
                (
                    *(moment_id, known.state, known.asked_id, known.holder_id, known.held_at),
                    *(known.answer_by, known.child_due_at, known.next_due_at),
                )
                for moment_id, known in self.joined.items()
            ],
        )

    def _corrected_clocks(self) -> list[tuple[UUID, datetime, datetime | None]]:
        """A corrected event may give more time as well as less: look at all that joined."""
        corrections = self.corrections
        if not corrections.standing:
            return []
        standing = corrections.changed.keys()
        due = earliest_due(standing)
        # One that was joined keeps a clock of its own, for the day on which it is separated.
        for member in corrections.members - standing:
            due |= earliest_due([member])
        self.changed |= due.keys()
        held = Moment.objects.filter(id__among=due)
        return [
            (
                moment.id,
                due[moment.id],
                rules.next_due(
                    state=moment.state,
                    answer_by=moment.answer_by,
                    child_due_at=due[moment.id],
                    reached_at=moment.reached_at,
                ),
            )
            for moment in held
        ]


def _due(opening: Opening) -> datetime:
    return opening.child_due_at


def _open_moments(by: Actor, current_ids: set[UUID]) -> dict[UUID, _Open]:
    """Return the open moment of each child, locked, so that nobody closes it meanwhile."""
    current_of = people.same_people(by=by, current_ids=current_ids)
    found = [_Open(*facts) for facts in _open_of(person_ids=current_of)]
    return {current_of[known.person_id]: known for known in found}


@Question
def _open_of(person_ids: Any) -> QuerySet[Moment, Any]:
    return (
        Moment.objects.select_for_update()
        .filter(person_id__among=person_ids, state__in=OPEN)
        .order_by("-opened_at", "-id")
        .values_list(
            *("id", "team_id", "asked_id", "holder_id", "held_at", "state", "answer_by"),
            *("reached_at", "child_due_at", "person_id", "kind"),
        )
    )

"""What can be shared of a child as somebody sees it now: each piece with its source and its day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.chronology import selectors as chronology
from reachable.chronology.selectors import WITHDRAWN, EventFacts
from reachable.foundation import words
from reachable.foundation.actor import Actor
from reachable.moments.models import OPEN
from reachable.moments.selectors import visible_moments
from reachable.offers import selectors as offers
from reachable.offers import wording as offer_words
from reachable.offers.seeing import sees_welfare
from reachable.people import selectors as people
from reachable.people.selectors import ChildFacts, RecordFacts
from reachable.sharing.rules.pieces import (
    EVENT,
    FIELDS,
    HELP,
    MOMENT,
    OFFER,
    STORY,
    TWICE,
    PieceKey,
)

EVENTS_OFFERED = 200
"""The newest events that are offered for choosing; older ones are on the child's page."""
CONDITIONS = "C"
"""The handling code of what may be shared under conditions."""
TAKEN_BACK = "The agency that sent this has taken it back. Do not rely on it."
MOVED = "It has changed since it was shared. The new one was not shared: ask for it."
CORRECTED = "The agency that sent this has corrected it, or sent it again, since it was shared."


@dataclass(frozen=True)
class Piece:
    """One thing as it stands now: what it says as pairs of a label and words, whose it is, and
    since when. `agency` is empty where no single one says it."""

    key: PieceKey
    title: str
    group: str
    compartment: str
    said: tuple[tuple[str, str], ...]
    agency: str
    at: datetime | None
    changed: str = ""
    handling: str = ""
    conditions: str = ""

    @property
    def has_conditions(self) -> bool:
        """Say whether whoever graded it lets it be shared under conditions only."""
        return self.handling == CONDITIONS

    @property
    def text(self) -> str:
        said = ((label, each.removesuffix(".")) for label, each in self.said)
        return "; ".join(f"{label}: {each}" if label else each for label, each in said)

    @property
    def needs_second(self) -> bool:
        return self.compartment in TWICE


def can_be_shared(*, by: Actor, person_id: UUID) -> list[Piece]:
    """Return everything that `by` sees of a child now and could share, piece by piece."""
    line = chronology.time_line(by=by, person_id=person_id)
    events = list(line.events)
    for page in range(2, min(line.pages, EVENTS_OFFERED // chronology.PAGE) + 1):
        events += chronology.time_line(by=by, person_id=person_id, page=page).events
    return [
        *_fields(by, person_id, None),
        *(_event(each, None) for each in events),
        *_offers(by, person_id, None),
    ]


def as_they_stand(
    *,
    by: Actor,
    person_id: UUID,
    keys: Collection[PieceKey],
    since: datetime | None = None,
    records: Collection[UUID] | None = None,
) -> list[Piece]:
    """Return these pieces as `by` sees them now; what `by` does not see is left out.

    `since` is when it was decided to share them: an event that was corrected after it says so, and
    a moment that opened after it is left out. `records` are those of the child that are read.
    """
    kinds = {key.kind for key in keys}
    events = {key.subject_id for key in keys if key.kind == EVENT and key.subject_id}
    wanted = {key.subject_id for key in keys if key.kind == OFFER and key.subject_id}
    found: list[Piece] = []
    if kinds - {EVENT, OFFER}:
        found = list(_fields(by, person_id, kinds, records, since))
    if events:
        held = chronology.events_of(by=by, person_id=person_id, event_ids=events)
        order = sorted(held.values(), key=lambda each: each.occurred.day, reverse=True)
        found += [_event(each, since) for each in order]
    if wanted:
        found += _offers(by, person_id, wanted)
    return found


def _fields(
    by: Actor,
    person_id: UUID,
    kinds: Collection[str] | None,
    records: Collection[UUID] | None = None,
    since: datetime | None = None,
) -> Iterator[Piece]:
    child = people.child_unlogged(by=by, person_id=person_id, record_ids=records)
    if child is None:
        return
    for kind in FIELDS:
        if kinds is not None and kind.key not in kinds:
            continue
        if kind.compartment not in by.compartments():
            continue
        said, agency, at = (
            _open_moment(by, child, since) if kind.key == MOMENT else _SAYS[kind.key](by, child)
        )
        if said:
            yield Piece(
                PieceKey(kind.key), kind.title, kind.group, kind.compartment, said, agency, at
            )


Said = tuple[tuple[tuple[str, str], ...], str, datetime | None]


def _of_newest(
    value: Callable[[ChildFacts | RecordFacts], str],
) -> Callable[[Actor, ChildFacts], Said]:
    """What the newest record says; of the agencies only one that says it too, as far as seen."""

    def says(by: Actor, child: ChildFacts) -> Said:
        del by
        said = value(child)
        of = next((each for each in child.records if value(each) == said), None)
        return _plain(said), of.agency if of else "", of.received_at if of else None

    return says


def _of_all(values: Callable[[ChildFacts], Iterable[str]]) -> Callable[[Actor, ChildFacts], Said]:
    """What several agencies' records say together. No agency stands with it: which of them know
    the child is a fact of its own, that nobody chose."""

    def says(by: Actor, child: ChildFacts) -> Said:
        del by
        return _plain(*values(child)), "", None

    return says


def _plain(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple(("", value) for value in values if value)


def _open_moment(by: Actor, child: ChildFacts, before: datetime | None) -> Said:
    """That one is open and whom to ring, never of which kind: that would tell what happened."""
    held = visible_moments(by=by).filter(person__now__current_id=child.person_id, state__in=OPEN)
    if before is not None:
        held = held.filter(opened_at__lte=before)
    found = held.select_related("holder", "team__agency").first()
    if found is None:
        return (), "", None
    who = found.holder.name if found.holder else "Nobody yet: ring the team"
    phone = (found.holder.phone if found.holder else "") or found.team.phone
    said = [("Has it", f"{who}, {found.team.name}"), ("Telephone", phone)]
    told = tuple((label, each) for label, each in said if each)
    return told, found.team.agency.name, found.opened_at


_SAYS: dict[str, Callable[[Actor, ChildFacts], Said]] = {
    "name": _of_newest(lambda said: words.readable_name(said.name)),
    "also_known_as": _of_all(lambda child: child.also_known_as),
    "birth_date": _of_newest(lambda said: words.day(said.birth_date)),
    "postcode": _of_newest(lambda said: said.postcode),
    "nhs_number": _of_all(lambda child: [child.nhs_number]),
    "upn": _of_all(lambda child: [child.upn]),
    "communication_needs": _of_all(lambda child: child.communication_needs or ()),
}


def _event(event: EventFacts, since: datetime | None) -> Piece:
    key = PieceKey(EVENT, event.id)
    happened = ("Happened", words.when(event.occurred))
    if event.details.get("record_status") == WITHDRAWN:
        said: tuple[tuple[str, str], ...] = (happened,)
        changed = TAKEN_BACK
    else:
        place = [("Where", event.place)] if event.place else []
        said = (happened, *place, *event.told)
        changed = CORRECTED if since is not None and event.received_at > since else ""
    return Piece(
        key,
        event.title,
        STORY,
        event.compartment,
        said,
        event.agency,
        event.received_at,
        changed,
        handling=str(event.details.get("handling_code", "")),
        conditions=str(event.details.get("handling_conditions", "")),
    )


def _offers(by: Actor, person_id: UUID, wanted: Collection[UUID] | None) -> list[Piece]:
    if not sees_welfare(by):
        return []
    return [
        Piece(
            PieceKey(OFFER, row.id),
            row.service,
            HELP,
            "welfare",
            tuple(
                (label, each)
                for label, each in (
                    ("Where it stands", offer_words.state(row)),
                    ("Run by", row.organisation),
                )
                if each
            ),
            _offered_by(row.offered_by),
            row.since,
        )
        for row in offers.offers_of_child(by=by, person_id=person_id)
        if wanted is None or row.id in wanted
    ]


def _offered_by(name: str) -> str:
    return f"recorded here by {name}" if name else "recorded here"

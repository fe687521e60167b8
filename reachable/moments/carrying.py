"""Which moments go with records that turn out to be another child's, and giving them over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from reachable.chronology import selectors as chronology
from reachable.foundation.actor import Actor
from reachable.moments import rules
from reachable.moments.following import FOLLOW, join_one
from reachable.moments.models import OPEN, Moment, Trigger
from reachable.people.registries import IdentityChanged, PointsToPerson, RecordsMoved


def _of_these_records_alone(*, moved: RecordsMoved, gone: Collection[UUID]) -> Collection[UUID]:
    """A moment goes if all that opened it goes; of one that was opened by both, what goes opens
    another one."""
    del gone
    of_them = Moment.objects.filter(person_id__in=list(moved.from_ids))
    triggers = list(
        Trigger.objects.filter(moment__in=of_them).values_list("moment_id", "event_id", "ended_at")
    )
    owners = chronology.owners(by=FOLLOW, event_ids={event for _, event, _ in triggers})
    standing: dict[UUID, set[bool]] = {}
    ended: dict[UUID, set[bool]] = {}
    for moment_id, event_id, ended_at in triggers:
        owner = owners.get(event_id)
        if owner is not None:
            held = standing if ended_at is None else ended
            held.setdefault(moment_id, set()).add(owner.current_id == moved.to_id)
    return [each for each, goes in {**ended, **standing}.items() if goes == {True}]


def _carry(*, by: Actor, split_id: UUID, places: Mapping[UUID, UUID]) -> None:
    """A child has one open moment, so that one that comes to a child joins the other, or it joins
    this one."""
    for moment_id, person_id in sorted(places.items()):
        moment = Moment.objects.select_for_update().get(id=moment_id)
        change = IdentityChanged(split_id, moment.person_id, person_id, undone=True, split=True)
        if moment.state in OPEN:
            held = Moment.objects.select_for_update().filter(person=person_id, state__in=OPEN)
            for other in held.exclude(id=moment_id):
                if rules.stands_before(other.state) <= rules.stands_before(moment.state):
                    join_one(by, other, moment, change)
                else:
                    join_one(by, moment, other, change)
        Moment.objects.filter(id=moment_id).update(person=person_id)


GOES = PointsToPerson(
    Moment,
    "person",
    "It goes if all that opened it goes. Otherwise it stays, and what goes opens one of its own.",
    ("moment", "moments"),
    at="opened_at",
    order=10,
    goes=_of_these_records_alone,
    carry=_carry,
)

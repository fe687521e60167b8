"""What was shared with somebody: exactly the pieces that were chosen, as they stand now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from reachable.access import closing
from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import today
from reachable.people import looking
from reachable.people import selectors as people
from reachable.people.looking import LooksOf
from reachable.people.registries import Seen
from reachable.sharing.answering import unanswered_since
from reachable.sharing.models import SharingDecision
from reachable.sharing.pieces import Piece
from reachable.sharing.reading import what_is_shared
from reachable.sharing.rules.standing import LIVE
from reachable.sharing.seeing import may_receive, stands
from reachable.sharing.words import TOLD_BY

LOOKED = "shared_looked"
"""The page of who looked at what was shared with somebody."""


@dataclass(frozen=True)
class SharedRow:
    """A line of what was shared with somebody; what it is stands on its own page."""

    id: UUID
    by: str
    agency: str
    purpose: str
    until: date
    since: datetime


@dataclass(frozen=True)
class SharedFacts:
    """What was shared with `by`, exactly: nothing else of the child is in it."""

    row: SharedRow
    ask: str
    phone: str
    conditions: str
    told_words: str
    pieces: tuple[Piece, ...]
    unanswered: datetime | None


@looks_beyond("whether a decision that names them was replaced, or is closed to them")
def shared_with_me(*, by: Actor) -> list[SharedRow]:
    """Return what is shared with this person today. Names stand inside, where a look is logged."""
    if not by.is_person or not may_receive(by):
        return []
    held = SharingDecision.objects.filter(to_user_id=by.own_id, until__gte=today())
    mine = list(held.select_related("decided_by__agency", "person__now").order_by("-decided_at"))
    closed = _closed_since(by, mine)
    return [_shared(each) for each in mine if each.id not in closed and stands(each) == LIVE]


def _is_open_to(by: Actor, found: SharingDecision) -> bool:
    mine = by.id == found.to_user_id and may_receive(by) and stands(found) == LIVE
    return mine and not _closed_since(by, [found])


def _closed_since(by: Actor, held: Collection[SharingDecision]) -> set[UUID]:
    """Return which of these are closed to `by` since: for a conflict of interest, or because the
    record was restricted to others after it was decided.

    What a reader shares of a record that is restricted already is open: that was weighed.
    """
    child = {each.id: each.person.now.current_id for each in held}
    same = people.same_people(by=by, current_ids=set(child.values()))
    known = closing.in_conflict(by=by, kind="person").filter(subject_id__in=list(same))
    in_conflict = {same[subject] for subject in known}
    since: dict[UUID, datetime] = {}
    for subject, at in closing.kept_from_since(by=by, kind="person", subject_ids=same):
        since[same[subject]] = max(at, since.get(same[subject], at))
    return {
        each.id
        for each in held
        if child[each.id] in in_conflict
        or (child[each.id] in since and since[child[each.id]] > each.decided_at)
    }


@looks_beyond("what was decided to be shared with them")
def shared(*, by: Actor, shared_id: UUID) -> SharedFacts:
    """Return what was shared with `by`, as it stands now by the decision; the look is logged.

    Somebody else's, one that is over and one that never was are not found.
    """
    held = SharingDecision.objects.select_related("decided_by__agency", "person__now")
    found = held.filter(id=shared_id).first()
    if found is None or not _is_open_to(by, found):
        raise NotFound
    person_id = found.person.now.current_id
    subject = ("sharing", found.id)
    audit.looked(by=by, subject=subject, also=("person", person_id), page="shared with me")
    ask, phone = _whom_to_ask(by, found)
    return SharedFacts(
        row=_shared(found),
        ask=ask,
        phone=phone,
        conditions=found.conditions,
        told_words=TOLD_BY.get(found.told, ""),
        pieces=tuple(what_is_shared(by=by, found=found)),
        unanswered=unanswered_since(by=by, decision_ids=[found.id]).get(found.id),
    )


def _whom_to_ask(by: Actor, found: SharingDecision) -> tuple[str, str]:
    """Whoever decided, also once they do not work with the child; their agency, once they left."""
    decider = found.decided_by
    if not decider.is_active:
        return decider.agency.name, decider.agency.contact_phone
    contact = access.contacts(by=by, user_ids=[decider.id])
    return decider.name, contact.get(decider.id, ("", ""))[1]


def who_looked(*, by: Actor, shared_id: UUID, page: int = 1) -> LooksOf:
    """Return who looked at what was shared with `by`, and at the decision."""
    shared(by=by, shared_id=shared_id)
    return looking.looks_at(by=by, kind="sharing", subject_ids=[shared_id], page=page)


def why(*, by: Actor, subject_id: UUID) -> Seen:
    """Whoever works with the child sees why that is; a recipient is led to nothing of the child."""
    held = SharingDecision.objects.select_related("person__now").get(id=subject_id)
    current_id = held.person.now.current_id
    if people.is_visible(by=by, person_id=current_id):
        return looking.why_child(by=by, subject_id=current_id)
    return Seen(("It was shared with you, until the day that is named here",), LOOKED, subject_id)


def _shared(found: SharingDecision) -> SharedRow:
    assert found.until is not None
    return SharedRow(
        id=found.id,
        by=found.decided_by.name,
        agency=found.decided_by.agency.name,
        purpose=found.purpose,
        until=found.until,
        since=found.decided_at,
    )

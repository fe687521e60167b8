"""A record that is restricted to named readers: set by one person, lifted by two."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import closing
from reachable.access import selectors as access
from reachable.access.models import Restriction, RestrictionReader
from reachable.access.registries import RightsEnded
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.foundation.words import when
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.models import CurrentPerson
from reachable.people.opening import (
    KIND,
    NOTHING_CHANGED,
    current_child,
    refuse_closed,
    refuse_visitor,
    say_why,
)
from reachable.people.registries import IdentityChanged, record_closed
from reachable.people.selectors import same_people

RESTRICTS = "people.restrict"
OVERSEES = "people.oversee"
KINDS = {
    "staff_family": "Family of a member of staff",
    "high_risk": "In high risk if the wrong person knew",
    "other": "Another reason",
}
LEAST = 2
LIFTING_LASTS = timedelta(days=7)
"""For how long a request to lift a restriction stands for one of the two."""
FEW = "record.few_readers"
LIFTING = "record.lifting"


@dataclass(frozen=True)
class RestrictionFacts:
    """A restriction as its readers, and information governance, see it.

    `too_few` says that too few readers are left, or none who may hold a moment; `lifting_by` who
    has asked that it be lifted, with the reason, and `lifting_until` when that lapses.
    """

    id: UUID
    kind: str
    reason: str
    set_by: str
    set_at: datetime
    review_on: date
    readers: tuple[tuple[UUID, str], ...]
    too_few: bool
    lifting_by: str
    lifting_by_id: UUID | None
    lifting_reason: str
    lifting_until: datetime | None

    @property
    def to_be_reviewed(self) -> bool:
        return self.review_on <= today()


@transaction.atomic
def restrict(
    *,
    by: Actor,
    person_id: UUID,
    kind: str,
    reason: str,
    readers: Collection[UUID],
    review_on: date,
) -> UUID:
    """Open a child to these alone, as far as they work with the child, until a second lifts it."""
    by.require(RESTRICTS)
    current = current_child(by=by, person_id=person_id)
    said, named = say_why(reason), sorted(set(readers))
    refuse_visitor(by=by, current_id=current, what="restrict the record")
    if kind not in KINDS:
        raise BadInput("Please choose why it is restricted.", kept=NOTHING_CHANGED)
    if review_on <= today():
        raise BadInput("The day on which it is looked at again has to come.", kept=NOTHING_CHANGED)
    exclusive("people.identify")
    if _standing(by, current):
        raise Conflict("This record is restricted already.", kept=NOTHING_CHANGED)
    _check_readers(named)
    refuse_closed(by=by, current_id=current, user_ids=named)
    at = now()
    restriction = Restriction.objects.create(
        subject_kind=KIND,
        subject_id=current,
        kind=kind,
        reason=said[:300],
        set_by_id=by.own_id,
        set_at=at,
        review_on=review_on,
    )
    for user_id in named:
        _add(by, restriction.id, user_id, at)
    audit.record(
        by=by,
        action="people.restricted",
        subject=(KIND, current),
        because=restriction.id,
        readers=[str(user) for user in named],
    )
    for follow in record_closed.items():
        follow(by=by, current_id=current)
    return restriction.id


def _check_readers(named: Collection[UUID]) -> None:
    if len(named) < LEAST:
        raise BadInput("Please name two readers at least.", kept=NOTHING_CHANGED)
    if set(named) != access.able(capability="people.read", user_ids=named):
        raise BadInput("Please choose readers from the list.", kept=NOTHING_CHANGED)
    if not access.able(capability="moments.hold", user_ids=named):
        raise BadInput(
            "None of these readers may take a reachable moment.",
            kept=NOTHING_CHANGED,
            next="Name one who may, so that no moment of this child is missed.",
        )


def _add(by: Actor, restriction_id: UUID, user_id: UUID, at: datetime) -> None:
    RestrictionReader.objects.create(
        restriction_id=restriction_id, user_id=user_id, added_by_id=by.own_id, added_at=at
    )


def _standing(by: Actor, current: UUID) -> list[Restriction]:
    same = same_people(by=by, current_ids=[current])
    held = Restriction.objects.filter(subject_kind=KIND, subject_id__in=list(same), ended_at=None)
    return list(held.select_related("set_by", "lifting_asked_by").order_by("set_at"))


@transaction.atomic
def add_reader(*, by: Actor, restriction_id: UUID, user_id: UUID) -> None:
    """Name one more reader: whoever works with the child and may restrict, or information
    governance. A reader in conflict is not refused, which would tell of it: they do not count."""
    restriction = _locked(by, restriction_id)
    if user_id not in access.able(capability="people.read", user_ids=[user_id]):
        raise BadInput("Please choose a reader from the list.", kept=NOTHING_CHANGED)
    if restriction.readers.filter(user_id=user_id, ended_at=None).exists():
        return
    _add(by, restriction.id, user_id, now())
    audit.record(
        by=by,
        action="people.reader_added",
        subject=(KIND, restriction.subject_id),
        because=restriction.id,
        user=user_id,
    )


def _locked(by: Actor, restriction_id: UUID) -> Restriction:
    """Lock a restriction that `by` may change: one of a child with whom they work for longer than
    a while, or for who oversees all."""
    held = Restriction.objects.select_for_update().filter(id=restriction_id, ended_at=None)
    restriction = held.first()
    if restriction is None:
        raise NotFound
    if not by.can(OVERSEES):
        _check_restricts(by, restriction)
    return restriction


def _check_restricts(by: Actor, restriction: Restriction) -> None:
    by.require(RESTRICTS)
    current = current_child(by=by, person_id=restriction.subject_id)
    refuse_visitor(by=by, current_id=current, what="change who reads the record")


@dataclass(frozen=True)
class _Asked:
    """That a restriction be lifted: by whom, why, and until when it stands for one of the two."""

    user_id: UUID
    name: str
    reason: str
    until: datetime


def _asked_lifting(held: Collection[Restriction]) -> dict[UUID, _Asked]:
    """Return restriction → what is asked of it, of the last days and by somebody who may still
    restrict: everything else has lapsed."""
    since = now() - LIFTING_LASTS
    found = {
        each.id: _Asked(
            each.lifting_asked_by.id,
            each.lifting_asked_by.name,
            each.lifting_reason,
            each.lifting_asked_at + LIFTING_LASTS,
        )
        for each in held
        if each.lifting_asked_by and each.lifting_asked_at and each.lifting_asked_at > since
    }
    asking = {each.user_id for each in found.values()}
    may = access.able(capability=RESTRICTS, user_ids=asking) if asking else frozenset()
    return {key: each for key, each in found.items() if each.user_id in may}


@transaction.atomic
def lift(*, by: Actor, restriction_id: UUID, reason: str) -> bool:
    """Ask that a restriction be lifted or, where somebody else has asked, lift it.

    Return whether it is lifted. Who oversees records, and does not see the child, can only be the
    second. What was asked longer than `LIFTING_LASTS` ago has lapsed, and what somebody asked who
    may no longer restrict.
    """
    restriction = _locked(by, restriction_id)
    said = say_why(reason)
    asked = _asked_lifting([restriction]).get(restriction.id)
    if asked and asked.user_id == by.id:
        raise Conflict(
            "You have asked for it. Somebody else has to say so too.",
            kept=f"It stays restricted, and your request stands until {when(asked.until)}.",
            next="Ask another who may restrict it, or information governance.",
        )
    subject = (KIND, restriction.subject_id)
    if asked is None:
        if not by.can(RESTRICTS):
            raise Conflict(
                "Nobody who works with the child has asked for it.", kept="It stays restricted."
            )
        _check_restricts(by, restriction)
        at = now()
        restriction.lifting_asked_by_id, restriction.lifting_asked_at = by.own_id, at
        restriction.lifting_reason = said[:300]
        restriction.save()
        audit.record(by=by, action="people.lifting_asked", subject=subject, because=restriction.id)
        tellings = [
            Telling(
                user,
                LIFTING,
                ("partnership", restriction.id),
                f"lifting:{restriction.id}:{at:%Y%m%d%H%M%S%f}:{user}",
            )
            for user in sorted(access.able(capability=OVERSEES))
        ]
        notices.tell(by=by, tellings=tellings)
        return False
    restriction.ended_at, restriction.ended_by_id = now(), by.own_id
    restriction.save()
    audit.record(by=by, action="people.unrestricted", subject=subject, because=restriction.id)
    return True


def restrictions(*, by: Actor, person_id: UUID) -> list[RestrictionFacts]:
    """Return what restricts a child that `by` sees: its readers alone ever read it here."""
    current = current_child(by=by, person_id=person_id)
    return _facts(by, _standing(by, current))


def child_of(*, by: Actor, restriction_id: UUID) -> UUID:
    """Return whose record a restriction keeps that stands, for those who see the child."""
    by.require(RESTRICTS)
    held = Restriction.objects.filter(id=restriction_id, subject_kind=KIND, ended_at=None).first()
    if held is None:
        raise NotFound
    return current_child(by=by, person_id=held.subject_id)


def restriction(*, by: Actor, restriction_id: UUID) -> RestrictionFacts:
    """Return one restriction that stands, for who oversees all; nothing of the child."""
    by.require(OVERSEES)
    held = Restriction.objects.filter(id=restriction_id, ended_at=None)
    found = held.select_related("set_by", "lifting_asked_by").first()
    if found is None:
        raise NotFound
    return _facts(by, [found])[0]


def all_restrictions(*, by: Actor) -> list[RestrictionFacts]:
    """Return every restriction that stands, what needs somebody first; nothing of the child."""
    by.require(OVERSEES)
    held = Restriction.objects.filter(ended_at=None).select_related("set_by", "lifting_asked_by")
    found = _facts(by, list(held.order_by("review_on")))
    return sorted(
        found, key=lambda each: (not each.too_few, not each.lifting_by, not each.to_be_reviewed)
    )


def _facts(by: Actor, held: Sequence[Restriction]) -> list[RestrictionFacts]:
    seats = RestrictionReader.objects.filter(restriction__in=held, ended_at=None)
    named: dict[UUID, list[tuple[UUID, str]]] = {each.id: [] for each in held}
    columns = ("restriction_id", "user_id", "user__name")
    for restriction_id, user_id, name in seats.order_by("user__name").values_list(*columns):
        named[restriction_id].append((user_id, name))
    few, asked = _too_few(by, held), _asked_lifting(held)
    return [
        RestrictionFacts(
            id=each.id,
            kind=KINDS[each.kind],
            reason=each.reason,
            set_by=each.set_by.name,
            set_at=each.set_at,
            review_on=each.review_on,
            readers=tuple(named[each.id]),
            too_few=each.id in few,
            lifting_by=asked[each.id].name if each.id in asked else "",
            lifting_by_id=asked[each.id].user_id if each.id in asked else None,
            lifting_reason=asked[each.id].reason if each.id in asked else "",
            lifting_until=asked[each.id].until if each.id in asked else None,
        )
        for each in held
    ]


def _too_few(by: Actor, held: Collection[Restriction]) -> set[UUID]:
    """Return which of these have too few readers left, or none who may hold a moment.

    Who has a conflict with the child does not count, nor who does not read every restricted record
    that the child has since a merge: to them it is closed.
    """
    subjects = {each.subject_id for each in held}
    now_as = CurrentPerson.objects.filter(person_id__in=subjects)
    stands = dict(now_as.values_list("person_id", "current_id"))
    same = same_people(by=by, current_ids=stands.values())
    shut = closing.closed(by=by, kind=KIND, same=same)
    reading = {
        current: {user for user in users if shut.opens(current, user)}
        for current, users in shut.readers.items()
    }
    everybody = {user for users in reading.values() for user in users}
    read = access.able(capability="people.read", user_ids=everybody)
    hold = access.able(capability="moments.hold", user_ids=everybody)
    few = set()
    for each in held:
        left = reading.get(stands[each.subject_id], set())
        if len(left & read) < LEAST or not left & hold:
            few.add(each.id)
    return few


def follow_rights(*, by: Actor, ended: RightsEnded) -> None:
    """End the seats of a reader who may open no child any more; tell where too few are left.

    The last seat goes too: a restriction without readers stays, closed to everybody, and
    information governance is told at once, and names others.
    """
    user_id = ended.user_id
    if ended.team_id is not None:
        return
    reads = access.able(capability="people.read", user_ids=[user_id])
    held = RestrictionReader.objects.filter(
        user_id=user_id, ended_at=None, restriction__ended_at=None
    )
    seats = list(held.select_related("restriction"))
    for seat in seats:
        if not reads:
            seat.ended_at = now()
            seat.save()
            audit.record(
                by=by,
                action="people.reader_ended",
                subject=(KIND, seat.restriction.subject_id),
                because=seat.restriction_id,
                user=user_id,
            )
    few = _too_few(by, [seat.restriction for seat in seats]) if seats else set()
    _tell_of_few(by, {seat.restriction_id: seat.id for seat in seats if seat.restriction_id in few})


def follow_identity(*, by: Actor, change: IdentityChanged) -> None:
    """Tell where two restricted records became one child whom too few may read: who reads it reads
    both."""
    if not change.undone:
        tell_of_few(by=by, current_id=change.kept_id, occasion=change.merge_id)


def tell_of_few(*, by: Actor, current_id: UUID, occasion: UUID) -> None:
    """Tell where too few are left who read a child: information governance names others."""
    held = _standing(by, current_id)
    few = _too_few(by, held) if held else set()
    _tell_of_few(by, dict.fromkeys(sorted(few), occasion))


def _tell_of_few(by: Actor, occasions: Mapping[UUID, UUID]) -> None:
    """`occasions` is restriction → why too few are left, so that the same is told once."""
    if not occasions:
        return
    oversee = sorted(access.able(capability=OVERSEES))
    tellings = [
        Telling(user, FEW, ("partnership", restriction), f"few:{restriction}:{occasion}:{user}")
        for restriction, occasion in occasions.items()
        for user in oversee
    ]
    notices.tell(by=by, tellings=tellings)

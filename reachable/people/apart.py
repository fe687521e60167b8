"""Records that people decided are of two people: for ever, until two people lift it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.people.models import CannotLink, Record

ONE, OTHER = "one__person__now__current_id", "other__person__now__current_id"
KEPT = "Nothing was changed."
LIFTING_LASTS = timedelta(days=7)
"""For how long one person's wish to lift it stands for a second to agree."""


@dataclass(frozen=True)
class ApartFacts:
    """A pair that is kept apart, and who asked that this be lifted, if anybody did."""

    id: UUID
    one: str
    other: str
    reason: str
    decided_by: str
    decided_at: datetime
    lifting_by: str
    lifting_reason: str
    may_lift: bool


def keep_apart(
    *, by: Actor, record_id: UUID, others: Iterable[UUID], reason: str, review_id: UUID | None
) -> int:
    """Keep a record apart from each of these for ever; return how many pairs are new.

    Runs in the caller's transaction, under the lock of identification; the caller's audit entry
    covers it.
    """
    by.require("people.review")
    pairs = {(min(record_id, other), max(record_id, other)) for other in others}
    people = _people([record_id, *(each for pair in pairs for each in pair)])
    if any(people[one] == people[other] for one, other in pairs):
        raise Conflict(
            "These records are one child by now, by another decision.",
            kept=KEPT,
            next="Undo that first, with its reason.",
        )
    held = CannotLink.objects.filter(lifted_at=None, one_id__in={one for one, _ in pairs})
    fresh = pairs - set(held.values_list("one_id", "other_id"))
    at = now()
    CannotLink.objects.bulk_create(
        CannotLink(
            one_id=one,
            other_id=other,
            review_id=review_id,
            reason=reason[:300],
            decided_by_id=by.id,
            decided_at=at,
        )
        for one, other in sorted(fresh)
    )
    return len(fresh)


def refuse_joining(*, by: Actor, one: UUID, other: UUID) -> None:
    """Refuse to make two people one of whom a record of each is kept apart from the other's."""
    by.require("people.review")
    if other in kept_from(by=by, current_ids=[one]).get(one, frozenset()):
        raise Conflict(
            "A record of one was decided to be of somebody else than a record of the other.",
            kept=KEPT,
            next="Two stewards can lift that, on the page of pairs that are kept apart.",
        )


def kept_from(*, by: Actor, current_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return person → people of whom a record is kept apart from one of theirs: one question."""
    if not by.can("people.identify"):
        by.require("people.review")
    return barred(current_ids)


def barred(current_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return what `kept_from` does, for identification, which runs for nobody."""
    if not current_ids:
        return {}
    standing = CannotLink.objects.filter(lifted_at=None)
    mine = list(current_ids)
    here = standing.filter(one__person__now__current_id__in=mine).values_list(ONE, OTHER)
    there = standing.filter(other__person__now__current_id__in=mine).values_list(OTHER, ONE)
    found: dict[UUID, frozenset[UUID]] = {}
    for person, other in here.union(there):
        found[person] = found.get(person, frozenset()) | {other}
    return found


def pairs_kept_apart(*, by: Actor, at_most: int = 200) -> list[ApartFacts]:
    """Return the pairs that stand, those of which somebody asks that they be lifted first."""
    by.require("people.review")
    held = CannotLink.objects.filter(lifted_at=None).select_related(
        "one__agency", "other__agency", "decided_by", "lifting_by"
    )
    newest = held.order_by("-decided_at", "-id")
    asked = list(newest.filter(lifting_at__gt=now() - LIFTING_LASTS)[:at_most])
    known = {each.id for each in asked}
    rest = [each for each in newest[:at_most] if each.id not in known]
    return [_facts(by, each) for each in (*asked, *rest)][:at_most]


def pair(*, by: Actor, apart_id: UUID) -> ApartFacts:
    """Return one pair that stands; the look is noted for both children."""
    by.require("people.review")
    found = _standing(apart_id)
    people = _people([found.one_id, found.other_id])
    with transaction.atomic():
        audit.record_many(
            by=by,
            action="looked",
            acts=[(("person", each), {"page": "kept apart"}) for each in sorted(people.values())],
        )
    return _facts(by, found)


@transaction.atomic
def lift(*, by: Actor, apart_id: UUID, reason: str) -> bool:
    """Ask that a pair be kept apart no longer; as the second person, lift it: then True."""
    by.require("people.review")
    by.require_to_write("identity")
    said = reason.strip()[:300]
    if not said:
        raise BadInput("Please say in a few words why.", kept=KEPT)
    exclusive("people.identify")
    found = _standing(apart_id)
    if not _asked(found):
        found.lifting_by_id, found.lifting_at, found.lifting_reason = by.own_id, now(), said
    elif found.lifting_by_id == by.own_id:
        raise Conflict("You have asked for this. A second person has to agree.", kept=KEPT)
    else:
        found.lifted_by_id, found.lifted_at = by.own_id, now()
    found.save()
    audit.record(
        by=by,
        action="people.apart_lifted" if found.lifted_at else "people.apart_lifting",
        subject=("cannot_link", found.id),
        one=found.one_id,
        other=found.other_id,
    )
    return found.lifted_at is not None


def _standing(apart_id: UUID) -> CannotLink:
    held = CannotLink.objects.filter(lifted_at=None).select_related(
        "one__agency", "other__agency", "decided_by", "lifting_by"
    )
    found = held.filter(id=apart_id).first()
    if found is None:
        raise NotFound
    return found


def _asked(held: CannotLink) -> bool:
    return held.lifting_at is not None and held.lifting_at > now() - LIFTING_LASTS


def _people(record_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    held = Record.objects.filter(id__in=set(record_ids))
    return dict(held.values_list("id", "person__now__current_id"))


def _facts(by: Actor, held: CannotLink) -> ApartFacts:
    asked = _asked(held)
    return ApartFacts(
        id=held.id,
        one=f"{held.one.shown_name}, {held.one.agency.name}",
        other=f"{held.other.shown_name}, {held.other.agency.name}",
        reason=held.reason,
        decided_by=held.decided_by.name if held.decided_by else "",
        decided_at=held.decided_at,
        lifting_by=held.lifting_by.name if asked and held.lifting_by else "",
        lifting_reason=held.lifting_reason if asked else "",
        may_lift=not asked or held.lifting_by_id != by.id,
    )

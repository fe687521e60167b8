"""Identify, review, merge and undo."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.people import apart, deciding
from reachable.people.checking import judge_check
from reachable.people.identification import Batch, Claim, Identified
from reachable.people.models import (
    CurrentPerson,
    LinkCheck,
    LinkDecision,
    Merge,
    Record,
    Review,
)
from reachable.people.opinions import DIFFERENT, SAME, UNSURE, Said
from reachable.people.registries import IdentityChanged, identity_changed
from reachable.people.standing import stand_anew


def identify(*, by: Actor, claims: Sequence[Claim]) -> list[Identified | None]:
    """Say who each claim speaks of: link, review or new, with the rule that said so.

    Runs in the caller's transaction, one at a time in the whole partnership, and the caller's
    audit entry covers it. None stands for somebody unknown whom the claim need not record.
    """
    by.require("people.identify")
    exclusive("people.identify")
    return Batch(claims, now()).run() if claims else []


@transaction.atomic
def decide_review(
    *, by: Actor, review_id: UUID, same_as: UUID | None, reason: str, unsure: bool = False
) -> UUID | None:
    """Say that a record is one of the people beside it (`same_as`, a record), nobody, or unsure.

    It is decided where one steward is enough, and waits for another where not. Returns the merge,
    if two people became one.
    """
    by.require("people.review")
    by.require_to_write("identity")
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept="Nothing was changed.")
    exclusive("people.identify")
    review = deciding.put_before(by=by).select_for_update().filter(id=review_id).first()
    if review is None:
        raise NotFound
    if review.outcome:
        raise Conflict("Somebody else has decided this already.", kept="Nothing was changed.")
    beside = list(review.candidates.values_list("record_id", flat=True))
    if same_as is not None and same_as not in beside:
        raise NotFound
    said = Said(UNSURE if unsure else SAME if same_as else DIFFERENT, same_as)
    check = LinkCheck.objects.filter(review=review).first()
    if check is not None:
        judge_check(by=by, check=check, review=review, said=said, reason=reason)
        return None
    settled = deciding.say(by=by, review=review, said=said, reason=reason)
    if settled.stands not in {SAME, DIFFERENT}:
        audit.record(by=by, action="people.opinion", subject=("review", review.id))
        return None
    merge_id = None
    if settled.stands == SAME:
        merge_id = _merge_records(by, review, same_as, reason) if same_as else None
    else:
        apart.keep_apart(
            by=by, record_id=review.record_id, others=beside, reason=reason, review_id=review.id
        )
    review.outcome = settled.stands
    review.reason, review.decided_by_id, review.decided_at = reason.strip()[:300], by.id, now()
    review.save()
    audit.record(
        by=by,
        action="people.reviewed",
        subject=("review", review.id),
        outcome=review.outcome,
        record=review.record_id,
        same_as=same_as,
        merge=merge_id,
    )
    return merge_id


def _merge_records(by: Actor, review: Review, same_as: UUID, reason: str) -> UUID | None:
    current = dict(
        Record.objects.filter(id__in=[review.record_id, same_as]).values_list(
            "id", "person__now__current_id"
        )
    )
    joined, kept = current[review.record_id], current[same_as]
    if joined == kept:
        return None
    apart.refuse_joining(by=by, one=joined, other=kept)
    merge = Merge.objects.create(
        kept_id=kept,
        joined_id=joined,
        review=review,
        reason=reason.strip()[:300],
        decided_by_id=by.id,
        decided_at=now(),
    )
    LinkDecision.objects.create(
        record_id=review.record_id,
        person_id=kept,
        outcome="link",
        rule="decided",
        decided_by_id=by.id,
        decided_at=merge.decided_at,
    )
    CurrentPerson.objects.filter(current_id=joined).update(current_id=kept)
    tell_followers(by=by, change=IdentityChanged(merge.id, kept, joined, undone=False))
    return merge.id


@transaction.atomic
def undo_merge(*, by: Actor, merge_id: UUID, reason: str) -> None:
    """Make one person two again, exactly as they were; the merge stays on record as undone."""
    by.require("people.review")
    by.require_to_write("identity")
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept="Nothing was changed.")
    exclusive("people.identify")
    merge = Merge.objects.select_for_update().filter(id=merge_id).first()
    if merge is None:
        raise NotFound
    if merge.undone_at:
        raise Conflict("This merge is undone already.", kept="Nothing was changed.")
    merge.undone_by_id, merge.undone_at = by.id, now()
    merge.undone_reason = reason.strip()[:300]
    merge.save()
    record = merge.review.record if merge.review else _linked_by(merge)
    if record is not None:
        LinkDecision.objects.create(
            record=record,
            person_id=record.person_id,
            outcome="new",
            rule="undone",
            decided_by_id=by.id,
            decided_at=merge.undone_at,
        )
    stand_anew([merge.kept_id])
    tell_followers(
        by=by,
        change=IdentityChanged(merge.id, merge.kept_id, merge.joined_id, undone=True, ended=True),
    )
    audit.record(by=by, action="people.merge_undone", subject=("merge", merge.id))


def _linked_by(merge: Merge) -> Record | None:
    """Return the record for which the computer joined two people by itself."""
    held = LinkDecision.objects.filter(
        person_id=merge.kept_id, outcome="link", decided_by=None, decided_at=merge.decided_at
    )
    found = held.select_related("record").first()
    return found.record if found else None


def tell_followers(*, by: Actor, change: IdentityChanged) -> None:
    """Let every room bring into line what it keeps of these people."""
    for follow in identity_changed.items():
        follow(by=by, change=change)

"""One wrong decision of the invented steward, which was read through, found and undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F

from reachable.access.models import Involvement
from reachable.foundation.actor import Actor
from reachable.foundation.time import travel
from reachable.people import changed, selectors, services, splitting, taking_apart
from reachable.people.models import Record
from reachable.people.review import ReviewFacts, is_decided, open_reviews, review

DECIDED, LOOKED, UNDONE = timedelta(days=5), timedelta(days=3), timedelta(hours=20)
"""How long before the end of the replay."""
WHY = "The same desk said so."
WHY_UNDONE = "The school rang: these are two children."


def mistake(
    *, steward: Actor, second: Actor, workers: Sequence[Actor], finish: datetime
) -> UUID | None:
    """Join two children who are not one, let a worker read both, and undo it; once, if there is a
    review that waits of whom a worker has one."""
    if any(join.reason == WHY for join in changed.joins(by=steward)):
        return None
    for row in open_reviews(by=steward, at_most=500):
        if row.opened_at < finish - DECIDED - timedelta(days=1):
            facts = review(by=steward, review_id=row.id)
            readers = _readers(steward, facts, workers)
            if readers:
                return _decide((steward, second), facts, readers, finish)
    return _give_away(steward, workers, finish)


def _give_away(steward: Actor, workers: Sequence[Actor], finish: datetime) -> UUID | None:
    """Where no such review waits: give a record to a child whose it is not, and bring it back."""
    several = (
        Record.objects.values("person__now__current_id")
        .annotate(records=Count("id"))
        .filter(records__gte=2)
        .order_by("person__now__current_id")
        .values_list("person__now__current_id", flat=True)
    )
    for worker in workers:
        seen = selectors.visible_people(by=worker)
        known = _long_known(worker, finish)
        hidden = several.exclude(person__now__current_id__in=seen.values("current_id")).first()
        if known is None or hidden is None:
            continue
        theirs, given = (
            Record.objects.filter(person__now__current_id=each).order_by("-id").first()
            for each in (known, hidden)
        )
        assert theirs
        assert given
        with transaction.atomic(), travel(finish - DECIDED):
            split_id = splitting.split(
                by=steward, record_ids=[given.id], into=theirs.id, reason=WHY
            )
        with travel(finish - LOOKED):
            selectors.child(by=worker, person_id=known)
        with transaction.atomic(), travel(finish - UNDONE):
            splitting.undo_split(by=steward, split_id=split_id, reason=WHY_UNDONE)
        return split_id
    return None


def _long_known(worker: Actor, finish: datetime) -> UUID | None:
    """Return a child whom a worker sees, and worked with by then themselves."""
    worked = Involvement.objects.filter(
        user=worker.id,
        subject_kind="person",
        started_at__lt=finish - DECIDED,
        ended_at=None,
    )
    seen = selectors.visible_people(by=worker).filter(
        current_id__in=worked.values("subject_id"), person_id=F("current_id")
    )
    return seen.order_by("current_id").values_list("current_id", flat=True).first()


def _sides(facts: ReviewFacts) -> tuple[UUID, UUID]:
    return facts.record.record_id, facts.beside[0].record_id


def _readers(
    steward: Actor, facts: ReviewFacts, workers: Sequence[Actor]
) -> list[tuple[Actor, UUID]]:
    """Workers who see one of the two and not the other, with the one whom they see."""
    one, other = (
        taking_apart.current_of(by=steward, record_id=record_id) for record_id in _sides(facts)
    )
    found = []
    for worker in workers:
        seen = [
            person for person in (one, other) if selectors.is_visible(by=worker, person_id=person)
        ]
        if one != other and len(seen) == 1:
            found.append((worker, seen[0]))
    return found


def _decide(
    stewards: tuple[Actor, Actor],
    facts: ReviewFacts,
    readers: list[tuple[Actor, UUID]],
    finish: datetime,
) -> UUID | None:
    merge_id = None
    with transaction.atomic(), travel(finish - DECIDED):
        for steward in stewards:
            if not is_decided(by=steward, review_id=facts.id):
                merge_id = services.decide_review(
                    by=steward, review_id=facts.id, same_as=_sides(facts)[1], reason=WHY
                )
    for number, (worker, person) in enumerate(readers[:2]):
        with travel(finish - LOOKED + timedelta(hours=number)):
            selectors.child(by=worker, person_id=person)
    if merge_id is not None:
        with transaction.atomic(), travel(finish - UNDONE):
            services.undo_merge(by=stewards[0], merge_id=merge_id, reason=WHY_UNDONE)
    return merge_id

"""Records are taken away from one child into another, and brought back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from reachable.access.models import ConflictOfInterest, Restriction, RestrictionReader
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.people.changed import RECORDS
from reachable.people.models import CurrentPerson, LinkDecision, Merge, Person, Record, Split
from reachable.people.models import SplitMove as Move
from reachable.people.moving import back_to, carry, gone_with
from reachable.people.registries import IdentityChanged, RecordsMoved
from reachable.people.services import tell_followers
from reachable.people.standing import stand_anew, together_since

KEPT = "Nothing was changed."
RESTRICTIONS = "access.Restriction.subject_id"
CONFLICTS = "access.ConflictOfInterest.subject_id"
_PERSON = "person"


@transaction.atomic
def split(*, by: Actor, record_ids: Collection[UUID], into: UUID | None, reason: str) -> UUID:
    """Take records of one child away into another, who has the record `into`, or into a new one.

    What came from these records goes with them; what anybody decided of the child as a whole stays.
    Returns the split.
    """
    _allowed(by, reason)
    exclusive("people.identify")
    taken = list(Record.objects.filter(id__in=record_ids).select_related("person__now"))
    if not taken or len(taken) != len(set(record_ids)):
        raise NotFound
    tops = {record.person.now.current_id for record in taken}
    if len(tops) > 1:
        raise Conflict("Somebody has changed whose these records are.", kept=KEPT)
    (top,) = tops
    group = _group(top)
    staying = list(Record.objects.filter(person_id__in=group).exclude(id__in=record_ids))
    if not staying:
        raise BadInput(
            "These are all records of the child.",
            kept=KEPT,
            next="Leave at least one. To join two children, decide that two records are the same.",
        )
    at = now()
    to = _new_person(at) if into is None else _other(into, top)
    done = Split.objects.create(
        from_person_id=top,
        to_person_id=to,
        made=into is None,
        since=_since(taken, staying, group) or at,
        reason=reason.strip()[:300],
        decided_by_id=by.own_id,
        decided_at=at,
    )
    _note(by, at, [(record.id, to) for record in taken], "split")
    _keep_closed(done, group)
    moved = RecordsMoved(frozenset(record.id for record in taken), group, to)
    before = {RECORDS: {record.id: record.person_id for record in taken}}
    carry(by=by, split_id=done.id, pointer=RECORDS, places=dict.fromkeys(before[RECORDS], to))
    _remember(done, before)
    _remember(done, gone_with(by=by, split_id=done.id, moved=moved))
    tell_followers(by=by, change=IdentityChanged(done.id, top, to, undone=True, split=True))
    audit.record(
        by=by,
        action="people.split",
        subject=("split", done.id),
        person=top,
        into=to,
        records=len(taken),
    )
    return done.id


@transaction.atomic
def undo_split(*, by: Actor, split_id: UUID, reason: str) -> None:
    """Bring back what a split took away, row by row; it stays on record as undone.

    What was taken away again since stays where that brought it.
    """
    _allowed(by, reason)
    exclusive("people.identify")
    done = Split.objects.select_for_update().filter(id=split_id).first()
    if done is None:
        raise NotFound
    if done.undone_at:
        raise Conflict("This is undone already.", kept=KEPT)
    if done.made:
        _refuse_joined(done)
    done.undone_by_id, done.undone_at = by.own_id, now()
    done.undone_reason = reason.strip()[:300]
    done.save()
    if done.made:
        stand_anew([done.from_person_id, done.to_person_id])
    places = back_to(done.moves.filter(copied=False))
    for pointer, rows in places.items():
        carry(by=by, split_id=done.id, pointer=pointer, places=rows)
    _note(by, done.undone_at, places.get(RECORDS, {}).items(), "split_undone")
    _end_copies(done, done.undone_at)
    tell_followers(
        by=by,
        change=IdentityChanged(
            *(done.id, done.from_person_id, done.to_person_id), undone=True, split=True, ended=True
        ),
    )
    audit.record(by=by, action="people.split_undone", subject=("split", done.id))


def _allowed(by: Actor, reason: str) -> None:
    by.require("people.review")
    by.require_to_write("identity")
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept=KEPT)


def _group(top: UUID) -> frozenset[UUID]:
    held = CurrentPerson.objects.filter(current_id=top)
    return frozenset(held.values_list("person_id", flat=True))


def _new_person(at: datetime) -> UUID:
    made = Person.objects.create(made_at=at)
    CurrentPerson.objects.create(person=made, current=made)
    return made.id


def _other(record_id: UUID, top: UUID) -> UUID:
    held = Record.objects.filter(id=record_id).values_list("person__now__current_id", flat=True)
    found = held.first()
    if found is None:
        raise NotFound
    if found == top:
        raise BadInput(
            "That is the same child.",
            kept=KEPT,
            next="Choose another child, or let a new one be made.",
        )
    return found


def _since(
    taken: Iterable[Record], staying: Iterable[Record], group: frozenset[UUID]
) -> datetime | None:
    """Return since when any of both stood together, by what was decided of each."""
    base = {record.id: (record.person_id, True) for record in taken}
    base |= {record.id: (record.person_id, False) for record in staying}
    came: dict[UUID, datetime] = {}
    for record_id, person_id, at in LinkDecision.objects.filter(record_id__in=base).values_list(
        "record_id", "person_id", "decided_at"
    ):
        if person_id == base[record_id][0]:
            came[record_id] = min(at, came.get(record_id, at))
    made = dict(Person.objects.filter(id__in=group).values_list("id", "made_at"))
    merges = Merge.objects.filter(undone_at=None, kept_id__in=group, joined_id__in=group)
    splits = Split.objects.filter(
        made=True, undone_at__isnull=False, from_person__in=group, to_person__in=group
    )
    return together_since(
        [(came.get(each, made[person]), person, gone) for each, (person, gone) in base.items()],
        [
            *merges.values_list("decided_at", "kept_id", "joined_id"),
            *(
                (each.undone_at or each.since, each.from_person_id, each.to_person_id)
                for each in splits
            ),
        ],
    )


def _note(by: Actor, at: datetime, rows: Iterable[tuple[UUID, UUID]], rule: str) -> None:
    LinkDecision.objects.bulk_create(
        LinkDecision(
            record_id=record_id,
            person_id=person_id,
            outcome="link",
            rule=rule,
            decided_by_id=by.own_id,
            decided_at=at,
        )
        for record_id, person_id in rows
    )


def _remember(done: Split, before: dict[str, dict[UUID, UUID]]) -> None:
    Move.objects.bulk_create(
        Move(split=done, pointer=pointer, row_id=row_id, before_id=person_id)
        for pointer, rows in before.items()
        for row_id, person_id in rows.items()
    )


def _keep_closed(done: Split, group: frozenset[UUID]) -> None:
    """What closed the child closes the other one too, until somebody opens it: it may be theirs."""
    about = {"subject_kind": _PERSON, "ended_at": None}
    held = Restriction.objects.filter(**about, subject_id__in=group).order_by("set_at").first()
    there = Restriction.objects.filter(**about, subject_id=done.to_person_id)
    copies: list[tuple[str, UUID]] = []
    if held and not there.exists():
        copy = Restriction.objects.create(
            subject_kind=_PERSON,
            subject_id=done.to_person_id,
            kind=held.kind,
            reason=held.reason,
            set_by_id=held.set_by_id,
            set_at=done.decided_at,
            review_on=held.review_on,
        )
        for reader in held.readers.filter(ended_at=None):
            copy.readers.create(
                user_id=reader.user_id, added_by_id=reader.added_by_id, added_at=done.decided_at
            )
        copies.append((RESTRICTIONS, copy.id))
    known = ConflictOfInterest.objects.filter(**about, subject_id=done.to_person_id)
    declared = set(known.values_list("user_id", flat=True))
    for each in ConflictOfInterest.objects.filter(**about, subject_id__in=group).order_by("id"):
        if each.user_id not in declared:
            declared.add(each.user_id)
            made = ConflictOfInterest.objects.create(
                user_id=each.user_id,
                subject_kind=_PERSON,
                subject_id=done.to_person_id,
                reason=each.reason,
                declared_by_id=each.declared_by_id,
                declared_at=done.decided_at,
            )
            copies.append((CONFLICTS, made.id))
    Move.objects.bulk_create(
        Move(split=done, pointer=pointer, row_id=row_id, copied=True) for pointer, row_id in copies
    )


def _end_copies(done: Split, at: datetime) -> None:
    """What was copied for the records ends with them: they are under the first of it again."""
    copied = done.moves.filter(copied=True)
    restrictions = copied.filter(pointer=RESTRICTIONS).values("row_id")
    RestrictionReader.objects.filter(restriction_id__in=restrictions, ended_at=None).update(
        ended_at=at
    )
    Restriction.objects.filter(id__in=restrictions, ended_at=None).update(ended_at=at)
    conflicts = copied.filter(pointer=CONFLICTS).values("row_id")
    ConflictOfInterest.objects.filter(id__in=conflicts, ended_at=None).update(ended_at=at)


def _refuse_joined(done: Split) -> None:
    """Whoever was made for it may have become somebody else's since: that is undone first."""
    tops = dict(
        CurrentPerson.objects.filter(
            person_id__in=[done.from_person_id, done.to_person_id]
        ).values_list("person_id", "current_id")
    )
    joined = Merge.objects.filter(undone_at=None).filter(Q(joined_id=done.to_person_id)).exists()
    if joined or tops[done.to_person_id] in (tops[done.from_person_id],):
        raise Conflict(
            "The records that were taken away were joined with another child since. Undo that "
            "first.",
            kept=KEPT,
        )

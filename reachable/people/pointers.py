"""How what leads to a person follows, in this room and in those below it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from reachable.access.models import (
    ConflictOfInterest,
    Involvement,
    Restriction,
    SecondPersonRequest,
)
from reachable.audit.models import Entry
from reachable.notices.models import Notice
from reachable.people.models import (
    CurrentPerson,
    Enquiry,
    LinkDecision,
    Merge,
    Record,
    Split,
    SplitMove,
)
from reachable.people.registries import (
    PointsToPerson,
    RecordsMoved,
    points_to_person,
    reasons_of_records,
)

DERIVED = "Derived from what was decided: made again at each merge, split and undoing."
HISTORY = "What was decided then, of whoever it was then: it stays as it is."
BY_HAND = "It was decided of the child as a whole: it stays, and a copy closes the other one too."
WRITTEN = "What was done, written down as it was: it stays under the identifier of then."
OF_A_CHILD = {"subject_kind": "person"}


def _with_their_reason(*, moved: RecordsMoved, gone: Collection[UUID]) -> Collection[UUID]:
    """Somebody works with a child because of a moment, an offer or a row of a list: if that goes,
    their involvement goes with it, also where it has ended."""
    reasons = set(gone)
    for reasons_of in reasons_of_records.items():
        reasons |= set(reasons_of(record_ids=moved.record_ids))
    held = Involvement.objects.filter(**OF_A_CHILD, subject_id__in=list(moved.from_ids))
    return [
        involvement
        for involvement, because_of in held.values_list("id", "because_of")
        if because_of in reasons
    ]


def declare() -> None:
    """Say it of each column. One that is not said fails a test."""
    for key, item in {
        "people.Record.person": PointsToPerson(
            Record,
            "person",
            "A person takes it away, and it goes.",
            ("record of an agency", "records of agencies"),
            at="came_at",
        ),
        "people.CurrentPerson.person": PointsToPerson(CurrentPerson, "person", DERIVED),
        "people.CurrentPerson.current": PointsToPerson(CurrentPerson, "current", DERIVED),
        "people.LinkDecision.person": PointsToPerson(LinkDecision, "person", HISTORY),
        "people.Merge.kept": PointsToPerson(Merge, "kept", HISTORY),
        "people.Merge.joined": PointsToPerson(Merge, "joined", HISTORY),
        "people.Split.from_person": PointsToPerson(Split, "from_person", HISTORY),
        "people.Split.to_person": PointsToPerson(Split, "to_person", HISTORY),
        "people.SplitMove.before": PointsToPerson(SplitMove, "before", HISTORY),
        "people.Enquiry.about": PointsToPerson(Enquiry, "about", HISTORY),
        "access.Involvement.subject_id": PointsToPerson(
            Involvement,
            "subject_id",
            "It goes with the moment, offer or list that it rests on. An invitation, an emergency "
            "and what rests on nothing stay: a person decides about them.",
            ("involvement of a worker or team", "involvements of workers and teams"),
            at="started_at",
            order=90,
            goes=_with_their_reason,
            narrowed=OF_A_CHILD,
        ),
        "access.Restriction.subject_id": PointsToPerson(
            Restriction,
            "subject_id",
            BY_HAND,
            ("restriction", "restrictions"),
            at="set_at",
            narrowed=OF_A_CHILD,
        ),
        "access.ConflictOfInterest.subject_id": PointsToPerson(
            ConflictOfInterest,
            "subject_id",
            BY_HAND,
            ("conflict of interest", "conflicts of interest"),
            at="declared_at",
            narrowed=OF_A_CHILD,
        ),
        "access.SecondPersonRequest.subject_id": PointsToPerson(
            SecondPersonRequest, "subject_id", WRITTEN, narrowed=OF_A_CHILD
        ),
        "audit.Entry.subject_id": PointsToPerson(Entry, "subject_id", WRITTEN, narrowed=OF_A_CHILD),
        "notices.Notice.subject_id": PointsToPerson(
            Notice, "subject_id", WRITTEN, narrowed=OF_A_CHILD
        ),
    }.items():
        points_to_person.add(key, item, room="people")

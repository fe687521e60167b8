"""The records that make up one child, for a steward who takes some of them away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from reachable.audit import services as audit
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.words import readable_name, short_when
from reachable.people.models import LinkDecision, Record, RecordKey
from reachable.people.rules import WHY

OTHERS = 10
FOUND = 20


@dataclass(frozen=True)
class RecordOfChild:
    """A record, since when and why it is with this child, and who decided it."""

    id: UUID
    name: str
    agency: str
    reference: str
    birth_date: date | None
    postcode: str
    why: str
    since: datetime | None
    decided_by: str

    @property
    def hint(self) -> str:
        born = f"born {self.birth_date:%d/%m/%Y}" if self.birth_date else ""
        by = f" by {self.decided_by}" if self.decided_by else " by the computer"
        since = f"here since {short_when(self.since)}{by}: {self.why}" if self.since else ""
        parts = (self.agency, self.reference, born, self.postcode, since)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class OtherChild:
    """Another child who has something in common with one of these records."""

    record_id: UUID
    name: str
    hint: str


@dataclass(frozen=True)
class RecordsOfChild:
    """All records of a child, the newest link last, and other children they may belong to."""

    records: list[RecordOfChild]
    others: list[OtherChild]


def find(*, by: Actor, number: str) -> list[RecordOfChild]:
    """Return records with exactly this number."""
    by.require("people.review")
    wanted = "".join(number.split())
    if not wanted:
        return []
    held = Record.objects.filter(
        Q(source_ref=number.strip()) | Q(source_ref=wanted) | Q(nhs_number=wanted) | Q(upn=wanted)
    )
    found = _facts(list(held.select_related("agency").order_by("id")[:FOUND]))
    _look(by, [each.id for each in found])
    return found


def records_of_child(*, by: Actor, record_id: UUID) -> RecordsOfChild:
    """Return the records of the child who has this one. The look is logged for the child."""
    by.require("people.review")
    held = Record.objects.filter(id=record_id).values_list("person__now__current_id", flat=True)
    current = held.first()
    if current is None:
        raise NotFound
    _look(by, [record_id])
    records = Record.objects.filter(person__now__current_id=current).select_related("agency")
    rows = list(records.order_by("id"))
    facts = sorted(_facts(rows), key=lambda each: (each.since is not None, each.since, each.id))
    return RecordsOfChild(facts, _others([row.id for row in rows], current))


def current_of(*, by: Actor, record_id: UUID) -> UUID:
    """Return who has a record now, for the steward."""
    by.require("people.review")
    current: UUID = Record.objects.values_list("person__now__current_id", flat=True).get(
        id=record_id
    )
    return current


def _look(by: Actor, record_ids: list[UUID]) -> None:
    """Note the look for the records, and for each child whose they are."""
    held = Record.objects.filter(id__in=record_ids)
    people = set(held.values_list("person__now__current_id", flat=True))
    subjects = [
        *(("record", record_id) for record_id in record_ids),
        *(("person", person) for person in sorted(people)),
    ]
    with transaction.atomic():
        audit.record_many(
            by=by,
            action="looked",
            acts=[(subject, {"page": "records of a child"}) for subject in subjects],
        )


def _facts(rows: list[Record]) -> list[RecordOfChild]:
    newest: dict[UUID, LinkDecision] = {}
    decisions = LinkDecision.objects.filter(record__in=[row.id for row in rows])
    for decision in decisions.select_related("decided_by").order_by("decided_at", "id"):
        newest[decision.record_id] = decision
    return [_one(row, newest.get(row.id)) for row in rows]


def _one(row: Record, link: LinkDecision | None) -> RecordOfChild:
    return RecordOfChild(
        row.id,
        readable_name(row.shown_name),
        row.agency.name,
        "" if row.source_ref.startswith("#") else row.source_ref.split("#")[0],
        row.birth_date,
        row.postcode,
        WHY.get(link.rule, link.rule) if link else "",
        link.decided_at if link else None,
        link.decided_by.name if link and link.decided_by else "",
    )


@looks_beyond("whose records share a key with a child’s, for a steward who takes them apart")
def _others(record_ids: list[UUID], current: UUID) -> list[OtherChild]:
    """Whoever shares a key with one of them, one record of each."""
    keys = RecordKey.objects.filter(record_id__in=record_ids).values_list("key", flat=True)
    near = RecordKey.objects.filter(key__in=list(keys)[:500]).values_list("record_id", flat=True)
    held = Record.objects.filter(id__in=list(near.distinct()[:200])).exclude(
        person__now__current_id=current
    )
    seen: dict[UUID, Record] = {}
    for record in held.select_related("agency", "person__now").order_by("id"):
        seen.setdefault(record.person.now.current_id, record)
    return [
        OtherChild(each.id, each.name, f"The child who has this record: {each.hint}")
        for each in _facts(list(seen.values())[:OTHERS])
    ]

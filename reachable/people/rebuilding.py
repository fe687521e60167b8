"""Who stands for whom, and what records are found by, made again from what was decided and sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, bulk_update, exclusive
from reachable.people import finding, rules
from reachable.people.identification import SAID, said_columns
from reachable.people.models import (
    CurrentPerson,
    Person,
    Record,
    RecordDetail,
    RecordKey,
)
from reachable.people.rules import Identity
from reachable.people.standing import standing_pairs

BATCH = 1000


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What a row says of a person: the name as written, the rest in standard form, and its hash."""

    content_hash: str
    shown_name: str
    identity: Identity


@transaction.atomic
def rebuild_current_people(*, by: Actor) -> int:
    """Derive who stands for whom from what was decided; return how many changed."""
    by.require("rebuild")
    exclusive("people.identify")
    after = rules.current_people(standing_pairs())
    before = dict(CurrentPerson.objects.values_list("person_id", "current_id"))
    people = Person.objects.values_list("id", flat=True)
    wanted = {person: after.get(person, person) for person in people.iterator()}
    gone = [row for row in wanted.items() if row[0] not in before]
    wrong = [row for row in wanted.items() if before.get(row[0], row[1]) != row[1]]
    bulk_insert(CurrentPerson, ["person", "current"], gone)
    bulk_update(CurrentPerson, "person", ["current"], wrong)
    return _noted(by, "people.current_rebuilt", len(gone) + len(wrong))


def rebuild_records(*, by: Actor, read: Callable[[dict[str, Any]], PersonSaid]) -> int:
    """Derive each record's own columns from its newest detail; return how many changed.

    `read` returns what a detail's content says of the person, in standard form.
    """
    by.require("rebuild")
    changed, after = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            exclusive("people.identify")
            page = Record.objects.filter(id__gt=after).order_by("id")[:BATCH]
            held = {row[0]: row[1:] for row in page.values_list("id", *SAID)}
            if not held:
                return changed
            details = RecordDetail.objects.filter(record_id__in=list(held))
            said: dict[UUID, list[tuple[datetime, PersonSaid]]] = {}
            for detail in details.order_by("id"):
                each = detail.received_at, read(detail.content)
                said.setdefault(detail.record_id, []).append(each)
            newest = {record_id: _as_it_stands(told) for record_id, told in said.items()}
            wrong = [(key, *columns) for key, columns in newest.items() if held[key] != columns]
            bulk_update(Record, "id", SAID, wrong)
            changed += _noted(by, "people.records_rebuilt", len(wrong))
            after = max(held)


def _as_it_stands(told: Sequence[tuple[datetime, PersonSaid]]) -> tuple[Any, ...]:
    """Follow a record from detail to detail, in the order in which they came."""
    (standing_at, standing), *later = told
    identity = standing.identity
    for at, each in later:
        if at < standing_at and identity.is_named:
            identity = finding.followed_by(each.identity, identity)
            continue
        identity = finding.following(each.identity, identity)
        standing_at, standing = at, each
    return said_columns(standing.content_hash, standing_at, standing.shown_name, identity)


def rebuild_keys(*, by: Actor) -> int:
    """Derive from each record what it is found by; return how many keys came or went."""
    by.require("rebuild")
    return _remove_wrong(by) + _add_missing(by)


def _remove_wrong(by: Actor) -> int:
    """Take out keys of which the record says nothing, and keys without a record."""
    removed, after = 0, None
    while True:
        with transaction.atomic():
            exclusive("people.identify")
            held = RecordKey.objects.order_by("pk")
            page = (held.filter(pk__gt=after) if after else held)[:BATCH]
            pairs = list(page.values_list("key", "record_id"))
            if not pairs:
                return removed
            wanted = _wanted(Record.objects.filter(id__in={record for _, record in pairs}))
            wrong = [pair for pair in pairs if pair not in wanted]
            for pair in wrong:
                RecordKey.objects.filter(pk=pair).delete()
            removed += _noted(by, "people.keys_rebuilt", len(wrong))
            after = pairs[-1]


def _add_missing(by: Actor) -> int:
    added, after = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            exclusive("people.identify")
            page = Record.objects.filter(id__gt=after).order_by("id")[:BATCH]
            ids = list(page.values_list("id", flat=True))
            if not ids:
                return added
            wanted = _wanted(Record.objects.filter(id__in=ids))
            keys = list({key for key, _ in wanted})
            held = set(RecordKey.objects.filter(key__in=keys).values_list("key", "record_id"))
            missing = sorted(wanted - held)
            bulk_insert(RecordKey, ["key", "record"], missing)
            added += _noted(by, "people.keys_rebuilt", len(missing))
            after = ids[-1]


def _wanted(records: QuerySet[Record]) -> set[tuple[int, UUID]]:
    return {
        (key, record_id)
        for record_id, *said in records.values_list("id", *finding.IDENTITY)
        for key in finding.keys_of(finding.identity_from(said))
    }


def _noted(by: Actor, action: str, count: int) -> int:
    if count:
        audit.record(by=by, action=action, subject=("partnership", None), count=count)
    return count

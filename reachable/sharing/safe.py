"""Safe addresses of a child or the family: encrypted, for named readers, each look noted.

Nothing else reads them: no list, no search, no document, no decision to share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.people import selectors as people
from reachable.sharing.models import SafeAddress, SafeAddressReader
from reachable.sharing.seeing import DECIDES, WRITES, current_child

NOTHING_KEPT, NOTHING_CHANGED = "Nothing was kept.", "Nothing was changed."
MOST = 400
OF = (("child", "The child"), ("family", "Somebody of the family"))


@dataclass(frozen=True)
class SafeRow:
    """That one is kept, of whom, and who may read it: never what it says.

    `mine` says that `by` is one of them.
    """

    id: UUID
    of: str
    readers: tuple[str, ...]
    mine: bool


@dataclass(frozen=True)
class SafeFacts:
    """A safe address, for one of its readers."""

    id: UUID
    person_id: UUID
    child: str
    of: str
    address: str
    recorded_by: str
    recorded_at: datetime
    readers: tuple[tuple[UUID, str], ...]


def kept_for(*, by: Actor, person_id: UUID) -> list[SafeRow]:
    """Return that safe addresses are kept for a child with whom `by` works, and whom to ask."""
    if not by.can(DECIDES) or not people.is_visible(by=by, person_id=person_id):
        return []
    held = SafeAddress.objects.filter(person__now__current_id=person_id, ended_at=None)
    found = list(held.defer("address").order_by("recorded_at", "id"))
    readers = _readers([each.id for each in found])
    return [
        SafeRow(
            id=each.id,
            of=dict(OF)[each.of],
            readers=tuple(name for _, name in readers.get(each.id, [])),
            mine=any(user == by.id for user, _ in readers.get(each.id, [])),
        )
        for each in found
    ]


def safe_address(*, by: Actor, safe_id: UUID) -> SafeFacts:
    """Return it to one of its readers who works with the child; the look is logged."""
    found = _own(by, safe_id)
    current = found.person.now.current_id
    audit.looked(
        by=by, subject=("safe_address", found.id), also=("person", current), page="safe address"
    )
    known = people.names(by=by, current_ids=[current]).get(current)
    return SafeFacts(
        id=found.id,
        person_id=current,
        child=known.name if known else "Name kept back",
        of=dict(OF)[found.of],
        address=found.address,
        recorded_by=found.recorded_by.name,
        recorded_at=found.recorded_at,
        readers=tuple(_readers([found.id]).get(found.id, [])),
    )


def could_read(*, by: Actor, person_id: UUID) -> list[tuple[UUID, str]]:
    """Return who works with a child now, and so may be named, by name."""
    current = current_child(by=by, person_id=person_id)
    same = people.same_people(by=by, current_ids=[current])
    able = access.working_now(by=by, kind="person", subject_ids=same, capability=DECIDES)
    return sorted(access.names(able).items(), key=lambda each: each[1])


@transaction.atomic
def keep(
    *, by: Actor, person_id: UUID, of: str, address: str, readers: Iterable[UUID] = ()
) -> UUID:
    """Keep a safe address. Whoever enters it is one of its readers."""
    by.require_to_write(WRITES)
    current = current_child(by=by, person_id=person_id)
    text = address.strip()
    if not text or len(text) > MOST:
        raise BadInput(f"An address has {MOST} characters at most.", kept=NOTHING_KEPT)
    if of not in dict(OF):
        raise BadInput("Please say whose it is.", kept=NOTHING_KEPT)
    named = _check_readers(by, current, readers) | {by.own_id}
    made = SafeAddress.objects.create(
        person_id=current, of=of, address=text, recorded_at=now(), recorded_by_id=by.own_id
    )
    _name(by, made, named)
    audit.record(
        by=by, action="sharing.safe_kept", subject=("safe_address", made.id), person=current
    )
    return made.id


@transaction.atomic
def name_readers(*, by: Actor, safe_id: UUID, readers: Iterable[UUID]) -> None:
    """Say who may read it from now on: of those who work with the child, with `by` among them."""
    by.require_to_write(WRITES)
    found = _own(by, safe_id, lock=True)
    named = _check_readers(by, found.person.now.current_id, readers) | {by.own_id}
    held = SafeAddressReader.objects.filter(safe=found, ended_at=None)
    before = set(held.values_list("user_id", flat=True))
    held.exclude(user_id__in=named).update(ended_at=now())
    _name(by, found, named - before)


@transaction.atomic
def end(*, by: Actor, safe_id: UUID) -> None:
    """Remove an address that is not in use any more; that there was one stays in the audit."""
    by.require_to_write(WRITES)
    found = _own(by, safe_id, lock=True)
    found.address, found.ended_at, found.ended_by_id = "", now(), by.own_id
    found.save(update_fields=["address", "ended_at", "ended_by"])
    SafeAddressReader.objects.filter(safe=found, ended_at=None).update(ended_at=now())
    audit.record(by=by, action="sharing.safe_ended", subject=("safe_address", found.id))


def _own(by: Actor, safe_id: UUID, *, lock: bool = False) -> SafeAddress:
    """Return it to one of its readers; for everybody else it is not there."""
    by.require(DECIDES)
    held = SafeAddress.objects.select_for_update() if lock else SafeAddress.objects.all()
    found = held.filter(id=safe_id, ended_at=None).first()
    reads = found is not None and SafeAddressReader.objects.filter(
        safe=found, user_id=by.own_id, ended_at=None
    )
    if not found or not reads or not people.is_visible(by=by, person_id=found.person_id):
        raise NotFound
    return found


def _check_readers(by: Actor, current: UUID, readers: Iterable[UUID]) -> set[UUID]:
    named = set(readers)
    if not named <= {user for user, _ in could_read(by=by, person_id=current)}:
        raise Conflict(
            "Only whoever works with the child now may be named.",
            kept=NOTHING_CHANGED,
            next="Choose from the list.",
        )
    return named


def _name(by: Actor, safe: SafeAddress, users: Iterable[UUID]) -> None:
    named = sorted(users)
    SafeAddressReader.objects.bulk_create(
        SafeAddressReader(safe=safe, user_id=user, named_at=now(), named_by_id=by.own_id)
        for user in named
    )
    audit.record(
        by=by,
        action="sharing.safe_readers",
        subject=("safe_address", safe.id),
        users=[str(user) for user in named],
    )


def _readers(safe_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    held = SafeAddressReader.objects.filter(
        safe_id__in=list(safe_ids), ended_at=None, user__is_active=True
    ).order_by("user__name")
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for safe_id, user_id, name in held.values_list("safe_id", "user_id", "user__name"):
        found.setdefault(safe_id, []).append((user_id, name))
    return found

"""Workers who are allocated to a child by their own agency: what its records say opens the child.

A worker is found by the number that their agency gave them, and only among accounts of that agency.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.access import managing
from reachable.access.models import Involvement, User
from reachable.access.registries import staff_number_given
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert, exclusive
from reachable.foundation.errors import BadInput
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.practice.time import start_of_day

BASIS = "allocated"
KIND = "person"
LONGEST = 50
"""Characters of a staff number, as its column holds them."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one entry of an agency's records says now of who works with a child."""

    agency_id: UUID
    staff_number: str
    subject_id: UUID
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    user_id: UUID
    subject_id: UUID
    started_at: datetime


def staff_key(number: str) -> str:
    """Return a staff number as it is compared: whatever case and spaces it was written with."""
    return "".join(number.split()).casefold()


def as_kept(number: str) -> str:
    """Return a staff number without spaces; raise BadInput where it is longer than one can be."""
    number = "".join(number.split())
    if len(number) > LONGEST:
        raise BadInput(
            f"A staff number has {LONGEST} characters at most.",
            kept="Nothing was changed.",
            next="Give the number as the agency’s records have it.",
        )
    return number


def with_account(*, by: Actor, numbers: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """Return (agency, staff key) → the account that stands there, of those that were asked for."""
    del by
    asked = {(agency_id, staff_key(number)) for agency_id, number in numbers}
    held = User.objects.filter(
        agency_id__in={agency_id for agency_id, _ in asked}, is_active=True
    ).exclude(staff_number="")
    found = {
        (agency_id, staff_key(number)): user_id
        for user_id, agency_id, number in held.values_list("id", "agency_id", "staff_number")
    }
    return {each: found[each] for each in asked if each[1] and each in found}


def follow(*, by: Actor, said: Mapping[UUID, Allocation | None]) -> None:
    """Bring who is allocated into line with what entries say (None: taken back).

    In the caller's transaction. It opens the child to the worker, and closes the child to them, so
    each is audited by itself.
    """
    if not said:
        return
    wanted = _wanted(by, said)
    in_force = Involvement.objects.in_force(at=now())
    held = list(in_force.filter(because_of__among=set(said), basis=BASIS))
    stays: set[UUID] = set()
    ending: list[Involvement] = []
    for each in held:
        now_wanted = wanted.get(each.because_of) if each.because_of else None
        same = now_wanted and (each.user_id, each.subject_id) == (
            now_wanted.user_id,
            now_wanted.subject_id,
        )
        if not same or each.because_of is None or each.because_of in stays:
            ending.append(each)
            continue
        stays.add(each.because_of)
        if now_wanted and each.started_at != now_wanted.started_at:
            Involvement.objects.filter(id=each.id).update(started_at=now_wanted.started_at)
    _end(by, ending, said)
    _begin(by, {reason: each for reason, each in wanted.items() if reason not in stays})


def _wanted(by: Actor, said: Mapping[UUID, Allocation | None]) -> dict[UUID, _Wanted]:
    lasting = {
        reason: each for reason, each in said.items() if each is not None and each.until is None
    }
    accounts = with_account(
        by=by, numbers=[(each.agency_id, each.staff_number) for each in lasting.values()]
    )
    at = now()
    return {
        reason: _Wanted(user_id, each.subject_id, min(start_of_day(each.since), at))
        for reason, each in lasting.items()
        if (user_id := accounts.get((each.agency_id, staff_key(each.staff_number))))
    }


def _end(by: Actor, ending: Sequence[Involvement], said: Mapping[UUID, Allocation | None]) -> None:
    """End each on the last day that its agency names; when it closed here stands in the audit."""
    at = now()
    for each in ending:
        tells = said.get(each.because_of) if each.because_of else None
        last = start_of_day(tells.until + timedelta(1)) if tells and tells.until else at
        ends = max(min(last, at), each.started_at)
        Involvement.objects.filter(id=each.id).update(ended_at=ends)
    _audit(
        by,
        "access.allocation_ended",
        [(each.subject_id, each.user_id, each.because_of) for each in ending],
    )


def _begin(by: Actor, fresh: Mapping[UUID, _Wanted]) -> None:
    bulk_insert(
        Involvement,
        [
            *("id", "user", "team", "subject_kind", "subject_id"),
            *("basis", "because_of", "started_at", "ended_at"),
        ],
        [
            (
                *(new_id(), each.user_id, None, KIND, each.subject_id),
                *(BASIS, reason, each.started_at, None),
            )
            for reason, each in fresh.items()
        ],
    )
    _audit(
        by,
        "access.allocated",
        [(each.subject_id, each.user_id, reason) for reason, each in fresh.items()],
    )


def _audit(by: Actor, action: str, rows: Sequence[tuple[UUID, UUID | None, UUID | None]]) -> None:
    acts: list[tuple[tuple[str, UUID | None], dict[str, Any]]] = [
        ((KIND, subject), {"user": user, "because_of": reason}) for subject, user, reason in rows
    ]
    if acts:
        audit.record_many(by=by, action=action, acts=acts)


@transaction.atomic
def give_staff_number(*, by: Actor, user_id: UUID, number: str) -> str:
    """Say which number their own agency has given somebody, or with none that they have none.

    Return it as it is kept.

    Children to whom its records allocate that number are open to them from now on; those of the
    number that they had before are open no longer.
    """
    user = managing.found(by, user_id)
    exclusive("people.identify")
    number = as_kept(number)
    refuse_taken(agency_id=user.agency_id, number=number, except_user=user_id)
    User.objects.filter(id=user_id).update(staff_number=number)
    audit.record(by=by, action="access.staff_number_given", subject=("user", user_id))
    numbers_of = {user.staff_number, number} - {""}
    tell_of_numbers(by=by, agency_id=user.agency_id, numbers=numbers_of)
    return number


def refuse_taken(*, agency_id: UUID, number: str, except_user: UUID | None = None) -> None:
    """Raise BadInput where another account of the agency has this staff number."""
    if not number:
        return
    others = User.objects.filter(agency_id=agency_id, is_active=True, staff_number__iexact=number)
    if except_user is not None:
        others = others.exclude(id=except_user)
    if others.exists():
        raise BadInput(
            f"Another account of this agency has the staff number {number}.",
            kept="Nothing was changed.",
            next="Check the number; end the other account, or take the number from it, first.",
        )


def tell_of_numbers(*, by: Actor, agency_id: UUID, numbers: Collection[str]) -> None:
    """Let rooms that know what an agency said of these staff numbers follow."""
    if numbers:
        for follows in staff_number_given.items():
            follows(by=by, agency_id=agency_id, numbers=sorted(numbers))

"""Who else is recorded about the children of a review: their other records, and their household."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from reachable.foundation.actor import Actor
from reachable.people.models import Record
from reachable.people.selectors import closed_people

MOST = 24


@dataclass(frozen=True)
class OtherRecord:
    """Another record of one of these children."""

    name: str
    birth_date: date | None
    postcode: str
    agency: str
    received_at: datetime


@dataclass(frozen=True)
class Member:
    """Somebody recorded under the same family name and postcode."""

    current_id: UUID
    names: tuple[str, ...]
    birth_dates: tuple[date, ...]
    records: int


@dataclass(frozen=True)
class Household:
    """One family name at one postcode, without the children whom the review is about."""

    family: str
    postcode: str
    members: list[Member]
    more: bool


def other_records(
    *, by: Actor, current_ids: Collection[UUID], shown: Collection[UUID]
) -> dict[UUID, list[OtherRecord]]:
    """Return person → records of theirs that the review does not show already.

    Of whoever is closed to this steward nothing more is told.
    """
    by.require("people.review")
    held = Record.objects.filter(person__now__current_id__in=list(current_ids))
    found: dict[UUID, list[OtherRecord]] = {}
    rows = held.exclude(id__in=list(shown)).select_related("agency", "person__now")
    for each in _open_to(by, rows).order_by("-detail_at", "id")[: MOST * 2]:
        found.setdefault(each.person.now.current_id, []).append(
            OtherRecord(
                each.shown_name,
                each.birth_date,
                each.postcode,
                each.agency.name,
                each.detail_at,
            )
        )
    return found


def households(
    *, by: Actor, homes: Sequence[tuple[str, str]], without: Collection[UUID]
) -> list[Household]:
    """Return who else is recorded at each of these (family name, postcode).

    It leaves out whoever is restricted to others than this steward, and with whom they have a
    conflict of interest: as if nobody were recorded.
    """
    by.require("people.review")
    wanted = list(dict.fromkeys(home for home in homes if all(home)))
    if not wanted:
        return []
    held = Record.objects.filter(
        postcode__in={postcode for _, postcode in wanted},
        family_name__in={family for family, _ in wanted},
    ).exclude(person__now__current_id__in=list(without))
    rows = _open_to(by, held).select_related("person__now")
    at: dict[tuple[str, str], dict[UUID, list[Record]]] = {}
    for each in rows.order_by("birth_date", "id")[: MOST * 8]:
        people = at.setdefault((each.family_name, each.postcode), {})
        people.setdefault(each.person.now.current_id, []).append(each)
    return [_household(home, at[home]) for home in wanted if home in at]


def _open_to(by: Actor, records: QuerySet[Record]) -> QuerySet[Record]:
    if by.is_system:
        return records
    return records.exclude(person__now__current_id__in=closed_people(by=by))


def _household(home: tuple[str, str], people: dict[UUID, list[Record]]) -> Household:
    members = [
        Member(
            current_id,
            tuple(dict.fromkeys(each.shown_name for each in records)),
            tuple(dict.fromkeys(each.birth_date for each in records if each.birth_date)),
            len(records),
        )
        for current_id, records in people.items()
    ]
    return Household(*home, members[:MOST], len(members) > MOST)

"""The register as linkage reads it: what each record says, and who its person is now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.people.linkage.deciding import Judge, Known
from reachable.people.linkage.standard import Said, said_of, standardise
from reachable.people.models import Record
from reachable.people.rules import Identity

PAGE = 5_000
NONE = UUID(int=0)
SAYS = [
    *("id", "person__now__current_id", "family_name", "given_names", "birth_date", "postcode"),
    *("nhs_number", "upn", "sex", "earlier_families", "earlier_postcodes"),
]


def said_in(row: Sequence[Any]) -> Said:
    """Return what a row of `SAYS` says, without its two identifiers."""
    return said_of(identity_in(row))


def identity_in(row: Sequence[Any]) -> Identity:
    family, given, born, postcode, nhs_number, upn, sex, families, postcodes = row
    return Identity(
        *(family, given, born, postcode, nhs_number, upn, sex),
        earlier_families=tuple(families.split()),
        earlier_postcodes=tuple(postcodes.split()),
    )


def last_record(*, by: Actor) -> tuple[UUID, int]:
    """Return the newest record, and how many there are up to it."""
    by.require("people.review")
    newest = Record.objects.order_by("-id").values_list("id", flat=True).first() or NONE
    return newest, count_until(by=by, until=newest)


def count_until(*, by: Actor, until: UUID) -> int:
    by.require("people.review")
    return Record.objects.filter(id__lte=until).count()


def everybody(*, by: Actor, until: UUID) -> Iterator[tuple[UUID, UUID, Said]]:
    """Give record, person and what is said, oldest first, a page at a time."""
    by.require("people.review")
    after = NONE
    while True:
        held = Record.objects.filter(id__gt=after, id__lte=until).order_by("id")
        rows = list(held.values_list(*SAYS)[:PAGE])
        if not rows:
            return
        for record_id, person_id, *said in rows:
            yield record_id, person_id, said_in(said)
        after = rows[-1][0]


def known_of(*, by: Actor, judge: Judge, current_ids: Collection[UUID]) -> dict[Any, list[Known]]:
    """Return the records of these people, as the judge compares them."""
    found: dict[Any, list[Known]] = {each: [] for each in current_ids}
    for record_id, person_id, *said in rows_of(by=by, current_ids=current_ids):
        found[person_id].append(known(judge, record_id, person_id, said))
    return found


def rows_of(*, by: Actor, current_ids: Collection[UUID]) -> list[tuple[Any, ...]]:
    """Return the same as rows of `SAYS`."""
    by.require("people.review")
    held = Record.objects.filter(person__now__current_id__among=list(current_ids)).order_by("id")
    return list(held.values_list(*SAYS))


def known(judge: Judge, record_id: UUID, person_id: UUID, said: Sequence[Any]) -> Known:
    return Known(record_id, person_id, standardise(said_in(said), judge.model.frequencies))

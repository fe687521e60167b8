"""Is the chain whole? Streams over everything, so its memory does not grow with the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from reachable.audit import rules
from reachable.audit.models import Entry, Seal, Unsealed
from reachable.foundation import crypto
from reachable.foundation.actor import Actor

AT_MOST = 20


@dataclass
class Verification:
    """What was found; whole only when nothing is wrong."""

    entries: int = 0
    seals: int = 0
    anchors: int = 0
    waiting: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults

    def fault(self, sentence: str) -> None:
        if len(self.faults) < AT_MOST:
            self.faults.append(sentence)
        elif len(self.faults) == AT_MOST:
            self.faults.append("There are more faults; these are the first.")


def verify(*, by: Actor) -> Verification:
    """Check every entry's MAC, every seal, and every anchor outside the database."""
    by.require("audit.read")
    found = Verification()
    anchors = dict(_anchors(found))
    last = _check_chain(found, anchors)
    for number in anchors:
        if number > last:
            found.fault(f"The chain ends at seal {last}, but seal {number} was anchored.")
            break
    found.entries = Entry.objects.count()
    found.waiting = Unsealed.objects.count()
    _check_unsealed(found)
    return found


def _check_chain(found: Verification, anchors: dict[int, str]) -> int:
    expected, previous = 0, rules.GENESIS
    for number, entry_id, stated, link, entry in _seals_with_entries():
        expected += 1
        found.seals += 1
        if number != expected:
            found.fault(f"Seal {expected} is missing; the next is {number}.")
            expected = number
        if stated != previous:
            found.fault(f"Seal {number} does not follow the seal before it.")
        mac = bytes(entry.mac) if entry else b""
        if entry is None:
            found.fault(f"The entry of seal {number} ({entry_id}) is gone.")
        elif _mac_of(entry) != mac:
            found.fault(f"The entry of seal {number} ({entry_id}) was changed.")
        if entry is not None and rules.seal_hash(number, entry_id, mac, stated) != link:
            found.fault(f"Seal {number} does not belong to its entry ({entry_id}).")
        if number in anchors and anchors[number] != link.hex():
            found.fault(f"Seal {number} differs from what was anchored outside the database.")
        previous = link
    return expected


def _mac_of(entry: Entry) -> bytes:
    try:
        return crypto.key_ring().mac(
            rules.message(
                entry_id=entry.id,
                at=entry.at,
                actor=(entry.actor_kind, entry.actor_id, entry.actor_name),
                action=entry.action,
                subject=(entry.subject_kind, entry.subject_id),
                details=entry.details,
            ),
            entry.key_id,
        )
    except KeyError:
        return b""


def _seals_with_entries(
    batch: int = 2000,
) -> Iterator[tuple[int, UUID, bytes, bytes, Entry | None]]:
    after = 0
    while True:
        seals = list(Seal.objects.filter(number__gt=after).order_by("number")[:batch])
        if not seals:
            return
        entries = Entry.objects.in_bulk([seal.entry_id for seal in seals])
        for seal in seals:
            entry = entries.get(seal.entry_id)
            if entry is not None:
                entry.mac = bytes(entry.mac)
            yield seal.number, seal.entry_id, bytes(seal.previous), bytes(seal.hash), entry
        after = seals[-1].number


def _check_unsealed(found: Verification) -> None:
    """An entry that is neither sealed nor waiting was slipped in past the service."""
    sql = f"""
        SELECT e.id FROM {Entry._meta.db_table} e
        LEFT JOIN {Seal._meta.db_table} s ON s.entry_id = e.id
        LEFT JOIN {Unsealed._meta.db_table} u ON u.entry_id = e.id
        WHERE s.number IS NULL AND u.entry_id IS NULL
    """
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for (entry_id,) in cursor.fetchmany(AT_MOST):
            found.fault(f"Entry {UUID(str(entry_id))} was never given to the sealer.")


def _anchors(found: Verification) -> Iterator[tuple[int, str]]:
    path = Path(settings.ANCHOR_FILE)
    if not path.exists():
        if Seal.objects.exists():
            found.fault("There are seals, but the anchor file outside the database is gone.")
        return
    with path.open(encoding="ascii") as file:
        for at, line in enumerate(file, 1):
            try:
                held: dict[str, Any] = json.loads(line)
                number, link = int(held["number"]), str(held["hash"])
            except (ValueError, KeyError):
                found.fault(f"Line {at} of the anchor file cannot be read.")
                continue
            found.anchors += 1
            yield number, link

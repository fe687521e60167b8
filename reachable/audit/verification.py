"""Is the chain whole? Streams over everything; of each sealing it remembers one number."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from reachable.audit import anchors, rules
from reachable.audit.models import Entry, Seal, Unsealed
from reachable.foundation import crypto
from reachable.foundation.actor import Actor
from reachable.foundation.outages import outage

AT_MOST = 20
# What reading raises where somebody wrote past the software what does not fit its column.
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, DatabaseError)


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
    anchored = _anchored(found)
    walk = _Walk(found, anchored)
    try:
        for seal, entry in _seals_with_entries():
            walk.check(seal, entry)
    except UNREADABLE as error:
        if outage(error) is not None:
            raise
        found.fault(f"After seal {walk.number} it cannot be read ({type(error).__name__}).")
    _check_anchors(walk)
    found.entries = Entry.objects.count()
    found.waiting = Unsealed.objects.count()
    _check_unsealed(found)
    return found


class _Walk:
    """Along the chain, from the first seal to the last."""

    def __init__(self, found: Verification, anchored: dict[int, str]) -> None:
        self.found = found
        self.anchored = anchored
        self.number = 0
        self.link = rules.GENESIS
        self.sealed_at: datetime | None = None
        self.ends_of_sealings: list[int] = []

    def check(self, seal: Seal, entry: Entry | None) -> None:
        fault, number, link = self.found.fault, seal.number, bytes(seal.hash)
        self.found.seals += 1
        if number != self.number + 1:
            fault(f"Seal {self.number + 1} is missing; the next is {number}.")
        if bytes(seal.previous) != self.link:
            fault(f"Seal {number} does not follow the seal before it.")
        mac = bytes(entry.mac) if entry else b""
        if entry is None:
            fault(f"The entry of seal {number} ({seal.entry_id}) is gone.")
        elif not _is_signed(entry):
            fault(f"The entry of seal {number} ({seal.entry_id}) was changed.")
        wanted = rules.seal_hash(number, seal.entry_id, mac, seal.sealed_at, bytes(seal.previous))
        if entry is not None and wanted != link:
            fault(f"Seal {number} does not belong to its entry ({seal.entry_id}).")
        if self.anchored.get(number, link.hex()) != link.hex():
            fault(f"Seal {number} differs from what was anchored outside the database.")
        if self.sealed_at is not None and seal.sealed_at != self.sealed_at:
            self.ends_of_sealings.append(self.number)
        self.number, self.link, self.sealed_at = number, link, seal.sealed_at


def _is_signed(entry: Entry) -> bool:
    """Whether the entry is as the software wrote it; no key, no signature."""
    message = rules.message(
        entry_id=entry.id,
        at=entry.at,
        actor=(entry.actor_kind, entry.actor_id, entry.actor_name),
        action=entry.action,
        subject=(entry.subject_kind, entry.subject_id),
        details=entry.details,
    )
    try:
        return hmac.compare_digest(crypto.key_ring().mac(message, entry.key_id), bytes(entry.mac))
    except KeyError:
        return False


def _seals_with_entries(batch: int = 2000) -> Iterator[tuple[Seal, Entry | None]]:
    after = 0
    while True:
        seals = list(Seal.objects.filter(number__gt=after).order_by("number")[:batch])
        if not seals:
            return
        entries = Entry.objects.in_bulk([seal.entry_id for seal in seals])
        for seal in seals:
            yield seal, entries.get(seal.entry_id)
        after = seals[-1].number


def _anchored(found: Verification) -> dict[int, str]:
    """Return seal → hash. Two hashes for one seal: the chain was cut and grew again."""
    anchored: dict[int, str] = {}
    for line, anchor in enumerate(anchors.every(), 1):
        if anchor is None:
            found.fault(f"Line {line} of the anchor file cannot be read.")
            continue
        found.anchors += 1
        number, link = anchor
        if anchored.setdefault(number, link) != link:
            found.fault(f"Seal {number} was anchored twice, with different hashes.")
    return anchored


def _check_anchors(walk: _Walk) -> None:
    """No anchor without its seal, and no sealing without its anchor."""
    found, last = walk.found, walk.number
    beyond = [number for number in walk.anchored if number > last]
    if beyond:
        found.fault(f"The chain ends at seal {last}, but seal {min(beyond)} was anchored.")
    if last and not Path(settings.ANCHOR_FILE).exists():
        found.fault("There are seals, but the anchor file outside the database is gone.")
        return
    unanchored = [number for number in walk.ends_of_sealings if number not in walk.anchored]
    if unanchored:
        # What was sealed while the chain was read has been anchored by now.
        later = {anchor[0] for anchor in anchors.every() if anchor}
        for number in unanchored:
            if number not in later:
                found.fault(f"Seal {number} was never anchored, or its anchor was removed.")


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

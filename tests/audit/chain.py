"""A chain to be attacked, and what whoever owns the database or its file can do to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from click.testing import CliRunner
from django.conf import settings
from django.db import connection, transaction

from reachable.audit import rules, services
from reachable.audit.append_only import APPEND_ONLY
from reachable.audit.cli import group
from reachable.audit.models import Entry, Seal, Unsealed
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import bulk_insert, is_postgres
from reachable.foundation.ids import new_id
from reachable.foundation.time import now

BY = system("tests")
SEALINGS, EACH = 3, 3


def act(action: str = "tests.done", by: Actor = BY) -> UUID:
    """Do something that leaves one entry."""
    with transaction.atomic():
        return services.record(by=by, action=action, subject=("person", new_id()), step="one")


def seal() -> int:
    return services.seal(by=BY)


def make_chain() -> list[UUID]:
    """Seal three times three entries; return the entries in the order of their seals."""
    for _ in range(SEALINGS):
        for _ in range(EACH):
            act()
        seal()
    return list(Seal.objects.order_by("number").values_list("entry_id", flat=True))


def verified() -> tuple[int, dict[str, Any]]:
    """Run `reachable audit verify --json`; return its exit status and its last line."""
    ran = CliRunner().invoke(group, ["verify", "--json"])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran.exit_code, json.loads(ran.stdout.splitlines()[-1])


def faults() -> list[str]:
    """Return what `reachable audit verify` finds; its exit status must say the same."""
    status, said = verified()
    assert said["whole"] == (not said["faults"])
    assert status == (0 if said["whole"] else 1)
    return list(said["faults"])


@contextmanager
def triggers_off() -> Iterator[None]:
    """What the owner of the database, or of the file, can always do."""
    with connection.cursor() as cursor:
        if is_postgres():
            for table in APPEND_ONLY:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
        )
        held = cursor.fetchall()
        assert len(held) == 6
        for name, _ in held:
            cursor.execute(f"DROP TRIGGER {name}")
        yield


def make_anew(after: int) -> None:
    """Compute every seal after a number again: the hashes are unkeyed, so anybody can."""
    kept = Seal.objects.filter(number=after).first()
    number, previous = (kept.number, bytes(kept.hash)) if kept else (0, rules.GENESIS)
    later = list(Seal.objects.filter(number__gt=after).order_by("number"))
    Seal.objects.filter(number__gt=after).delete()
    rows = []
    for held in later:
        number += 1
        mac = bytes(Entry.objects.get(id=held.entry_id).mac)
        link = rules.seal_hash(number, held.entry_id, mac, held.sealed_at, previous)
        rows.append((number, held.entry_id, previous, link, held.sealed_at))
        previous = link
    bulk_insert(Seal, ["number", "entry_id", "previous", "hash", "sealed_at"], rows)


def forge(*, key_id: str, mac: bytes, waiting: bool = True) -> UUID:
    """Write an entry past the service, as somebody without the key has to."""
    entry = Entry.objects.create(
        at=now(),
        actor_kind="system",
        actor_name="somebody else",
        action="tests.forged",
        subject_kind="person",
        details={},
        key_id=key_id,
        mac=mac,
    )
    if waiting:
        Unsealed.objects.create(entry_id=entry.id)
    return entry.id


def anchor_file() -> Path:
    return Path(settings.ANCHOR_FILE)


def anchor_lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in anchor_file().read_text().splitlines()]


def write_anchors(lines: list[dict[str, Any]]) -> None:
    anchor_file().write_text("".join(json.dumps(line) + "\n" for line in lines))

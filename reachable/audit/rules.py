"""What a MAC and a seal cover."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = bytes(32)
FORBIDDEN_DETAIL = frozenset({"name", "birth_date", "postcode", "address", "text", "note"})


def message(
    *,
    entry_id: UUID,
    at: datetime,
    actor: tuple[str, UUID | None, str],
    action: str,
    subject: tuple[str, UUID | None],
    details: Mapping[str, Any],
) -> bytes:
    """Return the bytes that an entry's MAC is made of: every column, in one fixed order."""
    kind, actor_id, name = actor
    return json.dumps(
        [
            entry_id.hex,
            at.astimezone(UTC).isoformat(timespec="microseconds"),
            kind,
            actor_id.hex if actor_id else None,
            name,
            action,
            subject[0],
            subject[1].hex if subject[1] else None,
            details,
        ],
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def seal_hash(
    number: int, entry_id: UUID, mac: bytes, sealed_at: datetime, previous: bytes
) -> bytes:
    """Return the hash of one seal; changing any seal changes all that follow."""
    at = sealed_at.astimezone(UTC).isoformat(timespec="microseconds").encode()
    content = number.to_bytes(8, "big") + entry_id.bytes + mac + at + previous
    return hashlib.sha256(content).digest()


def identifiers(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return details as JSON values; refuse what could be content instead of an identifier."""
    wrong = FORBIDDEN_DETAIL & details.keys()
    if wrong:
        raise ValueError(f"audit entries hold identifiers, never content: {sorted(wrong)}")
    return {key: value.hex if isinstance(value, UUID) else value for key, value in details.items()}

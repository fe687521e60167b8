"""Identifiers are made before the insert, so that one transaction can refer to all it writes."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7: sortable by the time it was made, safe to show in a URL."""
    return uuid7()

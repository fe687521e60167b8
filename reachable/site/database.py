"""DATABASE_URL to Django's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from reachable.foundation.errors import BadInput

# A larger log before each checkpoint: batches touch many index pages, and writing these back after
# every batch took a third of a load.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-131072; "
    "PRAGMA wal_autocheckpoint=20000; PRAGMA temp_store=MEMORY;"
)


def database_from(url: str | None, default: Path) -> dict[str, Any]:
    """Read `postgres://user:password@host:port/name?option=value` or `sqlite:///path`."""
    if not url:
        return _sqlite(default)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadInput(
            f"DATABASE_URL starts with “{parts.scheme}”.", next="Use postgres:// or sqlite://."
        )
    return {
        "ENGINE": "reachable.foundation.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": SQLITE_PRAGMAS,
        },
    }

"""Keys and keyed digests. Keys live outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from reachable.foundation.secret_files import read_or_make


def _first_key() -> str:
    return json.dumps({"current": "k1", "keys": {"k1": secrets.token_hex(32)}})


class KeyRing:
    """Named keys in one file, readable by its owner only; the newest one signs."""

    def __init__(self, path: Path) -> None:
        held = json.loads(read_or_make(path, _first_key))
        self.current: str = held["current"]
        self._keys = {name: bytes.fromhex(key) for name, key in held["keys"].items()}

    def mac(self, message: bytes, key_id: str | None = None) -> bytes:
        """Return HMAC-SHA256 under the named key; KeyError when the ring lacks it."""
        return hmac.new(self._keys[key_id or self.current], message, hashlib.sha256).digest()

    def secret(self, purpose: str, *parts: str, key_id: str | None = None) -> str:
        """Return 256 bits for one purpose, as text: the same each time, and kept nowhere."""
        made = self.mac(digest(purpose, *parts), key_id)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _ring_at(path: str) -> KeyRing:
    return KeyRing(Path(path))


def key_ring() -> KeyRing:
    return _ring_at(str(settings.KEY_FILE))


def digest(*parts: str) -> bytes:
    """SHA-256 over parts, kept apart so that ("ab", "c") differs from ("a", "bc")."""
    total = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        total.update(len(encoded).to_bytes(4, "big"))
        total.update(encoded)
    return total.digest()


def hash64(*parts: str) -> int:
    """A signed 64-bit hash of parts: what blocking keys are kept as, in place of text."""
    return int.from_bytes(digest(*parts)[:8], "big", signed=True)

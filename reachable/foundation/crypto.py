"""Keys and keyed digests. Keys live outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from reachable.foundation.errors import ReachableError
from reachable.foundation.secret_files import read_or_make

_NONCE = 12


class CannotDecrypt(ReachableError):
    """What was encrypted with a key that is not here, or was changed since."""

    def __init__(self, purpose: str) -> None:
        super().__init__(
            f"What is kept encrypted ({purpose}) cannot be read: its key is not here.",
            kept="Nothing was changed.",
            next="Put the file of keys back that belongs to this database.",
        )


def _first_key() -> str:
    return json.dumps({"current": "k1", "keys": {"k1": secrets.token_hex(32)}})


class KeyRing:
    """Named keys in one file, readable by its owner only; the newest one signs."""

    def __init__(self, path: Path) -> None:
        held = json.loads(read_or_make(path, _first_key))
        self.current: str = held["current"]
        self._keys = {name: bytes.fromhex(key) for name, key in held["keys"].items()}
        self._ciphers: dict[tuple[str, str], AESGCM] = {}

    def mac(self, message: bytes, key_id: str | None = None) -> bytes:
        """Return HMAC-SHA256 under the named key; KeyError when the ring lacks it."""
        return hmac.new(self._keys[key_id or self.current], message, hashlib.sha256).digest()

    def secret(self, purpose: str, *parts: str, key_id: str | None = None) -> str:
        """Return 256 bits for one purpose, as text: the same each time, and kept nowhere."""
        made = self.mac(digest(purpose, *parts), key_id)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    def encrypt(self, purpose: str, plain: bytes) -> bytes:
        """Return what only the newest key opens again, for the same purpose (AES-256-GCM)."""
        nonce = secrets.token_bytes(_NONCE)
        hidden = self._cipher(purpose, self.current).encrypt(nonce, plain, purpose.encode())
        return self.current.encode() + b":" + nonce + hidden

    def decrypt(self, purpose: str, held: bytes) -> bytes:
        """Return what was encrypted; CannotDecrypt where the ring lacks its key."""
        key_id, _, rest = held.partition(b":")
        try:
            cipher = self._cipher(purpose, key_id.decode("ascii", "replace"))
            return cipher.decrypt(rest[:_NONCE], rest[_NONCE:], purpose.encode())
        except (KeyError, InvalidTag, ValueError):
            raise CannotDecrypt(purpose) from None

    def _cipher(self, purpose: str, key_id: str) -> AESGCM:
        if (purpose, key_id) not in self._ciphers:
            self._ciphers[purpose, key_id] = AESGCM(self.mac(digest("encrypt", purpose), key_id))
        return self._ciphers[purpose, key_id]


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

"""Opening what a phone sealed to the server. The phone itself cannot open it again.

ECDH on P-256 with a key pair made for each envelope, HKDF-SHA-256, AES-256-GCM: all of it is in
every browser. The private key lies beside the key ring, outside the database.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from reachable.foundation.errors import BadInput
from reachable.foundation.secret_files import read_or_make

VERSION = 1
_INFO = "reachable conversation v1"
_FILE = "phone-seal.pem"


class SealKey:
    """A private key in one file, readable by its owner only, with its name and public half."""

    def __init__(self, path: Path) -> None:
        held = serialization.load_pem_private_key(read_or_make(path, _made).encode(), None)
        assert isinstance(held, ec.EllipticCurvePrivateKey)
        self.private = held
        self.public = held.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        total = hashes.Hash(hashes.SHA256())
        total.update(self.public)
        self.name = total.finalize().hex()[:16]


def _made() -> str:
    made = ec.generate_private_key(ec.SECP256R1())
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@lru_cache(maxsize=4)
def _key_at(path: str) -> SealKey:
    return SealKey(Path(path))


def seal_key() -> SealKey:
    return _key_at(str(Path(settings.KEY_FILE).parent / _FILE))


def public_seal() -> dict[str, str]:
    """Return what a phone seals with."""
    key = seal_key()
    return {"kid": key.name, "public": encoded(key.public)}


def opened(envelope: Any, *, item_id: str, device_id: str) -> dict[str, Any]:
    """Return what was sealed; BadInput where it was not sealed to us, for this item and device."""
    key = seal_key()
    if not isinstance(envelope, Mapping) or envelope.get("v") != VERSION:
        raise _unopened()
    if envelope.get("kid") != key.name:
        raise _unopened()
    try:
        point, iv, sealed = (_decoded(envelope.get(name)) for name in ("epk", "iv", "ct"))
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        plain = AESGCM(content_key(key.private.exchange(ec.ECDH(), theirs), key.name)).decrypt(
            iv, sealed, bound_to(item_id, device_id)
        )
        held = json.loads(plain)
    except (InvalidTag, ValueError):
        raise _unopened() from None
    if not isinstance(held, dict):
        raise _unopened()
    return held


def content_key(shared: bytes, name: str) -> bytes:
    """Derive the key of one envelope from what both sides share."""
    info = f"{_INFO}|{name}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(shared)


def bound_to(item_id: str, device_id: str) -> bytes:
    """Return what an envelope is bound to: it opens as no other item, and from no other phone."""
    return f"{item_id}|{device_id}".encode()


def encoded(held: bytes) -> str:
    return base64.urlsafe_b64encode(held).rstrip(b"=").decode()


def _decoded(said: Any) -> bytes:
    if not isinstance(said, str):
        raise ValueError("not text")
    try:
        return base64.b64decode(said + "=" * (-len(said) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _unopened() -> BadInput:
    return BadInput(
        "What your phone sent cannot be opened here.",
        kept="It stays on the phone, sealed.",
        next="Keep the phone as it is, and ring whoever looks after Reachable in your partnership.",
    )

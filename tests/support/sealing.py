"""What a phone does, in Python: it seals what was written so that only the server opens it."""

from __future__ import annotations

import json
import os
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reachable.conversations.sealing import bound_to, content_key, encoded, public_seal, seal_key
from reachable.foundation.time import now


def envelope(item_id: str, device_id: str, held: Any) -> dict[str, Any]:
    """Return an envelope around anything that JSON can say."""
    ours = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), seal_key().public)
    key = content_key(ours.exchange(ec.ECDH(), theirs), public_seal()["kid"])
    iv = os.urandom(12)
    sealed = AESGCM(key).encrypt(iv, json.dumps(held).encode(), bound_to(item_id, device_id))
    point = ours.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return {
        "v": 1,
        "kid": public_seal()["kid"],
        "epk": encoded(point),
        "iv": encoded(iv),
        "ct": encoded(sealed),
    }


def item(device_id: UUID, held: dict[str, Any]) -> dict[str, Any]:
    """Return one thing that a phone sends."""
    item_id = str(held["version_id"] if "version_id" in held else uuid4())
    return {"id": item_id, "envelope": envelope(item_id, str(device_id), held)}


def written(moment_id: UUID, **given: Any) -> dict[str, Any]:
    """Return a conversation as a phone has it, finished and with the child’s own words."""
    at = now().isoformat()
    return {
        "kind": "conversation",
        "version_id": str(uuid4()),
        "conversation_id": str(uuid4()),
        "based_on": [],
        "moment_id": str(moment_id),
        "guide": "return_interview",
        "began_at": at,
        "written_at": at,
        "finished": True,
        "content": {
            "invitation": {"answer": "talked", "how": "in_person"},
            "told": {"who": ["team"]},
            "words": {"words": "they said id be  safe\n\nim not"},
        },
        **given,
    }

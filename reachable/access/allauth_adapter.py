"""How django-allauth names our accounts, and keeps what must stay secret."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from reachable.foundation.crypto import key_ring


class Adapter(DefaultMFAAdapter):
    """Secrets are encrypted with the key ring; an app and a phone show the user name."""

    def encrypt(self, text: str) -> str:
        held = key_ring().encrypt("second factor", text.encode())
        return base64.b64encode(held).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return key_ring().decrypt("second factor", base64.b64decode(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        return "Reachable"

    def _get_site_name(self) -> str:
        return "Reachable"

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {
            "id": user.id.hex.encode(),
            "display_name": user.name,
            "name": user.username,
        }

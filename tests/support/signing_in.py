"""Somebody who signs in by hand: with an app that shows codes, and with a passkey."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from html import unescape
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

from reachable.access.models import User
from tests.support.world import PASSWORD, html


class App:
    """An app that shows the codes of one account, as a phone has it."""

    def __init__(self, secret: str) -> None:
        self.secret = secret.replace(" ", "")

    def code(self, steps: int = 0) -> str:
        """The code of now, or of some half minutes later."""
        now = list(totp.yield_hotp_counters_from_time())[1]
        return str(totp.format_hotp_value(totp.hotp_value(self.secret, now + steps)))


def with_app(username: str) -> App:
    """Give somebody an app, as if they had set it up long ago."""
    secret = totp.generate_totp_secret()
    user = User.objects.get(username=username)
    Authenticator.objects.filter(user=user, type="totp").delete()
    totp.TOTP.activate(user, secret)
    return App(secret)


def show_password(client: Client, username: str, **given: str) -> Any:
    given = {"username": username, "password": PASSWORD, **given}
    return client.post("/sign-in/", given, follow=True)


def sign_in_whole(client: Client, username: str, **given: str) -> Any:
    """Show a password and a code, and follow to where that leads."""
    app = with_app(username)
    answer = show_password(client, username, **given)
    assert answer.redirect_chain[-1][0] == "/sign-in/second/", answer.redirect_chain
    return client.post("/sign-in/second/", {"code": app.code()}, follow=True)


class Key:
    """A passkey of somebody, as their computer has it: it signs with a real key."""

    def __init__(self, origin: str = "http://localhost") -> None:
        self.origin = origin
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.user = b""
        self.counter = 0

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _authenticator(self, rp_id: str, flags: int) -> bytes:
        told = hashlib.sha256(rp_id.encode()).digest()
        return told + bytes([flags]) + struct.pack(">I", self.counter)

    def made(self, asked: dict[str, Any]) -> str:
        """What a browser sends when it has made this passkey."""
        public = asked["publicKey"]
        self.user = websafe_decode(public["user"]["id"])
        client = self._client("webauthn.create", public["challenge"])
        cose = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        held = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self._authenticator(public["rp"]["id"], 0x45) + held
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._sent({"clientDataJSON": client, "attestationObject": attested})

    def answer(self, asked: dict[str, Any], *, verified: bool = True) -> str:
        """What a browser sends when this passkey has answered."""
        public = asked["publicKey"]
        self.counter += 1
        client = self._client("webauthn.get", public["challenge"])
        data = self._authenticator(public["rpId"], 0x05 if verified else 0x01)
        signed = self.private.sign(
            data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return self._sent(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signed,
                "userHandle": self.user,
            }
        )

    def _sent(self, response: dict[str, bytes]) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {name: websafe_encode(value) for name, value in response.items()},
                "clientExtensionResults": {},
            }
        )


def asked(answer: Any) -> dict[str, Any]:
    """What a page asks of a passkey."""
    page = answer.content.decode()
    assert 'data-asked="' in page, page
    found: dict[str, Any] = json.loads(
        unescape(page.partition('data-asked="')[2].partition('"')[0])
    )
    return found


def localhost(username: str = "") -> Client:
    """A browser at the name for which passkeys are made; at an address they are not."""
    client = Client(SERVER_NAME="localhost")
    if username:
        client.force_login(User.objects.get(username=username))
    return client


def with_passkey(username: str, key: Key | None = None) -> Key:
    """Let somebody who is signed in add a passkey by the page."""
    key, client = key or Key(), localhost(username)
    on = asked(client.get("/sign-in/set-up/passkey/"))
    answer = client.post("/sign-in/set-up/passkey/", {"name": "Desk", "answer": key.made(on)})
    assert answer.status_code == 302, html(answer)
    return key

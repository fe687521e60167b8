"""Second factors: passkeys, codes from an app, and recovery codes on paper.

What they are and how they are checked is django-allauth's; that each works once is kept here, in
the database, as several servers share it.
"""

from __future__ import annotations

import base64
import json
import struct
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.core.exceptions import ValidationError
from django.db import transaction

from reachable.access import managing
from reachable.access.models import User
from reachable.access.registries import sign_in_changed
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.crypto import key_ring
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.models import Partnership
from reachable.foundation.time import now, unmoved

APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
ON_PAPER = Authenticator.Type.RECOVERY_CODES
MOST_PASSKEYS = 10
ASKED_FOR = 5 * 60
"""Seconds in which what was asked of a passkey may be answered."""
_ASKED_AT, _SECRET = "passkey_asked_at", "app_secret"
_STRANGE = (
    *(ValueError, TypeError, KeyError, AttributeError, IndexError, ValidationError),
    *(RecursionError, OverflowError, AssertionError, NotImplementedError),
    *(struct.error, UnsupportedAlgorithm),
)
"""What reading an answer that no browser made may raise."""


@dataclass(frozen=True)
class PasskeyFacts:
    """One passkey, as its owner knows it."""

    id: UUID
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What somebody can show besides their password."""

    passkeys: tuple[PasskeyFacts, ...]
    app_since: datetime | None
    recovery_codes: int
    has_recovery_codes: bool

    @property
    def any(self) -> bool:
        return bool(self.passkeys or self.app_since)

    @property
    def removable(self) -> bool:
        """The last factor is never removed."""
        return len(self.passkeys) + bool(self.app_since) > 1


def own(*, by: Actor) -> Factors:
    """Return this person's own factors."""
    passkeys, app, codes, has_codes = [], None, 0, False
    for held in Authenticator.objects.filter(user_id=by.own_id).order_by("id"):
        if held.type == PASSKEY:
            name = str(held.data["name"])
            known = UUID(held.data["id"])
            passkeys.append(PasskeyFacts(known, name, held.created_at, held.last_used_at))
        elif held.type == APP:
            app = held.created_at
        else:
            has_codes, codes = True, len(RecoveryCodes(held).get_unused_codes())
    return Factors(tuple(passkeys), app, codes, has_codes)


def new_app(session: Any, *, by: Actor) -> tuple[str, str]:
    """Return the secret that this browser sets an app up with, and its address for the app."""
    secret = _secret_of(session, by)
    if not secret:
        secret = totp.generate_totp_secret()
        session[_SECRET] = {"user": str(by.own_id), "secret": encrypt(secret)}
    user = User.objects.get(id=by.own_id)
    return secret, str(get_adapter().build_totp_url(user, secret))


def _secret_of(session: Any, by: Actor) -> str:
    """Whoever sat here before has seen theirs: nobody else's app is set up with it."""
    held = session.get(_SECRET)
    if not isinstance(held, dict) or held.get("user") != str(by.own_id):
        return ""
    return str(decrypt(held["secret"]))


def forget_app(session: Any) -> None:
    session.pop(_SECRET, None)


def add_app(session: Any, *, by: Actor, code: str, first: bool = False) -> bool:
    """Take up the app once it has shown a right code; the one before it counts no more.

    `first` is for whoever has shown their password alone: not where there is a factor by now.
    """
    secret = _secret_of(session, by)
    step = _step_of(secret, code) if secret else None
    if step is None:
        return False
    with transaction.atomic():
        exclusive(f"access.factors.{by.own_id}")
        if first and has_any(by.own_id):
            return False
        Authenticator.objects.filter(user_id=by.own_id, type=APP).delete()
        held = totp.TOTP.activate(User.objects.get(id=by.own_id), secret).instance
        held.data["last_step"] = step
        held.save(update_fields=["data"])
        _changed(by, "access.app_added")
    forget_app(session)
    return True


def answer_code(*, by: Actor, code: str) -> str:
    """Return whether a code from the app or from paper is right, as code or recovery_code.

    Neither works twice: not within its half minute, and not for two who send it at once.
    """
    with transaction.atomic():
        exclusive(f"access.factors.{by.own_id}")
        for held in Authenticator.objects.filter(user_id=by.own_id, type__in=(APP, ON_PAPER)):
            if held.type == ON_PAPER:
                if RecoveryCodes(held).validate_code(code):
                    held.record_usage()
                    _changed(by, "access.recovery_code_used")
                    return "recovery_code"
                continue
            step = _step_of(decrypt(held.data["secret"]), code)
            if step is not None and step > held.data.get("last_step", -1):
                held.data["last_step"], held.last_used_at = step, now()
                held.save(update_fields=["data", "last_used_at"])
                return "code"
    return ""


def _step_of(secret: str, code: str) -> int | None:
    """Return the half minute of which this is the code, among those that count now."""
    for step in totp.yield_hotp_counters_from_time():
        shown = totp.format_hotp_value(totp.hotp_value(secret, step))
        if compare_user_code(actual=code, expected=shown):
            return int(step)
    return None


def make_recovery_codes(*, by: Actor) -> list[str]:
    """Make ten recovery codes and return them, this once; those made before count no more."""
    with transaction.atomic():
        exclusive(f"access.factors.{by.own_id}")
        Authenticator.objects.filter(user_id=by.own_id, type=ON_PAPER).delete()
        made = RecoveryCodes.activate(User.objects.get(id=by.own_id))
        _changed(by, "access.recovery_codes_made")
    return list(made.generate_codes())


def ask_for_new_passkey(session: Any, *, by: Actor) -> str:
    """Return what a browser makes a passkey from, as JSON; what was asked before is void."""
    session[_ASKED_AT] = int(unmoved())
    asked = webauthn.begin_registration(User.objects.get(id=by.own_id), passwordless=True)
    return json.dumps(asked)


def add_passkey(session: Any, *, by: Actor, name: str, answer: str, first: bool = False) -> None:
    """Take up a passkey that this browser or phone has made; `first` as with an app."""
    asked = _asked(session)
    try:
        given = json.loads(answer)
        webauthn.set_state(asked)
        made = webauthn.complete_registration(given)
        _try_out(made)
    except _STRANGE:
        raise _not_usable() from None
    finally:
        webauthn.clear_state()
    with transaction.atomic():
        exclusive(f"access.factors.{by.own_id}")
        if first and has_any(by.own_id):
            raise _not_usable()
        held = list(Authenticator.objects.filter(user_id=by.own_id, type=PASSKEY))
        if len(held) >= MOST_PASSKEYS:
            raise BadInput(
                f"There are {MOST_PASSKEYS} passkeys already.",
                kept="The new one was not added.",
                next="Remove one that you no longer use.",
            )
        taken = made.credential_data.credential_id if made.credential_data else b""
        if taken in {each.wrap().authenticator_data.credential_data.credential_id for each in held}:
            raise _not_usable()
        kept = webauthn.WebAuthn.add(User.objects.get(id=by.own_id), name, given).instance
        kept.data |= {"id": str(new_id()), "counter": made.counter}
        kept.save(update_fields=["data"])
        _changed(by, "access.passkey_added")


def _try_out(made: Any) -> None:
    """Raise where the key of a new passkey checks nothing: its owner would never get in by it."""
    with suppress(InvalidSignature):
        made.credential_data.public_key.verify(b"", b"")


def ask_for_passkey(session: Any, *, by: Actor | None) -> str:
    """Return what a browser is asked, as JSON: for one person's passkeys, or for whoever's."""
    session[_ASKED_AT] = int(unmoved())
    user = User.objects.get(id=by.own_id) if by else None
    return json.dumps(webauthn.begin_authentication(user))


def answer_passkey(session: Any, *, by: Actor | None, answer: str) -> User:
    """Return whose passkey has answered. What was asked counts once, and so does its answer."""
    asked = _asked(session)
    try:
        given = json.loads(answer)
        whose = webauthn.extract_user_from_response(given).pk if by is None else by.own_id
        user = User.objects.select_related("agency").get(id=whose, is_active=True)
        if managing.is_over(user):
            raise ValueError("after their last day")
        with transaction.atomic():
            exclusive(f"access.factors.{user.id}")
            webauthn.set_state(asked)
            held = webauthn.complete_authentication(user, given)
            _count_up(held, asked, given)
    except (*_STRANGE, InvalidSignature, User.DoesNotExist):
        raise _not_usable() from None
    finally:
        webauthn.clear_state()
    return user


def _asked(session: Any) -> dict[str, Any]:
    """Take what was asked out of the session, whatever becomes of the answer."""
    asked, at = session.pop(webauthn.STATE_SESSION_KEY, None), session.pop(_ASKED_AT, 0)
    if not isinstance(asked, dict) or not 0 <= unmoved() - at < ASKED_FOR:
        raise _not_usable()
    return asked


def _count_up(held: Authenticator, asked: dict[str, Any], given: dict[str, Any]) -> None:
    """Refuse an answer that was given before, and a passkey that counts backwards: a copy."""
    said = webauthn.parse_authentication_response(given).response.authenticator_data
    if held.data.get("last_challenge") == asked["challenge"]:
        raise ValueError("answered before")
    if (said.counter or held.data.get("counter")) and said.counter <= held.data.get("counter", 0):
        raise ValueError("counts backwards")
    held.data |= {"last_challenge": asked["challenge"], "counter": said.counter}
    held.last_used_at = now()
    held.save(update_fields=["data", "last_used_at"])


def _not_usable() -> BadInput:
    return BadInput(
        "That passkey could not be used here.",
        kept="Nothing was opened and nothing was changed.",
        next="Try again, or use another way.",
    )


def remove_passkey(*, by: Actor, passkey_id: UUID) -> None:
    """Remove one of one's own passkeys, but never the last factor."""
    _remove(by, "access.passkey_removed", data__id=str(passkey_id), type=PASSKEY)


def remove_app(*, by: Actor) -> None:
    """Stop taking codes from one's app, but never as the last factor; without one, do nothing."""
    if own(by=by).app_since:
        _remove(by, "access.app_removed", type=APP)


def _remove(by: Actor, action: str, **which: Any) -> None:
    with transaction.atomic():
        exclusive(f"access.factors.{by.own_id}")
        held = Authenticator.objects.filter(user_id=by.own_id).exclude(type=ON_PAPER)
        found = held.filter(**which).first()
        if found is None:
            raise NotFound
        if held.count() == 1:
            raise BadInput(
                "That is your only second factor.",
                kept="It was not removed.",
                next="Add a passkey or an app first.",
            )
        found.delete()
        _changed(by, action)


def take_all_away(*, by: Actor, user_id: UUID) -> None:
    """Remove every factor of somebody who has lost them, in the caller's transaction."""
    Authenticator.objects.filter(user_id=user_id).delete()
    audit.record(by=by, action="access.factors_removed", subject=("user", user_id))


def has_any(user_id: UUID) -> bool:
    held = Authenticator.objects.filter(user_id=user_id, type__in=(APP, PASSKEY))
    return bool(held.exists())


def _changed(by: Actor, action: str) -> None:
    audit.record(by=by, action=action, subject=("user", by.id))
    for tells in sign_in_changed.items():
        tells(by=by, user_id=by.own_id, kind=action.removeprefix("access."))


def _demonstration_secret(user_id: UUID) -> str:
    made = key_ring().mac(f"demonstration {user_id}".encode())
    return base64.b32encode(made[:20]).decode()


def give_demonstration_app(*, by: Actor, user_ids: list[UUID]) -> None:
    """Give invented accounts an app whose codes the sign-in page of a demonstration can show."""
    by.require("accounts.manage")
    with transaction.atomic():
        Authenticator.objects.bulk_create(
            Authenticator(
                user_id=user_id, type=APP, data={"secret": encrypt(_demonstration_secret(user_id))}
            )
            for user_id in user_ids
        )
        audit.record(
            by=by, action="access.demonstration_apps", subject=("agency", None), count=len(user_ids)
        )


def demonstration_code(user_id: UUID) -> str | None:
    """Return the next code of an invented account, empty where those of now were used.

    None where the secret is a person's own, and in a place that is not fictional.
    """
    if not Partnership.objects.filter(fictional=True).exists():
        return None
    held = Authenticator.objects.filter(user_id=user_id, type=APP).first()
    own_secret = _demonstration_secret(user_id)
    if held is None or decrypt(held.data["secret"]) != own_secret:
        return None
    for step in totp.yield_hotp_counters_from_time():
        if step > held.data.get("last_step", -1):
            return str(totp.format_hotp_value(totp.hotp_value(own_secret, step)))
    return ""

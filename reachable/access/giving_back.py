"""Giving somebody their sign-in back, who has lost their password or their second factor.

An administrator who has seen them makes a code. It works once, within an hour, and only together
with what they have not lost, so that neither their phone nor their mailbox nor one administrator
is enough.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from django.db import transaction
from django.db.models import Q

from reachable.access import second_factors, sessions
from reachable.access.models import SignInCode, User
from reachable.access.registries import sign_in_changed
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.crypto import digest, key_ring
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now

FACTOR, PASSWORD = "factor", "password"
LOST = {FACTOR: "their second factor", PASSWORD: "their password"}
WORKS_FOR = timedelta(hours=1)
NOT_BOTH_WITHIN = timedelta(days=7)
NO_DIGEST = "0" * 64
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_LENGTH = 12


@dataclass(frozen=True)
class Given:
    """A code, shown to whoever made it this once."""

    code: str
    name: str
    expires_at: datetime


@transaction.atomic
def give_code(*, by: Actor, username: str, lost: str) -> Given:
    """Make a code for somebody whom the administrator has seen; one made before is void.

    Never for oneself, nor both of somebody's halves by the same administrator.
    """
    by.require("accounts.manage")
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise _refused("There is no account of that user name.", "Look at how it is written.")
    if by.id == user.id:
        raise _refused(
            "Nobody gives their own sign-in back.", "Ask another administrator to see you."
        )
    if lost == PASSWORD and not second_factors.has_any(user.id):
        raise _refused(
            "They have no second factor yet, so that the code alone would sign somebody in.",
            "Invite them again.",
        )
    exclusive(f"access.sign_in_code.{user.id}")
    at = now()
    before = SignInCode.objects.filter(user=user).exclude(lost=lost)
    recent = before.filter(given_at__gt=at - NOT_BOTH_WITHIN)
    if not by.is_system and recent.filter(given_by_id=by.id).exists():
        raise _refused(
            "You gave this person the other half of their sign-in within the last seven days. "
            "With both, one administrator could sign in as them.",
            "Ask another administrator.",
        )
    SignInCode.objects.filter(user=user, lost=lost, used_at=None, revoked_at=None).update(
        revoked_at=at
    )
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    made = SignInCode.objects.create(
        user=user,
        lost=lost,
        digest=_digest(user.id, code),
        given_by_id=by.id,
        given_at=at,
        expires_at=at + WORKS_FOR,
    )
    audit.record(by=by, action="access.sign_in_code_given", subject=("user", user.id), lost=lost)
    shown = "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))
    return Given(shown, user.name, made.expires_at)


def take_code(*, by: Actor, lost: str, code: str) -> bool:
    """Use a code for one's own account, once. All sessions end; a lost factor is removed."""
    return take_code_of(user_id=by.own_id, lost=lost, code=code, actor=lambda: by)


def take_code_of(*, user_id: UUID, lost: str, code: str, actor: Callable[[], Actor]) -> bool:
    """Use a code for this account, which may be nobody's; `actor` says who it is once it is right.

    Until then the same is asked of the database and computed, whether there is such an account,
    whether a code was made for it, or neither.
    """
    with transaction.atomic():
        exclusive(f"access.sign_in_code.{user_id}")
        held = SignInCode.objects.filter(
            Q(expires_at__gt=now()), user_id=user_id, lost=lost, used_at=None, revoked_at=None
        ).first()
        shown, expected = _digest(user_id, code), held.digest if held else NO_DIGEST
        if not compare_user_code(actual=shown, expected=expected) or held is None:
            return False
        by = actor()
        if lost == PASSWORD and not second_factors.has_any(by.own_id):
            # Lost since the code was made: it alone would sign somebody in.
            return False
        held.used_at = now()
        held.save(update_fields=["used_at"])
        if lost == FACTOR:
            second_factors.take_all_away(by=by, user_id=by.own_id)
        sessions.end_all(by.own_id, by=by)
        audit.record(by=by, action="access.sign_in_given_back", subject=("user", by.id), lost=lost)
        for tells in sign_in_changed.items():
            tells(by=by, user_id=by.own_id, kind="given_back")
    return True


def _digest(user_id: UUID, code: str) -> str:
    plain = normalize_user_code(code)
    return key_ring().mac(digest("sign-in code", str(user_id), plain)).hex()


def _refused(sentence: str, next: str) -> BadInput:
    return BadInput(sentence, kept="No code was made.", next=next)

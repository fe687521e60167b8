"""What changed lately in how somebody signs in, for themselves: it stands without any e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reachable.audit import selectors as audit
from reachable.foundation.actor import Actor
from reachable.foundation.time import now

LATELY = timedelta(days=90)
MOST = 20
CHANGES = {
    "passkey_added": "A passkey was added",
    "passkey_removed": "A passkey was removed",
    "app_added": "An app with codes was added",
    "app_removed": "The app with codes was removed",
    "recovery_codes_made": "Recovery codes were made",
    "recovery_code_used": "A recovery code was used",
    "password_set": "Your password was set",
    "email_changed": "Your e-mail address was changed",
    "sign_in_code_given": "A code was made that gives you your sign-in back",
    "sign_in_given_back": "Your sign-in was given back to you by such a code",
}
"""What an entry of the audit says of a sign-in, in words."""


@dataclass(frozen=True)
class News:
    """Something that changed, and whether somebody else did it."""

    what: str
    at: datetime
    by_another: bool


def own(*, by: Actor) -> list[News]:
    """Return what changed in how this person signs in, newest first."""
    found = audit.about_oneself(
        by=by, actions=[f"access.{key}" for key in CHANGES], since=now() - LATELY, most=MOST
    )
    return [
        News(
            CHANGES[entry.action.removeprefix("access.")],
            entry.at,
            entry.actor_id is not None and entry.actor_id != by.own_id,
        )
        for entry in found
    ]

"""Keys that programs of an agency sign with: issued, shown once, used, revoked.

The secret is derived from the key ring and the key's own identifier, so the database never holds
it in any form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from reachable.access.models import AgencyKey
from reachable.access.policy import policy
from reachable.access.registries import key_revoked
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.crypto import key_ring
from reachable.foundation.errors import BadInput, Conflict, NotFound, NotSigned
from reachable.foundation.time import now, today
from reachable.practice.time import LONDON, start_of_day

MAY = frozenset({"intake.load"})
"""All that a key may do, for its own agency."""
LONGEST = timedelta(days=731)
NOTED_EVERY = timedelta(minutes=1)
"""How often at most it is written down that a key was used."""


@dataclass(frozen=True)
class KeyFacts:
    """A key as the administrator sees it; `feeds` is empty where it is for all of them."""

    id: UUID
    name: str
    agency: str
    feeds: tuple[str, ...]
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    shown_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    reason: str

    @property
    def last_day(self) -> date:
        """The last day on which it works."""
        return (self.expires_at - timedelta(seconds=1)).astimezone(LONDON).date()

    @property
    def state(self) -> str:
        """In force, revoked or expired."""
        if self.revoked_at:
            return "revoked"
        return "in force" if self.expires_at > now() else "expired"


@dataclass(frozen=True)
class Signing:
    """A key in force with what is signed with, and who signs with it."""

    secret: str
    actor: Actor


@transaction.atomic
def issue(*, by: Actor, agency_id: UUID, name: str, feeds: Sequence[str], last_day: date) -> UUID:
    """Issue a key that works to the end of `last_day`, for these feeds or, with none, for all."""
    by.require("keys.manage")
    if not today() <= last_day <= today() + LONGEST:
        raise BadInput(
            "A key works from today, for two years at most.",
            kept="No key was issued.",
            next="Choose another last day.",
        )
    key = AgencyKey.objects.create(
        agency_id=agency_id,
        name=name.strip()[:80],
        feeds=sorted(set(feeds)),
        ring_key=key_ring().current,
        issued_by_id=by.id,
        issued_at=now(),
        expires_at=start_of_day(last_day + timedelta(days=1)),
    )
    audit.record(by=by, action="access.key_issued", subject=("agency_key", key.id))
    return key.id


@transaction.atomic
def show_secret(*, by: Actor, key_id: UUID) -> str:
    """Return the secret of a key; a second time it is a Conflict."""
    by.require("keys.manage")
    key = _held(key_id)
    if key.shown_at or key.revoked_at:
        raise Conflict(
            "The secret of this key was shown already, or the key was revoked.",
            kept="Nothing was changed.",
            next="If nobody has the secret, revoke this key and issue another.",
        )
    key.shown_at = now()
    key.save(update_fields=["shown_at"])
    audit.record(by=by, action="access.key_shown", subject=("agency_key", key.id))
    return _secret(key)


@transaction.atomic
def revoke(*, by: Actor, key_id: UUID, reason: str) -> None:
    """End a key at once: what it is sending is not accepted, and what it had loaded stops."""
    by.require("keys.manage")
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept="Nothing was changed.")
    key = _held(key_id)
    if key.revoked_at:
        raise Conflict("This key has been revoked already.", kept="Nothing was changed.")
    key.revoked_at, key.reason = now(), reason.strip()[:300]
    key.save(update_fields=["revoked_at", "reason"])
    audit.record(by=by, action="access.key_revoked", subject=("agency_key", key.id))
    for follow in key_revoked.items():
        follow(by=by, key_id=key.id)


def listed(*, by: Actor) -> list[KeyFacts]:
    """Return every key, the newest first."""
    by.require("keys.manage")
    return [_facts(key) for key in _with_names().order_by("-issued_at", "-id")]


def key(*, by: Actor, key_id: UUID) -> KeyFacts:
    by.require("keys.manage")
    found = _with_names().filter(id=key_id).first()
    if found is None:
        raise NotFound
    return _facts(found)


def called(key_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return key → its name and agency; neither says anything of children."""
    found = AgencyKey.objects.filter(id__in=set(key_ids))
    return {
        key_id: (f"Key “{name}”", agency)
        for key_id, name, agency in found.values_list("id", "name", "agency__name")
    }


def signing(key_id: str) -> Signing | None:
    """Return the key that a request names, if it is in force: nobody is anybody until then."""
    try:
        wanted = UUID(key_id)
    except ValueError:
        return None
    found = AgencyKey.objects.filter(_in_force(), id=wanted).select_related("agency").first()
    if found is None:
        return None
    try:
        secret = _secret(found)
    except KeyError:
        # The ring has lost what this key was made from.
        return None
    return Signing(secret, _actor(found))


def note_use(*, by: Actor) -> None:
    """Note that a key was used, once a minute at most."""
    used = AgencyKey.objects.filter(id=by.own_id)
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now() - NOTED_EVERY)
    used.filter(stale).update(last_used_at=now())


def confirm(*, by: Actor) -> None:
    """Make sure, first in the caller's transaction, that a key that acts still stands.

    Whoever revokes it waits for that transaction, or was before it.
    """
    if not by.is_key:
        return
    if not AgencyKey.objects.select_for_update().filter(_in_force(), id=by.own_id).exists():
        raise NotSigned


def stands(*, key_id: UUID) -> bool:
    """Tell whether a key was not revoked: what it sent before it expired is still loaded."""
    return AgencyKey.objects.filter(id=key_id, revoked_at=None).exists()


def _in_force() -> Q:
    return Q(revoked_at=None, expires_at__gt=now())


def _held(key_id: UUID) -> AgencyKey:
    found = AgencyKey.objects.select_for_update().filter(id=key_id).first()
    if found is None:
        raise NotFound
    return found


def _with_names() -> QuerySet[AgencyKey]:
    return AgencyKey.objects.select_related("agency", "issued_by")


def _secret(key: AgencyKey) -> str:
    return "rk_" + key_ring().secret("agency key", str(key.id), key_id=key.ring_key)


def _actor(key: AgencyKey) -> Actor:
    return Actor(
        kind="key",
        id=key.id,
        name=key.name,
        agency_id=key.agency_id,
        agency=key.agency.name,
        capabilities=MAY,
        writes=dict.fromkeys(policy().compartments, "own"),
        feeds=frozenset(key.feeds),
    )


def _facts(key: AgencyKey) -> KeyFacts:
    return KeyFacts(
        id=key.id,
        name=key.name,
        agency=key.agency.name,
        feeds=tuple(key.feeds),
        issued_by=key.issued_by.name if key.issued_by else "the shell",
        issued_at=key.issued_at,
        expires_at=key.expires_at,
        shown_at=key.shown_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
        reason=key.reason,
    )

"""Secret addresses for people's own calendars: made, shown once, used, revoked.

The secret is derived from the key ring and the address's own identifier, so the database never
holds it in any form.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from reachable.access import selectors
from reachable.access.models import CalendarAddress
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.crypto import key_ring
from reachable.foundation.db import exclusive
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now

NOTED_EVERY = timedelta(minutes=1)
"""How often at most it is written down that an address was used."""


@dataclass(frozen=True)
class AddressFacts:
    """A person's address in force, without its secret."""

    made_at: datetime
    last_used_at: datetime | None


@transaction.atomic
def make(*, by: Actor) -> tuple[UUID, str]:
    """Make this person's address and return it with its secret, this once.

    One that was there before is revoked: whoever lost theirs makes another.
    """
    by.require("moments.hold")
    exclusive("access.calendar_address")
    _revoke(by)
    made = CalendarAddress.objects.create(
        user_id=by.own_id, ring_key=key_ring().current, made_at=now()
    )
    audit.record(by=by, action="access.calendar_made", subject=("calendar_address", made.id))
    return made.id, _secret(made)


@transaction.atomic
def revoke(*, by: Actor) -> None:
    """End this person's address at once; a second time there is nothing to end."""
    by.require("moments.hold")
    exclusive("access.calendar_address")
    _revoke(by)


def _revoke(by: Actor) -> None:
    for held in CalendarAddress.objects.filter(user_id=by.own_id, revoked_at=None):
        held.revoked_at = now()
        held.save(update_fields=["revoked_at"])
        audit.record(by=by, action="access.calendar_revoked", subject=("calendar_address", held.id))


def own(*, by: Actor) -> AddressFacts | None:
    """Return this person's address in force, if there is one."""
    found = CalendarAddress.objects.filter(user_id=by.own_id, revoked_at=None).first()
    return AddressFacts(found.made_at, found.last_used_at) if found else None


def whose(*, address_id: UUID, secret: str) -> Actor:
    """Return who an address stands for now; wrong, revoked and absent are the same.

    What they may do is read anew: an account or a role that has ended opens nothing.
    """
    held = CalendarAddress.objects.filter(id=address_id, revoked_at=None, user__is_active=True)
    found = held.select_related("user__agency").first()
    if found is None or not _is_right(found, secret):
        raise NotFound
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now() - NOTED_EVERY)
    CalendarAddress.objects.filter(stale, id=found.id).update(last_used_at=now())
    by = selectors.actor_for(found.user)
    if not by.can("moments.hold"):
        raise NotFound
    return by


def _is_right(address: CalendarAddress, secret: str) -> bool:
    try:
        return secrets.compare_digest(_secret(address).encode(), secret.encode())
    except KeyError:
        # The ring has lost what this address was made from.
        return False


def _secret(address: CalendarAddress) -> str:
    return key_ring().secret("calendar address", str(address.id), key_id=address.ring_key)

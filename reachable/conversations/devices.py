"""The phones on which people have their day: made known, ended, and wiped from afar.

A phone has two secrets. The one that lies open on it may only send what it sealed; the one that
fetches the day lies under the key that the PIN opens. Of both, a digest is kept here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import known_ends
from reachable.access import selectors as access
from reachable.access.registries import RightsEnded
from reachable.access.selectors import actor_for
from reachable.audit import services as audit
from reachable.conversations.models import Device
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import Conflict, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import now

NOTHING_CHANGED = "Nothing was changed."
HOLDS, MANAGES = "moments.hold", "accounts.manage"
VALID_FOR = timedelta(hours=12)
"""A shift with its way home: then the key on the phone ends, and one signs in again."""
IDLE_SECONDS = 300
MOST_MOMENTS = 500
SENDS, READS = "send", "read"


@dataclass(frozen=True)
class Made:
    """A phone that was made known, with its secrets, which are shown this once."""

    device_id: UUID
    send_secret: str
    read_secret: str
    valid_until: datetime


@dataclass(frozen=True)
class Signed:
    """A phone that has shown one of its secrets, and the person whose it is."""

    device: Device
    by: Actor
    may_read: bool

    @property
    def reads_until(self) -> datetime:
        """Until when its key may open the day, by what is known of its owner now."""
        return _no_longer_than(self.device.valid_until, self.by)

    @property
    def is_ended(self) -> bool:
        return self.device.ended_at is not None or not self.by.can(HOLDS)

    @property
    def is_wiped(self) -> bool:
        """Say whether it has emptied itself: nothing is heard from it any more."""
        return self.device.wiped_at is not None

    @property
    def is_to_be_wiped(self) -> bool:
        return self.device.wipe_asked_at is not None


@dataclass(frozen=True)
class DeviceFacts:
    id: UUID
    label: str
    owner: str
    made_at: datetime
    last_seen_at: datetime | None
    valid_until: datetime
    wipe_asked_at: datetime | None
    wiped_at: datetime | None
    ended_at: datetime | None


@transaction.atomic
def make_known(*, by: Actor, label: str) -> Made:
    """Make a phone known, for whoever is signed in on it."""
    by.require(HOLDS)
    until = _no_longer_than(now() + VALID_FOR, by)
    made = Made(new_id(), secrets.token_urlsafe(32), secrets.token_urlsafe(32), until)
    Device.objects.create(
        id=made.device_id,
        user_id=by.own_id,
        label=label.strip()[:80] or "A phone",
        send_digest=_digest(made.send_secret),
        read_digest=_digest(made.read_secret),
        made_at=now(),
        valid_until=made.valid_until,
    )
    audit.record(by=by, action="conversations.device_made", subject=("device", made.device_id))
    return made


def _no_longer_than(until: datetime, by: Actor) -> datetime:
    """Let a key end with the account at the latest, though nobody can tell the phone by then."""
    ends = known_ends.account_ends_at(by=by)
    return min(until, ends) if ends else until


@transaction.atomic
def know_again(*, by: Actor, device_id: UUID, username: str) -> None:
    """Let a phone send that this database does not know, as after a restore from a backup.

    The secret that is first said for it becomes its own. It is ended: it only sends what it has.
    """
    by.require(MANAGES)
    user_id = access.account_named(by=by, username=username)
    if Device.objects.filter(id=device_id).exists():
        raise Conflict("This phone is known.", kept=NOTHING_CHANGED)
    at = now()
    Device.objects.create(
        id=device_id,
        user_id=user_id,
        label="A phone from before a restore",
        made_at=at,
        valid_until=at,
        ended_at=at,
    )
    audit.record(by=by, action="conversations.device_known_again", subject=("device", device_id))


@looks_beyond("whose phone it is that shows its secret")
def signed_by(said: str) -> Signed | None:
    """Return the phone whose secret stands in a header “Device identifier:secret”, if there is one.

    Also one that was ended: what was written on it before may still come in.
    """
    scheme, _, rest = said.partition(" ")
    device_id, _, secret = rest.strip().partition(":")
    try:
        wanted = UUID(device_id)
    except ValueError:
        return None
    if scheme != "Device" or not secret:
        return None
    found = Device.objects.select_related("user__agency").filter(id=wanted).first()
    if found is None:
        return None
    digest = _digest(secret)
    if not found.send_digest:
        if not Device.objects.filter(id=found.id, send_digest="").update(send_digest=digest):
            return None
        found.send_digest = digest
    reads = hmac.compare_digest(digest, found.read_digest)
    if not reads and not hmac.compare_digest(digest, found.send_digest):
        return None
    return Signed(found, actor_for(found.user), reads)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def hand_out(*, by: Actor, device_id: UUID, moment_ids: Iterable[UUID]) -> None:
    """Note which moments a phone has now: of these its owner may write, come what may."""
    device = Device.objects.select_for_update().filter(id=device_id, user_id=by.own_id).first()
    if device is None or device.ended_at is not None:
        raise NotFound
    held = dict.fromkeys([*device.day_for, *(str(each) for each in moment_ids)])
    device.day_for, device.last_seen_at = list(held)[-MOST_MOMENTS:], now()
    device.save(update_fields=["day_for", "last_seen_at"])
    audit.record(by=by, action="conversations.day_read", subject=("device", device_id))


@transaction.atomic
def seen(*, device_id: UUID) -> None:
    """Note that a phone has asked, which needs no entry: it does so every half minute."""
    Device.objects.filter(id=device_id).update(last_seen_at=now())


@transaction.atomic
def end(*, by: Actor, device_id: UUID) -> None:
    """End a phone at its own sign-out; whatever it still has sealed may come in later."""
    held = Device.objects.filter(id=device_id, user_id=by.own_id, ended_at=None)
    if held.update(ended_at=now()):
        audit.record(by=by, action="conversations.device_ended", subject=("device", device_id))


@transaction.atomic
def ask_to_wipe(*, by: Actor, device_id: UUID) -> None:
    """Have a phone emptied when it is next heard of: one's own, or anybody's by an administrator.

    What it holds sealed comes in first: nothing that was written is lost.
    """
    held = Device.objects.select_for_update().filter(id=device_id).first()
    if held is None or (held.user_id != by.own_id and not by.can(MANAGES)):
        raise NotFound
    if held.wipe_asked_at is None:
        _ask_to_wipe(by, [held])


def _ask_to_wipe(by: Actor, devices: Iterable[Device]) -> None:
    at = now()
    for device in devices:
        device.wipe_asked_at, device.wipe_asked_by_id = at, by.id
        device.ended_at = device.ended_at or at
        device.save(update_fields=["wipe_asked_at", "wipe_asked_by", "ended_at"])
        audit.record(by=by, action="conversations.wipe_asked", subject=("device", device.id))


@transaction.atomic
def wiped(*, by: Actor, device_id: UUID) -> None:
    """Note that a phone has emptied itself; from now on nothing is heard from it."""
    asked = Device.objects.filter(id=device_id, wipe_asked_at__isnull=False, wiped_at=None)
    if asked.update(wiped_at=now()):
        audit.record(by=by, action="conversations.wiped", subject=("device", device_id))


def follow_sessions(*, by: Actor, user_id: UUID) -> None:
    """Let no phone of somebody read any more whose sign-ins all ended: one may be a thief's.

    What is sealed on them may still come in.
    """
    held = Device.objects.filter(user_id=user_id, ended_at=None)
    for device_id in list(held.values_list("id", flat=True)):
        Device.objects.filter(id=device_id).update(ended_at=now())
        audit.record(by=by, action="conversations.device_ended", subject=("device", device_id))


def follow_rights(*, by: Actor, ended: RightsEnded) -> None:
    """Empty the phones of somebody who may hold no moment any more."""
    if access.able(capability=HOLDS, user_ids=[ended.user_id]):
        return
    left = Device.objects.select_for_update().filter(user_id=ended.user_id, wipe_asked_at=None)
    _ask_to_wipe(by, left.filter(wiped_at=None))


def devices(*, by: Actor) -> list[DeviceFacts]:
    """Return one's own phones, or everybody's for an administrator; the newest first."""
    found = Device.objects.select_related("user").order_by("-made_at")
    if not by.can(MANAGES):
        found = found.filter(user_id=by.own_id)
    return [
        DeviceFacts(
            *(each.id, each.label, each.user.name, each.made_at, each.last_seen_at),
            *(each.valid_until, each.wipe_asked_at, each.wiped_at, each.ended_at),
        )
        for each in found[:200]
    ]

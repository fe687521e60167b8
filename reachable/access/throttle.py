"""Failed sign-ins are slowed by account and by address, never for everybody.

A try is counted before it is looked at, so that many at once are no more than many in a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from reachable.access.models import SignInAttempts
from reachable.access.rules.waiting import (
    FADES,
    FORGOTTEN_AFTER,
    in_words,
    still_counts,
    wait_after,
)
from reachable.foundation.crypto import key_ring
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now


class Throttled(BadInput):
    """Somebody failed too often for now."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            f"That was tried too often. Wait {in_words(wait)}, then try again.",
            kept="Nothing was opened.",
            next="A passkey signs you in without waiting.",
        )


@dataclass(frozen=True)
class Source:
    """What a try is counted against: `account` (the name that was typed), `factor` or `given`, and
    the address, where nothing was shown before."""

    kind: str
    of: str
    address: str | None = None

    def keys(self) -> dict[str, str]:
        """Return keyed digest → kind, in an order in which no two tries wait for each other."""
        known = {_key(self.kind, self.of): self.kind}
        if self.address is not None:
            known[_key("address", self.address)] = "address"
        return dict(sorted(known.items()))


def one_name(username: str) -> str:
    """Return the same for all ways to write a user name that lead to one account.

    PostgreSQL looks it up in capital letters, in which some letters become another's.
    """
    return username.upper().casefold()


def count(source: Source) -> None:
    """Count a try as failed before it is looked at; Throttled where it may not be tried now."""
    kinds, at = source.keys(), now()
    with transaction.atomic():
        rows = []
        for key in kinds:
            SignInAttempts.objects.get_or_create(key=key, defaults={"last_at": at})
            rows.append(SignInAttempts.objects.select_for_update().get(key=key))
        waits = [row.wait_until - at for row in rows if row.wait_until and row.wait_until > at]
        if waits:
            raise Throttled(max(waits))
        for row in rows:
            kind = kinds[row.key]
            since = at - row.last_at
            row.failures = still_counts(kind, row.failures, since) + 1
            # What is left of ten minutes goes on: one failure every nine must not add up.
            row.last_at = at - since % FADES if kind == "address" else at
            wait = wait_after(kind, row.failures)
            row.wait_until = at + wait if wait else None
            row.save()


def forgive(source: Source) -> None:
    """A try was right: what failed before is forgotten for the account, not for the address.

    Nobody waits because of it: who signs in next is somebody else of the same office.
    """
    with transaction.atomic():
        for key, kind in source.keys().items():
            if kind != "address":
                SignInAttempts.objects.filter(key=key).delete()
                continue
            row = SignInAttempts.objects.select_for_update().filter(key=key).first()
            if row is not None:
                row.failures = max(0, row.failures - 1)
                row.wait_until = None
                row.save()


def forget() -> int:
    """Remove what is too old to count."""
    gone, _ = SignInAttempts.objects.filter(last_at__lt=now() - 2 * FORGOTTEN_AFTER).delete()
    return gone


def address_of(request: HttpRequest) -> str:
    """Return from where somebody asks. Only a proxy that the settings name is believed about it."""
    here = _plain(str(request.META.get("REMOTE_ADDR", "")))
    said = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    for hop in reversed([each.strip() for each in said]):
        if here not in settings.PROXIES or not _is_address(hop):
            break
        here = _plain(hop)
    return _network(here)


def _plain(address: str) -> str:
    """A server that listens for both versions says ::ffff:192.0.2.1 of 192.0.2.1: as one of
    version 6, all of version 4 would count as one."""
    known = ip_address(address) if _is_address(address) else None
    plain = known.ipv4_mapped if isinstance(known, IPv6Address) else None
    return str(plain or known or address)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _network(address: str) -> str:
    """One customer has 2⁶⁴ addresses of version 6: they count as one."""
    if not _is_address(address):
        return "unknown"
    known = ip_address(address)
    return str(ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)


def _key(*parts: str) -> str:
    return key_ring().secret("sign-in attempts", *parts)

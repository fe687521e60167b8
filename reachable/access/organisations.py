"""Whose sign-in at an organisation opens which account: offered, linked once, ended.

An account is found by who signed somebody in and what that one calls them, never by an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.access import managing, providers, second_factors, sessions
from reachable.access.models import Agency, OrganisationSignIn, User
from reachable.access.registries import sign_in_changed
from reachable.access.rules.providers import Provider
from reachable.audit import services as audit
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now

BY = system("sign-in")
STANDS = timedelta(days=14)
NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Proof:
    """Whom a provider has signed in, in answer to what was begun here (`begun`)."""

    provider: Provider
    subject: str
    second_factor: bool
    begun: Mapping[str, Any]


class Stopped(BadInput):
    """Nobody was proved: `kind` says why in one word, for the log and the audit."""

    def __init__(self, kind: str, sentence: str, next: str = "Try again.") -> None:
        super().__init__(
            sentence, kept="You are not signed in, and nothing was changed.", next=next
        )
        self.kind = kind


@dataclass(frozen=True)
class LinkFacts:
    """Where somebody stands with a provider: offered until a time, or linked."""

    provider: Provider
    offered_until: datetime | None
    linked_at: datetime | None
    last_used_at: datetime | None


def of_account(*, by: Actor, user_id: UUID) -> list[LinkFacts]:
    """Return one's own links and offers, or those of somebody whose account one looks after."""
    if by.own_id != user_id and not managing.accounts_of(by).filter(id=user_id).exists():
        raise NotFound
    by_key = providers.providers()
    if not by_key:
        return []
    held = OrganisationSignIn.objects.filter(user_id=user_id)
    facts = []
    for each in held:
        until = each.offered_at + STANDS if each.offered_at and not each.linked_at else None
        if each.provider in by_key and (each.linked_at or (until and until > now())):
            provider = by_key[each.provider]
            facts.append(LinkFacts(provider, until, each.linked_at, each.last_used_at))
    return sorted(facts, key=lambda each: each.provider.name)


def for_account(*, by: Actor, user_id: UUID) -> list[Provider]:
    """Return by whom somebody may come whose account one looks after, or oneself."""
    if by.own_id != user_id and not managing.accounts_of(by).filter(id=user_id).exists():
        raise NotFound
    if not providers.providers():
        return []
    key = Agency.objects.values_list("key", flat=True).get(user=user_id)
    return providers.of_agency(key)


@transaction.atomic
def offer(*, by: Actor, user_id: UUID, provider_key: str) -> None:
    """Let somebody link their account with their sign-in there, for two weeks."""
    user = managing.found(by, user_id)
    exclusive(f"access.organisation.{user_id}")
    provider = _serving(user, provider_key)
    held = OrganisationSignIn.objects.filter(user=user, provider=provider.key).first()
    if held is not None and held.linked_at:
        raise BadInput(
            f"{user.name} comes by {provider.name} already.",
            kept=NOTHING_CHANGED,
            next="End that link first.",
        )
    OrganisationSignIn.objects.update_or_create(
        user=user,
        provider=provider.key,
        defaults={"issuer": provider.issuer, "offered_by_id": by.id, "offered_at": now()},
    )
    audit.record(
        by=by, action="access.organisation_offered", subject=("user", user.id), through=provider.key
    )


def _serving(user: User, provider_key: str) -> Provider:
    for each in providers.of_agency(user.agency.key):
        if each.key == provider_key:
            return each
    raise BadInput(
        f"Nobody of {user.agency.name} comes by that sign-in.",
        kept=NOTHING_CHANGED,
        next="Choose one that is offered.",
    )


@transaction.atomic
def link(*, by: Actor, proof: Proof) -> None:
    """Link one's own account with whom a provider has just signed in, as was offered."""
    exclusive("access.organisations")
    held = OrganisationSignIn.objects.filter(user_id=by.own_id, provider=proof.provider.key).first()
    offered = held is not None and not held.linked_at and held.offered_at
    if held is None or not offered or offered + STANDS <= now():
        raise not_offered()
    _serving(User.objects.select_related("agency").get(id=by.own_id), proof.provider.key)
    _refuse_taken(proof)
    held.issuer, held.subject, held.linked_at = proof.provider.issuer, proof.subject, now()
    held.save(update_fields=["issuer", "subject", "linked_at"])
    _changed(by, by.own_id, "access.organisation_linked", proof.provider.key)


def not_offered() -> BadInput:
    return BadInput(
        "You were not asked to link this sign-in, or more than two weeks ago.",
        kept=NOTHING_CHANGED,
        next="Ask who looks after accounts at your agency.",
    )


def link_new(*, by: Actor, user_id: UUID, proof: Proof) -> None:
    """Link an account that is being made from an invitation, in the caller's transaction."""
    exclusive("access.organisations")
    user = User.objects.select_related("agency").get(id=user_id)
    _serving(user, proof.provider.key)
    _refuse_taken(proof)
    OrganisationSignIn.objects.create(
        user=user,
        provider=proof.provider.key,
        issuer=proof.provider.issuer,
        subject=proof.subject,
        linked_at=now(),
    )
    audit.record(
        by=by,
        action="access.organisation_linked",
        subject=("user", user_id),
        through=proof.provider.key,
    )


def _refuse_taken(proof: Proof) -> None:
    if _linked(proof) is not None:
        raise BadInput(
            f"Whoever is signed in at {proof.provider.name} has another account here.",
            kept=NOTHING_CHANGED,
            next="Sign out there, and sign in there as yourself. If it is you, ask who looks after "
            "accounts at your agency.",
        )


def _linked(proof: Proof) -> OrganisationSignIn | None:
    held = OrganisationSignIn.objects.select_related("user__agency")
    return held.filter(issuer=proof.provider.issuer, subject=proof.subject).first()


def account_of(*, proof: Proof) -> User:
    """Return the account of whom a provider has signed in; Stopped where it opens none.

    Unknown, ended and of another agency are told apart in the audit only.
    """
    with transaction.atomic():
        held = _linked(proof)
        user = held.user if held else None
        if held and user and _may_come(user, proof.provider):
            held.last_used_at = now()
            held.save(update_fields=["last_used_at"])
            return user
        audit.record(
            by=BY,
            action="access.sign_in_failed",
            subject=("user", user.id if user else None),
            way="organisation",
            through=proof.provider.key,
        )
    raise Stopped(
        "unknown",
        f"No account here goes with your sign-in at {proof.provider.name}.",
        "Ask who looks after accounts at your agency.",
    )


def _may_come(user: User, provider: Provider) -> bool:
    there = user.agency.key in provider.agencies
    return there and user.is_active and not managing.is_over(user)


def is_own(*, by: Actor, proof: Proof) -> bool:
    """Whether whom a provider has just signed in is this person."""
    held = _linked(proof)
    return held is not None and held.user_id == by.own_id


@transaction.atomic
def unlink_own(*, by: Actor, provider_key: str) -> None:
    """End one's own link, but never one's only way in."""
    user = User.objects.get(id=by.own_id)
    if not user.has_usable_password() and not second_factors.own(by=by).passkeys:
        raise BadInput(
            "You have no other way to sign in.",
            kept="The link was not ended.",
            next="Choose a password or add a passkey first.",
        )
    _end(by, by.own_id, provider_key)


@transaction.atomic
def unlink(*, by: Actor, user_id: UUID, provider_key: str) -> None:
    """End somebody's link or take its offer back; all their sign-ins end."""
    managing.found(by, user_id)
    if _end(by, user_id, provider_key):
        sessions.end_all(user_id, by=by)


def _end(by: Actor, user_id: UUID, provider_key: str) -> bool:
    """Return whether it was linked, and not only offered."""
    exclusive("access.organisations")
    held = OrganisationSignIn.objects.filter(user_id=user_id, provider=provider_key).first()
    if held is None:
        raise NotFound
    was_linked = held.linked_at is not None
    held.delete()
    if was_linked:
        _changed(by, user_id, "access.organisation_unlinked", provider_key)
    else:
        audit.record(
            by=by,
            action="access.organisation_offer_taken_back",
            subject=("user", user_id),
            through=provider_key,
        )
    return was_linked


def end_all(*, by: Actor, user_id: UUID) -> None:
    """End every link of an account that ends, in the caller's transaction: who comes back, or goes
    to another agency, is linked anew there."""
    del by
    OrganisationSignIn.objects.filter(user_id=user_id).delete()


def _changed(by: Actor, user_id: UUID, action: str, provider_key: str) -> None:
    audit.record(by=by, action=action, subject=("user", user_id), through=provider_key)
    for tells in sign_in_changed.items():
        tells(by=by, user_id=user_id, kind="changed")

"""Invitations: asked for, sent by e-mail, sent again, taken back, accepted once.

What an account is to be stands in the invitation, and the account is made once somebody accepts:
until then it is in no team and on no rota. The secret of the link is made when the e-mail leaves;
only its keyed digest stays.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet

from reachable.access import allocating, managing, organisations, second_person, services
from reachable.access.models import Invitation, User
from reachable.access.organisations import Proof
from reachable.access.policy import policy
from reachable.access.rules.joining import Asked, wrong_with
from reachable.access.selectors import actor_for
from reachable.access.teams import standing
from reachable.audit import services as audit
from reachable.foundation.actor import Actor, system
from reachable.foundation.crypto import digest, key_ring
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today

STANDS = timedelta(days=7)
BY = system("invitations")
KIND = "access.invite"
NOBODY_INVITED = "Nobody was invited."


@dataclass(frozen=True)
class Letter:
    """What is sent to somebody who is invited: to which address, with which link."""

    email: str
    link: str
    tries: int = 0


@dataclass(frozen=True)
class Welcome:
    """What somebody who is invited reads before they accept."""

    name: str
    username: str
    agency: str
    agency_key: str


@transaction.atomic
def invite(*, by: Actor, agency_id: UUID, asked: Asked, reason: str = "") -> UUID:
    """Invite somebody; the e-mail leaves after the commit.

    A role that takes two people waits for the second one first, for `reason`.
    """
    exclusive("access.invitations")
    check(by, agency_id, asked)
    return _invite(by, agency_id, asked, reason)


def invite_first(*, by: Actor, agency_id: UUID, asked: Asked) -> UUID:
    """Invite one of the first two system administrators, whom no second person could approve.

    In the caller's transaction, which has seen that there is no account. No e-mail leaves.
    """
    by.require("invitations")
    check(by, agency_id, asked)
    return _make(by, agency_id, asked, waiting=False).id


@transaction.atomic
def invite_all(*, by: Actor, agency_id: UUID, everybody: Iterable[Asked]) -> int:
    """Invite all of these or, where one of them cannot be, nobody; return how many."""
    exclusive("access.invitations")
    invited = 0
    for asked in everybody:
        check(by, agency_id, asked)
        refuse_two_needed(asked)
        _invite(by, agency_id, asked, "")
        invited += 1
    return invited


def refuse_two_needed(asked: Asked) -> None:
    needed = managing.two_needed(asked.roles)
    if needed:
        raise BadInput(
            f"{policy().roles[needed[0]].title} takes two people.",
            kept=NOBODY_INVITED,
            next="Invite them by themselves, and say why.",
        )


def check(by: Actor, agency_id: UUID, asked: Asked) -> None:
    """Raise BadInput, with everything that is wrong, where somebody cannot be invited so."""
    if not managing.agencies_of(by).filter(id=agency_id).exists():
        raise NotFound
    if wrong := wrong_with(asked, today()):
        raise BadInput(" ".join(wrong), kept=NOBODY_INVITED)
    managing.check_roles(by, asked.roles)
    managing.check_teams(by, [UUID(team) for team in asked.teams])
    if _taken(asked.username):
        raise BadInput(
            f"There is an account or an invitation {asked.username} already; capital letters make "
            "no difference.",
            kept=NOBODY_INVITED,
            next="Choose another user name.",
        )
    number = allocating.as_kept(asked.staff_number)
    allocating.refuse_taken(agency_id=agency_id, number=number)
    invited = _open().filter(agency_id=agency_id, staff_number__iexact=number)
    if number and invited.exists():
        raise BadInput(
            f"Somebody else was invited with the staff number {number}.",
            kept=NOBODY_INVITED,
            next="Check the number, or take that invitation back first.",
        )


def _taken(username: str) -> bool:
    return (
        User.objects.filter(username__iexact=username).exists()
        or _open().filter(username__iexact=username).exists()
    )


def _invite(by: Actor, agency_id: UUID, asked: Asked, reason: str) -> UUID:
    needed = managing.two_needed(asked.roles)
    made = _make(by, agency_id, asked, waiting=not needed)
    if needed:
        second_person.ask(
            by=by,
            kind=KIND,
            subject=("invitation", made.id),
            details={"roles": needed},
            reason=reason,
        )
    return made.id


def _make(by: Actor, agency_id: UUID, asked: Asked, *, waiting: bool) -> Invitation:
    made = Invitation.objects.create(
        username=asked.username,
        name=" ".join(asked.name.split()),
        job_title=" ".join(asked.job_title.split()),
        email=asked.email,
        agency_id=agency_id,
        staff_number=allocating.as_kept(asked.staff_number),
        roles=sorted(set(asked.roles)),
        teams=sorted(set(asked.teams)),
        last_day=asked.last_day,
        invited_by_id=by.id,
        invited_at=now(),
        waiting=waiting,
    )
    audit.record(
        by=by,
        action="access.invited",
        subject=("invitation", made.id),
        agency=agency_id,
        roles=made.roles,
    )
    return made


def in_words(*, subject_id: UUID, details: dict[str, Any]) -> str:
    """Say whom an invitation that takes two people is for."""
    held = Invitation.objects.select_related("agency").get(id=subject_id)
    titles = " and ".join(policy().roles[role].title for role in details["roles"])
    return f"Invite {held.name} of {held.agency.name} as {titles}"


def carry_out(*, by: Actor, subject_id: UUID, details: dict[str, Any]) -> None:
    """Let an invitation leave that a second person approved."""
    del by, details
    if not _open().filter(id=subject_id).update(waiting=True):
        raise Conflict("This invitation was taken back.", kept="Nothing was changed.")


def give_up(*, by: Actor, subject_id: UUID) -> None:
    """Take back an invitation that a second person did not approve."""
    held = _open().filter(id=subject_id).first()
    if held is not None:
        _end(by, held)


@transaction.atomic
def send_again(*, by: Actor, invitation_id: UUID) -> None:
    """Send another e-mail with another link, which is good for seven days; the old link is not.

    Whoever sends it answers for what it gives from then on.
    """
    held = _of(by, invitation_id)
    managing.check_roles(by, held.roles)
    if _awaits_second(held):
        raise Conflict(
            "A second person has to approve this invitation first.", kept="Nothing was changed."
        )
    held.waiting, held.digest, held.last_error, held.by_hand = True, "", "", False
    held.tries, held.next_try_at, held.invited_by_id = 0, None, by.id
    held.save(
        update_fields=[
            *("waiting", "digest", "last_error", "by_hand"),
            *("tries", "next_try_at", "invited_by"),
        ]
    )
    audit.record(by=by, action="access.invitation_sent_again", subject=("invitation", held.id))


@transaction.atomic
def take_back(*, by: Actor, invitation_id: UUID) -> None:
    """Take an invitation back; its link says what every link says that is good no more.

    Not one for a role that is beyond this person's reach; a role that is no more stops nobody.
    """
    held = _of(by, invitation_id)
    managing.check_roles(by, [role for role in held.roles if role in policy().roles])
    second_person.drop(by=by, kind=KIND, subject_id=held.id)
    _end(by, held)


def _end(by: Actor, held: Invitation) -> None:
    held.taken_back_at, held.waiting, held.digest = now(), False, ""
    held.save(update_fields=["taken_back_at", "waiting", "digest"])
    audit.record(by=by, action="access.invitation_taken_back", subject=("invitation", held.id))


def _of(by: Actor, invitation_id: UUID) -> Invitation:
    held = _open().filter(id=invitation_id, agency__in=managing.agencies_of(by))
    found = held.select_for_update().first()
    if found is None:
        raise NotFound
    return found


def _awaits_second(held: Invitation) -> bool:
    return held.id in second_person.awaiting(kind=KIND, subject_ids=[held.id])


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(taken_back_at=None, accepted_at=None)


def due(*, by: Actor) -> list[UUID]:
    """Return the invitations of which an e-mail is to leave."""
    by.require("invitations")
    held = _open().filter(Q(next_try_at=None) | Q(next_try_at__lte=now()), waiting=True)
    return list(held.order_by("invited_at", "id").values_list("id", flat=True)[:50])


@transaction.atomic
def make_link(*, by: Actor, invitation_id: UUID) -> Letter | None:
    """Make the secret of an invitation and return it, this once; None where none is to leave.

    The link of an earlier e-mail is good no more.
    """
    by.require("invitations")
    held = _open().select_for_update().filter(id=invitation_id, waiting=True).first()
    if held is None:
        return None
    if not stands(held):
        # Nobody gets a link that is good no more already.
        Invitation.objects.filter(id=held.id).update(waiting=False)
        audit.record(by=by, action="access.invitation_void", subject=("invitation", held.id))
        return None
    held.by_hand = False
    link = _new_link(held)
    audit.record(by=by, action="access.invitation_sent", subject=("invitation", held.id))
    return Letter(held.email, link, held.tries)


def _new_link(held: Invitation) -> str:
    secret = secrets.token_urlsafe(32)
    held.ring_key = key_ring().current
    held.digest = _digest(held.id, secret, held.ring_key)
    held.waiting, held.last_error = False, ""
    held.sent_at, held.expires_at = now(), now() + STANDS
    held.save(
        update_fields=[
            *("ring_key", "digest", "waiting", "last_error", "by_hand"),
            *("sent_at", "expires_at", "invited_by"),
        ]
    )
    return f"{settings.SITE_URL}/join/{held.id}/{secret}/"


@transaction.atomic
def link_to_hand_over(*, by: Actor, invitation_id: UUID) -> Letter:
    """Make a link that whoever invited hands over themselves, as the e-mail did not surely leave.

    It is as the e-mail's: once, for seven days, and the one before is good no more.
    """
    held = _of(by, invitation_id)
    managing.check_roles(by, held.roles)
    if _awaits_second(held):
        raise Conflict(
            "A second person has to approve this invitation first.", kept="No link was made."
        )
    if not may_hand_over(held):
        raise Conflict(
            f"The e-mail to {held.email} leaves by itself, or has left.",
            kept="No link was made.",
            next="Wait a minute, or send another e-mail.",
        )
    held.invited_by_id, held.by_hand = by.id, True
    link = _new_link(held)
    audit.record(by=by, action="access.invitation_link_shown", subject=("invitation", held.id))
    return Letter(held.email, link)


def whose(*, by: Actor, invitation_id: UUID) -> Welcome:
    """Return whom an open invitation is for, to whoever looks after their agency's accounts."""
    held = _open().filter(id=invitation_id, agency__in=managing.agencies_of(by))
    found = held.select_related("agency").first()
    if found is None:
        raise NotFound
    return Welcome(found.name, found.username, found.agency.name, found.agency.key)


def mail_leaves() -> bool:
    """Say whether there is a mail server here, by which links go."""
    return bool(settings.EMAIL_HOST)


def may_hand_over(held: Invitation) -> bool:
    """Say whether the link may be shown to whoever invited: the e-mail alone would not do."""
    return bool(not mail_leaves() or held.last_error or held.by_hand)


@transaction.atomic
def link_for(*, by: Actor, username: str) -> str:
    """Return a new link for somebody who was invited: for whoever runs the server, without mail.

    It is as the e-mail's: once, for seven days, and the one before is good no more.
    """
    by.require("invitations")
    held = _open().select_for_update().filter(username__iexact=username).first()
    if held is None:
        raise NotFound
    if _awaits_second(held) or not stands(held):
        raise Conflict(
            "This invitation waits for a second person, or whoever invited may not do so any more.",
            kept="No link was made.",
            next="Look at the page People.",
        )
    Invitation.objects.filter(id=held.id).update(waiting=True)
    letter = make_link(by=by, invitation_id=held.id)
    if letter is None:
        raise NotFound
    return letter.link


@transaction.atomic
def did_not_leave(
    *, by: Actor, invitation_id: UUID, error: str, surely: bool, again_at: datetime | None
) -> None:
    """Note that an e-mail may not have left, or `surely` has not, and when it is tried again.

    A link that surely did not leave opens nothing. One that may have left is not repeated.
    """
    by.require("invitations")
    held = _open().select_for_update().filter(id=invitation_id).first()
    if held is None:
        return
    held.last_error, held.tries = error[:60], held.tries + 1
    if surely:
        held.digest, held.sent_at, held.expires_at = "", None, None
        held.waiting, held.next_try_at = again_at is not None, again_at
    held.save(
        update_fields=[
            *("last_error", "tries", "digest", "sent_at", "expires_at", "waiting", "next_try_at")
        ]
    )
    audit.record(
        by=by, action="access.invitation_lost", subject=("invitation", held.id), tries=held.tries
    )


def _digest(invitation_id: UUID, secret: str, ring_key: str) -> str:
    return key_ring().mac(digest("invitation", str(invitation_id), secret), ring_key).hex()


def welcome(*, invitation_id: UUID, secret: str) -> Welcome:
    """Return what an invitation is for; used, old, taken back and forged links are the same."""
    held = _found(_open(), invitation_id, secret)
    return Welcome(held.name, held.username, held.agency.name, held.agency.key)


def accept(*, invitation_id: UUID, secret: str, password: str) -> UUID:
    """Make the account of an invitation, with a password; the same link never does so again."""
    _found(_open(), invitation_id, secret)
    # Slow by design, and so not done while others wait for the transaction.
    return _accepted(invitation_id, secret, make_password(password))


def accept_through(*, invitation_id: UUID, secret: str, proof: Proof) -> UUID:
    """Make the account of an invitation for whom a provider has signed in, without a password."""
    with transaction.atomic():
        user_id = _accepted(invitation_id, secret, "")
        organisations.link_new(by=BY, user_id=user_id, proof=proof)
    return user_id


def _accepted(invitation_id: UUID, secret: str, password_hash: str) -> UUID:
    with transaction.atomic():
        exclusive("access.invitations")
        held = _found(_open().select_for_update(of=("self",)), invitation_id, secret)
        user_id = services.create_account(
            by=BY,
            username=held.username,
            name=held.name,
            agency_id=held.agency_id,
            roles=held.roles,
            teams=standing([UUID(team) for team in held.teams]),
            job_title=held.job_title,
            email=held.email,
            staff_number=held.staff_number,
            password_hash=password_hash,
            last_day=held.last_day,
        )
        held.account_id, held.accepted_at, held.digest = user_id, now(), ""
        held.save(update_fields=["account", "accepted_at", "digest"])
        audit.record(
            by=BY,
            action="access.invitation_accepted",
            subject=("invitation", held.id),
            about=user_id,
        )
    return user_id


def _found(held: QuerySet[Invitation], invitation_id: UUID, secret: str) -> Invitation:
    still = Q(last_day=None) | Q(last_day__gte=today())
    found = held.filter(still, id=invitation_id, expires_at__gt=now()).exclude(digest="")
    invitation = found.select_related("agency").first()
    if invitation is None or not _is_right(invitation, secret) or not stands(invitation):
        raise NotFound
    return invitation


def _is_right(held: Invitation, secret: str) -> bool:
    try:
        return hmac.compare_digest(_digest(held.id, secret, held.ring_key), held.digest)
    except KeyError:
        # The ring has lost what this secret was hashed with.
        return False


def stands(held: Invitation) -> bool:
    """Say whether whoever invited could still do so: what they gave ends with their right to it."""
    if held.invited_by_id is None:
        return True
    inviter = User.objects.select_related("agency").get(id=held.invited_by_id)
    if not inviter.is_active:
        return False
    by = actor_for(inviter)
    if not by.can("accounts.manage") and by.agency_id != held.agency_id:
        return False
    return all(
        role in policy().roles and by.can(policy().roles[role].given_by) for role in held.roles
    )

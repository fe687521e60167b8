"""Signing in: a password, then a second factor; or a passkey, which is both.

Between the two nobody is signed in: the session only says who has shown their password, so that it
opens no page but those that ask for the rest.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate, login
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from reachable.access import giving_back, managing, second_factors, sessions, throttle
from reachable.access.models import User
from reachable.access.registries import sign_in_changed
from reachable.access.selectors import actor_for
from reachable.access.throttle import Source, Throttled
from reachable.audit import services as audit
from reachable.foundation import kept
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import unmoved

BY = system("sign-in")
BACKEND = "reachable.access.backends.AccountBackend"
HALF_FOR = 15 * 60
"""Seconds in which the second factor has to follow the password."""
_HALF = "half_signed_in"
THROUGH = "signed_in_through"
"""Where a session says by which organisation somebody came."""


@dataclass(frozen=True)
class Half:
    """Who has shown something, and what is still asked of them.

    `asks` is factor, set_up (they have none yet) or password: with `new_password` they have shown a
    code of an administrator in place of theirs, and choose another once they have shown the rest.
    `through` names the organisation that has said who they are, in place of a password.
    """

    user: str
    bound_to: str
    at: int
    asks: str
    after: str = ""
    sent: str = ""
    new_password: bool = False
    how: str = ""
    through: str = ""


def check_password(request: HttpRequest, *, username: str, password: str) -> User | None:
    """Return whose name and password these are, slowly for whoever failed often.

    An unknown name, a wrong password and one that is not looked at take the same time.
    """
    source = Source("account", throttle.one_name(username), throttle.address_of(request))
    try:
        throttle.count(source)
    except Throttled:
        make_password(password)
        raise
    found = authenticate(request, username=username, password=password)
    if found is None:
        named = User.objects.filter(username__iexact=username).values_list("id", flat=True).first()
        _note_failure("password", named)
        return None
    throttle.forgive(source)
    assert isinstance(found, User)
    return found


def begin(
    request: HttpRequest,
    *,
    user_id: UUID,
    after: str = "",
    sent: str = "",
    new_password: bool = False,
    through: str = "",
) -> Half:
    """Remember, under a new session identifier, that somebody has shown the first half."""
    user = User.objects.get(id=user_id)
    asks = "factor" if second_factors.has_any(user.id) else "set_up"
    bound_to, at = user.get_session_auth_hash(), int(unmoved())
    half = Half(user.id.hex, bound_to, at, asks, after, sent, new_password, through=through)
    second_factors.forget_app(request.session)
    request.session.cycle_key()
    _keep(request, half)
    return half


def half_of(request: HttpRequest) -> tuple[Half, User] | None:
    """Return who is half signed in here, unless too long ago or something changed since."""
    held = request.session.get(_HALF)
    if held is None:
        return None
    known = Half(**held)
    user = User.objects.select_related("agency").filter(id=UUID(known.user), is_active=True).first()
    good = (
        user is not None
        and not managing.is_over(user)
        and 0 <= unmoved() - known.at < HALF_FOR
        and constant_time_compare(known.bound_to, user.get_session_auth_hash())
    )
    if user is None or not good:
        del request.session[_HALF]
        return None
    return known, user


def change_half(request: HttpRequest, known: Half, **changes: Any) -> None:
    _keep(request, Half(**(asdict(known) | changes)))


def give_up(request: HttpRequest) -> None:
    """Begin anew, as somebody else or by another way."""
    request.session.pop(_HALF, None)


def check_code(*, by: Actor, code: str) -> str:
    """Return how somebody answered, as code or recovery_code; empty where it was wrong.

    Their office's address does not count: the password was just shown.
    """
    source = Source("factor", str(by.own_id))
    throttle.count(source)
    how = second_factors.answer_code(by=by, code=code)
    if how:
        throttle.forgive(source)
    else:
        _note_failure("code", by.own_id)
    return how


def check_passkey(request: HttpRequest, *, by: Actor | None, answer: str) -> User:
    """Return whose passkey answered. It is not slowed: nobody can guess one.

    A failure of nobody known is not noted: whoever likes could fill the audit with them.
    """
    try:
        return second_factors.answer_passkey(request.session, by=by, answer=answer)
    except BadInput:
        if by is not None:
            _note_failure("passkey", by.id)
        raise


def check_given(request: HttpRequest, *, by: Actor, code: str) -> bool:
    """Whether a code of an administrator for somebody's lost factor was right."""
    source = Source("given", throttle.one_name(str(by.own_id)), throttle.address_of(request))
    throttle.count(source)
    if not giving_back.take_code(by=by, lost=giving_back.FACTOR, code=code):
        _note_failure("given_code", by.id)
        return False
    throttle.forgive(source)
    return True


def check_forgotten(request: HttpRequest, *, username: str, code: str) -> UUID | None:
    """Return whose code of an administrator for a forgotten password this is, if anybody's.

    An unknown name is as wrong as a wrong code, and as much work.
    """
    source = Source("given", throttle.one_name(username), throttle.address_of(request))
    throttle.count(source)
    found = User.objects.filter(username__iexact=username, is_active=True)
    user_id = found.values_list("id", flat=True).first()
    named = user_id or new_id()

    def actor() -> Actor:
        return actor_for(User.objects.select_related("agency").get(id=named))

    if not giving_back.take_code_of(
        user_id=named, lost=giving_back.PASSWORD, code=code, actor=actor
    ):
        _note_failure("given_code", user_id)
        return None
    throttle.forgive(source)
    return user_id


def again(user: User) -> User:
    """Return the same account as it is now."""
    return User.objects.select_related("agency").get(id=user.id)


def finish(request: HttpRequest, *, user: User, how: str, through: str = "") -> None:
    """Sign somebody in who has shown both: a new session, with nothing of before but what they
    themselves had typed. `through` names the organisation that said who they are."""
    request.session.pop(_HALF, None)
    by_whom = {"through": through} if through else {}
    second_factors.forget_app(request.session)
    with transaction.atomic():
        login(request, user, BACKEND)
        by = actor_for(user)
        sessions.note_rights(request.session, by=by)
        sessions.began(request, user=user, how=how)
        audit.record(by=by, action="access.signed_in", subject=("user", by.id), how=how, **by_whom)
    request.session.pop(THROUGH, None)
    request.session.update({THROUGH: through} if through else {})
    kept.leave_only_to(request, user.id)


@transaction.atomic
def set_password(*, by: Actor, user_id: UUID, password: str) -> None:
    """Set one's own password, as at the end of an invitation; every session of theirs ends.

    Nobody sets it for somebody else: whoever does would know it.
    """
    if not (by.is_system or by.own_id == user_id):
        raise Forbidden("the password of one's own account")
    user = User.objects.select_for_update().filter(id=user_id, is_active=True).first()
    if user is None:
        raise NotFound
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(
            " ".join(error.messages), kept="The password was not changed.", next="Choose another."
        ) from None
    had_one = user.has_usable_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(by=by, action="access.password_set", subject=("user", user_id))
    for tells in sign_in_changed.items() if had_one else ():
        tells(by=by, user_id=user_id, kind="password_set")


def _keep(request: HttpRequest, half: Half) -> None:
    request.session[_HALF] = asdict(half)


def _note_failure(way: str, user_id: UUID | None) -> None:
    """Of what was typed nothing is kept: a name may be a password in the wrong box."""
    with transaction.atomic():
        audit.record(by=BY, action="access.sign_in_failed", subject=("user", user_id), way=way)

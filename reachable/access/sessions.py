"""How long a sign-in lasts, and where somebody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from reachable.access import throttle
from reachable.access.models import SignIn, User
from reachable.access.registries import sessions_ended
from reachable.access.session_store import ACTIVE, BEGAN, FRESH
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now, unmoved

NOTED_EVERY = 60
"""Seconds between two notes that a session is in use: each is a write."""
RIGHTS = "rights"
FRESH_FOR = 10 * 60
"""Seconds after signing in, or after confirming it, in which factors may be changed."""
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SignInFacts:
    """One place where somebody is signed in."""

    id: UUID
    browser: str
    how: str
    began_at: datetime
    active_at: datetime
    is_here: bool


def lasts(session: Any) -> bool:
    """Whether somebody's session is within both its limits; one without stamps never is."""
    began, active, at = session.get(BEGAN), session.get(ACTIVE), unmoved()
    if not isinstance(began, int) or not isinstance(active, int):
        return False
    return at - began < settings.SESSION_COOKIE_AGE and at - active < settings.SESSION_IDLE_SECONDS


def note_use(session: Any) -> None:
    """Write down that a session is in use, once a minute at most."""
    if SESSION_KEY not in session or unmoved() - session.get(ACTIVE, 0) < NOTED_EVERY:
        return
    session[ACTIVE] = int(unmoved())
    SignIn.objects.filter(session_key=session.session_key).update(active_at=now())


def note_rights(session: Any, *, by: Actor) -> None:
    """Keep with which roles somebody signed in."""
    session[RIGHTS] = sorted(by.roles)


def renew(session: Any, *, by: Actor) -> None:
    """Give a session another identifier once somebody's roles are others than they were with it.

    Whoever came to know the one of before has nothing of what was given since. Of two requests at
    once, the first does it.
    """
    before = session.session_key
    if SESSION_KEY not in session or session.get(RIGHTS, sorted(by.roles)) == sorted(by.roles):
        return
    with transaction.atomic():
        if not Session.objects.select_for_update().filter(session_key=before).exists():
            return
        note_rights(session, by=by)
        session.cycle_key()
        SignIn.objects.filter(session_key=before).update(session_key=session.session_key)


def is_fresh(session: Any) -> bool:
    """Whether whoever sits here has shown only just now who they are."""
    shown = session.get(FRESH)
    return isinstance(shown, int) and 0 <= unmoved() - shown < FRESH_FOR


def confirm(session: Any) -> None:
    session[FRESH] = int(unmoved())


def began(request: HttpRequest, *, user: User, how: str) -> None:
    """Note where somebody has signed in, in the caller's transaction."""
    SignIn.objects.create(
        user=user,
        session_key=request.session.session_key or "",
        how=how,
        browser=browser_of(request),
        began_at=now(),
        active_at=now(),
    )


def browser_of(request: HttpRequest) -> str:
    """Name a kind of browser and of computer; of what the browser says nothing else is kept."""
    said = str(request.META.get("HTTP_USER_AGENT", ""))
    browser = next((name for mark, name in BROWSERS if mark in said), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in said), "")
    return f"{browser} on {system}" if system else browser


def own(*, by: Actor, session_key: str | None) -> list[SignInFacts]:
    """Return where this person is signed in, here first."""
    held = [
        SignInFacts(
            each.id,
            each.browser,
            each.how,
            each.began_at,
            each.active_at,
            each.session_key == session_key,
        )
        for each in _lasting(by.own_id)
    ]
    return sorted(held, key=lambda each: (not each.is_here, -each.active_at.timestamp()))


def _lasting(user_id: UUID) -> list[SignIn]:
    """Those whose session still stands; a session ends without saying so."""
    held = {each.session_key: each for each in SignIn.objects.filter(user_id=user_id)}
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return [each for key, each in held.items() if lasts(store(key))]


@transaction.atomic
def end_one(*, by: Actor, sign_in_id: UUID) -> None:
    """End one of one's own sign-ins; those of others are not there."""
    found = SignIn.objects.filter(id=sign_in_id, user_id=by.own_id).first()
    if found is None:
        raise NotFound
    Session.objects.filter(session_key=found.session_key).delete()
    found.delete()
    audit.record(by=by, action="access.sign_in_ended", subject=("user", by.id))


def only_here(request: HttpRequest, *, by: Actor) -> int:
    """End every other sign-in of one's own; return how many of them were known."""
    with transaction.atomic():
        others = SignIn.objects.filter(user_id=by.own_id)
        others = others.exclude(session_key=request.session.session_key)
        count, here = others.count(), request.session.session_key
        kept = SignIn.objects.filter(user_id=by.own_id, session_key=here).first()
        end_all(by.own_id, by=by, but=here)
        update_session_auth_hash(request, User.objects.get(id=by.own_id))
        if kept is not None:
            kept.session_key = request.session.session_key or ""
            kept.save(update_fields=["session_key"])
        audit.record(by=by, action="access.sign_ins_ended", subject=("user", by.id), count=count)
    return count


def end_all(user_id: UUID, *, by: Actor, but: str | None = None) -> None:
    """End all sign-ins of somebody, known or not, and what they opened elsewhere, in the caller's
    transaction.

    The session `but` is not removed; whoever asks binds it again.
    """
    User.objects.filter(id=user_id).update(session_round=F("session_round") + 1)
    held = SignIn.objects.filter(user_id=user_id).exclude(session_key=but)
    Session.objects.filter(session_key__in=held.values("session_key")).delete()
    held.delete()
    for follow in sessions_ended.items():
        follow(by=by, user_id=user_id)


def forget_session(session_key: str | None) -> None:
    """Note that a session is over."""
    SignIn.objects.filter(session_key=session_key).delete()


def tidy(*, by: Actor) -> int:
    """Remove what says where sessions were that are over, and failures too old to count."""
    del by
    throttle.forget()
    standing = Session.objects.values("session_key")
    gone, _ = SignIn.objects.exclude(session_key__in=standing).delete()
    return gone

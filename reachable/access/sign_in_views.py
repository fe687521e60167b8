"""The pages between a password and being signed in, and a passkey that needs no password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from reachable.access import second_factors, sessions, signing_in
from reachable.access.forms import (
    WRONG_CODE,
    WRONG_GIVEN,
    AppCodeForm,
    CodeForm,
    ForgottenForm,
    GivenCodeForm,
    NewPasswordForm,
    PasskeyNameForm,
)
from reachable.access.pictured import squares
from reachable.access.selectors import actor_for
from reachable.access.signing_in import Half
from reachable.access.throttle import Throttled
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput
from reachable.foundation.views import actor, render

T = TypeVar("T")
STEPS = {"factor": "second_factor", "set_up": "set_up", "password": "new_password"}
"""Which page asks for what is still missing."""


@dataclass(frozen=True)
class Here:
    """Who sits here, half signed in (`half`) or wholly."""

    by: Actor
    user: Any
    half: Half | None


def asked_for(request: HttpRequest) -> tuple[str, str]:
    """Return where somebody came from, and what became of what they had sent."""
    after = request.POST.get("next") or request.GET.get("next") or ""
    sent = request.POST.get("sent") or request.GET.get("sent") or ""
    return after, sent


def go_on(request: HttpRequest, after: str, sent: str) -> HttpResponse:
    """Lead to where somebody came from, and say there that what was sent did not arrive."""
    if sent == "lost":
        messages.warning(
            request,
            "You had been signed out when you sent that, so it did not arrive. Nothing was "
            "changed: please do it again.",
        )
    return redirect(safe(request, after))


def safe(request: HttpRequest, address: str) -> str:
    """Only addresses of our own: a link must not lead from the sign-in page to elsewhere."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    # A word without a stroke would be taken for the name of a page, and fail where there is none.
    return address if ours and address.startswith("/") else settings.LOGIN_REDIRECT_URL


def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: its device has checked who holds it."""
    after, sent = asked_for(request)
    if actor(request).is_person:
        return go_on(request, after, sent)
    error = None
    if request.method == "POST":
        try:
            user = signing_in.check_passkey(request, by=None, answer=_answer(request))
        except BadInput as wrong:
            error = wrong
        else:
            signing_in.finish(request, user=user, how="passkey")
            return go_on(request, after, sent)
    asked = second_factors.ask_for_passkey(request.session, by=None)
    context = {"asked": asked, "error": error, "next": after, "sent": sent}
    return render(request, "access/passkey.html", context, status=422 if error else 200)


def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask whoever has shown their password for the rest."""
    here = _half(request, "factor")
    if isinstance(here, HttpResponse):
        return here
    form, error = CodeForm(request.POST if "code" in request.POST else None), None
    if request.method == "POST":
        how, error = answered(request, here.by, form)
        if how:
            return _shown_both(request, here, how)
    own = second_factors.own(by=here.by)
    context = {
        "form": form,
        "error": error,
        "own": own,
        "asked": second_factors.ask_for_passkey(request.session, by=here.by)
        if own.passkeys
        else "",
        "demonstration_code": second_factors.demonstration_code(here.by.own_id),
        "name": here.by.name,
        "new_password": here.half is not None and here.half.new_password,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "access/second_factor.html", context, status=status)


def answered(request: HttpRequest, by: Actor, form: CodeForm) -> tuple[str, BadInput | None]:
    """Return how somebody has shown their second factor, empty where they have not."""
    if "answer" in request.POST:
        try:
            signing_in.check_passkey(request, by=by, answer=_answer(request))
        except BadInput as wrong:
            return "", wrong
        return "passkey", None
    if not form.is_valid():
        return "", None
    try:
        how = signing_in.check_code(by=by, code=form.cleaned_data["code"])
    except Throttled as slow:
        form.add_error(None, str(slow))
        return "", None
    if not how:
        form.add_error("code", WRONG_CODE)
    return how, None


def _shown_both(request: HttpRequest, here: Here, how: str) -> HttpResponse:
    if here.half is not None and here.half.new_password:
        signing_in.change_half(request, here.half, asks="password", how=how)
        return redirect("new_password")
    after, sent = (here.half.after, here.half.sent) if here.half else ("", "")
    through = here.half.through if here.half else ""
    signing_in.finish(request, user=here.user, how=how, through=through)
    return go_on(request, after, sent)


def _half(request: HttpRequest, asks: str) -> Here | HttpResponse:
    """Return who is asked for this now; whoever is asked for something else is led there."""
    if actor(request).is_person:
        return redirect(settings.LOGIN_REDIRECT_URL)
    found = signing_in.half_of(request)
    if found is None:
        return redirect("sign_in")
    half, user = found
    if half.asks == "set_up" and second_factors.has_any(user.id):
        # Set up elsewhere meanwhile: the password alone must not add another.
        signing_in.give_up(request)
        return redirect("sign_in")
    if half.asks != asks:
        return redirect(STEPS[half.asks])
    return Here(actor_for(user), user, half)


def _setting_up(request: HttpRequest) -> Here | HttpResponse:
    """Whoever has no factor yet, and whoever is signed in and has shown so just now."""
    by = actor(request)
    if not by.is_person:
        return _half(request, "set_up")
    if not sessions.is_fresh(request.session):
        return redirect(f"{reverse('confirm_sign_in')}?next={request.path}")
    return Here(by, request.user, None)


def set_up(request: HttpRequest) -> HttpResponse:
    here = _setting_up(request)
    if isinstance(here, HttpResponse):
        return here
    context = {"half": here.half, "own": second_factors.own(by=here.by)}
    return render(request, "access/set_up.html", context)


def set_up_app(request: HttpRequest) -> HttpResponse:
    here = _setting_up(request)
    if isinstance(here, HttpResponse):
        return here
    form = AppCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, first = form.cleaned_data["code"], here.half is not None
        if second_factors.add_app(request.session, by=here.by, code=code, first=first):
            return _set_up_done(request, here, "code", "Codes from this app are taken from now on.")
        form.add_error("code", "That is not the code of now. Nothing was changed. Try the next.")
    secret, address = second_factors.new_app(request.session, by=here.by)
    context = {
        "form": form,
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "address": address,
        "picture": squares(address),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "access/set_up_app.html", context, status=status)


def set_up_passkey(request: HttpRequest) -> HttpResponse:
    here = _setting_up(request)
    if isinstance(here, HttpResponse):
        return here
    form, error = PasskeyNameForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            second_factors.add_passkey(
                request.session,
                by=here.by,
                name=form.cleaned_data["name"],
                answer=_answer(request),
                first=here.half is not None,
            )
        except BadInput as wrong:
            error = wrong
        else:
            return _set_up_done(request, here, "passkey", "The passkey was added.")
    if not form.is_bound:
        form = PasskeyNameForm(initial={"name": sessions.browser_of(request)})
    asked = second_factors.ask_for_new_passkey(request.session, by=here.by)
    context = {"form": form, "error": error, "asked": asked}
    status = 422 if request.method == "POST" else 200
    return render(request, "access/set_up_passkey.html", context, status=status)


def _set_up_done(request: HttpRequest, here: Here, how: str, said: str) -> HttpResponse:
    """Sign in whoever set up their first factor; their recovery codes come next."""
    if here.half is None:
        messages.success(request, said)
        return redirect("own_sign_in")
    if here.half.new_password:
        signing_in.change_half(request, here.half, asks="password", how=how)
        return redirect("new_password")
    signing_in.finish(request, user=here.user, how=how, through=here.half.through)
    return redirect(f"{reverse('recovery_codes')}?next={quote(safe(request, here.half.after))}")


def lost(request: HttpRequest) -> HttpResponse:
    """A code of an administrator in place of a lost second factor: then another is set up."""
    here = _half(request, "factor")
    if isinstance(here, HttpResponse):
        return here
    form = GivenCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        taken = _given(form, lambda: signing_in.check_given(request, by=here.by, code=code))
        if taken and here.half is not None:
            signing_in.begin(
                request,
                user_id=here.by.own_id,
                after=here.half.after,
                new_password=here.half.new_password,
                through=here.half.through,
            )
            return redirect("set_up")
    status = 422 if request.method == "POST" else 200
    return render(request, "access/lost.html", {"form": form}, status=status)


def forgotten(request: HttpRequest) -> HttpResponse:
    """A code of an administrator in place of a forgotten password: the second factor follows."""
    if actor(request).is_person:
        return redirect("own_password")
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        user_id = _given(form, lambda: signing_in.check_forgotten(request, **given))
        if user_id:
            half = signing_in.begin(request, user_id=user_id, new_password=True)
            return redirect(STEPS[half.asks])
    status = 422 if request.method == "POST" else 200
    return render(request, "access/forgotten.html", {"form": form}, status=status)


def _given(form: Any, check: Callable[[], T]) -> T | None:
    """Check a code of an administrator; say in the form what was wrong with it."""
    try:
        taken = check()
    except Throttled as slow:
        form.add_error(None, str(slow))
        return None
    if not taken:
        form.add_error(None, WRONG_GIVEN)
    return taken


def new_password(request: HttpRequest) -> HttpResponse:
    """Whoever was given their password back chooses another, and is signed in."""
    here = _half(request, "password")
    if isinstance(here, HttpResponse):
        return here
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and here.half is not None:
        try:
            signing_in.set_password(
                by=here.by, user_id=here.by.own_id, password=form.cleaned_data["password"]
            )
        except BadInput as wrong:
            form.add_error("password", str(wrong))
        else:
            signing_in.finish(request, user=signing_in.again(here.user), how=here.half.how)
            messages.success(request, "Your password was changed. You are signed in.")
            return redirect(settings.LOGIN_REDIRECT_URL)
    status = 422 if request.method == "POST" else 200
    return render(request, "access/new_password.html", {"form": form}, status=status)


def _answer(request: HttpRequest) -> str:
    return request.POST.get("answer", "")[:20_000]

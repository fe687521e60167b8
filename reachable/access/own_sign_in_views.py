"""How somebody signs in and where they are signed in; giving others their sign-in back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.access import (
    giving_back,
    leaving_views,
    organisations,
    second_factors,
    sessions,
    sign_in_news,
    signing_in,
)
from reachable.access.forms import CodeForm, GiveBackForm, NewPasswordForm
from reachable.access.sign_in_views import answered, asked_for, safe
from reachable.foundation.errors import BadInput
from reachable.foundation.views import actor, render

View = Callable[..., HttpResponse]


def fresh(view: View) -> View:
    """Ask whoever sits here who they are, unless they have shown it within ten minutes."""

    @wraps(view)
    def asked_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sessions.is_fresh(request.session):
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("own_sign_in")
        return redirect(f"{reverse('confirm_sign_in')}?next={back}")

    return asked_first


def confirm(request: HttpRequest) -> HttpResponse:
    """Ask somebody who is signed in for their second factor once more."""
    by, (after, _) = actor(request), asked_for(request)
    if not by.is_person:
        return redirect("sign_in")
    links = organisations.of_account(by=by, user_id=by.own_id)
    through = [each.provider for each in links if each.linked_at and each.provider.says_factors]
    for provider in through:
        if request.POST.get("through") == provider.key:
            return leaving_views.leave_to_confirm(request, provider, after)
    form, error = CodeForm(request.POST if "code" in request.POST else None), None
    if request.method == "POST":
        how, error = answered(request, by, form)
        if how:
            sessions.confirm(request.session)
            return redirect(safe(request, after or reverse("own_sign_in")))
    own = second_factors.own(by=by)
    asked = second_factors.ask_for_passkey(request.session, by=by) if own.passkeys else ""
    context = {
        "form": form,
        "error": error,
        "own": own,
        "asked": asked,
        "through": through,
        "next": after,
        "demonstration_code": second_factors.demonstration_code(by.own_id),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "access/confirm.html", context, status=status)


def own(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    context = {
        "own": second_factors.own(by=by),
        "sign_ins": sessions.own(by=by, session_key=request.session.session_key),
        "links": organisations.of_account(by=by, user_id=by.own_id),
        "may_come_by": organisations.for_account(by=by, user_id=by.own_id),
        "news": sign_in_news.own(by=by),
    }
    return render(request, "access/own_sign_in.html", context)


@fresh
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten codes and show them, this once."""
    by, (after, _) = actor(request), asked_for(request)
    made = second_factors.make_recovery_codes(by=by) if request.method == "POST" else []
    context = {
        "made": [f"{code[:5]} {code[5:]}" for code in made],
        "own": second_factors.own(by=by),
        "after": safe(request, after or reverse("own_sign_in")),
    }
    answer = render(request, "access/recovery_codes.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@fresh
def remove_passkey(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    second_factors.remove_passkey(by=actor(request), passkey_id=passkey_id)
    messages.success(request, "The passkey was removed. It opens nothing here any more.")
    return redirect("own_sign_in")


@fresh
def remove_app(request: HttpRequest) -> HttpResponse:
    second_factors.remove_app(by=actor(request))
    messages.success(request, "The app was removed. Its codes open nothing here any more.")
    return redirect("own_sign_in")


@fresh
def password(request: HttpRequest) -> HttpResponse:
    by, form = actor(request), NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            signing_in.set_password(
                by=by, user_id=by.own_id, password=form.cleaned_data["password"]
            )
        except BadInput as wrong:
            form.add_error("password", str(wrong))
        else:
            sessions.only_here(request, by=by)
            messages.success(
                request, "Your password was changed. Everywhere else you are signed out."
            )
            return redirect("own_sign_in")
    status = 422 if request.method == "POST" else 200
    return render(request, "access/own_password.html", {"form": form}, status=status)


def still_here(request: HttpRequest) -> HttpResponse:
    """What a page asks while somebody types into it: that is use of a session, though nothing is
    sent yet."""
    del request
    return HttpResponse("You are signed in.", content_type="text/plain; charset=utf-8")


def end_one(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    sessions.end_one(by=actor(request), sign_in_id=sign_in_id)
    messages.success(request, "You are signed out there.")
    return redirect("own_sign_in")


def end_others(request: HttpRequest) -> HttpResponse:
    sessions.only_here(request, by=actor(request))
    messages.success(request, "Everywhere else you are signed out.")
    return redirect("own_sign_in")


@fresh
def give_back(request: HttpRequest) -> HttpResponse:
    """Make a code for somebody whom this administrator has seen, and show it this once."""
    form, given, error = GiveBackForm(request.POST or None), None, None
    if request.method == "POST" and form.is_valid():
        try:
            given = giving_back.give_code(
                by=actor(request),
                username=form.cleaned_data["username"],
                lost=form.cleaned_data["lost"],
            )
        except BadInput as wrong:
            error = wrong
    context = {"form": form, "given": given, "error": error, "lost": form.data.get("lost", "")}
    status = 422 if request.method == "POST" and given is None else 200
    answer = render(request, "access/give_back.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer

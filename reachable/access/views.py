"""Sign in, sign out, and who did and who looked."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import looking, providers, services, sessions, signing_in
from reachable.access.forms import WRONG_PAIR, NarrowForm, SignInForm
from reachable.access.selectors import demonstration_accounts
from reachable.access.sign_in_views import STEPS, asked_for, go_on
from reachable.access.throttle import Throttled
from reachable.foundation.views import actor, page_number, render

DEMONSTRATION_PASSWORD = "reachable demonstration"


def sign_in(request: HttpRequest) -> HttpResponse:
    after, sent = asked_for(request)
    if actor(request).is_person:
        return go_on(request, after, sent)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = signing_in.check_password(
                request, username=given["username"], password=given["password"]
            )
        except Throttled as slow:
            form.add_error(None, str(slow))
        else:
            if user is not None:
                half = signing_in.begin(request, user_id=user.id, after=after, sent=sent)
                return redirect(STEPS[half.asks])
            form.add_error(None, WRONG_PAIR)
    status = 200 if request.method == "GET" else 422
    return render(
        request,
        "access/sign_in.html",
        {
            "form": form,
            "next": after,
            "sent": sent,
            "organisations": providers.in_order(),
            "demonstration_accounts": demonstration_accounts(),
            "demonstration_password": DEMONSTRATION_PASSWORD,
        },
        status=status,
    )


def sign_out(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    if by.is_person:
        services.signed_out(by=by)
    sessions.forget_session(request.session.session_key)
    through = providers.providers().get(request.session.get(signing_in.THROUGH, ""))
    logout(request)
    return render(request, "access/signed_out.html", {"through": through})


def who_looked(request: HttpRequest) -> HttpResponse:
    form = NarrowForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    found = looking.acts(
        by=actor(request),
        who=given.get("who", ""),
        subject_id=given.get("subject"),
        day=given.get("day"),
        page=page_number(request.GET),
    )
    query = request.GET.copy()
    query.pop("page", None)
    base = f"{request.path}?{query.urlencode()}" if query else request.path
    status = 200 if form.is_valid() else 422
    context = {"form": form, "found": found, "base": base, "narrowed": any(given.values())}
    return render(request, "access/who_looked.html", context, status=status)

"""Sign in, sign out, and who did and who looked."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from reachable.access import looking, services
from reachable.access.forms import NarrowForm, SignInForm
from reachable.access.selectors import demonstration_accounts
from reachable.foundation import kept
from reachable.foundation.views import actor, page_number, render

DEMONSTRATION_PASSWORD = "reachable demonstration"


def sign_in(request: HttpRequest) -> HttpResponse:
    after = request.POST.get("next") or request.GET.get("next") or ""
    sent = request.POST.get("sent") or request.GET.get("sent") or ""
    if actor(request).is_person:
        return _go_on(request, after, sent)
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        login(request, form.user)
        services.signed_in(user=form.user)
        kept.leave_only_to(request, form.user.id)
        return _go_on(request, after, sent)
    status = 200 if request.method == "GET" else 422
    return render(
        request,
        "access/sign_in.html",
        {
            "form": form,
            "next": after,
            "sent": sent,
            "demonstration_accounts": demonstration_accounts(),
            "demonstration_password": DEMONSTRATION_PASSWORD,
        },
        status=status,
    )


def _go_on(request: HttpRequest, after: str, sent: str) -> HttpResponse:
    """Lead to where somebody came from, and say there that what was sent did not arrive."""
    if sent == "lost":
        messages.warning(
            request,
            "You had been signed out when you sent that, so it did not arrive. Nothing was "
            "changed: please do it again.",
        )
    return redirect(_safe(request, after))


def sign_out(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    if by.is_person:
        services.signed_out(by=by)
    logout(request)
    return render(request, "access/signed_out.html")


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


def _safe(request: HttpRequest, address: str) -> str:
    """Only addresses of our own: a link must not lead from the sign-in page to elsewhere."""
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return settings.LOGIN_REDIRECT_URL

"""Pages of what somebody has been told."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.views import actor, render
from reachable.notices import selectors, services


def notices(request: HttpRequest) -> HttpResponse:
    return render(
        request, "notices/list.html", {"notices": selectors.my_notices(by=actor(request))}
    )


def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Lead to what the notice is about; what is opened there counts as told."""
    by = actor(request)
    found = selectors.my_notice(by=by, notice_id=notice_id)
    services.mark_read(by=by, subject=found.subject)
    return redirect(found.address, *found.arguments)


def all_read(request: HttpRequest) -> HttpResponse:
    services.mark_read(by=actor(request))
    return redirect("notices")


def mail(request: HttpRequest) -> HttpResponse:
    """E-mail that may not have arrived, for the system administrator."""
    by = actor(request)
    context = {
        "lost": selectors.lost_mail(by=by),
        "sends_mail": selectors.sends_mail(by=by),
        "most": selectors.AT_MOST,
    }
    return render(request, "notices/mail.html", context)

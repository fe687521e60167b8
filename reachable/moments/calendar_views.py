"""A person's own calendar address: made, shown once, revoked; and what a calendar fetches there."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.access import calendar_addresses
from reachable.foundation.acting import ask_as
from reachable.foundation.views import actor, render
from reachable.moments import calendars


def address(request: HttpRequest) -> HttpResponse:
    context = {"own": calendar_addresses.own(by=actor(request)), "shown": ""}
    return render(request, "moments/calendar.html", context)


def make(request: HttpRequest) -> HttpResponse:
    """Show the address, this once; no page leads to it again."""
    by = actor(request)
    address_id, secret = calendar_addresses.make(by=by)
    shown = request.build_absolute_uri(reverse("calendar_feed", args=(address_id, secret)))
    context = {"own": calendar_addresses.own(by=by), "shown": shown}
    answer = render(request, "moments/calendar.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def revoke(request: HttpRequest) -> HttpResponse:
    calendar_addresses.revoke(by=actor(request))
    messages.success(request, "Your calendar address was revoked. It opens nothing now.")
    return redirect("calendar_address")


def feed(request: HttpRequest, address_id: UUID, secret: str) -> HttpResponse:
    """What a calendar fetches: whoever knows the address reads times, and nothing of a child."""
    by = calendar_addresses.whose(address_id=address_id, secret=secret)

    def link(moment_id: UUID) -> str:
        return request.build_absolute_uri(reverse("moment", args=(moment_id,)))

    ask_as(by)
    content = calendars.written(calendars.entries(by=by), link)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer

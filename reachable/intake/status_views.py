"""When feeds come, and what each of them brought."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.foundation.errors import NotFound
from reachable.foundation.views import actor, render
from reachable.intake import minimum as brought
from reachable.intake import specification, status, status_wording
from reachable.intake.status_forms import ContactForm, ExpectedForm


def feeds(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    found = status.statuses(by=by)
    context = {
        "came": [each for each in found if each.comings or each.late_days],
        "never": [each for each in found if not each.comings and not each.late_days],
        "late": sum(bool(each.late_days) for each in found),
        "all_agencies": by.can("intake.watch_all"),
        "wording": status_wording,
    }
    return render(request, "intake/status.html", context)


def feed(request: HttpRequest, agency_id: UUID, key: str) -> HttpResponse:
    """One feed of an agency: its last files, and how often it should come."""
    found = status.status(by=actor(request), agency_id=agency_id, feed=key)
    form = ExpectedForm(initial={"every_days": found.every_days if found.stated else None})
    return _feed_page(request, found, form)


def _feed_page(request: HttpRequest, found: status.FeedStatus, form: ExpectedForm) -> HttpResponse:
    by = actor(request)
    context = {
        "status": found,
        "form": form,
        "watches_all": by.can("intake.watch_all"),
        "may_open": by.can("intake.load") and by.agency_id == found.agency.id,
        "sets_contact": by.can("agencies.contact"),
        "wording": status_wording,
    }
    code = 422 if form.is_bound else 200
    return render(request, "intake/status_feed.html", context, status=code)


def expected(request: HttpRequest, partner_id: UUID, key: str) -> HttpResponse:
    """Say how often a feed should come."""
    by = actor(request)
    found = status.status(by=by, agency_id=partner_id, feed=key)
    form = ExpectedForm(request.POST)
    if not form.is_valid():
        return _feed_page(request, found, form)
    every = form.cleaned_data["every_days"]
    status.expect(by=by, agency_id=partner_id, feed=key, every_days=every)
    messages.success(request, "Kept. What is late follows from it at once.")
    return redirect("intake_status_feed", partner_id, key)


def contact(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Whom to ask at an agency."""
    by = actor(request)
    agency = next((each for each in access.agencies(by=by) if each.id == partner_id), None)
    if agency is None:
        raise NotFound
    now = {"contact": agency.contact, "email": agency.email, "phone": agency.phone}
    form = ContactForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        access_services.set_contact(by=by, agency_id=partner_id, **form.cleaned_data)
        messages.success(request, f"Whom to ask at {agency.name} was kept.")
        return redirect("intake_status")
    code = 422 if form.is_bound else 200
    return render(
        request, "intake/agency_contact.html", {"agency": agency, "form": form}, status=code
    )


def minimum(request: HttpRequest) -> HttpResponse:
    """What each feed brought in twelve months."""
    by = actor(request)
    found = brought.minimum(by=by)
    context = {
        "found": found,
        "nothing": [each for each in found if each.used and each.used.nothing],
        "sees_use": by.can("intake.used"),
        "all_agencies": by.can("intake.watch_all"),
        "wording": status_wording,
    }
    return render(request, "intake/minimum.html", context)


def minimum_feed(request: HttpRequest, agency_id: UUID, key: str) -> HttpResponse:
    """What one feed of an agency brought, by month."""
    by = actor(request)
    if key not in specification.feeds():
        raise NotFound
    found = brought.minimum(by=by, agency_id=agency_id, feed=key)
    agency = next(each for each in access.agencies(by=by) if each.id == agency_id)
    context = {
        "found": found[0] if found else None,
        "agency": agency,
        "feed": specification.feeds()[key],
        "sees_use": by.can("intake.used"),
        "wording": status_wording,
    }
    return render(request, "intake/minimum_feed.html", context)

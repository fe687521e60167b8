"""The directory: looking for a service, and keeping its entry right."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, page_number, render
from reachable.geography.selectors import area_names
from reachable.provision import selectors, services, taxonomy, wording
from reachable.provision.forms import CheckForm, PlaceForm, SearchForm, SeenForm, ServiceForm
from reachable.provision.loading import KEEPS
from reachable.provision.nudging import due_before
from reachable.provision.rules.weekly import areas_in, in_words, weeks_in
from reachable.provision.searching import Asked
from reachable.provision.selectors import ServiceFacts
from reachable.provision.services import OPENS


def directory(request: HttpRequest) -> HttpResponse:
    """Services that are listed, narrowed by what stands in the address."""
    by = actor(request)
    form = SearchForm(request.GET)
    due = Asked(due_before=due_before()) if by.can(KEEPS) else None
    asked = form.asked() if form.is_valid() else Asked()
    if due and request.GET.get("show") == "due":
        asked = due
    found = selectors.found_services(by=by, asked=asked, number=page_number(request.GET))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "found": found,
        "narrowed": asked != Asked(),
        "base": f"{request.path}?{query.urlencode()}",
        "keeps": by.can(KEEPS),
        "due": selectors.found_services(by=by, asked=due, number=1).total if due else 0,
        "opens": by.can(OPENS),
        "held": selectors.held_files(by=by) if by.can(KEEPS) else [],
        "wording": wording,
    }
    return render(request, "provision/directory.html", context)


def service(request: HttpRequest, service_id: UUID) -> HttpResponse:
    by = actor(request)
    found = selectors.service(by=by, service_id=service_id)
    context = {
        "service": found,
        "document": found.document,
        "check": selectors.last_check(by=by, service_id=service_id),
        "described": wording.described(found.terms),
        "places": wording.places(found.document),
        "hours": wording.hours(found.document),
        "areas": wording.areas(found.areas, area_names()),
        "phones": wording.phones(found.document),
        "contacts": wording.contacts(found.document),
        "kept_back": selectors.kept_back_of(by=by, service_id=service_id),
        "keeps": by.can(KEEPS),
        "wording": wording,
    }
    return render(request, "provision/service.html", context)


def add(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(request.POST or None, initial={"status": "active"})
    return _written(request, form, None)


def edit(request: HttpRequest, service_id: UUID) -> HttpResponse:
    found = selectors.service(by=actor(request), service_id=service_id)
    initial: dict[str, Any] = {
        "name": found.name,
        "description": found.document.get("description", ""),
        "status": found.status,
        "minimum_age": wording.age(found.minimum_age),
        "maximum_age": wording.age(found.maximum_age),
        "email": found.document.get("email", ""),
        "url": found.document.get("url", ""),
        "hours": "\n".join(in_words(week) for week in weeks_in(found.document)),
        "areas": "\n".join(areas_in(found.document)),
        "seen": found.version,
    }
    for of in taxonomy.taxonomies():
        initial[of] = [key for held, key in found.terms if held == of]
    return _written(request, ServiceForm(request.POST or None, initial=initial), service_id)


def _written(request: HttpRequest, form: ServiceForm, service_id: UUID | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            written = services.write_service(
                by=actor(request),
                draft=form.draft(),
                service_id=service_id,
                seen=form.cleaned_data["seen"],
            )
            messages.success(request, f"“{form.cleaned_data['name']}” is in the directory so.")
            return redirect("service", written)
    context = {"form": form, "service_id": service_id}
    status = 422 if form.is_bound else 200
    return render(request, "provision/write.html", context, status=status)


def add_place(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """A place at which a service is given too; where it gives a safe place, that is kept back."""
    found = selectors.service(by=actor(request), service_id=service_id)
    initial = {"seen": found.version, "kept_back": wording.SAFE_PLACE in found.terms}
    return _placed(request, PlaceForm(request.POST or None, initial=initial), found, None)


def edit_place(request: HttpRequest, service_id: UUID, at_id: UUID) -> HttpResponse:
    """A place that is written anew, or taken out of the entry."""
    by = actor(request)
    found = selectors.service(by=by, service_id=service_id)
    where = selectors.place_of(by=by, service_id=service_id, at_id=at_id)
    if request.POST.get("then") == "remove":
        seen = SeenForm(request.POST)
        version = seen.cleaned_data["seen"] if seen.is_valid() else None
        try:
            services.remove_place(by=by, service_id=service_id, seen=version, at_id=at_id)
        except Conflict as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, "The place is no longer in this entry.")
        return redirect("service", service_id)
    form = PlaceForm(request.POST or None, initial=asdict(where) | {"seen": found.version})
    return _placed(request, form, found, at_id)


def _placed(
    request: HttpRequest, form: PlaceForm, found: ServiceFacts, at_id: UUID | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            services.write_place(
                by=actor(request),
                service_id=found.id,
                seen=form.cleaned_data["seen"],
                where=form.where(),
                at_id=at_id,
            )
            messages.success(request, "The place is in this entry so.")
            return redirect("service", found.id)
    context = {"form": form, "service": found, "at_id": at_id}
    status = 422 if form.is_bound else 200
    return render(request, "provision/place.html", context, status=status)


def checked(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Say that an entry was checked today, and what was told."""
    by = actor(request)
    found = selectors.service(by=by, service_id=service_id)
    last = selectors.last_check(by=by, service_id=service_id)
    initial = (
        {
            "capacity": last.capacity,
            "waiting_days": last.waiting_days,
            "referral": last.referral,
            "evidence": last.evidence,
        }
        if last
        else {}
    )
    form = CheckForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        services.check_service(by=by, service_id=service_id, told=form.told())
        messages.success(request, f"“{found.name}” was checked today.")
        return redirect("service", service_id)
    status = 422 if form.is_bound else 200
    return render(
        request, "provision/checked.html", {"form": form, "service": found}, status=status
    )


def keep_back(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Keep a place out of every feed, or show it."""
    by = actor(request)
    kept_back = request.POST.get("then") != "show"
    services.keep_back(by=by, location_id=location_id, kept_back=kept_back)
    said = "is kept back: it leaves in no feed" if kept_back else "may be shown to everybody"
    messages.success(request, f"This place {said}.")
    return redirect("service", selectors.service_at(by=by, location_id=location_id))


def feed(request: HttpRequest) -> HttpResponse:
    """Let everybody read the directory without signing in, or nobody."""
    by = actor(request)
    if request.method == "POST":
        on = request.POST.get("then") == "open"
        services.switch_open_feed(by=by, on=on)
        said = "open: everybody may read it" if on else "closed"
        messages.success(request, f"The feed is {said}.")
        return redirect("open_feed")
    return render(request, "provision/feed.html", {"is_open": selectors.feed_is_open(by=by)})

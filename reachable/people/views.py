"""The page of a child, and who looked at it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.time import today
from reachable.foundation.views import actor, page_number, render
from reachable.people import looking, selectors
from reachable.people.registries import child_panels
from reachable.people.rules import age_on


def child(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Who the child is, and what each room has to tell of them."""
    by = actor(request)
    found = selectors.child(by=by, person_id=person_id)
    if found.person_id != person_id:
        return redirect("child", found.person_id)
    query = {name: str(value) for name, value in request.GET.items()}
    panels = [
        {"template": panel.template, **panel.context(by, found.person_id, query)}
        for panel in sorted(child_panels.items(), key=lambda panel: panel.order)
    ]
    age = age_on(found.birth_date, today()) if found.birth_date else None
    return render(request, "people/child.html", {"child": found, "age": age, "panels": panels})


def who_looked(request: HttpRequest, person_id: UUID) -> HttpResponse:
    found = looking.who_looked(
        by=actor(request), person_id=person_id, page=page_number(request.GET)
    )
    back = (reverse("child", args=[found.child.person_id]), found.child.name)
    return render(request, "people/who_looked.html", {"found": found, "back": back})

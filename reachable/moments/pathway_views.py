"""Pathways: which version is in force, what it says, how it differs, and putting one in force."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import NotFound
from reachable.foundation.views import actor, add_errors, render
from reachable.moments import own_pathways, pathway_reading
from reachable.moments.own_pathways import DECIDES, WRITES
from reachable.moments.pathway_forms import DecisionForm
from reachable.practice.items import is_own


def pathways(request: HttpRequest) -> HttpResponse:
    found = pathway_reading.pathways(by=actor(request))
    return render(request, "moments/pathways.html", {"pathways": found})


def pathway(request: HttpRequest, pathway_kind: str) -> HttpResponse:
    """The version in force, what was decided, and other versions."""
    by = actor(request)
    context = {
        "facts": pathway_reading.pathway(by=by, kind=pathway_kind),
        "writes": by.can(WRITES),
        "decides": by.can(DECIDES),
    }
    return render(request, "moments/pathway_page.html", context)


def version(request: HttpRequest, pathway_kind: str, version: str) -> HttpResponse:
    by = actor(request)
    facts = pathway_reading.version(by=by, kind=pathway_kind, number=_number(version))
    return render(request, "moments/pathway_version.html", {"facts": facts})


def compare(request: HttpRequest, pathway_kind: str, version: str) -> HttpResponse:
    """How a version differs from the newest published one."""
    by = actor(request)
    facts = pathway_reading.version(by=by, kind=pathway_kind, number=_number(version))
    return render(request, "moments/pathway_compare.html", {"facts": facts})


def put_in_force(request: HttpRequest, pathway_kind: str, version: str) -> HttpResponse:
    """Decide for a version, with a reason; the page says what it changes."""
    by, number = actor(request), _number(version)
    facts = pathway_reading.version(by=by, kind=pathway_kind, number=number)
    stands = pathway_reading.pathway(by=by, kind=pathway_kind)
    draft = pathway_reading.draft(by=by, kind=pathway_kind) if facts.is_draft else None
    shown = {"revision": draft.revision} if draft else {}
    form = DecisionForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            own_pathways.put_in_force(by=by, kind=pathway_kind, version=number, **form.cleaned_data)
            said = facts.pathway.version_words if is_own(number) else "The published version"
            messages.success(
                request,
                f"{said[:1].upper()}{said[1:]} is in force from now on. Moments that are open keep "
                "the version that they were opened with.",
            )
            return redirect("pathway", pathway_kind)
    context = {"facts": facts, "stands": stands, "draft": draft, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "moments/pathway_in_force.html", context, status=status)


def _number(said: str) -> int:
    if not said.isdecimal() or len(said) > 5:
        raise NotFound
    return int(said)

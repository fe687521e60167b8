"""What was shared, for the recipient, on paper for somebody outside, and for governance."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.paper_answers import answer
from reachable.foundation.views import actor, add_errors, page_number, render
from reachable.notices import services as notices
from reachable.practice import guidance
from reachable.sharing import acting, duty, given, watching, words
from reachable.sharing.forms import DocumentForm, SwitchForm
from reachable.sharing.papers import paper_of

ENDINGS = {"word": "docx", "pdf": "pdf"}


def shared_with_me(request: HttpRequest) -> HttpResponse:
    rows = given.shared_with_me(by=actor(request))
    return render(request, "sharing/shared_with_me.html", {"rows": rows})


def shared(request: HttpRequest, shared_id: UUID) -> HttpResponse:
    """Exactly what was chosen, and nothing else of the child."""
    by = actor(request)
    found = given.shared(by=by, shared_id=shared_id)
    notices.mark_read(by=by, subject=("sharing", shared_id))
    return render(request, "sharing/shared.html", {"found": found, "row": found.row})


def looked(request: HttpRequest, shared_id: UUID) -> HttpResponse:
    page = page_number(request.GET)
    found = given.who_looked(by=actor(request), shared_id=shared_id, page=page)
    back = (reverse("shared", args=[shared_id]), "What was shared with you")
    return render(request, "people/who_looked.html", {"found": found, "back": back})


def document(request: HttpRequest, sharing_id: UUID) -> HttpResponse:
    """A document for somebody outside; that it was made is recorded, and its name names nobody."""
    by = actor(request)
    form = DocumentForm(request.POST)
    how = form.cleaned_data["how"] if form.is_valid() else ""
    handing = acting.make_document(by=by, sharing_id=sharing_id, how=how)
    name = f"shared-{handing.decision.decided_at:%Y-%m-%d}"
    return answer(paper_of(handing), ending=ENDINGS[how], name=name)


def watched(request: HttpRequest) -> HttpResponse:
    found = watching.watched(by=actor(request), page=page_number(request.GET))
    return render(request, "sharing/watched.html", {"found": found, "words": words})


def switch(request: HttpRequest) -> HttpResponse:
    """Whether decisions may rest on the duty of the Act of 2026."""
    by = actor(request)
    on = duty.is_on(by=by)
    form = SwitchForm(
        request.POST if request.method == "POST" else None, initial={"on": "yes" if on else "no"}
    )
    if form.is_bound and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            duty.switch(
                by=by, on=form.cleaned_data["on"] == "yes", reason=form.cleaned_data["reason"]
            )
            messages.success(request, "It is recorded, with your reason.")
            return redirect("sharing_duty")
    switched = [each for each in guidance.sharing_bases() if each.by_switch]
    context = {"form": form, "on": on, "bases": switched, "history": duty.history(by=by)}
    return render(request, "sharing/duty.html", context, status=422 if form.is_bound else 200)

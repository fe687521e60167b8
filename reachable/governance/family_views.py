"""What a family is told of who may read about a child: put together, read again, released."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.paper_answers import answer
from reachable.foundation.views import actor, add_errors, render
from reachable.governance import families
from reachable.governance.family_forms import DecideForm, FamilyForm
from reachable.governance.rules.family import ASKS, EXEMPTIONS


def requests(request: HttpRequest) -> HttpResponse:
    found = families.requests(by=actor(request))
    return render(request, "governance/family_requests.html", {"found": found, "asks": ASKS})


def new(request: HttpRequest) -> HttpResponse:
    form = FamilyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            request_id = families.put_together(by=actor(request), request=form.asked())
            messages.success(request, "It is put together. Another person reads and releases it.")
            return redirect("family_request", request_id)
    status = 422 if form.is_bound else 200
    return render(request, "governance/family_new.html", {"form": form}, status=status)


def one(request: HttpRequest, family_request_id: UUID) -> HttpResponse:
    by = actor(request)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            families.decide(by=by, request_id=family_request_id, **form.answers())
            messages.success(request, "Your decision is recorded.")
            return redirect("family_request", family_request_id)
    context = {
        "found": families.request(by=by, request_id=family_request_id),
        "form": form,
        "asks": ASKS,
        "exemptions": EXEMPTIONS,
        "title": families.TITLE,
    }
    status = 422 if form.is_bound else 200
    return render(request, "governance/family_request.html", context, status=status)


def as_word(request: HttpRequest, family_request_id: UUID) -> HttpResponse:
    return _paper(request, family_request_id, "docx")


def as_pdf(request: HttpRequest, family_request_id: UUID) -> HttpResponse:
    return _paper(request, family_request_id, "pdf")


def _paper(request: HttpRequest, request_id: UUID, ending: str) -> HttpResponse:
    paper = families.paper(by=actor(request), request_id=request_id)
    return answer(paper, ending=ending, name="answer-to-a-family")

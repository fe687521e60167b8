"""Pairs that are kept apart, how well records are linked, and records that agencies check."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, render
from reachable.people import apart, labels, record_checks
from reachable.people.forms import ReasonForm, RecordCheckForm

LIFTED = "Lifted: they may be asked about again."


def kept_apart(request: HttpRequest) -> HttpResponse:
    pairs = apart.pairs_kept_apart(by=actor(request))
    return render(request, "people/kept_apart.html", {"pairs": pairs})


def lift(request: HttpRequest, apart_id: UUID) -> HttpResponse:
    """Ask that a pair be kept apart no longer or, as the second, lift it."""
    by = actor(request)
    pair = apart.pair(by=by, apart_id=apart_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            lifted = apart.lift(by=by, apart_id=apart_id, reason=form.cleaned_data["reason"])
        except Conflict as error:
            messages.warning(request, str(error))
            return redirect("kept_apart")
        except BadInput as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, LIFTED if lifted else "Kept. A second has to agree.")
            return redirect("kept_apart")
    return render(
        request,
        "people/apart_lift.html",
        {"pair": pair, "form": form},
        status=422 if form.is_bound else 200,
    )


def figures(request: HttpRequest) -> HttpResponse:
    found = labels.figures(by=actor(request))
    return render(request, "people/linkage.html", {"figures": found})


def to_check(request: HttpRequest) -> HttpResponse:
    held = record_checks.to_check(by=actor(request))
    return render(request, "people/to_check.html", {"records": held})


def record_check(request: HttpRequest, record_check_id: UUID) -> HttpResponse:
    """Ask an agency whether a record of its own is right."""
    by = actor(request)
    held = record_checks.one_to_check(by=by, check_id=record_check_id)
    form = RecordCheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            record_checks.answer(by=by, check_id=record_check_id, said=form.cleaned_data["answer"])
            messages.success(request, "Thank you: your answer is kept.")
            return redirect("to_check")
    return render(
        request,
        "people/record_check.html",
        {"held": held, "form": form},
        status=422 if form.is_bound else 200,
    )

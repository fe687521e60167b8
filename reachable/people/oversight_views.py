"""For information governance: emergencies to review, restricted records, and who asked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, render
from reachable.people import asking, emergency, opening, restricting
from reachable.people.access_forms import LiftForm, ReaderForm
from reachable.people.asking_forms import ReviewForm


def oversight(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    held = emergency.emergencies(by=by)
    context = {
        "waiting": [each for each in held if each.justified is None],
        "reviewed": [each for each in held if each.justified is not None],
        "restrictions": restricting.all_restrictions(by=by),
        "enquiries": asking.enquiries(by=by),
    }
    return render(request, "people/oversight.html", context)


def review(request: HttpRequest, emergency_id: UUID) -> HttpResponse:
    by = actor(request)
    found = emergency.emergency(by=by, emergency_id=emergency_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            emergency.review(
                by=by,
                emergency_id=emergency_id,
                justified=form.cleaned_data["justified"] == "yes",
                note=form.cleaned_data["note"],
            )
            messages.success(request, "The review is kept.")
            return redirect("oversight")
    context = {"found": found, "form": form, "own": found.user_id == by.id}
    status = 422 if form.is_bound else 200
    return render(request, "people/emergency_review.html", context, status=status)


def name_reader(request: HttpRequest, kept_id: UUID) -> HttpResponse:
    by = actor(request)
    found = restricting.restriction(by=by, restriction_id=kept_id)
    form = ReaderForm(request.POST or None, people=opening.readers_of(by=by))
    if request.method == "POST" and form.is_valid():
        whom = form.cleaned_data["whom"]
        with add_errors(form):
            restricting.add_reader(by=by, restriction_id=kept_id, user_id=whom)
            messages.success(request, "They may read it as long as they work with the child.")
            return redirect("oversight")
    context = {"found": found, "form": form, "title": "Name one more reader", "button": "Name them"}
    status = 422 if form.is_bound else 200
    return render(request, "people/oversight_form.html", context, status=status)


def lift(request: HttpRequest, kept_id: UUID) -> HttpResponse:
    by = actor(request)
    found = restricting.restriction(by=by, restriction_id=kept_id)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            restricting.lift(by=by, restriction_id=kept_id, **form.cleaned_data)
            messages.success(request, "The record is restricted no more.")
            return redirect("oversight")
    title = "Lift the restriction, as the second"
    context = {"found": found, "form": form, "title": title, "button": "Lift it"}
    status = 422 if form.is_bound else 200
    return render(request, "people/oversight_form.html", context, status=status)

"""Asking whether somebody works with a child; seeing one in an emergency; ending that."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.views import actor, add_errors, render
from reachable.people import asking, emergency
from reachable.people.asking_forms import AskForm, EmergencyForm


def ask(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            enquiry_id = asking.ask(by=by, described=form.described(), reason=reason)
        except BadInput as error:
            form.add_error("reason", str(error))
        else:
            return redirect("asked", enquiry_id)
    context = {"form": form, "left": asking.left_today(by=by), "most": asking.MOST_A_DAY}
    return render(request, "people/ask.html", context, status=422 if form.is_bound else 200)


def asked(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """The answer. Of a record that is hidden and of none it is the same page."""
    by = actor(request)
    context = {
        "answer": asking.answer(by=by, enquiry_id=enquiry_id),
        "lines": asking.duty_lines(),
        "may_open": emergency.may_use(by=by),
    }
    return render(request, "people/asked.html", context)


def open_record(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    by = actor(request)
    answer = asking.answer(by=by, enquiry_id=enquiry_id)
    if not answer.team:
        raise NotFound
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            child = emergency.open_record(by=by, enquiry_id=enquiry_id, **form.cleaned_data)
            messages.warning(
                request,
                "You see this record in an emergency. Its team and information governance have "
                "been told.",
            )
            return redirect("child", child)
    context = {"form": form, "answer": answer}
    return render(request, "people/emergency.html", context, status=422 if form.is_bound else 200)


def end(request: HttpRequest, own_emergency_id: UUID) -> HttpResponse:
    emergency.end(by=actor(request), emergency_id=own_emergency_id)
    messages.success(request, "The record is closed to you. Information governance reviews it.")
    return redirect("home")

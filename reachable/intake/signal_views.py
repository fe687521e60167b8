"""Sending a signal from a phone, and seeing who has it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.access.selectors import own_phone
from reachable.foundation import kept
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, page_number, render
from reachable.intake import own_signals, selectors, sender_tasks, services
from reachable.intake.signal_forms import SignalForm
from reachable.practice import guidance


def send_signal(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    typed = kept.take(request, by=by) if request.method == "GET" else None
    form = SignalForm(
        request.POST or typed, kinds=guidance.signal_kinds(), reach=lambda: own_phone(by=by)
    )
    if request.method == "POST" and form.is_valid():
        return redirect("signal", services.send_signal(by=by, signal=form.signal()))
    status = 200 if request.method == "GET" else 422
    context = {"form": form, "typed": typed is not None, "made_for": kept.made_for(by=by)}
    return render(request, "intake/send_signal.html", context, status=status)


def signal(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Who has it now; a page that is open asks again by itself."""
    by = actor(request)
    if request.headers.get("HX-Request") == "true":
        # Of a page that was noted when it was opened; it holds no name of the child.
        found = selectors.my_signal(by=by, signal_id=signal_id)
        return render(request, "intake/who_has_it.html", {"signal": found})
    return render(
        request, "intake/signal.html", {"signal": own_signals.signal(by=by, signal_id=signal_id)}
    )


def looked(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    page = page_number(request.GET)
    found = own_signals.who_looked(by=actor(request), signal_id=signal_id, page=page)
    back = (reverse("signal", args=[signal_id]), "What you sent")
    return render(request, "people/who_looked.html", {"found": found, "back": back})


def task_done(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Somebody may press twice, or with an old page: a task that is done stays done."""
    try:
        sender_tasks.do_task(
            by=actor(request), signal_id=signal_id, step=request.POST.get("step", "")
        )
    except (BadInput, Conflict) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "It is noted as done. Whoever has it sees that.")
    return redirect("signal", signal_id)


def my_signals(request: HttpRequest) -> HttpResponse:
    return render(
        request, "intake/my_signals.html", {"signals": selectors.my_signals(by=actor(request))}
    )

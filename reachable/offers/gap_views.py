"""What nobody could offer: recorded with one tap, listed by kind of help and area, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, page_number, render
from reachable.offers import gaps as services
from reachable.offers import selectors, wording, words
from reachable.offers.forms import GapNoteForm, HiddenNeedForm

RECORDED = "The gap is recorded. You can say more of it here, or leave it so."


def gaps(request: HttpRequest) -> HttpResponse:
    """What is missing: how many, by kind of help and area."""
    shown = request.GET.get("show") == "all"
    found = selectors.gaps(by=actor(request), show_answered=shown)
    context = {"found": found, "all": shown, "words": words, "wording": wording}
    return render(request, "offers/gaps.html", context)


def gap(request: HttpRequest, gap_id: UUID) -> HttpResponse:
    found = selectors.gap(by=actor(request), gap_id=gap_id)
    context = {"gap": found, "row": found.row, "words": words, "wording": wording}
    return render(request, "offers/gap.html", context)


def looked(request: HttpRequest, gap_id: UUID) -> HttpResponse:
    found = selectors.who_looked_at_gap(
        by=actor(request), gap_id=gap_id, page=page_number(request.GET)
    )
    back = (reverse("gap", args=[gap_id]), "The gap")
    return render(request, "people/who_looked.html", {"found": found, "back": back})


def record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record with one press that nothing fits a child."""
    form = HiddenNeedForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    gap_id = services.record_gap(by=actor(request), person_id=person_id, **given)
    messages.success(request, RECORDED)
    return redirect("gap", gap_id)


def record_after(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Record with one press that nothing fits after a service has refused."""
    by = actor(request)
    found = selectors.offer(by=by, offer_id=offer_id)
    gap_id = services.record_gap(by=by, person_id=found.person_id, offer_id=offer_id)
    messages.success(request, RECORDED)
    return redirect("gap", gap_id)


def _asked(
    title: str, label: str, hint: str, act: Callable[..., None], done: str
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    def view(request: HttpRequest, gap_id: UUID) -> HttpResponse:
        by = actor(request)
        found = selectors.gap(by=by, gap_id=gap_id)
        sent: Any = request.POST if request.method == "POST" else None
        form = GapNoteForm(sent, initial={"version": found.version}, label=label, hint=hint)
        if form.is_bound and form.is_valid():
            try:
                act(by=by, gap_id=gap_id, **form.answers())
            except Conflict as error:
                messages.warning(request, str(error))
                return redirect("gap", gap_id)
            except BadInput as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, done)
                return redirect("gap", gap_id)
        context = {"form": form, "gap": found, "row": found.row, "title": title}
        context["wording"] = wording
        status = 422 if form.is_bound else 200
        return render(request, "offers/gap_act.html", context, status=status)

    return view


more = _asked(
    "Say more of this gap",
    "What exactly was needed?",
    "What the child wanted, when it had to be, how far they can travel. Name nobody.",
    services.add_words,
    "It stands with the gap now.",
)
answer = _asked(
    "A service was found",
    "Which service, and since when?",
    "Name nobody. Add it to the directory too, so that others find it.",
    services.answer_gap,
    "The gap is answered. It can be opened again.",
)
reopen = _asked(
    "Open it again",
    "Why does what was found not help?",
    "",
    services.reopen_gap,
    "The gap is open again.",
)

"""Records that wait for a person to say who they are: the list, one of them, and undoing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, page_number, render
from reachable.people import looking, services, wording
from reachable.people import review as waiting
from reachable.people.forms import DecideForm, ReasonForm
from reachable.people.review import ReviewFacts

SHOWN = 50


def reviews(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    return render(
        request,
        "people/reviews.html",
        {
            "waiting": waiting.open_reviews(by=by, at_most=SHOWN),
            "total": waiting.open_count(by=by),
            "decided": waiting.decided_reviews(by=by),
        },
    )


def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Show the records side by side and ask; what was decided already is only shown."""
    by = actor(request)
    found = waiting.review(by=by, review_id=review_id)
    form = DecideForm(request.POST or None, beside=_choices(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_review(
                by=by,
                review_id=review_id,
                same_as=form.chosen(),
                reason=form.cleaned_data["reason"],
            )
        except Conflict as error:
            messages.warning(request, str(error))
            return redirect("review", review_id)
        except BadInput as error:
            form.add_error("reason", str(error))
        else:
            return _go_on(request, review_id, together=form.chosen() is not None)
    return render(
        request,
        "people/review.html",
        {
            "review": found,
            "form": form,
            "lines": wording.lines(found),
            "letter": wording.letter,
            "total": waiting.open_count(by=by),
        },
        status=422 if form.is_bound else 200,
    )


def skip(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Lead to the one after this, which stays open."""
    after = waiting.next_review(by=actor(request), after=review_id)
    return redirect("review", after) if after else redirect("reviews")


def undo(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Ask why, then make one child two again."""
    by = actor(request)
    found = waiting.review(by=by, review_id=review_id)
    form = ReasonForm(request.POST or None)
    if found.merge_id is None or found.undone:
        messages.warning(request, "There is nothing to undo here. Nothing was changed.")
        return redirect("review", review_id)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            services.undo_merge(by=by, merge_id=found.merge_id, reason=reason)
        except Conflict as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, "Undone: these are two children again, as they were before.")
        return redirect("review", review_id)
    status = 422 if form.is_bound else 200
    return render(
        request, "people/review_undo.html", {"review": found, "form": form}, status=status
    )


def _choices(found: ReviewFacts) -> list[tuple[UUID, str, str]]:
    several = len(found.beside) > 1
    return [
        (
            side.record_id,
            f"The same child as {wording.letter(at)}" if several else "The same child",
            ", ".join(part for part in (side.name, side.agency, side.reference) if part),
        )
        for at, side in enumerate(found.beside)
    ]


def _go_on(request: HttpRequest, review_id: UUID, *, together: bool) -> HttpResponse:
    by = actor(request)
    done = "Decided: the records are one child now." if together else "Decided: a different child."
    following = waiting.next_review(by=by, after=review_id)
    if following is None:
        messages.success(request, f"{done} Nothing else waits.")
        return redirect("reviews")
    messages.success(request, f"{done} This is the next one.")
    return redirect("review", following)


def who_looked(request: HttpRequest, review_id: UUID) -> HttpResponse:
    found = looking.who_looked_at_review(
        by=actor(request), review_id=review_id, page=page_number(request.GET)
    )
    back = (reverse("review", args=[review_id]), "Two records that may be one child")
    return render(request, "people/who_looked.html", {"found": found, "back": back})

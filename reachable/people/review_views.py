"""Records that wait for a person to say who they are: the list, one of them, and undoing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation import words
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, page_number, render
from reachable.people import checking, deciding, looking, record_checks, services, wording
from reachable.people import review as waiting
from reachable.people.forms import DecideForm, ReasonForm, ThirdWayForm
from reachable.people.review import ReviewFacts

SHOWN = 50
KEPT = {
    "third": "Kept. Two stewards are not of one mind: please choose what follows.",
    "said": "Kept. Another steward is asked, who does not see what you said.",
}


def reviews(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    return render(
        request,
        "people/reviews.html",
        {
            "waiting": waiting.open_reviews(by=by, at_most=SHOWN),
            "total": waiting.open_count(by=by),
            "left_open": waiting.left_open(by=by),
            "for_others": waiting.waits_for_others(by=by),
            "with_agencies": waiting.with_agencies(by=by),
            "to_take_apart": checking.to_take_apart(by=by),
            "decided": waiting.decided_reviews(by=by),
            "came_out": wording.came_out,
        },
    )


def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Show the records side by side and ask; what was decided already is only shown."""
    by = actor(request)
    found = waiting.review(by=by, review_id=review_id)
    form = DecideForm(request.POST or None, beside=_choices(found), is_check=found.is_check)
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_review(
                by=by,
                review_id=review_id,
                same_as=form.chosen(),
                unsure=form.unsure(),
                reason=form.cleaned_data["reason"],
            )
        except Conflict as error:
            messages.warning(request, _whole(error))
            return redirect("review", review_id)
        except BadInput as error:
            form.add_error("reason", str(error))
        else:
            return _go_on(request, found, together=form.chosen() is not None)
    return _shown(request, found, form, status=422 if form.is_bound else 200)


def _whole(error: Conflict) -> str:
    return " ".join(part for part in (str(error), error.next) if part)


def _shown(
    request: HttpRequest,
    found: ReviewFacts,
    form: DecideForm,
    third: ThirdWayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "people/review.html",
        {
            "review": found,
            "form": form,
            "third": third or ThirdWayForm(),
            "lines": wording.lines(found),
            "letter": wording.letter,
            "chose": wording.chose,
            "came_out": wording.came_out,
            "total": waiting.open_count(by=actor(request)),
        },
        status=status,
    )


def third_way(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Ask the agencies, or leave apart what two stewards could not settle."""
    by = actor(request)
    found = waiting.review(by=by, review_id=review_id)
    form = ThirdWayForm(request.POST)
    if not form.is_valid():
        empty = DecideForm(beside=_choices(found), is_check=found.is_check)
        return _shown(request, found, empty, form, status=422)
    try:
        if form.cleaned_data["way"] == "ask":
            asked = record_checks.ask_agencies(by=by, review_id=review_id)
            said = f"Asked about {words.plural(asked, 'record', 'records')}."
        else:
            reason = form.cleaned_data["reason"]
            deciding.leave_apart(by=by, review_id=review_id, reason=reason)
            said = "They stay apart for now."
    except Conflict as error:
        messages.warning(request, _whole(error))
        return redirect("review", review_id)
    return _next(request, review_id, said)


def skip(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Lead to the one after this, or before it, which stays open."""
    by = actor(request)
    if request.GET.get("way") == "back":
        to = waiting.review_before(by=by, before=review_id)
    else:
        to = waiting.next_review(by=by, after=review_id)
    return redirect(_question(to)) if to else redirect("reviews")


def _question(review_id: UUID) -> str:
    """Where a review is asked: whoever comes by keyboard goes on from there."""
    return f"{reverse('review', args=[review_id])}#question"


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


def _go_on(request: HttpRequest, found: ReviewFacts, *, together: bool) -> HttpResponse:
    by = actor(request)
    if waiting.is_decided(by=by, review_id=found.id):
        done = "Decided: the records are one child now." if together else "Decided."
        if not together and not found.is_check:
            done = "Decided: a different child."
        return _next(request, found.id, "Kept. It was a check." if found.is_check else done)
    now = waiting.review(by=by, review_id=found.id)
    if now.stands == "third":
        messages.warning(request, KEPT["third"])
        return redirect("review", found.id)
    return _next(request, found.id, KEPT["said"])


def _next(request: HttpRequest, review_id: UUID, done: str) -> HttpResponse:
    following = waiting.next_review(by=actor(request), after=review_id)
    if following is None:
        messages.success(request, f"{done} Nothing else waits.")
        return redirect("reviews")
    messages.success(request, f"{done} This is the next one.")
    return redirect(_question(following))


def who_looked(request: HttpRequest, review_id: UUID) -> HttpResponse:
    found = looking.who_looked_at_review(
        by=actor(request), review_id=review_id, page=page_number(request.GET)
    )
    back = (reverse("review", args=[review_id]), "Two records that may be one child")
    return render(request, "people/who_looked.html", {"found": found, "back": back})

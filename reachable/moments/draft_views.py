"""The draft of a partnership's own pathway: one change a press, one step a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, render
from reachable.moments import own_pathways, pathway_reading
from reachable.moments.own_pathways import DECIDES
from reachable.moments.pathway_forms import StepForm
from reachable.practice.items import Certainty
from reachable.practice.own import StepWords


def draft(request: HttpRequest, pathway_kind: str) -> HttpResponse:
    """The draft as it stands, with what forbids it and what to look at."""
    by = actor(request)
    found = pathway_reading.draft(by=by, kind=pathway_kind)
    return render(request, "moments/draft.html", {"draft": found, "decides": by.can(DECIDES)})


def begin(request: HttpRequest, pathway_kind: str) -> HttpResponse:
    own_pathways.begin(by=actor(request), kind=pathway_kind)
    return redirect("draft", pathway_kind)


def add(request: HttpRequest, pathway_kind: str) -> HttpResponse:
    return _write(request, pathway_kind, None, own_pathways.add_step)


def reword(request: HttpRequest, pathway_kind: str, step_key: str) -> HttpResponse:
    return _write(request, pathway_kind, step_key, own_pathways.write_step)


def _write(
    request: HttpRequest, kind: str, key: str | None, write: Callable[..., object]
) -> HttpResponse:
    """Ask for a step in words. What was typed stays on the page when it is refused."""
    by = actor(request)
    found = pathway_reading.draft(by=by, kind=kind)
    step = found.step(key) if key else None
    shown = {"certainty": Certainty.AGREED.value, "unit": "working_days", "start": "received"}
    if step is not None:
        shown |= {name: value for name, value in asdict(step.words).items() if value}
    form = StepForm(request.POST or None, initial=shown | {"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        words = form.words(key or "")
        try:
            write(by=by, kind=kind, revision=form.cleaned_data["revision"], step=words)
        except (BadInput, Conflict) as refused:
            form = _typed(form, words, found.revision, refused)
        else:
            messages.success(request, "The draft is changed. What is in force stays as it is.")
            return redirect("draft", kind)
    status = 422 if form.is_bound else 200
    context = {"draft": found, "step": step, "form": form}
    return render(request, "moments/draft_step.html", context, status=status)


def _typed(form: StepForm, words: StepWords, revision: int, refused: Exception) -> StepForm:
    """Keep what was typed; what it is written over next is what the page shows beside it now."""
    again = StepForm({**{name: form.data.get(name) for name in form.fields}, "revision": revision})
    again.is_valid()
    again.add_error(None, str(refused))
    return again


def move(request: HttpRequest, pathway_kind: str, step_key: str) -> HttpResponse:
    up = request.POST.get("to") == "up"
    return _press(
        request,
        pathway_kind,
        lambda revision: own_pathways.move_step(
            by=actor(request), kind=pathway_kind, revision=revision, key=step_key, up=up
        ),
        "The step was moved.",
        at=step_key,
    )


def leave_out(request: HttpRequest, pathway_kind: str, step_key: str) -> HttpResponse:
    return _press(
        request,
        pathway_kind,
        lambda revision: own_pathways.leave_out(
            by=actor(request), kind=pathway_kind, revision=revision, key=step_key
        ),
        "The step is left out of the draft. It can be put back below.",
    )


def put_back(request: HttpRequest, pathway_kind: str, step_key: str) -> HttpResponse:
    return _press(
        request,
        pathway_kind,
        lambda revision: own_pathways.put_back(
            by=actor(request), kind=pathway_kind, revision=revision, key=step_key
        ),
        "The step is back, as it is published.",
        at=step_key,
    )


def give_up(request: HttpRequest, pathway_kind: str) -> HttpResponse:
    return _press(
        request,
        pathway_kind,
        lambda revision: own_pathways.give_up(
            by=actor(request), kind=pathway_kind, revision=revision
        ),
        "The draft was given up. What is in force stays as it is.",
        then="pathway",
    )


def _press(
    request: HttpRequest,
    kind: str,
    act: Callable[[int], None],
    done: str,
    then: str = "draft",
    at: str = "",
) -> HttpResponse:
    """Do what one button says with the draft as its page showed it; then stand at the step."""
    said = request.POST.get("revision", "")
    try:
        act(int(said) if said.isdecimal() else 0)
    except (BadInput, Conflict) as refused:
        messages.warning(request, str(refused))
        return redirect("draft", kind)
    messages.success(request, done)
    return redirect(reverse(then, args=[kind]) + (f"#step-{at}" if at else ""))

"""Sharing something of a child, or deciding not to: one question a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, render
from reachable.notices import services as notices
from reachable.practice import guidance
from reachable.sharing import acting, choosing, selectors, services, words
from reachable.sharing.forms import (
    OUTSIDE,
    WORKER,
    AgreeForm,
    AskedForm,
    ChooseForm,
    EndForm,
    HandedForm,
    RefuseForm,
    ShareForm,
)
from reachable.sharing.selectors import RequestFacts
from reachable.sharing.services import Recipient

RULES = ("engage_first", "consent_not_needed", "only_what_is_needed")


def choose(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Which pieces go to what kind of recipient. What is chosen stands in the address."""
    by = actor(request)
    found = choosing.choice(by=by, person_id=person_id)
    if found.person_id != person_id:
        return redirect(
            f"{reverse('sharing_choose', args=[found.person_id])}?{request.GET.urlencode()}"
        )
    carried = {name: request.GET.get(name, "") for name in ("request", "instead_of")}
    asked = _asked(by, carried["request"])
    data = request.GET if "choose" in request.GET else None
    initial: dict[str, Any] = dict(carried)
    if asked is not None:
        initial["way"] = WORKER if asked.from_user_id else OUTSIDE
    form = ChooseForm(data, pieces=found.pieces, initial=initial)
    if form.is_bound and form.is_valid():
        chosen = {"way": form.cleaned_data["way"], "piece": form.cleaned_data["piece"], **carried}
        return redirect(f"{reverse('sharing_decide', args=[person_id])}?{urlencode(chosen, True)}")
    context = {
        "form": form,
        "found": found,
        "asked": asked,
        "golden_rules": guidance.golden_rules(),
    }
    return render(request, "sharing/choose.html", context, status=422 if form.is_bound else 200)


def decide(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Why, with whom, until when, and what was weighed."""
    by = actor(request)
    found = choosing.chosen(by=by, person_id=person_id, keys=request.GET.getlist("piece"))
    if not found.pieces:
        messages.warning(request, "Choose first what is to be shared.")
        return redirect("sharing_choose", found.person_id)
    asked = _asked(by, request.GET.get("request", ""))
    way = request.GET.get("way", WORKER)
    if asked is not None:
        way = WORKER if asked.from_user_id else OUTSIDE
    form = ShareForm(
        request.POST if request.method == "POST" else None,
        way=WORKER if way == WORKER else OUTSIDE,
        chosen=found.pieces,
        offered=selectors.offered_bases(by=by),
        workers=selectors.recipients(by=by),
        fixed=asked is not None,
        initial={"purpose": asked.purpose if asked else ""},
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with add_errors(form, BadInput, Conflict):
            made = services.share(
                by=by,
                person_id=found.person_id,
                to=_recipient(asked) or form.recipient(),
                pieces=form.pieces(),
                reasons=form.reasons(given["bases"]),
                proportion=given["proportion"],
                until=given["until"],
                conditions=given["conditions"],
                met=form.met(),
                request_id=asked.id if asked else None,
                supersedes_id=choosing.identifier(request.GET.get("instead_of", "")),
            )
            messages.success(request, "The decision is recorded.")
            return redirect("sharing", made)
    context = {
        "form": form,
        "found": found,
        "asked": asked,
        "way": way,
        "golden_rules": [each for each in guidance.golden_rules() if each.key in RULES],
    }
    return render(request, "sharing/decide.html", context, status=422 if form.is_bound else 200)


def refuse(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Decide not to share, with the reasons."""
    by = actor(request)
    found = choosing.named(by=by, person_id=person_id)
    asked = _asked(by, request.GET.get("request", ""))
    form = RefuseForm(
        request.POST if request.method == "POST" else None,
        workers=selectors.recipients(by=by),
        fixed=asked is not None,
        initial={"purpose": asked.purpose if asked else ""},
    )
    if form.is_bound and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            made = services.refuse(
                by=by,
                person_id=found.person_id,
                to=_recipient(asked) or form.recipient(),
                reasons=form.reasons(),
                reason=form.cleaned_data["reason"],
                request_id=asked.id if asked else None,
            )
            messages.success(request, "It is recorded that this is not shared, and why.")
            return redirect("sharing", made)
    context = {"form": form, "found": found, "asked": asked}
    return render(request, "sharing/refuse.html", context, status=422 if form.is_bound else 200)


def record_request(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record that somebody asks for something."""
    by = actor(request)
    found = choosing.named(by=by, person_id=person_id)
    form = AskedForm(
        request.POST if request.method == "POST" else None, workers=selectors.recipients(by=by)
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with add_errors(form):
            made = services.record_request(
                by=by,
                person_id=found.person_id,
                asked_by=form.recipient(),
                what=given["what"],
                purpose=given["purpose"],
                asked_on=given["asked_on"],
                due_on=given["due_on"],
            )
            messages.success(request, "The request is recorded. It waits for a decision.")
            return redirect("sharing_request", made)
    context = {"form": form, "found": found}
    return render(request, "sharing/asked.html", context, status=422 if form.is_bound else 200)


def one_request(request: HttpRequest, sharing_request_id: UUID) -> HttpResponse:
    found = selectors.request(by=actor(request), request_id=sharing_request_id)
    return render(request, "sharing/request.html", {"asked": found})


def _asked(by: Actor, text: str) -> RequestFacts | None:
    request_id = choosing.identifier(text)
    return selectors.request(by=by, request_id=request_id) if request_id else None


def _recipient(asked: RequestFacts | None) -> Recipient | None:
    if asked is None:
        return None
    if asked.from_user_id:
        return Recipient(user_id=asked.from_user_id)
    return Recipient(name=asked.who, organisation=asked.organisation, address=asked.address)


def decision(request: HttpRequest, sharing_id: UUID) -> HttpResponse:
    """A decision, and what became of it."""
    by = actor(request)
    found = selectors.decision(by=by, sharing_id=sharing_id)
    notices.mark_read(by=by, subject=("sharing", sharing_id))
    context = {"found": found, "row": found.row, "words": words}
    return render(request, "sharing/decision.html", context)


def end(request: HttpRequest, sharing_id: UUID) -> HttpResponse:
    by = actor(request)
    found = selectors.decision(by=by, sharing_id=sharing_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.end(by=by, sharing_id=sharing_id, **form.cleaned_data)
        messages.success(request, "It is ended. It opens nothing from now on.")
        return redirect("sharing", sharing_id)
    context = {"form": form, "found": found, "title": "End it now", "button": "End it now"}
    return render(request, "sharing/act.html", context, status=422 if form.is_bound else 200)


def agree(request: HttpRequest, sharing_id: UUID) -> HttpResponse:
    """Answer as the second person."""
    by = actor(request)
    found = selectors.decision(by=by, sharing_id=sharing_id)
    form = AgreeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with add_errors(form, BadInput, Conflict):
            acting.agree(
                by=by,
                sharing_id=sharing_id,
                agreed=given["answer"] == "yes",
                note=given["note"],
            )
            messages.success(request, "Your answer is recorded.")
            return redirect("sharing", sharing_id)
    context = {"form": form, "found": found, "row": found.row, "words": words}
    return render(request, "sharing/agree.html", context, status=422 if form.is_bound else 200)


def handed(request: HttpRequest, sharing_id: UUID) -> HttpResponse:
    """Record how the document was handed over."""
    by = actor(request)
    found = selectors.decision(by=by, sharing_id=sharing_id)
    form = HandedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        acting.hand_over(by=by, sharing_id=sharing_id, **form.cleaned_data)
        messages.success(request, "It is recorded how it was handed over.")
        return redirect("sharing", sharing_id)
    title = "The document is handed over"
    context = {"form": form, "found": found, "title": title, "button": "Record it"}
    return render(request, "sharing/act.html", context, status=422 if form.is_bound else 200)

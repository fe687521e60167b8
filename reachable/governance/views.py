"""Who looked at whom, as facts; and what governance asks of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.errors import BadInput
from reachable.foundation.views import actor, render
from reachable.governance import asking, keeping, papers, watching
from reachable.governance.facts import FACTS
from reachable.governance.forms import (
    AnswerForm,
    AskForm,
    FindingForm,
    LineForm,
    RulesForm,
    WatchForm,
)
from reachable.governance.watching import Narrowing
from reachable.governance.wording import KINDS


def watch(request: HttpRequest) -> HttpResponse:
    """Who looked at whom in a period, narrowed by what is asked for."""
    by = actor(request)
    rules = keeping.in_force(by=by)
    form = WatchForm(rules, request.GET or None)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    narrowing = Narrowing(
        first=given.get("first"),
        last=given.get("last"),
        who=given.get("who", ""),
        subject_id=given.get("subject"),
        facts=tuple(given.get("fact", ())),
        before=given.get("before"),
    )
    refused, found = None, None
    try:
        found = watching.watch(by=by, narrowing=narrowing)
    except BadInput as error:
        refused = error
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "found": found,
        "refused": refused,
        "rules": rules,
        "facts": FACTS,
        "kinds": KINDS,
        "labels": {fact.key: fact.label(rules) for fact in FACTS},
        "base": f"{request.path}?{query.urlencode()}" if query else request.path,
        "narrowed": bool(set(given) and any(v for k, v in given.items() if k != "before")),
        "later": bool(narrowing.before),
    }
    wrong = refused is not None or (form.is_bound and not form.is_valid())
    return render(request, "governance/watch.html", context, status=422 if wrong else 200)


def looks(request: HttpRequest) -> HttpResponse:
    """One worker's looks at one record on one day."""
    form = LineForm(request.GET)
    if not form.is_valid():
        return _no_line(request)
    return _line(request, _of_line(form), AskForm(initial=form.cleaned_data))


def ask(request: HttpRequest) -> HttpResponse:
    which = LineForm(request.POST)
    if not which.is_valid():
        return _no_line(request)
    form, refused = AskForm(request.POST), None
    if form.is_valid():
        try:
            question_id = asking.ask(
                by=actor(request), **_of_line(which), question=form.cleaned_data["question"]
            )
        except BadInput as error:
            refused = error
        else:
            messages.success(request, "The worker is asked. You are told when they answer.")
            return redirect("look_question", question_id)
    return _line(request, _of_line(which), form, refused, status=422)


def _no_line(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "That named no line of this page, and nobody was asked. Choose one.")
    return redirect("watch")


def _of_line(form: Form) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "worker_id": given["worker"],
        "day": given["day"],
        "kind": given["kind"],
        "subject_id": given["subject"],
    }


def _line(
    request: HttpRequest,
    which: dict[str, Any],
    form: Form,
    refused: BadInput | None = None,
    status: int = 200,
) -> HttpResponse:
    by = actor(request)
    found = watching.line_of(by=by, **which)
    context = {
        "found": found,
        "form": form,
        "refused": refused,
        "facts": FACTS,
        "kinds": KINDS,
        "may_ask": by.can(keeping.ASKS),
    }
    return render(request, "governance/looks.html", context, status=status)


def questions(request: HttpRequest) -> HttpResponse:
    """What was asked about looks; what waits first."""
    waiting = request.GET.get("show") == "waiting"
    found = asking.questions(by=actor(request), waiting=waiting)
    context = {"found": found, "waiting": waiting, "kinds": KINDS}
    return render(request, "governance/questions.html", context)


def question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """One question, and what is found."""
    by = actor(request)
    form, refused = FindingForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            asking.find(by=by, question_id=question_id, **form.cleaned_data)
        except BadInput as error:
            refused = error
        else:
            messages.success(request, "It is recorded, and the worker is told.")
            return redirect("look_question", question_id)
    found = asking.question(by=by, question_id=question_id)
    context = {
        "found": found,
        "form": form,
        "refused": refused,
        "kinds": KINDS,
        "may_find": by.can(keeping.ASKS) and not found.own and found.state != asking.FOUND,
    }
    status = 422 if refused or form.errors else 200
    return render(request, "governance/question.html", context, status=status)


def asked_of_me(request: HttpRequest) -> HttpResponse:
    """What was asked about one's own looks."""
    found = asking.asked_of_me(by=actor(request))
    return render(request, "governance/asked_of_me.html", {"found": found, "kinds": KINDS})


def look_asked(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """One question about one's own looks, and the answer to it."""
    by = actor(request)
    form, refused = AnswerForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            asking.answer(by=by, question_id=asked_id, text=form.cleaned_data["text"])
        except BadInput as error:
            refused = error
        else:
            messages.success(request, "Your answer is with information governance.")
            return redirect(reverse("look_asked", args=[asked_id]))
    found = asking.my_question(by=by, question_id=asked_id)
    context = {"found": found, "form": form, "refused": refused, "kinds": KINDS}
    status = 422 if refused or form.errors else 200
    return render(request, "governance/look_asked.html", context, status=status)


def rules(request: HttpRequest) -> HttpResponse:
    """By which hours and thresholds looks are watched."""
    by = actor(request)
    held = keeping.in_force(by=by)
    form = RulesForm(request.POST or None, initial=vars(held))
    if request.method == "POST" and form.is_valid():
        keeping.set_rules(by=by, rules=form.rules())
        messages.success(request, "It is in force from now on, also for looks that were before.")
        return redirect("watch_rules")
    context = {"form": form, "rules": held, "set_last": keeping.set_last(by=by)}
    return render(request, "governance/rules.html", context, 422 if form.errors else 200)


def sign_off(request: HttpRequest) -> HttpResponse:
    """What whoever signs this off has to know, on one page."""
    actor(request).require(keeping.READS)
    context = {
        "counts": papers.counts(),
        "promised": papers.promised(),
        "duties": papers.duties(),
        "documents": papers.DOCUMENTS,
    }
    return render(request, "governance/sign_off.html", context)

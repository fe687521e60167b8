"""After a conversation: tasks, what senders are told, and what others need to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.conversations import after as selectors
from reachable.conversations import after_acts
from reachable.conversations import passed_on as passing
from reachable.conversations.after import REACHABLE, After, ToPass
from reachable.conversations.after_forms import (
    PassOnForm,
    SummaryForm,
    TasksForm,
    own_asked,
)
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.fields import DayInput
from reachable.foundation.views import actor, page_number, render
from reachable.moments.task_views import whom
from reachable.notices import services as notices

TASKS, SENDERS, OTHERS = "tasks", "senders", "others"


def after(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """One page with three questions, each sent by itself."""
    by = actor(request)
    found = selectors.after(by=by, conversation_id=conversation_id)
    asked = _asked(request, by, found)
    sent = next((each for each in asked.all() if each.form.is_bound), None)
    if sent is not None and sent.form.is_valid():
        try:
            said = sent.act()
        except (BadInput, Conflict) as error:
            sent.form.add_error(sent.field, str(error))
        else:
            messages.success(request, said)
            return redirect("conversation_after", conversation_id)
    if request.method == "POST" and sent is None and "more" not in request.POST:
        messages.warning(
            request, "The conversation was written anew meanwhile. Please look at what it says now."
        )
        return redirect("conversation_after", conversation_id)
    context = {
        "after": found,
        "facts": found.facts,
        "row": found.moment.row,
        "tasks": asked.tasks.form,
        "summary": asked.summary.form,
        "passing": [(each, one.form) for each, one in asked.passing],
        "wrong": sent.form if sent else None,
    }
    return render(request, "conversations/after.html", context, status=422 if sent else 200)


@dataclass(frozen=True)
class Sent:
    """A form of the page, and what it does, in a sentence, once it is answered; a refusal leads to
    `field`, where there is one that it can be about."""

    form: TasksForm | SummaryForm | PassOnForm
    act: Callable[[], str]
    field: str | None = None


@dataclass(frozen=True)
class Asked:
    """All forms of the page: the one that was sent is bound."""

    tasks: Sent
    summary: Sent
    passing: list[tuple[ToPass, Sent]]

    def all(self) -> Iterator[Sent]:
        yield from (self.tasks, self.summary, *(each for _, each in self.passing))


def _asked(request: HttpRequest, by: Actor, found: After) -> Asked:
    what = request.POST.get("what", "") if request.method == "POST" else ""
    conversation_id = found.facts.id
    tasks = _tasks_form(request, by, found, what == TASKS)
    summary = SummaryForm(
        request.POST if what == SENDERS else None, sentences=found.sentences, police=found.police
    )
    passing = []
    for each in found.others:
        row = each.needed.key
        theirs = what == OTHERS and request.POST.get("row") == row
        form = PassOnForm(request.POST if theirs else None, prefix=row, whom=found.whom)
        passing.append((each, Sent(form, _passing(by, conversation_id, row, form))))
    return Asked(
        Sent(tasks, lambda: _make(by, conversation_id, tasks)),
        Sent(summary, lambda: _tell(by, conversation_id, summary), "own"),
        passing,
    )


def _tasks_form(request: HttpRequest, by: Actor, found: After, asked: bool) -> TasksForm:
    given: dict[str, Any] = {
        "proposed": found.proposed,
        "people": whom(by, found.moment),
        "own": own_asked(request.POST.dict()) if asked else 1,
    }
    if asked and "more" in request.POST:
        return TasksForm(initial=_typed(request), **given)
    return TasksForm(request.POST if asked else None, **given)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Return what stands on the page as it was typed, for showing it again with one task more."""
    typed: dict[str, Any] = request.POST.dict()
    for name in list(typed):
        base, _, part = name.rpartition("-")
        if part in DayInput.parts and base.endswith(".day"):
            typed[base] = DayInput().value_from_datadict(request.POST, None, base)
    for key in {name.rpartition(".")[0] for name in typed if name.endswith(".text")}:
        typed.setdefault(f"{key}.do", "")
    return typed


def _make(by: Actor, conversation_id: UUID, form: TasksForm) -> str:
    made = after_acts.make_tasks(by=by, conversation_id=conversation_id, wanted=form.wanted())
    return f"{made} tasks are made." if made != 1 else "One task is made."


def _tell(by: Actor, conversation_id: UUID, form: SummaryForm) -> str:
    after_acts.tell_senders(by=by, conversation_id=conversation_id, **form.answers())
    return "They are told, each with their own signal."


def _passing(by: Actor, conversation_id: UUID, row: str, form: PassOnForm) -> Callable[[], str]:
    def act() -> str:
        given = form.cleaned_data
        if given["how"] == REACHABLE:
            to = UUID(given["to"])
            after_acts.pass_on(by=by, conversation_id=conversation_id, row=row, to=to)
            return "It is passed on, and they have been told."
        after_acts.passed_on_otherwise(
            by=by,
            conversation_id=conversation_id,
            row=row,
            how=given["how"],
            to_whom=given["to_whom"],
            told_at=form.told_at(),
        )
        return "It is written down that they were told."

    return act


def passed_on(request: HttpRequest, passed_id: UUID) -> HttpResponse:
    """What somebody needs to know, for them alone."""
    by = actor(request)
    found = passing.passed_on(by=by, passed_id=passed_id)
    notices.mark_read(by=by, subject=("passed_on", passed_id))
    return render(request, "conversations/passed_on.html", {"found": found})


def passed_looked(request: HttpRequest, passed_id: UUID) -> HttpResponse:
    found = passing.who_looked(
        by=actor(request), passed_id=passed_id, page=page_number(request.GET)
    )
    back = (reverse("passed_on", args=[passed_id]), "What was passed on to you")
    return render(request, "people/who_looked.html", {"found": found, "back": back})

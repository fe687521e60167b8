"""Tasks of a moment: added, done, dropped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.actor import Actor
from reachable.foundation.errors import Conflict
from reachable.foundation.views import actor
from reachable.moments import tasks
from reachable.moments.selectors import MomentFacts
from reachable.moments.task_forms import AddTaskForm, DropTaskForm
from reachable.moments.views import Question, asked


def whom(by: Actor, moment: MomentFacts) -> list[tuple[UUID, str]]:
    """Return for whom a task can be: first whoever adds it, then the moment's team."""
    others = [(who.user_id, who.name) for who in moment.members if who.user_id != by.id]
    return [(by.own_id, f"{by.name} (you)"), *others]


def add(request: HttpRequest, moment_id: UUID) -> HttpResponse:
    by = actor(request)

    def form(request: HttpRequest, moment: MomentFacts) -> AddTaskForm:
        initial = {"version": moment.version, "for_whom": str(by.own_id)}
        return AddTaskForm(request.POST or None, initial=initial, people=whom(by, moment))

    return asked(
        Question(
            "Add a task",
            "Add it",
            form,
            _added,
            "The task is added. Whoever it is for has been told.",
        )
    )(request, moment_id)


def _added(by: Actor, moment_id: UUID, given: dict[str, Any]) -> None:
    tasks.add_task(by=by, moment_id=moment_id, **given)


def done(request: HttpRequest, moment_id: UUID, task_id: UUID) -> HttpResponse:
    """Somebody may press twice, or with an old page: where the task stands is asked anew."""
    del moment_id
    by = actor(request)
    stands = tasks.moment_of(by=by, task_id=task_id)
    try:
        tasks.do_task(by=by, task_id=task_id)
    except Conflict as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The task is noted as done.")
    return redirect("moment", stands)


def drop(request: HttpRequest, moment_id: UUID, task_id: UUID) -> HttpResponse:
    del moment_id

    def form(request: HttpRequest, moment: MomentFacts) -> DropTaskForm:
        return DropTaskForm(request.POST or None, initial={"version": moment.version})

    return asked(
        Question(
            "A task is not needed any more",
            "Drop it",
            form,
            lambda by, _, given: tasks.drop_task(by=by, task_id=task_id, **given),
            "The task is dropped, and why stands beside it.",
        )
    )(request, tasks.moment_of(by=actor(request), task_id=task_id))

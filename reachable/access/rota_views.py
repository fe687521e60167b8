"""The rota: who is asked when, planning it, and being away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import absences, planning, rota_forms
from reachable.access import rota as selectors
from reachable.access.rules.rota import LONGEST_AHEAD, POSITIONS, between, hours
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now, today
from reachable.foundation.views import actor, add_errors, render
from reachable.practice.time import say_day


def rotas(request: HttpRequest) -> HttpResponse:
    """Lead to the rota of one's team, or let somebody of several choose."""
    teams = selectors.my_teams(by=actor(request))
    if len(teams) == 1:
        return redirect("rota", teams[0][0])
    return render(request, "access/rotas.html", {"teams": teams})


def rota(request: HttpRequest, team_id: UUID) -> HttpResponse:
    by = actor(request)
    found = selectors.rota(by=by, team_id=team_id, first=_day(request.GET.get("from", "")))
    step = timedelta(days=selectors.DAYS)
    context = {
        "rota": found,
        "between": between,
        "hours": hours,
        "say_day": say_day,
        "positions": POSITIONS,
        "earlier": max(today(), found.first - step) if found.first > today() else None,
        "later": found.first + step,
    }
    return render(request, "access/rota.html", context)


def _day(asked: str) -> date | None:
    """Anything that is no day within a year is today."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if day <= today() + LONGEST_AHEAD else None


@dataclass(frozen=True)
class Question:
    """A form about a team's rota, and what it does; `act` returns the sentence that says so."""

    title: str
    button: str
    team_id: UUID | None
    team: str
    act: Callable[[], str]
    shift: selectors.ShiftFacts | None = None
    lead: str = ""
    may_end: bool = False


def _ask(request: HttpRequest, question: Question, form: forms.Form) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            done = question.act()
            messages.success(request, done)
            return redirect("rota", question.team_id) if question.team_id else redirect("rotas")
    context = {
        "question": question,
        "form": form,
        "between": between,
        "positions": POSITIONS,
    }
    status = 422 if form.is_bound else 200
    return render(request, "access/rota_question.html", context, status=status)


def plan(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Put one shift onto the rota."""
    by = actor(request)
    team, people = selectors.team_members(by=by, team_id=team_id)
    form = rota_forms.ShiftForm(request.POST or None, people=people, initial={"day": today()})

    def act() -> str:
        planning.plan(by=by, team_id=team_id, shift=form.planned())
        return "The shift was planned."

    return _ask(request, Question("Plan a shift", "Plan it", team_id, team, act), form)


def pattern(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Lay out a weekly pattern as shifts."""
    by = actor(request)
    team, people = selectors.team_members(by=by, team_id=team_id)
    form = rota_forms.PatternForm(
        request.POST or None, people=people, initial={"first_day": today()}
    )

    def act() -> str:
        given = form.cleaned_data
        return planning.said_of(
            planning.plan_pattern(
                by=by,
                team_id=team_id,
                user_id=given["user"],
                position=given["position"],
                pattern=form.pattern(),
            )
        )

    lead = "Each becomes a shift, which can be changed or handed over by itself."
    question = Question("Plan week by week", "Plan them", team_id, team, act, lead=lead)
    return _ask(request, question, form)


def shift(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Change a shift."""
    by = actor(request)
    team_id, team, found = selectors.shift(by=by, shift_id=shift_id)
    _, people = selectors.team_members(by=by, team_id=team_id)
    initial = rota_forms.initial_of(found.user_id, found.position, found.starts_at, found.ends_at)
    form = rota_forms.ShiftForm(request.POST or None, people=people, initial=initial)

    def act() -> str:
        planning.change(by=by, shift_id=shift_id, to=form.planned())
        return "The shift was changed."

    return _ask(
        request,
        Question("Change a shift", "Change it", team_id, team, act, shift=found, may_end=True),
        form,
    )


def end(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Take a shift off the rota, or with it all later ones of its pattern."""
    by = actor(request)
    team_id, _, _ = selectors.shift(by=by, shift_id=shift_id)
    later_too = request.POST.get("which") == "later"
    try:
        ended = planning.end(by=by, shift_id=shift_id, later_too=later_too)
    except BadInput as error:
        messages.warning(request, str(error))
    else:
        said = "The shift was" if ended == 1 else f"{ended} shifts were"
        messages.success(request, f"{said} taken off the rota.")
    return redirect("rota", team_id)


def hand_over(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Give a shift to a colleague."""
    by = actor(request)
    team_id, team, found = selectors.shift(by=by, shift_id=shift_id)
    _, people = selectors.team_members(by=by, team_id=team_id)
    others = [(user, name) for user, name in people if user != found.user_id]
    form = rota_forms.HandOverForm(request.POST or None, people=others)

    def act() -> str:
        to_user = form.cleaned_data["user"]
        planning.hand_over(by=by, shift_id=shift_id, to_user=to_user)
        return f"The shift is with {dict(others)[to_user]} now, who was told."

    lead = "Speak with them first: it is theirs at once. Both of you are told."
    question = Question(
        "Hand over a shift", "Hand it over", team_id, team, act, shift=found, lead=lead
    )
    return _ask(request, question, form)


LEAD_AWAY = (
    "You are asked for nothing while you are away. What you hold, or are asked to take, is asked "
    "of others at once, and does not come back to you."
)


def away(request: HttpRequest) -> HttpResponse:
    """Say that one is away oneself."""
    by = actor(request)
    form = rota_forms.AwayForm(request.POST or None)

    def act() -> str:
        begins, ends = form.times(now())
        absences.say_away(
            by=by,
            user_id=by.own_id,
            starts_at=begins,
            ends_at=ends,
            reason=form.cleaned_data["reason"],
        )
        return f"You are away {between(begins, ends)}. Look at the rota for hours with nobody."

    question = Question("I am away", "Enter it", None, "", act, lead=LEAD_AWAY)
    return _ask(request, question, form)


def member_away(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Say that somebody of the team is away."""
    by = actor(request)
    team, people = selectors.team_members(by=by, team_id=team_id)
    form = rota_forms.MemberAwayForm(request.POST or None, people=people)

    def act() -> str:
        given, (begins, ends) = form.cleaned_data, form.times(now())
        absences.say_away(
            by=by,
            user_id=given["user"],
            starts_at=begins,
            ends_at=ends,
            reason=given["reason"],
        )
        return f"{dict(people)[given['user']]} is away {between(begins, ends)}."

    lead = (
        "They are asked for nothing while they are away. What they hold, or are asked to take, is "
        "asked of others at once, and does not come back to them."
    )
    question = Question("Somebody is away", "Enter it", team_id, team, act, lead=lead)
    return _ask(request, question, form)


def back(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Say that somebody is back, or does not go away after all."""
    try:
        absences.end_absence(by=actor(request), absence_id=absence_id)
    except BadInput as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "It was entered. From now on they are asked as the rota says.")
    return redirect("rotas")

"""Agencies and teams: who the partners are, which teams answer for whom, and who is in them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import managing
from reachable.access import teams as keeping
from reachable.access.team_forms import AddForm, AgencyForm, EndTeamForm, TeamForm
from reachable.foundation.views import actor, add_errors, render


def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency of the partnership."""
    context = {"agencies": keeping.agencies(by=actor(request))}
    return render(request, "access/agencies.html", context)


def agency_new(request: HttpRequest) -> HttpResponse:
    form = AgencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            keeping.make_agency(by=actor(request), asked=form.asked())
            messages.success(request, f"{form.asked().name} is an agency here now.")
            return redirect("agencies")
    return _page(request, "access/agency.html", form, agency=None)


def agency(request: HttpRequest, kept_agency_id: UUID) -> HttpResponse:
    """Rename an agency, or say what it is and whom to ask there."""
    by = actor(request)
    found = keeping.agency(by=by, agency_id=kept_agency_id)
    initial = {
        "name": found.name,
        "kind": found.kind,
        "contact": found.contact,
        "email": found.email,
        "phone": found.phone,
    }
    form = AgencyForm(request.POST or None, initial=initial, other_kind=found.kind)
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            keeping.change_agency(by=by, agency_id=kept_agency_id, asked=form.asked())
            messages.success(request, f"{form.asked().name} was changed.")
            return redirect("agencies")
    return _page(request, "access/agency.html", form, agency=found)


def teams(request: HttpRequest) -> HttpResponse:
    """Every team of the partnership."""
    context = {"teams": keeping.teams(by=actor(request))}
    return render(request, "access/teams.html", context)


def team_new(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    form = TeamForm(
        request.POST or None,
        agencies=managing.agency_choices(by=by),
        areas=keeping.area_names(),
    )
    if request.method == "POST" and form.is_valid():
        agency_id = form.cleaned_data["agency"]
        with add_errors(form):
            team_id = keeping.make_team(by=by, agency_id=agency_id, asked=form.asked())
            messages.success(request, f"{form.asked().name} is a team now. Nobody is in it yet.")
            return redirect("team", team_id)
    return _page(request, "access/team_change.html", form, team=None)


def team(request: HttpRequest, kept_team_id: UUID) -> HttpResponse:
    """A team, and who is in it."""
    by = actor(request)
    found = keeping.team(by=by, team_id=kept_team_id)
    people = keeping.people_of(by=by, team_id=kept_team_id)
    return render(request, "access/team.html", {"team": found, "people": people})


def team_change(request: HttpRequest, kept_team_id: UUID) -> HttpResponse:
    """Rename a team, or say where it answers and how fast."""
    by = actor(request)
    found = keeping.team(by=by, team_id=kept_team_id)
    if found.ended:
        return redirect("team", kept_team_id)
    named = keeping.area_names()
    form = TeamForm(
        request.POST or None,
        areas={**named, **{code: code for code in found.areas if code not in named}},
        initial={
            "name": found.name,
            "areas": list(found.areas),
            "minutes": found.minutes,
            "phone": found.phone,
            "email": found.email,
        },
    )
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            keeping.change_team(by=by, team_id=kept_team_id, asked=form.asked())
            messages.success(request, f"{form.asked().name} was changed.")
            return redirect("team", kept_team_id)
    return _page(request, "access/team_change.html", form, team=found)


def team_people(request: HttpRequest, kept_team_id: UUID) -> HttpResponse:
    """Put somebody into a team."""
    by = actor(request)
    found = keeping.team(by=by, team_id=kept_team_id)
    if found.ended:
        return redirect("team", kept_team_id)
    people = keeping.people_to_add(by=by, team_id=kept_team_id)
    form = AddForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            name = keeping.add(by=by, team_id=kept_team_id, user_id=form.cleaned_data["user"])
            messages.success(request, f"{name} is in {found.name} from their next step on.")
            return redirect("team", kept_team_id)
    return _page(request, "access/team_people.html", form, team=found)


def team_end(request: HttpRequest, kept_team_id: UUID) -> HttpResponse:
    """End a team, and say which other goes on with what it has."""
    by = actor(request)
    found = keeping.team(by=by, team_id=kept_team_id)
    if found.ended:
        return redirect("team", kept_team_id)
    held = keeping.held_by(by=by, team_id=kept_team_id)
    others = keeping.teams_to_go_on(by=by, team_id=kept_team_id)
    form = EndTeamForm(request.POST if request.method == "POST" else None, teams=others, held=held)
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            to_team = form.cleaned_data.get("to_team")
            keeping.end(by=by, team_id=kept_team_id, to_team=to_team)
            messages.success(request, f"{found.name} has ended.")
            return redirect("teams")
    return _page(request, "access/team_end.html", form, team=found, held=held)


def _page(
    request: HttpRequest,
    template: str,
    form: AgencyForm | TeamForm | AddForm | EndTeamForm,
    **more: object,
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **more}, status=status)

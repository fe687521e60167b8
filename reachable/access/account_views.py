"""People of our agency: who they are, inviting, moving, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import (
    account_forms,
    handing,
    invitations,
    managing,
    moving,
    organisations,
    staff,
)
from reachable.access.policy import policy
from reachable.access.rules import RolePolicy
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, page_number, render

WRONG = (BadInput, Conflict)


def people(request: HttpRequest) -> HttpResponse:
    """Everybody whose account this person looks after."""
    by = actor(request)
    form = account_forms.SearchForm(request.GET, agencies=managing.agency_choices(by=by))
    given = form.cleaned_data if form.is_valid() else {}
    found = staff.people(
        by=by,
        words=given.get("words", ""),
        show=given.get("show", ""),
        agency_id=given.get("agency"),
        page=page_number(request.GET),
    )
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "found": found,
        "base": f"{request.path}?{query.urlencode()}" if query else request.path,
        "narrowed": any(given.values()),
        "show": given.get("show", ""),
        "shown": staff.SHOWN,
    }
    return render(request, "access/people.html", context, status=200 if form.is_valid() else 422)


def person(request: HttpRequest, account_id: UUID) -> HttpResponse:
    by = actor(request)
    found = staff.person(by=by, user_id=account_id)
    held = [] if found.row.ended else handing.held_by(by=by, user_id=account_id)
    comes = organisations.for_account(by=by, user_id=account_id)
    context = {"person": found, "held": held, "may_come_by": comes}
    context["links"] = organisations.of_account(by=by, user_id=account_id)
    return render(request, "access/person.html", context)


def invite(request: HttpRequest) -> HttpResponse:
    """Ask somebody to have an account."""
    by = actor(request)
    agencies = managing.agency_choices(by=by)
    form = account_forms.InviteForm(
        request.POST or None,
        agencies=agencies,
        roles=managing.roles_to_give(by),
        teams=managing.teams_to_give(by),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        agency_id = given.get("agency") or agencies[0][0]
        with add_errors(form, *WRONG):
            asked, reason = form.asked(), given.get("reason", "")
            invitations.invite(by=by, agency_id=agency_id, asked=asked, reason=reason)
            messages.success(request, _invited(asked.name, asked.email, asked.roles))
            return redirect("staff")
    context = {"form": form, "agency": agencies[0][1] if len(agencies) == 1 else ""}
    return render(request, "access/invite.html", context, status=422 if form.is_bound else 200)


def _invited(name: str, email: str, roles: Sequence[str]) -> str:
    if managing.two_needed(roles):
        return f"A second person has to approve it. Then the invitation goes to {name}, {email}."
    if not invitations.mail_leaves():
        return f"{name} is invited. There is no mail server here: hand the link over yourself."
    return f"{name} is invited. The link goes to {email} and is good for seven days."


def send_again(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send another link, and end the one before."""
    try:
        invitations.send_again(by=actor(request), invitation_id=invitation_id)
    except WRONG as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Another link is sent. The one before is good no more.")
    return redirect("staff")


def hand_over_link(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Make a link and show it this once, where the e-mail did not surely leave."""
    by, letter, error = actor(request), None, None
    found = invitations.whose(by=by, invitation_id=invitation_id)
    if request.method == "POST":
        try:
            letter = invitations.link_to_hand_over(by=by, invitation_id=invitation_id)
        except WRONG as wrong:
            error = wrong
    context = {
        "invited": found,
        "invitation_id": invitation_id,
        "letter": letter,
        "error": error,
    }
    status = 422 if error else 200
    answer = render(request, "access/hand_over_link.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def take_back(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """End an invitation."""
    invitations.take_back(by=actor(request), invitation_id=invitation_id)
    messages.success(request, "The invitation was taken back. Its link is good no more.")
    return redirect("staff")


def _alone(user_id: UUID) -> str:
    """Say who stays without an administrator, if this person is the last."""
    names = managing.left_alone(user_id=user_id, ending=policy().roles.keys())
    if not names:
        return ""
    stay = "stays" if len(names) == 1 else "stay"
    return f"{managing.in_short(names)} {stay} without an administrator of their own agency"


def move(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Change roles and teams."""
    by = actor(request)
    found = staff.person(by=by, user_id=account_id)
    if not found.may_change:
        return redirect("account", account_id)
    held = handing.held_by(by=by, user_id=account_id)
    form = account_forms.MoveForm(
        request.POST or None,
        roles=_roles(by),
        teams=_teams(by, found),
        held=held,
        alone=_alone(account_id),
        initial={
            "roles": sorted(found.role_keys),
            "teams": [str(team) for team in found.team_ids],
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with add_errors(form, *WRONG):
            changed = moving.change_roles_and_teams(
                by=by,
                user_id=account_id,
                roles=given["roles"],
                teams=given.get("teams", ()),
                to=form.to(),
                reason=given.get("reason", ""),
                knowing=given.get("knowing", False),
            )
            _tell(request, "The change is in force from their next step on.", changed)
            return redirect("account", account_id)
    context = {"person": found, "form": form, "held": held}
    return render(request, "access/move.html", context, status=422 if form.is_bound else 200)


def _roles(by: Actor) -> list[RolePolicy]:
    return managing.roles_to_give(by)


def _teams(by: Actor, found: staff.PersonFacts) -> list[tuple[UUID, str]]:
    """Teams that may be given, and those in which they are."""
    offered = dict(managing.teams_to_give(by))
    return list((offered | dict(staff.team_names(by=by, team_ids=found.team_ids))).items())


def _tell(request: HttpRequest, done: str, changed: moving.Changed) -> None:
    said = [done]
    if changed.handed:
        said.append(f"{changed.handed} handed over.")
    if changed.waits_for:
        said.append(f"{' and '.join(changed.waits_for)} waits for a second person.")
    messages.success(request, " ".join(said))
    if changed.empty_teams:
        messages.warning(
            request,
            f"Nobody in {' and '.join(changed.empty_teams)} may take a reachable moment now. "
            "Put somebody there who may.",
        )


def details(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Change what an account says of somebody."""
    by = actor(request)
    found = staff.person(by=by, user_id=account_id)
    if not found.may_change:
        return redirect("account", account_id)
    form = account_forms.DetailsForm(
        request.POST or None,
        initial={
            "name": found.row.name,
            "job_title": found.row.job_title,
            "email": found.email,
            "phone": found.phone,
            "staff_number": found.staff_number,
        },
    )
    if request.method == "POST" and form.is_valid():
        with add_errors(form, *WRONG):
            moving.change_details(by=by, user_id=account_id, **form.cleaned_data)
            messages.success(request, "The details were changed.")
            return redirect("account", account_id)
    context = {"person": found, "form": form}
    return render(request, "access/details.html", context, status=422 if form.is_bound else 200)


def leave(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """End an account, at once or on a day."""
    by = actor(request)
    found = staff.person(by=by, user_id=account_id)
    if not found.may_change:
        return redirect("account", account_id)
    held = handing.held_by(by=by, user_id=account_id)
    form = account_forms.LeaveForm(
        request.POST or None,
        held=held,
        alone=_alone(account_id),
        initial={"last_day": found.row.last_day, "when": "day" if found.row.last_day else None},
    )
    if request.method == "POST" and form.is_valid():
        day = form.day()
        with add_errors(form, *WRONG):
            changed = moving.leave(
                by=by,
                user_id=account_id,
                last_day=day,
                to=form.to(),
                knowing=form.cleaned_data.get("knowing", False),
            )
            done = (
                f"The account ends when {day:%-d %B %Y} is over." if day else "The account ended."
            )
            _tell(request, done, changed)
            return redirect("account", account_id)
    context = {"person": found, "form": form, "held": held}
    return render(request, "access/leave.html", context, status=422 if form.is_bound else 200)


def stay(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Take a last day back."""
    try:
        moving.stay(by=actor(request), user_id=account_id)
    except WRONG as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The account goes on: it has no last day now.")
    return redirect("account", account_id)

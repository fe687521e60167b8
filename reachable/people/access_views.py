"""Who may open a child's record: invited, named as reader, in conflict; and how that changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.views import actor, add_errors, render
from reachable.people import conflicts, inviting, opening, restricting, selectors
from reachable.people.access_forms import (
    ConflictForm,
    ConflictOfForm,
    InviteForm,
    LiftForm,
    ReaderForm,
    RestrictForm,
)


@dataclass(frozen=True)
class _Page:
    """A page of one question about a child: its words, and what the answer does.

    `act` says what is told; where the record closes to whoever did it, they land on their own page.
    """

    title: str
    button: str
    about: str
    act: Callable[[], str]


def who_may_open(request: HttpRequest, person_id: UUID) -> HttpResponse:
    by = actor(request)
    child = selectors.child(by=by, person_id=person_id)
    context = {
        "child": child,
        "invitations": inviting.invitations(by=by, person_id=person_id),
        "restrictions": restricting.restrictions(by=by, person_id=person_id),
        "conflicts": conflicts.conflicts(by=by, person_id=person_id),
        "may_invite": opening.works_with(by=by, current_id=child.person_id),
        "may_restrict": by.can(restricting.RESTRICTS),
    }
    return render(request, "people/who_may_open.html", context)


def _asked(
    request: HttpRequest, person_id: UUID, form: forms.Form, asks: _Page, by: Actor
) -> HttpResponse:
    child = selectors.child(by=by, person_id=person_id)
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            done = asks.act()
            messages.success(request, done)
            sees = selectors.is_visible(by=by, person_id=child.person_id)
            return redirect("child_access", child.person_id) if sees else redirect("home")
    context = {"child": child, "form": form, "asks": asks}
    status = 422 if form.is_bound else 200
    return render(request, "people/access_form.html", context, status=status)


def invite(request: HttpRequest, person_id: UUID) -> HttpResponse:
    by = actor(request)
    form = InviteForm(request.POST or None, people=opening.readers_of(by=by))

    def act() -> str:
        inviting.invite(by=by, person_id=person_id, **form.cleaned_data)
        return "They are invited, and have been told. It ends by itself."

    about = "They see what their own role may see of this child, and nothing of any other."
    page = _Page("Invite a colleague to see this child", "Invite them", about, act)
    return _asked(request, person_id, form, page, by)


def end_invitation(request: HttpRequest, person_id: UUID, invited_id: UUID) -> HttpResponse:
    by = actor(request)
    if not selectors.is_visible(by=by, person_id=person_id):
        raise NotFound
    current_id = inviting.end(by=by, invited_id=invited_id)
    messages.success(request, "The invitation has ended.")
    sees = selectors.is_visible(by=by, person_id=current_id)
    return redirect("child_access", current_id) if sees else redirect("home")


def restrict(request: HttpRequest, person_id: UUID) -> HttpResponse:
    by = actor(request)
    people = [*opening.readers_of(by=by), (by.own_id, f"{by.name} (you)")]
    form = RestrictForm(request.POST or None, people=people)

    def act() -> str:
        given = form.cleaned_data
        restricting.restrict(
            by=by,
            person_id=person_id,
            kind=given["kind"],
            reason=given["reason"],
            readers=form.readers(),
            review_on=given["review_on"],
        )
        return "The record is restricted. Only its readers who work with the child open it now."

    about = (
        "It closes at once to everybody whom you do not name, you included. What others have of "
        "this child passes to a reader. To lift it takes a second person."
    )
    page = _Page("Restrict this record to named readers", "Restrict it", about, act)
    return _asked(request, person_id, form, page, by)


def add_reader(request: HttpRequest, restriction_id: UUID) -> HttpResponse:
    by = actor(request)
    person_id = restricting.child_of(by=by, restriction_id=restriction_id)
    form = ReaderForm(request.POST or None, people=opening.readers_of(by=by))

    def act() -> str:
        whom = form.cleaned_data["whom"]
        restricting.add_reader(by=by, restriction_id=restriction_id, user_id=whom)
        return "They may read it as long as they work with the child."

    page = _Page("Name one more reader", "Name them", "", act)
    return _asked(request, person_id, form, page, by)


def lift(request: HttpRequest, restriction_id: UUID) -> HttpResponse:
    by = actor(request)
    person_id = restricting.child_of(by=by, restriction_id=restriction_id)
    form = LiftForm(request.POST or None)

    def act() -> str:
        lifted = restricting.lift(by=by, restriction_id=restriction_id, **form.cleaned_data)
        if lifted:
            return "The record is restricted no more."
        return "You have asked for it. Information governance has been told, and is the second."

    about = (
        "It takes two people: another who may restrict it, or information governance. What you ask "
        "lapses after seven days."
    )
    page = _Page("Lift the restriction", "Go on", about, act)
    return _asked(request, person_id, form, page, by)


def conflict(request: HttpRequest, person_id: UUID) -> HttpResponse:
    by = actor(request)
    form: ConflictForm
    if by.can(conflicts.DECLARES):
        form = ConflictOfForm(request.POST or None, people=opening.readers_of(by=by))
    else:
        form = ConflictForm(request.POST or None)

    def act() -> str:
        conflicts.declare(by=by, person_id=person_id, **form.cleaned_data)
        return "It is noted, and the record is closed. What was open of this child is with others."

    about = (
        "The record closes at once to whoever has the conflict, whatever they work on, and what "
        "they have of this child is asked of others. Only a supervisor can end it."
    )
    page = _Page("Declare a conflict of interest", "Declare it", about, act)
    return _asked(request, person_id, form, page, by)


def end_conflict(request: HttpRequest, person_id: UUID, conflict_id: UUID) -> HttpResponse:
    by = actor(request)
    if not selectors.is_visible(by=by, person_id=person_id):
        raise NotFound
    current_id = conflicts.end(by=by, conflict_id=conflict_id)
    messages.success(request, "The conflict has ended; it stays in the audit.")
    return redirect("child_access", current_id)

"""Inviting many at once, accepting an invitation, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import (
    account_forms,
    invitations,
    inviting_many,
    leaving_views,
    managing,
    providers,
    second_person,
    sent_tables,
    services,
)
from reachable.access.rules.joining import COLUMNS, MOST, NEEDED
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.files.upload import refusal
from reachable.foundation.views import actor, add_errors, render


def invite_many(request: HttpRequest) -> HttpResponse:
    """Check a table row by row; invite those of it that are right, once somebody says so."""
    by = actor(request)
    agencies = managing.agency_choices(by=by)
    stopped = refusal(request)
    form, left_out, error = _table_sent(request, agencies, stopped is not None)
    checked = None
    if stopped is not None:
        error = stopped[0]
    elif error is None and form.is_bound and form.is_valid():
        given = form.cleaned_data
        agency_id = given.get("agency") or agencies[0][0]
        try:
            checked = inviting_many.check(by=by, agency_id=agency_id, text=given["table"])
            if request.POST.get("seen") == checked.seen and checked.right:
                done = inviting_many.invite(by=by, agency_id=agency_id, checked=checked)
                people = "1 person is" if done == 1 else f"{done} people are"
                messages.success(request, f"{people} invited. Each link is good for seven days.")
                return redirect("staff")
        except (BadInput, Conflict) as wrong:
            form.add_error("table", str(wrong))
    context = {
        "form": form,
        "error": error,
        "left_out": left_out,
        "checked": checked,
        "columns": [(names[0], key in NEEDED) for key, names in COLUMNS.items()],
        "roles": [role.title for role in managing.roles_to_give(by) if not role.second_person],
        "teams": [name for _, name in managing.teams_to_give(by)],
        "most": MOST,
    }
    status = 422 if error or (form.is_bound and (form.errors or not checked)) else 200
    status = stopped[1] if stopped else status
    return render(request, "access/invite_many.html", context, status=status)


def _table_sent(
    request: HttpRequest, agencies: Sequence[tuple[UUID, str]], stopped: bool
) -> tuple[account_forms.ManyForm, tuple[str, ...], BadInput | None]:
    """Return the form; a file that was sent is put into its box as text, where it can be mended."""
    many = partial(account_forms.ManyForm, agencies=agencies)
    if request.method != "POST" or stopped:
        return many(), (), None
    form = many(request.POST, request.FILES)
    file = form.files.get("file")
    if not isinstance(file, TemporaryUploadedFile):
        return form, (), None
    try:
        read = sent_tables.read(Path(file.temporary_file_path()))
    except BadInput as wrong:
        return many(initial=request.POST.dict()), (), wrong
    return many({**request.POST.dict(), "table": read.text}), read.left_out, None


def join(request: HttpRequest, join_id: UUID, join_secret: str) -> HttpResponse:
    """Accept an invitation: choose a password, then sign in as everybody does."""
    try:
        found = invitations.welcome(invitation_id=join_id, secret=join_secret)
        through = providers.of_agency(found.agency_key)
        for provider in through:
            if request.POST.get("through") == provider.key:
                return leaving_views.leave_to_join(request, provider, join_id, join_secret)
        form = account_forms.JoinForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            password = form.cleaned_data["password"]
            invitations.accept(invitation_id=join_id, secret=join_secret, password=password)
            by = actor(request)
            if by.is_person:
                services.signed_out(by=by)
            logout(request)
            return redirect("sign_in")
    except NotFound:
        return render(request, "access/join_gone.html", status=404)
    except BadInput as error:
        form.add_error(None, str(error))
    context = {"welcome": found, "form": form, "through": through}
    return render(request, "access/join.html", context, status=422 if form.is_bound else 200)


def requests(request: HttpRequest) -> HttpResponse:
    """What waits for a second person."""
    by = actor(request)
    context = {"waiting": second_person.waiting(by=by), "decided": second_person.decided(by=by)}
    return render(request, "access/requests.html", context)


def decide(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve or refuse what somebody else asked for."""
    by = actor(request)
    found = second_person.request(by=by, request_id=request_id)
    form = account_forms.DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with add_errors(form, BadInput, Conflict):
            if given["decision"] == "approve":
                done = f"Approved and done: {second_person.approve(by=by, request_id=request_id)}."
            else:
                second_person.refuse(by=by, request_id=request_id, note=given["note"])
                done = f"Refused: {found.what}. Nothing was done."
            messages.success(request, done)
            return redirect("requests")
    context = {"request_facts": found, "form": form}
    return render(request, "access/decide.html", context, status=422 if form.is_bound else 200)


def take_back_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take back what one asked for oneself."""
    try:
        second_person.take_back(by=actor(request), request_id=request_id)
    except Conflict as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "It was taken back.")
    return redirect("requests")

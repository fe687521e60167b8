"""Keys of agencies' programs: all of them, a new one, its secret once, and its end."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import keys
from reachable.access.selectors import agency_choices
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, render
from reachable.intake.key_forms import IssueForm, RevokeForm
from reachable.intake.table_sets import everything_sent


def all_keys(request: HttpRequest) -> HttpResponse:
    found = keys.listed(by=actor(request))
    context = {
        "in_force": [one for one in found if one.state == "in force"],
        "ended": [one for one in found if one.state != "in force"],
        "titles": _titles(),
    }
    return render(request, "intake/keys.html", context)


def issue(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    form = IssueForm(request.POST or None, agencies=agency_choices(by=by))
    if request.method == "POST" and form.is_valid():
        try:
            key_id = keys.issue(by=by, **form.answers())
        except BadInput as refused:
            form.add_error("last_day", refused.sentence)
        else:
            return redirect("key", key_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "intake/key_issue.html", {"form": form}, status=status)


def key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    found = keys.key(by=actor(request), key_id=key_id)
    return render(request, "intake/key.html", {"key": found, "titles": _titles(), "secret": ""})


def secret(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Show the secret, this once; no address leads to it again."""
    by = actor(request)
    try:
        shown = keys.show_secret(by=by, key_id=key_id)
    except Conflict as late:
        messages.warning(request, str(late))
        return redirect("key", key_id)
    found = keys.key(by=by, key_id=key_id)
    return render(request, "intake/key.html", {"key": found, "titles": _titles(), "secret": shown})


def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    by = actor(request)
    found = keys.key(by=by, key_id=key_id)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keys.revoke(by=by, key_id=key_id, reason=form.cleaned_data["reason"])
        except Conflict as late:
            messages.warning(request, str(late))
        else:
            messages.success(request, f"The key “{found.name}” was revoked. It opens nothing now.")
        return redirect("key", key_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "intake/key_revoke.html", {"key": found, "form": form}, status=status)


def _titles() -> dict[str, str]:
    return {feed.key: feed.title for feed in everything_sent().values()}

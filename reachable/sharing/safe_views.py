"""Safe addresses: kept, read by a named reader, ended."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, render
from reachable.sharing import choosing, safe
from reachable.sharing.forms import ReadersForm, SafeAddressForm


def keep(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Keep a safe address of a child or the family."""
    by = actor(request)
    found = choosing.named(by=by, person_id=person_id)
    others = [
        each for each in safe.could_read(by=by, person_id=found.person_id) if each[0] != by.id
    ]
    form = SafeAddressForm(request.POST if request.method == "POST" else None, readers=others)
    if form.is_bound and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            made = safe.keep(by=by, person_id=found.person_id, **form.cleaned_data)
            messages.success(request, "It is kept, encrypted. Only its readers open it.")
            return redirect("safe_address", made)
    context = {"form": form, "found": found}
    return render(request, "sharing/safe_keep.html", context, status=422 if form.is_bound else 200)


def address(request: HttpRequest, safe_id: UUID) -> HttpResponse:
    """The address, for one of its readers."""
    return render(
        request,
        "sharing/safe_address.html",
        {"found": safe.safe_address(by=actor(request), safe_id=safe_id)},
    )


def readers(request: HttpRequest, safe_id: UUID) -> HttpResponse:
    """Say who may read it."""
    by = actor(request)
    found = safe.safe_address(by=by, safe_id=safe_id)
    now_named = [str(user) for user, _ in found.readers if user != by.id]
    others = [
        each for each in safe.could_read(by=by, person_id=found.person_id) if each[0] != by.id
    ]
    form: forms.Form = ReadersForm(
        request.POST if request.method == "POST" else None,
        readers=others,
        initial={"readers": now_named},
    )
    if form.is_bound and form.is_valid():
        safe.name_readers(by=by, safe_id=safe_id, **form.cleaned_data)
        messages.success(request, "From now on only these read it.")
        return redirect("safe_address", safe_id)
    context = {"form": form, "found": found}
    return render(
        request, "sharing/safe_readers.html", context, status=422 if form.is_bound else 200
    )


def end(request: HttpRequest, safe_id: UUID) -> HttpResponse:
    """Remove it."""
    by = actor(request)
    found = safe.safe_address(by=by, safe_id=safe_id)
    safe.end(by=by, safe_id=safe_id)
    messages.success(request, "The address is removed.")
    return redirect("child", found.person_id)

"""What was joined and taken apart, what that changed, and taking records apart."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, page_number, render
from reachable.people import changed, looking, splitting, taking_apart
from reachable.people.forms import ReasonForm
from reachable.people.joins_forms import ApartForm, NumberForm


def joins(request: HttpRequest) -> HttpResponse:
    """What was decided lately; and records by their number, where a child is to be taken apart."""
    by = actor(request)
    form = NumberForm(request.GET or None)
    number = form.cleaned_data["number"] if form.is_bound and form.is_valid() else ""
    context = {
        "form": form,
        "number": number,
        "found": taking_apart.find(by=by, number=number),
        "joins": changed.joins(by=by),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "people/joins.html", context, status=status)


def apart(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """All records of a child, and which of them are another child's."""
    by = actor(request)
    found = taking_apart.records_of_child(by=by, record_id=record_id)
    form = ApartForm(request.POST or None, records=found.records, others=found.others)
    refused: BadInput | None = None
    if request.method == "POST" and form.is_valid():
        records, into = form.chosen()
        try:
            split_id = splitting.split(
                by=by, record_ids=records, into=into, reason=form.cleaned_data["reason"]
            )
        except Conflict as error:
            messages.warning(request, str(error))
            return redirect("apart", record_id)
        except BadInput as error:
            refused = error
        else:
            messages.success(request, "Taken apart: these records are another child’s now.")
            return redirect("split_changed", split_id)
    context = {"found": found, "form": form, "refused": refused, "record_id": record_id}
    status = 422 if form.is_bound else 200
    return render(request, "people/apart.html", context, status=status)


def merge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    return _changed(request, changed.MERGE, merge_id)


def split(request: HttpRequest, split_id: UUID) -> HttpResponse:
    return _changed(request, changed.SPLIT, split_id)


def _changed(request: HttpRequest, kind: str, join_id: UUID) -> HttpResponse:
    found = changed.join_changed(by=actor(request), kind=kind, join_id=join_id)
    return render(request, "people/join_changed.html", {"found": found, "join": found.join})


def undo_split(request: HttpRequest, split_id: UUID) -> HttpResponse:
    """Ask why, then bring back what was taken away."""
    by = actor(request)
    found = changed.join_changed(by=by, kind=changed.SPLIT, join_id=split_id)
    form = ReasonForm(request.POST or None)
    if found.join.undone_at:
        messages.warning(request, "This is undone already. Nothing was changed.")
        return redirect("split_changed", split_id)
    if request.method == "POST" and form.is_valid():
        try:
            splitting.undo_split(by=by, split_id=split_id, reason=form.cleaned_data["reason"])
        except (BadInput, Conflict) as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, "Undone: the records are back where they were.")
        return redirect("split_changed", split_id)
    status = 422 if form.is_bound else 200
    context = {"join": found.join, "form": form}
    return render(request, "people/split_undo.html", context, status=status)


def record_looked(request: HttpRequest, record_id: UUID) -> HttpResponse:
    return _looked(request, "record", record_id, ("apart", "Records of a child"))


def merge_looked(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    return _looked(request, "merge", merge_id, ("merge_changed", "What changed"))


def split_looked(request: HttpRequest, split_id: UUID) -> HttpResponse:
    return _looked(request, "split", split_id, ("split_changed", "What changed"))


def _looked(
    request: HttpRequest, kind: str, subject_id: UUID, page: tuple[str, str]
) -> HttpResponse:
    found = looking.who_looked_at_join(
        by=actor(request), kind=kind, subject_id=subject_id, page=page_number(request.GET)
    )
    back = (reverse(page[0], args=[subject_id]), page[1])
    return render(request, "people/who_looked.html", {"found": found, "back": back})

"""Saying which column is which: of a file before it is loaded, and of what is remembered."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.views import actor, render
from reachable.intake import involving, left_off, mappings, selectors
from reachable.intake.mapping_forms import ColumnsForm
from reachable.intake.mappings import Draft
from reachable.intake.rules.words import as_text, clean
from reachable.intake.selectors import DeliveryFacts
from reachable.intake.specification import Feed

TOP = 12
"""Rows of a sheet that are shown to find the headings in."""
WIDE = 12
"""Cells of such a row."""


class HeadingsForm(forms.Form):
    """In which row of which worksheet the headings stand."""

    sheet = forms.CharField(required=False, max_length=200)
    row = forms.IntegerField(required=False, min_value=0)
    rows = forms.IntegerField(required=False, min_value=1, max_value=2)


def columns(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Say which column of a file is which; nothing is loaded by it."""
    by = actor(request)
    found = selectors.delivery(by=by, delivery_id=delivery_id)
    if not isinstance(found.feed, Feed):
        raise NotFound
    where = HeadingsForm(request.POST if request.method == "POST" else request.GET)
    place = where.cleaned_data if where.is_valid() else {}
    error, status = None, 200
    try:
        draft = mappings.draft(
            by=by,
            delivery_id=delivery_id,
            sheet=place.get("sheet") or "",
            row=place.get("row"),
            rows=place.get("rows") or 1,
        )
    except Conflict as late:
        messages.warning(request, str(late))
        return redirect("delivery", delivery_id)
    except BadInput as refused:
        return _no_columns(request, found, refused)
    posted = request.POST if request.method == "POST" else None
    form = ColumnsForm(
        posted,
        feed=found.feed,
        mapping=draft.mapping,
        values=draft.values,
        sheets=[name for name in draft.alike if name],
    )
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                mappings.say(
                    by=by,
                    delivery_id=delivery_id,
                    mapping=form.said(),
                    beside=draft.beside is not None,
                    replaces=draft.replaces,
                )
            except BadInput as refused:
                error = refused
            else:
                messages.success(request, "Read as you said. Nothing is loaded yet.")
                return redirect("delivery", delivery_id)
    context = {
        "delivery": found,
        "draft": draft,
        "form": form,
        "error": error,
        "top": _top(draft),
        "row_choices": _row_choices(draft),
    }
    return render(request, "intake/columns.html", context, status=status)


def _no_columns(request: HttpRequest, found: DeliveryFacts, error: BadInput) -> HttpResponse:
    context = {"delivery": found, "draft": None, "form": None, "error": error}
    return render(request, "intake/columns.html", context, status=422)


def _top(draft: Draft) -> list[tuple[int, list[str]]]:
    """Return the first rows of the sheet, as far as they are shown."""
    rows = draft.sheet.rows[:TOP] if draft.sheet else []
    return [
        (number, [clean(as_text(cell))[:40] for cell in cells[:WIDE]]) for number, cells in rows
    ]


def _row_choices(draft: Draft) -> list[tuple[int, str]]:
    choices = []
    for number, cells in _top(draft):
        said = ", ".join(cell for cell in cells if cell)
        choices.append((number, f"Row {number}: {said[:60]}"))
    return choices


def use(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Remember how a file is read, for all that come with the same headings."""
    try:
        mappings.remember(by=actor(request), delivery_id=delivery_id)
    except Conflict as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request,
            "Remembered. The next file with these headings is read in the same way, and nobody is "
            "asked again.",
        )
    return redirect("delivery", delivery_id)


def mapping(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    """What is remembered of some headings, and the place to change it."""
    by = actor(request)
    found = mappings.mapping(by=by, mapping_id=mapping_id)
    posted = request.POST if request.method == "POST" else None
    form = ColumnsForm(posted, feed=found.feed, mapping=found.mapping, values={})
    if posted is not None and form.is_valid():
        mappings.change(by=by, mapping_id=mapping_id, mapping=form.said())
        messages.success(
            request,
            "Changed for files that come from now on. What was read before stays as it was read.",
        )
        return redirect("feed", found.feed.key)
    context = {"found": found, "form": form}
    return render(request, "intake/mapping.html", context, status=422 if posted else 200)


def children(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The children whom a panel's list named, as far as this person may see them."""
    by = actor(request)
    context = {
        "delivery": selectors.delivery(by=by, delivery_id=delivery_id),
        "listed": involving.children_of(by=by, delivery_id=delivery_id),
        "left_off": left_off.left_off(by=by, delivery_id=delivery_id),
    }
    return render(request, "intake/children.html", context)

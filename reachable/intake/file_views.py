"""Files that an agency sends: what they need, a look before loading, and rows to correct."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.time import today
from reachable.foundation.views import actor, render
from reachable.intake import (
    correcting,
    faults,
    involving,
    jobs,
    left_off,
    mappings,
    preparing,
    returning,
    selectors,
    services,
    together_wording,
    wording,
)
from reachable.intake.checking import CheckReport, NoSuchColumns, check_again
from reachable.intake.correcting import StillWrong
from reachable.intake.file_forms import CorrectForm, JoinForm, SetAsideForm
from reachable.intake.rules.check import Refused
from reachable.intake.selectors import DeliveryFacts, RefusedFacts
from reachable.intake.set_checking import SetReport


def intake(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    sent = selectors.my_feeds(by=by)
    context = {
        "feeds": [one for one in sent if one.expected],
        "others": [one for one in sent if not one.expected],
        "deliveries": selectors.my_deliveries(by=by),
        "waiting": selectors.files_to_correct(by=by),
        "refused_count": sum(one.waiting_rows for one in sent),
        "states": wording.STATES,
        "most": selectors.SHOWN,
    }
    return render(request, "intake/intake.html", context)


def delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Before loading, what would become of it; while loading, how far it is; then what became."""
    by = actor(request)
    found = selectors.delivery(by=by, delivery_id=delivery_id)
    said = faults.said(by=by, delivery_id=delivery_id)
    settling = next((each for each in said if each.state == "working"), None)
    if request.headers.get("HX-Request") == "true":
        if found.state == "loading":
            return render(request, "intake/loading.html", {"delivery": found})
        if settling:
            return render(
                request, "intake/settling.html", {"delivery": found, "settling": settling}
            )
        return HttpResponse(headers={"HX-Refresh": "true"})
    report: CheckReport | SetReport | None = None
    error = None
    if found.state == "received":
        try:
            report = selectors.preview(by=by, delivery_id=delivery_id)
        except BadInput as refused:
            error = refused
    context = {
        "delivery": found,
        "kind": wording.kind_of(found.history),
        "report": report,
        "lines": wording.shown_rows(found.feed, report),
        "error": error,
        "refused": selectors.refused_rows(by=by, delivery_id=delivery_id),
        "parts": selectors.parts_of(by=by, delivery_id=delivery_id),
        "states": wording.STATES,
        "settling": settling,
        "given_out": returning.KINDS,
        "said": [
            (together_wording.told(found.table, each.answer, each.heading), each) for each in said
        ],
        **_shared_faults(by, found),
        **_how_read(by, found, error),
    }
    return render(request, "intake/delivery.html", context)


def _shared_faults(by: Actor, found: DeliveryFacts) -> dict[str, object]:
    """What the refused rows of a file share."""
    if not found.waiting or found.is_set:
        return {"faults": [], "faults_whole": True}
    shared = faults.faults(by=by, delivery_id=found.id)
    if all(each.count == 1 for each in shared.faults):
        # Nothing is shared: the rows are listed one by one in any case.
        return {"faults": [], "faults_whole": True}
    named = [(together_wording.title(each), each) for each in shared.faults]
    return {"faults": named, "faults_whole": shared.whole}


def _how_read(by: Actor, found: DeliveryFacts, error: BadInput | None) -> dict[str, Any]:
    """With which mapping a file is read, whether that can be said, and whose children it names."""
    mapping_id = found.mapping_id
    names_children = involving.is_list(found.feed) and by.can(involving.KEEPS_LIST)
    return {
        "unread": mappings.unread(by=by, delivery_id=found.id) if mapping_id else [],
        "left_off": len(left_off.left_off(by=by, delivery_id=found.id)) if names_children else 0,
        "read_as": mappings.mapping(by=by, mapping_id=mapping_id) if mapping_id else None,
        "may_say": isinstance(error, NoSuchColumns) or bool(error and mapping_id),
        "names_children": names_children,
    }


def load(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    try:
        jobs.begin(by=actor(request), delivery_id=delivery_id)
    except Conflict as out_of_order:
        messages.warning(request, str(out_of_order))
    return redirect("delivery", delivery_id)


def remove(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    by = actor(request)
    found = selectors.delivery(by=by, delivery_id=delivery_id)
    try:
        services.discard(by=by, delivery_id=delivery_id)
    except Conflict as late:
        messages.warning(request, str(late))
        return redirect("delivery", delivery_id)
    messages.success(request, f"“{found.file_name}” was removed. Nothing of it was loaded.")
    return redirect("intake")


def gone(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Withdraw what is gone from a set, or leave it, as the person says."""
    try:
        if request.POST.get("then") == "withdraw":
            jobs.withdraw_gone(by=actor(request), delivery_id=delivery_id)
        else:
            services.leave_gone(by=actor(request), delivery_id=delivery_id)
            messages.success(request, "What is missing from this file stays as it was.")
    except Conflict as late:
        messages.warning(request, str(late))
    return redirect("delivery", delivery_id)


def row(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One refused row, to be corrected and accepted."""
    by = actor(request)
    found = selectors.refused_row(by=by, row_id=row_id)
    if found.state != "open":
        return _settled(request, found)
    form = _correct_form(request, found)
    if "put_together" in request.POST:
        return _put_together(request, found, form)
    if request.method == "POST" and form.is_valid():
        try:
            correcting.correct(by=by, row_id=row_id, cells=form.cells())
        except Conflict:
            return _settled(request, found)
        except StillWrong as wrong:
            told = [preparing.told_problem(problem) for problem in wrong.problems]
            for heading, sentence in found.by_cell(told):
                form.refuse(heading, sentence)
        except BadInput as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Row {found.row_number:,} was accepted.")
            return _next_row(by, found)
    return _row_page(request, found, form, SetAsideForm())


def _settled(request: HttpRequest, found: RefusedFacts) -> HttpResponse:
    """Somebody else, or another tab, was faster: say so beside what became of the file."""
    messages.warning(
        request, f"Row {found.row_number:,} has been settled already. Nothing was changed."
    )
    return redirect("delivery", found.delivery_id)


def _put_together(request: HttpRequest, found: RefusedFacts, form: CorrectForm) -> HttpResponse:
    """Show the row with two cells made one and the rest moved up; nothing is saved by it."""
    join = JoinForm(request.POST, cells=form.now())
    if join.is_valid():
        cells = join.joined()
        outcome = check_again(found.feed, cells, today())
        wrong = outcome.problems if isinstance(outcome, Refused) else ()
        told = found.by_cell(map(preparing.told_problem, wrong))
        form = CorrectForm(cells=cells, told=told)
        messages.info(
            request, "Put together. Nothing is saved yet: look at the row, and then accept it."
        )
        join = JoinForm(cells=cells)
    return _row_page(request, found, form, SetAsideForm(), join)


def set_aside(request: HttpRequest, row_id: UUID) -> HttpResponse:
    by = actor(request)
    found = selectors.refused_row(by=by, row_id=row_id)
    form = SetAsideForm(request.POST)
    if form.is_valid():
        try:
            correcting.set_aside(by=by, row_id=row_id, reason=form.cleaned_data["reason"])
        except Conflict:
            return _settled(request, found)
        messages.success(request, f"Row {found.row_number:,} was left out, with your reason.")
        return _next_row(by, found)
    return _row_page(request, found, _correct_form(None, found), form)


def _row_page(
    request: HttpRequest,
    found: RefusedFacts,
    form: CorrectForm,
    set_aside: SetAsideForm,
    join: JoinForm | None = None,
) -> HttpResponse:
    following = selectors.next_refused(
        by=actor(request), delivery_id=found.delivery_id, after=found.row_number
    )
    join = join or JoinForm(cells=form.now())
    forms = {"form": form, "set_aside": set_aside, "join": join}
    context = {"row": found, "following": following, **forms}
    status = 422 if any(each.is_bound for each in forms.values()) else 200
    return render(request, "intake/row.html", context, status=status)


def _correct_form(request: HttpRequest | None, found: RefusedFacts) -> CorrectForm:
    data = request.POST if request is not None and request.method == "POST" else None
    return CorrectForm(data, cells=found.cells, told=found.by_cell(found.problems))


def _next_row(by: Actor, found: RefusedFacts) -> HttpResponse:
    """Lead to the next refused row of the same file, and from the last one to the file."""
    following = selectors.next_refused(by=by, delivery_id=found.delivery_id, after=found.row_number)
    if following:
        return redirect("refused_row", following)
    return redirect("delivery", found.delivery_id)

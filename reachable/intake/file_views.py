"""Files that an agency sends: what they need, a look before loading, and rows to correct."""

from __future__ import annotations

import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.files.limits import say_size
from reachable.foundation.files.upload import refusal
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
from reachable.intake.checking import CheckReport, NoSuchColumns, check_again, open_file
from reachable.intake.correcting import StillWrong
from reachable.intake.file_forms import CorrectForm, JoinForm, SetAsideForm, UploadForm
from reachable.intake.mappings import MappingFacts
from reachable.intake.rules.check import Refused
from reachable.intake.samples import KINDS, write_sample
from reachable.intake.selectors import DeliveryFacts, RefusedFacts
from reachable.intake.sender.edition import NAME as CHECKER
from reachable.intake.sender.edition import feed_digest, version
from reachable.intake.sender.packing import one_file
from reachable.intake.services import Received
from reachable.intake.set_checking import SetReport
from reachable.intake.specification import Feed, feeds
from reachable.intake.tracker_sample import FILE_NAME, write_tracker

UNTIDY = "untidy"
"""The kind of a sample that is as untidy as what people really keep."""


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


def _feed(key: str) -> Feed:
    if key not in feeds():
        raise NotFound
    return feeds()[key]


def feed(request: HttpRequest, key: str) -> HttpResponse:
    """What a feed needs, and the place to send its file."""
    found = _feed(key)
    empty = UploadForm(own_headings=found.own_headings)
    form, error, status = empty, None, 200
    if request.method == "POST":
        stopped = refusal(request)
        form = UploadForm(request.POST, request.FILES, own_headings=found.own_headings)
        if stopped is not None:
            form, (error, status) = empty, stopped
        elif form.is_valid():
            try:
                received, asks = _receive(actor(request), found, form)
            except BadInput as refused:
                error, status = refused, 422
            else:
                history = form.cleaned_data["history"]
                return received_page(request, received, history, asks=asks)
        else:
            status = 422
    context = {
        "feed": found,
        "form": form,
        "error": error,
        "kinds": KINDS,
        "untidy": UNTIDY,
        "other_headings": isinstance(error, NoSuchColumns),
        "mappings": _remembered(actor(request), found),
    }
    return render(request, "intake/feed.html", context, status=status)


def _remembered(by: Actor, feed: Feed) -> list[MappingFacts]:
    return mappings.used(by=by, agency_id=by.own_agency_id, feed=feed.key)


def received_page(
    request: HttpRequest, received: Received, history: bool, *, asks: bool = False
) -> HttpResponse:
    """Lead to the delivery; where the same content came before, say so and to which one.

    Whose columns have to be named first is led there.
    """
    if received.again:
        earlier = selectors.delivery(by=actor(request), delivery_id=received.delivery_id)
        messages.warning(request, wording.came_before(earlier, history))
        return redirect("delivery", received.delivery_id)
    return redirect("columns" if asks else "delivery", received.delivery_id)


def _receive(by: Actor, feed: Feed, form: UploadForm) -> tuple[Received, bool]:
    """Keep a file only once its headings fit: a wrong one leaves nothing behind.

    A table is kept too whose sender says which column is which, or is to be asked: then the second
    value is true.
    """
    file = form.cleaned_data["file"]
    assert isinstance(file, TemporaryUploadedFile)
    path = Path(file.temporary_file_path())
    known = mappings.fitting(by=by, agency_id=by.own_agency_id, feed=feed.key, path=path)
    asks = known is None and "say_columns" in form.data
    try:
        if known is None:
            open_file(feed, path)
    except NoSuchColumns:
        if not asks and not feed.own_headings:
            raise
        asks = True
    with path.open("rb") as content:
        received = services.receive(
            by=by,
            agency_id=by.own_agency_id,
            feed=feed.key,
            file_name=file.name or "file",
            content=content,
            history=form.cleaned_data["history"],
            mapping_id=known.id if known else None,
        )
    return received, asks


def sample(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """A file with invented rows, as the agency's system would write it."""
    found = _feed(key)
    untidy = found.own_headings and kind == UNTIDY
    if kind not in KINDS and not untidy:
        raise NotFound
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        if untidy:
            write_tracker(path)
        else:
            path = write_sample(found, Path(folder), kind)
        return HttpResponse(
            path.read_bytes(),
            content_type=wording.CONTENT_TYPES[kind],
            headers={"Content-Disposition": f'attachment; filename="{path.name}"'},
        )


def checker(request: HttpRequest, key: str) -> HttpResponse:
    """The same check before a file is sent: where to get it, and how to run it."""
    content = one_file()
    context = {
        "feed": _feed(key),
        "name": CHECKER,
        "size": say_size(len(content)),
        "version": version(),
        "specification": feed_digest(key),
        "sha256": sha256(content).hexdigest(),
    }
    return render(request, "intake/checker.html", context)


def checker_file(request: HttpRequest) -> HttpResponse:
    """The check as one file, made from what is installed here."""
    return HttpResponse(
        one_file(),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{CHECKER}"'},
    )


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

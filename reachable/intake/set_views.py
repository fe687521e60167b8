"""Sets of tables that an agency sends as one file, and what is gone from them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.files.upload import refusal
from reachable.foundation.views import actor, render
from reachable.intake import jobs, services
from reachable.intake.file_forms import SetForm
from reachable.intake.file_views import received_page
from reachable.intake.happenings import happenings_that_record
from reachable.intake.samples import write_set_sample
from reachable.intake.services import Received
from reachable.intake.set_checking import refuse_unfit
from reachable.intake.table_sets import Container, TableSet, headings_read, table_sets


def table_set(request: HttpRequest, set_key: str) -> HttpResponse:
    """What a set needs, and the place to send it."""
    found = _set(set_key)
    form, error, status = SetForm(of=found), None, 200
    if request.method == "POST":
        stopped = refusal(request)
        form = SetForm(request.POST, request.FILES, of=found)
        if stopped is not None:
            form, (error, status) = SetForm(of=found), stopped
        elif form.is_valid():
            try:
                received = _receive(actor(request), found, form)
            except BadInput as refused:
                error, status = refused, 422
            else:
                return received_page(request, received, form.cleaned_data["history"])
        else:
            status = 422
    context = {
        "set": found,
        "form": form,
        "error": error,
        "is_zip": found.container is Container.ZIP,
        "read": {feed.key: headings_read(feed) for feed in found.tables},
        "records": [kind.title for kind in happenings_that_record(found)],
    }
    return render(request, "intake/set.html", context, status=status)


def sample(request: HttpRequest, set_key: str) -> HttpResponse:
    """A file with invented children."""
    found = _set(set_key)
    with tempfile.TemporaryDirectory() as folder:
        path = write_set_sample(found, Path(folder))
        return HttpResponse(
            path.read_bytes(),
            content_type="application/zip" if path.suffix == ".zip" else "application/xml",
            headers={"Content-Disposition": f'attachment; filename="{path.name}"'},
        )


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


def _set(key: str) -> TableSet:
    if key not in table_sets():
        raise NotFound
    return table_sets()[key]


def _receive(by: Actor, found: TableSet, form: SetForm) -> Received:
    """Keep a set only once its tables fit: a wrong one leaves nothing behind."""
    file = form.cleaned_data["file"]
    assert isinstance(file, TemporaryUploadedFile)
    path = Path(file.temporary_file_path())
    refuse_unfit(found, path)
    with path.open("rb") as content:
        return services.receive(
            by=by,
            agency_id=by.own_agency_id,
            feed=found.key,
            file_name=file.name or "file",
            content=content,
            history=form.cleaned_data["history"],
            whole=form.cleaned_data.get("holds") == "everything",
        )

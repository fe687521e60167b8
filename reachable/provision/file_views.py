"""A file of services from the page: sent, looked at before anything changes, decided."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access.selectors import agency_names
from reachable.foundation.errors import BadInput
from reachable.foundation.files.upload import refusal
from reachable.foundation.views import actor, render
from reachable.provision import loading, selectors, wording
from reachable.provision.forms import FileForm
from reachable.provision.sent_files import refuse_too_large


def send(request: HttpRequest) -> HttpResponse:
    """Keep a file of one's own agency, and lead to what it would change."""
    by = actor(request)
    form, error, status = FileForm(), None, 200
    stopped = refusal(request)
    if request.method == "POST" and stopped is not None:
        error, status = stopped
    elif request.method == "POST":
        form, status = FileForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                file_id = _keep(request, form.cleaned_data["file"])
            except BadInput as refused:
                error = refused
            else:
                return redirect("directory_file", file_id)
    context = {
        "form": form,
        "error": error,
        "agency": agency_names([by.own_agency_id])[by.own_agency_id],
    }
    return render(request, "provision/send.html", context, status=status)


def _keep(request: HttpRequest, file: UploadedFile) -> UUID:
    by = actor(request)
    refuse_too_large(file.size or 0)
    return loading.keep_file(
        by=by, agency_id=by.own_agency_id, file_name=file.name or "file", content=file.read()
    )


def file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """What a file says and changes; while it waits, whoever keeps the directory decides."""
    by = actor(request)
    if request.method == "POST":
        load_it = request.POST.get("then") == "load"
        found = loading.decide(by=by, file_id=file_id, load_it=load_it)
        said = (
            f"The file was loaded: {found.new} new, {found.changed} changed, "
            f"{found.ended} no longer listed."
            if load_it
            else "The file was left. The directory stands as it was."
        )
        messages.success(request, said)
        return redirect("directory_file", file_id)
    context = {"file": selectors.directory_file(by=by, file_id=file_id), "wording": wording}
    return render(request, "provision/file.html", context)

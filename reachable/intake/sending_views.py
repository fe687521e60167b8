"""The page of a feed or of a set of tables: what it needs, a sample, and the place to send it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.files.limits import say_size
from reachable.foundation.files.upload import refusal
from reachable.foundation.views import actor, render
from reachable.intake import mappings, selectors, services, wording
from reachable.intake.checking import NoSuchColumns, OtherFeed, open_file
from reachable.intake.file_forms import SetForm, UploadForm
from reachable.intake.happenings import happenings_that_record
from reachable.intake.samples import KINDS, write_sample, write_set_sample
from reachable.intake.sender.edition import NAME as CHECKER
from reachable.intake.sender.edition import feed_digest, version
from reachable.intake.sender.packing import one_file
from reachable.intake.services import Received
from reachable.intake.set_checking import refuse_unfit
from reachable.intake.specification import Feed, feeds
from reachable.intake.table_sets import Container, TableSet, headings_read, table_sets
from reachable.intake.tracker_sample import FILE_NAME, write_tracker

UNTIDY = "untidy"
"""The kind of a sample that is as untidy as what people really keep."""


@dataclass(frozen=True)
class _Kept:
    """A file that was kept; `asks` where its sender is to say which column is which."""

    received: Received
    asks: bool = False


def feed(request: HttpRequest, key: str) -> HttpResponse:
    """What a feed needs, and the place to send its file."""
    found = _feed(key)
    by = actor(request)
    context = {
        "feed": found,
        "kinds": KINDS,
        "untidy": UNTIDY,
        "mappings": mappings.used(by=by, agency_id=by.own_agency_id, feed=key),
    }
    form = partial(UploadForm, own_headings=found.own_headings)
    return _sent(request, "intake/feed.html", context, form, partial(_keep, found))


def table_set(request: HttpRequest, set_key: str) -> HttpResponse:
    """What a set needs, and the place to send it."""
    found = _set(set_key)
    context = {
        "set": found,
        "is_zip": found.container is Container.ZIP,
        "read": {feed.key: headings_read(feed) for feed in found.tables},
        "records": [kind.title for kind in happenings_that_record(found)],
    }
    form = partial(SetForm, of=found)
    return _sent(request, "intake/set.html", context, form, partial(_keep_set, found))


def _sent(
    request: HttpRequest,
    template: str,
    context: dict[str, object],
    make_form: Callable[..., Form],
    keep: Callable[[Actor, Form], _Kept],
) -> HttpResponse:
    """Show the page; what is sent leads to its delivery, or back here with what is wrong."""
    form, error, status = make_form(), None, 200
    stopped = refusal(request)
    if request.method == "POST" and stopped is not None:
        error, status = stopped
    elif request.method == "POST":
        form, status = make_form(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                kept = keep(actor(request), form)
            except BadInput as refused:
                error = refused
            else:
                return _lead_on(request, kept, form.cleaned_data["history"])
    context |= {
        "form": form,
        "error": error,
        "other_headings": isinstance(error, NoSuchColumns),
        "other_feed": _feed(error.other) if isinstance(error, OtherFeed) else None,
    }
    return render(request, template, context, status=status)


def _lead_on(request: HttpRequest, kept: _Kept, history: bool) -> HttpResponse:
    """Lead to the delivery; where the same content came before, say so and to which one.

    Whose columns have to be named first is led there.
    """
    delivery_id = kept.received.delivery_id
    if kept.received.again:
        earlier = selectors.delivery(by=actor(request), delivery_id=delivery_id)
        messages.warning(request, wording.came_before(earlier, history))
        return redirect("delivery", delivery_id)
    return redirect("columns" if kept.asks else "delivery", delivery_id)


def _keep(feed: Feed, by: Actor, form: Form) -> _Kept:
    """Keep a file only once its headings fit: a wrong one leaves nothing behind.

    A table is kept too whose sender says which column is which, or is to be asked.
    """
    file, path = _arrived(form)
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
    return _Kept(received, asks)


def _keep_set(found: TableSet, by: Actor, form: Form) -> _Kept:
    """Keep a set only once its tables fit: a wrong one leaves nothing behind."""
    file, path = _arrived(form)
    refuse_unfit(found, path)
    with path.open("rb") as content:
        received = services.receive(
            by=by,
            agency_id=by.own_agency_id,
            feed=found.key,
            file_name=file.name or "file",
            content=content,
            history=form.cleaned_data["history"],
            whole=form.cleaned_data.get("holds") == "everything",
        )
    return _Kept(received)


def _arrived(form: Form) -> tuple[TemporaryUploadedFile, Path]:
    file = form.cleaned_data["file"]
    assert isinstance(file, TemporaryUploadedFile)
    return file, Path(file.temporary_file_path())


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
        return _download(
            path.read_bytes(), path.name, wording.CONTENT_TYPES[path.suffix.removeprefix(".")]
        )


def set_sample(request: HttpRequest, set_key: str) -> HttpResponse:
    """A file with invented children."""
    found = _set(set_key)
    with tempfile.TemporaryDirectory() as folder:
        path = write_set_sample(found, Path(folder))
        kind = "application/zip" if path.suffix == ".zip" else "application/xml"
        return _download(path.read_bytes(), path.name, kind)


def checker(request: HttpRequest, key: str) -> HttpResponse:
    """The same check before a file is sent: where to get it, and how to run it."""
    content = one_file()
    tables = table_sets().get(key)
    context = {
        "feed": tables or _feed(key),
        "is_set": tables is not None,
        "is_zip": tables is not None and tables.container is Container.ZIP,
        "name": CHECKER,
        "size": say_size(len(content)),
        "version": version(),
        "specification": "" if tables else feed_digest(key),
        "sha256": sha256(content).hexdigest(),
    }
    return render(request, "intake/checker.html", context)


def checker_file(request: HttpRequest) -> HttpResponse:
    """The check as one file, made from what is installed here."""
    return _download(one_file(), CHECKER, "application/octet-stream")


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def _feed(key: str) -> Feed:
    if key not in feeds():
        raise NotFound
    return feeds()[key]


def _set(key: str) -> TableSet:
    if key not in table_sets():
        raise NotFound
    return table_sets()[key]

"""The rows of a file that wait, to be corrected elsewhere and sent again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header

from reachable.foundation.errors import NotFound
from reachable.foundation.views import actor
from reachable.intake import returning, selectors
from reachable.intake.wording import CONTENT_TYPES


def download(request: HttpRequest, delivery_id: UUID, kind: str) -> HttpResponse:
    """The refused rows with the sender's own headings, and why each was refused."""
    by = actor(request)
    delivery = selectors.delivery(by=by, delivery_id=delivery_id)
    if kind not in returning.KINDS:
        raise NotFound
    name = f"{Path(delivery.file_name).stem}-to-correct.{kind}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{kind}"
        if not returning.write_refused(by=by, delivery_id=delivery_id, path=path, kind=kind):
            messages.warning(request, "No row of this file waits to be corrected.")
            return redirect("delivery", delivery_id)
        answer = HttpResponse(path.read_bytes(), content_type=CONTENT_TYPES[kind])
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer

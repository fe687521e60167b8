"""A paper as the answer to a request: a file to keep."""

from __future__ import annotations

from django.http import HttpResponse

from reachable.foundation import documents

WRITES = {
    "docx": (
        documents.as_word,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": (documents.as_pdf, "application/pdf"),
}
"""How a file ends, to what writes it and its content type."""


def answer(paper: documents.Paper, *, ending: str, name: str) -> HttpResponse:
    """Answer with a paper as docx or pdf. `name` names nobody: it stays among downloads."""
    write, kind = WRITES[ending]
    response = HttpResponse(write(paper), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response

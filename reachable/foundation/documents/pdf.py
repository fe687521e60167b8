"""Papers as PDF/UA: with a title, a language and headings that a screen reader follows."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import typst

from reachable.foundation.documents.papers import Paper, cleaned
from reachable.foundation.errors import BadInput

_TEMPLATE = Path(__file__).parent / "paper.typ"
_STANDARD: Literal["ua-1"] = "ua-1"
_NO_LETTERS = "could not be displayed"


def as_pdf(paper: Paper) -> bytes:
    """Return a paper as a .pdf file; BadInput where it has letters that our typefaces lack."""
    held = json.dumps(asdict(cleaned(paper)), ensure_ascii=False)
    try:
        return typst.compile(
            str(_TEMPLATE), format="pdf", sys_inputs={"paper": held}, pdf_standards=_STANDARD
        )
    except typst.TypstError as error:
        if _NO_LETTERS not in str(error):
            raise
        raise BadInput(
            "Some letters of it cannot be shown in a PDF here.",
            kept="Nothing was changed.",
            next="Take the Word document: it shows every script that your computer knows.",
        ) from None

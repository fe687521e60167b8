"""Papers as Word documents, in the styles of Word itself, which an agency's system can restyle."""

from __future__ import annotations

import io

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt

from reachable.foundation.documents.papers import (
    HEADING,
    ITEM,
    LABEL,
    NOTE,
    QUOTE,
    Block,
    Paper,
    cleaned,
)

_STYLES = {HEADING: "Heading 1", QUOTE: "Quote", ITEM: "List Bullet"}
_LARGE = 18


def as_word(paper: Paper) -> bytes:
    """Return a paper as a .docx file."""
    paper = cleaned(paper)
    made = Document()
    made.core_properties.title = paper.title[:255]
    made.core_properties.author = ""
    made.core_properties.language = paper.language
    if paper.large:
        made.styles["Normal"].font.size = Pt(_LARGE)
    made.add_heading(paper.title, level=0)
    if paper.under_title:
        made.add_paragraph(paper.under_title)
    for block in paper.blocks:
        _put(made, block)
    made.sections[0].footer.paragraphs[0].text = paper.foot
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _put(made: WordDocument, block: Block) -> None:
    if block.kind in (LABEL, NOTE):
        run = made.add_paragraph().add_run(block.text)
        run.bold, run.italic = block.kind == LABEL, block.kind == NOTE
        return
    made.add_paragraph(block.text, style=_STYLES.get(block.kind))

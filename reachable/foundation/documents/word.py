"""Papers as Word documents, in the styles of Word itself, which an agency's system can restyle."""

from __future__ import annotations

import io

import typst
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from reachable.foundation.documents.papers import (
    HEADING,
    ITEM,
    LABEL,
    NOTE,
    PICTURED,
    QUOTE,
    Block,
    Paper,
    cleaned,
)

_STYLES = {HEADING: "Heading 1", QUOTE: "Quote", ITEM: "List Bullet"}
_LARGE = 18
_PICTURE = Cm(2.6)
_DRAWN = (
    b"#set page(width: auto, height: auto, margin: 0pt)\n"
    b'#image(bytes(sys.inputs.picture), format: "svg", width: 2.6cm)'
)


def as_word(paper: Paper) -> bytes:
    """Return a paper as a .docx file."""
    paper = cleaned(paper)
    made = Document()
    made.core_properties.title = paper.title[:255]
    made.core_properties.author = ""
    made.core_properties.language = paper.language
    if paper.large:
        made.styles["Normal"].font.size = Pt(_LARGE)
    if paper.shows_title:
        made.add_heading(paper.title, level=0)
    if paper.under_title:
        made.add_paragraph(paper.under_title)
    for block in paper.blocks:
        _put(made, block)
    made.sections[0].footer.paragraphs[0].text = paper.foot
    if paper.right_to_left:
        _from_the_right(made, paper.language)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def _put(made: WordDocument, block: Block) -> None:
    if block.kind == PICTURED:
        _put_pictured(made, block)
        return
    if block.kind in (LABEL, NOTE):
        run = made.add_paragraph().add_run(block.text)
        run.bold, run.italic = block.kind == LABEL, block.kind == NOTE
        return
    made.add_paragraph(block.text, style=_STYLES.get(block.kind))


def _put_pictured(made: WordDocument, block: Block) -> None:
    """The picture above its words: a table would be read out as one."""
    if block.picture:
        held = made.add_paragraph()
        held.paragraph_format.keep_with_next = True
        drawn = held.add_run().add_picture(io.BytesIO(_png(block.picture)), width=_PICTURE)
        drawn._inline.docPr.set("descr", block.shows)
    made.add_paragraph(block.text)


def _png(picture: str) -> bytes:
    """Return a drawing in dots: older ones of Word know no other."""
    return typst.compile(_DRAWN, format="png", ppi=300.0, sys_inputs={"picture": picture})


def _from_the_right(made: WordDocument, language: str) -> None:
    """Set every paragraph from right to left, in its own language."""
    for paragraph in made.paragraphs:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in paragraph.runs:
            properties = run._r.get_or_add_rPr()
            properties.append(OxmlElement("w:rtl"))
            spoken = OxmlElement("w:lang")
            spoken.set(qn("w:bidi"), language)
            properties.append(spoken)

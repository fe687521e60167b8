"""Papers: the same in Word and in PDF, with what people typed as text and never as markup."""

from __future__ import annotations

import io
import re
from contextlib import suppress

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.foundation.documents import Block, Paper, as_pdf, as_word
from reachable.foundation.documents.papers import HEADING, ITEM, LABEL, NOTE, PICTURED, QUOTE, TEXT
from reachable.foundation.errors import BadInput

KINDS = (HEADING, ITEM, LABEL, NOTE, QUOTE, TEXT)
MARKUP = '#import "x" $1$ *bold* \\ <b> @key // no comment'
LATIN = st.characters(max_codepoint=0x17F)


def words_in(held: bytes) -> str:
    return "\n".join(each.text for each in Document(io.BytesIO(held)).paragraphs)


def test_markup_is_shown_as_it_was_typed() -> None:
    paper = Paper(MARKUP, MARKUP, tuple(Block(kind, MARKUP) for kind in KINDS), MARKUP)
    assert words_in(as_word(paper)).count(MARKUP) == len(KINDS) + 2
    assert as_pdf(paper).startswith(b"%PDF")


def test_a_pdf_says_its_language_and_follows_the_standard_for_screen_readers() -> None:
    held = as_pdf(Paper("Siarad", blocks=(Block(HEADING, "Geiriau"),), language="cy"))
    assert re.search(rb"/Lang ?\(cy\)", held)
    assert b"/StructTreeRoot" in held
    assert b"pdfuaid" in held


@settings(max_examples=40, deadline=None)
@given(text=st.text(), kind=st.sampled_from(KINDS))
def test_whatever_was_typed_becomes_a_word_document(text: str, kind: str) -> None:
    assert as_word(Paper(text or "A", blocks=(Block(kind, text),)))


@settings(max_examples=40, deadline=None)
@given(text=st.text(LATIN), kind=st.sampled_from(KINDS))
def test_whatever_was_typed_in_latin_letters_becomes_a_pdf(text: str, kind: str) -> None:
    paper = Paper("A talk", blocks=(Block(kind, text),))
    with suppress(BadInput):
        # A control sign or a rare letter has no drawing in the typeface.
        assert as_pdf(paper).startswith(b"%PDF")


DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
    '<circle cx="9" cy="9" r="8"/></svg>'
)


def test_a_picture_stands_beside_its_words_and_says_what_it_shows() -> None:
    paper = Paper(
        "A card",
        shows_title=False,
        language="pl",
        large=True,
        blocks=(
            Block(PICTURED, "Stop.\nIt is fine.", picture=DOT, shows="A dot", language="en"),
            Block(PICTURED, "Dobrze.", picture=DOT),
            Block(PICTURED, "Bez obrazka."),
        ),
    )
    # PDF/UA refuses a picture that neither says what it shows nor is marked as there for the eye.
    assert as_pdf(paper).startswith(b"%PDF")
    held = Document(io.BytesIO(as_word(paper)))
    said = [each._inline.docPr.get("descr") for each in held.inline_shapes]
    assert said == ["A dot", ""]
    words = [each.text for each in held.paragraphs if each.text]
    assert words == ["Stop.\nIt is fine.", "Dobrze.", "Bez obrazka."]


def test_letters_that_a_pdf_lacks_lead_to_the_word_document() -> None:
    paper = Paper("A talk", blocks=(Block(TEXT, "ਮੈਂ ਠੀਕ ਹਾਂ"),))
    with pytest.raises(BadInput, match="Take the Word document"):
        as_pdf(paper)
    assert "ਮੈਂ ਠੀਕ ਹਾਂ" in words_in(as_word(paper))

"""What a paper is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

HEADING, LABEL, TEXT, QUOTE, ITEM, NOTE = "heading", "label", "text", "quote", "item", "note"
PICTURED = "pictured"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Block:
    """A heading, the label of what follows, a text, a quote word for word, an item, a note, or
    large words beside a picture.

    `picture` is an SVG, and `shows` what is on it; without that it is there for the eye alone.
    `language` is the text’s own, where it is not the paper’s.
    """

    kind: str
    text: str
    picture: str = ""
    shows: str = ""
    language: str = ""


@dataclass(frozen=True)
class Paper:
    """A titled paper; `foot` stands below each page, and `large` is for large letters.

    Without `shows_title` the title is there for whoever listens, and stands nowhere on it.
    """

    title: str
    under_title: str = ""
    blocks: tuple[Block, ...] = ()
    foot: str = ""
    language: str = "en"
    large: bool = False
    shows_title: bool = True
    right_to_left: bool = False


def cleaned(paper: Paper) -> Paper:
    """Return a paper without empty blocks; signs that no document can hold are shown as missing."""
    return replace(
        paper,
        title=_printable(paper.title),
        under_title=_printable(paper.under_title),
        blocks=tuple(
            replace(each, text=_printable(each.text)) for each in paper.blocks if each.text.strip()
        ),
        foot=_printable(paper.foot),
    )


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)

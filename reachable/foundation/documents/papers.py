"""What a paper is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

HEADING, LABEL, TEXT, QUOTE, ITEM, NOTE = "heading", "label", "text", "quote", "item", "note"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Block:
    """A heading, the label of what follows, a text, a quote word for word, an item or a note."""

    kind: str
    text: str


@dataclass(frozen=True)
class Paper:
    """A titled paper; `foot` stands below each page, and `large` is for large letters."""

    title: str
    under_title: str = ""
    blocks: tuple[Block, ...] = ()
    foot: str = ""
    language: str = "en"
    large: bool = False


def cleaned(paper: Paper) -> Paper:
    """Return a paper without empty blocks; signs that no document can hold are shown as missing."""
    return replace(
        paper,
        title=_printable(paper.title),
        under_title=_printable(paper.under_title),
        blocks=tuple(
            Block(each.kind, _printable(each.text)) for each in paper.blocks if each.text.strip()
        ),
        foot=_printable(paper.foot),
    )


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)

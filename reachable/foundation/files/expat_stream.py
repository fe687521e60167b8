"""XML read in pieces by expat itself: of many elements, SAX takes too long.

Neither a document type, and with it an entity, is taken, nor what would fill the memory: a tag that
does not end, or ever more names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT, SAVE_AS, not_a_table

_CHUNK = 1 << 16
_LONGEST = 1 << 19
"""Bytes of one tag. Expat reads it from its beginning again with every piece that comes."""
_NAMES = 5_000
"""Different names of elements and attributes: expat keeps each to the end."""


def parser_of(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    declared: Callable[..., None],
) -> expat.XMLParserType:
    """Return a parser that tells of each element, names with their prefix, and of its text.

    `declared` refuses a document type, in words that fit what is read.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = declared
    return parser


def parsed(file: BinaryIO, parser: expat.XMLParserType) -> Iterator[None]:
    """Give a file to a parser piece by piece, and stop after each; raises what expat raises."""
    fed = 0
    while chunk := file.read(_CHUNK):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > _LONGEST:
            raise BadInput(
                "A tag in the file is longer than a book.", kept=NOTHING_KEPT, next=SAVE_AS
            )
        if len(parser.intern) > _NAMES:
            raise not_a_table(
                "an XML document with too many kinds of elements for the columns of a table"
            )
        yield
    parser.Parse(b"", True)
    yield

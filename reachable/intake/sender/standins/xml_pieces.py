"""XML from the parts of a spreadsheet, in pieces; what it declares was refused before."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from xml.parsers import expat

CHUNK = 1 << 16


def parse(
    parts: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda tag: None,
    text: Callable[[str], None] = lambda text: None,
) -> None:
    """Read one part, and tell of each element and its text."""
    parser = parser_of(start, end, text)
    with parts.open(name) as part:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def parser_of(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> expat.XMLParserType:
    """Return a parser; the prefixes of tags and attributes are left away."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def began(tag: str, attributes: dict[str, str]) -> None:
        plain = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        start(tag.rpartition(":")[2], plain)

    def ended(tag: str) -> None:
        end(tag.rpartition(":")[2])

    parser.StartElementHandler = began
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    # What is marked as plain text inside a cell is passed over by the library too.
    parser.StartCdataSectionHandler = lambda: setattr(parser, "CharacterDataHandler", None)
    parser.EndCdataSectionHandler = lambda: setattr(parser, "CharacterDataHandler", text)
    return parser

"""XML read in pieces: neither a document type nor an entity is taken, and depth is limited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from reachable.foundation.errors import BadInput
from reachable.foundation.files.kinds import NOTHING_KEPT

_CHUNK = 1 << 16
_DEEPEST = 40


class Handler(ContentHandler):
    """Is told of every element and its text; names come without their prefix.

    A handler puts what it finds into `found`; `stream` yields it and empties it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []
        self.depth = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BadInput(
                f"Elements of the XML are nested more than {_DEEPEST} deep: this is no table.",
                kept=NOTHING_KEPT,
                next="Send it as CSV or as an Excel workbook.",
            )
        self.begin(local(name), {local(key): value for key, value in attrs.items()})

    def endElement(self, name: str) -> None:
        self.depth -= 1
        self.end(local(name))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


def local(name: str) -> str:
    """Return a name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def stream(path: Path, handler: Handler) -> Iterator[object]:
    """Yield what the handler finds; raise BadInput where the file is no sound XML."""
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.feed(chunk)
                yield from handler.found
                handler.found.clear()
        parser.close()
    except DefusedXmlException as error:
        raise BadInput(
            "The XML declares a document type or entities, which no table needs.",
            kept=NOTHING_KEPT,
            next="Export it without them, or send it as CSV.",
        ) from error
    except LookupError as error:
        raise BadInput(
            "The XML is written in an encoding that nobody knows.",
            kept=NOTHING_KEPT,
            next="Export it in UTF-8, and send it.",
        ) from error
    except SAXException as error:
        where = (
            f" at line {error.getLineNumber():,}" if isinstance(error, SAXParseException) else ""
        )
        raise BadInput(
            f"The XML is damaged or was cut short{where}.",
            kept=NOTHING_KEPT,
            next="Export it again and send it.",
        ) from error
    yield from handler.found
    handler.found.clear()

"""XML read in pieces, told to a handler: depth is limited too, and names come without a prefix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from reachable.foundation.errors import BadInput
from reachable.foundation.files.expat_stream import parsed, parser_of
from reachable.foundation.files.kinds import NOTHING_KEPT

_DEEPEST = 40


class Handler:
    """Is told of every element and its text; names come without their prefix.

    A handler puts what it finds into `found`; `stream` yields it and empties it.
    """

    def __init__(self) -> None:
        self.found: list[object] = []
        self.depth = 0

    def start_element(self, name: str, attrs: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BadInput(
                f"Elements of the XML are nested more than {_DEEPEST} deep: this is no table.",
                kept=NOTHING_KEPT,
                next="Send it as CSV or as an Excel workbook.",
            )
        self.begin(local(name), {local(key): value for key, value in attrs.items()})

    def end_element(self, name: str) -> None:
        self.depth -= 1
        self.end(local(name))

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def characters(self, content: str) -> None:
        """Text comes, perhaps in pieces."""

    def end(self, name: str) -> None:
        """An element ends."""


def local(name: str) -> str:
    """Return a name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def stream(path: Path, handler: Handler) -> Iterator[object]:
    """Yield what the handler finds; raise BadInput where the file is no sound XML."""
    parser = parser_of(
        handler.start_element, handler.end_element, handler.characters, _refuse_declaration
    )
    try:
        with path.open("rb") as file:
            for _ in parsed(file, parser):
                yield from handler.found
                handler.found.clear()
    except LookupError as error:
        raise BadInput(
            "The XML is written in an encoding that nobody knows.",
            kept=NOTHING_KEPT,
            next="Export it in UTF-8, and send it.",
        ) from error
    except (expat.ExpatError, ValueError) as error:
        where = f" at line {error.lineno:,}" if isinstance(error, expat.ExpatError) else ""
        raise BadInput(
            f"The XML is damaged or was cut short{where}.",
            kept=NOTHING_KEPT,
            next="Export it again and send it.",
        ) from error


def _refuse_declaration(*declared: object) -> None:
    raise BadInput(
        "The XML declares a document type or entities, which no table needs.",
        kept=NOTHING_KEPT,
        next="Export it without them, or send it as CSV.",
    )

"""A file of services as it was sent: what is kept of it, and what is said of the rest."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import say_size
from reachable.provision.rules.standard import Json, kept_of

NOTHING_CHANGED = "Nothing in the directory was changed."
LARGEST = 50_000_000
_AGAIN = "Export it again as JSON in Open Referral UK."
_CHECK = "Check that it is a file of services in Open Referral UK."


@dataclass(frozen=True)
class Sent:
    """The documents that can be kept, by identifier, and what is said of the others."""

    documents: dict[UUID, Json]
    said: list[str]


def in_canonical_form(document: Json) -> str:
    """Return a document as it is kept: the same fields always give the same text."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_too_large(size: int) -> None:
    """Raise BadInput for a file that is larger than a directory can be."""
    if size > LARGEST:
        raise BadInput(
            f"This file has {say_size(size)}; {say_size(LARGEST)} is the most.",
            kept=NOTHING_CHANGED,
            next="A directory is rarely above a tenth of that: check that it is the right file.",
        )


def read_file(content: bytes) -> Sent:
    """Return what a file holds; BadInput for one that is no directory at all."""
    refuse_too_large(len(content))
    kept: dict[UUID, Json] = {}
    told: list[str] = []
    for at, entry in enumerate(_entries(content), start=1):
        document, said = kept_of(entry)
        called = f"Entry {at}{_named(entry)}"
        told += [f"{called}: {sentence}" for sentence in said]
        if document is None:
            continue
        service_id = UUID(document["id"])
        if service_id in kept:
            told.append(f"{called}: its identifier came before in this file. It was left out.")
        elif not _can_be_written(document):
            told.append(f"{called}: it holds things within things without end. It was left out.")
        else:
            kept[service_id] = document
    return Sent(kept, told)


def refuse_nothing_kept(said: list[str]) -> None:
    """Raise BadInput for a file of which no entry could be kept."""
    raise BadInput(
        "No entry of this file could be kept. " + " ".join(said[:3]),
        kept=NOTHING_CHANGED,
        next=_CHECK,
    )


def _entries(content: bytes) -> list[object]:
    """Return the entries of a file: a list, a page of the standard's, or one service."""
    try:
        held: Any = orjson.loads(content.removeprefix(BOM_UTF8))
    except orjson.JSONDecodeError as wrong:
        raise _not_read(content, wrong) from None
    if isinstance(held, dict):
        for name in ("contents", "services"):
            if isinstance(held.get(name), list):
                held = held[name]
                break
        else:
            held = [held]
    if not isinstance(held, list):
        raise BadInput("This file holds no list of services.", kept=NOTHING_CHANGED, next=_CHECK)
    return held


def _not_read(content: bytes, wrong: orjson.JSONDecodeError) -> BadInput:
    if not content.strip():
        said = "This file is empty."
    elif not wrong.doc:
        said = "This file is not JSON: it is no text in UTF-8."
    elif wrong.pos >= len(wrong.doc.rstrip()) - 1:
        said = "This file was cut short: it ends in the middle."
    else:
        said = (
            f"This file is not JSON: line {wrong.lineno} cannot be read from character "
            f"{wrong.colno} on."
        )
    return BadInput(said, kept=NOTHING_CHANGED, next=_AGAIN)


def _named(entry: object) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    printed = "".join(each if each.isprintable() else " " for each in str(name)[:80])
    return f" ({printed})" if name else ""


def _can_be_written(document: Json) -> bool:
    try:
        in_canonical_form(document)
    except orjson.JSONEncodeError:
        return False
    return True

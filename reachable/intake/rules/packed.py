"""Cells into which a system packs several values, as JSON or with commas between them. Pure."""

from __future__ import annotations

import re
from typing import Any

import orjson

from reachable.intake.rules.words import word_key

_BETWEEN = re.compile(r"[,;|\s]+")
_NO = frozenset(("", "n", "no", "false", "0", "none", "null"))
_YES = frozenset(("y", "yes", "true", "1"))
_NO_PART_OF_AN_ADDRESS = frozenset(("uprn", "easting", "northing", "postcode"))
_AROUND_A_FLAG = re.compile(r"^(?:outcome|referral)_|_(?:flag|yn)$", re.IGNORECASE)


def several(text: str) -> list[str]:
    """Return the values of a cell: of a JSON list, the keys that a JSON object says yes to, or
    words with separators between them."""
    value = _json(text)
    if isinstance(value, dict):
        return [key for key, said in value.items() if word_key(str(said)) not in _NO]
    if isinstance(value, list):
        return [str(each) for each in value if each not in (None, "")]
    return [word for each in _BETWEEN.split(text) if (word := each.strip("[]{}\"'"))]


def address(text: str) -> str:
    """Return an address on one line, from a JSON object of its parts or as it stands."""
    value = _json(text)
    if not isinstance(value, dict):
        return text
    parts = (
        str(part).strip()
        for name, part in value.items()
        if part is not None and name.casefold() not in _NO_PART_OF_AN_ADDRESS
    )
    return ", ".join(part for part in parts if part)


def flags(text: str) -> str:
    """Return what a JSON object says yes to, or says in words; other text as it stands."""
    value = _json(text)
    if not isinstance(value, dict):
        return text
    return "; ".join(said for name, given in value.items() if (said := _said(name, given)))


def _said(name: str, given: Any) -> str:
    text = "" if given is None else str(given).strip()
    if word_key(text) in _NO:
        return ""
    title = _AROUND_A_FLAG.sub("", _AROUND_A_FLAG.sub("", name)).replace("_", " ").strip()
    title = title[:1].upper() + title[1:].lower()
    return title if word_key(text) in _YES else f"{title}: {text}"


def _json(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None

"""Postcodes in one form, and which columns of a publisher's table hold what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

MOST_AREAS = 400
LONGEST_CODE, LONGEST_NAME = 20, 120

_SHAPE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
_CODE_HEADING = re.compile(r"[a-z]+[0-9]{0,2}cd")
_POSTCODE_HEADINGS = ("postcode", "pcds", "pcd8", "pcd7", "pcd")
_POSITION_HEADINGS = (("lat", "long"), ("latitude", "longitude"))


@lru_cache(maxsize=65536)
def standard_postcode(text: str) -> str:
    """Return “FX1 1AA” for any way to write it; empty when it has not the shape of one."""
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{plain[:-3]} {plain[-3:]}" if _SHAPE.fullmatch(plain) else ""


def heading_at(headings: Sequence[str], wanted: str) -> int | None:
    """Return where a heading stands, however its letters are written."""
    folded = [heading.casefold() for heading in headings]
    return folded.index(wanted.casefold()) if wanted.casefold() in folded else None


def code_headings(headings: Sequence[str]) -> list[str]:
    """Return which headings may hold the code of an area, as “code”, “area” or “WD24CD”."""
    plain = [each for each in headings if each.casefold() in {"code", "area", "area_code"}]
    return plain[:1] or [each for each in headings if _CODE_HEADING.fullmatch(each.casefold())]


def name_heading(headings: Sequence[str], code: str) -> int | None:
    """Return where the names stand that go with a column of codes: WD24NM with WD24CD."""
    beside = code[:-2] + "nm" if code.casefold().endswith("cd") else "name"
    return heading_at(headings, beside)


def postcode_heading(headings: Sequence[str]) -> int | None:
    found = (heading_at(headings, each) for each in _POSTCODE_HEADINGS)
    return next((at for at in found if at is not None), None)


def position_headings(headings: Sequence[str]) -> tuple[int, int] | None:
    for latitude, longitude in _POSITION_HEADINGS:
        pair = heading_at(headings, latitude), heading_at(headings, longitude)
        if pair[0] is not None and pair[1] is not None:
            return pair[0], pair[1]
    return None


def position(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Return a position in degrees, or None: an unknown one is published as 99.999999."""
    try:
        found = float(latitude), float(longitude)
    except ValueError:
        return None
    # A comparison with what is no number is false, so that it is no position either.
    return found if abs(found[0]) <= 90 and abs(found[1]) <= 180 else None


def wrong_area(code: str, name: str) -> str:
    """Return what is wrong with an area, as a sentence; empty where nothing is."""
    if not code or not name:
        return "its code or its name is missing."
    if len(code) > LONGEST_CODE or not code.isprintable():
        return f"its code has more than {LONGEST_CODE} signs, or odd ones."
    if len(name) > LONGEST_NAME or not name.isprintable():
        return f"its name has more than {LONGEST_NAME} letters, or odd signs."
    return ""


def some(names: Iterable[str], most: int = 5) -> str:
    """Say a few of many names."""
    held = sorted(names)
    more = f" and {len(held) - most:,} more" if len(held) > most else ""
    return ", ".join(held[:most]) + more

"""A card that a child can be found with: it names no agency, no concern and nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 600
"""Characters: a card is read at a glance."""
_WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 3
"""Letters of a name: a shorter one is also half of the other words."""
TELLING = (
    *("police", "officer", "custody", "arrest", "court", "solicitor", "probation", "offend"),
    *("social work", "social care", "safeguard", "child protection", "youth justice", "council"),
    *("exploit", "traffick", "county line", "gang", "drug", "knife", "weapon", "grass", "snitch"),
    *("missing", "runaway", "victim", "abuse", "refuge", "nrm", "modern slavery"),
)
"""Words that tell whoever finds the card what it is about."""


def tells(text: str, *, names: Iterable[str], agencies: Iterable[str]) -> tuple[str, ...]:
    """Return what a card tells that it must not: words of a concern, agencies, anybody's name."""
    said = " ".join(text.casefold().split())
    words = set(_WORD.findall(said))
    found = [word for word in TELLING if re.search(rf"\b{word}", said)]
    found += [agency for agency in agencies if agency.casefold() in said]
    found += [
        part
        for name in names
        for part in _WORD.findall(name)
        if len(part) >= SHORTEST and part.casefold() in words
    ]
    return tuple(dict.fromkeys(found))

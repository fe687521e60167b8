"""Columns that no file may have: whoever gave information in confidence is never entered.

A force's own reference is enough to ask it, and tells nobody else who that was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAMES_A_SOURCE = re.compile(
    r"\b(informants?|informers?|chis|covert human|whistle ?blowers?)\b"
    r"|\b(source|handler)( ?s)? ?(full )?"
    r"(name|surname|forename|identity|dob|date of birth|address|phone|telephone|mobile|contact)"
    r"|\b(name|identity|address) of (the )?(source|informant|handler)\b",
    re.IGNORECASE,
)


def names_a_source(headings: Iterable[str]) -> tuple[str, ...]:
    """Return those of these headings under which a source's identity would stand."""
    return tuple(
        heading for heading in headings if _NAMES_A_SOURCE.search(re.sub(r"[\W_]+", " ", heading))
    )

"""A whole name in one cell, told apart into the family name and the given names."""

from __future__ import annotations

import re

FAMILY_FIRST, GIVEN_FIRST = "family first", "given first"

_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]")
_BEFORE_A_FAMILY_NAME = frozenset(
    ("al", "ap", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "dos",
     "du", "el", "ibn", "la", "le", "mac", "mc", "o", "st", "ten", "ter", "van", "von")
)  # fmt: skip


def split_name(whole: str, order: str) -> tuple[str, str]:
    """Return family name and given names: `split_name("SMITH, Jane", …)` is ("SMITH", "Jane").

    A comma stands behind the family name, and a part all in capitals is one, whatever the order.
    What stands in brackets stays with the given names. A single name is a family name.
    """
    beside = " ".join(found.group().strip() for found in _BRACKETS.finditer(whole))
    plain = _BRACKETS.sub("", whole).strip()
    if "," in plain:
        family, _, given = plain.partition(",")
        parts = family.strip(), given.strip()
        if all(parts):
            return parts[0], _with(parts[1], beside)
        plain = "".join(parts)
    words = plain.split()
    if len(words) < 2:
        return plain, beside
    at, ends = _in_capitals(words) or _by_order(words, order)
    return " ".join(words[at:ends]), _with(" ".join(words[:at] + words[ends:]), beside)


def _with(given: str, beside: str) -> str:
    return f"{given} {beside}".strip()


def _in_capitals(words: list[str]) -> tuple[int, int] | None:
    """Return where the one part in capitals is, if it is at one end and something else is left."""
    loud = [len(word) > 1 and word.isupper() for word in words]
    if not any(loud) or all(loud):
        return None
    first, last = loud.index(True), len(loud) - 1 - loud[::-1].index(True)
    if not all(loud[first : last + 1]) or (first > 0 and last < len(words) - 1):
        return None
    return first, last + 1


def _by_order(words: list[str], order: str) -> tuple[int, int]:
    if order == GIVEN_FIRST:
        at = len(words) - 1
        while at > 1 and _leads(words[at - 1]):
            at -= 1
        return at, len(words)
    ends = 1
    while ends < len(words) - 1 and _leads(words[ends - 1]):
        ends += 1
    return 0, ends


def _leads(word: str) -> bool:
    return word.casefold().strip("'’.") in _BEFORE_A_FAMILY_NAME

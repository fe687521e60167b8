"""Under which keys a record is found again: the same for one record as for a whole register.

A key is a text whose first part says which kind it is, kept as a hash of 64 bits. Two records are
compared where they share one. Each kind allows for some faults, and is narrow enough for few
strangers to share it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from reachable.people.linkage.names import sound
from reachable.people.linkage.standard import Standard

VERSION = "3"
BLOCK = 500
"""A key that more records share finds nobody: an identifier that hundreds share identifies none,
and a common name on one day is found by its other keys."""


def key_texts(who: Standard) -> list[str]:
    """Return what a record is found by, in a fixed order, each once."""
    return list(dict.fromkeys(_texts(who)))


def _texts(who: Standard) -> Iterator[str]:
    if who.nhs_number:
        yield f"nhs|{who.nhs_number}"
    if who.upn:
        yield f"upn|{who.upn}"
    if who.born and who.born_crossed:
        yield from _of_birth(who, min(who.born, who.born_crossed))
    yield from _of_home(who)


def _of_birth(who: Standard, day: str) -> Iterator[str]:
    """`day` is the same whether day and month were crossed or not."""
    names = (who.given_roots or frozenset()) | (who.families or frozenset())
    for each in sorted({*map(sound, names)} - {""}):
        yield f"sound|{each}|{day}"
    if who.given and who.family:
        one, two = sorted((who.given, who.family.rsplit(" ", 1)[-1]))
        yield f"names|{one}|{two}|{day[:4]}"
        yield f"names|{one}|{two}|{day[5:]}"
    for place in sorted(who.postcodes or ()):
        yield f"home|{place}|{day}"


def _of_home(who: Standard) -> Iterator[str]:
    """For whoever is found at home by one name, whatever their birth date is said to be."""
    for place in sorted(who.postcodes or ()):
        for each in (who.given_sound, who.family_sound):
            if each:
                yield f"house|{place}|{each}"


def hashed(text: str) -> int:
    """Return a signed hash of 64 bits."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def keys_of(who: Standard) -> list[int]:
    return [hashed(text) for text in key_texts(who)]

"""Names as they are compared: words, the names that they may stand for, and how they sound."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import jellyfish
from nicknames import NickNamer

UK_NAMES = "uk_names.txt"


@lru_cache(maxsize=1)
def _library() -> NickNamer:
    return NickNamer()


@lru_cache(maxsize=1)
def _ours() -> dict[str, frozenset[str]]:
    """From each form to the lines in which it stands, each called by its first form."""
    found: dict[str, set[str]] = {}
    text = files(__package__).joinpath(UK_NAMES).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            forms = line.split()
            for form in forms:
                found.setdefault(form, set()).add(forms[0])
    return {form: frozenset(lines) for form, lines in found.items()}


@lru_cache(maxsize=65536)
def roots(name: str) -> frozenset[str]:
    """Return the names for which this one may stand; itself, where it is no pet form."""
    found = {name, *_ours().get(name, ()), *_library().canonicals_of(name)}
    return frozenset(root for root in found if root)


@lru_cache(maxsize=262144)
def sound(name: str) -> str:
    """Return how a folded name sounds, by NYSIIS: Mohammed as Muhammad. Nothing sounds like what
    has no letters."""
    return str(jellyfish.nysiis(name)) if name.isalpha() else name

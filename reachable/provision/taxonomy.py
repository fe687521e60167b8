"""The taxonomies by which services are described here, with the identifiers that they have."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from uuid import UUID, uuid5

from reachable.foundation.errors import BadInput
from reachable.practice import guidance

_FILE = Path(__file__).with_name("terms.toml")
_OURS = UUID("6f0c1f5e-5f0b-5c57-9b53-3f2f7f0f9a11")


@dataclass(frozen=True)
class Term:
    """A word of a taxonomy of ours."""

    taxonomy: str
    key: str
    name: str

    @property
    def id(self) -> UUID:
        return uuid5(_OURS, f"{self.taxonomy}/{self.key}")


@dataclass(frozen=True)
class Taxonomy:
    """A set of words for one side of a service."""

    key: str
    title: str
    terms: tuple[Term, ...]

    @property
    def id(self) -> UUID:
        return uuid5(_OURS, self.key)


@cache
def taxonomies() -> Mapping[str, Taxonomy]:
    """Return taxonomies by key, in the order in which pages show them."""
    held = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    held["moment"] |= {kind.key: kind.title for kind in guidance.moment_kinds()}
    return MappingProxyType(
        {
            key: Taxonomy(
                key,
                words["title"],
                tuple(Term(key, each, name) for each, name in words.items() if each != "title"),
            )
            for key, words in held.items()
        }
    )


@cache
def terms_by_id() -> Mapping[UUID, Term]:
    """Return every term of ours by its identifier."""
    return MappingProxyType(
        {term.id: term for taxonomy in taxonomies().values() for term in taxonomy.terms}
    )


def term(taxonomy: str, key: str) -> Term | None:
    held = taxonomies().get(taxonomy)
    return next((each for each in held.terms if each.key == key), None) if held else None


def described(taxonomy: str, key: str) -> dict[str, str]:
    """Return a term as the standard writes it; BadInput for one that there is not."""
    found = term(taxonomy, key)
    if found is None:
        raise BadInput(
            f"“{key}” is no word for a service here.", kept="Nothing in the directory was changed."
        )
    held = taxonomies()[taxonomy]
    return {
        "id": str(found.id),
        "name": found.name,
        "description": f"{held.title}: {found.name}",
        "taxonomy": held.title,
        "taxonomy_id": str(held.id),
        "term": found.key,
    }

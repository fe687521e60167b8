"""Who acts: every service and selector takes one as `by`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from reachable.foundation.errors import Forbidden

WORKS_WITH = frozenset({"involved", "all"})
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Actor:
    """A person signed in, an agency's program by its key, or a named part of the system.

    It says what they may do right now. `scopes` maps a compartment to how far they read there:
    none, own, involved or all; `writes` and `shares` say the same of recording and of deciding
    that somebody else may have it. `feeds` are those that a key is limited to, none for all.
    `looks` are what they have looked at as this actor, which is one request: its page says why they
    may, and who else did; `reasons` are those that were found on the way, child by child.
    """

    kind: str
    id: UUID | None
    name: str
    agency_id: UUID | None = None
    agency: str = ""
    agency_kind: str = ""
    team_ids: frozenset[UUID] = frozenset()
    roles: frozenset[str] = frozenset()
    capabilities: frozenset[str] = frozenset()
    scopes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    writes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    shares: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    feeds: frozenset[str] = frozenset()
    looks: list[tuple[str, UUID | None]] = field(default_factory=list, compare=False, repr=False)
    reasons: dict[UUID, list[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_person(self) -> bool:
        return self.kind == "person"

    @property
    def is_key(self) -> bool:
        return self.kind == "key"

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def own_id(self) -> UUID:
        """The identifier of the person or key, where only one of them can act."""
        if self.id is None:
            raise Forbidden("an account of one's own")
        return self.id

    @property
    def own_agency_id(self) -> UUID:
        """The agency of the person or key, where only somebody from an agency can act."""
        if self.agency_id is None:
            raise Forbidden("an account of one's own")
        return self.agency_id

    def can(self, capability: str) -> bool:
        """A part of the system may do what it is named for; a person what their roles include."""
        return self.is_system or capability in self.capabilities

    def require(self, capability: str) -> None:
        if not self.can(capability):
            raise Forbidden(capability)

    def scope(self, compartment: str) -> str:
        return "all" if self.is_system else self.scopes.get(compartment, "none")

    def compartments(self) -> frozenset[str]:
        """Compartments of which this person may read something of the children they work with."""
        return frozenset(name for name, scope in self.scopes.items() if scope in WORKS_WITH)

    def reads(self, compartment: str) -> bool:
        """Say whether what is kept there of a child they work with is shown to them."""
        return self.scope(compartment) in WORKS_WITH

    def may_write(self, compartment: str, *, own: bool = False) -> bool:
        """Say whether this person may record something there of a child they work with.

        With `own`, what somebody sends themselves is enough.
        """
        scope = "all" if self.is_system else self.writes.get(compartment, "none")
        return scope in WORKS_WITH or (own and scope == "own")

    def require_to_write(self, compartment: str, *, own: bool = False) -> None:
        """Refuse whoever `may_write` nothing there."""
        if not self.may_write(compartment, own=own):
            raise Forbidden(f"writing {compartment}", kept="Nothing was changed.")


ANONYMOUS = Actor(kind="nobody", id=None, name="nobody")


def system(part: str) -> Actor:
    """Return the actor for a named part of the system, such as “sealer”."""
    return Actor(kind="system", id=None, name=part)

"""The policy: read, checked for holes, and joined over the roles of one person; what a team is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

SCOPES = ("none", "own", "involved", "all")


class PolicyError(Exception):
    """The policy file has a hole or a word that nobody declared; the product does not start."""


@dataclass(frozen=True)
class RolePolicy:
    """What one role may do, and how far it sees into each compartment."""

    key: str
    title: str
    may: frozenset[str]
    scopes: Mapping[str, str]


@dataclass(frozen=True)
class Policy:
    """The whole policy file."""

    compartments: tuple[str, ...]
    capabilities: Mapping[str, str]
    roles: Mapping[str, RolePolicy]

    def capabilities_of(self, roles: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.roles[key].may for key in roles if key in self.roles))

    def scopes_of(self, roles: Iterable[str]) -> Mapping[str, str]:
        """The widest scope that any of the roles has, compartment by compartment."""
        held = [self.roles[key] for key in roles if key in self.roles]
        return MappingProxyType(
            {
                name: max((role.scopes[name] for role in held), key=SCOPES.index, default="none")
                for name in self.compartments
            }
        )


@dataclass(frozen=True)
class TeamFacts:
    """A team, and the areas that it answers for: none means everybody."""

    id: UUID
    key: str
    name: str
    phone: str
    acknowledge_minutes: int
    areas: frozenset[str]


def policy_from(data: Mapping[str, Any]) -> Policy:
    """Check `data` (the parsed file) and return the policy, or raise naming the hole."""
    compartments = tuple(data.get("compartments", ()))
    capabilities = dict(data.get("capabilities", {}))
    if not compartments or not capabilities:
        raise PolicyError("The policy declares no compartments or no capabilities.")
    roles = {
        key: _role(key, held, compartments, capabilities)
        for key, held in data.get("roles", {}).items()
    }
    if not roles:
        raise PolicyError("The policy declares no roles.")
    unused = capabilities.keys() - frozenset().union(*(role.may for role in roles.values()))
    if unused:
        raise PolicyError(f"No role may {', '.join(sorted(unused))}: nobody could ever do it.")
    return Policy(compartments, MappingProxyType(capabilities), MappingProxyType(roles))


def _role(
    key: str, held: Mapping[str, Any], compartments: tuple[str, ...], capabilities: dict[str, str]
) -> RolePolicy:
    unknown = held.keys() - {"title", "may", "scopes"}
    if unknown or "title" not in held:
        raise PolicyError(f"Role {key}: {sorted(unknown) or 'title'} is unknown or missing.")
    for capability in held.get("may", ()):
        if capability not in capabilities:
            raise PolicyError(f"Role {key} may {capability}, which is not declared.")
    scopes = dict(held.get("scopes", {}))
    for name in compartments:
        if name not in scopes:
            raise PolicyError(f"Role {key} says nothing about the compartment {name}.")
    for name, scope in scopes.items():
        if name not in compartments:
            raise PolicyError(f"Role {key} names the compartment {name}, which is not declared.")
        if scope not in SCOPES:
            raise PolicyError(f"Role {key}, compartment {name}: {scope} is not a scope.")
    return RolePolicy(key, held["title"], frozenset(held.get("may", ())), MappingProxyType(scopes))

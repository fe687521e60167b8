"""The policy: read, checked for holes, and joined over the roles of one person; what a team is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

SCOPES = ("none", "own", "involved", "all")
OF_ONE_AGENCY, EVERY_AGENCY = "accounts.own", "accounts.manage"
"""Looking after the accounts of one's own agency, and of all of them."""


class PolicyError(Exception):
    """The policy file has a hole or a word that nobody declared; the product does not start."""


@dataclass(frozen=True)
class RolePolicy:
    """What one role may do, how far it sees into each compartment, and who gives it.

    `given_by` is the capability of whoever gives it; with `second_person` somebody else of those
    has to approve that first.
    """

    key: str
    title: str
    may: frozenset[str]
    scopes: Mapping[str, str]
    given_by: str
    second_person: bool


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
    unknown = held.keys() - {"title", "may", "scopes", "given_by", "second_person"}
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
    role = RolePolicy(
        key,
        held["title"],
        frozenset(held.get("may", ())),
        MappingProxyType(scopes),
        held.get("given_by", ""),
        held.get("second_person", False) is True,
    )
    check_giving(role, capabilities)
    return role


def check_giving(role: RolePolicy, capabilities: Mapping[str, str]) -> None:
    """Raise PolicyError where nobody could give a role, or an agency could give itself too much."""
    if not role.given_by:
        raise PolicyError(f"Role {role.key} does not say by whom it is given: given_by.")
    if role.given_by not in capabilities:
        raise PolicyError(f"Role {role.key} is given by {role.given_by}, which is not declared.")
    if role.given_by != OF_ONE_AGENCY:
        return
    wide = sorted(name for name, scope in role.scopes.items() if scope == "all")
    if wide or EVERY_AGENCY in role.may:
        said = f"sees every child in {wide[0]}" if wide else f"may {EVERY_AGENCY}"
        raise PolicyError(f"Role {role.key} {said}: no agency by itself can give it.")

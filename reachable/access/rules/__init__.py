"""The policy: read, checked for holes, and joined over the roles of one person; what a team is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from reachable.foundation.errors import ReachableError

SCOPES = ("none", "own", "involved", "all")
ACTIONS = ("reads", "writes", "shares")
USUAL = "welfare"
OF_ONE_AGENCY, EVERY_AGENCY = "accounts.own", "accounts.manage"
"""Looking after the accounts of one's own agency, and of all of them."""


class PolicyError(ReachableError):
    """The policy file has a hole or a word that nobody declared; the product does not start."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, kept="Nothing was started.", next="Mend the file and try again.")


@dataclass(frozen=True)
class RolePolicy:
    """What one role may do, how far it reads, writes and shares, and who gives it.

    `given_by` is the capability of whoever gives it; with `second_person` somebody else of those
    has to approve that first.
    """

    key: str
    title: str
    may: frozenset[str]
    reads: Mapping[str, str]
    writes: Mapping[str, str]
    shares: Mapping[str, str]
    given_by: str
    second_person: bool


@dataclass(frozen=True)
class Policy:
    """The whole policy file."""

    compartments: tuple[str, ...]
    capabilities: Mapping[str, str]
    roles: Mapping[str, RolePolicy]
    records: Mapping[str, str]

    def compartment_of_record(self, agency_kind: str) -> str:
        """Return the compartment in which it is that such an agency holds a record of a child."""
        return self.records.get(agency_kind, USUAL)

    def capabilities_of(self, roles: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.roles[key].may for key in roles if key in self.roles))

    def scopes_of(self, roles: Iterable[str], action: str = "reads") -> Mapping[str, str]:
        """The widest scope that any of the roles has, compartment by compartment."""
        held = [getattr(self.roles[key], action) for key in roles if key in self.roles]
        return MappingProxyType(
            {
                name: max((scopes[name] for scopes in held), key=SCOPES.index, default="none")
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
    ended: bool


def policy_from(data: Mapping[str, Any], text: str = "") -> Policy:
    """Check `data`, the parsed file, and return the policy, or raise naming the hole.

    `text` is the file itself, which tells the line.
    """
    compartments = tuple(data.get("compartments", ()))
    capabilities = dict(data.get("capabilities", {}))
    if not compartments or not capabilities:
        raise PolicyError("The policy declares no compartments or no capabilities.")
    roles = {}
    for key, held in data.get("roles", {}).items():
        try:
            roles[key] = _role(key, held, compartments, capabilities)
        except PolicyError as error:
            line = _line_of(f"[roles.{key}]", text)
            raise PolicyError(f"{line}{error.sentence}") from None
    if not roles:
        raise PolicyError("The policy declares no roles.")
    unused = capabilities.keys() - frozenset().union(*(role.may for role in roles.values()))
    if unused:
        line = _line_of(f'"{min(unused)}"', text)
        nobody = ", ".join(sorted(unused))
        raise PolicyError(f"{line}No role may {nobody}: nobody could ever do it.")
    records = dict(data.get("records", {}))
    for kind, compartment in records.items():
        if compartment not in compartments:
            line = _line_of(f"{kind} =", text)
            raise PolicyError(f"{line}Records of {kind}: {compartment} is not a compartment.")
    return Policy(
        compartments,
        MappingProxyType(capabilities),
        MappingProxyType(roles),
        MappingProxyType(records),
    )


def _line_of(begins: str, text: str) -> str:
    """Say on which line of the file something begins, for whoever has to mend it."""
    lines = text.splitlines()
    found = (number for number, line in enumerate(lines, 1) if line.strip().startswith(begins))
    number = next(found, None)
    return f"Line {number}: " if number else ""


def _role(
    key: str, held: Mapping[str, Any], compartments: tuple[str, ...], capabilities: dict[str, str]
) -> RolePolicy:
    unknown = held.keys() - {"title", "may", "given_by", "second_person", *ACTIONS}
    if unknown or "title" not in held:
        raise PolicyError(f"Role {key}: {sorted(unknown) or 'title'} is unknown or missing.")
    for capability in held.get("may", ()):
        if capability not in capabilities:
            raise PolicyError(f"Role {key} may {capability}, which is not declared.")
    reads, writes, shares = (
        _scopes(key, action, held.get(action, {}), compartments) for action in ACTIONS
    )
    for name in compartments:
        if SCOPES.index(shares[name]) > SCOPES.index(reads[name]):
            raise PolicyError(f"Role {key} shares more of {name} than it reads.")
    role = RolePolicy(
        key,
        held["title"],
        frozenset(held.get("may", ())),
        reads,
        writes,
        shares,
        held.get("given_by", ""),
        held.get("second_person", False) is True,
    )
    check_giving(role, capabilities)
    return role


def _scopes(
    key: str, action: str, scopes: Mapping[str, str], compartments: tuple[str, ...]
) -> Mapping[str, str]:
    for name in compartments:
        if name not in scopes:
            raise PolicyError(f"Role {key}, {action}: nothing about the compartment {name}.")
    for name, scope in scopes.items():
        if name not in compartments:
            raise PolicyError(f"Role {key}, {action}: the compartment {name} is not declared.")
        if scope not in SCOPES:
            raise PolicyError(f"Role {key}, {action}, compartment {name}: {scope} is not a scope.")
    return MappingProxyType(dict(scopes))


def check_giving(role: RolePolicy, capabilities: Mapping[str, str]) -> None:
    """Raise PolicyError where nobody could give a role, or an agency could give itself too much."""
    if not role.given_by:
        raise PolicyError(f"Role {role.key} does not say by whom it is given: given_by.")
    if role.given_by not in capabilities:
        raise PolicyError(f"Role {role.key} is given by {role.given_by}, which is not declared.")
    if role.given_by != OF_ONE_AGENCY:
        return
    scopes = (role.reads, role.writes, role.shares)
    wide = sorted({name for each in scopes for name, scope in each.items() if scope == "all"})
    if wide or EVERY_AGENCY in role.may:
        said = f"reaches every child in {wide[0]}" if wide else f"may {EVERY_AGENCY}"
        raise PolicyError(f"Role {role.key} {said}: no agency by itself can give it.")

"""The policy file: a hole stops the start, roles of one person are joined."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from reachable.access.policy import policy
from reachable.access.rules import PolicyError, policy_from

WHOLE: dict[str, Any] = {
    "compartments": ["identity", "health"],
    "capabilities": {"a.read": "read a", "b.write": "write b"},
    "roles": {
        "one": {
            "title": "One",
            "may": ["a.read"],
            "scopes": {"identity": "own", "health": "none"},
        },
        "two": {
            "title": "Two",
            "may": ["b.write"],
            "scopes": {"identity": "involved", "health": "own"},
        },
    },
}

HOLES = [
    (["compartments"], [], "no compartments"),
    (["capabilities"], {}, "no capabilities"),
    (["roles"], {}, "no roles"),
    (["roles", "one", "scopes"], {"identity": "own"}, "says nothing about the compartment health"),
    (["roles", "one", "scopes", "legal"], "own", "compartment legal, which is not declared"),
    (["roles", "one", "scopes", "health"], "some", "some is not a scope"),
    (["roles", "one", "may"], ["c.read"], "may c.read, which is not declared"),
    (["roles", "one", "may"], [], "No role may a.read"),
    (["roles", "one", "colour"], "red", "colour"),
]


@pytest.mark.parametrize(("where", "value", "said"), HOLES, ids=[said for *_, said in HOLES])
def test_a_hole_stops_the_start_and_is_named(where: list[str], value: Any, said: str) -> None:
    data = copy.deepcopy(WHOLE)
    place = data
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    with pytest.raises(PolicyError, match=said):
        policy_from(data)


def test_two_roles_give_the_widest_of_each() -> None:
    read = policy_from(WHOLE)
    assert dict(read.scopes_of(["one", "two"])) == {"identity": "involved", "health": "own"}
    assert read.capabilities_of(["one", "two"]) == {"a.read", "b.write"}


def test_no_role_and_an_unknown_role_give_nothing() -> None:
    read = policy_from(WHOLE)
    for roles in ([], ["gone"]):
        assert set(read.scopes_of(roles).values()) == {"none"}
        assert not read.capabilities_of(roles)


def test_the_policy_in_force_has_at_least_five_roles_and_every_compartment() -> None:
    in_force = policy()
    assert len(in_force.roles) >= 5
    assert in_force.compartments == (
        *("identity", "welfare", "education", "health", "justice", "intelligence", "legal"),
    )

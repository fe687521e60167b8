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
            "given_by": "a.read",
            "may": ["a.read"],
            "scopes": {"identity": "own", "health": "none"},
        },
        "two": {
            "title": "Two",
            "given_by": "b.write",
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
    (["roles", "one", "given_by"], "", "Role one does not say by whom it is given"),
    (["roles", "two", "given_by"], "c.give", "is given by c.give, which is not declared"),
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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scopes": {"identity": "all", "health": "none"}}, "sees every child in identity"),
        ({"may": ["a.read", "accounts.manage"]}, "may accounts.manage"),
    ],
)
def test_no_agency_gives_by_itself_what_reaches_beyond_it(change: Any, said: str) -> None:
    data = copy.deepcopy(WHOLE)
    data["capabilities"] |= {"accounts.own": "own", "accounts.manage": "all"}
    data["roles"]["two"]["may"] += ["accounts.own", "accounts.manage"]
    data["roles"]["one"] |= {"given_by": "accounts.own"}
    policy_from(data)
    data["roles"]["one"] |= change
    with pytest.raises(PolicyError, match=f"Role one {said}: no agency by itself can give it"):
        policy_from(data)


def test_whoever_watches_or_gives_everything_is_given_that_by_two_people() -> None:
    roles = policy().roles
    two = {key for key, role in roles.items() if role.second_person}
    assert two == {"information_governance", "system_administrator"}
    assert all(roles[key].given_by == "accounts.manage" for key in two)


def test_an_agency_administrator_sees_nothing_of_any_child() -> None:
    assert set(policy().roles["agency_administrator"].scopes.values()) == {"none"}

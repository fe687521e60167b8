"""The policy file: a hole stops the start, roles of one person are joined."""

from __future__ import annotations

import copy
import re
import tomllib
from typing import Any

import pytest

from reachable.access.policy import FILE, policy
from reachable.access.rules import PolicyError, policy_from

WHOLE: dict[str, Any] = {
    "compartments": ["identity", "health"],
    "capabilities": {"a.read": "read a", "b.write": "write b"},
    "roles": {
        "one": {
            "title": "One",
            "given_by": "a.read",
            "may": ["a.read"],
            "reads": {"identity": "own", "health": "none"},
            "writes": {"identity": "none", "health": "none"},
            "shares": {"identity": "own", "health": "none"},
        },
        "two": {
            "title": "Two",
            "given_by": "b.write",
            "may": ["b.write"],
            "reads": {"identity": "involved", "health": "own"},
            "writes": {"identity": "none", "health": "all"},
            "shares": {"identity": "none", "health": "none"},
        },
    },
}

HOLES = [
    (["compartments"], [], "no compartments"),
    (["capabilities"], {}, "no capabilities"),
    (["roles"], {}, "no roles"),
    (["roles", "one", "reads"], {"identity": "own"}, "reads: nothing about the compartment health"),
    (["roles", "one", "writes"], {}, "writes: nothing about the compartment identity"),
    (["roles", "one", "shares", "legal"], "own", "shares: the compartment legal is not declared"),
    (["roles", "one", "writes", "health"], "some", "some is not a scope"),
    (["roles", "one", "shares", "identity"], "involved", "shares more of identity than it reads"),
    (["records"], {"police": "crime"}, "Records of police: crime is not a compartment"),
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
    assert dict(read.scopes_of(["one", "two"], "writes")) == {"identity": "none", "health": "all"}
    assert dict(read.scopes_of(["one", "two"], "shares")) == {"identity": "own", "health": "none"}
    assert read.capabilities_of(["one", "two"]) == {"a.read", "b.write"}


def test_no_role_and_an_unknown_role_give_nothing() -> None:
    read = policy_from(WHOLE)
    for roles in ([], ["gone"]):
        assert set(read.scopes_of(roles).values()) == {"none"}
        assert not read.capabilities_of(roles)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            ', legal = "none" }\nwrites',
            " }\nwrites",
            "Line {roles}: Role practitioner, reads",
        ),
        ('may = ["moments.hold"', 'may = ["moments.hld"', "Line {roles}: Role practitioner may"),
        ('police = "justice"', 'police = "law"', "Line {police}: Records of police"),
        ('"signals.send"', '"signals.sent"', "Line {roles}: Role practitioner may signals.send"),
    ],
)
def test_a_hole_in_the_file_is_named_with_its_line(before: str, after: str, said: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    lines = text.splitlines()
    holed = text.replace(before, after, 1)
    assert holed != text
    at = {
        "roles": lines.index("[roles.practitioner]") + 1,
        "police": lines.index('police = "justice"') + 1,
    }
    with pytest.raises(PolicyError, match=re.escape(said.format(**at))):
        policy_from(tomllib.loads(holed), holed)


NAMED = {
    *("intake_worker", "practitioner", "supervisor", "duty_manager", "panel_coordinator"),
    *("disruption_lead", "custody", "school_lead", "health_lead", "youth_justice"),
    *("charity_worker", "commissioner", "analyst", "linkage_steward", "information_governance"),
    *("system_administrator", "agency_administrator"),
}
NO_CHILD = (
    *("commissioner", "analyst", "information_governance"),
    *("system_administrator", "agency_administrator"),
)


def test_the_policy_in_force_has_every_named_role_and_every_compartment() -> None:
    in_force = policy()
    assert in_force.roles.keys() >= NAMED
    assert in_force.compartments == (
        *("identity", "welfare", "education", "health", "justice", "intelligence", "legal"),
    )


@pytest.mark.parametrize("role", NO_CHILD)
def test_who_has_no_work_with_children_reads_writes_and_shares_nothing_of_them(role: str) -> None:
    held = policy().roles[role]
    for scopes in (held.reads, held.writes, held.shares):
        assert set(scopes.values()) == {"none"}


def test_nobody_but_who_links_records_reads_of_every_child() -> None:
    """And of every child only who it is."""
    wide = {
        (role.key, name)
        for role in policy().roles.values()
        for scopes in (role.reads, role.writes, role.shares)
        for name, scope in scopes.items()
        if scope == "all"
    }
    assert wide == {("linkage_steward", "identity")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reads": {"identity": "all", "health": "none"}}, "reaches every child in identity"),
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

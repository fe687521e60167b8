"""The policy file: a hole stops the start, roles of one person are joined."""

from __future__ import annotations

import copy
import re
import tomllib
from pathlib import Path
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


def without(*where: str) -> dict[str, Any]:
    data = copy.deepcopy(WHOLE)
    place = data
    for step in where[:-1]:
        place = place[step]
    del place[where[-1]]
    return data


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (("compartments",), "no compartments"),
        (("capabilities",), "no capabilities"),
        (("roles",), "no roles"),
        (("roles", "one", "may"), "No role may a.read"),
        (("roles", "one", "title"), "Role one: title is unknown or missing"),
        (("roles", "one", "given_by"), "Role one does not say by whom it is given"),
        (("roles", "one", "reads"), "reads: nothing about the compartment identity"),
        (("roles", "one", "writes", "health"), "writes: nothing about the compartment health"),
    ],
)
def test_what_is_left_out_stops_the_start_too(where: tuple[str, ...], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        policy_from(without(*where))


def test_a_role_that_may_nothing_is_a_role() -> None:
    data = without("roles", "two", "may")
    data["capabilities"] = {"a.read": "read a"}
    data["roles"]["two"]["given_by"] = "a.read"
    assert policy_from(data).roles["two"].may == frozenset()


def test_everything_that_nobody_may_is_named_and_the_first_has_its_line() -> None:
    data = without("roles", "two", "may")
    data["capabilities"] = {"a.read": "a", "b.write": "b", "b.again": "b"}
    text = '[capabilities]\n"a.read" = "a"\n  "b.again" = "b"\n"b.write" = "b"\n'
    with pytest.raises(PolicyError) as refused:
        policy_from(data, text)
    assert (
        refused.value.sentence == "Line 3: No role may b.again, b.write: nobody could ever do it."
    )
    with pytest.raises(PolicyError) as refused:
        policy_from(data)
    assert refused.value.sentence.startswith("No role may b.again, b.write")


def test_a_policy_is_what_its_file_says_and_nobody_changes_it() -> None:
    data = copy.deepcopy(WHOLE)
    data["records"] = {"police": "health"}
    data["roles"]["one"]["second_person"] = True
    read = policy_from(data)
    one, two = read.roles["one"], read.roles["two"]
    assert (one.key, one.title, one.given_by, two.given_by) == ("one", "One", "a.read", "b.write")
    assert (one.second_person, two.second_person) == (True, False)
    assert read.capabilities == data["capabilities"]
    assert read.records == {"police": "health"}
    data["capabilities"].clear()
    data["roles"]["one"]["reads"].clear()
    assert read.capabilities
    assert one.reads == {"identity": "own", "health": "none"}
    held: Any
    for held in (read.capabilities, read.roles, read.records, one.reads, read.scopes_of(["one"])):
        with pytest.raises(TypeError):
            held["more"] = "all"


def test_only_the_word_true_asks_for_a_second_person() -> None:
    data = copy.deepcopy(WHOLE)
    data["roles"]["one"]["second_person"] = "yes"
    assert policy_from(data).roles["one"].second_person is False


def test_a_record_of_an_agency_that_the_policy_does_not_name_belongs_to_welfare() -> None:
    data = copy.deepcopy(WHOLE)
    data["records"] = {"police": "health"}
    read = policy_from(data)
    assert read.compartment_of_record("police") == "health"
    assert read.compartment_of_record("scouts") == "welfare"


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


def test_the_file_in_force_is_read_with_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holed = tmp_path / "policy.toml"
    text = FILE.read_text(encoding="utf-8")
    holed.write_text(text.replace('police = "justice"', 'police = "crime"'), encoding="utf-8")
    monkeypatch.setattr("reachable.access.policy.FILE", holed)
    policy.cache_clear()
    try:
        with pytest.raises(PolicyError, match=r"^Line \d+: Records of police: crime is not"):
            policy()
    finally:
        policy.cache_clear()


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

"""What an actor may do, and what an account is made into at each request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from reachable.access.models import Role, TeamMembership, User
from reachable.access.policy import policy
from reachable.access.selectors import able, actor_for
from reachable.foundation.actor import ANONYMOUS, NOTHING, Actor, system
from reachable.foundation.errors import Forbidden
from reachable.foundation.time import now
from tests.support.people import make_hub

ID = UUID(int=7)
SCOPES = ("none", "own", "involved", "all")


def person(**more: Any) -> Actor:
    return Actor(kind="person", id=ID, name="Ada", **more)


def refused(ask: Any) -> bool:
    try:
        ask()
    except Forbidden:
        return True
    return False


@pytest.mark.parametrize(
    ("kind", "is_person", "is_key", "is_system"),
    [
        ("person", True, False, False),
        ("key", False, True, False),
        ("system", False, False, True),
        ("nobody", False, False, False),
    ],
)
def test_an_actor_is_of_one_kind(kind: str, is_person: bool, is_key: bool, is_system: bool) -> None:
    by = Actor(kind=kind, id=None, name="x")
    assert (by.is_person, by.is_key, by.is_system) == (is_person, is_key, is_system)


@pytest.mark.parametrize(
    ("scope", "reads", "writes", "sends"),
    [
        ("none", False, False, False),
        ("own", False, False, True),
        ("involved", True, True, True),
        ("all", True, True, True),
    ],
)
def test_promise_10_how_far_somebody_reads_and_writes(
    scope: str, reads: bool, writes: bool, sends: bool
) -> None:
    by = person(scopes={"health": scope}, writes={"health": scope})
    assert by.scope("health") == scope
    assert by.reads("health") is reads
    assert by.compartments() == ({"health"} if reads else set())
    assert refused(lambda: by.require_to_write("health")) is not writes
    assert refused(lambda: by.require_to_write("health", own=True)) is not sends
    assert by.may_write("health") is writes
    assert by.may_write("health", own=True) is sends
    # What is not said of a compartment is said: nothing.
    assert by.scope("legal") == "none"
    assert not by.reads("legal")
    assert refused(lambda: by.require_to_write("legal", own=True))


def test_whoever_reads_there_does_not_therefore_write_there() -> None:
    assert refused(lambda: person(scopes={"health": "all"}).require_to_write("health"))
    assert not person(writes={"health": "all"}).reads("health")


def test_what_is_refused_is_named() -> None:
    with pytest.raises(Forbidden, match="“writing health”"):
        person().require_to_write("health")
    with pytest.raises(Forbidden, match="“moments.hold”"):
        person(capabilities=frozenset({"people.read"})).require("moments.hold")
    for ask in (lambda: ANONYMOUS.own_id, lambda: ANONYMOUS.own_agency_id):
        with pytest.raises(Forbidden, match="“an account of one's own”"):
            ask()


def test_a_part_of_the_system_may_what_it_is_named_for() -> None:
    by = system("sealer")
    assert (by.kind, by.id, by.name) == ("system", None, "sealer")
    assert by.can("anything")
    by.require("anything")
    by.require_to_write("health")
    assert (by.scope("health"), by.reads("health")) == ("all", True)
    assert by.compartments() == set(), "it works with no child of its own"


def test_a_person_may_what_is_named_and_nothing_else() -> None:
    by = person(capabilities=frozenset({"people.read"}), agency_id=ID)
    assert by.can("people.read")
    by.require("people.read")
    assert not by.can("moments.hold")
    assert (by.own_id, by.own_agency_id) == (ID, ID)


def test_nobody_may_anything() -> None:
    for by in (ANONYMOUS, person()):
        assert not by.capabilities | by.team_ids | by.roles | by.feeds
        assert by.scopes == by.writes == by.shares == NOTHING == {}
        assert (by.agency_id, by.agency, by.agency_kind) == (None, "", "")
        assert (by.looks, by.reasons) == ([], {})
    assert (ANONYMOUS.kind, ANONYMOUS.id, ANONYMOUS.name) == ("nobody", None, "nobody")
    assert not ANONYMOUS.can("anything")
    assert refused(lambda: ANONYMOUS.own_id)
    nothing: Any = NOTHING
    with pytest.raises(TypeError):
        nothing["health"] = "all"


def test_looks_of_one_actor_are_not_anothers_and_tell_no_two_apart() -> None:
    one, other = person(), person()
    one.looks.append(("person", ID))
    one.reasons[ID] = ["why"]
    assert (other.looks, other.reasons) == ([], {})
    assert one == other
    assert "looks" not in repr(one)
    assert "reasons" not in repr(one)


@pytest.mark.db
def test_promise_13_an_account_is_what_its_roles_and_teams_are_now(db: None) -> None:
    place = make_hub("fern")
    place.worker("ida", "custody", "supervisor")
    place.team("east")
    fern, ida = (User.objects.get(id=place.workers[name]) for name in ("fern", "ida"))
    TeamMembership.objects.create(
        user=fern, team_id=place.teams["east"], started_at=now(), ended_at=now()
    )
    Role.objects.create(user=fern, role="supervisor", started_at=now(), ended_at=now())
    in_force, by = policy(), actor_for(fern)
    assert by == Actor(
        kind="person",
        id=fern.id,
        name="Fern",
        agency_id=place.council,
        agency="Fenmarch Council",
        agency_kind="council",
        team_ids=frozenset({place.teams["hub"]}),
        roles=frozenset({"practitioner"}),
        capabilities=in_force.roles["practitioner"].may,
        scopes=in_force.roles["practitioner"].reads,
        writes=in_force.roles["practitioner"].writes,
        shares=in_force.roles["practitioner"].shares,
    )
    both = actor_for(ida)
    assert both.team_ids == frozenset()
    assert both.capabilities == (in_force.roles["custody"].may | in_force.roles["supervisor"].may)
    for action, held in (("reads", both.scopes), ("writes", both.writes), ("shares", both.shares)):
        for name, scope in held.items():
            each = [
                getattr(in_force.roles[role], action)[name] for role in ("custody", "supervisor")
            ]
            assert scope == max(each, key=SCOPES.index)
    place.worker("del", "disruption_lead")
    sees_more = place.actor("del")
    assert (sees_more.scopes["identity"], sees_more.shares["identity"]) == ("involved", "none")


@pytest.mark.db
def test_promise_13_who_may_do_something_has_a_role_and_an_account_that_stand(db: None) -> None:
    place = make_hub("fern", "sol")
    place.worker("gone")
    place.worker("root", "system_administrator")
    hold = {place.workers[name] for name in ("lead", "fern", "sol", "gone")}
    assert able(capability="moments.hold") == hold
    assert able(
        capability="moments.hold", user_ids=[place.workers["fern"], place.workers["root"]]
    ) == {place.workers["fern"]}
    assert able(capability="moments.hold", user_ids=[]) == frozenset()
    Role.objects.filter(user_id=place.workers["sol"]).update(ended_at=now() + timedelta(minutes=1))
    User.objects.filter(username="gone").update(is_active=False)
    assert able(capability="moments.hold") == {place.workers[name] for name in ("lead", "fern")}
    assert able(capability="nothing") == frozenset()

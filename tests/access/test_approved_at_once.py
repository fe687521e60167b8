"""What takes two people is done once, and noted once, however many say yes at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from time import sleep
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from reachable.access import moving, second_person
from reachable.access import services as access
from reachable.access.models import Restriction, Role, SecondPersonRequest
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.errors import ReachableError
from reachable.foundation.time import today
from reachable.governance import families
from reachable.governance.families import Request
from reachable.governance.models import FamilyDecision
from reachable.notices.models import Notice
from reachable.people import restricting
from reachable.sharing import acting
from reachable.sharing import services as sharing
from reachable.sharing.models import SharingStep
from tests.support.closing import restrict
from tests.support.databases import Database
from tests.support.offers import child_of
from tests.support.people import SYSTEM, Partnership, claim, happen, identify_one, make_hub
from tests.support.sharing import OUTSIDE, shared
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

DONE = "done"
BETWEEN = 0.05
"""Seconds between looking and writing: nobody else may come in there."""
ROUNDS = range(3)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do all of it at the same moment, each on a connection of its own; say what became of each."""
    ready = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> str:
        ready.wait()
        try:
            act()
        except ReachableError as error:
            return type(error).__name__
        else:
            return DONE
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def slowly(monkeypatch: pytest.MonkeyPatch, room: ModuleType, name: str) -> None:
    """Let some time pass after a check and before what is written because of it."""
    real = getattr(room, name)

    def slow(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        sleep(BETWEEN)
        return found

    monkeypatch.setattr(room, name, slow)


def noted(*actions: str) -> int:
    return Entry.objects.filter(action__in=actions).count()


@pytest.fixture
def hub(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> Partnership:
    slowly(monkeypatch, second_person, "_refuse_own")
    place = make_hub("fern")
    for name in ("root", "second", "third"):
        place.worker(name, "system_administrator")
    return place


def asked(hub: Partnership, number: int) -> tuple[UUID, UUID]:
    """Ask that somebody be given a role that takes two; return the request and whom it is about."""
    user_id = hub.worker(f"worker{number}")
    moving.change_roles_and_teams(
        by=hub.actor("root"),
        user_id=user_id,
        roles=["practitioner", "information_governance"],
        teams=[],
        reason="Ola retires",
    )
    return SecondPersonRequest.objects.get(subject_id=user_id).id, user_id


def given(user_id: UUID) -> int:
    return Role.objects.filter(user_id=user_id, role="information_governance").count()


def test_promise_14_two_who_approve_at_once_give_a_role_once(hub: Partnership) -> None:
    second, third = hub.actor("second"), hub.actor("third")
    for number in ROUNDS:
        request_id, user_id = asked(hub, number)
        came = at_once(
            partial(second_person.approve, by=second, request_id=request_id),
            partial(second_person.approve, by=third, request_id=request_id),
        )
        assert sorted(came) == ["NotFound", DONE]
        assert given(user_id) == 1
        assert noted("access.second_person_approved") == number + 1
        about = Entry.objects.filter(action="access.role_given", subject_id=user_id)
        assert about.count() == 1


def test_promise_14_what_is_taken_back_or_refused_at_once_is_not_approved_too(
    hub: Partnership,
) -> None:
    root, second, third = (hub.actor(name) for name in ("root", "second", "third"))
    for number in ROUNDS:
        request_id, user_id = asked(hub, number)
        came = at_once(
            partial(second_person.approve, by=second, request_id=request_id),
            partial(second_person.take_back, by=root, request_id=request_id),
            partial(second_person.refuse, by=third, request_id=request_id, note="Two are enough"),
        )
        assert sorted(came) == ["NotFound", "NotFound", DONE]
        assert given(user_id) == (came[0] == DONE)
        decided = ("approved", "taken_back", "refused")
        assert noted(*(f"access.second_person_{each}" for each in decided)) == number + 1


def test_promise_14_a_restriction_is_lifted_once_and_never_by_one_alone(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, restricting, "_asked_lifting")
    hub = make_hub("fern")
    hub.worker("boss", "supervisor", team="hub")
    hub.worker("governance", "information_governance")
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    happen(child, hub.police)
    lead, boss, governance = (hub.actor(name) for name in ("lead", "boss", "governance"))

    for number in ROUNDS:
        kept = restrict(lead, child.person_id, hub.workers["lead"], hub.workers["boss"])
        lift = partial(restricting.lift, restriction_id=kept, reason="It is over")
        came = at_once(partial(lift, by=lead), partial(lift, by=lead))
        assert sorted(came) == ["Conflict", DONE], "twice the same person is one"
        assert Restriction.objects.get(id=kept).ended_at is None
        came = at_once(partial(lift, by=boss), partial(lift, by=governance))
        assert sorted(came) == ["NotFound", DONE]
        assert (noted("people.lifting_asked"), noted("people.unrestricted")) == (
            number + 1,
            number + 1,
        )


@pytest.fixture
def world(own_database: Database) -> World:
    place = make_world()
    council = agency_id("council")
    more = {
        "other_lead": "supervisor",
        "other": "information_governance",
        "third": "information_governance",
    }
    for username, role in more.items():
        place.users[username] = access.create_account(
            by=SYSTEM,
            username=username,
            name=username.title(),
            agency_id=council,
            roles=[role],
            teams=[place.team] if role == "supervisor" else [],
        )
    return place


def test_promise_14_two_who_agree_at_once_to_sharing_are_one_second_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, acting, "agrees")
    slowly(monkeypatch, sharing, "stands")
    child = child_of(world.signal())
    lead, other = world.actor("lead"), world.actor("other_lead")

    for number in ROUNDS:
        made = shared(world, child, "name", to=OUTSIDE)
        agree = partial(acting.agree, sharing_id=made, note="Read, and so.")
        came = at_once(partial(agree, by=lead, agreed=True), partial(agree, by=other, agreed=False))
        assert sorted(came) == ["Conflict", DONE]
        assert SharingStep.objects.filter(decision_id=made).count() == 1
        assert noted("sharing.agreed", "sharing.not_agreed") == number + 1
        assert Notice.objects.filter(kind="sharing.answered").count() == number + 1


def test_promise_14_what_ends_at_once_is_not_shared_by_whoever_agrees(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, acting, "agrees")
    slowly(monkeypatch, sharing, "stands")
    child = child_of(world.signal())
    first, lead = world.actor("first"), world.actor("lead")
    for _ in ROUNDS:
        made = shared(world, child, "name", to=OUTSIDE)
        came = at_once(
            partial(sharing.end, by=first, sharing_id=made, reason="No longer"),
            partial(acting.agree, by=lead, sharing_id=made, agreed=True),
        )
        assert came[0] == DONE
        steps = dict(SharingStep.objects.filter(decision_id=made).values_list("kind", "at"))
        assert steps.keys() == ({"agreed", "ended"} if came[1] == DONE else {"ended"})
        if came[1] == DONE:
            apart = steps["ended"] - steps["agreed"]
            assert apart.total_seconds() >= BETWEEN, "it was looked at again once that was agreed"


def test_promise_14_an_answer_to_a_family_is_decided_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, families, "_request")
    child = child_of(world.signal())
    one, other = world.actor("other"), world.actor("third")
    asks = Request(
        person_id=child,
        asked_by_whom="parent",
        identity_checked="Passport seen by a worker.",
        first=today(),
        last=today(),
        exemptions=(),
        weighed="Nothing is held back.",
    )
    for number in ROUNDS:
        request_id = families.put_together(by=world.actor("governance"), request=asks)
        decide = partial(families.decide, request_id=request_id)
        came = at_once(
            partial(decide, by=one, released=True, reason="Right."),
            partial(decide, by=other, released=False, reason="No."),
        )
        assert sorted(came) == ["Conflict", DONE]
        assert FamilyDecision.objects.filter(request_id=request_id).count() == 1
        assert noted("governance.family_released", "governance.family_sent_back") == number + 1

"""Who is counted as a reader of a restricted record, and who may change who reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reachable.access import services as access
from reachable.access.models import User
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today, travel
from reachable.foundation.words import when
from reachable.notices.models import Notice
from reachable.people import conflicts, inviting, restricting
from reachable.people.identification import Identified
from tests.support.closing import restrict
from tests.support.merging import merge
from tests.support.people import (
    SYSTEM,
    Partnership,
    claim,
    happen,
    identify_one,
    make_hub,
)

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    """“fern” and “sol” are on duty, “lead” and “boss” lead; “ida” is of no team."""
    del db
    place = make_hub("fern", "sol")
    place.worker("boss", "supervisor", team="hub")
    place.worker("ida")
    place.worker("visitor", "supervisor")
    place.worker("both", "supervisor", "information_governance")
    place.worker("steward", "linkage_steward")
    place.worker("governance", "information_governance")
    return place


@pytest.fixture
def child(hub: Partnership) -> Identified:
    found = identify_one(claim(hub.police, "P1", given="Ada"))
    happen(found, hub.police)
    return found


def told_of_few(hub: Partnership) -> int:
    of = Notice.objects.filter(user_id=hub.workers["governance"], kind="record.few_readers")
    return of.count()


def few(hub: Partnership) -> list[bool]:
    found = restricting.all_restrictions(by=hub.actor("governance"))
    return [each.too_few for each in found]


def test_a_reader_who_has_a_conflict_does_not_count(hub: Partnership, child: Identified) -> None:
    restriction = restrict(
        hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"]
    )
    assert (few(hub), told_of_few(hub)) == ([False], 0)
    conflicts.declare(by=hub.actor("sol"), person_id=child.person_id, reason="My niece")
    assert (few(hub), told_of_few(hub)) == ([True], 1)
    restricting.add_reader(
        by=hub.actor("governance"), restriction_id=restriction, user_id=hub.workers["ida"]
    )
    assert few(hub) == [False]


def test_where_a_merge_leaves_too_few_who_read_both_governance_is_told(
    hub: Partnership, child: Identified
) -> None:
    other = identify_one(claim(hub.council, "C2", given="Ben"))
    happen(other, hub.council)
    for each, reader in ((child, "sol"), (other, "ida")):
        restrict(hub.actor("lead"), each.person_id, hub.workers["lead"], hub.workers[reader])
    assert (few(hub), told_of_few(hub)) == ([False, False], 0)
    merge(hub, other, child)
    assert (few(hub), told_of_few(hub)) == ([True, True], 2)


def test_a_merge_that_leaves_enough_readers_tells_nobody(
    hub: Partnership, child: Identified
) -> None:
    other = identify_one(claim(hub.council, "C2", given="Ben"))
    restrict(hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"])
    merge(hub, other, child)
    assert (few(hub), told_of_few(hub)) == ([False], 0)


def test_the_list_of_restrictions_asks_as_much_for_two_as_for_one(
    hub: Partnership, child: Identified
) -> None:
    counted = []
    other = identify_one(claim(hub.council, "C2", given="Ben"))
    happen(other, hub.council)
    for each in (child, other):
        restrict(hub.actor("lead"), each.person_id, hub.workers["lead"], hub.workers["sol"])
        by = hub.actor("governance")
        with CaptureQueriesContext(connection) as asked:
            restricting.all_restrictions(by=by)
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_who_sees_the_child_for_a_while_changes_nothing_of_who_reads_it(
    hub: Partnership, child: Identified
) -> None:
    inviting.invite(
        by=hub.actor("fern"),
        person_id=child.person_id,
        whom=hub.workers["visitor"],
        reason="Knows her from the youth club",
        last_day=today() + timedelta(days=7),
    )
    readers = (hub.workers[name] for name in ("lead", "sol", "visitor"))
    restriction = restrict(hub.actor("lead"), child.person_id, *readers)
    visitor, sol = hub.actor("visitor"), hub.workers["sol"]
    with pytest.raises(BadInput, match="for a while only"):
        restricting.lift(by=visitor, restriction_id=restriction, reason="It is over")
    with pytest.raises(BadInput, match="for a while only"):
        restricting.add_reader(by=visitor, restriction_id=restriction, user_id=hub.workers["ida"])
    with pytest.raises(BadInput, match="for a while only"):
        conflicts.declare(by=visitor, person_id=child.person_id, reason="Kin", whose=sol)
    conflicts.declare(by=hub.actor("lead"), person_id=child.person_id, reason="Kin", whose=sol)
    (held,) = conflicts.conflicts(by=visitor, person_id=child.person_id)
    with pytest.raises(BadInput, match="for a while only"):
        conflicts.end(by=visitor, conflict_id=held.id)
    conflicts.declare(by=visitor, person_id=child.person_id, reason="My niece")


def test_what_a_leaver_asked_lapses_and_two_others_have_to_say_so(
    hub: Partnership, child: Identified
) -> None:
    readers = (hub.workers[name] for name in ("lead", "sol", "boss"))
    restriction = restrict(hub.actor("lead"), child.person_id, *readers)
    restricting.lift(by=hub.actor("lead"), restriction_id=restriction, reason="It is over")
    access.end_account(by=SYSTEM, user_id=hub.workers["lead"])
    governance, boss = hub.actor("governance"), hub.actor("boss")
    (facts,) = restricting.all_restrictions(by=governance)
    assert (facts.lifting_by, facts.lifting_by_id, facts.lifting_reason) == ("", None, "")
    with pytest.raises(Conflict, match="Nobody who works"):
        restricting.lift(by=governance, restriction_id=restriction, reason="Asked before")
    assert not restricting.lift(by=boss, restriction_id=restriction, reason="It is over")
    told = Notice.objects.filter(user_id=hub.workers["governance"], kind="record.lifting")
    assert told.count() == 2
    assert restricting.lift(by=governance, restriction_id=restriction, reason="Asked the boss")


def test_who_oversees_and_restricts_is_the_first_only_where_they_see_the_child(
    hub: Partnership, child: Identified
) -> None:
    restriction = restrict(
        hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"]
    )
    with pytest.raises(NotFound):
        restricting.lift(by=hub.actor("both"), restriction_id=restriction, reason="Looks old")
    restricting.lift(by=hub.actor("lead"), restriction_id=restriction, reason="It is over")
    assert restricting.lift(by=hub.actor("both"), restriction_id=restriction, reason="Yes")


def test_promise_14_what_was_asked_a_week_ago_lapses_and_two_have_to_say_so_again(
    hub: Partnership, child: Identified
) -> None:
    readers = (hub.workers[name] for name in ("lead", "sol", "boss"))
    lead, boss, governance = (hub.actor(name) for name in ("lead", "boss", "governance"))
    began = now()
    restriction = restrict(lead, child.person_id, *readers)
    with travel(began):
        restricting.lift(by=lead, restriction_id=restriction, reason="It is over")
    with travel(began + restricting.LIFTING_LASTS - timedelta(seconds=1)):
        (facts,) = restricting.all_restrictions(by=governance)
        assert (facts.lifting_by, facts.lifting_until) == (
            "Lead",
            began + restricting.LIFTING_LASTS,
        )
        with pytest.raises(Conflict, match="Somebody else has to say so too"):
            restricting.lift(by=lead, restriction_id=restriction, reason="It is over")
    with travel(began + restricting.LIFTING_LASTS):
        (facts,) = restricting.restrictions(by=boss, person_id=child.person_id)
        assert (facts.lifting_by, facts.lifting_reason, facts.lifting_until) == ("", "", None)
        with pytest.raises(Conflict, match="Nobody who works"):
            restricting.lift(by=governance, restriction_id=restriction, reason="Asked before")
        assert not restricting.lift(by=lead, restriction_id=restriction, reason="Still over")
        told = Notice.objects.filter(user_id=hub.workers["governance"], kind="record.lifting")
        assert told.count() == 2
        assert restricting.lift(by=boss, restriction_id=restriction, reason="I know it")


def test_pages_say_when_what_was_asked_lapses(hub: Partnership, child: Identified) -> None:
    restriction = restrict(
        hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["boss"]
    )
    restricting.lift(by=hub.actor("lead"), restriction_id=restriction, reason="It is over")
    (facts,) = restricting.all_restrictions(by=hub.actor("governance"))
    assert facts.lifting_until is not None
    for name, address in (
        ("boss", reverse("child_access", args=[child.person_id])),
        ("governance", reverse("oversight")),
        ("governance", reverse("oversight_lift", args=[restriction])),
    ):
        client = Client()
        client.force_login(User.objects.get(id=hub.workers[name]))
        page = client.get(address).content.decode()
        assert "the request lapses" in page
        assert when(facts.lifting_until) in page

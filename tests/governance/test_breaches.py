"""An assessment opens by itself where somebody read a record because of a wrong link."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.governance import breaches
from reachable.governance.breaches import BreachFacts, Decided
from reachable.governance.models import Breach, BreachStep
from reachable.moments import selectors as moments
from reachable.notices.models import Notice
from reachable.people import changed, selectors, splitting
from reachable.people.identification import Identified
from reachable.people.models import Split
from tests.support.merging import make_hub_with_steward, merge, undo
from tests.support.people import Partnership, claim, happen, identify_one, moment_of

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    place = make_hub_with_steward()
    place.worker("ingrid", "information_governance")
    return place


def two(hub: Partnership) -> tuple[Identified, Identified]:
    """Ada is the council's and has no moment; Ben has one, with the hub."""
    ada = identify_one(claim(hub.council, "C1", given="Ada"))
    ben = identify_one(claim(hub.police, "P2", given="Ben"))
    happen(ben, hub.police, "arrest")
    return ada, ben


def the_one(hub: Partnership) -> BreachFacts:
    (found,) = breaches.breaches(by=hub.actor("ingrid"))
    return found


def read(found: BreachFacts) -> set[tuple[str, UUID, int]]:
    return {(each.name, each.read_person, each.looks) for each in found.readers}


def answers(*, closes: bool = False, regulator: bool = False) -> Decided:
    return Decided(
        "unlikely",
        "Two of the same team",
        regulator,
        "No risk",
        False,
        "Nothing to say",
        "Talked",
        closes,
    )


def test_promise_33_everyone_who_read_the_wrong_record_is_listed(hub: Partnership) -> None:
    ada, ben = two(hub)
    start = now()
    selectors.child(by=hub.actor("fern"), person_id=ben.current_id)
    with travel(start + timedelta(hours=1), ticking=True):
        merge_id = merge(hub, ada, ben)
        selectors.child(by=hub.actor("fern"), person_id=ada.current_id)
        moments.moment(by=hub.actor("fern"), moment_id=_moment(ben))
        selectors.child(by=hub.actor("sol"), person_id=ben.current_id)
    with travel(start + timedelta(days=2), ticking=True):
        undo(hub, merge_id)
        selectors.child(by=hub.actor("lead"), person_id=ben.current_id)
        found = the_one(hub)
    assert read(found) == {("Fern", ada.current_id, 2), ("Sol", ada.current_id, 1)}
    assert (found.people, found.children, found.is_open) == (2, 1, True)
    assert found.due_at - found.aware_at == timedelta(hours=72)
    told = Notice.objects.filter(kind="breach.opened").values_list("user_id", "subject_id")
    assert list(told) == [(hub.workers["ingrid"], found.id)]


def _moment(who: Identified) -> UUID:
    from reachable.moments.models import Moment

    return Moment.objects.get(person=who.person_id).id


def test_promise_33_whoever_works_with_both_read_nothing_wrong(hub: Partnership) -> None:
    ada, ben = two(hub)
    happen(ada, hub.council, "returned_from_missing")
    merge_id = merge(hub, ada, ben)
    selectors.child(by=hub.actor("fern"), person_id=ada.current_id)
    undo(hub, merge_id)
    found = the_one(hub)
    assert (found.none_read, found.is_open, found.readers) == (True, False, ())
    assert not Notice.objects.filter(kind="breach.opened").exists()
    assert "nothing to assess" in breaches.what_followed(by=hub.actor("steward"), cause_id=merge_id)
    with pytest.raises(BadInput, match="Nobody had read"):
        breaches.decide(by=hub.actor("ingrid"), breach_id=found.id, decided=answers())


def test_promise_33_the_computers_own_wrong_link_is_assessed_too(hub: Partnership) -> None:
    start = now()
    with travel(start, ticking=True):
        one = identify_one(claim(hub.council, "C1", given="Ada"))
        happen(one, hub.council, "returned_from_missing")
        selectors.child(by=hub.actor("sol"), person_id=one.current_id)
    with travel(start + timedelta(hours=3), ticking=True):
        other = identify_one(claim(hub.police, "P2", given="Ada"))
        assert other.current_id == one.current_id
        selectors.child(by=hub.actor("fern"), person_id=one.current_id)
    with travel(start + timedelta(hours=9), ticking=True):
        split_id = splitting.split(
            by=hub.actor("steward"), record_ids=[other.record_id], into=None, reason="Cousins"
        )
    to = Split.objects.get().to_person_id
    found = the_one(hub)
    assert read(found) == {("Fern", to, 1)}
    assert found.wrong_from >= start + timedelta(hours=3)
    assert "assessment opened" in breaches.what_followed(by=hub.actor("steward"), cause_id=split_id)
    assert "Fern" not in breaches.what_followed(by=hub.actor("steward"), cause_id=split_id)


def test_a_split_into_the_wrong_child_that_is_brought_back_is_assessed(hub: Partnership) -> None:
    one = identify_one(claim(hub.council, "C1", given="Ada"))
    other = identify_one(claim(hub.police, "P2", given="Ada"))
    cai = identify_one(claim(hub.council, "C3", given="Cai", born="2009-09-09"))
    happen(cai, hub.council, "arrest")
    split_id = splitting.split(
        by=hub.actor("steward"),
        record_ids=[other.record_id],
        into=cai.record_id,
        reason="It is Cai’s",
    )
    assert len(selectors.child(by=hub.actor("fern"), person_id=cai.current_id).records) == 2
    splitting.undo_split(by=hub.actor("steward"), split_id=split_id, reason="It is not")
    of = {each.cause: each for each in breaches.breaches(by=hub.actor("ingrid"))}
    assert of["split"].none_read
    assert read(of["split_undone"]) == {("Fern", one.current_id, 1)}


def test_taking_a_new_child_back_opens_none(hub: Partnership) -> None:
    identify_one(claim(hub.council, "C1", given="Ada"))
    other = identify_one(claim(hub.police, "P2", given="Ada"))
    split_id = splitting.split(
        by=hub.actor("steward"), record_ids=[other.record_id], into=None, reason="Cousins"
    )
    splitting.undo_split(by=hub.actor("steward"), split_id=split_id, reason="One child")
    assert [each.cause for each in Breach.objects.all()] == ["split"]


def test_pages_of_linkage_do_not_count(hub: Partnership) -> None:
    from reachable.people import taking_apart

    ada, ben = two(hub)
    merge_id = merge(hub, ada, ben)
    taking_apart.records_of_child(by=hub.actor("steward"), record_id=ada.record_id)
    assert Entry.objects.filter(subject_id=ada.current_id, action="looked").exists()
    undo(hub, merge_id)
    assert the_one(hub).none_read


def opened(hub: Partnership) -> UUID:
    ada, ben = two(hub)
    merge_id = merge(hub, ada, ben)
    selectors.child(by=hub.actor("fern"), person_id=ada.current_id)
    undo(hub, merge_id)
    return the_one(hub).id


def test_what_is_decided_is_appended(hub: Partnership) -> None:
    breach_id = opened(hub)
    by = hub.actor("ingrid")
    breaches.decide(by=by, breach_id=breach_id, decided=answers(regulator=True))
    first = breaches.breach(by=by, breach_id=breach_id)
    assert first.is_open
    assert first.told_at == first.steps[0].at
    breaches.decide(by=by, breach_id=breach_id, decided=answers(closes=True))
    found = breaches.breach(by=by, breach_id=breach_id)
    assert not found.is_open
    assert [step.closes for step in found.steps] == [True, False]
    assert found.told_at == first.told_at
    assert Entry.objects.filter(action="governance.breach_decided").count() == 2


def test_nobody_assesses_what_they_read_themselves(hub: Partnership) -> None:
    breach_id = opened(hub)
    Breach.objects.get(id=breach_id).readers.update(user_id=hub.workers["ingrid"])
    with pytest.raises(BadInput, match="among those"):
        breaches.decide(by=hub.actor("ingrid"), breach_id=breach_id, decided=answers())
    assert not BreachStep.objects.exists()


@pytest.mark.parametrize("name", ["fern", "lead", "steward"])
def test_nobody_else_sees_an_assessment(hub: Partnership, name: str) -> None:
    breach_id = opened(hub)
    by = hub.actor(name)
    with pytest.raises(Forbidden):
        breaches.breaches(by=by)
    with pytest.raises(Forbidden):
        breaches.breach(by=by, breach_id=breach_id)
    with pytest.raises(Forbidden):
        breaches.decide(by=by, breach_id=breach_id, decided=answers())


def test_one_that_is_not_there(hub: Partnership) -> None:
    with pytest.raises(NotFound):
        breaches.breach(by=hub.actor("ingrid"), breach_id=uuid4())
    with pytest.raises(NotFound):
        breaches.decide(by=hub.actor("ingrid"), breach_id=uuid4(), decided=answers())


def test_governance_sees_what_changed_and_no_name(hub: Partnership) -> None:
    opened(hub)
    found = the_one(hub)
    seen = changed.what_changed(by=hub.actor("ingrid"), kind="merge", join_id=found.cause_id)
    assert {row.one: row.count for row in seen.moved}["moment"] == 1
    assert [record.name for record in seen.records] == [""]
    assert seen.followed == ()


def test_a_reader_who_left_the_team_in_between(hub: Partnership) -> None:
    """Fern’s team works with both, but Fern had left it when she looked by her own involvement."""
    ada, ben = two(hub)
    moment_of_ada = happen(ada, hub.council, "returned_from_missing")
    merge_id = merge(hub, ada, ben)
    assert moment_of(moment_of_ada)
    from reachable.access.models import Involvement, TeamMembership

    Involvement.objects.filter(user_id=hub.workers["fern"]).update(ended_at=now())
    Involvement.objects.create(
        user_id=hub.workers["fern"],
        subject_kind="person",
        subject_id=ben.person_id,
        basis="allocated",
        started_at=now(),
    )
    TeamMembership.objects.filter(user_id=hub.workers["fern"]).update(ended_at=now())
    selectors.child(by=hub.actor("fern"), person_id=ada.current_id)
    selectors.child(by=hub.actor("sol"), person_id=ada.current_id)
    undo(hub, merge_id)
    assert read(the_one(hub)) == {("Fern", ada.current_id, 1)}

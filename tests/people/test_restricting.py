"""Who may open a record: invitations, restrictions to named readers, conflicts of interest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from reachable.access import services as access
from reachable.access.models import Involvement, Restriction, RestrictionReader
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.notices.models import Notice
from reachable.people import conflicts, inviting, restricting
from reachable.people.identification import Identified
from reachable.people.selectors import is_visible
from tests.support.closing import restrict
from tests.support.merging import merge, undo
from tests.support.people import (
    SYSTEM,
    Partnership,
    claim,
    happen,
    identify_one,
    make_hub,
    moment_of,
)

pytestmark = pytest.mark.db
TWO_WEEKS = timedelta(days=14)


@pytest.fixture
def hub(db: None) -> Partnership:
    """“fern” and “sol” are on duty, “lead” and “boss” lead; “ida” is of no team."""
    del db
    place = make_hub("fern", "sol")
    place.worker("boss", "supervisor", team="hub")
    place.worker("ida")
    place.worker("steward", "linkage_steward")
    place.worker("governance", "information_governance")
    return place


@pytest.fixture
def child(hub: Partnership) -> Identified:
    found = identify_one(claim(hub.police, "P1", given="Ada"))
    happen(found, hub.police)
    return found


def sees(hub: Partnership, name: str, child: Identified) -> bool:
    return is_visible(by=hub.actor(name), person_id=child.person_id)


def invite(hub: Partnership, child: Identified, by: str = "fern", whom: str = "ida") -> object:
    return inviting.invite(
        by=hub.actor(by),
        person_id=child.person_id,
        whom=hub.workers[whom],
        reason="Knows her from the youth club",
        last_day=today() + TWO_WEEKS,
    )


def test_an_invitation_opens_the_record_and_ends_by_itself(
    hub: Partnership, child: Identified
) -> None:
    assert not sees(hub, "ida", child)
    invite(hub, child)
    assert sees(hub, "ida", child)
    (facts,) = inviting.invitations(by=hub.actor("sol"), person_id=child.person_id)
    assert (facts.name, facts.invited_by) == ("Ida, Fenmarch Council", "Fern")
    told = Notice.objects.get(user_id=hub.workers["ida"])
    assert (told.kind, told.subject_id) == ("record.invited", child.person_id)
    with travel(facts.until - timedelta(seconds=1)):
        assert sees(hub, "ida", child)
    with travel(facts.until):
        assert not sees(hub, "ida", child)
        assert inviting.invitations(by=hub.actor("sol"), person_id=child.person_id) == []


def test_promise_13_an_invitation_ended_early_is_effective_at_the_next_request(
    hub: Partnership, child: Identified
) -> None:
    invite(hub, child)
    (facts,) = inviting.invitations(by=hub.actor("ida"), person_id=child.person_id)
    inviting.end(by=hub.actor("sol"), invited_id=facts.id)
    assert not sees(hub, "ida", child)
    held = Involvement.objects.get(basis="invited")
    assert held.ended_at is not None
    assert held.until is not None
    assert held.ended_at < held.until


def test_who_was_invited_invites_nobody_and_restricts_nothing(
    hub: Partnership, child: Identified
) -> None:
    invite(hub, child)
    hub.worker("noor")
    with pytest.raises(BadInput, match="invite nobody"):
        invite(hub, child, by="ida", whom="noor")
    hub.worker("visitor", "supervisor")
    invite(hub, child, whom="visitor")
    with pytest.raises(BadInput, match="for a while only"):
        restrict(hub.actor("visitor"), child.person_id, hub.workers["fern"], hub.workers["sol"])


@pytest.mark.parametrize("days", [-1, 29])
def test_an_invitation_is_for_four_weeks_at_most(
    hub: Partnership, child: Identified, days: int
) -> None:
    with pytest.raises(BadInput, match="within 28 days"):
        inviting.invite(
            by=hub.actor("fern"),
            person_id=child.person_id,
            whom=hub.workers["ida"],
            reason="Knows her",
            last_day=today() + timedelta(days=days),
        )
    assert not sees(hub, "ida", child)


@pytest.mark.parametrize("whom", ["fern", "steward"])
def test_nobody_invites_themselves_or_whose_role_opens_no_child(
    hub: Partnership, child: Identified, whom: str
) -> None:
    with pytest.raises(BadInput, match="choose a colleague"):
        invite(hub, child, whom=whom)


def test_nobody_can_be_invited_to_a_child_by_who_does_not_see_it(
    hub: Partnership, child: Identified
) -> None:
    with pytest.raises(NotFound):
        invite(hub, child, by="ida", whom="sol")


def test_a_restricted_record_opens_only_to_its_readers_who_work_with_the_child(
    hub: Partnership, child: Identified
) -> None:
    restrict(hub.actor("lead"), child.person_id, hub.workers["sol"], hub.workers["ida"])
    assert [sees(hub, name, child) for name in ("lead", "fern", "sol", "ida")] == [
        *(False, False, True, False)
    ]
    hub.worker("noor")
    with pytest.raises(BadInput, match="Not all of them"):
        invite(hub, child, by="sol", whom="noor")
    invite(hub, child, by="sol")
    assert sees(hub, "ida", child)


@pytest.mark.parametrize(
    ("readers", "said"),
    [
        (["sol"], "two readers"),
        (["sol", "sol"], "two readers"),
        (["sol", "steward"], "from the list"),
        (["clara", "cleo"], "None of these readers may take"),
    ],
)
def test_a_restriction_has_two_readers_of_whom_one_may_hold_moments(
    hub: Partnership, child: Identified, readers: list[str], said: str
) -> None:
    for name in ("clara", "cleo"):
        hub.worker(name, "panel_coordinator")
    with pytest.raises(BadInput, match=said):
        restrict(hub.actor("lead"), child.person_id, *(hub.workers[name] for name in readers))
    assert not Restriction.objects.exists()


def test_only_a_supervisor_or_coordinator_restricts(hub: Partnership, child: Identified) -> None:
    with pytest.raises(Forbidden):
        restrict(hub.actor("fern"), child.person_id, hub.workers["sol"], hub.workers["fern"])


def test_a_record_is_restricted_once_also_under_another_identifier(
    hub: Partnership, child: Identified
) -> None:
    other = identify_one(claim(hub.council, "C2", given="Ben"))
    restrict(hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"])
    merge(hub, other, child)
    with pytest.raises(Conflict, match="restricted already"):
        restrict(hub.actor("lead"), other.person_id, hub.workers["lead"], hub.workers["fern"])


def test_promise_14_lifting_a_restriction_takes_a_second_person(
    hub: Partnership, child: Identified
) -> None:
    readers = (hub.workers["lead"], hub.workers["sol"], hub.workers["boss"])
    restriction = restrict(hub.actor("lead"), child.person_id, *readers)
    lead, boss = hub.actor("lead"), hub.actor("boss")
    with pytest.raises(Forbidden):
        restricting.lift(by=hub.actor("sol"), restriction_id=restriction, reason="It is over")
    assert not restricting.lift(by=lead, restriction_id=restriction, reason="The aunt has left")
    with pytest.raises(Conflict, match="Somebody else"):
        restricting.lift(by=lead, restriction_id=restriction, reason="The aunt has left")
    assert not sees(hub, "fern", child)
    assert restricting.lift(by=boss, restriction_id=restriction, reason="I know that she has")
    assert sees(hub, "fern", child)
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.update(ended_by_id=hub.workers["lead"])


def test_information_governance_is_the_second_and_never_the_first(
    hub: Partnership, child: Identified
) -> None:
    restriction = restrict(
        hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"]
    )
    governance = hub.actor("governance")
    with pytest.raises(Conflict, match="Nobody who works"):
        restricting.lift(by=governance, restriction_id=restriction, reason="Looks old")
    restricting.lift(by=hub.actor("lead"), restriction_id=restriction, reason="It is over")
    told = Notice.objects.filter(user_id=hub.workers["governance"])
    assert list(told.values_list("kind", flat=True)) == ["record.lifting"]
    (facts,) = restricting.all_restrictions(by=governance)
    assert (facts.lifting_by, facts.lifting_reason) == ("Lead", "It is over")
    assert restricting.lift(by=governance, restriction_id=restriction, reason="Asked the lead")
    assert restricting.all_restrictions(by=governance) == []


def test_a_leavers_seat_ends_and_governance_names_another(
    hub: Partnership, child: Identified
) -> None:
    restriction = restrict(
        hub.actor("lead"), child.person_id, hub.workers["ida"], hub.workers["sol"]
    )
    access.end_account(by=SYSTEM, user_id=hub.workers["ida"])
    assert RestrictionReader.objects.filter(ended_at=None).count() == 1
    access.end_role(by=SYSTEM, user_id=hub.workers["sol"], role="practitioner")
    assert not RestrictionReader.objects.filter(ended_at=None).exists()
    told = Notice.objects.filter(user_id=hub.workers["governance"], kind="record.few_readers")
    assert told.count() == 2
    governance = hub.actor("governance")
    (facts,) = restricting.all_restrictions(by=governance)
    assert facts.too_few
    assert facts.readers == ()
    assert not sees(hub, "lead", child)
    restricting.add_reader(by=governance, restriction_id=restriction, user_id=hub.workers["lead"])
    assert sees(hub, "lead", child)


def test_a_conflict_closes_the_record_whatever_else_stands_and_survives_a_merge(
    hub: Partnership, child: Identified
) -> None:
    other = identify_one(claim(hub.council, "C2", given="Ben"))
    happen(other, hub.council)
    conflicts.declare(by=hub.actor("fern"), person_id=child.person_id, reason="My niece")
    assert not sees(hub, "fern", child)
    assert sees(hub, "fern", other)
    merged = merge(hub, other, child)
    assert not sees(hub, "fern", child)
    assert not sees(hub, "fern", other)
    undo(hub, merged)
    assert not sees(hub, "fern", child)
    assert sees(hub, "fern", other)


def test_a_supervisor_declares_and_ends_a_conflict_of_a_colleague(
    hub: Partnership, child: Identified
) -> None:
    lead, sol = hub.actor("lead"), hub.workers["sol"]
    with pytest.raises(Forbidden):
        conflicts.declare(by=hub.actor("fern"), person_id=child.person_id, reason="Kin", whose=sol)
    conflicts.declare(by=lead, person_id=child.person_id, reason="Her neighbour", whose=sol)
    assert not sees(hub, "sol", child)
    (facts,) = conflicts.conflicts(by=lead, person_id=child.person_id)
    assert (facts.name, facts.declared_by) == ("Sol, Fenmarch Council", "Lead")
    assert conflicts.conflicts(by=hub.actor("fern"), person_id=child.person_id) == []
    conflicts.end(by=lead, conflict_id=facts.id)
    assert sees(hub, "sol", child)


def test_a_conflict_outlives_the_moment_and_the_account_is_not_asked_again(
    hub: Partnership, child: Identified
) -> None:
    conflicts.declare(by=hub.actor("fern"), person_id=child.person_id, reason="My niece")
    again = moment_of(happen(child, hub.police, "returned_from_missing"))
    moments.take(by=hub.actor("sol"), moment_id=again.id)
    with travel(now() + timedelta(days=400)):
        assert not sees(hub, "fern", child)

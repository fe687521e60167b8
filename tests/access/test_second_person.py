"""What takes two people: nobody decides what they asked for, or what is about themselves."""

from __future__ import annotations

import pytest

from reachable.access import moving, second_person
from reachable.access.models import SecondPersonRequest
from reachable.foundation.errors import BadInput, Conflict, NotFound
from tests.support.people import Partnership, make_hub

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    """Two system administrators, and one administrator of the council."""
    place = make_hub("fern", "sol")
    place.worker("root", "system_administrator")
    place.worker("second", "system_administrator")
    place.worker("agency", "agency_administrator")
    return place


def test_promise_14_a_role_over_everything_takes_two_people(hub: Partnership) -> None:
    by, other, fern = hub.actor("root"), hub.actor("second"), hub.workers["fern"]
    asked = moving.change_roles_and_teams(
        by=by,
        user_id=fern,
        roles=["practitioner", "information_governance"],
        teams=[hub.teams["hub"]],
        reason="Ola retires",
    )
    assert asked.waits_for == ("Information governance",)
    assert hub.actor("fern").roles == {"practitioner"}
    (waits,) = second_person.waiting(by=other)
    assert (waits.reason, waits.asked_by, waits.may_decide) == ("Ola retires", "Root", True)
    with pytest.raises(Conflict, match="You asked for this yourself"):
        second_person.approve(by=by, request_id=waits.id)
    with pytest.raises(NotFound):
        second_person.approve(by=hub.actor("agency"), request_id=waits.id)
    second_person.approve(by=other, request_id=waits.id)
    assert hub.actor("fern").roles == {"practitioner", "information_governance"}
    with pytest.raises(NotFound):
        second_person.approve(by=other, request_id=waits.id)


def test_promise_14_nobody_approves_what_is_about_themselves(hub: Partnership) -> None:
    hub.worker("third", "system_administrator")
    moving.change_roles_and_teams(
        by=hub.actor("root"),
        user_id=hub.workers["second"],
        roles=["system_administrator", "information_governance"],
        teams=[],
        reason="For a time",
    )
    request_id = SecondPersonRequest.objects.get().id
    with pytest.raises(Conflict, match="about yourself"):
        second_person.approve(by=hub.actor("second"), request_id=request_id)
    second_person.approve(by=hub.actor("third"), request_id=request_id)


def test_promise_14_with_nobody_else_who_may_it_is_refused_at_once(db: None) -> None:
    place = make_hub("fern")
    place.worker("root", "system_administrator")
    with pytest.raises(BadInput, match="there is nobody else who may"):
        moving.change_roles_and_teams(
            by=place.actor("root"),
            user_id=place.workers["fern"],
            roles=["practitioner", "information_governance"],
            teams=[],
            reason="Ola retires",
        )
    assert place.actor("fern").roles == {"practitioner"}
    assert not SecondPersonRequest.objects.exists()


def test_promise_14_what_was_decided_is_read_with_its_reason_and_can_be_asked_again(
    hub: Partnership,
) -> None:
    by, other = hub.actor("root"), hub.actor("second")

    def ask() -> None:
        moving.change_roles_and_teams(
            by=by,
            user_id=hub.workers["fern"],
            roles=["practitioner", "system_administrator"],
            teams=[hub.teams["hub"]],
            reason="Cover at night",
        )

    ask()
    with pytest.raises(Conflict, match="has been asked for already"):
        ask()
    (waits,) = second_person.waiting(by=other)
    with pytest.raises(BadInput, match="say in a few words why"):
        second_person.refuse(by=other, request_id=waits.id, note=" ")
    second_person.refuse(by=other, request_id=waits.id, note="Two are enough")
    (read,) = second_person.decided(by=by)
    assert (read.decision, read.note, read.decided_by) == ("refused", "Two are enough", "Second")
    ask()
    (again,) = second_person.waiting(by=by)
    assert (again.mine, again.may_decide) == (True, False)
    second_person.take_back(by=by, request_id=again.id)
    assert second_person.waiting(by=other) == []

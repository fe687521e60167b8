"""What happens by itself keeps to what closes a child: nobody is asked what they cannot open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now, today, travel
from reachable.moments import contact, handing, lasting, selectors, services, tasks
from reachable.moments.models import Task
from reachable.moments.reminding import remind
from reachable.moments.worklists import worklist
from reachable.people import conflicts, inviting
from reachable.people.identification import Identified
from reachable.people.selectors import is_visible
from tests.support.closing import restrict
from tests.support.merging import merge
from tests.support.moments import fresh, told
from tests.support.people import (
    Partnership,
    child_with_moment,
    claim,
    happen,
    identify_one,
    make_hub,
)

pytestmark = pytest.mark.db
BY = system("tests of closing")


@pytest.fixture
def hub(db: None) -> Partnership:
    """“fern”, then “sol”, on duty; “lead” leads; “ida” and “noor” are of another team."""
    del db
    place = make_hub("fern", "sol")
    place.team("east", areas=("elsewhere",))
    for name in ("ida", "noor"):
        place.worker(name, team="east")
    place.worker("steward", "linkage_steward")
    place.worker("agency", "agency_administrator")
    return place


def restrict_to(hub: Partnership, child: Identified, *readers: str) -> None:
    restrict(hub.actor("lead"), child.person_id, *(hub.workers[name] for name in readers))


def in_conflict(hub: Partnership, child: Identified, name: str) -> None:
    conflicts.declare(by=hub.actor(name), person_id=child.person_id, reason="My niece")


def who_was_told(hub: Partnership, kind: str) -> list[str]:
    return sorted(name for name in hub.workers if kind in told(hub, name))


def test_who_sees_a_child_for_a_while_takes_no_moment(hub: Partnership) -> None:
    child, moment = child_with_moment(hub)
    inviting.invite(
        by=hub.actor("fern"),
        person_id=child.person_id,
        whom=hub.workers["ida"],
        reason="Knows her from the youth club",
        last_day=today() + timedelta(days=7),
    )
    assert is_visible(by=hub.actor("ida"), person_id=child.person_id)
    offered = {
        name: selectors.moment(by=hub.actor(name), moment_id=moment.id).may_take
        for name in ("ida", "fern", "sol")
    }
    assert offered == {"ida": False, "fern": True, "sol": True}
    with pytest.raises(BadInput, match="for a while only, so you cannot take"):
        services.take(by=hub.actor("ida"), moment_id=moment.id)
    assert fresh(moment).asked_id == hub.workers["fern"]
    services.take(by=hub.actor("sol"), moment_id=moment.id)
    with travel(now() + timedelta(days=9)):
        assert not is_visible(by=hub.actor("ida"), person_id=child.person_id)


def test_a_merge_passes_on_what_it_closes_to_whoever_has_it(hub: Partnership) -> None:
    child, held = child_with_moment(hub, "Ada")
    services.take(by=hub.actor("fern"), moment_id=held.id)
    niece = identify_one(claim(hub.council, "C2", given="Ben"))
    happen(niece, hub.council)
    in_conflict(hub, niece, "fern")
    merge(hub, child, niece)
    after = fresh(held)
    assert (after.holder_id, after.asked_id) == (None, hub.workers["sol"])
    assert who_was_told(hub, "moment.merged") == ["sol"]


def test_a_reminder_to_ask_again_goes_to_readers_where_the_team_cannot_open_it(
    hub: Partnership,
) -> None:
    child, moment = child_with_moment(hub)
    fern, day = hub.actor("fern"), today() + timedelta(days=3)
    services.take(by=fern, moment_id=moment.id)
    contact.decline(
        by=fern,
        moment_id=moment.id,
        how="in_person",
        note="Not this week",
        again_on=day,
        by_whom=fern.own_id,
    )
    restrict_to(hub, child, "ida", "noor")
    with travel(now() + timedelta(days=4)):
        remind(by=BY)
    assert who_was_told(hub, "moment.ask_again") == ["ida", "noor"]


def test_a_reminder_of_a_task_goes_to_nobody_to_whom_the_child_is_closed(hub: Partnership) -> None:
    child, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    due = today() + timedelta(days=3)
    tasks.add_task(by=hub.actor("fern"), moment_id=moment.id, text="A bus pass", due_on=due)
    in_conflict(hub, child, "fern")
    services.pass_on(by=hub.actor("sol"), moment_id=moment.id, reason="Off now")
    assert fresh(moment).state == "with_team"
    with travel(now() + timedelta(days=4)):
        remind(by=BY)
    assert who_was_told(hub, "moment.task_due") == ["lead", "sol"]


def reached_and_restricted(hub: Partnership) -> Identified:
    """“fern” reached a child; since then more happened, and only “ida” and “noor” read it."""
    child, moment = child_with_moment(hub)
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    services.reach(by=fern, moment_id=moment.id, how="seen", note="Not this week")
    services.close(by=fern, moment_id=moment.id, outcome="reached", reason="Goes on")
    happen(child, hub.police, "returned_from_missing")
    restrict_to(hub, child, "ida", "noor")
    return child


def test_whether_contact_lasted_is_asked_of_readers(hub: Partnership) -> None:
    reached_and_restricted(hub)
    with travel(now() + timedelta(days=29)):
        lasting.ask(by=BY)
        assert who_was_told(hub, "moment.lasting") == ["ida", "noor"]
        assert len(lasting.questions(by=hub.actor("ida"))) == 1


def test_the_load_ahead_counts_no_child_who_is_closed(hub: Partnership) -> None:
    child, moment = child_with_moment(hub, "Wren")
    fern = hub.actor("fern")
    services.take(by=fern, moment_id=moment.id)
    contact.decline(
        by=fern,
        moment_id=moment.id,
        how="in_person",
        note="Not this week",
        again_on=today() + timedelta(days=27),
        by_whom=fern.own_id,
    )
    reached_and_restricted(hub)
    with travel(now() + timedelta(days=25)):
        assert lasting.ahead(by=hub.actor("sol")) == (1, 0)
        assert lasting.ahead(by=hub.actor("ida")) == (0, 0)
    in_conflict(hub, child, "sol")
    with travel(now() + timedelta(days=25)):
        assert lasting.ahead(by=hub.actor("sol")) == (0, 0)
        assert lasting.ahead(by=hub.actor("fern")) == (1, 0)


def test_nothing_is_handed_on_to_whom_the_child_is_closed(hub: Partnership) -> None:
    child, moment = child_with_moment(hub)
    open_child, other = child_with_moment(hub, "Wren")
    for each in (moment, other):
        services.take(by=hub.actor("fern"), moment_id=each.id)
        tasks.add_task(by=hub.actor("fern"), moment_id=each.id, text="A bus pass", due_on=today())
    in_conflict(hub, child, "sol")
    given: dict[str, Any] = {
        "by": hub.actor("agency"),
        "user_id": hub.workers["fern"],
        "team_id": hub.teams["hub"],
        "to_user": hub.workers["sol"],
    }
    handing.hand_on_tasks(**given)
    handing.hand_on_moments(**given)
    assert fresh(other).asked_id == hub.workers["sol"]
    assert (fresh(moment).state, fresh(moment).asked_id) == ("with_team", None)
    for_whom = dict(Task.objects.values_list("moment_id", "for_whom__username"))
    assert for_whom == {moment.id: "fern", other.id: "sol"}
    assert is_visible(by=hub.actor("sol"), person_id=open_child.person_id)
    assert not is_visible(by=hub.actor("sol"), person_id=child.person_id)


def test_a_reader_in_conflict_is_nobody_to_ring(hub: Partnership) -> None:
    child, _ = child_with_moment(hub)
    restrict_to(hub, child, "sol", "ida", "noor")
    in_conflict(hub, child, "sol")
    (line,) = worklist(by=hub.actor("fern")).restricted
    assert [name for name, _ in line.readers] == ["Ida", "Noor"]

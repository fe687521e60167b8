"""A restricted child's moment is answered all the same, and nobody else learns of the child."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from reachable.access.models import Shift
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now, travel
from reachable.moments import rules, selectors, senders, services, tasks
from reachable.moments.models import Moment, Trigger
from reachable.moments.worklists import worklist
from reachable.people import conflicts
from reachable.people.identification import Identified
from tests.support.closing import restrict
from tests.support.moments import fresh, kinds, told
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


@pytest.fixture
def hub(db: None) -> Partnership:
    """“fern”, then “sol”, on duty; “lead” leads; “ida” and “noor” are of another team."""
    del db
    place = make_hub("fern", "sol")
    place.team("east", areas=("elsewhere",))
    for name in ("ida", "noor"):
        place.worker(name, team="east")
    return place


def a_restricted_child(hub: Partnership, *readers: str) -> Identified:
    """A child whose earlier moment was closed when the record is restricted."""
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    first = moment_of(happen(child, hub.police))
    restrict(hub.actor("lead"), child.person_id, *(hub.workers[name] for name in readers))
    holder = fresh(first).asked
    assert holder is not None
    by = hub.actor(holder.username)
    services.take(by=by, moment_id=first.id)
    services.close(by=by, moment_id=first.id, outcome="not_found_yet", reason="Moved away")
    return child


def happens_again(hub: Partnership, child: Identified) -> Moment:
    return moment_of(happen(child, hub.police, "returned_from_missing"))


def test_readers_on_duty_are_asked_before_readers_elsewhere_and_off_duty() -> None:
    asked = rules.readers_asked
    one, two, three, four = (UUID(int=number) for number in (1, 2, 3, 4))
    everybody = {"able": {one, two, three, four}, "away": set()}
    readers = {one, two, three}
    assert asked(readers, on_duty=[three], at_work=[three, two], **everybody) == [three, two, one]
    assert asked(readers, on_duty=[four], at_work=[four], **everybody) == [one, two, three]
    away = {"able": {one, two}, "away": {one}}
    assert asked(readers, on_duty=[], at_work=[], **away) == [two]
    assert asked(set(), on_duty=[four], at_work=[four], **everybody) == []


def test_a_reader_on_duty_is_asked_not_who_comes_first_on_the_rota(hub: Partnership) -> None:
    child = a_restricted_child(hub, "lead", "sol")
    again = happens_again(hub, child)
    assert again.asked_id == hub.workers["sol"]


def test_at_night_a_reader_off_duty_is_asked_where_none_is_on_duty(hub: Partnership) -> None:
    child = a_restricted_child(hub, "ida", "noor")
    again = happens_again(hub, child)
    asked = again.asked_id
    assert asked in {hub.workers["ida"], hub.workers["noor"]}
    other = {hub.workers["ida"], hub.workers["noor"]} - {asked}
    with travel(now() + timedelta(hours=2)):
        services.pass_on_unanswered(by=SYSTEM)
    assert {fresh(again).asked_id} == other


def test_when_no_reader_answers_it_waits_and_all_are_told_once(hub: Partnership) -> None:
    child = a_restricted_child(hub, "ida", "noor")
    again = happens_again(hub, child)
    for hours in (2, 4, 6):
        with travel(now() + timedelta(hours=hours)):
            services.pass_on_unanswered(by=SYSTEM)
    assert fresh(again).state == "with_team"
    assert kinds(again).count("to_team") == 1
    assert "moment.restricted" in told(hub, "fern")
    assert "moment.with_team" not in told(hub, "fern")[-2:]
    assert told(hub, "ida")[-1] == "moment.with_team"
    services.take(by=hub.actor("ida"), moment_id=again.id)


def test_who_is_on_duty_reads_one_line_with_whom_to_ring_and_nothing_else(
    hub: Partnership,
) -> None:
    child = a_restricted_child(hub, "ida", "noor")
    again = happens_again(hub, child)
    found = worklist(by=hub.actor("fern"))
    assert not any(bucket.total for bucket in found.buckets)
    (line,) = found.restricted
    assert [name for name, _ in line.readers] == ["Ida", "Noor"]
    assert line.due_at == again.child_due_at
    assert set(vars(line)) == {"due_at", "missed", "readers"}
    with pytest.raises(NotFound):
        selectors.moment(by=hub.actor("fern"), moment_id=again.id)
    Shift.objects.filter(user=hub.workers["fern"]).delete()
    assert worklist(by=hub.actor("fern")).restricted == []


def test_the_line_goes_once_a_reader_has_the_moment(hub: Partnership) -> None:
    child = a_restricted_child(hub, "ida", "noor")
    again = happens_again(hub, child)
    asked = fresh(again).asked
    assert asked is not None
    services.take(by=hub.actor(asked.username), moment_id=again.id)
    assert worklist(by=hub.actor("fern")).restricted == []


def test_whoever_has_a_conflict_reads_no_line_either(hub: Partnership) -> None:
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    happen(child, hub.police)
    conflicts.declare(by=hub.actor("fern"), person_id=child.person_id, reason="My niece")
    readers = (hub.workers["ida"], hub.workers["noor"])
    restrict(hub.actor("lead"), child.person_id, *readers)
    assert worklist(by=hub.actor("fern")).restricted == []
    assert len(worklist(by=hub.actor("sol")).restricted) == 1


def test_what_somebody_holds_passes_on_when_the_record_closes_to_them(hub: Partnership) -> None:
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    held = moment_of(happen(child, hub.police))
    services.take(by=hub.actor("fern"), moment_id=held.id)
    restrict(hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"])
    now_with = fresh(held)
    assert (now_with.holder_id, now_with.asked_id) == (None, hub.workers["sol"])
    with pytest.raises(NotFound):
        services.take(by=hub.actor("fern"), moment_id=held.id)


def test_a_conflict_passes_a_moment_on_and_is_never_asked_again(hub: Partnership) -> None:
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    held = moment_of(happen(child, hub.police))
    assert held.asked_id == hub.workers["fern"]
    conflicts.declare(by=hub.actor("fern"), person_id=child.person_id, reason="My niece")
    assert fresh(held).asked_id == hub.workers["sol"]
    with pytest.raises(NotFound):
        selectors.moment(by=hub.actor("fern"), moment_id=held.id)
    services.take(by=hub.actor("sol"), moment_id=held.id)
    with pytest.raises(BadInput, match="cannot open"):
        services.hand_over(
            by=hub.actor("sol"), moment_id=held.id, to_user=hub.workers["fern"], reason="Leave"
        )
    with pytest.raises(BadInput, match="cannot open"):
        tasks.add_task(
            by=hub.actor("sol"),
            moment_id=held.id,
            text="Ring the school",
            for_whom=hub.workers["fern"],
            due_on=now().date(),
        )
    services.close(
        by=hub.actor("sol"), moment_id=held.id, outcome="not_found_yet", reason="Moved away"
    )
    assert happens_again(hub, child).asked_id == hub.workers["sol"]


def test_a_sender_reads_the_same_of_a_restricted_child(hub: Partnership) -> None:
    """What differs is who has it, which says nothing of why."""
    hub.worker("sergeant", "custody")
    open_child = identify_one(claim(hub.police, "P7", given="Bea", born="2011-01-01"))
    plain = moment_of(happen(open_child, hub.police))
    restricted = happens_again(hub, a_restricted_child(hub, "lead", "sol"))
    by = hub.actor("sergeant")

    def said(moment: Moment) -> set[str]:
        signal_id = Trigger.objects.values_list("signal_id", flat=True).get(moment=moment)
        (found,) = senders.whereabouts(by=by, signal_ids=[signal_id]).values()
        return {name for name, value in vars(found).items() if value}

    assert said(plain) == said(restricted)


def test_closing_is_one_transaction(hub: Partnership) -> None:
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    held = moment_of(happen(child, hub.police))
    with transaction.atomic():
        conflicts.declare(by=hub.actor("fern"), person_id=child.person_id, reason="My niece")
        transaction.set_rollback(True)
    assert fresh(held).asked_id == hub.workers["fern"]
    assert selectors.moment(by=hub.actor("fern"), moment_id=held.id).row.mine

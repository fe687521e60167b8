"""Children who are not on a panel’s latest list: its keeper is asked; nothing closes unasked."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from reachable.access.models import Involvement
from reachable.audit.models import Entry
from reachable.chronology.models import Event
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.intake import left_off
from reachable.intake.left_off import Then
from reachable.intake.models import Delivery, Signal
from tests.intake.test_panel_list import bring, child_page, row, seen
from tests.support.world import World, html

pytestmark = pytest.mark.db

CLOSED_ON = date(2026, 3, 16)


def asked(by: Actor, delivery: Delivery) -> list[str]:
    return [each.child.name for each in left_off.left_off(by=by, delivery_id=delivery.id)]


def signal_of(number: str) -> UUID:
    return Signal.objects.get(source_key=number).id


def say(by: Actor, delivery: Delivery, on: date | None = CLOSED_ON, **said: Then) -> None:
    answers = {signal_of(number.removeprefix("n")): then for number, then in said.items()}
    left_off.answer(by=by, delivery_id=delivery.id, answers=answers, closed_on=on)


@pytest.fixture
def later(world: World) -> Delivery:
    """A list without two of the three who were on the one before."""
    by = world.actor("coordinator")
    bring(by, row("1"), row("2"), row("3"))
    with travel(now() + timedelta(days=28)):
        return bring(by, row("1", outcome="More help"))


def test_who_was_left_off_stays_open_and_is_asked_about(world: World, later: Delivery) -> None:
    by = world.actor("coordinator")
    assert asked(by, later) == ["Jo Sample2", "Jo Sample3"]
    assert child_page(world.client("coordinator"), "2").status_code == 200
    for where in ("", "children/"):
        page = html(world.client("coordinator").get(f"/intake/files/{later.id}/{where}"))
        assert "2 children of your earlier lists are not on this one" in page
    page = html(world.client("coordinator").get(f"/intake/files/{later.id}/left-off/"))
    assert "Jo Sample2" in page
    assert "Last on list.csv" in page


def test_what_the_keeper_says_counts_as_if_the_list_had_said_it(
    world: World, later: Delivery
) -> None:
    by, client = world.actor("coordinator"), world.client("coordinator")
    say(by, later, n2=Then.CLOSED, n3=Then.STILL)
    assert asked(by, later) == []
    assert seen(by, later) == ["Jo Sample1", "Jo Sample3"]
    assert child_page(client, "2").status_code == 404
    assert child_page(client, "3").status_code == 200
    (closed,) = Event.objects.filter(kind="panel_closed")
    assert (closed.occurred_on, closed.signal_id) == (CLOSED_ON, signal_of("2"))
    assert Entry.objects.filter(action="intake.left_off_answered", actor_id=by.id).count() == 1


def test_a_child_who_never_belonged_on_the_list_is_taken_back(
    world: World, later: Delivery
) -> None:
    by = world.actor("coordinator")
    say(by, later, on=None, n2=Then.MISTAKE)
    assert asked(by, later) == ["Jo Sample3"]
    told = Event.objects.filter(signal_id=signal_of("2"))
    assert {each.details.get("record_status") for each in told} == {"withdrawn"}
    open_now = Involvement.objects.filter(basis="panel", ended_at=None)
    assert {each.because_of for each in open_now} == {signal_of("1"), signal_of("3")}


def test_a_child_who_comes_again_is_open_again(world: World, later: Delivery) -> None:
    by = world.actor("coordinator")
    say(by, later, n2=Then.CLOSED)
    with travel(now() + timedelta(days=56)):
        again = bring(by, row("1"), row("2", outcome="Came back"))
    assert "Jo Sample2" in seen(by, again)
    assert asked(by, again) == ["Jo Sample3"]
    assert asked(by, later) == []


def test_the_next_list_asks_again_about_whom_it_leaves_off(world: World, later: Delivery) -> None:
    by = world.actor("coordinator")
    say(by, later, n2=Then.STILL)
    with travel(now() + timedelta(days=56)):
        after = bring(by, row("1", outcome="Even more"), row("3"))
    assert asked(by, after) == ["Jo Sample2"]


def test_a_row_that_waits_to_be_corrected_did_come(world: World) -> None:
    by = world.actor("coordinator")
    bring(by, row("1"), row("2"))
    with travel(now() + timedelta(days=28)):
        after = bring(by, row("1"), row("2", added_date="soon"))
    assert asked(by, after) == []


def test_lists_of_earlier_years_ask_nothing(world: World) -> None:
    by = world.actor("coordinator")
    bring(by, row("1"))
    with travel(now() + timedelta(days=1)):
        assert asked(by, bring(by, row("2"), history=True)) == []


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (None, "no day on which the panel closed them"),
        (date(2199, 1, 1), "has not come yet"),
        (date(2026, 3, 1), "Jo Sample2 came onto the list after that day"),
    ],
)
def test_a_day_that_cannot_be_changes_nothing(
    world: World, later: Delivery, day: date | None, said: str
) -> None:
    by = world.actor("coordinator")
    with pytest.raises(BadInput, match=said):
        say(by, later, on=day, n2=Then.CLOSED, n3=Then.STILL)
    assert asked(by, later) == ["Jo Sample2", "Jo Sample3"]


def test_an_answer_that_comes_twice_counts_once(world: World, later: Delivery) -> None:
    by = world.actor("coordinator")
    say(by, later, n2=Then.CLOSED)
    with pytest.raises(Conflict):
        say(by, later, n2=Then.STILL)
    assert Event.objects.filter(kind="panel_closed").count() == 1


def test_promise_09_nobody_answers_for_anothers_list(world: World, later: Delivery) -> None:
    with pytest.raises(Forbidden):
        left_off.left_off(by=world.actor("clerk"), delivery_id=later.id)
    path = f"/intake/files/{later.id}/left-off/"
    assert world.client("clerk").get(path).status_code in (403, 404)
    clerks = bring(world.actor("clerk"), row("1"))
    with pytest.raises(NotFound):
        left_off.left_off(by=world.actor("coordinator"), delivery_id=clerks.id)


def test_the_page_takes_the_answers(world: World, later: Delivery) -> None:
    client, path = world.client("coordinator"), f"/intake/files/{later.id}/left-off/"
    two = f"child-{signal_of('2')}"
    wrong = client.post(path, {two: "closed"})
    assert wrong.status_code == 422
    assert "There is no day on which the panel closed them" in html(wrong, 422)
    day = today()
    given = {
        two: "closed",
        "closed_on-day": str(day.day),
        "closed_on-month": str(day.month),
        "closed_on-year": str(day.year),
    }
    done = client.post(path, given, follow=True)
    assert "you answered for 1 child" in html(done)
    assert child_page(client, "2").status_code == 404
    assert "1 child of your earlier lists is not on this one" in html(done)

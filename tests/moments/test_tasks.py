"""Tasks beside the pathway: added, given, reminded of, done or dropped, and kept by what joins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from reachable.access import services as access
from reachable.access.absences import say_away
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.moments import calendars, lasting, selectors, services, tasks, wording
from reachable.moments.models import Action, Moment, Task
from reachable.moments.reminding import remind
from reachable.notices.models import Notice
from reachable.practice.time import start_of_day
from tests.support.merging import make_hub_with_steward, merge, undo
from tests.support.moments import fresh, told
from tests.support.people import Partnership, child_with_moment
from tests.support.world import World, html

pytestmark = pytest.mark.db
REMIND = system("remind")
TEXT = "A bus pass, from the Hub"


@pytest.fixture
def held(world: World) -> UUID:
    moment_id = world.signal()
    services.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


def add(world: World, moment_id: UUID, by: str = "first", **given: Any) -> UUID:
    answers = {"text": TEXT, "due_on": today() + timedelta(days=3), **given}
    return tasks.add_task(by=world.actor(by), moment_id=moment_id, **answers)


def kinds(world: World, name: str) -> list[str]:
    of = Notice.objects.filter(user_id=world.users[name])
    return list(of.order_by("created_at").values_list("kind", flat=True))


def test_a_task_is_for_oneself_unless_it_is_given_to_somebody(world: World, held: UUID) -> None:
    before = Moment.objects.get(id=held).version
    own = add(world, held)
    given = add(world, held, for_whom=world.users["second"])
    found = {
        each.id: each for each in selectors.moment(by=world.actor("lead"), moment_id=held).tasks
    }
    assert (found[own].for_whom, found[given].for_whom) == ("Fern First", "Sol Second")
    assert (found[own].text, found[own].added_by, found[own].ended) == (TEXT, "Fern First", "")
    assert kinds(world, "second").count("moment.task_given") == 1
    assert "moment.task_given" not in kinds(world, "first")
    assert Moment.objects.get(id=held).version == before, "no half-written note is lost to it"


def test_who_sees_the_moment_adds_to_it_and_nobody_else(world: World, held: UUID) -> None:
    assert add(world, held, by="second")
    for name, refused in (("outsider", NotFound), ("sergeant", Forbidden), ("clerk", Forbidden)):
        with pytest.raises(refused):
            add(world, held, by=name)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": "  \n "}, "Please say what is to be done."),
        ({"text": "a" * 701}, "700 characters at most"),
        ({"due_on": -1}, "That day has passed."),
        ({"due_on": 367}, "more than a year away"),
        ({"for_whom": "outsider"}, "somebody of the moment’s team"),
        ({"for_whom": "sergeant"}, "somebody of the moment’s team"),
    ],
)
def test_what_is_no_task_is_refused(
    world: World, held: UUID, given: dict[str, Any], said: str
) -> None:
    if "due_on" in given:
        given = {"due_on": today() + timedelta(days=given["due_on"])}
    if "for_whom" in given:
        given = {"for_whom": world.users[given["for_whom"]]}
    with pytest.raises(BadInput, match=said):
        add(world, held, **given)
    assert not Task.objects.exists()


@pytest.mark.parametrize("days", [0, 366])
def test_today_and_a_year_from_now_are_days(world: World, held: UUID, days: int) -> None:
    assert add(world, held, due_on=today() + timedelta(days=days))


def test_done_and_dropped_stand_in_the_history_with_the_reason(world: World, held: UUID) -> None:
    done, dropped = add(world, held), add(world, held, for_whom=world.users["second"])
    for _ in range(2):
        assert tasks.do_task(by=world.actor("first"), task_id=done) == held
    with pytest.raises(BadInput, match="why"):
        tasks.drop_task(by=world.actor("second"), task_id=dropped, reason=" ")
    tasks.drop_task(by=world.actor("second"), task_id=dropped, reason="Her aunt has one")
    found = selectors.moment(by=world.actor("first"), moment_id=held)
    assert {each.id: (each.ended, each.ended_by, each.reason) for each in found.tasks} == {
        done: ("done", "Fern First", ""),
        dropped: ("dropped", "Sol Second", "Her aunt has one"),
    }
    said = [(wording.said(each, found, {}), each.note) for each in found.actions][-4:]
    assert said == [
        (f"Fern First added a task for themself: {TEXT}", ""),
        (f"Fern First added a task for Sol Second: {TEXT}", ""),
        (f"Fern First did: {TEXT}", ""),
        (f"Sol Second dropped a task: {TEXT}", "Her aunt has one"),
    ]
    with pytest.raises(Conflict, match="ended this task"):
        tasks.do_task(by=world.actor("first"), task_id=dropped)
    entries = Entry.objects.filter(action__startswith="moments.task_")
    assert entries.count() == 4
    assert not any(TEXT in str(each.details) for each in entries)


def test_who_ends_a_task(world: World, held: UUID) -> None:
    """Whoever it is for, added it or has the moment, and a supervisor; a colleague rings them."""
    mine = add(world, held)
    with pytest.raises(Conflict, match="Whoever it is for"):
        tasks.do_task(by=world.actor("second"), task_id=mine)
    tasks.do_task(by=world.actor("lead"), task_id=mine)
    assert kinds(world, "first").count("moment.task_done") == 1
    theirs = add(world, held, by="lead", for_whom=world.users["second"])
    tasks.do_task(by=world.actor("first"), task_id=theirs)
    for name, refused in (("outsider", NotFound), ("sergeant", Forbidden)):
        with pytest.raises(refused):
            tasks.do_task(by=world.actor(name), task_id=theirs)


def test_a_closed_moment_shows_what_was_not_done_and_asks_nothing(world: World, held: UUID) -> None:
    task_id = add(world, held, due_on=today())
    by = world.actor("first")
    services.reach(by=by, moment_id=held, how="seen", note="")
    services.close(by=by, moment_id=held, outcome="reached", reason="Meets weekly")
    with travel(now() + timedelta(days=28, hours=1)):
        lasting.ask(by=system("lasting"))
        page = html(world.client("first").get(f"/moments/{held}/"))
        assert "Not done: </span>" in page
        assert TEXT in page
        assert "Add a task" not in page
        assert f"/task/{task_id}/" not in page
        for act in (
            lambda: tasks.do_task(by=by, task_id=task_id),
            lambda: tasks.drop_task(by=by, task_id=task_id, reason="Over"),
            lambda: add(world, held),
        ):
            with pytest.raises(Conflict, match="closed"):
                act()
    with travel(start_of_day(today()) + timedelta(hours=33)):
        remind(by=REMIND)
    assert "moment.task_due" not in kinds(world, "first")
    assert calendars.entries(by=by) == []


def test_whoever_it_is_for_is_reminded_on_the_day_once(world: World, held: UUID) -> None:
    due = today() + timedelta(days=3)
    done = add(world, held, due_on=due)
    tasks.do_task(by=world.actor("first"), task_id=done)
    add(world, held, due_on=due, for_whom=world.users["second"])
    for minutes in (-1, 30, 8 * 60 - 1):
        with travel(start_of_day(due) + timedelta(minutes=minutes)):
            remind(by=REMIND)
        assert "moment.task_due" not in kinds(world, "second"), "nobody is woken by it"
    for hours in (8, 9, 33):
        with travel(start_of_day(due) + timedelta(hours=hours)):
            remind(by=REMIND)
    assert kinds(world, "second").count("moment.task_due") == 1
    assert "moment.task_due" not in kinds(world, "first")


def test_where_they_have_left_whoever_has_the_moment_is_reminded(world: World, held: UUID) -> None:
    add(world, held, due_on=today(), for_whom=world.users["second"])
    access.end_account(by=system("tests"), user_id=world.users["second"])
    for hours in (9, 10):
        with travel(start_of_day(today()) + timedelta(hours=hours)):
            remind(by=REMIND)
    assert kinds(world, "first").count("moment.task_due") == 1
    assert "moment.task_due" not in kinds(world, "second")


def test_while_they_are_away_whoever_has_the_moment_is_reminded_too(
    world: World, held: UUID
) -> None:
    due = today() + timedelta(days=3)
    add(world, held, due_on=due, for_whom=world.users["second"])
    with travel(start_of_day(due) + timedelta(hours=9)):
        remind(by=REMIND)
    assert "moment.task_due" not in kinds(world, "first")
    with travel(start_of_day(due) + timedelta(hours=10)):
        say_away(
            by=world.actor("second"),
            user_id=world.users["second"],
            starts_at=now(),
            ends_at=None,
            reason="sickness",
        )
        other = add(world, held, due_on=today(), for_whom=world.users["second"])
        for _ in range(2):
            remind(by=REMIND)
    assert kinds(world, "second").count("moment.task_due") == 2
    assert kinds(world, "first").count("moment.task_due") == 2
    assert Notice.objects.filter(key__startswith=f"task_due:{other}:").count() == 2


def test_what_was_told_is_not_asked_of_again(world: World, held: UUID) -> None:
    """Every half minute, of every task of the last week."""
    counted = []
    for more in (1, 49):
        for _ in range(more):
            add(world, held, due_on=today(), for_whom=world.users["second"])
        with travel(start_of_day(today()) + timedelta(hours=9)):
            remind(by=REMIND)
            with CaptureQueriesContext(connection) as asked:
                remind(by=REMIND)
        counted.append(len(asked))
    assert kinds(world, "second").count("moment.task_due") == 50
    assert counted[0] == counted[1]


def test_a_calendar_holds_the_day_and_nothing_of_the_child(world: World, held: UUID) -> None:
    due = today() + timedelta(days=3)
    one, other = (add(world, held, due_on=due, for_whom=world.users["second"]) for _ in range(2))
    add(world, held, due_on=due)
    found = calendars.entries(by=world.actor("second"))
    assert [(each.task_id, each.moment_id) for each in found] == [(one, held), (other, held)]
    written = calendars.written(found, lambda moment_id: f"http://test/{moment_id}")
    events = Calendar.from_ical(written.decode()).walk("VEVENT")
    assert {each["dtstart"].dt for each in events} == {due}
    assert len({str(each["uid"]) for each in events}) == 2
    assert b"bus pass" not in written
    assert b"Tamsin" not in written


def test_one_of_a_proposal(world: World, held: UUID) -> None:
    talk = UUID(int=7)
    first = add(world, held, conversation_id=talk, proposal="next-1")
    assert add(world, held, by="second", conversation_id=talk, proposal="next-1") == first
    assert add(world, held, conversation_id=talk, proposal="next-2") != first
    assert Task.objects.count() == 2
    assert Action.objects.filter(kind="task_added").count() == 2
    row = Task.objects.get(id=first)
    row.id = UUID(int=8)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    "wrong",
    [{"ended": "done"}, {"ended_at": now()}, {"ended": "lost", "ended_at": now()}],
)
def test_the_database_refuses_a_task_that_ended_in_no_way(
    world: World, held: UUID, wrong: dict[str, Any]
) -> None:
    task_id = add(world, held)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(id=task_id).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(id=task_id).update(ended="dropped", ended_at=now())


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub_with_steward()


def test_what_is_joined_keeps_its_tasks_and_takes_them_back_with_it(hub: Partnership) -> None:
    (kept, older), (joined, newer) = child_with_moment(hub), child_with_moment(hub, given="Robin")
    by = hub.actor("fern")
    for moment in (older, newer):
        services.take(by=by, moment_id=moment.id)
    task_id = tasks.add_task(by=by, moment_id=newer.id, text=TEXT, due_on=today())
    merge_id = merge(hub, kept, joined)
    assert fresh(newer).joined_into_id == older.id
    assert [each.id for each in selectors.moment(by=by, moment_id=older.id).tasks] == [task_id]
    assert [each.moment_id for each in calendars.entries(by=by) if each.task_id] == [older.id]
    with travel(start_of_day(today()) + timedelta(hours=9)):
        remind(by=REMIND)
    due = Notice.objects.get(kind="moment.task_due")
    assert due.subject_id == older.id
    assert tasks.do_task(by=by, task_id=task_id) == older.id
    undo(hub, merge_id)
    found = selectors.moment(by=by, moment_id=newer.id)
    assert [each.ended for each in found.tasks] == ["done"]
    assert [each.kind for each in found.actions if each.kind.startswith("task_")] == [
        "task_added",
        "task_done",
    ]
    assert selectors.moment(by=by, moment_id=older.id).tasks == ()
    assert "moment.task_due" in told(hub, "fern")

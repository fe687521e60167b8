"""What the sender of a signal is told, and that it tells nothing else of the child."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from reachable.access import services as access
from reachable.access.absences import say_away
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.intake import sender_tasks
from reachable.intake.models import Signal
from reachable.intake.selectors import my_signal
from reachable.moments import selectors, senders, services
from reachable.moments.models import Action, Moment, Trigger
from reachable.moments.rules import Done
from reachable.moments.senders import Whereabouts
from reachable.moments.telling import Change, changes, has_it, last_morning
from reachable.notices.models import Notice
from reachable.notices.rules import WORDINGS
from reachable.practice import guidance
from reachable.practice.clocks import england_and_wales
from reachable.practice.time import LONDON
from tests.support.world import World, html, make_world, without_token

db = pytest.mark.db
CALENDAR = england_and_wales()
A, B, C = (UUID(int=each) for each in (1, 2, 3))
CLOCK = system("pass on")
TUESDAY = datetime(2026, 11, 10, 10, tzinfo=LONDON)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(db: None) -> World:
    """The rota begins before the Tuesday."""
    with travel(TUESDAY - 4 * HOUR):
        return make_world()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("at", "morning"),
    [
        ("2026-11-10 08:59", "2026-11-09 09:00"),
        ("2026-11-10 09:00", "2026-11-10 09:00"),
        ("2026-11-10 23:59", "2026-11-10 09:00"),
        ("2026-11-15 12:00", "2026-11-13 09:00"),  # a Sunday
        ("2026-12-28 12:00", "2026-12-24 09:00"),  # Boxing Day is kept on the Monday
        ("2026-03-30 08:30", "2026-03-27 09:00"),  # the Monday after the clocks went forward
        ("2090-01-02 12:00", "2090-01-02 09:00"),  # no calendar goes so far
    ],
)
def test_a_change_is_told_from_the_morning_of_a_working_day(at: str, morning: str) -> None:
    assert last_morning(local(at), CALENDAR) == local(morning)


def told(found: list[Change], at: str) -> UUID | str | None:
    change = has_it(found, now=local(at), calendar=CALENDAR)
    return "nobody yet" if change is None else change.who


def test_whoever_takes_it_first_is_told_at_once_and_changes_in_the_morning() -> None:
    first = [Change(local("2026-11-10 10:00"), A)]
    night = [*first, Change(local("2026-11-11 02:10"), None), Change(local("2026-11-11 02:20"), B)]
    back = [*night, Change(local("2026-11-11 08:30"), None), Change(local("2026-11-11 08:40"), A)]
    assert told([], "2026-11-10 10:00") == "nobody yet"
    assert told([Change(local("2026-11-10 09:50"), None)], "2026-11-10 10:00") == "nobody yet"
    assert told(first, "2026-11-10 10:01") == A
    assert told(night, "2026-11-11 02:30") == A
    assert told(night, "2026-11-11 09:00") == B
    assert told(back, "2026-11-11 02:30") == told(back, "2026-11-11 09:00") == A
    assert told(night[:2], "2026-11-11 09:00") is None


acts = st.lists(
    st.builds(
        Done,
        st.sampled_from(["acknowledged", "claimed", "passed_on", "to_team", "asked", "joined"]),
        st.datetimes(datetime(2026, 11, 2), datetime(2026, 11, 20), timezones=st.just(UTC)),
        st.sampled_from([A, B, C]),
    )
).map(lambda found: sorted(found, key=lambda done: done.at))


@given(
    before=acts,
    at=st.datetimes(datetime(2026, 11, 3), datetime(2026, 11, 20), timezones=st.just(UTC)),
)
def test_promise_46_within_a_day_no_sender_sees_that_more_happened(
    before: list[Done], at: datetime
) -> None:
    """Once somebody has it, what is told is the same at each hour until the next morning."""
    known = [done for done in before if done.at <= at]
    now_told = has_it(changes(known), now=at, calendar=CALENDAR)
    if now_told is None:
        assert not any(done.kind in ("acknowledged", "claimed") for done in known)
        return
    until = last_morning(at, CALENDAR) + timedelta(days=1)
    more = [done for done in before if at < done.at < until]
    for done in more:
        seen = [each for each in before if each.at <= done.at]
        assert has_it(changes(seen), now=done.at, calendar=CALENDAR) == now_told


def test_what_joins_is_no_change_of_hands() -> None:
    done = [
        Done("acknowledged", TUESDAY, A),
        Done("joined", TUESDAY),
        Done("asked", TUESDAY, None, A),
    ]
    assert changes(done) == [Change(TUESDAY, A)]


def test_every_kind_that_a_person_sends_asks_something_of_its_sender() -> None:
    """Each from whoever usually sends it."""
    usual = {
        "in_custody_now": "police",
        "came_to_hospital_hurt": "health",
        "exclusion_considered": "school",
        "other_worry": "school",
    }
    for event, agency in usual.items():
        (rule,) = guidance.usual_rules().alone(event)
        steps = guidance.pathway(rule.opens).steps
        assert [step for step in steps if {agency, "sender"}.intersection(step.asked_of)], event


def see(world: World, name: str) -> Whereabouts:
    mine = Signal.objects.filter(sent_by_id=world.users[name]).latest("id")
    found = my_signal(by=world.actor(name), signal_id=mine.id).whereabouts
    assert found is not None
    return found


def page(world: World, name: str) -> str:
    mine = Signal.objects.filter(sent_by_id=world.users[name]).latest("id")
    client = world.client(name)
    one, all_sent = html(client.get(f"/signals/{mine.id}/")), html(client.get("/signals/"))
    said = "".join(each[each.index("<main") :] for each in (one, all_sent))
    return without_token(said.replace(str(mine.id), ""))


def send(world: World, name: str = "Tamsin") -> UUID:
    return world.signal("exclusion_considered", by="teacher", given_names=name)


Before = Callable[[World], None]


def _nothing(world: World) -> None:
    """Nobody knows the child."""


def _held(world: World) -> None:
    services.take(by=world.actor("second"), moment_id=world.signal(by="sergeant"))


def _asked_out_of_turn(world: World) -> None:
    services.pass_on(by=world.actor("first"), moment_id=world.signal(by="sergeant"), reason="Busy")


def _with_team(world: World) -> None:
    moment_id = world.signal(by="sergeant")
    services.pass_on(by=world.actor("first"), moment_id=moment_id, reason="Busy")
    services.pass_on(by=world.actor("second"), moment_id=moment_id, reason="Busy")


def _reached_and_closed(world: World) -> None:
    moment_id = world.signal(by="sergeant")
    by = world.actor("second")
    services.take(by=by, moment_id=moment_id)
    services.do_step(by=by, moment_id=moment_id, step="communication")
    services.reach(by=by, moment_id=moment_id, how="seen", note="")
    services.close(by=by, moment_id=moment_id, outcome="reached", reason="Meets weekly")


def _other_school_did_its_task(world: World) -> None:
    moment_id = world.signal("exclusion_considered", by="sergeant")
    by = world.actor("second")
    services.take(by=by, moment_id=moment_id)
    for step in ("together", "their_view", "behind_it"):
        services.do_step(by=by, moment_id=moment_id, step=step)


BEFORE: list[Before] = [
    _held,
    _asked_out_of_turn,
    _with_team,
    _reached_and_closed,
    _other_school_did_its_task,
]


@db
@pytest.mark.parametrize("before", BEFORE, ids=lambda before: before.__name__.strip("_"))
def test_promise_16_a_sender_reads_the_same_whether_the_child_was_known(
    world: World, before: Before
) -> None:
    """At each minute until somebody takes it, and after; whoever the child knows is not named."""
    pages: dict[str, list[str]] = {}
    teacher = Notice.objects.filter(user_id=world.users["teacher"])
    notices = teacher.count
    for name, happened in (("Nobody", _nothing), ("Tamsin", before)):
        said = pages.setdefault(name, [])
        before_it = notices()
        Signal.objects.filter(sent_by_id=world.users["teacher"]).update(
            sent_by_id=world.users["outsider"]
        )
        with travel(TUESDAY - 2 * HOUR, ticking=True):
            happened(world)
        with travel(TUESDAY):
            moment_id = send(world, name)
        for minutes in (0, 3, 14, 16, 40, 90, 600):
            with travel(TUESDAY + timedelta(minutes=minutes)):
                services.pass_on_unanswered(by=CLOCK)
                said.append(f"{page(world, 'teacher')}, {notices() - before_it} notices")
        with travel(TUESDAY + timedelta(minutes=601)):
            services.take(by=world.actor("first"), moment_id=moment_id)
            said.append(f"{page(world, 'teacher')}, {notices() - before_it} notices")
    assert [each.replace("Tamsin", "Nobody") for each in pages["Tamsin"]] == pages["Nobody"]
    assert pages["Nobody"][-1].endswith("1 notices")
    assert "Second" not in "".join(pages["Tamsin"])


More = Callable[[World, UUID], None]


def _arrest_taken_again(world: World, moment_id: UUID) -> None:
    world.signal(by="sergeant")
    services.take(by=world.actor("first"), moment_id=moment_id)


def _arrest_not_taken_yet(world: World, moment_id: UUID) -> None:
    world.signal(by="sergeant")


def _arrest_taken_by_another(world: World, moment_id: UUID) -> None:
    world.signal(by="sergeant")
    services.pass_on(by=world.actor("first"), moment_id=moment_id, reason="In court")
    services.take(by=world.actor("second"), moment_id=moment_id)


def _steps_of_what_joined(world: World, moment_id: UUID) -> None:
    _arrest_taken_again(world, moment_id)
    by = world.actor("first")
    services.do_step(by=by, moment_id=moment_id, step="appropriate_adult", kind="custody")
    services.do_step(by=by, moment_id=moment_id, step="who_must_not_be_told")


def _reached_again(world: World, moment_id: UUID) -> None:
    _arrest_taken_again(world, moment_id)
    by = world.actor("first")
    services.reach(by=by, moment_id=moment_id, how="seen", note="At the station")


MORE: list[More] = [
    _arrest_taken_again,
    _arrest_not_taken_yet,
    _arrest_taken_by_another,
    _steps_of_what_joined,
    _reached_again,
]


@db
@pytest.mark.parametrize("more", MORE, ids=lambda more: more.__name__.strip("_"))
def test_promise_46_a_school_sees_nothing_of_what_joins_its_signal(
    world: World, more: More
) -> None:
    by = world.actor("first")
    with travel(TUESDAY):
        moment_id = send(world)
        services.take(by=by, moment_id=moment_id)
        services.reach(by=by, moment_id=moment_id, how="seen", note="At school")
    with travel(TUESDAY + HOUR):
        before = page(world, "teacher")
        seen = see(world, "teacher")
        notices = Notice.objects.filter(user_id=world.users["teacher"]).count()
        more(world, moment_id)
        assert Trigger.objects.filter(moment_id=moment_id).count() == 2
        assert page(world, "teacher") == before
        assert see(world, "teacher") == seen
        assert Notice.objects.filter(user_id=world.users["teacher"]).count() == notices
    assert "In custody now" not in before
    assert "appropriate adult" not in before


@db
def test_a_changed_holder_is_told_the_next_working_morning_whatever_changed_it(
    world: World,
) -> None:
    with travel(TUESDAY):
        moment_id = send(world)
        services.take(by=world.actor("first"), moment_id=moment_id)
        assert (see(world, "teacher").who, see(world, "teacher").since) == ("Fern First", TUESDAY)
    with travel(TUESDAY + HOUR):
        services.hand_over(
            by=world.actor("first"),
            moment_id=moment_id,
            to_user=world.users["second"],
            reason="Leave",
        )
        services.take(by=world.actor("second"), moment_id=moment_id)
        assert see(world, "teacher").who == "Fern First"
    with travel(TUESDAY + timedelta(days=1)):
        assert (see(world, "teacher").who, see(world, "teacher").since) == ("Sol Second", None)


@db
def test_whoever_had_it_and_has_left_is_not_to_be_rung(world: World) -> None:
    with travel(TUESDAY):
        moment_id = send(world)
        services.take(by=world.actor("first"), moment_id=moment_id)
        access.end_account(by=system("tests"), user_id=world.users["first"])
        seen = see(world, "teacher")
        assert (seen.state, seen.who, seen.phone, seen.team) == ("held", "", "", "Hub")
        assert "Hub has it" in page(world, "teacher")


@db
def test_nobody_on_duty_is_said_and_whom_to_ring(world: World) -> None:
    for name in ("first", "second"):
        say_away(
            by=world.actor(name),
            user_id=world.users[name],
            starts_at=now(),
            ends_at=None,
            reason="sickness",
        )
    send(world)
    said = page(world, "teacher")
    assert "Nobody is on duty for Hub now, so everybody there has been told." in said
    assert "ring Hub on" in said
    with travel(now() + timedelta(days=1)):
        assert "Nobody has taken it yet" in page(world, "teacher")


@db
def test_promise_46_a_school_sees_its_tasks_and_marks_them_done(world: World) -> None:
    moment_id = send(world)
    teacher, client = world.actor("teacher"), world.client("teacher")
    signal_id = Signal.objects.get().id
    asked = [task.step.key for task in see(world, "teacher").tasks]
    assert asked == [
        *("communication", "who_must_not_be_told", "together", "their_view", "behind_it"),
        "alternatives",
    ]
    services.take(by=world.actor("first"), moment_id=moment_id)
    version = Moment.objects.get().version
    answer = client.post(f"/signals/{signal_id}/tasks/", {"step": "their_view"}, follow=True)
    assert "It is noted as done. Whoever has it sees that." in html(answer)
    client.post(f"/signals/{signal_id}/tasks/", {"step": "their_view"})
    assert Action.objects.filter(kind="step_done", step="their_view").count() == 1
    assert Moment.objects.get().version == version
    done = [task.step.key for task in see(world, "teacher").tasks if task.done_at]
    assert done == ["their_view"]
    (part,) = selectors.moment(by=world.actor("first"), moment_id=moment_id).parts
    assert [step.key for step in part.steps if step.done_at] == ["their_view"]
    entry = Entry.objects.get(action="moments.task_done")
    assert (entry.actor_id, entry.subject_id) == (teacher.id, signal_id)
    not_theirs = client.post(f"/signals/{signal_id}/tasks/", {"step": "again"}, follow=True)
    assert "This is not asked of you here." in not_theirs.content.decode()
    assert Entry.objects.filter(action="moments.task_done").count() == 1


@db
def test_whoever_has_it_is_told_once_in_an_hour_that_a_sender_did_what_was_asked(
    world: World,
) -> None:
    moment_id = send(world)
    signal_id = Signal.objects.get().id

    def tick(step: str) -> None:
        sender_tasks.do_task(by=world.actor("teacher"), signal_id=signal_id, step=step)

    def told_of() -> list[UUID]:
        notices = Notice.objects.filter(kind="moment.task_done", subject_id=moment_id)
        return list(notices.order_by("id").values_list("user_id", flat=True))

    with travel(TUESDAY):
        tick("communication")
        assert told_of() == []
        services.take(by=world.actor("first"), moment_id=moment_id)
        tick("together")
        tick("together")
        tick("their_view")
        assert told_of() == [world.users["first"]]
    with travel(TUESDAY + 2 * HOUR):
        tick("behind_it")
        assert told_of() == [world.users["first"]] * 2
    said = WORDINGS["moment.task_done"]
    assert said.address == "moment"
    assert "{" not in said.title + said.text


@db
def test_promise_09_nobody_marks_a_task_of_somebody_elses_signal(world: World) -> None:
    send(world)
    signal_id = Signal.objects.get().id
    for name in ("sergeant", "first"):
        with pytest.raises(NotFound):
            sender_tasks.do_task(by=world.actor(name), signal_id=signal_id, step="together")
    with pytest.raises(Forbidden):
        sender_tasks.do_task(by=world.actor("clerk"), signal_id=signal_id, step="together")
    with pytest.raises(NotFound):
        senders.do_task(by=world.actor("teacher"), signal_id=uuid4(), step="together")


@db
def test_what_is_finished_asks_nothing_more(world: World) -> None:
    moment_id = send(world)
    signal_id = Signal.objects.get().id
    by = world.actor("first")
    services.take(by=by, moment_id=moment_id)
    services.close(by=by, moment_id=moment_id, outcome="no_exploitation_found", reason="Spoke")
    client: Client = world.client("teacher")
    page_now = html(client.get(f"/signals/{signal_id}/"))
    assert "It has been dealt with" in page_now
    assert "exploitation" not in page_now.split("What was asked of you")[0].split("<h1>")[1]
    assert "signal_task" not in page_now
    answer = client.post(f"/signals/{signal_id}/tasks/", {"step": "together"}, follow=True)
    assert "What this began is finished." in html(answer)
    assert not Action.objects.filter(step="together").exists()


@db
def test_a_rule_that_looks_back_tells_its_sender_nothing(world: World) -> None:
    """It fires because of what others sent."""
    send(world)
    seen = see(world, "teacher")
    mine = Trigger.objects.get()
    Trigger.objects.create(
        moment=mine.moment,
        event_id=mine.event_id,
        signal_id=mine.signal_id,
        event_kind=mine.event_kind,
        rule="suspended_after_sign",
        rule_version=1,
        kind="excluded",
        pathway_version=1,
        due_at=mine.due_at - HOUR,
        joined_at=mine.joined_at,
    )
    assert replace(see(world, "teacher"), is_late=seen.is_late) == seen

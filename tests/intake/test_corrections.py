"""A row is corrected or withdrawn: what it had opened follows, and whoever has it is told."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from django.db.models import QuerySet

from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.errors import Conflict
from reachable.foundation.time import travel
from reachable.intake import correcting, loading, services
from reachable.intake.models import Delivery, QuarantinedRow, Signal, SignalVersion
from reachable.moments import selectors, senders
from reachable.moments import services as moments
from reachable.moments.models import OPEN, Action, Moment, Trigger
from reachable.moments.rebuilding import rebuild_moments
from reachable.notices.models import Notice
from tests.support.files import BY, receive
from tests.support.killing import AT
from tests.support.moments import close_as_declined
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

HEADINGS = (
    "Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB,"
    "Postcode,Person No,Record Status\n"
)
IDRIS = "Vane,Idris,14/07/2010,FX1 1AB,P2"
TAMSIN = "Orrell,Tamsin,03/03/2012,FX1 1AA,P1"
ADULT = "Vane,Idris,14/07/1990,FX1 1AB,P2"


def row(
    *,
    key: str = "CU/1",
    how: str = "Arrest",
    clock: str = "20:15",
    place: str = "Fenmarch",
    who: str = IDRIS,
    status: str = "Live",
) -> str:
    return f"{key},{how},24/10/2026,{clock},{place},{who},{status}\n"


FIRST = row()


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def arrive(*rows: str, hours: float = 0, history: bool = False) -> UUID:
    """Receive a file that many hours later; it is not loaded yet."""
    with travel(AT + timedelta(hours=hours)):
        if not history:
            return receive(HEADINGS + "".join(rows))
        received = services.receive(
            by=BY,
            agency_id=agency_id("police"),
            feed="police_custody",
            file_name="custody.csv",
            content=io.BytesIO((HEADINGS + "".join(rows)).encode()),
            history=True,
        )
        services.begin_loading(by=BY, delivery_id=received.delivery_id)
        return received.delivery_id


def come(*rows: str, hours: float = 0, history: bool = False) -> Delivery:
    """Receive and load a file."""
    delivery_id = arrive(*rows, hours=hours, history=history)
    with travel(AT + timedelta(hours=hours)):
        return loading.load(by=BY, delivery_id=delivery_id)


def taken(world: World) -> Moment:
    """Load the first row; Fern takes the moment that it opens."""
    come(FIRST)
    moment = Moment.objects.get()
    with travel(AT):
        moments.take(by=world.actor("first"), moment_id=moment.id)
    return moment


def again(moment: Moment) -> Moment:
    return Moment.objects.get(id=moment.id)


def corrections(moment: Moment) -> list[str]:
    """How each correction changed it."""
    done = Action.objects.filter(moment=moment, kind="corrected").order_by("id")
    return list(done.values_list("how", flat=True))


def told(world: World, name: str) -> int:
    return Notice.objects.filter(user_id=world.users[name], kind="moment.corrected").count()


def live() -> QuerySet[Trigger]:
    return Trigger.objects.filter(ended_at=None)


def test_an_event_that_belongs_to_another_child_opens_a_moment_for_that_child(
    world: World,
) -> None:
    moment = taken(world)
    come(row(who=TAMSIN), hours=1)
    other = Moment.objects.exclude(id=moment.id).get()
    assert other.person.records.get().given_names == "tamsin"
    assert live().get().moment_id == other.id
    assert Event.objects.get().record.given_names == "tamsin"
    assert corrections(moment) == ["ended"]
    assert told(world, "first") == 1
    with travel(AT + timedelta(hours=1)):
        shown = selectors.moment(by=world.actor("first"), moment_id=moment.id)
    assert (shown.events, shown.hidden_events, shown.taken_back, shown.row.triggers) == (
        [],
        0,
        1,
        0,
    )


def test_its_sender_sees_who_has_the_child_whom_it_is_about_now(world: World) -> None:
    moment = taken(world)
    come(row(who=TAMSIN), hours=1)
    other = Moment.objects.exclude(id=moment.id).get()
    signal_id = Signal.objects.get().id
    seen = senders.whereabouts(by=world.actor("sergeant"), signal_ids=[signal_id])[signal_id]
    assert (seen.state, seen.answer_by) == ("told", other.answer_by)


def test_a_closed_moment_keeps_no_child_from_theirs(world: World) -> None:
    moment = taken(world)
    with travel(AT):
        close_as_declined(by=world.actor("first"), moment_id=moment.id, reason="Not now")
    come(row(who=TAMSIN), hours=1)
    assert live().get().moment.state == "waiting"
    assert again(moment).state == "closed"
    assert told(world, "first") == 0


def test_another_kind_of_event_takes_the_place_of_the_first(world: World) -> None:
    come(row(how="Voluntary", clock="10:00"))
    moment = Moment.objects.get()
    come(FIRST, hours=1)
    assert live().get().moment_id == moment.id
    assert live().get().event_kind == "arrest"
    with travel(AT + timedelta(hours=1)):
        shown = selectors.moment(by=world.actor("first"), moment_id=moment.id)
    assert (len(shown.events), shown.hidden_events, shown.taken_back) == (1, 0, 1)
    assert again(moment).child_due_at == live().get().due_at


@pytest.mark.parametrize(
    "corrected", [row(status="Created in error"), row(who=ADULT)], ids=["withdrawn", "adult"]
)
def test_what_calls_for_no_moment_any_more_ends_here_and_the_holder_decides(
    world: World, corrected: str
) -> None:
    moment = taken(world)
    come(corrected, hours=1)
    assert not live()
    after = again(moment)
    assert (after.state, after.holder_id) == ("held", world.users["first"])
    assert after.child_due_at == moment.child_due_at
    assert after.version > moment.version
    assert corrections(moment) == ["ended"]
    assert told(world, "first") == 1


def test_what_was_withdrawn_and_comes_back_joins_again(world: World) -> None:
    moment = taken(world)
    come(row(status="Withdrawn"), hours=1)
    come(FIRST, row(key="CU/2", how="Voluntary"), hours=2)
    assert {trigger.moment_id for trigger in live()} == {moment.id}
    assert Trigger.objects.count() == 3


def test_a_row_that_is_withdrawn_when_it_first_comes_opens_nothing(world: World) -> None:
    assert come(row(status="Withdrawn")).moments == 0
    assert not Moment.objects.exists()


def test_any_other_correction_is_told_and_changes_nothing(world: World) -> None:
    moment = taken(world)
    come(row(place="Osierbeck"), hours=1)
    assert corrections(moment) == [""]
    assert (again(moment).child_due_at, told(world, "first")) == (moment.child_due_at, 1)
    assert live().get().event_id == Event.objects.get().id


def test_an_earlier_time_is_told_to_whoever_is_asked(world: World) -> None:
    come(FIRST)
    moment = Moment.objects.get()
    come(row(clock="19:15"), hours=0.1)
    assert again(moment).child_due_at == moment.child_due_at - timedelta(hours=1)
    assert corrections(moment) == ["reclocked"]
    assert told(world, "first") == 1


def test_the_whole_team_hears_it_where_nobody_has_it(world: World) -> None:
    come(FIRST)
    for hours in (1, 2):
        with travel(AT + timedelta(hours=hours)):
            moments.pass_on_unanswered(by=BY)
    assert again(Moment.objects.get()).state == "with_team"
    before = Notice.objects.filter(kind="moment.with_team").count()
    come(row(place="Osierbeck"), hours=3)
    assert Notice.objects.filter(kind="moment.with_team").count() == before + 3


def test_a_correction_months_later_takes_nothing_from_a_moment(world: World) -> None:
    moment = taken(world)
    come(row(place="Osierbeck"), hours=24 * 60)
    assert live().get().moment_id == moment.id
    assert corrections(moment) == [""]


def test_history_corrects_what_had_come_before_and_opens_nothing(world: World) -> None:
    moment = taken(world)
    come(row(place="Osierbeck"), row(key="CU/2"), hours=1, history=True)
    assert live().get().moment_id == moment.id
    assert corrections(moment) == [""]
    come(row(status="Withdrawn"), row(key="CU/3"), hours=2, history=True)
    assert not live()
    assert Moment.objects.get() == moment
    assert Event.objects.count() == 3


def test_two_corrections_of_one_moment_are_told_once(world: World) -> None:
    come(FIRST, row(key="CU/2", clock="20:40"))
    moment = Moment.objects.get()
    come(row(clock="19:15"), row(key="CU/2", status="Withdrawn"), hours=1)
    assert corrections(moment) == ["ended"]
    assert again(moment).child_due_at == moment.child_due_at - timedelta(hours=1)
    assert told(world, "first") == 1


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
@pytest.mark.parametrize("last", [row(who=TAMSIN, clock="21:05"), FIRST], ids=["other", "same"])
def test_promise_32_versions_count_by_when_they_were_received_not_loaded(
    world: World, order: tuple[int, ...], last: str
) -> None:
    versions = [FIRST, row(how="Voluntary"), row(clock="20:55", place="Osierbeck"), last]
    # A second line makes each another file, also where the version says the same again.
    files = [[version, row(key=f"CU/9{n}")] for n, version in enumerate(versions)]
    deliveries = [arrive(*rows, hours=n / 10) for n, rows in enumerate(files)]
    with travel(AT + timedelta(hours=1)):
        for n in order:
            assert loading.load(by=BY, delivery_id=deliveries[n]).state == "loaded"
    signal = Signal.objects.get(source_key="CU/1")
    event = Event.objects.get(signal_id=signal.id)
    newest = (event.kind, event.record.given_names, event.place)
    assert newest == ("arrest", "tamsin" if last != FIRST else "idris", "Fenmarch")
    trigger = live().get(event_id=event.id)
    assert event.occurred_at is not None
    assert trigger.due_at == event.occurred_at + timedelta(hours=24)
    assert (signal.received_at, signal.newest_at) == (AT, AT + timedelta(hours=0.3))


def test_a_row_refused_earlier_never_overrules_what_came_after(world: World) -> None:
    wrong = "CU/1,Arrest,31/12/2026,20:15,Fenmarch," + IDRIS + ",Live\n"
    early = arrive(wrong)
    late = arrive(row(clock="20:55"), hours=1)
    with travel(AT + timedelta(hours=2)):
        for delivery_id in (late, early):
            loading.load(by=BY, delivery_id=delivery_id)
        refused = QuarantinedRow.objects.get()
        correcting.correct(by=BY, row_id=refused.id, cells={"Arrived Date": "24/10/2026"})
    event = Event.objects.get()
    assert event.occurred_at is not None
    assert f"{event.occurred_at:%H:%M}" == "19:55"
    assert Signal.objects.get().last_version == 2


WRONG = "CU/1,Arrest,31/12/2026,20:15,{},Vane,Idris,14/07/2010,FX1 1AB,P2,Live\n"


def states() -> list[str]:
    refused = QuarantinedRow.objects.order_by("delivery__received_at", "row_number")
    return list(refused.values_list("state", flat=True))


@pytest.mark.parametrize("key", ["CU/1", ""], ids=["key", "without"])
def test_promise_31_a_row_that_is_refused_again_waits_once(world: World, key: str) -> None:
    wrong = WRONG.format("Fenmarch").replace("CU/1", key)
    for hours in range(3):
        come(wrong, row(key=f"CU/9{hours}"), hours=hours)
    assert states() == ["superseded", "superseded", "open"]


def test_two_rows_of_one_file_both_wait(world: World) -> None:
    come(WRONG.format("Fenmarch"), WRONG.format("Osierbeck"))
    assert states() == ["open", "open"]


def test_a_row_corrected_here_settles_what_waited_as_long_and_not_what_came_later(
    world: World,
) -> None:
    come(WRONG.format("Fenmarch"), WRONG.format("Osierbeck"))
    come(row(key="CU/2"), WRONG.format("Netherquay"), hours=1)
    assert states() == ["superseded", "superseded", "open"]
    early = arrive(WRONG.format("Fenmarch"), WRONG.format("Netherquay"), hours=0.5)
    with travel(AT + timedelta(hours=2)):
        loading.load(by=BY, delivery_id=early)
    assert states() == ["superseded", "superseded", "open", "open", "open"]
    first, second = QuarantinedRow.objects.filter(delivery_id=early).order_by("row_number")
    correcting.correct(by=BY, row_id=second.id, cells={"Arrived Date": "24/10/2026"})
    assert states() == ["superseded", "superseded", "superseded", "corrected", "open"]
    with pytest.raises(Conflict):
        correcting.correct(by=BY, row_id=first.id, cells={"Arrived Date": "24/10/2026"})


@pytest.mark.parametrize("at_once", [1, 100])
def test_a_row_further_down_still_waits_however_many_are_written_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("reachable.intake.preparing.PIECE", at_once)
    monkeypatch.setattr(loading, "LEAST", at_once)
    monkeypatch.setattr(loading, "MOST", at_once)
    monkeypatch.setattr(loading, "pace_of", lambda feed: loading.Pace(at_once))
    come(row(), WRONG.format("Osierbeck"))
    assert states() == ["open"]
    come(row(key="CU/2"), WRONG.format("Netherquay"), row(clock="21:00"), hours=1)
    assert states() == ["superseded", "superseded"]


def test_a_row_corrected_here_leaves_the_same_row_further_down(world: World) -> None:
    come(WRONG.format("Fenmarch"), WRONG.format("Osierbeck"))
    first = QuarantinedRow.objects.order_by("row_number")[0]
    correcting.correct(by=BY, row_id=first.id, cells={"Arrived Date": "24/10/2026"})
    assert states() == ["corrected", "open"]


@pytest.mark.parametrize("history", [False, True], ids=["late", "history"])
def test_another_child_gets_a_moment_however_late_the_correction_comes(
    world: World, history: bool
) -> None:
    come(FIRST, hours=24 * 27)
    come(row(who=TAMSIN), hours=24 * 29, history=history)
    trigger = live().get()
    assert trigger.moment.person.records.get().given_names == "tamsin"
    assert trigger.moment.state in OPEN
    assert Signal.objects.get().forget_on is None


def test_what_first_came_as_history_is_news_when_it_comes_as_news(world: World) -> None:
    files = [[FIRST, row(key="CU/8")], [FIRST, row(key="CU/9")]]
    news, history = arrive(*files[0]), arrive(*files[1], hours=1, history=True)
    with travel(AT + timedelta(hours=2)):
        loading.load(by=BY, delivery_id=history)
        assert not Moment.objects.exists()
        done = loading.load(by=BY, delivery_id=news)
    assert (done.accepted, done.duplicates, done.moments) == (1, 1, 1)
    assert live().filter(signal_id=Signal.objects.get(source_key="CU/1").id).exists()
    assert SignalVersion.objects.filter(signal__source_key="CU/1").count() == 1


def test_after_everything_was_taken_back_the_next_event_sets_the_clock(world: World) -> None:
    moment = taken(world)
    come(row(status="Withdrawn"), hours=1)
    come(row(clock="21:15", place="Osierbeck"), hours=2)
    assert again(moment).child_due_at == live().get().due_at > moment.child_due_at
    assert rebuild_moments(by=system("rebuild")) == 0


def test_whoever_has_the_other_child_hears_of_it_each_time(world: World) -> None:
    come(row(key="CU/A"), row(key="CU/B", who=TAMSIN))
    held = {each.person.records.get().given_names: each for each in Moment.objects.all()}
    for name, child in (("first", "idris"), ("second", "tamsin")):
        with travel(AT):
            moments.take(by=world.actor(name), moment_id=held[child].id)
    for hours, who in enumerate((IDRIS, TAMSIN, IDRIS), 1):
        come(row(clock=f"20:1{hours}", who=who), hours=hours / 100)
    joined = Notice.objects.filter(kind="moment.joined")
    assert joined.filter(user_id=world.users["first"]).count() == 2
    assert joined.filter(user_id=world.users["second"]).count() == 1

"""How often a feed comes, when it is late, who is told, and who sees it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.access import services as access
from reachable.access.models import Agency
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import travel
from reachable.intake import status, status_wording
from reachable.intake.models import Delivery
from reachable.intake.rules import rhythm
from reachable.notices.models import Notice
from reachable.practice.time import LONDON
from tests.support.queries import queries_of
from tests.support.world import World, html, make_world

BY = system("tests")
MONDAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=LONDON)  # a Wednesday


def weekday(day: date) -> bool:
    return day.weekday() < 5


GAPS: list[tuple[list[int], int | None]] = [
    ([0, 7, 14], None),
    ([0, 7, 14, 21], 7),
    ([0, 7, 7, 14, 14, 21], 7),
    ([0, 1, 2, 3, 4, 7, 8, 9, 10, 11], 1),
    ([0, 31, 59, 90, 120], 31),
    ([0, 7, 14, 50, 57, 64], 7),
    ([], None),
]


@pytest.mark.parametrize(("days", "gap"), GAPS)
def test_how_often_a_feed_comes_is_learnt_from_its_days(days: list[int], gap: int | None) -> None:
    assert rhythm.usual_gap([MONDAY + timedelta(days=each) for each in days]) == gap


DUE = [
    # every day: what comes on Friday is due on Monday, and is late from Tuesday on
    (date(2026, 11, 6), 1, date(2026, 11, 9), date(2026, 11, 9), 0),
    (date(2026, 11, 6), 1, date(2026, 11, 10), date(2026, 11, 9), 1),
    # every week, with a day of grace
    (date(2026, 11, 2), 7, date(2026, 11, 10), date(2026, 11, 10), 0),
    (date(2026, 11, 2), 7, date(2026, 11, 13), date(2026, 11, 10), 3),
    # every month, with four
    (date(2026, 10, 1), 31, date(2026, 11, 5), date(2026, 11, 5), 0),
]


@pytest.mark.parametrize(("last", "every", "today", "day", "late"), DUE)
def test_when_a_file_is_due_and_by_how_much_it_is_late(
    last: date, every: int, today: date, day: date, late: int
) -> None:
    found = rhythm.due(last, every, today, weekday)
    assert (found.day, found.late_days) == (day, late)


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 400),
    st.integers(0, 1000),
)
def test_a_file_is_due_on_a_working_day_and_not_before_its_time(
    last: date, every: int, later: int
) -> None:
    found = rhythm.due(last, every, last + timedelta(days=later), weekday)
    assert found.day >= last + timedelta(days=every)
    assert weekday(found.day)
    assert (found.late_days > 0) == (last + timedelta(days=later) > found.day)


def came(
    *days_ago: int,
    feed: str = "police_missing",
    agency: str = "police",
    state: str = "loaded",
    rows: int = 10,
    refused: int = 0,
    history: bool = False,
) -> None:
    """Put deliveries into the database as loads leave them."""
    for days in days_ago:
        Delivery.objects.create(
            agency_id=agency_id(agency),
            feed=feed,
            file_name="file.csv",
            digest=new_id().hex,
            size=100,
            received_at=NOW - timedelta(days=days),
            state=state,
            accepted=rows - refused,
            quarantined=refused,
            rows=rows,
            history=history,
        )


@pytest.fixture
def world(db: None) -> World:
    with travel(NOW):
        return make_world()


def one(world: World, name: str = "governance", feed: str = "police_missing") -> status.FeedStatus:
    with travel(NOW):
        return status.status(by=world.actor(name), agency_id=agency_id("police"), feed=feed)


@pytest.mark.db
def test_a_feed_that_comes_every_week_is_late_after_a_day_of_grace(world: World) -> None:
    came(12, 19, 26, 33, rows=100)
    found = one(world)
    assert (found.every_days, found.stated, found.late_days) == (7, False, 2)
    assert "2 days late: it was due by" in status_wording.stands(found)
    assert "23 November" in status_wording.stands(found), "what falls on a Saturday moves on"
    came(5, rows=20)
    found = one(world)
    assert found.late_days == 0
    assert found.last is not None
    assert (found.last.rows, found.usual_rows) == (20, 100)


@pytest.mark.db
def test_history_and_files_of_one_day_say_nothing_of_how_often(world: World) -> None:
    came(12, 12, 12, 12)
    came(1, 2, 3, 4, 5, history=True)
    assert one(world).every_days is None


@pytest.mark.db
def test_faults_are_counted_over_the_last_files(world: World) -> None:
    came(3, 10, rows=100, refused=5)
    came(17, state="failed", rows=0)
    came(1, state="received", rows=0)
    found = one(world)
    assert (found.failed, found.refused_share) == (1, 0.05)
    assert status_wording.faults(found) == [
        "1 file did not load",
        "1 file waits to be loaded",
        "5% of rows refused",
    ]


@pytest.mark.db
def test_somebody_says_how_often_a_feed_should_come(world: World) -> None:
    governance, police = world.actor("governance"), agency_id("police")
    with travel(NOW - timedelta(days=20)):
        status.expect(by=governance, agency_id=police, feed="police_missing", every_days=7)
    found = one(world)
    assert (found.every_days, found.stated) == (7, True)
    assert found.late_days > 0, "it was said twenty days ago, and nothing has come since"
    came(1)
    assert one(world).late_days == 0
    with travel(NOW):
        status.expect(by=governance, agency_id=police, feed="police_missing", every_days=None)
    assert one(world).every_days is None
    assert Entry.objects.filter(action="intake.expectation_changed").count() == 2
    for wrong in (0, 401):
        with pytest.raises(BadInput):
            status.expect(by=governance, agency_id=police, feed="police_missing", every_days=wrong)
    with pytest.raises(NotFound):
        status.expect(by=governance, agency_id=police, feed="no-such", every_days=1)
    with pytest.raises(Forbidden):
        status.expect(
            by=world.actor("clerk"), agency_id=police, feed="police_missing", every_days=1
        )


@pytest.mark.db
def test_promise_09_an_agency_sees_its_own_feeds_and_nothing_of_others(world: World) -> None:
    came(1)
    came(1, agency="school", feed="school_exclusion")
    clerk = world.actor("clerk")
    with travel(NOW):
        assert {each.agency.key for each in status.statuses(by=clerk)} == {"police"}
        for who in ("governance", "administrator"):
            seen = {each.agency.key for each in status.statuses(by=world.actor(who))}
            assert seen >= {"police", "school"}
        with pytest.raises(NotFound):
            status.status(by=clerk, agency_id=agency_id("school"), feed="school_exclusion")
        for who in ("first", "sergeant", "steward"):
            with pytest.raises(Forbidden):
                status.statuses(by=world.actor(who))


def told(world: World) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, user_id in world.users.items():
        count = Notice.objects.filter(user_id=user_id, kind="feed.late").count()
        if count:
            found[name] = count
    return found


@pytest.mark.db
def test_promise_34_each_lateness_is_told_once_to_those_who_can_do_something(world: World) -> None:
    came(12, 19, 26, 33)
    came(1, 8, 15, 22, agency="school", feed="school_exclusion")
    with travel(NOW):
        assert status.tell_of_late(by=BY) == 3
        assert status.tell_of_late(by=BY) == 0
    everybody = {"clerk": 1, "governance": 1, "administrator": 1}
    assert told(world) == everybody
    with travel(NOW + timedelta(days=1)):
        assert status.tell_of_late(by=BY) == 0
    # The school's is late too, some days later: those who watch are told again, the police are not.
    with travel(NOW + timedelta(days=9)):
        assert status.tell_of_late(by=BY) == 2
    assert told(world) == {"clerk": 1, "governance": 2, "administrator": 2}
    with travel(NOW + timedelta(days=10)):
        came(-10)
        assert status.tell_of_late(by=BY) == 0
    client = world.client("clerk")
    notice = Notice.objects.get(user_id=world.users["clerk"], kind="feed.late")
    assert client.get(f"/notices/{notice.id}/")["Location"] == "/intake/status/"


@pytest.mark.db
def test_nobody_is_told_where_nothing_is_late(world: World) -> None:
    came(1, 8, 15, 22)
    with travel(NOW):
        assert status.tell_of_late(by=BY) == 0
    assert not Notice.objects.exists()


@pytest.mark.db
def test_the_page_says_what_is_late_and_whom_to_ask(world: World) -> None:
    came(12, 19, 26, 33)
    police = agency_id("police")
    with travel(NOW):
        administrator = world.client("administrator")
        address = f"/intake/agencies/{police}/contact/"
        page = html(administrator.post(address, {"email": "nothing"}), 422)
        assert "Write an e-mail address like name@example.org" in page
        given = {"contact": "Data team", "email": "data@example.org", "phone": "07700 900555"}
        page = html(administrator.post(address, given, follow=True))
        assert "Whom to ask at Fenmarch Police was kept." in page
        assert "Data team, 07700 900555" in page
        assert "1 feed is late" in page
        page = html(world.client("clerk").get(f"/intake/status/{police}/police_missing/"))
        assert "Rows of the last 4 files, oldest first: 10, 10, 10, 10" in page
        assert "It should come every" not in page
        page = html(administrator.get(f"/intake/status/{police}/police_missing/"))
        assert "It should come every" in page
        expected = f"/intake/status/{police}/police_missing/expected/"
        page = html(administrator.post(expected, {"every_days": "often"}), 422)
        assert "Write a whole number of days" in page
        page = html(administrator.post(expected, {"every_days": "31"}, follow=True))
        assert "should come every 31 days" in page
    assert Agency.objects.get(key="police").contact_email == "data@example.org"


@pytest.mark.db
def test_an_agency_that_has_sent_nothing_is_told_what_it_could_send(world: World) -> None:
    page = html(world.client("clerk").get("/intake/status/"))
    assert "No file has come yet." in page
    assert "Police custody" in page


@pytest.mark.db
def test_the_page_asks_as_much_of_many_feeds_as_of_one(world: World) -> None:
    came(1, 8, 15, 22)
    governance = world.client("governance")
    with travel(NOW):
        once = queries_of(governance, "/intake/status/")
        for number in range(8):
            key = f"school-{number}"
            access.create_agency(by=BY, key=key, name=key, kind="school")
            came(1, 8, 15, 22, 29, agency=key, feed="school_exclusion")
        assert queries_of(governance, "/intake/status/") == once


@pytest.mark.db
def test_the_shell_says_the_same(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    from reachable.intake.cli import group

    came(12, 19, 26, 33)
    with travel(NOW), pytest.raises(SystemExit) as ended:
        group.main(["status", "--json"], standalone_mode=False)
    assert ended.value.code == 1
    said = json.loads(capsys.readouterr().out.splitlines()[-1])["feeds"][0]
    assert said["agency"] == "police"
    assert (said["every_days"], said["late_days"], said["usual_rows"]) == (7, 2, 10)

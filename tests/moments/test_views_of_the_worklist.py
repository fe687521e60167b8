"""The worklist narrowed, ahead, on a wall and on paper: and nothing that is not one's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from reachable.access import absences
from reachable.access import services as access
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.errors import Forbidden
from reachable.foundation.time import now, travel
from reachable.geography.models import Area, Postcode
from reachable.moments import ahead, load_ahead, worklists
from reachable.moments.models import Moment
from reachable.moments.narrowing import NOBODY, NOWHERE, Narrowing
from reachable.practice.time import LONDON
from tests.support.queries import queries_of
from tests.support.world import World, html

pytestmark = pytest.mark.db

NOON = datetime(2026, 3, 27, 12, 10, tzinfo=LONDON)


def shown(world: World, username: str = "first", **narrowed: str) -> set[str]:
    found = worklists.worklist(by=world.actor(username), narrowed=Narrowing(**narrowed))
    return {row.name for bucket in found.buckets for row in bucket.rows}


def counted(world: World, username: str = "first", **narrowed: str) -> dict[str, dict[str, int]]:
    parts = worklists.narrowing(
        by=world.actor(username), mine_only=False, narrowed=Narrowing(**narrowed)
    )
    return {part.key: {each.words: each.count for each in part.choices} for part in parts}


@pytest.fixture
def three(world: World) -> World:
    """One that `first` has, one that `second` has and a school sent, one that nobody has."""
    Area.objects.create(code="A1", name="Millrake")
    Postcode.objects.create(postcode="FX1 1AA", area_id="A1")
    ada = world.signal(given_names="Ada")
    bea = world.signal("other_worry", given_names="Bea", by="teacher")
    cai = world.signal(given_names="Cai")
    world.client("first").post(f"/moments/{ada}/take/")
    world.client("second").post(f"/moments/{bea}/take/")
    Moment.objects.filter(id=cai).update(state="with_team", asked=None, answer_by=None)
    return world


def test_each_choice_says_how_many_it_leaves_and_leaves_them(three: World) -> None:
    counts = counted(three)
    assert counts == {
        "team": {"Hub": 3},
        "person": {"Fern First": 1, "Sol Second": 1, "Nobody yet": 1},
        "agency": {"Fenmarch Police": 2, "Osier School": 1},
        "area": {"Millrake": 3},
    }
    first = str(three.users["first"])
    assert shown(three, person=first) == {"Ada Orrell"}
    assert shown(three, person=NOBODY) == {"Cai Orrell"}
    assert shown(three, area="A1") == {"Ada Orrell", "Bea Orrell", "Cai Orrell"}
    assert shown(three, area=NOWHERE) == set()
    assert counted(three, person=first)["agency"] == {"Fenmarch Police": 1}
    assert counted(three, person=first)["person"] == counts["person"]


@pytest.mark.parametrize("part", ["team", "person", "agency", "area"])
def test_an_address_that_somebody_changed_leaves_nothing_and_says_so(
    three: World, part: str
) -> None:
    page = html(three.client("first").get("/worklist/", {part: "x' OR 1=1"}))
    assert "Nothing open is left." in page
    assert "Ada" not in page


def test_links_lead_to_what_they_count_and_keep_what_was_chosen(three: World) -> None:
    client = three.client("first")
    page = html(client.get("/worklist/narrow/?show=mine"))
    links = re.findall(r'href="(/worklist/\?[^"]*person=[^"]*)"', page)
    assert len(links) == 1
    assert "show=mine" in links[0]
    narrowed = html(client.get(links[0].replace("&amp;", "&")))
    assert "Narrowed to Fern First." in narrowed
    assert "Ada Orrell" in narrowed
    assert "Cai Orrell" not in narrowed
    assert 'hx-get="/worklist/?show=mine&amp;person=' in narrowed


def test_who_sent_what_one_may_not_read_is_no_choice(three: World) -> None:
    """Practitioners read nothing of intelligence; that somebody sent it is a part of it."""
    Event.objects.filter(agency__key="police").update(compartment="intelligence")
    police = str(agency_id("police"))
    assert counted(three)["agency"] == {"Osier School": 1}
    assert shown(three, agency=police) == set()
    assert counted(three, "lead")["agency"] == {"Fenmarch Police": 2, "Osier School": 1}
    assert shown(three, "lead", agency=police) == {"Ada Orrell", "Cai Orrell"}


def test_narrowing_shows_nothing_that_is_not_shown_without_it(three: World) -> None:
    assert counted(three, "outsider") == {"team": {}, "person": {}, "agency": {}, "area": {}}
    assert shown(three, "outsider", team=str(three.team)) == set()
    with pytest.raises(Forbidden):
        counted(three, "teacher")


def test_more_moments_take_no_more_queries(three: World) -> None:
    client = three.client("first")
    agency = agency_id("police")
    pages = (
        *("/worklist/narrow/", f"/worklist/?agency={agency}", "/worklist/ahead/"),
        *("/worklist/wall/", "/calendar/"),
    )
    few = {page: queries_of(client, page) for page in pages}
    for name in ("Dot", "Eva", "Fay", "Gus"):
        three.signal(given_names=name)
    assert {page: queries_of(client, page) for page in pages} == few


def test_what_ends_is_counted_by_hour_and_by_day_as_the_clocks_change() -> None:
    """On 29 March 2026 a day has 23 hours."""
    night = datetime(2026, 3, 29, 0, 30, tzinfo=LONDON)
    due = [
        NOON - timedelta(minutes=1),
        NOON + timedelta(minutes=20),
        night,
        datetime(2026, 3, 29, 23, 59, tzinfo=LONDON),
        datetime(2026, 4, 2, 0, 0, tzinfo=LONDON),
        datetime(2026, 4, 3, 0, 0, tzinfo=LONDON),
    ]
    hours = ahead.by_hour(due, [], NOON)
    assert [slot.due for slot in hours] == [1] + [0] * 23
    days = ahead.by_day(due, [], NOON)
    assert [slot.due for slot in days] == [1, 0, 2, 0, 0, 0, 1]
    assert days[2].ends - days[2].starts == timedelta(hours=23)
    assert ahead.by_hour([], [], night)[1].starts.astimezone(LONDON).hour == 2


def test_people_on_duty_stand_beside_what_ends(world: World) -> None:
    at = now().replace(minute=10)
    with travel(at):
        world.signal(given_names="Ada")
        found = load_ahead.load_ahead(by=world.actor("first"))
    assert found.in_a_day == 2
    assert {slot.on_duty for slot in found.hours} == {2}
    assert not found.unstaffed
    access.end_membership(by=system("tests"), user_id=world.users["second"], team_id=world.team)
    with travel(at):
        found = load_ahead.load_ahead(by=world.actor("first"))
        assert {slot.on_duty for slot in found.hours} == {1}
    access.end_role(by=system("tests"), user_id=world.users["first"], role="practitioner")
    with travel(at):
        lead = load_ahead.load_ahead(by=world.actor("lead"))
        page = html(world.client("lead").get("/worklist/ahead/"))
        assert "What is due by the hour, the next 24 hours" in page
        assert "the end of each day on which a child is to be asked again" in page
    assert len(lead.unstaffed) == 24
    assert "Nobody is on duty in 24 of the next 24 hours" in page


def test_whoever_is_away_is_not_counted_as_on_duty(world: World) -> None:
    with travel(now().replace(minute=10)):
        absences.say_away(
            by=world.actor("first"),
            user_id=world.users["first"],
            starts_at=now() + timedelta(hours=2),
            ends_at=now() + timedelta(hours=5),
            reason="sickness",
        )
        found = load_ahead.load_ahead(by=world.actor("second"))
    assert [slot.on_duty for slot in found.hours[:7]] == [2, 2, 2, 1, 1, 1, 2]


@dataclass(frozen=True)
class Clock:
    due_at: datetime


def test_old_misses_do_not_hide_on_a_wall_what_can_still_be_met() -> None:
    late = [Clock(NOON - timedelta(hours=hours)) for hours in range(20, 0, -1)]
    ahead_of = [Clock(NOON + timedelta(hours=hours)) for hours in range(20)]
    assert ahead.on_the_wall([*late, *ahead_of], NOON) == [*late[-4:], *ahead_of[:4]]
    assert ahead.on_the_wall([*late, *ahead_of[:2]], NOON) == [*late[-6:], *ahead_of[:2]]
    assert ahead.on_the_wall(late, NOON) == late[-8:]
    assert ahead.on_the_wall([*late[-2:], *ahead_of], NOON) == [*late[-2:], *ahead_of[:6]]


def test_what_is_over_or_not_of_ones_team_is_not_ahead(world: World) -> None:
    moment_id = world.signal()
    with travel(now() + timedelta(days=3)):
        found = load_ahead.load_ahead(by=world.actor("first"))
        assert (found.overdue, found.in_a_day) == (2, 0)
    Moment.objects.filter(id=moment_id).update(state="held", reached_at=now())
    found = load_ahead.load_ahead(by=world.actor("first"))
    assert (found.overdue, found.in_a_day) == (0, 0)
    assert "You are in no team." in html(world.client("outsider").get("/worklist/ahead/"))


def test_the_wall_says_kind_team_time_and_worker_and_nothing_of_a_child(three: World) -> None:
    page = html(three.client("first").get("/worklist/wall/"))
    for said in ("Hub", "Fern First", "Sol Second", "Nobody yet", "As it was <time"):
        assert said in page
    for kept in (
        "Ada",
        "Bea",
        "Cai",
        "Orrell",
        "2012",
        "FX1",
        "Millrake",
        "exhausted",
    ):
        assert kept not in page, kept
    assert 'href="/moments/' not in page
    assert three.client("teacher").get("/worklist/wall/").status_code == 403
    outside = html(three.client("outsider").get("/worklist/wall/"))
    assert "Sol Second" not in outside


def test_the_wall_counts_by_worker_who_is_to_be_asked_again(three: World) -> None:
    first = three.users["first"]
    Moment.objects.filter(holder=first).update(ask_again_at=now())
    said = "To be asked again today</strong>, after a no for now: "
    assert f"{said}Fern First (1)." in html(three.client("first").get("/worklist/wall/"))
    Moment.objects.update(holder=first, ask_again_at=now())
    nobody = Moment.objects.order_by("id")[0]
    Moment.objects.filter(id=nobody.id).update(holder=None, asked=None, state="with_team")
    page = html(three.client("first").get("/worklist/wall/"))
    assert f"{said}Fern First (2), nobody yet (1)." in page


def test_what_goes_to_paper_is_audited_for_each_child(three: World) -> None:
    client = three.client("first")
    before = Entry.objects.filter(action="looked", details__page="worklist printed").count()
    page = html(client.get("/worklist/print/"))
    assert "Printed by Fern First, Fenmarch Council" in page
    assert "Ada Orrell" in page
    found = Entry.objects.filter(action="looked", details__page="worklist printed")
    assert found.count() - before == 3
    assert {entry.actor_id for entry in found} == {three.users["first"]}
    ada = Moment.objects.get(holder=three.users["first"])
    assert "Printed by Fern First" in html(client.get(f"/moments/{ada.id}/print/"))
    looks = html(client.get(f"/children/{ada.person_id}/who-looked/"))
    assert "a printed moment" in looks
    assert "the printed worklist" in looks
    assert three.client("outsider").get(f"/moments/{ada.id}/print/").status_code == 404

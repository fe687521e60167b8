"""What each feed brought and what was used of it: counted once, and shown to whom it may be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import Forbidden, NotFound
from reachable.foundation.time import travel
from reachable.intake import minimum, services
from reachable.intake.minimum import FeedMinimum
from reachable.intake.rules.minimum import FEWEST, SMALL, UNSAID, about, exact, figures, hides
from tests.support.files import load
from tests.support.killing import AT
from tests.support.queries import queries_of
from tests.support.world import World, html, make_world

BY = system("tests")
HEADINGS = (
    "Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB,Postcode\n"
)

SHOWN: list[tuple[int, Sequence[int], list[str]]] = [
    (7, (1, 0, 6), ["too few rows to say"] * 3),
    (0, (0, 0, 0), ["too few rows to say"] * 3),
    (1204, (31, 73, 1100), ["31", "73", "1,100"]),
    (1204, (0, 0, 1204), ["0", "0", "1,204"]),
    (1204, (3, 101, 1100), ["1 to 7", "about 100", "about 1,100"]),
    (100, (1, 7, 92), ["1 to 7", "1 to 7", "about 90"]),
    (8, (8, 0, 0), ["8", "0", "0"]),
]


@pytest.mark.parametrize(("rows", "counts", "shown"), SHOWN)
def test_figures_as_they_are_shown(rows: int, counts: Sequence[int], shown: list[str]) -> None:
    assert [str(each) for each in figures(rows, counts)] == shown


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=4), st.booleans())
def test_what_is_about_few_children_is_never_exact(counts: list[int], coarse: bool) -> None:
    shown = figures(sum(counts), counts, coarse=coarse)
    for count, figure in zip(counts, shown, strict=True):
        assert figure.high is None or figure.low <= count <= figure.high
        if 0 < count < FEWEST:
            assert figure in (SMALL, UNSAID)
    if any(0 < count < FEWEST for count in counts) or coarse:
        assert all(figure.low != figure.high or figure == exact(0) for figure in shown)
        assert hides(shown) or not any(counts)


@given(st.integers(FEWEST, 100_000))
def test_about_holds_the_count(count: int) -> None:
    assert about(count).low <= count <= (about(count).high or 0)


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def rows(first: int, many: int, *, day: str = "24/10/2026", born: str = "2012") -> str:
    return "".join(
        f"CU/{at},Arrest,{day},10:00,Fenmarch,Sample{at},Child{at},03/03/{born},FX1 1AA\n"
        for at in range(first, first + many)
    )


def brought(world: World, who: str = "governance", *, days: int = 0) -> FeedMinimum:
    with travel(AT + timedelta(days=days)):
        (found,) = minimum.minimum(by=world.actor(who))
    return found


def loaded(content: str, *, days: int = 0) -> None:
    with travel(AT + timedelta(days=days)):
        load(HEADINGS + content)


@pytest.mark.db
def test_every_row_is_counted_and_what_it_led_to(world: World) -> None:
    loaded(rows(1, 12) + rows(101, 20, born="1990") + rows(201, 2, day="no day"))
    loaded(rows(1, 12) + rows(301, 1, born="1990"))
    found = brought(world)
    assert (found.brought.rows, found.brought.accepted) == (47, 33)
    assert (found.brought.refused, found.brought.duplicates) == (2, 12)
    assert found.used is not None
    assert (str(found.used.moments), str(found.used.known)) == ("12", "0")
    assert (str(found.used.forgotten), str(found.used.waiting)) == ("0", "21")
    assert found.go_first == found.go_last == AT.date() + timedelta(days=30)
    with travel(AT + timedelta(days=40)):
        services.forget(by=BY)
    found = brought(world, days=40)
    assert found.used is not None
    assert (str(found.used.forgotten), str(found.used.waiting)) == ("21", "0")
    gone = [month for month in found.months if month.used and month.used.forgotten.low == 21]
    assert [month.first for month in gone] == [date(2026, 12, 1)]
    came = [month.first for month in found.months if month.brought.rows]
    assert came == [date(2026, 10, 1)]
    assert found.months[0].first == date(2026, 12, 1)
    assert found.months[-1].first == date(2026, 1, 1)


@pytest.mark.db
def test_what_comes_of_a_child_who_is_known_counts_as_recorded(world: World) -> None:
    loaded(rows(1, 10))
    # Months later, of the same children: too old to open anything, and kept with them.
    again = rows(1, 10).replace("CU/", "CX/").replace("24/10/2026", "24/01/2026")
    loaded(again, days=1)
    found = brought(world, days=1)
    assert found.used is not None
    assert (str(found.used.moments), str(found.used.known)) == ("10", "10")


@pytest.mark.db
def test_promise_12_a_sender_sees_the_same_whether_children_are_known_or_not(
    world: World,
) -> None:
    loaded(rows(1, 10))
    with travel(AT):
        before = html(world.client("clerk").get("/intake/minimum/"))
    assert "10" in before
    for told in ("moment", "Forgotten", "known</th>", "Wait now"):
        assert told not in before
    with travel(AT + timedelta(days=40)):
        services.forget(by=BY)
        address = f"/intake/minimum/{agency_id('police')}/police_custody/"
        for page in ("/intake/minimum/", address):
            shown = html(world.client("clerk").get(page))
            for told in ("opened", "orgotten", "known</th>", "Wait now"):
                assert told not in shown
    clerk = brought(world, "clerk")
    assert clerk.used is None
    assert all(month.used is None for month in clerk.months)
    assert (clerk.go_first, clerk.go_last) == (None, None)
    assert set(clerk.as_dict()) == {
        *("agency", "feed", "rows", "accepted", "refused", "duplicates"),
        *("go_first", "go_last", "months"),
    }


@pytest.mark.db
def test_promise_09_each_agency_sees_its_own_and_governance_sees_all(world: World) -> None:
    loaded(rows(1, 10))
    clerk = world.actor("clerk")
    with pytest.raises(NotFound):
        minimum.minimum(by=clerk, agency_id=agency_id("school"), feed="police_custody")
    for who in ("first", "sergeant", "teacher"):
        with pytest.raises(Forbidden):
            minimum.minimum(by=world.actor(who))
    assert brought(world, "administrator").used is None
    assert not Entry.objects.filter(action="looked").exists()
    brought(world)
    looked = Entry.objects.get(action="looked")
    assert looked.actor_id == world.users["governance"]


@pytest.mark.db
def test_a_feed_that_earns_nothing_is_named_with_what_to_do(world: World) -> None:
    loaded(rows(1, 30, born="1990"))
    with travel(AT):
        page = html(world.client("governance").get("/intake/minimum/"))
        assert "1 feed led nowhere: " in page
        assert "Of 30 rows, none led anywhere; 0 were forgotten." in page
        address = f"/intake/minimum/{agency_id('police')}/police_custody/"
        page = html(world.client("governance").get(address))
        assert "This feed earns nothing." in page
        assert "30 wait now and lead nowhere yet" in page
        assert "October 2026" in page


@pytest.mark.db
def test_few_rows_and_few_children_are_not_told(world: World) -> None:
    loaded(rows(1, 3) + rows(101, 3, born="1990"))
    assert str(brought(world).used and brought(world).used).count("high=None") == 4
    loaded(rows(201, 30, born="1990"), days=20)
    found = brought(world, days=20)
    assert found.used is not None
    assert str(found.used.moments) == "1 to 7"
    assert str(found.used.waiting) == "about 30"
    assert found.go_first is None


@pytest.mark.db
def test_the_page_asks_as_much_of_many_rows_as_of_few(world: World) -> None:
    loaded(rows(1, 2))
    governance = world.client("governance")
    with travel(AT):
        once = queries_of(governance, "/intake/minimum/")
        loaded(rows(11, 30))
        loaded(rows(101, 30, born="1990"))
        assert queries_of(governance, "/intake/minimum/") == once


@pytest.mark.db
def test_an_empty_place_says_so(world: World) -> None:
    page = html(world.client("governance").get("/intake/minimum/"))
    assert "No file has come in the last twelve months." in page
    address = f"/intake/minimum/{agency_id('police')}/police_custody/"
    page = html(world.client("governance").get(address))
    assert "No file of this feed has come in the last twelve months." in page
    assert world.client("governance").get(address.replace("custody", "x")).status_code == 404


@pytest.mark.db
def test_the_shell_says_the_same(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    from reachable.intake.cli import group

    loaded(rows(1, 3) + rows(101, 30, born="1990"))
    with travel(AT), pytest.raises(SystemExit) as ended:
        group.main(["minimum", "--json"], standalone_mode=False)
    assert ended.value.code == 0
    (said,) = json.loads(capsys.readouterr().out.splitlines()[-1])["feeds"]
    assert (said["rows"], said["moments"]) == (33, [1, 7])
    assert len(said["months"]) == 12

"""The measures of one's own teams in a period: who sees them, what they count, and how fast."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reachable.access.models import User
from reachable.audit.models import Entry
from reachable.foundation.errors import Forbidden
from reachable.foundation.time import now, today, travel
from reachable.moments import contact, measures, services
from reachable.moments.measures import Asked, Measures
from reachable.moments.models import Moment, Trigger
from tests.support.merging import make_hub_with_steward, merge
from tests.support.moments import close_as_declined
from tests.support.people import Partnership, child_with_moment, make_hub
from tests.support.world import World, html

pytestmark = pytest.mark.db
CHILDREN = ("Ada", "Bea", "Cai", "Dot", "Eli")


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def _year() -> Asked:
    return Asked(today() - timedelta(days=364), today())


def _found(hub: Partnership, who: str = "lead", **asked: Any) -> Measures:
    period = _year()
    return measures.measures(by=hub.actor(who), asked=replace(period, **asked))


def _counts(found: Measures, key: str) -> tuple[int, int, int, int]:
    tally = found.everything.tallies[key]
    return tally.yes, tally.of, tally.open, tally.out


def _live(hub: Partnership) -> list[Moment]:
    """Five moments: reached, declined and closed, declined and open, in error, untouched."""
    fern = hub.actor("fern")
    held = [child_with_moment(hub, given=name)[1] for name in CHILDREN]
    for moment in held[:4]:
        services.take(by=fern, moment_id=moment.id)
    contact.offer(by=fern, moment_id=held[0].id, how="in_person", note="")
    services.reach(by=fern, moment_id=held[0].id, how="seen", note="")
    close_as_declined(by=fern, moment_id=held[1].id, reason="No")
    contact.decline(
        by=fern,
        moment_id=held[2].id,
        how="message",
        note="Not now",
        again_on=today() + timedelta(days=7),
        by_whom=hub.workers["fern"],
    )
    services.close(by=fern, moment_id=held[3].id, outcome="opened_in_error", reason="Twice")
    return held


def test_measures_count_the_moments_of_ones_own_teams(hub: Partnership) -> None:
    _live(hub)
    found = _found(hub)
    assert found.everything.moments == 5
    assert _counts(found, "acknowledged") == (3, 3, 1, 1)
    assert _counts(found, "offered") == (3, 3, 1, 1)
    assert _counts(found, "declined") == (2, 2, 1, 2)
    assert _counts(found, "asked_again") == (0, 1, 1, 3)
    assert _counts(found, "reached") == (1, 2, 2, 1)
    assert _counts(found, "in_time") == (1, 2, 2, 1)
    assert _counts(found, "missed") == (0, 2, 2, 1)
    assert _counts(found, "kept_28_days") == (0, 0, 1, 4)
    assert found.everything.to_acknowledge.count == 3
    assert found.everything.to_reach.count == 1
    assert [(group.words, group.tallied.moments) for group in found.by_team] == [("Hub", 5)]
    assert [group.key for group in found.by_kind] == ["custody"]
    assert _found(hub, kind="court").everything.moments == 0
    assert _found(hub, kind="court").kinds == found.kinds
    assert _found(hub, first=today() + timedelta(days=1)).everything.moments == 0


def test_another_teams_moments_are_in_nobody_elses_measures(hub: Partnership) -> None:
    _live(hub)
    hub.team("west")
    hub.worker("wynn", team="west")
    found = _found(hub, "wynn")
    assert found.everything.moments == 0
    assert [words for _, words in found.teams] == ["West"]
    asked = _found(hub, "wynn", team=str(hub.teams["hub"]))
    assert asked.everything.moments == 0
    hub.worker("loader", "intake_worker", team="hub")
    with pytest.raises(Forbidden):
        _found(hub, "loader")


def test_a_look_at_exact_numbers_is_logged(hub: Partnership) -> None:
    _found(hub)
    looks = Entry.objects.filter(action="looked", details__page="measures")
    assert [entry.actor_id for entry in looks] == [hub.workers["lead"]]


def test_what_lasted_and_why_a_clock_was_missed_are_counted(hub: Partnership) -> None:
    held = _live(hub)
    fern = hub.actor("fern")
    with travel(now() + timedelta(days=30)):
        contact.still_in_touch(
            by=fern, moment_id=held[0].id, check="28_days", how="kept", note="Mo"
        )
        contact.explain(by=fern, moment_id=held[2].id, how="child_said_no", note="Said no")
        found = _found(hub)
    assert _counts(found, "kept_28_days") == (1, 1, 0, 4)
    assert _counts(found, "missed") == (2, 4, 0, 1)
    assert _counts(found, "explained") == (1, 2, 0, 3)
    assert _counts(found, "asked_again") == (0, 2, 0, 3)
    assert found.everything.why_missed == {"child_said_no": 1}


def test_what_joined_or_was_corrected_away_is_not_counted(db: None) -> None:
    hub = make_hub_with_steward()
    one, older = child_with_moment(hub, given="Ada")
    other, newer = child_with_moment(hub, given="Bea")
    _, gone = child_with_moment(hub, given="Cai")
    assert _found(hub).everything.moments == 3
    merge(hub, one, other)
    Trigger.objects.filter(moment=gone).update(ended_at=now())
    # What stands of the joined one keeps the other in.
    top = Moment.objects.get(joined_into=None, id__in=[older.id, newer.id])
    Trigger.objects.filter(moment=top).update(ended_at=now())
    found = _found(hub)
    assert found.everything.moments == 2
    assert _counts(found, "reached") == (0, 0, 1, 1)


def test_the_page_asks_as_often_for_many_moments_as_for_few(hub: Partnership) -> None:
    _live(hub)
    client = Client()
    client.force_login(User.objects.get(username="lead"))

    def asked() -> int:
        client.get("/measures/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/measures/").status_code == 200
        return len(queries)

    few = asked()
    for name in ("Fay", "Gus", "Hal", "Ivy", "Jem", "Kit"):
        _, moment = child_with_moment(hub, given=name)
        services.take(by=hub.actor("fern"), moment_id=moment.id)
    assert asked() == few <= 25


def test_the_pages_say_numbers_definitions_and_what_to_do_with_none(world: World) -> None:
    client = world.client("first")
    empty = html(client.get("/measures/"))
    assert "There is nothing to count." in empty
    moment_id = world.signal()
    client.post(f"/moments/{moment_id}/take/")
    page = html(client.get("/measures/"))
    assert "1 moment of your teams, opened from" in page
    assert "1 of 1" in page
    assert "Orrell" not in page
    one = html(client.get("/measures/reached/"))
    assert "Trying, offering and a no do not count." in one
    assert "In police custody" in one
    assert client.get("/measures/score/").status_code == 404
    for kept_out in ("sergeant", "teacher"):
        assert world.client(kept_out).get("/measures/").status_code == 403
    assert "You are in no team." in html(world.client("outsider").get("/measures/"))


def test_a_period_that_is_none_is_said_so_and_junk_in_an_address_does_no_harm(
    world: World,
) -> None:
    client = world.client("first")
    days = "first-day=2&first-month=3&first-year=2026&last-day=1&last-month=3&last-year=2026"
    answer = client.get(f"/measures/?{days}")
    assert answer.status_code == 422
    assert "The last day is before the first" in html(answer, 422)
    assert client.get(f"/measures/download/?{days}").status_code == 422
    assert client.get("/measures/?team=nonsense").status_code == 422
    assert client.get("/measures/?name=x&key=y").status_code == 200
    one_day = "first-day=1&first-month=3&first-year=2026&last-day=1&last-month=3&last-year=2026"
    assert "No moments were opened from 1 March 2026" in html(client.get(f"/measures/?{one_day}"))


def test_all_of_it_is_downloaded_as_a_table(world: World) -> None:
    client = world.client("first")
    world.signal()
    answer = client.get("/measures/download/")
    assert answer["Content-Type"].startswith("text/csv")
    assert f"{today()}.csv" in answer["Content-Disposition"]
    assert answer["Cache-Control"].find("no-store") >= 0
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    reached = [row for row in rows if row["measure"] == "reached"]
    assert [(row["part"], row["of"]) for row in reached] == [
        ("all", ""),
        ("team", "Hub"),
        ("kind", "In police custody, or at a voluntary interview"),
    ]
    assert {(row["yes"], row["settled"], row["still_open"]) for row in reached} == {("0", "0", "1")}
    hours = next(row for row in rows if row["measure"] == "hours_until_reached")
    assert (hours["count"], hours["median_hours"]) == ("0", "")

"""A calendar of one's own: when, and nothing of a child; by a secret that the database lacks."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from icalendar import Calendar, Component

from reachable.access import calendar_addresses
from reachable.access import services as access
from reachable.access.models import CalendarAddress
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.moments.models import Moment
from tests.support.world import World, html

pytestmark = pytest.mark.db


def made(world: World, username: str = "first") -> str:
    """Make an address on the page, and return its path as the page shows it."""
    page = html(world.client(username).post("/calendar/make/"))
    found = re.search(r">(http[^<]+\.ics)</textarea>", page)
    assert found
    return urlsplit(found.group(1)).path


def fetched(path: str) -> Component:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content.decode())


def test_a_calendar_says_when_and_nothing_of_a_child(world: World) -> None:
    held = world.signal(given_names="Ada", needs="Short sentences")
    world.client("first").post(f"/moments/{held}/take/")
    asked = world.signal(given_names="Bea")
    path = made(world)
    events = {str(each["summary"]): each for each in fetched(path).walk("VEVENT")}
    assert set(events) == {"A moment you have is due", "A moment waits for your answer"}
    due = events["A moment you have is due"]
    assert due["dtstart"].dt == Moment.objects.get(id=held).child_due_at.replace(microsecond=0)
    assert str(due["url"]).endswith(f"/moments/{held}/")
    assert str(events["A moment waits for your answer"]["url"]).endswith(f"/moments/{asked}/")
    said = Client().get(path).content.decode()
    for kept in ("Ada", "Bea", "Orrell", "2012", "FX1", "custody", "Short", "exhausted"):
        assert kept not in said, kept


def test_what_is_reached_closed_or_with_others_is_not_in_it(world: World) -> None:
    held = world.signal()
    world.client("second").post(f"/moments/{held}/take/")
    assert fetched(made(world)).walk("VEVENT") == []
    path = made(world, "second")
    assert len(fetched(path).walk("VEVENT")) == 1
    Moment.objects.filter(id=held).update(reached_at="2026-03-01T10:00:00Z")
    assert fetched(path).walk("VEVENT") == []


def test_a_secret_is_shown_once_and_kept_nowhere(world: World) -> None:
    path = made(world)
    secret = path.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(secret) >= 40
    assert secret not in html(world.client("first").get("/calendar/"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_calendaraddress")
        assert secret not in str(cursor.fetchall())
    assert not Entry.objects.filter(details__icontains=secret).exists()
    actions = Entry.objects.filter(subject_kind="calendar_address").values_list("action", flat=True)
    assert list(actions) == ["access.calendar_made"]


def test_a_wrong_revoked_or_absent_address_are_the_same(world: World) -> None:
    path = made(world)
    other = made(world, "second")
    wrong = Client().get(path[:-5] + ("A" if path[-5] != "A" else "B") + ".ics")
    mixed = Client().get(f"{path.rsplit('/', 1)[0]}/{other.rsplit('/', 1)[1]}")
    assert wrong.status_code == mixed.status_code == 404
    world.client("first").post("/calendar/revoke/")
    revoked = Client().get(path)
    assert revoked.status_code == 404
    assert fetched(other)
    assert "You have no address now" in html(world.client("first").get("/calendar/"))
    assert Entry.objects.filter(action="access.calendar_revoked").count() == 1


def test_another_address_ends_the_one_before(world: World) -> None:
    before, after = made(world), made(world)
    assert before != after
    assert Client().get(before).status_code == 404
    assert fetched(after)
    assert CalendarAddress.objects.filter(revoked_at=None).count() == 1


def test_an_account_or_a_role_that_has_ended_opens_no_calendar(world: World) -> None:
    first, second = made(world), made(world, "second")
    access.end_role(by=system("tests"), user_id=world.users["first"], role="practitioner")
    access.end_account(by=system("tests"), user_id=world.users["second"])
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 404


def test_when_it_was_last_fetched_is_said(world: World) -> None:
    path = made(world)
    assert "No calendar has fetched it yet" in html(world.client("first").get("/calendar/"))
    fetched(path)
    own = calendar_addresses.own(by=world.actor("first"))
    assert own is not None
    assert own.last_used_at is not None
    assert world.client("teacher").post("/calendar/make/").status_code == 403

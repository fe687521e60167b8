"""Birthdays as moments: of whom, when, once, corrected, and what 18 does to what is open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from reachable.access.models import User
from reachable.audit.models import Entry
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.registries import schedules
from reachable.foundation.time import travel
from reachable.moments import birthdays, dry_runs, selectors, services
from reachable.moments.models import OPEN, Moment, RuleSwitch, Trigger
from reachable.people.identification import Identified
from reachable.people.models import Record
from reachable.practice.time import LONDON
from tests.support.merging import merge
from tests.support.people import Partnership, claim, happen, identify_one, make_hub

pytestmark = pytest.mark.db
BY = system("birthdays")
SIXTEEN = date(2026, 11, 10)
BORN = "2010-11-10"


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


@pytest.fixture
def hub(db: None) -> Partnership:
    with travel(at(date(2026, 1, 1))):
        place = make_hub("fern")
        place.worker("steward", "linkage_steward")
        return place


def child(
    hub: Partnership,
    given: str = "Tamsin",
    *,
    born: str = BORN,
    sign: str = "exploitation_found",
    on: date = date(2026, 9, 1),
    known: date | None = None,
    news: bool = True,
) -> Identified:
    """A child of whom a sign came, on the day or later."""
    with travel(at(known or on)):
        who = identify_one(claim(hub.police, f"P-{given}", given=given, born=born))
        happen(who, hub.police, sign, occurred=at(on, 9), news=news)
        return who


def keep(day: date, hour: int = 12, minute: int = 0) -> int:
    with travel(at(day, hour, minute)):
        return birthdays.keep(by=BY)


def recorded() -> list[tuple[str, date]]:
    held = Event.objects.filter(kind__startswith="turned_").order_by("occurred_on", "kind")
    return list(held.values_list("kind", "occurred_on"))


def growing_up() -> list[Moment]:
    return list(Moment.objects.filter(kind="growing_up", state__in=OPEN))


def page(moment: Moment) -> str:
    client = Client()
    client.force_login(User.objects.get(username="fern"))
    answer = client.get(f"/moments/{moment.id}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_birthday_opens_a_moment_where_a_sign_concerns_the_child(hub: Partnership) -> None:
    who = child(hub)
    child(hub, "Wren", sign="suspended")
    assert keep(SIXTEEN - timedelta(days=1)) == 0
    assert keep(SIXTEEN) == 1
    (moment,) = growing_up()
    assert moment.person_id == who.person_id
    assert moment.rule == "growing_up_after_sign"
    assert recorded() == [("turned_16", SIXTEEN)]
    assert Entry.objects.filter(action="moments.birthdays").count() == 1


def test_the_day_begins_at_midnight_in_london(hub: Partnership) -> None:
    """In June, London is an hour ahead: its 15 June has begun when in UTC it is still the 14th."""
    child(hub, born="2010-06-15", on=date(2026, 5, 1))
    assert keep(date(2026, 6, 14), 23, 59) == 0
    assert keep(date(2026, 6, 15), 0, 1) == 1


def test_running_it_again_changes_nothing(hub: Partnership) -> None:
    child(hub)
    assert keep(SIXTEEN) == 1
    before = recorded(), Entry.objects.count(), Trigger.objects.count()
    for days in (0, 0, 1, 20, 40):
        assert keep(SIXTEEN + timedelta(days=days)) == 0
    assert (recorded(), Entry.objects.count(), Trigger.objects.count()) == before


def test_a_worker_that_was_away_for_days_makes_up_for_it(hub: Partnership) -> None:
    child(hub)
    assert keep(SIXTEEN + timedelta(days=6)) == 1
    assert recorded() == [("turned_16", SIXTEEN)]


def test_every_age_in_its_turn_joins_what_is_open(hub: Partnership) -> None:
    child(hub, born="2009-11-10", on=date(2026, 10, 1))
    assert keep(SIXTEEN) == 1
    assert keep(date(2027, 5, 10)) == 0
    assert keep(date(2027, 11, 10)) == 0
    assert [kind for kind, _ in recorded()] == ["turned_17", "turned_17_and_a_half", "turned_18"]
    (moment,) = growing_up()
    assert Trigger.objects.filter(moment=moment, ended_at=None).count() == 3


def test_a_sign_too_long_ago_or_after_the_birthday_opens_nothing(hub: Partnership) -> None:
    child(hub, on=date(2026, 1, 2))
    with travel(at(date(2026, 1, 3))):
        old = identify_one(claim(hub.police, "P-Kit", given="Kit", born="2010-11-09"))
        happen(old, hub.police, "exploitation_found", occurred=at(date(2024, 11, 1)))
    child(hub, "Sol", born="2010-11-08", on=date(2026, 11, 9))
    assert keep(SIXTEEN) == 1
    assert len(growing_up()) == 1


def test_a_late_sign_of_before_the_birthday_opens_it_at_the_next_run(hub: Partnership) -> None:
    with travel(at(date(2026, 9, 1))):
        who = identify_one(claim(hub.police, "P-1", born=BORN))
        happen(who, hub.police, "suspended", occurred=at(date(2026, 9, 1), 9))
    assert keep(SIXTEEN) == 0
    with travel(at(SIXTEEN + timedelta(days=3))):
        happen(who, hub.police, "exploitation_found", occurred=at(date(2026, 11, 1)))
    assert keep(SIXTEEN + timedelta(days=4)) == 1


def test_a_first_load_as_history_opens_none_and_the_next_birthday_does(hub: Partnership) -> None:
    loaded = SIXTEEN + timedelta(days=5)
    child(hub, known=loaded, news=False)
    child(hub, "Wren", born="2010-11-20", known=loaded, news=False)
    assert keep(loaded) == 0
    assert growing_up() == []
    assert keep(date(2026, 11, 20)) == 1
    (moment,) = growing_up()
    assert Trigger.objects.get(moment=moment).event_kind == "turned_16"


def test_a_rule_that_is_off_makes_nothing(hub: Partnership) -> None:
    child(hub)
    RuleSwitch.objects.create(
        rule="growing_up_after_sign", version=1, is_on=False, at=at(SIXTEEN), reason="Later"
    )
    assert keep(SIXTEEN) == 0
    assert recorded() == []


def test_born_on_29_february_one_is_17_on_1_march(hub: Partnership) -> None:
    child(hub, born="2010-02-28", on=date(2026, 12, 1))
    child(hub, "Wren", born="2008-02-29", sign="arrest", on=date(2025, 2, 1))
    with travel(at(date(2025, 2, 28))):
        assert birthdays.keep(by=BY) == 0
    with travel(at(date(2025, 3, 1))):
        birthdays.keep(by=BY)
    assert recorded() == [("turned_17", date(2025, 3, 1))]


def _say_born(who: Identified, born: date | None) -> None:
    Record.objects.filter(id=who.record_id).update(birth_date=born)


@pytest.mark.parametrize(
    ("born", "then", "standing"),
    [
        (date(2010, 11, 8), [("turned_16", date(2026, 11, 8))], 1),
        (date(2012, 11, 10), [], 0),
        (None, [], 0),
    ],
)
def test_a_corrected_birth_date_corrects_it(
    hub: Partnership, born: date | None, then: list[tuple[str, date]], standing: int
) -> None:
    who = child(hub)
    keep(SIXTEEN)
    (moment,) = growing_up()
    due = moment.child_due_at
    _say_born(who, born)
    assert keep(SIXTEEN + timedelta(days=1)) == 0
    assert recorded() == then
    assert Trigger.objects.filter(moment=moment, ended_at=None).count() == standing
    (still,) = growing_up()
    assert (still.child_due_at < due) is bool(standing)
    assert keep(SIXTEEN + timedelta(days=2)) == 0


def test_a_correction_of_a_signal_corrects_it_at_once(hub: Partnership) -> None:
    who = child(hub)
    keep(SIXTEEN)
    _say_born(who, date(2012, 11, 10))
    with travel(at(SIXTEEN + timedelta(hours=1))):
        signal = Event.objects.exclude(kind="turned_16").values_list("signal_id", flat=True)[0]
        services.reconsider(by=BY, current_ids=[who.current_id], signal_ids=[signal])
    assert recorded() == []
    assert not Trigger.objects.filter(rule="growing_up_after_sign", ended_at=None).exists()


def test_two_records_of_one_child_have_one_birthday(hub: Partnership) -> None:
    first = child(hub)
    second = child(hub, "Tam", born="2010-11-09", on=date(2026, 9, 2))
    merge(hub, first, second)
    assert keep(SIXTEEN) == 1
    assert recorded() == [("turned_16", date(2026, 11, 9))]
    assert keep(SIXTEEN + timedelta(days=1)) == 0


def test_a_child_who_turns_18_keeps_the_moment_and_the_page_says_what_changes(
    hub: Partnership,
) -> None:
    with travel(at(date(2026, 11, 9))):
        who = identify_one(claim(hub.police, "P-1", born="2008-11-10"))
        happen(who, hub.police, "arrest", occurred=at(date(2026, 11, 9), 9), born=None)
        moment = Moment.objects.get()
        services.take(by=hub.actor("fern"), moment_id=moment.id)
        assert "is 18, since" not in page(moment)
    assert keep(date(2026, 11, 10)) == 0
    with travel(at(date(2026, 11, 10), 13)):
        found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
        assert (found.row.state, found.adult_since) == ("waiting", date(2026, 11, 10))
        assert {trigger.event_kind for trigger in Trigger.objects.filter(ended_at=None)} == {
            "arrest",
            "turned_18",
        }
        said = page(moment)
        assert "is 18, since 10 November 2026" in said
        assert "from the 18th birthday it is" in said
        assert "name who leads" in said


def test_a_dry_run_counts_birthdays_that_nobody_recorded(hub: Partnership) -> None:
    child(hub)
    child(hub, "Wren", sign="suspended")
    with travel(at(date(2026, 12, 1))):
        found = dry_runs.try_now(by=hub.actor("lead"), rule="growing_up_after_sign")
        assert (found["calls"], found["opens"]) == (1, 1)
        keep(date(2026, 12, 1))
        again = dry_runs.try_now(by=hub.actor("lead"), rule="growing_up_after_sign")
        assert again["calls"] == 1


def test_it_is_in_the_schedule_once_a_day() -> None:
    (scheduled,) = [each for each in schedules.items() if each.name == "birthdays"]
    assert scheduled.every_seconds == 24 * 60 * 60
    assert scheduled.lane == "daily"


def test_the_register_is_asked_once_however_many_are_in_it(
    hub: Partnership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        child(hub, f"Wren{number}", sign="suspended", born=f"2010-11-{number + 10}")
    with travel(at(SIXTEEN)), django_assert_num_queries(3):
        birthdays.keep(by=BY)

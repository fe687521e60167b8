"""Who looked at whom is said as facts, of the time of the look, to governance alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from reachable.access.models import Involvement, Shift, TeamMembership, User
from reachable.access.selectors import agency_id
from reachable.audit import services as audit
from reachable.audit.models import Entry
from reachable.audit.pages import OWN_SIGNAL
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import travel
from reachable.governance import keeping, watching
from reachable.governance.facts import FACTS, PAPERS
from reachable.governance.rules import WatchRules, hours_between
from reachable.governance.watching import LINES, Narrowing
from reachable.people.models import CurrentPerson, Person, Record
from tests.support.world import World, html, make_world, moment

pytestmark = pytest.mark.db
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
NIGHT = NOON + timedelta(hours=10)
SUNDAY = NOON + timedelta(days=4)


@pytest.fixture
def place(db: None) -> Iterator[World]:
    with travel(NOON):
        yield make_world()


@pytest.fixture
def child(place: World) -> UUID:
    return moment(place.signal()).person_id


def look(
    world: World,
    who: str,
    subject: UUID | None,
    at: datetime = NOON,
    page: str = "child",
    kind: str = "person",
) -> None:
    with travel(at):
        audit.looked(by=world.actor(who), subject=(kind, subject), page=page)


def facts(world: World, subject: UUID | None, who: str = "lead", **narrow: Any) -> set[str]:
    """Return what is said of a worker’s looks at a record."""
    wanted = Narrowing(first=date(2026, 11, 16), last=date(2026, 11, 30), **narrow)
    found = watching.watch(by=world.actor("governance"), narrowing=wanted)
    return {
        fact
        for of in found.workers
        for line in of.lines
        if line.worker_id == world.users[who] and line.subject_id == subject
        for fact in line.facts
    }


@pytest.mark.parametrize(
    ("at", "outside"),
    [(NOON, False), (NIGHT, True), (SUNDAY, True), (NOON.replace(hour=8), False)],
)
def test_a_look_is_out_of_hours_by_the_partnerships_hours_in_london(
    place: World, child: UUID, at: datetime, outside: bool
) -> None:
    look(place, "lead", child, at)
    assert ("out_of_hours" in facts(place, child)) is outside


def test_whoever_has_a_shift_then_is_at_work(place: World, child: UUID) -> None:
    look(place, "first", child, NIGHT)
    assert "out_of_hours" not in facts(place, child, "first")
    Shift.objects.filter(user_id=place.users["first"]).update(ends_at=NIGHT)
    assert "out_of_hours" in facts(place, child, "first")


def test_hours_follow_the_clock_of_london_in_summer_and_in_winter() -> None:
    spans = hours_between(WatchRules(), date(2026, 10, 23), date(2026, 10, 26))
    assert [begins.hour for begins, _ in spans] == [7, 8]
    assert (
        len(hours_between(WatchRules(weekends=True), date(2026, 10, 23), date(2026, 10, 26))) == 4
    )


def test_involvement_is_that_of_the_time_of_the_look(place: World, child: UUID) -> None:
    look(place, "lead", child, NOON + timedelta(minutes=1))
    assert "no_involvement" not in facts(place, child)
    ended = NOON + timedelta(minutes=2)
    Involvement.objects.filter(subject_id=child).update(ended_at=ended)
    assert "no_involvement" not in facts(place, child), "it ended after the look"
    look(place, "second", child, NOON + timedelta(minutes=3))
    assert "no_involvement" in facts(place, child, "second")


def test_what_somebody_sent_themselves_is_theirs_to_look_at(place: World, child: UUID) -> None:
    look(place, "sergeant", child, page=OWN_SIGNAL)
    assert "no_involvement" not in facts(place, child, "sergeant")
    look(place, "sergeant", child)
    assert "no_involvement" in facts(place, child, "sergeant")


def test_whoever_joined_the_team_later_was_not_involved_then(place: World, child: UUID) -> None:
    look(place, "lead", child, NOON + timedelta(minutes=1))
    TeamMembership.objects.filter(user_id=place.users["lead"]).update(
        started_at=NOON + timedelta(minutes=2)
    )
    assert "no_involvement" in facts(place, child)


def test_involvement_with_whoever_turned_out_to_be_the_same_child_counts(
    place: World, child: UUID
) -> None:
    other = moment(place.signal(family_name="Elsewhere")).person_id
    Involvement.objects.filter(subject_id=child).update(ended_at=NOON)
    look(place, "lead", child, NOON + timedelta(minutes=1))
    assert "no_involvement" in facts(place, child)
    CurrentPerson.objects.filter(person_id=other).update(current_id=child)
    assert "no_involvement" not in facts(place, child)


def test_many_different_children_in_a_day_are_counted_from_where_the_partnership_says(
    place: World, child: UUID
) -> None:
    keeping.set_rules(by=place.actor("governance"), rules=WatchRules(many_records=3))
    strangers = [new_id() for _ in range(2)]
    for stranger in strangers:
        look(place, "lead", stranger)
        look(place, "lead", stranger)
    assert "many" not in facts(place, strangers[0])
    look(place, "lead", child, NOON + timedelta(days=1))
    assert "many" not in facts(place, strangers[0]), "it was the next day"
    look(place, "lead", child)
    assert "many" in facts(place, strangers[0])
    page = html(place.client("governance").get("/watch/"))
    assert "3 or more children that day" in page


def test_the_same_family_name_is_that_of_any_record(place: World, child: UUID) -> None:
    look(place, "lead", child)
    assert "same_name" not in facts(place, child)
    User.objects.filter(id=place.users["lead"]).update(name="Lu ORRELL")
    assert "same_name" in facts(place, child)


def test_a_child_of_whom_the_workers_agency_sent_nothing(place: World, child: UUID) -> None:
    look(place, "lead", child)
    look(place, "sergeant", child)
    assert "never_sent" in facts(place, child)
    assert "never_sent" not in facts(place, child, "sergeant")
    Record.objects.filter(person_id=child).update(agency_id=agency_id("council"))
    assert "never_sent" not in facts(place, child)


@pytest.mark.parametrize(("days", "late"), [(6, False), (8, True)])
def test_a_look_long_after_closing(place: World, child: UUID, days: int, late: bool) -> None:
    Involvement.objects.filter(subject_id=child).update(ended_at=NOON)
    look(place, "lead", child, NOON + timedelta(days=days))
    assert ("after_closing" in facts(place, child)) is late


def test_a_child_with_whom_somebody_works_again_is_not_closed(place: World, child: UUID) -> None:
    Involvement.objects.filter(subject_id=child).update(ended_at=NOON)
    Involvement.objects.create(
        user_id=place.users["first"],
        subject_kind="person",
        subject_id=child,
        basis="holder",
        started_at=NOON + timedelta(days=8),
    )
    look(place, "lead", child, NOON + timedelta(days=9))
    assert "after_closing" not in facts(place, child)


def test_emergency_access_papers_and_the_audit_are_facts_too(place: World, child: UUID) -> None:
    with transaction.atomic():
        Involvement.objects.create(
            user_id=place.users["outsider"],
            subject_kind="person",
            subject_id=child,
            basis="emergency",
            started_at=NOON - timedelta(hours=1),
        )
    look(place, "outsider", child)
    look(place, "lead", child, page=PAPERS[0])
    assert "emergency" in facts(place, child, "outsider")
    assert "papers" in facts(place, child)
    assert "papers" not in facts(place, child, "outsider")
    assert facts(place, None, "governance") >= {"audit"}


def test_governances_own_looks_are_shown(place: World) -> None:
    client = place.client("governance")
    client.get("/watch/")
    page = html(client.get("/watch/"))
    assert "Gil Govern" in page
    assert "Read the audit" in page


def test_with_several_facts_all_of_them_are_true(place: World, child: UUID) -> None:
    look(place, "lead", child, NIGHT)
    look(place, "teacher", child, NOON)
    assert facts(place, child, facts=("out_of_hours",))
    assert not facts(place, child, facts=("out_of_hours", "no_involvement"))
    assert not facts(place, child, "teacher", facts=("out_of_hours",))
    assert facts(place, child, "teacher", facts=("no_involvement", "never_sent"))


def test_each_fact_narrows_to_what_its_column_says(place: World, child: UUID) -> None:
    """What is asked of the database as a filter, and of a line as a column, is the same."""
    User.objects.filter(id=place.users["lead"]).update(name="Lu Orrell")
    keeping.set_rules(by=place.actor("governance"), rules=WatchRules(many_records=2))
    for who in ("lead", "teacher", "first"):
        look(place, who, child, NIGHT, page="document")
        look(place, who, new_id(), NIGHT)
    Involvement.objects.filter(subject_id=child).update(ended_at=NOON - timedelta(days=9))
    Involvement.objects.create(
        user_id=place.users["teacher"],
        subject_kind="person",
        subject_id=child,
        basis="emergency",
        started_at=NOON,
    )
    said = {}
    for fact in FACTS:
        for who in ("lead", "teacher", "first", "governance"):
            subject = None if who == "governance" else child
            said[fact.key, who] = fact.key in facts(place, subject, who)
            narrowed = facts(place, subject, who, facts=(fact.key,))
            assert (fact.key in narrowed) is said[fact.key, who], (fact.key, who)
    assert {key for (key, _), true in said.items() if true} == {fact.key for fact in FACTS}
    assert not all(said.values())


def test_a_line_is_one_worker_one_record_one_day_and_leads_to_its_acts(
    place: World, child: UUID
) -> None:
    for minutes, page in ((0, "child"), (5, "moment"), (9, "child")):
        look(place, "lead", child, NOON + timedelta(minutes=minutes), page)
    look(place, "lead", child, NOON + timedelta(days=1))
    found = watching.watch(
        by=place.actor("governance"),
        narrowing=Narrowing(first=NOON.date(), last=date(2026, 11, 20), who="Lead"),
    )
    lines = [line for of in found.workers for line in of.lines]
    assert [(line.day.day, line.looks) for line in lines] == [(19, 1), (18, 3)]
    assert lines[1].pages == ("child", "moment")
    client = place.client("governance")
    with travel(NOON + timedelta(days=1)):
        page = html(client.get("/watch/", {"who": "Lead"}))
    address = (
        f"/watch/looks/?worker={place.users['lead']}&amp;day=2026-11-18&amp;kind=person"
        f"&amp;subject={child}"
    )
    assert address in page
    acts = html(client.get(address.replace("&amp;", "&")))
    assert acts.count('<td class="table__main">') == 3


def test_long_lists_go_on_and_say_no_line_twice(place: World, child: UUID) -> None:
    records = [new_id() for _ in range(LINES + 7)]
    for turn in range(2):
        for number, record in enumerate(records):
            look(place, "lead", record, NOON + timedelta(minutes=turn * 100, seconds=number))
    seen: list[UUID | None] = []
    before: UUID | None = None
    for _ in range(4):
        found = watching.watch(
            by=place.actor("governance"),
            narrowing=Narrowing(NOON.date(), NOON.date(), "Lead", before=before),
        )
        seen += [line.subject_id for of in found.workers for line in of.lines]
        before = found.before
        if before is None:
            break
    assert before is None
    assert sorted(seen, key=str) == sorted(records, key=str)


def test_no_name_of_a_child_is_on_the_page(place: World, child: UUID) -> None:
    place.client("first").get(f"/children/{child}/")
    client = place.client("governance")
    page = html(client.get("/watch/"))
    assert "Fern First" in page
    line = html(
        client.get(
            "/watch/looks/",
            {
                "worker": str(place.users["first"]),
                "day": "2026-11-18",
                "kind": "person",
                "subject": str(child),
            },
        )
    )
    for word in ("Tamsin", "Orrell", "2012", "FX1"):
        assert word not in page
        assert word not in line


@pytest.mark.parametrize("username", ["first", "lead", "clerk", "administrator", "teacher"])
def test_nobody_else_watches(place: World, username: str) -> None:
    client = place.client(username)
    for address in ("/watch/", "/watch/looks/", "/watch/questions/", "/watch/rules/"):
        assert client.get(address).status_code == 403, address
    with pytest.raises(Forbidden):
        watching.watch(by=place.actor(username), narrowing=Narrowing())


def test_what_cannot_be_watched_is_said(place: World) -> None:
    client = place.client("governance")
    day = {"first-day": "1", "first-month": "1", "first-year": "2026"}
    answer = client.get(
        "/watch/", {**day, "last-day": "1", "last-month": "11", "last-year": "2026"}
    )
    assert "92 days at most" in html(answer, 422)
    with pytest.raises(BadInput):
        watching.watch(
            by=place.actor("governance"),
            narrowing=Narrowing(first=date(2026, 11, 18), last=date(2026, 11, 17)),
        )
    assert "32 letters" in html(client.get("/watch/", {"subject": "Orrell"}), 422)
    nothing = html(client.get("/watch/", {"who": "nobody of that name"}))
    assert "No look fits that." in nothing
    led_back = client.get("/watch/looks/", {"worker": "x"}, follow=True)
    assert "named no line of this page" in html(led_back)
    with pytest.raises(NotFound):
        watching.line_of(
            by=place.actor("governance"),
            worker_id=place.users["lead"],
            day=NOON.date(),
            kind="person",
            subject_id=new_id(),
        )


def test_the_number_of_questions_to_the_database_does_not_grow(place: World, child: UUID) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            watching.watch(by=place.actor("governance"), narrowing=Narrowing(who="Lead"))
        return len(queries)

    look(place, "lead", child)
    few = asked()
    for number in range(30):
        record = new_id()
        Person.objects.create(id=record, made_at=NOON)
        look(place, "lead", record, NOON + timedelta(seconds=number))
    assert asked() == few <= 20


def test_hours_are_set_by_governance_and_audited(place: World) -> None:
    client = place.client("governance")
    page = html(client.get("/watch/rules/"))
    assert "nobody here has set them yet" in page
    answers = {"opens": "07:30", "closes": "19:00", "many_records": "12", "days_after": "3"}
    assert client.post("/watch/rules/", answers).status_code == 302
    assert keeping.in_force(by=place.actor("governance")).in_words == (
        "Monday to Friday, 07:30 to 19:00"
    )
    assert Entry.objects.filter(action="governance.watch_set").count() == 1
    assert "later than it begins" in html(
        client.post("/watch/rules/", {**answers, "closes": "07:00"}), 422
    )
    with pytest.raises(BadInput):
        keeping.set_rules(by=place.actor("governance"), rules=WatchRules(opens=WatchRules().closes))

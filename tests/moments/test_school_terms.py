"""The school terms of a partnership: entered, refused, counted by, and what their end does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from reachable.access.models import User
from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.time import travel
from reachable.moments import rules, school_terms, selectors, services
from reachable.moments.models import SchoolDates, Trigger
from reachable.practice import guidance
from reachable.practice.time import LONDON, When
from tests.support.people import Partnership, child_with_moment, make_hub

pytestmark = pytest.mark.db
AT = datetime(2026, 11, 10, 12, 0, tzinfo=LONDON)


@pytest.fixture
def hub(db: None) -> Partnership:
    place = make_hub("fern")
    place.worker("admin", "system_administrator")
    return place


def _enter(hub: Partnership, first: date, last: date, kind: str = "term", name: str = "") -> None:
    school_terms.enter(
        by=hub.actor("lead"), kind=kind, name=name or f"{kind} {first}", first=first, last=last
    )


def _autumn(hub: Partnership) -> None:
    _enter(hub, date(2026, 9, 2), date(2026, 12, 18), name="Autumn term")


def _page(who: str, address: str, **posted: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=who))
    answer = client.post(address, posted, follow=True) if posted else client.get(address)
    assert answer.status_code in (200, 422)
    return unescape(answer.content.decode())


def test_a_supervisor_enters_a_term_and_clocks_count_by_it(hub: Partnership) -> None:
    _autumn(hub)
    _enter(hub, date(2026, 11, 9), date(2026, 11, 9), "closed", "In-service day")
    terms = school_terms.school_terms()
    assert terms.is_in_term(date(2026, 11, 10))
    assert not terms.is_in_term(date(2026, 11, 9))
    assert terms.last == date(2026, 12, 18)
    assert Entry.objects.filter(action="moments.school_dates_entered").count() == 2


@pytest.mark.parametrize(
    ("kind", "first", "last", "said"),
    [
        ("term", date(2026, 12, 18), date(2027, 3, 1), "overlap “Autumn term”"),
        ("term", date(2027, 1, 4), date(2026, 12, 20), "is before the first"),
        ("term", date(2027, 1, 4), date(2027, 12, 20), "longer than any term"),
        ("closed", date(2026, 12, 17), date(2026, 12, 19), "No term that is entered"),
        ("holiday", date(2027, 1, 4), date(2027, 1, 4), "choose what these dates are"),
    ],
)
def test_what_is_refused_in_a_sentence(
    hub: Partnership, kind: str, first: date, last: date, said: str
) -> None:
    _autumn(hub)
    with pytest.raises(BadInput, match=said):
        _enter(hub, first, last, kind)
    assert SchoolDates.objects.count() == 1


def test_what_was_entered_wrongly_is_taken_out_with_what_lies_in_it(hub: Partnership) -> None:
    _autumn(hub)
    _enter(hub, date(2026, 10, 26), date(2026, 10, 30), "closed", "Half-term")
    (term,) = school_terms.calendar(by=hub.actor("lead")).terms
    assert school_terms.take_out(by=hub.actor("admin"), dates_id=term.id) == "Autumn term"
    assert school_terms.school_terms().last is None
    assert SchoolDates.objects.filter(ended_by=hub.workers["admin"]).count() == 2
    for dates_id in (term.id, uuid4()):
        with pytest.raises(NotFound):
            school_terms.take_out(by=hub.actor("admin"), dates_id=dates_id)
    _autumn(hub)


def test_only_whoever_keeps_it_sees_or_changes_it(hub: Partnership) -> None:
    with pytest.raises(Forbidden):
        school_terms.calendar(by=hub.actor("fern"))
    with pytest.raises(Forbidden):
        school_terms.enter(
            by=hub.actor("fern"),
            kind="term",
            name="x",
            first=date(2027, 1, 4),
            last=date(2027, 3, 1),
        )
    with pytest.raises(Forbidden):
        school_terms.take_out(by=hub.actor("fern"), dates_id=uuid4())


def test_an_exclusion_counts_school_days(hub: Partnership) -> None:
    _autumn(hub)
    _enter(hub, date(2026, 11, 11), date(2026, 11, 13), "closed", "Closed for repairs")
    with travel(AT):
        due = _excluded(date(2026, 11, 10)).child_due_at
        assert due.astimezone(LONDON).date() == date(2026, 11, 20)


def _excluded(day: date) -> rules.Opening:
    opener = next(each for each in guidance.rules() if each.opens == "excluded")
    return rules.opened_by(
        opener,
        occurred=When.on(day),
        received_at=AT,
        terms=school_terms.school_terms(),
    )


@pytest.mark.parametrize("year", [1990, 2035, 2199])
def test_a_date_far_away_stops_nothing_and_is_said_on_the_page(hub: Partnership, year: int) -> None:
    """Every rule answers, and an event like that is recorded, shown and passed on."""
    _autumn(hub)
    day = date(year, 3, 5)
    for rule in guidance.rules():
        opening = rules.opened_by(
            rule, occurred=When.on(day), received_at=AT, terms=school_terms.school_terms()
        )
        assert opening.child_due_at >= When.on(day).earliest
    at = datetime(year, 3, 5, 12, tzinfo=LONDON)
    with travel(at):
        _, moment = child_with_moment(hub, kind="bereaved", occurred=at, born=None)
        assert "bank holidays are not known" in Trigger.objects.get(moment=moment).due_note
        services.take(by=hub.actor("fern"), moment_id=moment.id)
        found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
        assert "bank holidays are not known" in found.due_note
        page = _page("fern", f"/moments/{moment.id}/")
        assert "Bank holidays are not known then, so every Monday to Friday counts." in page


def test_the_administrators_first_page_says_beforehand_that_the_terms_end(hub: Partnership) -> None:
    with travel(AT):
        assert "No school terms are entered" in _page("admin", "/")
        _autumn(hub)
        assert "The school terms end on 18 December 2026" in _page("admin", "/")
        _enter(hub, date(2027, 1, 4), date(2027, 3, 25))
        page = _page("admin", "/")
        assert "entered to 25 March 2027" in page
        assert "The school terms end" not in page
        assert "Bank holidays are known until" not in page
    with travel(datetime(2028, 9, 1, tzinfo=LONDON)):
        assert "Bank holidays are known until 31 December 2028" in _page("admin", "/")
    with travel(AT + timedelta(days=400)):
        assert "The school terms end on 25 March 2027" in _page("lead", "/school-terms/")


def test_the_page_takes_dates_and_says_what_is_wrong_with_them(hub: Partnership) -> None:
    wrong = {
        "kind": "term",
        "name": "Spring term",
        "first-day": "4",
        "first-month": "1",
        "first-year": "2027",
        "last-day": "25",
        "last-month": "3",
        "last-year": "2026",
    }
    with travel(AT):
        assert "is before the first" in _page("lead", "/school-terms/", **wrong)
        page = _page("lead", "/school-terms/", **wrong | {"last-year": "2027"})
        assert "“Spring term” is entered" in page
        assert "4 January 2027 to 25 March 2027" in page

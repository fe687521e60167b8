"""The invented area's school terms: whole years without overlap, entered once by its supervisor."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from reachable.foundation.time import travel
from reachable.moments import rules, school_terms
from reachable.practice import guidance
from reachable.practice.time import When
from reachable.synthetic import partnership, terms
from reachable.synthetic.arrival import actors, set_up

UNTIL = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2020, 2040))
def test_the_terms_of_a_year_follow_each_other_and_begin_and_end_on_working_days(year: int) -> None:
    found = list(terms.school_year(year))
    for term in found:
        assert term.first.weekday() < 5 > term.last.weekday()
        assert term.first < term.closed_first < term.closed_last < term.last
        assert (term.closed_first.weekday(), term.closed_last.weekday()) == (0, 4)
    following = [*found, *terms.school_year(year + 1)]
    for before, after in zip(following, following[1:], strict=False):
        assert before.last + timedelta(days=9) < after.first


def test_from_any_day_to_any_day_every_school_year_is_whole() -> None:
    found = terms.between(date(2025, 11, 24), date(2027, 7, 20))
    assert [term.name for term in found] == [
        *("Autumn term 2025", "Spring term 2026", "Summer term 2026"),
        *("Autumn term 2026", "Spring term 2027", "Summer term 2027"),
    ]


@pytest.mark.db
def test_a_clock_in_school_days_counts_by_the_terms_that_the_demonstration_enters(
    db: None,
) -> None:
    made = partnership.make(11, 20, 12, until=UNTIL)
    rule = next(
        rule
        for rule in guidance.rules()
        if rule.alone and guidance.moment_kind(rule.opens).child_clock.span.unit == "school_days"
    )
    excluded = When.on(date(2026, 10, 23))

    def opening() -> rules.Opening:
        found = rules.opening(
            called_by=[rule],
            occurred=excluded,
            received_at=datetime(2026, 10, 23, 15, tzinfo=UTC),
            birth_date=date(2012, 3, 3),
            terms=school_terms.school_terms(),
        )
        assert found
        return found

    with travel(AT):
        set_up(made, password="only-for-a-demonstration")
        without = opening()
        assert without.due_note
        assert terms.enter_terms(made) == 6
        assert terms.enter_terms(made) == 0
        counted = opening()
        calendar = school_terms.calendar(by=actors(made)["supervisor"])
    assert not counted.due_note
    # The week from 26 October is a week off.
    assert counted.child_due_at - without.child_due_at == timedelta(days=7)
    assert not calendar.ends_soon
    assert {each.entered_by for each in calendar.terms} == {"Corwen Ashgrave"}

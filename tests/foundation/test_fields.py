"""Dates and times of day as people type them."""

from __future__ import annotations

from datetime import date, time

import pytest
from django import forms

from reachable.foundation.fields import ClockTimeField, DayField, read_clock_time


class Form(forms.Form):
    day = DayField(required=False)
    at = ClockTimeField(required=False)


def typed(day: str = "", month: str = "", year: str = "", at: str = "") -> Form:
    return Form({"day-day": day, "day-month": month, "day-year": year, "at": at})


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("02:10", time(2, 10)),
        ("2.10", time(2, 10)),
        ("0210", time(2, 10)),
        ("210", time(2, 10)),
        ("2:10am", time(2, 10)),
        ("2 pm", time(14)),
        ("12am", time(0)),
        ("12.30 PM".lower(), time(12, 30)),
        ("midnight", time(0)),
        ("noon", time(12)),
        ("14", None),
        ("24:00", None),
        ("13pm", None),
        ("0pm", None),
        ("12:75", None),
        ("soon", None),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(said: str, read: time | None) -> None:
    assert read_clock_time(said) == read


@pytest.mark.parametrize("month", ["3", "03", "Mar", "march"])
def test_a_month_may_be_a_number_or_a_name(month: str) -> None:
    form = typed("7", month, "2011")
    assert form.is_valid()
    assert form.cleaned_data["day"] == date(2011, 3, 7)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("7", "", "2011"), "The date needs a month"),
        (("7", "", ""), "The date needs a month and a year"),
        (("31", "2", "2011"), "There is no such date: 31 2 2011"),
        (("7", "3", "11"), "Write the year with four figures, such as 2011"),
        (("9" * 30, "3", "2011"), f"There is no such date: {'9' * 30} 3 2011"),
        (("7", "9" * 5_000, "2011"), f"There is no such date: 7 {'9' * 5_000} 2011"),
        (("7", "Brumaire", "2011"), "There is no such date: 7 Brumaire 2011"),
    ],
)
def test_what_is_wrong_with_a_date_is_said(parts: tuple[str, str, str], sentence: str) -> None:
    assert typed(*parts).errors["day"] == [sentence]


def test_an_empty_date_and_time_are_none() -> None:
    form = typed()
    assert form.is_valid()
    assert form.cleaned_data == {"day": None, "at": None}


def test_a_wrong_time_says_how_to_write_one() -> None:
    assert "hours and minutes" in typed(at="25:00").errors["at"][0]

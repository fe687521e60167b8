from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from reachable.intake.rules.dates import date_reader, read_date, read_time
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.words import Cell

DMY, MDY, ANY = "day-month-year", "month-day-year", "undeclared"


@pytest.mark.parametrize("order", [DMY, MDY, ANY])
@pytest.mark.parametrize(
    "text",
    [
        "2026-03-07",
        "2026/03/07",
        "2026.3.7",
        "20260307",
        "7 March 2026",
        "7 Mar 2026",
        "07-MAR-2026",
        "07-Mar-26",
        "7th March 2026",
        "March 7, 2026",
        "Sat 7 March 2026",
        "Saturday, 7th March 2026",
        "2026-03-07 00:00:00",
        "2026-03-07T00:00:00.000",
    ],
)
def test_a_date_that_says_its_order_is_read_in_every_feed(text: str, order: str) -> None:
    read = read_date(text, order)
    assert (read.day, read.clock) == ("2026-03-07", "")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("07/03/2026", DMY, "2026-03-07"),
        ("7/3/2026", DMY, "2026-03-07"),
        ("07-03-26", DMY, "2026-03-07"),
        ("07.03.2026", DMY, "2026-03-07"),
        ("07 03 2026", DMY, "2026-03-07"),
        ("07032026", DMY, "2026-03-07"),
        ("03/07/2026", MDY, "2026-03-07"),
        ("3/7/26", MDY, "2026-03-07"),
        ("25/03/2026", ANY, "2026-03-25"),
        ("03/25/2026", ANY, "2026-03-25"),
        ("04/04/2026", ANY, "2026-04-04"),
        ("29/02/2024", DMY, "2024-02-29"),
        ("01/01/49", DMY, "2049-01-01"),
        ("01/01/50", DMY, "1950-01-01"),
    ],
)
def test_three_numbers_are_read_in_the_declared_order(text: str, order: str, day: str) -> None:
    assert read_date(text, order).day == day


@pytest.mark.parametrize(
    ("text", "order", "reason"),
    [
        ("03/04/2026", ANY, Reason.DATE_AMBIGUOUS),
        ("03/25/2026", DMY, Reason.DATE_ORDER),
        ("25/03/2026", MDY, Reason.DATE_ORDER),
        ("29/02/2025", DMY, Reason.DATE_UNREADABLE),
        ("32/01/2026", DMY, Reason.DATE_UNREADABLE),
        ("2026-13-01", DMY, Reason.DATE_UNREADABLE),
        ("7 Brumaire 2026", DMY, Reason.DATE_UNREADABLE),
        ("yesterday", DMY, Reason.DATE_UNREADABLE),
        ("07/03", DMY, Reason.DATE_UNREADABLE),
        ("07/03-2026", DMY, Reason.DATE_UNREADABLE),
        ("07/03/2026 at noon", DMY, Reason.DATE_UNREADABLE),
        ("07/03/2026 25:00", DMY, Reason.DATE_UNREADABLE),
        ("46023", DMY, Reason.DATE_NUMBER),
        ("46023.5", DMY, Reason.DATE_NUMBER),
        ("07/03/1026", DMY, Reason.DATE_YEAR),
        ("07/03/2206", DMY, Reason.DATE_YEAR),
        ("٠٧/٠٣/٢٠٢٦x", DMY, Reason.DATE_UNREADABLE),
    ],
)
def test_what_is_not_read_has_a_reason(text: str, order: str, reason: Reason) -> None:
    read = read_date(text, order)
    assert (read.day, read.reason) == ("", reason)


def test_an_ambiguous_date_names_its_two_readings() -> None:
    assert read_date("03/04/2026", ANY).readings == (date(2026, 4, 3), date(2026, 3, 4))


@pytest.mark.parametrize(
    "text", ["01/01/1900", "1900-01-01", "31/12/9999", "1899-12-30", "1/1/1753", "11/11/1911"]
)
def test_a_placeholder_is_not_known(text: str) -> None:
    read = read_date(text, DMY)
    assert (read.day, read.reason) == ("", None)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("07/03/2026 22:15", "2026-03-07", "22:15"),
        ("07/03/2026 22:15:59", "2026-03-07", "22:15"),
        ("2026-03-07T22:15", "2026-03-07", "22:15"),
        ("7 Mar 2026, 10:15 pm", "2026-03-07", "22:15"),
        ("7 Mar 2026 at 9.05am", "2026-03-07", "09:05"),
        ("2026-03-07T22:15:00Z", "2026-03-07", "22:15"),
        ("2026-07-01T23:30:00Z", "2026-07-02", "00:30"),
        ("2026-07-01T23:30:00+01:00", "2026-07-01", "23:30"),
        ("2026-07-01T23:30:00+0000", "2026-07-02", "00:30"),
    ],
)
def test_a_time_behind_a_date_is_read_as_london_clocks_show_it(
    text: str, day: str, clock: str
) -> None:
    read = read_date(text, DMY)
    assert (read.day, read.clock) == (day, clock)


@pytest.mark.parametrize(
    ("cell", "day", "clock"),
    [
        (date(2026, 3, 7), "2026-03-07", ""),
        (datetime(2026, 3, 7), "2026-03-07", ""),
        (datetime(2026, 3, 7, 22, 15), "2026-03-07", "22:15"),
        (date(1900, 1, 1), "", ""),
        (20260307.0, "2026-03-07", ""),
    ],
)
def test_a_workbook_knows_its_dates(cell: date | float, day: str, clock: str) -> None:
    read = date_reader(DMY)(cell)
    assert (read.day, read.clock, read.reason) == (day, clock, None)


def test_a_number_in_a_date_column_is_not_guessed() -> None:
    read = date_reader(DMY)(46023.0)
    assert read.reason == Reason.DATE_NUMBER
    assert read.readings == (date(2026, 1, 1),)
    assert date_reader(DMY)(True).reason == Reason.DATE_UNREADABLE


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("22:15", "22:15"),
        ("9:05", "09:05"),
        ("22.15", "22:15"),
        ("2215", "22:15"),
        ("2215hrs", "22:15"),
        ("22:15 hours", "22:15"),
        ("905", "09:05"),
        ("22h15", "22:15"),
        ("22:15:59", "22:15"),
        ("10:15pm", "22:15"),
        ("10:15 p.m.", "22:15"),
        ("12:30am", "00:30"),
        ("12:30 PM", "12:30"),
        ("9pm", "21:00"),
        ("00:00", "00:00"),
        (time(22, 15), "22:15"),
        (datetime(2026, 3, 7, 22, 15), "22:15"),
        (timedelta(hours=22, minutes=15), "22:15"),
        (0.5, "12:00"),
        (0.0, "00:00"),
        (2215.0, "22:15"),
        (905, "09:05"),
        ("24:00", ""),
        ("2400", ""),
        ("22:60", ""),
        ("22:15:61", ""),
        ("13:00pm", ""),
        ("0pm", ""),
        ("evening", ""),
        ("9", ""),
        (2400.0, ""),
        (-1.0, ""),
        (1.5, ""),
        (float("nan"), ""),
        (float("inf"), ""),
        (timedelta(days=2), ""),
        (True, ""),
        (None, ""),
    ],
)
def test_a_time_of_day(cell: Cell, clock: str) -> None:
    assert read_time(cell) == clock

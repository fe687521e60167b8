"""What people answer about a rota: shifts, weekly patterns, and being away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms

from reachable.access.rules.rota import POSITIONS, REASONS, Pattern, Planned
from reachable.foundation.fields import ClockTimeField, DayField, Hinted
from reachable.practice.time import LONDON, read_local

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
People = Iterable[tuple[UUID, str]]


def _whom(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=UUID, widget=forms.RadioSelect)


def _place() -> forms.TypedChoiceField:
    choices = [
        ("1", Hinted("First", "Asked when something comes in")),
        ("2", Hinted("Second", "Asked when the first cannot, or does not answer")),
        ("3", Hinted("Third", "Asked after the second")),
    ]
    assert len(choices) == len(POSITIONS)
    return forms.TypedChoiceField(
        label="In which place?", coerce=int, choices=choices, widget=forms.RadioSelect
    )


class OfPeople(forms.Form):
    """A form that offers people."""

    def __init__(self, *args: Any, people: People = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("user")
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(user), name) for user, name in people]


class ShiftForm(OfPeople):
    """One shift, in London time."""

    user = _whom("Who is on duty?")
    position = _place()
    day = DayField(label="From which day?")
    starts = ClockTimeField(
        label="From what time?",
        help_text="Such as 09:00.",
        error_messages={"required": "Enter from what time"},
    )
    until_day = DayField(
        label="Until which day?",
        required=False,
        help_text="Leave empty for the same day, or for the next morning.",
    )
    ends = ClockTimeField(
        label="Until what time?", error_messages={"required": "Enter until what time"}
    )

    def planned(self) -> Planned:
        given = self.cleaned_data
        begins = read_local(given["day"], given["starts"]).earliest
        until = given["until_day"]
        if until is None:
            until = given["day"] + timedelta(days=given["ends"] <= given["starts"])
        ends = read_local(until, given["ends"]).earliest
        return Planned(given["user"], begins, ends, given["position"])


def initial_of(user_id: UUID, position: int, begins: datetime, ends: datetime) -> dict[str, Any]:
    """Return what a form shows of a shift that stands."""
    local, until = begins.astimezone(LONDON), ends.astimezone(LONDON)
    return {
        "user": str(user_id),
        "position": str(position),
        "day": local.date(),
        "starts": local.time(),
        "until_day": until.date(),
        "ends": until.time(),
    }


class PatternForm(OfPeople):
    """The same hours week by week."""

    user = _whom("Who is on duty?")
    position = _place()
    weekdays = forms.TypedMultipleChoiceField(
        label="On which days of the week does it begin?",
        coerce=int,
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
    )
    starts = ClockTimeField(
        label="From what time?",
        help_text="Such as 09:00.",
        error_messages={"required": "Enter from what time"},
    )
    ends = ClockTimeField(
        label="Until what time?",
        help_text="A time that is not later ends on the next morning.",
        error_messages={"required": "Enter until what time"},
    )
    first_day = DayField(label="First day", error_messages={"required": "Enter the first day"})
    last_day = DayField(
        label="Last day",
        help_text="A year ahead at most.",
        error_messages={"required": "Enter the last day"},
    )
    leave_out = forms.BooleanField(
        label="Leave out bank holidays of England and Wales", required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day has to be the first day or later")
        return given

    def pattern(self) -> Pattern:
        given = self.cleaned_data
        return Pattern(
            weekdays=frozenset(given["weekdays"]),
            starts=given["starts"],
            ends=given["ends"],
            first_day=given["first_day"],
            last_day=given["last_day"],
            on_bank_holidays=not given["leave_out"],
        )


class AwayForm(forms.Form):
    """From when until when one is away, and why."""

    reason = forms.ChoiceField(
        label="Why?",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        help_text="Only supervisors of the team see it. Others see “away”.",
    )
    day = DayField(label="From which day?", required=False, help_text="Leave empty for now.")
    starts = ClockTimeField(
        label="From what time?", required=False, help_text="Leave empty for the whole day."
    )
    until_day = DayField(
        label="Last day away",
        required=False,
        help_text="Leave empty where it is not known: it lasts until somebody says you are back.",
    )
    ends = ClockTimeField(
        label="Until what time on that day?",
        required=False,
        help_text="Leave empty for the whole day.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("starts") and not given.get("day") and "day" not in self.errors:
            self.add_error("day", "Enter the day that goes with the time")
        if given.get("ends") and not given.get("until_day") and "until_day" not in self.errors:
            self.add_error("until_day", "Enter the day that goes with the time")
        return given

    def times(self, at: datetime) -> tuple[datetime, datetime | None]:
        """Return from when until when; `at` stands for a day that was left empty."""
        given = self.cleaned_data
        begins, ends = at, None
        if given["day"]:
            begins = read_local(given["day"], given["starts"]).earliest
        if given["until_day"] and given["ends"]:
            ends = read_local(given["until_day"], given["ends"]).earliest
        elif given["until_day"]:
            ends = read_local(given["until_day"] + timedelta(days=1), None).earliest
        return begins, ends


class MemberAwayForm(AwayForm, OfPeople):
    """The same of somebody else."""

    user = _whom("Who is away?")
    field_order = ("user",)


class HandOverForm(OfPeople):
    """To whom a shift goes."""

    user = _whom("To whom?")

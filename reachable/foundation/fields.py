"""Form fields for how people write dates and times of day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)


@dataclass(frozen=True)
class Hinted:
    """The text of a choice, with a line under it that says more."""

    text: str
    hint: str

    def __str__(self) -> str:
        return self.text


class DayInput(forms.Widget):
    """Three boxes: day, month, year. A calendar is slow on a phone, and wrong for a birth date."""

    parts = ("day", "month", "year")
    use_fieldset = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> tuple[str, str, str]:
        day, month, year = (str(data.get(f"{name}-{part}", "")).strip() for part in self.parts)
        return day, month, year

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{part}" not in data for part in self.parts)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def decompress(self, value: Any) -> tuple[str, str, str]:
        """Return the three boxes for a date, or for what somebody typed."""
        if isinstance(value, date):
            return str(value.day), str(value.month), str(value.year)
        if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 3:
            return value[0], value[1], value[2]
        return "", "", ""


class DayField(forms.Field):
    """A date. The month may be a number or a name; the year has four figures."""

    widget = DayInput
    default_error_messages = {
        "required": "Enter the date",
        "incomplete": "The date needs a %(missing)s",
        "invalid": "There is no such date: %(typed)s",
        "year": "Write the year with four figures, such as 2011",
        "far": "Enter a year from 1900 to 2199",
    }

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        typed = dict(zip(DayInput.parts, value, strict=True))
        if not any(typed.values()):
            return None
        missing = [part for part, text in typed.items() if not text]
        if missing:
            said = " and a ".join(missing)
            raise forms.ValidationError(
                self.error_messages["incomplete"], "incomplete", {"missing": said}
            )
        if not re.fullmatch(r"[0-9]{4}", typed["year"]):
            raise forms.ValidationError(self.error_messages["year"], "year")
        if not 1900 <= int(typed["year"]) < 2200:
            raise forms.ValidationError(self.error_messages["far"], "far")
        try:
            return date(int(typed["year"]), _month(typed["month"]), int(typed["day"]))
        except (ValueError, OverflowError):
            raise forms.ValidationError(
                self.error_messages["invalid"], "invalid", {"typed": " ".join(typed.values())}
            ) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return DayInput().decompress(initial) != DayInput().decompress(data)


def _month(typed: str) -> int:
    name = typed[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else int(typed)


class ClockTimeField(forms.Field):
    """A time of day as people write it: 02:10, 2.10, 0210, 2:10am, 2pm."""

    default_error_messages = {
        "required": "Enter the time",
        "invalid": "Write the time with hours and minutes, such as 02:10 or 14:30",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"width": 5}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value

    def to_python(self, value: Any) -> time | None:
        if value is None or isinstance(value, time):
            return value
        typed = str(value).strip().lower()
        if not typed:
            return None
        read = read_clock_time(typed)
        if read is None:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return read


def read_clock_time(typed: str) -> time | None:
    """Return the time of day, or None where what was typed is not one."""
    typed = {"midnight": "00:00", "noon": "12:00"}.get(typed, typed)
    if re.fullmatch(r"\d{3}", typed):
        typed = f"0{typed}"
    found = _CLOCK.fullmatch(typed)
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None

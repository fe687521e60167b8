"""The hours and areas of a service as people write them, put into its document.

What people do not write here stays as it was: hours that come more rarely than every week, and
whatever else a feed said of hours and areas that still hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import time

from reachable.provision.rules.reading import WEEKDAYS, clock_time
from reachable.provision.rules.standard import Json

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Week:
    """Open on these days of every week (Monday is 0), from when to when."""

    days: tuple[int, ...]
    opens: time
    closes: time


def week_of(schedule: Json) -> Week | None:
    """Return the hours of every week that a schedule holds; None for any other."""
    days = [each.strip().upper() for each in schedule.get("byday", "").split(",")]
    opens, closes = (clock_time(schedule.get(name, "")) for name in ("opens_at", "closes_at"))
    weekly = schedule.get("freq") == "WEEKLY" and schedule.get("interval", 1) == 1
    if not weekly or opens is None or closes is None or schedule.get("valid_to"):
        return None
    if not set(days) <= set(WEEKDAYS):
        return None
    return Week(tuple(sorted({WEEKDAYS.index(each) for each in days})), opens, closes)


def weeks_in(document: Json) -> list[Week]:
    """Return the hours of every week, each once."""
    found = (week_of(each) for each in document.get("schedules") or [])
    return list(dict.fromkeys(week for week in found if week is not None))


def with_weeks(document: Json, weeks: Iterable[Week], make_id: Callable[[], object]) -> Json:
    """Return the document with these hours of every week and no others."""
    wanted = dict.fromkeys(weeks)
    schedules = []
    for schedule in document.get("schedules") or []:
        week = week_of(schedule)
        if week is None or week in wanted:
            schedules.append(schedule)
    held = {week_of(each) for each in schedules}
    for week in wanted:
        if week not in held:
            schedules.append(
                {
                    "id": str(make_id()),
                    "freq": "WEEKLY",
                    "byday": ",".join(WEEKDAYS[day] for day in week.days),
                    "opens_at": f"{week.opens:%H:%M:%S}",
                    "closes_at": f"{week.closes:%H:%M:%S}",
                }
            )
    return document | {"schedules": schedules or None}


def in_words(week: Week) -> str:
    """Return "Monday to Friday 10:00 to 18:00", which is also how it can be written."""
    return f"{', '.join(_runs(week.days))} {week.opens:%H:%M} to {week.closes:%H:%M}"


def _runs(days: tuple[int, ...]) -> Iterator[str]:
    at = 0
    while at < len(days):
        end = at
        while end + 1 < len(days) and days[end + 1] == days[end] + 1:
            end += 1
        if end - at > 1:
            yield f"{DAYS[days[at]]} to {DAYS[days[end]]}"
        else:
            yield from (DAYS[day] for day in days[at : end + 1])
        at = end + 1


def areas_in(document: Json) -> list[str]:
    """Return the areas that a service names, each once."""
    named = (_area_name(each) for each in document.get("service_areas") or [])
    return list(dict.fromkeys(name for name in named if name))


def with_areas(document: Json, names: Iterable[str], make_id: Callable[[], object]) -> Json:
    """Return the document with these areas and no others; one without a name stays."""
    wanted = list(dict.fromkeys(names))
    areas = [
        each
        for each in document.get("service_areas") or []
        if not _area_name(each) or _area_name(each) in wanted
    ]
    held = {_area_name(each) for each in areas}
    areas += [{"id": str(make_id()), "name": name} for name in wanted if name not in held]
    return document | {"service_areas": areas or None}


def _area_name(area: Json) -> str:
    name: str = area.get("name") or area.get("service_area") or ""
    return name.strip()

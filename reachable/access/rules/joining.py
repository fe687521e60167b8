"""What an account may be called, and a table of people to invite: read, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,58}", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s<>,;\"()]+")
MOST = 200
"""Rows of one table: more are a migration, which somebody plans."""
LONGEST = 120
COLUMNS = {
    "name": ("name", "full name"),
    "username": ("user name", "username", "login"),
    "email": ("e-mail", "email", "e-mail address", "email address", "work e-mail", "work email"),
    "job_title": ("job title", "job", "post"),
    "roles": ("roles", "role"),
    "teams": ("teams", "team"),
    "staff_number": ("staff number", "payroll number"),
    "last_day": ("last day", "until"),
}
NEEDED = ("name", "username", "email", "roles")


@dataclass(frozen=True)
class Asked:
    """What an account is to be, in plain values; roles and teams by their keys."""

    name: str
    username: str
    email: str
    job_title: str = ""
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    staff_number: str = ""
    last_day: date | None = None


@dataclass(frozen=True)
class Row:
    """A row of a pasted table: what it asks for, or why it cannot be read."""

    number: int
    shown: str
    asked: Asked | None
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """By which words a table may name roles and teams: title or key → key, in small letters."""

    roles: Mapping[str, str]
    teams: Mapping[str, str]


def wrong_with(asked: Asked, today: date) -> list[str]:
    """Return what is wrong with one of these, each as a sentence."""
    wrong = []
    if not asked.name.strip() or len(asked.name) > LONGEST or not asked.name.isprintable():
        wrong.append(f"The name is missing, has more than {LONGEST} letters, or has odd signs.")
    if not USERNAME.fullmatch(asked.username):
        wrong.append(
            "A user name has 3 to 59 letters, figures, dots, hyphens or underscores, and begins "
            "with a letter or figure."
        )
    if not EMAIL.fullmatch(asked.email) or len(asked.email) > 254:
        wrong.append("The e-mail address is missing or is none.")
    if len(asked.job_title) > LONGEST or not asked.job_title.isprintable():
        wrong.append(f"The job title has more than {LONGEST} letters, or has odd signs.")
    if not asked.roles:
        wrong.append("A role is missing.")
    if asked.last_day is not None and asked.last_day < today:
        wrong.append("The last day is over.")
    return wrong


def read_table(text: str, words: Words) -> list[Row] | str:
    """Return the rows of a table as it was pasted, or a sentence saying why it is none.

    Cells are parted by tabs, as a spreadsheet pastes them, by semicolons or by commas.
    """
    first = text.strip("\ufeff\r\n ").split("\n", 1)[0]
    parted = next((sign for sign in "\t;," if sign in first), ",")
    lines = csv.reader(text.strip("\ufeff\r\n ").splitlines(keepends=True), delimiter=parted)
    try:
        table = [[cell.strip() for cell in line] for line in lines if any(map(str.strip, line))]
    except csv.Error:
        return "This cannot be read as a table."
    if not table:
        return "There is no table here."
    headings = [_column(heading) for heading in table[0]]
    missing = [COLUMNS[each][0] for each in NEEDED if each not in headings]
    if missing:
        return f"The first row has to hold headings; missing: {', '.join(missing)}."
    if len(table) - 1 > MOST:
        return f"The table has {len(table) - 1} rows; {MOST} at once are the most."
    if len(table) == 1:
        return "The table has headings and no row."
    return [_row(number, headings, cells, words) for number, cells in enumerate(table[1:], 1)]


def _column(heading: str) -> str:
    said = " ".join(heading.casefold().split())
    return next((key for key, names in COLUMNS.items() if said in names), "")


def _row(number: int, headings: Sequence[str], cells: Sequence[str], words: Words) -> Row:
    held = dict(zip(headings, cells, strict=False))
    wrong = (
        ["The row has more cells than there are headings."] if len(cells) > len(headings) else []
    )
    roles, strange = _named(held.get("roles", ""), words.roles)
    wrong += [f"There is no role “{each}” that you can give." for each in strange]
    teams, strange = _named(held.get("teams", ""), words.teams)
    wrong += [f"There is no team “{each}” that you can choose." for each in strange]
    day, wrong_day = _day(held.get("last_day", ""))
    asked = Asked(
        name=held.get("name", ""),
        username=held.get("username", ""),
        email=held.get("email", ""),
        job_title=held.get("job_title", ""),
        roles=roles,
        teams=teams,
        staff_number=held.get("staff_number", ""),
        last_day=day,
    )
    shown = held.get("name", "") or held.get("username", "") or "a row without a name"
    return Row(number, shown[:LONGEST], asked, (*wrong, *wrong_day))


def _named(cell: str, words: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the keys of what a cell names, parted by slashes or “and”, and what nobody knows."""
    said = [each.strip() for each in re.split(r"[/|+]|\band\b", cell) if each.strip()]
    if cell.strip().casefold() in words:
        said = [cell.strip()]
    known = [words[each.casefold()] for each in said if each.casefold() in words]
    return tuple(dict.fromkeys(known)), [each[:60] for each in said if each.casefold() not in words]


def _day(cell: str) -> tuple[date | None, tuple[str, ...]]:
    if not cell:
        return None, ()
    british = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cell)
    try:
        if british:
            return date(int(british[3]), int(british[2]), int(british[1])), ()
        return date.fromisoformat(cell), ()
    except ValueError:
        return None, ("The last day cannot be read: write it as 31/03/2027.",)


def twice(values: Iterable[str]) -> set[str]:
    """Return those that come more than once, whatever case they are written in."""
    seen: set[str] = set()
    again: set[str] = set()
    for key in (value.casefold() for value in values if value):
        (again if key in seen else seen).add(key)
    return again

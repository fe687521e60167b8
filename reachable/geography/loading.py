"""Areas and postcodes from the publishers' own tables, which may hold the whole country."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.rows import Table, Unreadable
from reachable.foundation.files.table import open_table
from reachable.geography import rules, services
from reachable.geography.selectors import area_names

COUNTRY = Limits(size=4_000_000_000, rows=6_000_000, unpacked=4_000_000_000, line=1 << 20)
"""The statistics office's directory has 2.7 million rows of 50 columns."""
NOTHING_CHANGED = "Nothing was changed."
BATCH = 1_000
SHOWN = 5
"""Rows of which it is said what is wrong; the others are counted."""


@dataclass
class Loaded:
    """What became of a table of postcodes."""

    here: services.Postcodes = field(default_factory=services.Postcodes)
    elsewhere: int = 0
    wrong: int = 0
    said: list[str] = field(default_factory=list)

    def leave(self, number: int, sentence: str) -> None:
        self.wrong += 1
        if len(self.said) < SHOWN:
            self.said.append(f"Row {number:,} was left out: {sentence}")


def load_areas(
    *, by: Actor, path: Path, code: str = "", name: str = "", only: Mapping[str, str]
) -> services.Areas:
    """Take the areas of a table: those rows that have what `only` says, heading → value."""
    table = open_table(path, COUNTRY)
    code_at = _code_at(table.headings, code, "--code")
    name_at = (
        _at(table.headings, name)
        if name
        else rules.name_heading(table.headings, table.headings[code_at])
    )
    if name_at is None:
        raise _unsaid("--name", "the names of the areas stand", table.headings)
    wanted = {_at(table.headings, heading): value for heading, value in only.items()}
    found: dict[str, str] = {}
    for number, cells in _texts(table):
        if isinstance(cells, Unreadable):
            raise BadInput(f"Row {number:,}: {cells.sentence}", kept=NOTHING_CHANGED)
        if any(cells[at] != value for at, value in wanted.items()):
            continue
        key, called = cells[code_at], cells[name_at]
        wrong = rules.wrong_area(key, called)
        if not wrong and found.setdefault(key, called) != called:
            wrong = f"{key} stands further up with another name."
        if wrong:
            raise BadInput(
                f"Row {number:,}: {wrong}",
                kept=NOTHING_CHANGED,
                next="Mend the row and load the file again.",
            )
    _refuse_unlike(found, only)
    return services.take_areas(by=by, areas=found)


def _refuse_unlike(found: Mapping[str, str], only: Mapping[str, str]) -> None:
    if not found:
        said = " and ".join(f"“{value}” under “{heading}”" for heading, value in only.items())
        raise BadInput(
            f"No row of the file has {said}." if said else "The file has no areas.",
            kept=NOTHING_CHANGED,
            next="Look into the file and try again.",
        )
    if len(found) > rules.MOST_AREAS:
        raise BadInput(
            f"The file has {len(found):,} areas; a partnership has {rules.MOST_AREAS} at most.",
            kept=NOTHING_CHANGED,
            next="Say which are yours with --only, such as --only LAD24CD=E06000001.",
        )


def load_postcodes(*, by: Actor, path: Path, area: str = "") -> Loaded:
    """Take the postcodes of a table that lie in the partnership's areas.

    They are written by the thousand: what was interrupted is loaded again, to the same end.
    """
    areas = area_names()
    if not areas:
        raise BadInput(
            "There are no areas yet, in which postcodes could lie.",
            kept=NOTHING_CHANGED,
            next="Load them first: reachable areas load FILE",
        )
    table = open_table(path, COUNTRY)
    postcode_at = rules.postcode_heading(table.headings)
    if postcode_at is None:
        raise BadInput(
            "No column of the file is called “postcode” or “pcds”.",
            kept=NOTHING_CHANGED,
            next=_headings(table.headings),
        )
    area_at = _code_at(table.headings, area, "--area")
    done, strange = Loaded(), set[str]()
    lying = _lying(table, postcode_at, area_at, areas, done, strange)
    while batch := list(islice(lying, BATCH)):
        done.here += services.take_postcodes(by=by, postcodes=batch)
    if not done.here.all:
        raise BadInput(
            f"No postcode of the file lies in an area that is here ({rules.some(areas)}).",
            kept=NOTHING_CHANGED,
            next=f"Under “{table.headings[area_at]}” it has {rules.some(strange) or 'nothing'}. "
            "Say with --area which other column has the codes of your areas.",
        )
    services.note_loaded(by=by, count=done.here.new + done.here.changed)
    return done


def _lying(
    table: Table,
    postcode_at: int,
    area_at: int,
    areas: Mapping[str, str],
    done: Loaded,
    strange: set[str],
) -> Iterator[services.Lying]:
    at, seen = rules.position_headings(table.headings), dict[str, str]()
    for number, cells in _texts(table):
        if isinstance(cells, Unreadable):
            done.leave(number, cells.sentence)
            continue
        code = cells[area_at]
        if code not in areas:
            done.elsewhere += 1
            if len(strange) < SHOWN and code:
                strange.add(code[: rules.LONGEST_CODE])
            continue
        postcode = rules.standard_postcode(cells[postcode_at])
        if not postcode:
            done.leave(number, f"“{cells[postcode_at][:20]}” is no postcode.")
        elif postcode in seen:
            if seen[postcode] != code:
                done.leave(number, f"{postcode} stands further up, in another area.")
        else:
            seen[postcode] = code
            yield postcode, code, rules.position(cells[at[0]], cells[at[1]]) if at else None


def _texts(table: Table) -> Iterator[tuple[int, list[str] | Unreadable]]:
    """Yield rows as texts, as long as the headings: a row may end early."""
    wide = len(table.headings)
    for number, cells in table.rows():
        if isinstance(cells, Unreadable):
            yield number, cells
        else:
            held = [str(cell).strip() for cell in cells[:wide]]
            yield number, held + [""] * (wide - len(held))


def _code_at(headings: Sequence[str], asked: str, option: str) -> int:
    if asked:
        return _at(headings, asked)
    able = rules.code_headings(headings)
    if len(able) != 1:
        raise _unsaid(option, "the codes of your areas stand", able or headings)
    return headings.index(able[0])


def _at(headings: Sequence[str], asked: str) -> int:
    at = rules.heading_at(headings, asked)
    if at is None:
        raise BadInput(
            f"The file has no column “{asked}”.", kept=NOTHING_CHANGED, next=_headings(headings)
        )
    return at


def _unsaid(option: str, what: str, able: Sequence[str]) -> BadInput:
    likely = (each for each in able if each.casefold().startswith(("lad", "wd")))
    return BadInput(
        f"It is not clear under which heading {what}.",
        kept=NOTHING_CHANGED,
        next=f"Say it with {option}, such as {option} {next(likely, able[0])}. {_headings(able)}",
    )


def _headings(headings: Sequence[str]) -> str:
    return f"There are: {', '.join(headings[:60])}."

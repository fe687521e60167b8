"""The truth beside the files: which row is which child, what it tells, and what is wrong in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from reachable.practice import guidance
from reachable.practice.time import When, read_local
from reachable.synthetic.formats import LIVE, export_of
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.records import Submission

FOLDER = "truth"
ROWS_FILE, PEOPLE_FILE = f"{FOLDER}/rows.jsonl", f"{FOLDER}/people.jsonl"
EPISODES_FILE, LINES_FILE = f"{FOLDER}/episodes.jsonl", f"{FOLDER}/lines.jsonl"

ACCEPTED, QUARANTINED, DUPLICATE = "accepted", "quarantined", "duplicate"

# What becomes of an accepted row by the files alone, if everybody is recognised.
OPENS, KNOWN, AWAITED, FORGOTTEN = "opens", "known", "awaited", "forgotten"
KEPT_FOR = timedelta(days=30)
"""How long a row waits that opens nothing and is about nobody known."""
FRESH_FOR = timedelta(days=28)
"""How long after it happened a row can open a moment."""
ADULT_AT = 18


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row of a file as it was sent, and what a reader finds in it."""

    file: str
    line: int
    sent_at: datetime
    submission: Submission
    content: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One row of one file.

    `line` counts the rows under the heading from 1. `expect` is what a right check makes of the
    row when the files come in the order of the manifest. `event` is the kind of event that it
    tells and `trigger` the rule that may open a moment ("" where it tells nothing that opens one),
    `trigger_at` when that happened, in UTC, and `child` whether the person was under 18 then.
    `happened` is when the event was, in UTC, or its day where no more is known, and `young` whether
    somebody born as the row says was under 18 then, or of unknown age.
    `known_from` is when the files first open a moment about the person, and `fate` what becomes
    of an accepted row: it opens (or joins) a moment; the child is known already; the child becomes
    known while it waits; or it is forgotten. `noise` names what was blurred.
    """

    file: str
    line: int
    sent_at: str
    feed: str
    source_key: str
    person: str
    episode: str
    version: int
    expect: str
    story: str
    group: str
    event: str
    happened: str
    young: bool
    trigger: str
    trigger_at: str
    child: bool
    known_from: str
    fate: str
    late: bool
    withdrawn: bool
    noise: tuple[str, ...]


def write(folder: Path, partnership: Partnership, rows: Sequence[SentRow]) -> None:
    """Write the truth of all rows, everybody as they are, what happened, and the lines."""
    (folder / FOLDER).mkdir(exist_ok=True)
    _write_lines(folder / ROWS_FILE, (asdict(row) for row in _true_rows(rows)))
    everybody = (*partnership.children, *partnership.adults)
    _write_lines(folder / PEOPLE_FILE, map(asdict, everybody))
    _write_lines(folder / EPISODES_FILE, _episodes(partnership))
    _write_lines(folder / LINES_FILE, _lines(partnership))


def read_rows(folder: Path) -> Iterator[TruthRow]:
    """Yield the truth of all rows that `write` wrote."""
    for fields in read_lines(folder / ROWS_FILE):
        fields["noise"] = tuple(fields["noise"])
        yield TruthRow(**fields)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _write_lines(path: Path, rows: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def _episodes(partnership: Partnership) -> Iterator[dict[str, Any]]:
    for episode in partnership.episodes:
        fields = {name: getattr(episode, name) for name in episode.__slots__}
        yield {**fields, "person": episode.person.id}


def _lines(partnership: Partnership) -> Iterator[dict[str, Any]]:
    for line in partnership.lines:
        children = [
            {"person": drawn.child.id, "since": drawn.since, "until": drawn.until}
            for drawn in line.children
        ]
        told = {name: getattr(line, name) for name in line.__slots__}
        yield {
            **told,
            "children": children,
            "adults": [asdict(adult) for adult in line.adults],
            "places": [asdict(place) for place in line.places],
        }


def _true_rows(rows: Sequence[SentRow]) -> Iterator[TruthRow]:
    """Read the files as a right check would, in the order in which they come."""
    expected = _expected(rows)
    known_from: dict[str, tuple[int, datetime]] = {}
    for at, (row, expect) in enumerate(zip(rows, expected, strict=True)):
        if expect == ACCEPTED and _opens(row):
            known_from.setdefault(row.submission.episode.person.id, (at, row.sent_at))
    for at, (row, expect) in enumerate(zip(rows, expected, strict=True)):
        submission = row.submission
        person = submission.episode.person
        told = _told(submission)
        known = known_from.get(person.id)
        yield TruthRow(
            file=row.file,
            line=row.line,
            sent_at=row.sent_at.isoformat(),
            feed=submission.feed,
            source_key=submission.source_key,
            person=person.id,
            episode=submission.episode.id,
            version=submission.version,
            expect=expect,
            story=submission.episode.story,
            group=submission.episode.group,
            event=told.event if told else "",
            happened=_said(told.when) if told else "",
            young=bool(told and _is_young(row, told.when)),
            trigger=told.trigger if told else "",
            trigger_at=told.when.earliest.isoformat() if told and told.trigger else "",
            child=bool(told and told.trigger and person.age_on(told.when.day) < ADULT_AT),
            known_from=known[1].isoformat() if known else "",
            fate=_fate(at, row, known) if expect == ACCEPTED else "",
            late=submission.late,
            withdrawn=submission.withdrawn,
            noise=submission.faults,
        )


def _expected(rows: Sequence[SentRow]) -> list[str]:
    """Tell what a right check makes of each row."""
    held: dict[tuple[str, str], tuple[str, ...]] = {}
    expected = []
    for row in rows:
        key = (row.submission.feed, row.submission.source_key)
        if row.submission.wrong:
            expected.append(QUARANTINED)
        elif held.get(key) == row.content:
            expected.append(DUPLICATE)
        else:
            held[key] = row.content
            expected.append(ACCEPTED)
    return expected


@dataclass(frozen=True, slots=True)
class _Told:
    """The latest event that a row tells, and the rule by which it may open a moment."""

    event: str
    trigger: str
    when: When


def _told(submission: Submission) -> _Told | None:
    if submission.wrong:
        return None
    episode, export = submission.episode, export_of(submission.feed)
    returned = bool(export.end_date and submission.values[export.end_date])
    event = export.makes["returned" if returned else episode.what]
    at = episode.end if returned and episode.end else episode.start
    when = read_local(at.date(), at.time()) if episode.clocked else When.on(at.date())
    alone = guidance.usual_rules().alone(event)
    return _Told(event, alone[0].key if alone else "", when)


def _opens(row: SentRow) -> bool:
    """Say whether a row opens a moment, going by the birth date that is written in it."""
    told = _told(row.submission)
    if told is None or not told.trigger or row.submission.values["record_status"] != LIVE:
        return False
    return row.sent_at - told.when.earliest <= FRESH_FOR and _is_young(row, told.when)


def _is_young(row: SentRow, when: When) -> bool:
    born = row.submission.values["birth_date"]
    return not isinstance(born, date) or _age(born, when.day) < ADULT_AT


def _said(when: When) -> str:
    return when.instant.isoformat() if when.instant else when.day.isoformat()


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _fate(at: int, row: SentRow, known: tuple[int, datetime] | None) -> str:
    if _opens(row):
        return OPENS
    if known and known[0] < at:
        return KNOWN
    return AWAITED if known and known[1] - row.sent_at < KEPT_FOR else FORGOTTEN

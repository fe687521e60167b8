"""Who looked at whom in a period, as facts: sorted by time, never by how it seems."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from reachable.access import selectors as access
from reachable.access.models import User
from reachable.audit import services as audit
from reachable.audit.models import Entry
from reachable.audit.pages import in_words
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import today
from reachable.governance.facts import BY_KEY, FACTS, Watched
from reachable.governance.keeping import READS, in_force
from reachable.governance.models import LookQuestion
from reachable.governance.rules import LONGEST, WatchRules
from reachable.practice.time import LONDON, start_of_day

KINDS = ("person", "delivery", "audit")
"""What a line is about: who looks at a moment, a talk or an offer looks at its child too."""
LINES, READ_AT_ONCE, USUAL_DAYS = 50, 400, 7
Key = tuple[UUID, date, str, UUID | None]


@dataclass(frozen=True)
class Narrowing:
    """What is asked for: a period, and looks of which all these facts are true."""

    first: date | None = None
    last: date | None = None
    who: str = ""
    subject_id: UUID | None = None
    facts: tuple[str, ...] = ()
    before: UUID | None = None


@dataclass(frozen=True)
class Line:
    """One worker's looks at one record on one day."""

    worker_id: UUID
    day: date
    kind: str
    subject_id: UUID | None
    first: datetime
    last: datetime
    looks: int
    pages: tuple[str, ...]
    facts: tuple[str, ...]
    asked: UUID | None


@dataclass(frozen=True)
class OfWorker:
    """Lines of one worker, the newest first."""

    worker_id: UUID
    name: str
    agency: str
    lines: list[Line]


@dataclass(frozen=True)
class Watching:
    """One page of lines; `before` is where the next begins, if there are more."""

    workers: list[OfWorker]
    watched: Watched
    rules: WatchRules
    before: UUID | None

    @property
    def lines(self) -> int:
        return sum(len(each.lines) for each in self.workers)


@looks_beyond("who looked at whom, for information governance")
def watch(*, by: Actor, narrowing: Narrowing) -> Watching:
    """Return who looked at whom. To watch is itself a look, and is noted."""
    by.require(READS)
    audit.looked(by=by, subject=("audit", None), page="watch")
    watched = _period(by, narrowing)
    wanted = _narrowed(watched, narrowing)
    found = list(
        wanted.order_by("-at", "-id").values_list(
            "id", "at", "actor_id", "subject_kind", "subject_id"
        )[:READ_AT_ONCE]
    )
    keys, last = _lines_of(found)
    lines = _with_facts(watched, keys, before=narrowing.before)
    more = len(found) == READ_AT_ONCE or (found and last != found[-1][0])
    return Watching(_grouped(lines), watched, watched.rules, last if more else None)


def _period(by: Actor, narrowing: Narrowing) -> Watched:
    last = narrowing.last or today()
    first = narrowing.first or last - timedelta(days=USUAL_DAYS - 1)
    if first > last or (last - first).days >= LONGEST:
        raise BadInput(
            f"Looks are watched over {LONGEST} days at most, from a day to a later one.",
            kept="Nothing was changed.",
            next="Choose a first and a last day within that.",
        )
    return Watched(first, last, in_force(by=by))


def _narrowed(watched: Watched, narrowing: Narrowing) -> QuerySet[Entry]:
    held = watched.looks().filter(subject_kind__in=KINDS)
    if narrowing.who:
        named = Q(name__icontains=narrowing.who) | Q(username__iexact=narrowing.who)
        held = held.filter(
            actor_id__in=list(User.objects.filter(named).values_list("id", flat=True))
        )
    if narrowing.subject_id:
        held = held.filter(subject_id=narrowing.subject_id)
    if narrowing.before:
        at = Entry.objects.values_list("at", flat=True).filter(id=narrowing.before).first()
        if at is not None:
            held = held.filter(Q(at__lt=at) | Q(at=at, id__lt=narrowing.before))
    for key in narrowing.facts:
        held = held.filter(BY_KEY[key].found(watched))
    return held


def _lines_of(found: Sequence[tuple[Any, ...]]) -> tuple[list[Key], UUID | None]:
    """Return the first lines, and the last look that belongs to what was read for them."""
    keys: dict[Key, None] = {}
    last = None
    for entry_id, at, actor_id, kind, subject_id in found:
        key = (actor_id, at.astimezone(LONDON).date(), kind, subject_id)
        if key not in keys and len(keys) == LINES:
            break
        keys[key] = None
        last = entry_id
    return list(keys), last


def looks_of(keys: Collection[Key]) -> QuerySet[Entry]:
    """Return every look of these workers at these records, on any of these days."""
    days = [day for _, day, _, _ in keys]
    return Entry.objects.filter(
        Q(subject_id__in={key[3] for key in keys}) | Q(subject_id=None),
        action="looked",
        actor_kind="person",
        actor_id__in={key[0] for key in keys},
        subject_kind__in={key[2] for key in keys},
        at__gte=start_of_day(min(days)),
        at__lt=start_of_day(max(days) + timedelta(days=1)),
    )


def _with_facts(watched: Watched, keys: list[Key], before: UUID | None = None) -> list[Line]:
    """Return a line for each key, with whatever is true of one of its looks.

    A line whose newest look came on an earlier page stands there, and not here again.
    """
    if not keys:
        return []
    days, workers = [key[1] for key in keys], {key[0] for key in keys}
    narrow = replace(watched, first=min(days), last=max(days), workers=frozenset(workers))
    held = looks_of(keys).annotate(
        **{
            f"is_{fact.key}": Case(
                When(fact.found(narrow), then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
            for fact in FACTS
        }
    )
    names = ("id", "at", "actor_id", "subject_kind", "subject_id", "details")
    true = tuple(f"is_{fact.key}" for fact in FACTS)
    rows: dict[Key, list[tuple[Any, ...]]] = {key: [] for key in keys}
    for row in held.order_by("-at", "-id").values_list(*names, *true):
        key = (row[2], row[1].astimezone(LONDON).date(), row[3], row[4])
        if key in rows:
            rows[key].append(row)
    asked = _asked(keys)
    return [
        _line(key, looks, asked.get(key))
        for key, looks in rows.items()
        if looks and (before is None or looks[0][0] < before)
    ]


def _line(key: Key, looks: list[tuple[Any, ...]], asked: UUID | None) -> Line:
    worker_id, day, kind, subject_id = key
    pages = dict.fromkeys(str(row[5].get("page", "")) for row in reversed(looks))
    facts = tuple(
        fact.key for number, fact in enumerate(FACTS, start=6) if any(row[number] for row in looks)
    )
    return Line(
        worker_id,
        day,
        kind,
        subject_id,
        looks[-1][1],
        looks[0][1],
        len(looks),
        tuple(in_words(page) for page in pages if page),
        facts,
        asked,
    )


def _asked(keys: Collection[Key]) -> dict[Key, UUID]:
    """Return the newest question about each of these lines."""
    held = LookQuestion.objects.filter(
        worker_id__in={key[0] for key in keys}, day__in={key[1] for key in keys}
    ).order_by("id")
    return {
        (each.worker_id, each.day, each.subject_kind, each.subject_id): each.id for each in held
    }


def _grouped(lines: list[Line]) -> list[OfWorker]:
    """Put each worker's lines together; whoever looked last comes first."""
    named = access.workers({line.worker_id for line in lines})
    by_worker: dict[UUID, list[Line]] = {}
    for line in lines:
        by_worker.setdefault(line.worker_id, []).append(line)
    return [
        OfWorker(worker_id, *named.get(worker_id, ("", "")), held)
        for worker_id, held in by_worker.items()
    ]


@dataclass(frozen=True)
class LookAt:
    """One look of a line."""

    at: datetime
    page: str


@dataclass(frozen=True)
class LineFacts:
    """A line with each of its looks."""

    line: Line
    name: str
    agency: str
    looks: list[LookAt]
    rules: WatchRules
    own: bool


def line_of(
    *, by: Actor, worker_id: UUID, day: date, kind: str, subject_id: UUID | None
) -> LineFacts:
    """Return one worker's looks at one record on one day; NotFound where there are none."""
    by.require(READS)
    audit.looked(by=by, subject=("audit", None), page="watch: looks of a day")
    key = (worker_id, day, kind, subject_id)
    rules = in_force(by=by)
    lines = _with_facts(Watched(day, day, rules), [key]) if kind in KINDS else []
    if not lines:
        raise NotFound
    held = looks_of([key]).filter(subject_id=subject_id).order_by("at", "id")
    looks = [
        LookAt(at, in_words(said.get("page"))) for at, said in held.values_list("at", "details")
    ]
    name, agency = access.workers([worker_id]).get(worker_id, ("", ""))
    return LineFacts(lines[0], name, agency, looks, rules, own=worker_id == by.id)

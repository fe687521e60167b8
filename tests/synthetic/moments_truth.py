"""Which moments were opened, and when, held against what is true of each child.

What should have been called for is worked out from the truth beside the files, child by child, by
the rules as they read. What the product called for beside that is a mistake. What it did not call
for can only be so where the child's records are not yet known to be one child's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from reachable.intake.models import Signal
from reachable.moments.models import Trigger
from reachable.people.models import CurrentPerson, Record
from reachable.practice import guidance
from reachable.practice.calling import Happened
from reachable.practice.items import Rule
from reachable.practice.time import When
from reachable.synthetic import truth
from reachable.synthetic.truth import TruthRow
from tests.support import by_the_word

Key = tuple[str, str]
Call = tuple[Key, str]
"""A signal, and the rule by which it calls for a moment."""


@dataclass(frozen=True)
class Row:
    """What one signal says in the end: `at` is when that could first count, `versions` how many."""

    key: Key
    child: str
    happened: Happened
    at: datetime
    opens: bool
    young: bool
    versions: int


@dataclass
class Figures:
    """Calls, how many by rules that look back, and the moments that they became together."""

    calls: int = 0
    looking_back: int = 0
    missed_by_identity: int = 0
    moments: int = 0
    children: int = 0


def each_moment_is_opened_when_it_should_be(rows: Sequence[TruthRow]) -> Figures:
    """`rows` are of the files that were loaded, in the order in which they came."""
    told = _told(rows)
    expected = {call: at for child in told.values() for call, at in _called_for(child).items()}
    standing = _standing()
    found = {call: trigger.joined_at for call, (trigger, _) in standing.items()}
    assert found.keys() - expected.keys() == set()
    person_of = _person_of()
    missing = expected.keys() - found.keys()
    for key, rule in missing:
        child = next(child for child in told.values() if any(row.key == key for row in child))
        assert not guidance.rule(rule).alone, (key, rule)
        assert len({person_of.get(row.key) for row in child}) > 1, (key, rule)
    rows_by_key = {row.key: row for child in told.values() for row in child}
    together = {child for child, of in told.items() if len(set(map(person_of.get, _keys(of)))) == 1}
    for call, at in found.items():
        row = rows_by_key[call[0]]
        # What was corrected may have called only when it was; what is apart may come together.
        if row.versions == 1 and (row.child in together or guidance.rule(call[1]).alone):
            assert at == expected[call], call
    for opened in {trigger.moment_id: trigger.moment for trigger, _ in standing.values()}.values():
        assert opened.opened_at == min(trigger.joined_at for trigger in opened.triggers.all()), (
            opened.id
        )
    children = {rows_by_key[key].child for key, _ in found}
    return Figures(
        calls=len(found),
        looking_back=sum(not guidance.rule(rule).alone for _, rule in found),
        missed_by_identity=len(missing),
        moments=len({trigger.moment_id for trigger, _ in standing.values()}),
        children=len(children),
    )


def _keys(rows: Iterable[Row]) -> list[Key]:
    return [row.key for row in rows]


def _told(rows: Sequence[TruthRow]) -> dict[str, list[Row]]:
    """Return what the files say of each child in the end, as far as it is not forgotten."""
    versions: dict[Key, list[TruthRow]] = defaultdict(list)
    for row in rows:
        if row.expect == truth.ACCEPTED:
            versions[row.feed, row.source_key].append(row)
    told: dict[str, list[Row]] = defaultdict(list)
    for key, sent in versions.items():
        last, kept = sent[-1], [row for row in sent if row.fate != truth.FORGOTTEN]
        if last.withdrawn or not last.event or not kept:
            continue
        opening = [row for row in sent if row.fate == truth.OPENS]
        received = datetime.fromisoformat((opening or kept)[0].sent_at)
        known = datetime.fromisoformat(last.known_from)
        told[last.person].append(
            Row(
                *(key, last.person, Happened(last.event, _when(last.happened))),
                at=max(received, known),
                opens=bool(opening and last.trigger and last.young),
                young=last.young,
                versions=len(sent),
            )
        )
    return told


def _when(said: str) -> When:
    if "T" in said:
        return When.at(datetime.fromisoformat(said))
    return When.on(date.fromisoformat(said))


def _called_for(rows: Sequence[Row]) -> Mapping[Call, datetime]:
    """Return what one child's rows call for by the rules that are usual, and since when."""
    called: dict[Call, datetime] = {}
    for row in rows:
        for rule in guidance.usual_rules().rules:
            if rule.alone:
                if row.opens and row.happened.kind in rule.on:
                    called[row.key, rule.key] = row.at
            elif (at := _since(rule, row, rows)) is not None:
                called[row.key, rule.key] = at
    return called


def _since(rule: Rule, this: Row, rows: Sequence[Row]) -> datetime | None:
    """Return the first instant at which what was known of the child fulfilled the rule."""
    if this.happened.kind not in rule.on or not this.young:
        return None
    for at in sorted({row.at for row in rows if row.at >= this.at}):
        known = [row.happened for row in rows if row.at <= at]
        if by_the_word.fires(rule, this.happened, known):
            fresh = at - this.happened.occurred.earliest <= truth.FRESH_FOR
            return at if fresh else None
    return None


def _standing() -> dict[Call, tuple[Trigger, UUID]]:
    keys = {
        pk: (feed, key) for pk, feed, key in Signal.objects.values_list("id", "feed", "source_key")
    }
    held = Trigger.objects.filter(ended_at=None).select_related("moment")
    return {
        (keys[each.signal_id], each.rule): (each, each.moment_id)
        for each in held.prefetch_related("moment__triggers")
    }


def _person_of() -> dict[Key, UUID]:
    current = dict(CurrentPerson.objects.values_list("person_id", "current_id"))
    people = {pk: current[person] for pk, person in Record.objects.values_list("id", "person_id")}
    signals = Signal.objects.exclude(record=None).values_list("feed", "source_key", "record_id")
    return {(feed, key): people[record] for feed, key, record in signals}

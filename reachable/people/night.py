"""Each night: what was decided about the records of the day, against what the register says now.

A record is identified by whoever was known when it came. What came later the same day, or was
corrected, may say otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.time import today
from reachable.people import register, rules
from reachable.people.asked_before import open_review, settled_pairs
from reachable.people.checking import DOUBTED
from reachable.people.finding import keys_of, pairs_of
from reachable.people.linkage import in_force, keys
from reachable.people.linkage.deciding import Judge, Known, Weighed
from reachable.people.models import LinkCheck, LinkDecision, Record
from reachable.people.rules import LINK, NEW, Identity
from reachable.practice.time import start_of_day

NO_LONGER = "linked_no_longer"
PAGE = 200
MOST_REVIEWS = 200
"""A night: some hours of a steward's work. More would come from a fault, and help nobody."""
WINDOW = 10
"""Times as many are looked at as may be opened: most of what is strong was asked before."""


@dataclass(frozen=True)
class Night:
    """How many records were judged again, how many links are doubted, how many may be one."""

    records: int
    doubted: int
    alike: int
    left: int


@dataclass(frozen=True)
class _Asked:
    weight: float
    record_id: Any
    other_id: Any
    rule: str


def check_day(*, by: Actor, day: date | None = None, at_most: int = MOST_REVIEWS) -> Night:
    """Judge the records of a day again, by default those since the day before began.

    Run twice, it asks nothing twice.
    """
    by.require("people.identify")
    judge = in_force.judge()
    since = start_of_day(day or today() - timedelta(days=1))
    asked: list[_Asked] = []
    count, after = 0, register.NONE
    while page := _page(since, after):
        count += len(page)
        asked += _judged(by, judge, page)
        after = page[-1][0]
    asked.sort(key=lambda each: (-each.weight, each.record_id))
    with transaction.atomic():
        exclusive("people.identify")
        return _open(by, judge.model.hash, count, asked[: WINDOW * at_most], at_most)


def _page(since: datetime, after: UUID) -> Sequence[tuple[Any, ...]]:
    held = Record.objects.filter(detail_at__gte=since, id__gt=after).order_by("id")
    return list(held.values_list(*register.SAYS)[:PAGE])


def _judged(by: Actor, judge: Judge, page: Sequence[tuple[Any, ...]]) -> list[_Asked]:
    day = {row[0]: register.known(judge, row[0], row[1], row[2:]) for row in page}
    found_by = {row[0]: keys_of(register.identity_in(row[2:])) for row in page}
    sharing = _sharing({key for found in found_by.values() for key in found})
    ids = {each for found in sharing.values() for each in found}
    held = Record.objects.filter(id__among=list(ids)).order_by("id").values_list(*register.SAYS)
    others = {row[0]: register.known(judge, row[0], row[1], row[2:]) for row in held}
    people, said = _people(by, judge, {row[1] for row in page})
    linked = linked_by_the_computer(list(day))
    asked: list[_Asked] = []
    for record_id, claim in day.items():
        own = [each for each in people[claim.person_id] if each.record_id != record_id]
        near = {each for key in found_by[record_id] for each in sharing.get(key, ())}
        beside = [
            others[each]
            for each in sorted(near & others.keys())
            if others[each].person_id != claim.person_id
        ]
        if own and record_id in linked:
            asked += _doubted(judge, claim, own, said)
        asked += _alike(judge, claim, own, beside)
    return asked


def _people(
    by: Actor, judge: Judge, current_ids: set[Any]
) -> tuple[dict[Any, list[Known]], dict[Any, Identity]]:
    """Return the records of these people as the judge compares them, and as the rules do."""
    rows = register.rows_of(by=by, current_ids=current_ids)
    people: dict[Any, list[Known]] = {}
    for row in rows:
        people.setdefault(row[1], []).append(register.known(judge, row[0], row[1], row[2:]))
    return people, {row[0]: register.identity_in(row[2:]) for row in rows}


def _doubted(
    judge: Judge, claim: Known, own: Sequence[Known], said: dict[Any, Identity]
) -> list[_Asked]:
    """Doubt a link for which neither the model nor a rule would stand now."""
    weighed = judge.decide(claim.who, own)
    mine = said[claim.record_id]
    ruled = [rules.compare(mine, said[each.record_id])[0] for each in own]
    if LINK in (weighed.outcome, *ruled):
        return []
    other = weighed.evidence.record_id if weighed.evidence else own[0].record_id
    weight = -weighed.evidence.weight if weighed.evidence else 0.0
    return [_Asked(weight, claim.record_id, other, NO_LONGER)]


def _alike(
    judge: Judge, claim: Known, own: Sequence[Known], beside: Sequence[Known]
) -> list[_Asked]:
    """Ask about whoever is like this record and is somebody else now."""
    weighed: Weighed = judge.decide(claim.who, beside)
    if weighed.outcome == NEW or weighed.evidence is None:
        return []
    rule = "several_people" if own and weighed.outcome == LINK else weighed.rule
    evidence = weighed.evidence
    return [_Asked(evidence.weight, claim.record_id, evidence.record_id, rule)]


def _sharing(wanted: set[int]) -> dict[int, list[UUID]]:
    """Return key → records; a key that too many share finds nobody."""
    found: dict[int, list[UUID]] = {}
    for key, record_id in pairs_of(wanted):
        found.setdefault(key, []).append(UUID(str(record_id)))
    return {key: records for key, records in found.items() if len(records) <= keys.BLOCK}


def linked_by_the_computer(record_ids: Sequence[Any]) -> set[UUID]:
    newest: dict[UUID, tuple[str, object]] = {}
    held = LinkDecision.objects.filter(record_id__in=record_ids).order_by("decided_at", "id")
    for record_id, outcome, decided_by in held.values_list("record_id", "outcome", "decided_by_id"):
        newest[record_id] = outcome, decided_by
    return {each for each, (outcome, who) in newest.items() if outcome == LINK and who is None}


def _open(by: Actor, model: str, count: int, asked: Sequence[_Asked], at_most: int) -> Night:
    records = {each for one in asked for each in (one.record_id, one.other_id)}
    held = Record.objects.filter(id__in=records)
    person = dict(held.values_list("id", "person__now__current_id"))
    settled = settled_pairs(by=by, current_ids=set(person.values()))
    doubted_before = set(
        LinkCheck.objects.filter(sample=DOUBTED, review__record_id__in=records).values_list(
            "review__record_id", flat=True
        )
    )
    doubted = alike = left = 0
    for each in asked:
        pair = frozenset((person[each.record_id], person[each.other_id]))
        is_doubt = each.rule == NO_LONGER
        if (each.record_id in doubted_before) if is_doubt else pair in settled or len(pair) == 1:
            continue
        if is_doubt and len(pair) == 2:
            continue
        if doubted + alike >= at_most:
            left += 1
            continue
        review = open_review(
            record_id=each.record_id, beside=[each.other_id], rule=each.rule, model=model
        )
        if is_doubt:
            LinkCheck.objects.create(
                review=review, sample=DOUBTED, month=today().replace(day=1), out_of=0
            )
            doubted_before.add(each.record_id)
        else:
            settled.add(pair)
        doubted, alike = doubted + is_doubt, alike + (not is_doubt)
    night = Night(count, doubted, alike, left)
    if doubted or alike or left:
        audit.record(
            by=by,
            action="people.day_checked",
            subject=("partnership", None),
            records=count,
            doubted=doubted,
            alike=alike,
            left=left,
            model=model,
        )
    return night

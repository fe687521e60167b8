"""A whole register linked as a batch: what it finds is kept, and then dealt with, in small steps.

Whatever was asked of a person before is not asked again, and what two people would have to agree
about is never joined by the computer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.time import now
from reachable.people import deciding, opinions, register, rules, services
from reachable.people.asked_before import open_review, settled_pairs
from reachable.people.linkage.deciding import Judge, Known
from reachable.people.linkage.pairing import Found, Register, decide_two, parts_of
from reachable.people.models import (
    CurrentPerson,
    LinkDecision,
    LinkFinding,
    LinkRun,
    Merge,
    Record,
)
from reachable.people.registries import IdentityChanged
from reachable.people.rules import LINK, WHY, Identity

AT_ONCE = 50
"""Findings that are dealt with in one transaction, which identification waits for."""
KEPT_AT_ONCE = 500
READ, COMPARED, DEALT = "read", "compared", "dealt with"
Row = TypeVar("Row")
Told = Callable[[str, int, int], None]
"""Hears what is done, how much of it, and of how much."""


def nobody_told(what: str, done: int, total: int) -> None:
    """For whoever wants to hear nothing."""


@dataclass(frozen=True)
class Linked:
    """What a run did: people joined, reviews opened, and reviews that were more than asked for.

    `continued` says that an earlier run had been broken off, and was ended by this one.
    """

    model: str
    records: int
    joined: int
    opened: int
    left: int
    continued: bool


def link_register(
    *,
    by: Actor,
    judge: Judge,
    join: bool = False,
    reviews: int,
    memory_gb: float = 6,
    told: Told = nobody_told,
) -> Linked:
    """Find who should be one person, and open reviews; with `join`, join those that are certain.

    At most `reviews` are opened, strongest first; the others are counted.
    """
    by.require("people.review")
    by.require_to_write("identity")
    run, continued = _run(by, judge)
    if run.part < run.parts:
        _compare(by, run, judge, memory_gb, told)
    _deal(by, run, judge, join, reviews, told)
    run.refresh_from_db()
    return Linked(run.model, run.records, run.joined, run.opened, run.left, continued)


def _run(by: Actor, judge: Judge) -> tuple[LinkRun, bool]:
    """Return the run to go on with. One whose records are not the same begins again."""
    with transaction.atomic():
        exclusive("people.identify")
        waiting = LinkRun.objects.filter(finished_at=None)
        waiting.exclude(model=judge.model.hash).delete()
        held = waiting.first()
        if held is not None:
            count = register.count_until(by=by, until=held.until)
            if held.part < held.parts and count != held.records:
                held.part, held.records, held.parts = 0, count, parts_of(count)
                held.save()
            return held, True
        until, count = register.last_record(by=by)
        made = LinkRun.objects.create(
            model=judge.model.hash,
            until=until,
            records=count,
            parts=parts_of(count),
            started_at=now(),
        )
        audit.record(
            by=by, action="people.link_began", subject=("link_run", made.id), records=count
        )
        return made, False


def _compare(by: Actor, run: LinkRun, judge: Judge, memory_gb: float, told: Told) -> None:
    rows = register.everybody(by=by, until=run.until)
    held = Register(judge, _counted(rows, run.records, told), memory_gb=memory_gb)
    while run.part < run.parts:
        told(COMPARED, run.part, run.parts)
        # Compared before the transaction, in which nobody waits for it.
        found = list(held.part(run.part + 1))
        with transaction.atomic():
            _keep(run, found)
            run.part += 1
            LinkRun.objects.filter(id=run.id).update(part=run.part)
    told(COMPARED, run.parts, run.parts)


def _counted(rows: Iterable[Row], total: int, told: Told) -> Iterable[Row]:
    for done, row in enumerate(rows):
        if done % register.PAGE == 0:
            told(READ, done, total)
        yield row


def _keep(run: LinkRun, found: Sequence[Found]) -> None:
    LinkFinding.objects.bulk_create(
        [
            LinkFinding(
                run=run,
                one_id=each.one,
                other_id=each.other,
                weight=each.weight,
                outcome=each.outcome,
                rule=each.rule,
                evidence=each.evidence,
            )
            for each in found
        ],
        batch_size=KEPT_AT_ONCE,
        ignore_conflicts=True,
    )


def _deal(by: Actor, run: LinkRun, judge: Judge, join: bool, reviews: int, told: Told) -> None:
    total = done = run.findings.count()
    while True:
        with transaction.atomic():
            exclusive("people.identify")
            held = run.findings.select_related("one__person__now", "other__person__now")
            batch = list(held.order_by("-weight", "id")[:AT_ONCE])
            if not batch:
                LinkRun.objects.filter(id=run.id).update(finished_at=now())
                _note(by, run)
                return
            told(DEALT, total - done, total)
            Dealing(by, judge, join, reviews, run).deal(batch)
            LinkFinding.objects.filter(id__in=[each.id for each in batch]).delete()
        done -= len(batch)


def _note(by: Actor, run: LinkRun) -> None:
    run.refresh_from_db()
    audit.record(
        by=by,
        action="people.link_ended",
        subject=("link_run", run.id),
        joined=run.joined,
        opened=run.opened,
        left=run.left,
    )


class Dealing:
    """Deals with findings in the transaction that is open, one after the other."""

    def __init__(self, by: Actor, judge: Judge, join: bool, reviews: int, run: LinkRun) -> None:
        self.by, self.judge, self.join, self.reviews, self.run = by, judge, join, reviews, run

    def deal(self, batch: Sequence[LinkFinding]) -> None:
        people = {each.person.now.current_id for one in batch for each in (one.one, one.other)}
        settled = settled_pairs(by=self.by, current_ids=people)
        joined_now: dict[UUID, UUID] = {}
        for finding in batch:
            one, other = (
                _now(joined_now, each.person.now.current_id)
                for each in (finding.one, finding.other)
            )
            pairs = {frozenset(_now(joined_now, each) for each in pair) for pair in settled}
            if one == other or frozenset((one, other)) in pairs:
                continue
            if self.join and finding.outcome == LINK:
                rule, evidence = self._again(finding, one, other)
                if not rule:
                    continue
                if rule == "weighed" and not self._needs_two(finding):
                    merge(
                        by=self.by,
                        record=finding.one,
                        joined=one,
                        kept=other,
                        model=self.judge.model.hash,
                        evidence=evidence,
                    )
                    joined_now[one] = other
                    LinkRun.objects.filter(id=self.run.id).update(joined=F("joined") + 1)
                    continue
                finding.rule = rule
            if self._open(finding):
                settled.add(frozenset((one, other)))

    def _again(self, finding: LinkFinding, one: UUID, other: UUID) -> tuple[str, object]:
        """Judge two people as they are now: others were joined, and records changed, meanwhile."""
        rows = register.rows_of(by=self.by, current_ids=[one, other])
        people: dict[Any, list[Known]] = {one: [], other: []}
        for record_id, person_id, *said in rows:
            people[person_id].append(register.known(self.judge, record_id, person_id, said))
        by_record = {each.record_id: each for held in people.values() for each in held}
        first, second = by_record[finding.one_id], by_record[finding.other_id]
        weighed = decide_two(self.judge, first, second, people, {})
        if weighed is None:
            return "", {}
        evidence = self.judge.explained(weighed.evidence)
        if weighed.outcome == LINK:
            mine, theirs = (
                [register.identity_in(row[2:]) for row in rows if row[1] == each]
                for each in (one, other)
            )
            return rule_against(mine, theirs) or weighed.rule, evidence
        return weighed.rule, evidence

    def _needs_two(self, finding: LinkFinding) -> bool:
        weighs = deciding.weighs_between(
            by=self.by, rule=finding.rule, record=finding.one, others=[finding.other]
        )
        # Whether given names are spellings of one another the judge has said, who knows more.
        return opinions.needs_two(opinions.SAME, weighs - {"perhaps_twins"})

    def _open(self, finding: LinkFinding) -> bool:
        run = LinkRun.objects.filter(id=self.run.id)
        if not run.filter(opened__lt=self.reviews).update(opened=F("opened") + 1):
            run.update(left=F("left") + 1)
            return False
        open_review(
            record_id=finding.one_id,
            beside=[finding.other_id],
            rule=finding.rule,
            model=self.judge.model.hash,
        )
        return True


def rule_against(one: Sequence[Identity], other: Sequence[Identity]) -> str:
    """Return the rule by which a person is asked whatever the weight, as where twins may share
    their first name; empty where none does."""
    for mine in one:
        for theirs in other:
            outcome, rule = rules.compare(mine, theirs)
            if outcome == rules.REVIEW and rule not in rules.MERELY_LIKELY:
                return rule
    return ""


def _now(joined: dict[UUID, UUID], person: UUID) -> UUID:
    while person in joined:
        person = joined[person]
    return person


def merge(
    *, by: Actor, record: Record, joined: UUID, kept: UUID, model: str, evidence: object
) -> UUID:
    """Make two people one as nobody's decision, with what weighed; undone as any other merge."""
    by.require("people.review")
    at = now()
    made = Merge.objects.create(
        kept_id=kept, joined_id=joined, reason=WHY["weighed"][:300], decided_at=at
    )
    LinkDecision.objects.create(
        record=record,
        person_id=kept,
        outcome="link",
        rule="weighed",
        model=model,
        evidence=evidence,
        decided_at=at,
    )
    CurrentPerson.objects.filter(current_id=joined).update(current_id=kept)
    services.tell_followers(by=by, change=IdentityChanged(made.id, kept, joined, undone=False))
    audit.record(
        by=by, action="people.joined", subject=("merge", made.id), record=record.id, model=model
    )
    return made.id

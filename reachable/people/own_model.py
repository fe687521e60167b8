"""A model that a partnership learns from its own register, and what it would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import Conflict
from reachable.foundation.time import now
from reachable.people import register
from reachable.people.asked_before import settled_pairs
from reachable.people.linkage import learning, model, splinking
from reachable.people.linkage.deciding import Judge
from reachable.people.linkage.model import Model
from reachable.people.linkage.pairing import Found, Register
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.standard import Said, frequencies_of
from reachable.people.linking import COMPARED, READ, Told, nobody_told
from reachable.people.models import Record, Review
from reachable.people.night import linked_by_the_computer
from reachable.people.rules import LINK, NEW

TABLE = "learnt"
Item = TypeVar("Item")
LINKS, NO_LONGER, OPENS, CLOSES = "links", "no_longer", "opens", "closes"


@dataclass
class Preview:
    """What a model would change in the register as it stands: counts, and a few records of each."""

    model: str
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys((LINKS, NO_LONGER, OPENS, CLOSES), 0)
    )
    examples: dict[str, list[list[str]]] = field(default_factory=dict)

    def add(self, what: str, records: Sequence[object], most: int) -> None:
        self.counts[what] += 1
        shown = self.examples.setdefault(what, [])
        if len(shown) < most:
            shown.append([str(each) for each in records])


def train(*, by: Actor, out: Path, memory_gb: float = 6, told: Told = nobody_told) -> Model:
    """Learn a model from the register into a new file; the model in force stays as it is."""
    by.require("people.review")
    by.require_to_write("identity")
    if out.exists():
        raise Conflict(f"{out.name} is there already.", kept="It was left as it is.")
    until, count = register.last_record(by=by)

    def said() -> Iterator[Said]:
        for done, row in enumerate(register.everybody(by=by, until=until)):
            if done % register.PAGE == 0:
                told(READ, done, count)
            yield row[2]

    frequencies = frequencies_of(said())
    connection = splinking.database(memory_gb=memory_gb)
    splinking.fill(connection, TABLE, PEOPLE, learning.rows_of(said(), frequencies))
    made = learning.learn(
        connection,
        TABLE,
        records=count,
        frequencies=frequencies,
        trained_on={"of": "this partnership's register", "at": now().isoformat(timespec="seconds")},
    )
    with transaction.atomic():
        audit.record(
            by=by,
            action="people.model_trained",
            subject=("partnership", None),
            model=made.hash,
            records=count,
        )
        model.save(made, out)
    return made


def preview(
    *,
    by: Actor,
    judge: Judge,
    examples: int = 0,
    memory_gb: float = 6,
    told: Told = nobody_told,
) -> Preview:
    """Say what this model would change; nothing is changed, and nobody is named."""
    by.require("people.review")
    until, count = register.last_record(by=by)
    with transaction.atomic():
        audit.record(
            by=by,
            action="people.link_previewed",
            subject=("partnership", None),
            model=judge.model.hash,
        )
    seen = Preview(judge.model.hash)
    told(READ, 0, count)
    held = Register(judge, register.everybody(by=by, until=until), memory_gb=memory_gb)
    for part in range(1, held.parts + 1):
        told(COMPARED, part - 1, held.parts)
        for found in _by_the_hundred(held.part(part)):
            _count_found(by, seen, found, examples)
    told(COMPARED, held.parts, held.parts)
    for people in _by_the_hundred(held.together() if held.records else ()):
        linked = linked_by_the_computer([each.record_id for own in people for each in own])
        for own in people:
            for each in own:
                others = [other for other in own if other is not each]
                if each.record_id in linked and judge.decide(each.who, others).outcome != LINK:
                    seen.add(NO_LONGER, [each.record_id], examples)
    _count_closing(by, seen, judge, examples)
    return seen


def _by_the_hundred(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while some := list(islice(left, 500)):
        yield some


def _count_found(by: Actor, seen: Preview, found: Sequence[Found], most: int) -> None:
    records = {record for each in found for record in (each.one, each.other)}
    held = Record.objects.filter(id__in=records)
    person = dict(held.values_list("id", "person__now__current_id"))
    settled = settled_pairs(by=by, current_ids=set(person.values()))
    for each in found:
        one, other = UUID(str(each.one)), UUID(str(each.other))
        if frozenset((person[one], person[other])) not in settled:
            seen.add(LINKS if each.outcome == LINK else OPENS, [one, other], most)


def _count_closing(by: Actor, seen: Preview, judge: Judge, most: int) -> None:
    waiting = Review.objects.filter(outcome="", check_of=None).order_by("id")
    for review in waiting.prefetch_related("candidates").iterator(chunk_size=200):
        beside = [each.record_id for each in review.candidates.all()]
        rows = Record.objects.filter(id__in=[review.record_id, *beside]).values_list(*register.SAYS)
        known = {row[0]: register.known(judge, row[0], row[1], row[2:]) for row in rows}
        claim = known.pop(review.record_id)
        if judge.decide(claim.who, list(known.values())).outcome == NEW:
            seen.add(CLOSES, [review.record_id, *beside], most)

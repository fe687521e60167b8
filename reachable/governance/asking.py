"""Governance asks a worker about looks; the worker answers; somebody else says what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now
from reachable.governance.keeping import ASKS, READS
from reachable.governance.models import LookQuestion, LookStep
from reachable.governance.watching import line_of
from reachable.notices import services as notices
from reachable.notices.services import Telling

ANSWERED, FOUND = "answered", "found"
OUTCOMES = (
    ("nothing_further", "Nothing further"),
    ("elsewhere", "It is followed elsewhere"),
)
SHOWN = 200


@dataclass(frozen=True)
class StepFacts:
    """An answer or a finding."""

    kind: str
    by: str
    at: datetime
    text: str
    outcome: str
    reference: str


@dataclass(frozen=True)
class QuestionFacts:
    """A question with what followed; `own` where it is about the looks of whoever reads it."""

    id: UUID
    worker_id: UUID
    worker: str
    agency: str
    day: date
    kind: str
    subject_id: UUID | None
    question: str
    asked_by: str
    asked_at: datetime
    steps: tuple[StepFacts, ...]
    own: bool

    @property
    def state(self) -> str:
        """What it waits for, by what came last; a finding ends it."""
        kinds = [step.kind for step in self.steps]
        if FOUND in kinds:
            return FOUND
        return ANSWERED if kinds else "asked"


@transaction.atomic
def ask(
    *, by: Actor, worker_id: UUID, day: date, kind: str, subject_id: UUID | None, question: str
) -> UUID:
    """Ask a worker about their looks at one record on one day, and tell them."""
    by.require(ASKS)
    line_of(by=by, worker_id=worker_id, day=day, kind=kind, subject_id=subject_id)
    if worker_id == by.id:
        raise BadInput(
            "These are your own looks.",
            kept="Nothing was asked.",
            next="Another person of information governance reviews them: nobody reviews their own.",
        )
    made = LookQuestion.objects.create(
        worker_id=worker_id,
        day=day,
        subject_kind=kind,
        subject_id=subject_id,
        question=question,
        asked_by_id=by.own_id,
        asked_at=now(),
    )
    _told(by, worker_id, "look.asked", made.id)
    audit.record(by=by, action="governance.asked", subject=("look_question", made.id))
    return made.id


@transaction.atomic
def answer(*, by: Actor, question_id: UUID, text: str) -> None:
    """Answer what one was asked about one's own looks; once something is found it stands."""
    asked = _first(LookQuestion.objects.filter(id=question_id, worker_id=by.own_id))
    if asked.steps.filter(kind=FOUND).exists():
        raise BadInput(
            "Information governance has already recorded what it found.",
            kept="Your answer was not added.",
            next="Tell them directly what you still want to say.",
        )
    LookStep.objects.create(question=asked, kind=ANSWERED, by_id=by.own_id, at=now(), text=text)
    _told(by, asked.asked_by_id, "look.answered", asked.id)
    audit.record(by=by, action="governance.answered", subject=("look_question", asked.id))


@transaction.atomic
def find(*, by: Actor, question_id: UUID, outcome: str, text: str, reference: str) -> None:
    """Record what was found: nothing further, or where it is followed. Never of one's own look."""
    by.require(ASKS)
    asked = _first(LookQuestion.objects.filter(id=question_id))
    if asked.worker_id == by.id:
        raise BadInput(
            "This is about your own looks.",
            kept="Nothing was recorded.",
            next="Another person of information governance decides: nobody reviews their own.",
        )
    if outcome == "elsewhere" and not reference:
        raise BadInput(
            "Where it is followed needs a reference.",
            kept="Nothing was recorded.",
            next="Enter the number under which it is followed there.",
        )
    LookStep.objects.create(
        question=asked,
        kind=FOUND,
        by_id=by.own_id,
        at=now(),
        text=text,
        outcome=outcome,
        reference=reference if outcome == "elsewhere" else "",
    )
    _told(by, asked.worker_id, "look.found", asked.id)
    audit.record(by=by, action="governance.found", subject=("look_question", asked.id))


def _first(held: QuerySet[LookQuestion]) -> LookQuestion:
    found = held.first()
    if found is None:
        raise NotFound
    return found


def _told(by: Actor, user_id: UUID, kind: str, question_id: UUID) -> None:
    steps = LookStep.objects.filter(question_id=question_id).count()
    key = f"{kind}:{question_id}:{steps}"
    notices.tell(by=by, tellings=[Telling(user_id, kind, ("look_question", question_id), key)])


def questions(*, by: Actor, waiting: bool = False) -> list[QuestionFacts]:
    """Return what was asked, the newest first; with `waiting`, what nobody has found yet."""
    by.require(READS)
    audit.looked(by=by, subject=("audit", None), page="watch: questions")
    held = LookQuestion.objects.order_by("-id")
    if waiting:
        held = held.exclude(steps__kind=FOUND)
    return _facts(by, held[:SHOWN])


def question(*, by: Actor, question_id: UUID) -> QuestionFacts:
    """Return one question for governance. The look is logged."""
    by.require(READS)
    found = _facts(by, LookQuestion.objects.filter(id=question_id))
    if not found:
        raise NotFound
    audit.looked(by=by, subject=("audit", None), page="watch: question")
    return found[0]


def asked_of_me(*, by: Actor) -> list[QuestionFacts]:
    """Return what was asked about this person's own looks."""
    return _facts(by, LookQuestion.objects.filter(worker_id=by.own_id).order_by("-id")[:SHOWN])


def my_question(*, by: Actor, question_id: UUID) -> QuestionFacts:
    """Return one question about this person's own looks; anybody else's is not found."""
    held = LookQuestion.objects.filter(id=question_id, worker_id=by.own_id)
    found = _facts(by, held)
    if not found:
        raise NotFound
    return found[0]


def _facts(by: Actor, held: QuerySet[LookQuestion, Any]) -> list[QuestionFacts]:
    rows = held.select_related("worker__agency", "asked_by").prefetch_related("steps__by")
    return [
        QuestionFacts(
            row.id,
            row.worker_id,
            row.worker.name,
            row.worker.agency.name,
            row.day,
            row.subject_kind,
            row.subject_id,
            row.question,
            row.asked_by.name,
            row.asked_at,
            tuple(
                StepFacts(step.kind, step.by.name, step.at, step.text, step.outcome, step.reference)
                for step in sorted(row.steps.all(), key=lambda step: step.id)
            ),
            own=row.worker_id == by.id,
        )
        for row in rows
    ]

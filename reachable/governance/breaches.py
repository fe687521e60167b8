"""What information governance assesses after two children had counted as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.audit.pages import in_words
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now
from reachable.governance.keeping import ASKS
from reachable.governance.models import Breach, BreachReader, BreachStep
from reachable.governance.reading import Wrong, who_read
from reachable.governance.rules.breach import REPORT_WITHIN
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import changed
from reachable.people.registries import IdentityChanged

OPENED = "breach.opened"
SHOWN = 200
CAUSES = {
    "merge": "A merge was undone",
    "split": "Records were taken away from a child with whom they had stood wrongly",
    "split_undone": "Records that were taken away were brought back",
}


@dataclass(frozen=True)
class ReaderFacts:
    """Somebody who read a record that they could not have read otherwise."""

    name: str
    agency: str
    read_person: UUID
    looks: int
    first_at: datetime
    last_at: datetime
    pages: tuple[str, ...]


@dataclass(frozen=True)
class StepFacts:
    """What was decided, by whom and when."""

    by: str
    at: datetime
    severity: str
    severity_why: str
    regulator_told: bool
    regulator_why: str
    family_told: bool
    family_why: str
    done: str
    closes: bool


@dataclass(frozen=True)
class BreachFacts:
    """An assessment: what happened, who read what, and what was decided, the newest first."""

    id: UUID
    cause: str
    cause_id: UUID
    wrong_from: datetime
    wrong_until: datetime
    aware_at: datetime
    none_read: bool
    readers: tuple[ReaderFacts, ...]
    steps: tuple[StepFacts, ...]

    @property
    def due_at(self) -> datetime:
        """By when it is to be reported at the latest, if it has to be."""
        return self.aware_at + REPORT_WITHIN

    @property
    def is_open(self) -> bool:
        return not self.none_read and not (self.steps and self.steps[0].closes)

    @property
    def people(self) -> int:
        """How many read a record."""
        return len({(reader.name, reader.agency) for reader in self.readers})

    @property
    def children(self) -> int:
        """How many children's records were read."""
        return len({reader.read_person for reader in self.readers})

    @property
    def told_at(self) -> datetime | None:
        """When it was first recorded that the regulator was told."""
        return min((step.at for step in self.steps if step.regulator_told), default=None)


@dataclass(frozen=True)
class Decided:
    """What information governance decides of a breach."""

    severity: str
    severity_why: str
    regulator_told: bool
    regulator_why: str
    family_told: bool
    family_why: str
    done: str
    closes: bool


def follow_identity(*, by: Actor, change: IdentityChanged) -> None:
    """Open an assessment where two who had counted as one are told apart, in that transaction."""
    found = _wrong(change)
    if found is None:
        return
    cause, wrong = found
    read = who_read(wrong)
    made = Breach.objects.create(
        cause=cause,
        cause_id=change.merge_id,
        wrong_from=wrong.first,
        wrong_until=wrong.last,
        aware_at=wrong.last,
        one_person=wrong.one,
        other_person=wrong.other,
        none_read=not read,
    )
    BreachReader.objects.bulk_create(
        BreachReader(
            breach=made,
            user_id=user_id,
            read_person=wrong.one if is_one else wrong.other,
            looks=each.looks,
            first_at=each.first,
            last_at=each.last,
            pages=each.pages,
        )
        for (user_id, is_one), each in read.items()
    )
    audit.record(
        by=by, action="governance.breach_opened", subject=("breach", made.id), readers=len(read)
    )
    if read:
        notices.tell(
            by=by,
            tellings=[
                Telling(user_id, OPENED, ("breach", made.id), f"{OPENED}:{made.id}:{user_id}")
                for user_id in sorted(access.able(capability=ASKS))
            ],
        )


def _wrong(change: IdentityChanged) -> tuple[str, Wrong] | None:
    """Return what was wrong until now, if this is the end of something wrong."""
    if not change.undone:
        return None
    since, until, made = changed.wrong_between(change=change)
    # A server's clock that was set back must not keep a wrong link standing.
    since = min(since, until)
    if not change.split:
        wrong = Wrong(
            *(change.kept_id, change.joined_id, since, until, change.merge_id), both_shown=True
        )
        return "merge", wrong
    if not change.ended:
        return "split", Wrong(change.kept_id, change.joined_id, since, until)
    if made:
        return None
    return "split_undone", Wrong(change.joined_id, change.kept_id, since, until)


def what_followed(*, by: Actor, cause_id: UUID) -> str:
    """Say to whoever undid it that an assessment opened, and not who read what."""
    by.require("people.review")
    held = Breach.objects.filter(cause_id=cause_id).order_by("-id")
    none_read = list(held.values_list("none_read", flat=True))
    if not none_read:
        return ""
    if all(none_read):
        return (
            "Nobody had opened a record that they could not have opened otherwise, so there is "
            "nothing to assess."
        )
    return "An assessment opened, and information governance was told. You need do nothing."


def breaches(*, by: Actor) -> list[BreachFacts]:
    """Return all assessments: the open ones first, and of each the newest first."""
    by.require(ASKS)
    audit.looked(by=by, subject=("audit", None), page="assessments")
    found = _facts(Breach.objects.order_by("-id")[:SHOWN])
    return sorted(found, key=lambda breach: not breach.is_open)


def breach(*, by: Actor, breach_id: UUID) -> BreachFacts:
    """Return one assessment. The look is logged."""
    by.require(ASKS)
    found = _facts(Breach.objects.filter(id=breach_id))
    if not found:
        raise NotFound
    audit.looked(by=by, subject=("breach", breach_id), page="an assessment")
    return found[0]


@transaction.atomic
def decide(*, by: Actor, breach_id: UUID, decided: Decided) -> None:
    """Append what was decided. What was decided before stays to be read."""
    by.require(ASKS)
    held = Breach.objects.select_for_update().filter(id=breach_id).first()
    if held is None:
        raise NotFound
    if held.none_read:
        raise BadInput(
            "Nobody had read a record that they could not have read otherwise.",
            kept="Nothing was recorded.",
            next="There is nothing to assess. If you know better, ask about a look on “Watch”.",
        )
    if held.readers.filter(user_id=by.own_id).exists():
        raise BadInput(
            "You are among those who read a record.",
            kept="Nothing was recorded.",
            next="Another person of information governance decides: nobody assesses their own.",
        )
    BreachStep.objects.create(breach=held, by_id=by.own_id, at=now(), **vars(decided))
    audit.record(by=by, action="governance.breach_decided", subject=("breach", held.id))


def _facts(held: QuerySet[Breach]) -> list[BreachFacts]:
    rows = held.prefetch_related(
        Prefetch("readers", BreachReader.objects.select_related("user__agency").order_by("id")),
        Prefetch("steps", BreachStep.objects.select_related("by").order_by("-id")),
    )
    return [
        BreachFacts(
            row.id,
            row.cause,
            row.cause_id,
            row.wrong_from,
            row.wrong_until,
            row.aware_at,
            row.none_read,
            tuple(_readers(row.readers.all())),
            tuple(_steps(row.steps.all())),
        )
        for row in rows
    ]


def _readers(rows: Iterable[BreachReader]) -> Iterable[ReaderFacts]:
    for row in rows:
        yield ReaderFacts(
            row.user.name,
            row.user.agency.name,
            row.read_person,
            row.looks,
            row.first_at,
            row.last_at,
            tuple(in_words(page) for page in row.pages),
        )


def _steps(rows: Iterable[BreachStep]) -> Iterable[StepFacts]:
    for row in rows:
        yield StepFacts(
            row.by.name,
            row.at,
            row.severity,
            row.severity_why,
            row.regulator_told,
            row.regulator_why,
            row.family_told,
            row.family_why,
            row.done,
            row.closes,
        )

"""Why somebody sees a record, and who else looked: open to everybody who may see that record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.access import selectors as access
from reachable.audit import selectors as audit
from reachable.audit.pages import in_words
from reachable.audit.services import looked
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.people.deciding import put_before
from reachable.people.models import Merge, Record, Split
from reachable.people.registries import Seen, seen_because
from reachable.people.selectors import ChildFacts, child, same_people, why_seen

PERSON, REVIEW = "person", "review"
JOINS: dict[str, type[Record | Merge | Split]] = {
    "record": Record,
    "merge": Merge,
    "split": Split,
}
BY_ROLE = "Your role opens it"
DECIDES = "You decide whether two records are the same child, by your role"
EACH_CHILD = "You or your teams work with each of these children; the page of each says who looked"


@dataclass(frozen=True)
class Look:
    """Somebody opened a page on which this is shown."""

    at: datetime
    name: str
    agency: str
    page: str


@dataclass(frozen=True)
class LooksOf:
    """One page of looks, newest first."""

    looks: list[Look]
    number: int
    more: bool


@dataclass(frozen=True)
class Looks(LooksOf):
    """Looks at a child."""

    child: ChildFacts


def who_looked(*, by: Actor, person_id: UUID, page: int = 1) -> Looks:
    """Return who looked at the child, under each identifier that stands for them now."""
    found = child(by=by, person_id=person_id)
    together = same_people(by=by, current_ids=[found.person_id])
    held = looks_at(by=by, kind=PERSON, subject_ids=list(together), page=page)
    return Looks(held.looks, held.number, held.more, found)


def who_looked_at_review(*, by: Actor, review_id: UUID, page: int = 1) -> LooksOf:
    """Return who looked at two records that may be one child."""
    by.require("people.review")
    if not put_before(by=by).filter(id=review_id).exists():
        raise NotFound
    return _and_now(by, REVIEW, review_id, page)


def who_looked_at_join(*, by: Actor, kind: str, subject_id: UUID, page: int = 1) -> LooksOf:
    """Return who looked at a record, merge or split on the pages that take children apart."""
    by.require("people.review")
    if not JOINS[kind].objects.filter(id=subject_id).exists():
        raise NotFound
    return _and_now(by, kind, subject_id, page)


def _and_now(by: Actor, kind: str, subject_id: UUID, page: int) -> LooksOf:
    looked(by=by, subject=(kind, subject_id), page="who looked")
    return looks_at(by=by, kind=kind, subject_ids=[subject_id], page=page)


def looks_at(*, by: Actor, kind: str, subject_ids: Sequence[UUID], page: int) -> LooksOf:
    """Return who looked at what the caller has found that `by` may see."""
    held = audit.looks_at(by=by, kind=kind, subject_ids=subject_ids, page=page)
    workers = access.workers(entry.actor_id for entry in held.entries if entry.actor_id)
    looks = []
    for entry in held.entries:
        name, agency = workers.get(entry.actor_id, ("", "")) if entry.actor_id else ("", "")
        shown = in_words(entry.details.get("page"))
        looks.append(Look(entry.at, name or entry.part, agency, shown))
    return LooksOf(looks, held.number, held.more)


def seen(*, by: Actor) -> Seen | None:
    """Return why `by` sees what they have just looked at; None where that was no child’s record."""
    for listed in sorted(seen_because.listed(), key=lambda listed: listed.item.order):
        ids = {subject_id for kind, subject_id in by.looks if kind == listed.key and subject_id}
        if len(ids) > 1 and listed.key == PERSON:
            return Seen((EACH_CHILD,), "", min(ids))
        if ids:
            return listed.item.why(by=by, subject_id=min(ids))
    return None


def why_child(*, by: Actor, subject_id: UUID) -> Seen:
    why = tuple(why_seen(by=by, current_id=subject_id))
    return Seen(why or (BY_ROLE,), "child_looked", subject_id)


def why_record(*, by: Actor, subject_id: UUID) -> Seen:
    del by
    return Seen((DECIDES,), "record_looked", subject_id)


def why_merge(*, by: Actor, subject_id: UUID) -> Seen:
    del by
    return Seen((DECIDES,), "merge_looked", subject_id)


def why_split(*, by: Actor, subject_id: UUID) -> Seen:
    del by
    return Seen((DECIDES,), "split_looked", subject_id)


def why_review(*, by: Actor, subject_id: UUID) -> Seen:
    del by
    return Seen((DECIDES,), "review_looked", subject_id)

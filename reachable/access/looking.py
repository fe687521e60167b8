"""Who did and who looked, with names: for information governance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from reachable.access import keys
from reachable.access import selectors as access
from reachable.access.models import User
from reachable.audit import selectors as audit
from reachable.audit.pages import in_words
from reachable.foundation.actor import Actor


@dataclass(frozen=True)
class Act:
    """One entry as a person reads it."""

    at: datetime
    name: str
    agency: str
    what: str
    subject: str
    subject_id: UUID | None


@dataclass(frozen=True)
class Acts:
    """One page of acts, newest first."""

    acts: list[Act]
    number: int
    more: bool


def acts(
    *, by: Actor, who: str = "", subject_id: UUID | None = None, day: date | None = None, page: int
) -> Acts:
    """Return what was done, narrowed to people whose name holds `who`, a subject, a day."""
    by.require("audit.read")
    actors = None
    if who:
        found = Q(name__icontains=who) | Q(username__iexact=who)
        actors = list(User.objects.filter(found).values_list("id", flat=True))
    held = audit.entries(by=by, actor_ids=actors, subject_id=subject_id, day=day, page=page)
    actor_ids = {entry.actor_id for entry in held.entries if entry.actor_id}
    workers = access.workers(actor_ids)
    workers |= keys.called(actor_ids - workers.keys())
    rows = []
    for entry in held.entries:
        name, agency = workers.get(entry.actor_id, ("", "")) if entry.actor_id else ("", "")
        rows.append(
            Act(
                entry.at,
                name or f"Reachable: {entry.part}",
                agency,
                _in_words(entry),
                entry.subject_kind.replace("_", " "),
                entry.subject_id,
            )
        )
    return Acts(rows, held.number, held.more)


def _in_words(entry: audit.EntryFacts) -> str:
    """Name the act by its room and verb; of a look, which page."""
    if entry.action == "looked":
        return f"looked at: {in_words(entry.details.get('page')) or 'a page'}"
    room, _, verb = entry.action.partition(".")
    return f"{room}: {verb.replace('_', ' ')}"

"""What whoever sent the signals is told of a conversation that followed them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now
from reachable.moments.acting import open_moment
from reachable.moments.joined import families, joins, standing_for
from reachable.moments.kept_words import refuse_kept_words
from reachable.moments.models import Action, Moment, Summary, Trigger
from reachable.moments.prepared import SENTENCES, told
from reachable.moments.registries import senders_told
from reachable.moments.selectors import is_visible
from reachable.moments.senders import signals_that_hear
from reachable.moments.telling import place

MOST_OWN = 400
NOTHING_TOLD = "Nobody was told anything."
TOLD_SENDERS = "told_senders"
Talk = tuple[UUID, datetime]
"""A conversation: its own moment, which may have been joined since, and when it began."""


@dataclass(frozen=True)
class SummaryFacts:
    """What senders were told of a conversation, as whoever works with the child reads it."""

    sentences: tuple[str, ...]
    own: str
    own_to_police: bool
    by: str
    at: datetime


def summaries_of(*, by: Actor, conversation_ids: Iterable[UUID]) -> dict[UUID, list[SummaryFacts]]:
    """Return what was told of conversations that the caller has found visible, in order."""
    del by
    found: dict[UUID, list[SummaryFacts]] = {}
    held = Summary.objects.filter(conversation_id__in=list(conversation_ids))
    for each in held.select_related("by").order_by("at", "id"):
        facts = SummaryFacts(
            told(each.said, ""), each.own, each.own_to_police, each.by.name, each.at
        )
        found.setdefault(each.conversation_id, []).append(facts)
    return found


def who_would_hear(*, by: Actor, moment_id: UUID, about_at: datetime) -> list[UUID]:
    """Return the signals whose senders are told of a conversation that began then."""
    held = Moment.objects.filter(id=moment_id).first()
    if held is None or not is_visible(by=by, moment=held):
        raise NotFound
    talk = (moment_id, about_at)
    return hearing([talk])[talk]


@transaction.atomic
def tell_senders(
    *,
    by: Actor,
    moment_id: UUID,
    conversation_id: UUID,
    about_at: datetime,
    said: Sequence[str],
    own: str,
    own_to_police: bool = False,
) -> int:
    """Tell senders of a conversation in this moment what came of it; return of how many signals.

    `moment_id` is the conversation's own, which may have been joined since. Police read the
    writer's own sentence only if that is said. The same told twice is told once.
    """
    by.require("moments.hold")
    held = Moment.objects.filter(id=moment_id).first()
    if held is None or not is_visible(by=by, moment=held):
        raise NotFound
    top = open_moment(by, standing_for([held])[held.id], None)
    own, keys = " ".join(own.split()), [key for key in SENTENCES if key in set(said)]
    if not keys and not own:
        raise BadInput("Please choose what they are told.", kept=NOTHING_TOLD)
    if len(own) > MOST_OWN:
        raise BadInput(f"Your own sentence has {MOST_OWN} characters at most.", kept=NOTHING_TOLD)
    refuse_kept_words(by, top.person.now.current_id, own, kept=NOTHING_TOLD)
    last = Summary.objects.filter(conversation_id=conversation_id).order_by("at", "id").last()
    own_to_police = own_to_police and bool(own)
    if last is not None and (last.said, last.own, last.own_to_police) == (keys, own, own_to_police):
        return 0
    summary = Summary.objects.create(
        moment_id=place(held.id, joins([held])[held.id], about_at),
        conversation_id=conversation_id,
        about_at=about_at,
        said=keys,
        own=own,
        own_to_police=own_to_police,
        at=now(),
        by_id=by.own_id,
    )
    return _announce(by, summary, hearing([(moment_id, about_at)])[moment_id, about_at])


def _announce(by: Actor, summary: Summary, signal_ids: Sequence[UUID]) -> int:
    """Write into the history that it was told, and let whoever sent these signals know."""
    Action.objects.create(
        moment_id=summary.moment_id,
        kind=TOLD_SENDERS,
        at=summary.at,
        by_id=by.own_id,
        note=" ".join([*told(summary.said, ""), summary.own]).strip(),
        step=str(summary.conversation_id),
    )
    audit.record(
        by=by,
        action="moments.told_senders",
        subject=("moment", summary.moment_id),
        summary=summary.id,
        count=len(signal_ids),
    )
    to_police = bool(summary.said) or summary.own_to_police
    for tell in senders_told.items():
        tell(by=by, summary_id=summary.id, signal_ids=signal_ids, to_police=to_police)
    return len(signal_ids)


def hearing(talks: Iterable[Talk]) -> dict[Talk, list[UUID]]:
    """Return conversation → the signals whose senders are told of it, asked of all at once.

    The caller has found the conversations visible.
    """
    asked = list(talks)
    ways = joins(Moment.objects.filter(id__in={moment_id for moment_id, _ in asked}))
    tops = {way[-1][0] if way else moment_id for moment_id, way in ways.items()}
    standing = Trigger.objects.filter(moment_id__in=list(families(tops)), ended_at=None)
    signal_ids = set(standing.values_list("signal_id", flat=True))
    placed = {(own, at): (place(own, ways[own], at), at) for own, at in asked}
    heard = signals_that_hear(signal_ids, placed.values())
    return {talk: heard[there] for talk, there in placed.items()}

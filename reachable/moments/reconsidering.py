"""Rules that look back: what they call for follows from all that happened to a child.

They are asked again whenever something of a child comes, is corrected, or turns out to be another
child's. So what comes late or out of order leads to the same moments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from reachable.chronology import selectors as chronology
from reachable.chronology.selectors import Recent
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.correcting import ENDED, RECLOCKED, Corrections, settle
from reachable.moments.models import Trigger
from reachable.moments.noticing import Batch, Noticeable
from reachable.moments.rules import Opening
from reachable.moments.school_terms import school_terms
from reachable.moments.switches import rules_in_force
from reachable.practice import guidance
from reachable.practice.calling import Happened, History, Rulebook
from reachable.practice.clocks import TermCalendar
from reachable.practice.items import Rule
from reachable.practice.time import LONDON

LOOK = system("rules")
Firing = tuple[UUID, str]
"""An event, and the rule by which it calls for a moment."""


@dataclass(frozen=True)
class _Fired:
    """That an event calls for a moment by a rule, since when that could be known."""

    event: Recent
    rule: Rule
    known_at: datetime
    terms: TermCalendar

    @property
    def opening(self) -> Opening:
        return rules.opened_by(
            self.rule,
            occurred=self.event.occurred,
            received_at=self.known_at,
            terms=self.terms,
        )


def reconsider(*, by: Actor, current_ids: Collection[UUID], signal_ids: Iterable[UUID] = ()) -> int:
    """Open or join what rules that look back call for now; return how many moments were opened.

    `signal_ids` were corrected: what they no longer call for ends. Runs in the caller's
    transaction, whose audit entry covers it.
    """
    at, book = now(), rules_in_force()
    standing = _standing(current_ids, signal_ids)
    fired = _fired(book, current_ids, standing, at)
    corrections, settled = _brought_into_line(standing, fired, at)
    calling = [
        _noticeable(each)
        for firing, each in fired.items()
        if firing not in settled
        and each.rule in book.rules
        and each.known_at - each.event.occurred.earliest <= rules.STALE_AFTER
    ]
    if not calling and not corrections.changed:
        return 0
    return Batch(by).run_with(calling, corrections)


def _standing(current_ids: Collection[UUID], signal_ids: Iterable[UUID]) -> list[Trigger]:
    """Return what such rules had called for, of these children and these signals.

    Two questions, each by its index: either-or in one reads every trigger that there ever was.
    """
    looking_back = [rule.key for rule in guidance.rules() if not rule.alone]
    held = Trigger.objects.filter(rule__in=looking_back, ended_at=None).select_related(
        "moment__person__now"
    )
    of_children = held.filter(moment__person__now__current_id__among=set(current_ids))
    of_signals = held.filter(signal_id__among=set(signal_ids))
    found = {trigger.id: trigger for some in (of_children, of_signals) for trigger in some}
    return [found[trigger_id] for trigger_id in sorted(found)]


def _fired(
    book: Rulebook, current_ids: Collection[UUID], standing: Sequence[Trigger], at: datetime
) -> dict[Firing, _Fired]:
    """Return all that calls for a moment by a rule that looks back, in force or standing."""
    kept = {trigger.rule for trigger in standing}
    asked = Rulebook(
        tuple(
            rule
            for rule in guidance.rules()
            if not rule.alone and (rule in book.rules or rule.key in kept)
        )
    )
    since = _day(min([at, *(trigger.joined_at for trigger in standing)]) - rules.STALE_AFTER)
    callers = chronology.recent(by=LOOK, current_ids=current_ids, kinds=asked.on, since=since)
    children = {event.current_id for event in callers if event.news}
    if not children:
        return {}
    history = defaultdict(list)
    for event in chronology.recent(
        by=LOOK, current_ids=children, kinds=asked.counted, since=since - asked.looks_back
    ):
        history[event.current_id].append((event, Happened(event.kind, event.occurred)))
    fired: dict[Firing, _Fired] = {}
    terms = school_terms()
    for events in history.values():
        others = History(happened for _, happened in events)
        for event, happened in events:
            if not event.news or event.occurred.day < since:
                continue
            for rule in asked.fired(happened, others):
                if rules.young_enough(rule, occurred=event.occurred, birth_date=event.birth_date):
                    known_at = _known_at(rule, event, [each for each, _ in events])
                    fired[event.event_id, rule.key] = _Fired(event, rule, known_at, terms)
    return fired


def _known_at(rule: Rule, this: Recent, events: Iterable[Recent]) -> datetime:
    """Return when the last was received of what a rule asks about, up to this event."""
    asked = rule.on | rule.after
    return max(
        each.received_at
        for each in events
        if each is this or (each.kind in asked and each.occurred.day <= this.occurred.day)
    )


def _brought_into_line(
    standing: Sequence[Trigger], fired: dict[Firing, _Fired], at: datetime
) -> tuple[Corrections, set[Firing]]:
    """End or reclock what stands; the second value is what still does as it was."""
    changes: list[tuple[Trigger, str, datetime | None]] = []
    settled: set[Firing] = set()
    for trigger in standing:
        firing = trigger.event_id, trigger.rule
        found = fired.get(firing)
        if found is None or found.event.current_id != trigger.moment.person.now.current_id:
            changes.append((trigger, ENDED, None))
            continue
        settled.add(firing)
        due = found.opening.child_due_at
        if due != trigger.due_at:
            changes.append((trigger, RECLOCKED, due))
    return settle(changes, at), settled


def _noticeable(fired: _Fired) -> Noticeable:
    event = fired.event
    return Noticeable(
        event_id=event.event_id,
        signal_id=event.signal_id,
        kind=event.kind,
        person_id=event.person_id,
        current_id=event.current_id,
        opening=fired.opening,
        received_at=fired.known_at,
        postcode=event.postcode,
    )


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()

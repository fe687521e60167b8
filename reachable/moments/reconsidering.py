"""Rules that look back: what they call for follows from all that happened to a child.

They are asked again whenever something of a child comes, is corrected, or turns out to be another
child's. So what comes late or out of order leads to the same moments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reachable.chronology import selectors as chronology
from reachable.chronology.selectors import Recent
from reachable.foundation.actor import Actor, system
from reachable.foundation.questions import Question
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.correcting import CALLED, ENDED, RECLOCKED, Called, Corrections, settle
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
Told = list[tuple[Recent, Happened]]
"""What happened to one child."""


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


def reconsider(
    *, by: Actor, current_ids: Collection[UUID], signal_ids: Collection[UUID] = ()
) -> int:
    """Open or join what rules that look back call for now; return how many moments were opened.

    `signal_ids` were corrected: what they no longer call for ends. Runs in the caller's
    transaction, whose audit entry covers it.
    """
    at, book = now(), rules_in_force()
    standing = _standing(current_ids, signal_ids)
    fired = _fired(book, current_ids, signal_ids, standing, at)
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


def _standing(current_ids: Collection[UUID], signal_ids: Collection[UUID]) -> list[Called]:
    """Return what such rules had called for, of these children and these signals.

    Two questions, each by its index: either-or in one reads every trigger that there ever was.
    """
    looking_back = [rule.key for rule in guidance.rules() if not rule.alone]
    found = _standing_of_children(rules=looking_back, current_ids=set(current_ids))
    found += _standing_of_signals(rules=looking_back, signal_ids=set(signal_ids))
    return [Called(*facts) for facts in sorted(set(found))]


@Question
def _standing_of_children(rules: Any, current_ids: Any) -> QuerySet[Trigger, Any]:
    return Trigger.objects.filter(
        moment__person__now__current_id__among=current_ids, rule__among=rules, ended_at=None
    ).values_list(*CALLED)


@Question
def _standing_of_signals(rules: Any, signal_ids: Any) -> QuerySet[Trigger, Any]:
    return Trigger.objects.filter(
        signal_id__among=signal_ids, rule__among=rules, ended_at=None
    ).values_list(*CALLED)


def _fired(
    book: Rulebook,
    current_ids: Collection[UUID],
    signal_ids: Collection[UUID],
    standing: Sequence[Called],
    at: datetime,
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
    since = _since(current_ids, standing, set(signal_ids), at)
    fired: dict[Firing, _Fired] = {}
    terms = school_terms()
    for child, events in _histories(asked, since).items():
        others = History(happened for _, happened in events)
        for event, happened in events:
            if not event.news or event.occurred.day < since[child]:
                continue
            for rule in asked.fired(happened, others):
                if rules.young_enough(rule, occurred=event.occurred, birth_date=event.birth_date):
                    known_at = _known_at(rule, event, [each for each, _ in events])
                    fired[event.event_id, rule.key] = _Fired(event, rule, known_at, terms)
    return fired


def _since(
    current_ids: Collection[UUID],
    standing: Sequence[Called],
    signal_ids: Collection[UUID],
    at: datetime,
) -> dict[UUID, date]:
    """Return since which day each child's events are asked about: from before all that stands.

    What stands of a corrected signal may turn out to be any of these children's.
    """
    corrected = [trigger.joined_at for trigger in standing if trigger.signal_id in signal_ids]
    first = dict.fromkeys(current_ids, min([at, *corrected]))
    for trigger in standing:
        child = trigger.current_id
        if child in first:
            first[child] = min(first[child], trigger.joined_at)
    return {child: _day(each - rules.STALE_AFTER) for child, each in first.items()}


def _histories(asked: Rulebook, since: dict[UUID, date]) -> dict[UUID, Told]:
    """Return what happened to each child of whom there is news that a rule asks about.

    Of most nothing stands, so that the last weeks say whether there is any; of the others all is
    read from the earliest day of any, by one question.
    """
    found: dict[UUID, Told] = {}
    latest = max(since.values(), default=date.max)
    lately = {child for child, first in since.items() if first == latest}
    for some in (lately, since.keys() - lately):
        if not some:
            continue
        first = min(since[child] for child in some)
        children = chronology.with_news(by=LOOK, current_ids=some, kinds=asked.on, since=first)
        if not children:
            continue
        for event in chronology.recent(
            by=LOOK, current_ids=children, kinds=asked.counted, since=first - asked.looks_back
        ):
            happened = Happened(event.kind, event.occurred)
            found.setdefault(event.current_id, []).append((event, happened))
    return found


def _known_at(rule: Rule, this: Recent, events: Iterable[Recent]) -> datetime:
    """Return when the last was received of what a rule asks about, up to this event."""
    asked = rule.on | rule.after
    return max(
        each.received_at
        for each in events
        if each is this or (each.kind in asked and each.occurred.day <= this.occurred.day)
    )


def _brought_into_line(
    standing: Sequence[Called], fired: dict[Firing, _Fired], at: datetime
) -> tuple[Corrections, set[Firing]]:
    """End or reclock what stands; the second value is what still does as it was."""
    changes: list[tuple[Called, str, datetime | None]] = []
    settled: set[Firing] = set()
    for trigger in standing:
        firing = trigger.event_id, trigger.rule
        found = fired.get(firing)
        if found is None or found.event.current_id != trigger.current_id:
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

"""Birthdays at which plans change: recorded of children whom a sign of exploitation concerns.

They follow from the birth date, so a corrected birth date corrects them. Whether one opens a moment
is decided by the rules in force, as of any other event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.chronology import birthdays as register
from reachable.chronology import services as chronology
from reachable.chronology.birthdays import Kept, Turning
from reachable.chronology.services import Happening
from reachable.foundation.actor import Actor, system
from reachable.foundation.db import exclusive
from reachable.foundation.time import now, today
from reachable.moments import rules
from reachable.moments.reconsidering import reconsider
from reachable.moments.switches import rules_in_force
from reachable.moments.trying import Past
from reachable.practice import guidance
from reachable.practice.birthdays import AGES, born_between, turns
from reachable.practice.time import When, start_of_day

AT_ONCE = 200
"""How many children are worked on in one transaction, so that loads need not wait."""
SOURCE = "Birth date"
LOOK = system("birthdays")
Act = tuple[tuple[str, UUID | None], dict[str, Any]]


def keep(*, by: Actor) -> int:
    """Bring birthdays into line with birth dates; return how many moments were opened.

    Safe to run as often as one likes: what is recorded already stays as it is.
    """
    by.require("rebuild")
    opened, day = 0, today()
    wrong = [
        each for each in register.kept(by=LOOK, kinds=AGES) if _day_of(each) != each.occurred_on
    ]
    for some in _some(sorted({each.current_id for each in wrong})):
        with transaction.atomic():
            exclusive("people.identify")
            signals = correct(by=by, current_ids=some)
            opened += reconsider(by=by, current_ids=some, signal_ids=signals)
    due = _due(day)
    for some in _some(sorted({each.current_id for each, _ in due})):
        with transaction.atomic():
            exclusive("people.identify")
            opened += _record(by, [each for each in due if each[0].current_id in some])
    return opened


def correct(*, by: Actor, current_ids: Collection[UUID]) -> set[UUID]:
    """Move the birthdays of these children to the days that their birth dates say now.

    Return what was corrected, for the rules to be asked again. In the caller's transaction.
    """
    day = today()
    held = register.kept(by=LOOK, kinds=AGES, current_ids=current_ids)
    changed = {each.signal_id for each in held if _day_of(each) != each.occurred_on}
    if not changed:
        return set()
    stay = [
        (each, turned)
        for each in held
        if each.signal_id in changed and (turned := _day_of(each)) is not None and turned <= day
    ]
    chronology.record(
        by=by, happenings=[_happened(each, turned) for each, turned in stay], revised=changed
    )
    acts: list[Act] = [(("person", each), {}) for each in sorted(changed)]
    audit.record_many(by=by, action="moments.birthdays_corrected", acts=acts)
    return changed


def _due(day: date) -> list[tuple[Turning, tuple[str, ...]]]:
    """Return who turned which ages lately, and has it not recorded yet."""
    asked = [rule for rule in rules_in_force().rules if rule.on & AGES.keys()]
    if not asked:
        return []
    first = day - rules.STALE_AFTER
    kinds = sorted(frozenset[str]().union(*(rule.on for rule in asked)) & AGES.keys())
    found = register.turning(
        by=LOOK,
        born={kind: born_between(kind, first, day) for kind in kinds},
        signs=frozenset[str]().union(*(rule.after for rule in asked)),
        since=first - timedelta(days=max(rule.looks_back_days for rule in asked)),
    )
    known = {
        (each.current_id, each.kind)
        for each in register.kept(
            by=LOOK, kinds=AGES, current_ids={each.current_id for each in found}
        )
    }
    due = [
        (
            each,
            tuple(
                kind
                for kind in kinds
                if first <= turns(each.birth_date, kind) <= day
                and (each.current_id, kind) not in known
            ),
        )
        for each in found
    ]
    return [(each, turned) for each, turned in due if turned]


def _record(by: Actor, due: Sequence[tuple[Turning, tuple[str, ...]]]) -> int:
    """Record birthdays and ask the rules that look back; return how many moments were opened."""
    at = now()
    chronology.record(
        by=by,
        happenings=[
            Happening(
                signal_id=who.person_id,
                kind=kind,
                record_id=who.record_id,
                agency_id=who.agency_id,
                compartment=str(guidance.event_kind(kind).compartment),
                when=When.on(turned),
                received_at=at,
                source=SOURCE,
                news=_is_news(who, turned),
            )
            for who, kinds in due
            for kind in kinds
            for turned in [turns(who.birth_date, kind)]
        ],
    )
    opened = reconsider(by=by, current_ids={who.current_id for who, _ in due})
    acts: list[Act] = [(("person", who.person_id), {"kinds": list(kinds)}) for who, kinds in due]
    audit.record_many(by=by, action="moments.birthdays", acts=acts)
    return opened


def _is_news(who: Turning, turned: date) -> bool:
    """A birthday is past where all that was known of the child by then came later, as history."""
    before = who.first_known is not None and who.first_known < start_of_day(turned + timedelta(1))
    return before or (who.first_news is not None and who.first_news <= turned)


def _day_of(kept: Kept) -> date | None:
    return turns(kept.birth_date, kept.kind) if kept.birth_date else None


def _happened(kept: Kept, turned: date) -> Happening:
    return Happening(
        signal_id=kept.signal_id,
        kind=kept.kind,
        record_id=kept.record_id,
        agency_id=kept.agency_id,
        compartment=kept.compartment,
        when=When.on(turned),
        received_at=kept.received_at,
        source=kept.source,
        news=kept.news,
    )


def _some(ids: Sequence[UUID]) -> Iterator[Collection[UUID]]:
    for at in range(0, len(ids), AT_ONCE):
        yield frozenset(ids[at : at + AT_ONCE])


def with_birthdays(past: Iterable[Past], *, first: date, last: date) -> Iterator[Past]:
    """Yield a past, child by child, with the birthdays that the birth dates in it give.

    Those that were recorded are left out: before a rule asked for them, none were.
    """
    for child, happened in groupby(past, key=lambda each: each.child):
        held = [each for each in happened if each.kind not in AGES]
        yield from held
        born = next((each.birth_date for each in held[::-1] if each.birth_date), None)
        if born is None:
            continue
        for kind in AGES:
            turned = turns(born, kind)
            if first <= turned <= last:
                yield Past(child, kind, When.on(turned), born)

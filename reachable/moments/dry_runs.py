"""A rule over the partnership's own past, before it is switched on, and the decision then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.chronology import selectors as chronology
from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.moments.birthdays import with_birthdays
from reachable.moments.models import DryRun, Moment, RuleSwitch
from reachable.moments.switches import rules_in_force
from reachable.moments.trying import Past, on_duty_by_hour, try_rule
from reachable.practice import guidance
from reachable.practice.items import Rule

MONTHS = 12
GOOD_FOR = timedelta(days=30)
"""How old a dry run may be that a rule is switched on after."""
ROTA_BEFORE, ROTA_AFTER = timedelta(days=28), timedelta(days=14)
"""Around now, for how many people are usually on duty at an hour."""
LATELY = timedelta(weeks=12)


@dataclass(frozen=True)
class SwitchFacts:
    """Somebody's decision to put a rule in force or out of it; `by` is empty for the shell."""

    is_on: bool
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class RuleFacts:
    """A rule, whether it is in force, who decided so last and why.

    What it opened lately, and the newest dry run that is done or goes on, are numbers of children
    whom most do not work with: `sees_numbers` is for whoever decides about rules.
    """

    rule: Rule
    is_on: bool
    decided: SwitchFacts | None
    sees_numbers: bool
    lately: int
    latest: DryRunFacts | None


@dataclass(frozen=True)
class DryRunFacts:
    """A dry run: what was found is empty until it is done."""

    id: UUID
    begun_at: datetime
    begun_by: str
    finished_at: datetime | None
    found: dict[str, Any]
    error: str

    @property
    def is_good(self) -> bool:
        """Whether a rule may still be switched on after it."""
        return bool(self.finished_at and not self.error and self.begun_at >= now() - GOOD_FOR)


@transaction.atomic
def begin(*, by: Actor, rule: str) -> UUID:
    """Note that somebody wants a rule run dry; `work_out` does it."""
    by.require("moments.rules")
    wanted = _rule(rule)
    begun = DryRun.objects.create(
        rule=wanted.key, version=wanted.version, begun_by_id=by.id, begun_at=now()
    )
    audit.record(by=by, action="moments.dry_run_begun", subject=("dry_run", begun.id), rule=rule)
    return begun.id


def work_out(*, by: Actor, dry_run_id: UUID, months: int = MONTHS) -> None:
    """Run a rule over the last months and keep what was found; nothing is opened by it."""
    by.require("moments.rules")
    begun = DryRun.objects.get(id=dry_run_id)
    if begun.finished_at is None:
        found = try_now(by=by, rule=begun.rule, months=months)
        DryRun.objects.filter(id=dry_run_id, finished_at=None).update(
            found=found, finished_at=now()
        )


def give_up(*, by: Actor, dry_run_id: UUID, why: str) -> None:
    """Say that a dry run could not be done."""
    by.require("moments.rules")
    DryRun.objects.filter(id=dry_run_id, finished_at=None).update(error=why[:200])


def try_now(*, by: Actor, rule: str, months: int = MONTHS) -> dict[str, Any]:
    """Return what a rule would have called for, and how many people were there to answer."""
    by.require("moments.rules")
    tried, book, last = _rule(rule), rules_in_force(), today()
    first = _months_before(last, months)
    # Where less is recorded, the weeks before it would make a week look quieter than it was.
    first = max(first, chronology.first_day(by=by) or first)
    kinds = set(tried.on | tried.after).union(*(each.on | each.after for each in book.rules))
    back = max([tried.looks_back_days, 60, *(each.looks_back_days for each in book.rules)])
    since = first - timedelta(days=back)
    rows = chronology.whole_past(by=by, kinds=kinds, since=since)
    past = with_birthdays((Past(*each) for each in rows), first=since, last=last)
    found = try_rule(tried, book, past, first=first, last=last)
    at = now()
    begins, until = at - ROTA_BEFORE, at + ROTA_AFTER
    shifts = access.shifts_between(by=by, first=begins, last=until)
    return {
        **found.as_dict(),
        "weeks_in_all": found.weeks_in_all,
        "on_duty": [round(each, 2) for each in on_duty_by_hour(shifts, begins, until)],
        "opened_a_week": round(_opened(since=at - LATELY) / (LATELY.days / 7), 1),
    }


@looks_beyond("how many moments were opened")
def _opened(*, since: datetime, rule: str | None = None) -> int:
    held = Moment.objects.filter(opened_at__gte=since)
    return (held.filter(rule=rule) if rule else held).count()


def _months_before(day: date, months: int) -> date:
    """Return the day after the same day so many months before: whole months, this day included."""
    at = day.year * 12 + day.month - 1 - months
    year, month = at // 12, at % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    days_in_month = (after - date(year, month, 1)).days
    return date(year, month, min(day.day, days_in_month)) + timedelta(days=1)


@transaction.atomic
def switch(*, by: Actor, rule: str, on: bool, reason: str) -> None:
    """Put a rule in force, or out of it, from now on; what is open stays as it was opened.

    It is put in force only after a dry run of this version, done in the last 30 days.
    """
    by.require("moments.rules")
    wanted = _rule(rule)
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept="Nothing was changed.")
    if (wanted in rules_in_force().rules) == on:
        stands = "in force" if on else "off"
        raise Conflict(f"This rule is {stands} already.", kept="Nothing was changed.")
    tried = _latest(wanted)
    if on and (tried is None or not tried.is_good):
        raise Conflict(
            "This rule has not been run dry on your own past in the last 30 days.",
            kept="Nothing was changed.",
            next="Run it dry, and look at what it would have called for.",
        )
    RuleSwitch.objects.create(
        rule=wanted.key,
        version=wanted.version,
        is_on=on,
        at=now(),
        by_id=by.id,
        reason=reason.strip()[:400],
        dry_run_id=tried.id if tried and tried.is_good else None,
    )
    action = "moments.rule_on" if on else "moments.rule_off"
    audit.record(by=by, action=action, subject=("partnership", None), rule=rule)


def rules(*, by: Actor) -> list[RuleFacts]:
    """Return every rule, in the order in which they are listed."""
    by.require("practice.read")
    return [_facts(each, by) for each in guidance.rules()]


def rule(*, by: Actor, key: str) -> RuleFacts:
    by.require("practice.read")
    return _facts(_rule(key), by)


def _facts(rule: Rule, by: Actor) -> RuleFacts:
    held = RuleSwitch.objects.filter(rule=rule.key).order_by("-at", "-id")
    newest = held.values_list("is_on", "at", "by__name", "reason").first()
    decided = SwitchFacts(newest[0], newest[1], newest[2] or "", newest[3]) if newest else None
    sees = by.can("moments.rules")
    return RuleFacts(
        rule=rule,
        is_on=decided.is_on if decided else rule.usual,
        decided=decided,
        sees_numbers=sees,
        lately=_opened(since=now() - LATELY, rule=rule.key) if sees else 0,
        latest=_latest(rule) if sees else None,
    )


def _latest(rule: Rule) -> DryRunFacts | None:
    held = DryRun.objects.filter(rule=rule.key, version=rule.version).select_related("begun_by")
    newest = held.order_by("-begun_at", "-id").first()
    if newest is None:
        return None
    return DryRunFacts(
        id=newest.id,
        begun_at=newest.begun_at,
        begun_by=newest.begun_by.name if newest.begun_by else "the shell",
        finished_at=newest.finished_at,
        found=newest.found,
        error=newest.error,
    )


def _rule(key: str) -> Rule:
    if key not in {each.key for each in guidance.rules()}:
        raise NotFound
    return guidance.rule(key)

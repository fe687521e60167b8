"""Hours and thresholds by which looks are watched: what is in force, and setting others."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput
from reachable.foundation.models import Partnership
from reachable.foundation.time import now
from reachable.governance.models import WatchRule
from reachable.governance.rules import WatchRules

READS, ASKS = "audit.read", "looks.ask"
_NAMES = ("opens", "closes", "weekends", "many_records", "days_after", "staff_names")


def in_force(*, by: Actor) -> WatchRules:
    """Return what the partnership set last, or what the product begins with."""
    del by
    newest = WatchRule.objects.order_by("-id").values_list(*_NAMES).first()
    return WatchRules(*newest) if newest else WatchRules()


def set_last(*, by: Actor) -> tuple[str, datetime] | None:
    """Return who set it, and when; None while nobody has."""
    by.require(READS)
    newest = WatchRule.objects.order_by("-id").values_list("set_by__name", "set_at").first()
    return (newest[0] or "", newest[1]) if newest else None


@transaction.atomic
def set_rules(*, by: Actor, rules: WatchRules) -> None:
    """Put other hours and thresholds in force; those before stay in the history."""
    by.require(ASKS)
    if rules.closes <= rules.opens:
        raise BadInput(
            "The hours end before they begin.",
            kept="Nothing was changed.",
            next="Enter when the day begins and, later than that, when it ends.",
        )
    made = WatchRule.objects.create(
        **{name: getattr(rules, name) for name in _NAMES}, set_by_id=by.id, set_at=now()
    )
    audit.record(by=by, action="governance.watch_set", subject=("watch", made.id))


def partnership_name(*, by: Actor) -> str:
    """Return what the partnership calls itself."""
    del by
    return Partnership.objects.values_list("name", flat=True).first() or "Reachable"

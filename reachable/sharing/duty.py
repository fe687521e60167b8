"""Whether decisions here may rest on law of which nobody has confirmed that it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.time import now
from reachable.sharing.models import DutySwitch
from reachable.sharing.seeing import SWITCHES

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class SwitchFacts:
    is_on: bool
    reason: str
    at: datetime
    by: str


def is_on(*, by: Actor) -> bool:
    """Say whether it is offered to whoever decides; it is not until somebody switches it on."""
    del by
    newest = DutySwitch.objects.order_by("-at", "-id").values_list("is_on", flat=True).first()
    return bool(newest)


def history(*, by: Actor) -> list[SwitchFacts]:
    by.require(SWITCHES)
    held = DutySwitch.objects.select_related("by").order_by("-at", "-id")
    return [SwitchFacts(each.is_on, each.reason, each.at, each.by.name) for each in held]


@transaction.atomic
def switch(*, by: Actor, on: bool, reason: str) -> None:
    """Switch it, and say on whose advice."""
    by.require(SWITCHES)
    if not reason.strip():
        raise BadInput("Please say on whose advice, and when they gave it.", kept=NOTHING_CHANGED)
    if on == is_on(by=by):
        raise Conflict("It stands so already.", kept=NOTHING_CHANGED)
    made = DutySwitch.objects.create(is_on=on, reason=reason.strip(), at=now(), by_id=by.own_id)
    audit.record(by=by, action="sharing.switched", subject=("duty_switch", made.id), on=on)

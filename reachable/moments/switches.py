"""Which rules are in force in this partnership."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from reachable.foundation.questions import Question
from reachable.moments.models import RuleSwitch
from reachable.practice import guidance
from reachable.practice.calling import Rulebook


def rules_in_force() -> Rulebook:
    """Return the rules in force now: as last decided, and else as they usually are."""
    decided: dict[str, bool] = dict(_decided())
    if not decided:
        return guidance.usual_rules()
    return Rulebook(tuple(each for each in guidance.rules() if decided.get(each.key, each.usual)))


@Question
def _decided() -> QuerySet[RuleSwitch, Any]:
    return RuleSwitch.objects.order_by("at", "id").values_list("rule", "is_on")

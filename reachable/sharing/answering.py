"""Who answers for what was shared: whoever decided, while they see the child.

Then others are asked, and what was shared stands meanwhile, as it was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from reachable.access import selectors as access
from reachable.access.registries import RightsEnded
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.time import now, today
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people
from reachable.sharing.models import SharingDecision, SharingStep, SharingUnanswered
from reachable.sharing.rules.standing import ENDED, LIVE, MADE, NOT_AGREED, WAITS
from reachable.sharing.seeing import AGREES, DECIDES, WATCHES, as_decider, stands

LEFT, WATCHED = "sharing.decider_left", "sharing.unanswered"


def follow_rights(*, by: Actor, ended: RightsEnded) -> None:
    """Ask at once of what somebody decided whose account, role or membership ended."""
    _look(by, _standing().filter(decided_by_id=ended.user_id))


@transaction.atomic
def look(*, by: Actor) -> None:
    """Ask of everything that stands, for whatever reason whoever decided sees the child no more."""
    _look(by, _standing())


def unanswered_since(*, by: Actor, decision_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return since when nobody answers for these decisions, of those for which nobody does.

    The caller has found the decisions open to `by`.
    """
    del by
    held = SharingUnanswered.objects.filter(decision__in=list(decision_ids), ended_at=None)
    return dict(held.values_list("decision_id", "since"))


def _standing() -> QuerySet[SharingDecision]:
    over = SharingStep.objects.filter(decision=OuterRef("id"), kind__in=(ENDED, NOT_AGREED))
    later = SharingDecision.objects.filter(supersedes=OuterRef("id"))
    return SharingDecision.objects.filter(
        ~Exists(over), ~Exists(later), outcome=MADE, until__gte=today()
    )


def _look(by: Actor, standing: QuerySet[SharingDecision]) -> None:
    exclusive("sharing answered for")
    held = list(standing.select_related("person__now").order_by("decided_by_id", "id"))
    unanswered = {
        each.decision_id: each
        for each in SharingUnanswered.objects.filter(decision__in=held, ended_at=None)
    }
    seen = _seen(held)
    tellings: list[Telling] = []
    for each in held:
        gap = unanswered.get(each.id)
        if each.id in seen and gap is not None:
            SharingUnanswered.objects.filter(id=gap.id).update(ended_at=now())
        elif each.id not in seen and gap is None and stands(each) in (LIVE, WAITS):
            made = SharingUnanswered.objects.create(decision=each, since=now())
            audit.record(by=by, action="sharing.unanswered", subject=("sharing", each.id))
            tellings += _asked(by, each, made.id)
    notices.tell(by=by, tellings=tellings)


def _seen(held: Iterable[SharingDecision]) -> set[UUID]:
    """Return which of these are of a child whom whoever decided sees: a question for each."""
    by_decider: dict[UUID, list[SharingDecision]] = {}
    for each in held:
        by_decider.setdefault(each.decided_by_id, []).append(each)
    found: set[UUID] = set()
    for decided in by_decider.values():
        decider = as_decider(decided[0])
        if not decider.can(DECIDES):
            continue
        ids = {each.person.now.current_id for each in decided}
        seen = people.visible_people(by=decider).filter(current_id__in=ids)
        visible = set(seen.values_list("current_id", flat=True))
        found |= {each.id for each in decided if each.person.now.current_id in visible}
    return found


def _asked(by: Actor, decision: SharingDecision, gap: UUID) -> list[Telling]:
    """Managers who work with the child, or else whoever works with it and may decide: they decide
    anew, as they see it, or end it. Where nobody works with it, information governance knows."""
    same = list(people.same_people(by=by, current_ids=[decision.person.now.current_id]))
    not_these = {user for user in (decision.decided_by_id, decision.to_user_id) if user}
    for capability in (AGREES, DECIDES):
        able = access.working_now(by=by, kind="person", subject_ids=same, capability=capability)
        if able - not_these:
            return [
                Telling(user, LEFT, ("sharing", decision.id), f"{LEFT}:{gap}:{user}")
                for user in sorted(able - not_these)
            ]
    return [
        Telling(user, WATCHED, ("sharing", decision.id), f"{WATCHED}:{gap}:{user}")
        for user in sorted(access.able(capability=WATCHES) - not_these)
    ]

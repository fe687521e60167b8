"""Being away: whoever is on holiday or sick is asked for nothing, and what they have goes on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from reachable.access.models import Absence, TeamMembership, User
from reachable.access.registries import RotaNews, absence_began, rota_news
from reachable.access.rules.rota import LONGEST_AHEAD, REASONS, between
from reachable.access.selectors import able, names
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.time import now

NOTHING_CHANGED = "Nothing was entered."


@transaction.atomic
def say_away(
    *, by: Actor, user_id: UUID, starts_at: datetime, ends_at: datetime | None, reason: str
) -> UUID:
    """Enter that somebody is away: oneself, or a member of a team whose rota one plans.

    From its start, or from now if that is past, they are asked for nothing; what they hold or are
    asked for is asked of others, and does not come back to them when they return.
    """
    if not may_enter(by=by, user_id=user_id):
        raise NotFound
    exclusive(f"absence {user_id}")
    at = now()
    _refuse_wrong(user_id, starts_at, ends_at, reason, at)
    absence = Absence.objects.create(
        user_id=user_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        entered_by_id=by.id,
        entered_at=at,
    )
    audit.record(by=by, action="access.absence_entered", subject=("user", user_id))
    if starts_at <= at:
        for follow in absence_began.items():
            follow(by=by, user_id=user_id)
    _tell(by, absence)
    return absence.id


@transaction.atomic
def end_absence(*, by: Actor, absence_id: UUID) -> None:
    """Enter that somebody is back, or is not going away after all."""
    absence = Absence.objects.select_for_update().filter(id=absence_id).first()
    if absence is None or not may_enter(by=by, user_id=absence.user_id):
        raise NotFound
    at = now()
    if absence.ends_at is not None and absence.ends_at <= at:
        raise BadInput(
            f"{names([absence.user_id])[absence.user_id]} is back already.",
            kept="Nothing was changed.",
            next="Look at the rota.",
        )
    if absence.starts_at >= at:
        absence.delete()
    else:
        absence.ends_at = at
        absence.save(update_fields=["ends_at"])
    audit.record(by=by, action="access.absence_ended", subject=("user", absence.user_id))


def may_enter(*, by: Actor, user_id: UUID) -> bool:
    """Say whether this person may say of that one that they are away, and see why."""
    if by.is_system or (by.id == user_id and by.can("rota.read")):
        return True
    shared = TeamMembership.objects.filter(user_id=user_id, team_id__in=by.team_ids, ended_at=None)
    return by.can("rota.plan") and shared.exists()


def _refuse_wrong(
    user_id: UUID, starts_at: datetime, ends_at: datetime | None, reason: str, at: datetime
) -> None:
    wrong = ""
    if not User.objects.filter(id=user_id, is_active=True).exists():
        wrong = "That account has ended."
    elif reason not in REASONS:
        wrong = "Say whether it is a holiday, sickness or something else."
    elif ends_at is not None and ends_at <= starts_at:
        wrong = f"It has to end after it starts: {between(starts_at, ends_at)}."
    elif ends_at is not None and ends_at <= at:
        wrong = "That time is over: whoever was asked then was asked."
    elif max(starts_at, ends_at or starts_at) > at + LONGEST_AHEAD:
        wrong = "An absence reaches a year ahead at most."
    if wrong:
        raise BadInput(wrong, kept=NOTHING_CHANGED, next="Look at the days and the times.")
    held = Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at), user_id=user_id)
    if ends_at is not None:
        held = held.filter(starts_at__lt=ends_at)
    if other := held.order_by("starts_at").first():
        raise BadInput(
            f"{names([user_id])[user_id]} is away {between(other.starts_at, other.ends_at)} "
            "already.",
            kept=NOTHING_CHANGED,
            next="End that one first, on the page of the rota, and enter the whole time.",
        )


def _tell(by: Actor, absence: Absence) -> None:
    """Tell supervisors of each team that somebody is away, and the person if others entered it."""
    theirs = TeamMembership.objects.filter(user_id=absence.user_id, ended_at=None)
    planners = able(capability="rota.plan")
    news: list[RotaNews] = []
    for team_id in sorted(theirs.values_list("team_id", flat=True)):
        members = TeamMembership.objects.filter(team_id=team_id, ended_at=None)
        told = set(members.values_list("user_id", flat=True)) & planners | {absence.user_id}
        news += [
            RotaNews(user, "away", team_id, f"rota.away:{absence.id}:{user}")
            for user in sorted(told)
            if user != by.id
        ]
    for tell in rota_news.items():
        tell(by=by, news=news)

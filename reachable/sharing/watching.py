"""Every decision to share, without the child: for information governance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from reachable.foundation.acting import looks_beyond
from reachable.foundation.actor import Actor
from reachable.practice import guidance
from reachable.sharing.models import SharingDecision, SharingPiece, SharingRequest, SharingStep
from reachable.sharing.seeing import WATCHES
from reachable.sharing.selectors import rows_of

PAGE = 50


@dataclass(frozen=True)
class WatchedRow:
    """A decision without the child: nothing of it that anybody typed, and no name but workers’."""

    id: UUID
    stands: str
    to: str
    organisation: str
    decided_by: str
    agency: str
    decided_at: datetime
    until: date | None
    pieces: int
    bases: tuple[str, ...]
    told: str
    second: bool
    unanswered: datetime | None


@dataclass(frozen=True)
class Watched:
    """Counts over all decisions, and one page of them, the newest first."""

    counts: dict[str, int]
    rows: list[WatchedRow]
    number: int
    pages: int
    total: int


@looks_beyond("decisions without the children, for information governance")
def watched(*, by: Actor, page: int = 1) -> Watched:
    """Return decisions over the whole partnership, for information governance."""
    by.require(WATCHES)
    everything = SharingDecision.objects.all()
    counts = {
        "made": everything.filter(outcome="made").count(),
        "refused": everything.filter(outcome="refused").count(),
        "ended": SharingStep.objects.filter(kind="ended").count(),
        "requests": SharingRequest.objects.count(),
    }
    total = counts["made"] + counts["refused"]
    pages = max(1, -(-total // PAGE))
    number = min(max(1, page), pages)
    shown = everything.order_by("-decided_at", "-id")[(number - 1) * PAGE : number * PAGE]
    ids = [each.id for each in shown]
    rows = {row.id: row for row in rows_of(by=by, held=SharingDecision.objects.filter(id__in=ids))}
    how_many = dict(
        SharingPiece.objects.filter(decision__in=ids)
        .values_list("decision")
        .annotate(n=Count("id"))
    )
    titles = {each.key: each.title for each in guidance.sharing_bases()}
    held = SharingDecision.objects.filter(id__in=ids).select_related("decided_by__agency")
    found = [
        WatchedRow(
            id=each.id,
            stands=rows[each.id].stands,
            to=rows[each.id].to if each.to_user_id else "",
            organisation=rows[each.id].organisation,
            decided_by=each.decided_by.name,
            agency=each.decided_by.agency.name,
            decided_at=each.decided_at,
            until=each.until,
            pieces=how_many.get(each.id, 0),
            bases=tuple(titles[key] for key in each.bases if key in titles),
            told=each.told,
            second=each.needs_second,
            unanswered=rows[each.id].unanswered,
        )
        for each in held.order_by("-decided_at", "-id")
    ]
    return Watched(counts, found, number, pages, total)

"""That nothing fitted a child: one tap records it, and it stays until a service is found."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.offers.checking import NOTHING_CHANGED, check_made_in, check_words
from reachable.offers.matching import child_needs
from reachable.offers.models import Gap, GapStep
from reachable.offers.rules.needs import age_band
from reachable.offers.seeing import MAKES, current_child, locked_offer, sees_gap
from reachable.offers.selectors import MORE

ANSWERED, REOPENED = "answered", "reopened"
SAME_WITHIN = timedelta(hours=12)
"""A second tap for the same need of a child is the same gap."""


@transaction.atomic
def record_gap(
    *,
    by: Actor,
    person_id: UUID,
    help: str = "",
    form: str = "",
    offer_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> UUID:
    """Record that nothing fits: what was needed, when, and in which area the child lives."""
    by.require_to_write("welfare")
    current = current_child(by=by, person_id=person_id)
    if offer_id is not None:
        refused = locked_offer(by, offer_id)
        if refused.person.now.current_id != current:
            raise NotFound
        help, form = refused.help, refused.form
    check_words(help=help, form=form)
    check_made_in(by=by, conversation_id=conversation_id, current_id=current)
    child = child_needs(by=by, current_id=current)
    same = Gap.objects.filter(
        person__now__current_id=current,
        help=help,
        form=form,
        answered_at=None,
        recorded_at__gt=now() - SAME_WITHIN,
    ).first()
    if same is not None:
        _found_in(by, same, conversation_id)
        return same.id
    made = Gap.objects.create(
        person_id=current,
        moment_id=child.moment_id,
        offer_id=offer_id,
        conversation_id=conversation_id,
        help=help,
        form=form,
        moment_kind=child.moment_kind,
        needs=" ".join(sorted(child.needs)),
        age_band=age_band(child.age),
        area=child.area,
        recorded_at=now(),
        recorded_by_id=by.id,
    )
    audit.record(by=by, action="offers.gap", subject=("gap", made.id), person=current, help=help)
    return made.id


def _found_in(by: Actor, gap: Gap, conversation_id: UUID | None) -> None:
    """Remember the talk in which a gap was found that was recorded just before."""
    if conversation_id is None or gap.conversation_id is not None:
        return
    gap.conversation_id = conversation_id
    gap.save(update_fields=["conversation_id"])
    audit.record(by=by, action="offers.gap_found_in", subject=("gap", gap.id))


@transaction.atomic
def add_words(*, by: Actor, gap_id: UUID, note: str, version: int | None = None) -> None:
    """Add what more there is to say of what was needed."""
    _append(by, _locked(by, gap_id, version), MORE, note)


@transaction.atomic
def answer_gap(*, by: Actor, gap_id: UUID, note: str, version: int | None = None) -> None:
    """Say that a service was found for what was needed."""
    gap = _locked(by, gap_id, version)
    if gap.answered_at is not None:
        raise Conflict("This gap is answered already.", kept=NOTHING_CHANGED)
    _append(by, gap, ANSWERED, note)


@transaction.atomic
def reopen_gap(*, by: Actor, gap_id: UUID, note: str, version: int | None = None) -> None:
    """Say that what was found does not help after all."""
    gap = _locked(by, gap_id, version)
    if gap.answered_at is None:
        raise Conflict("This gap is open.", kept=NOTHING_CHANGED)
    _append(by, gap, REOPENED, note)


def _locked(by: Actor, gap_id: UUID, version: int | None) -> Gap:
    by.require(MAKES)
    by.require_to_write("welfare")
    gap = Gap.objects.select_for_update().filter(id=gap_id).first()
    if gap is None or not sees_gap(by, gap):
        raise NotFound
    if version is not None and version != gap.version:
        raise Conflict(
            "Somebody added to this gap while you had it open.",
            kept=NOTHING_CHANGED,
            next="Look at what is new, then do it again if it is still right.",
        )
    return gap


def _append(by: Actor, gap: Gap, kind: str, note: str) -> None:
    if not note.strip():
        raise BadInput("Please say it in a few words.", kept=NOTHING_CHANGED)
    at = now()
    GapStep.objects.create(gap=gap, kind=kind, at=at, by_id=by.id, note=note.strip())
    gap.answered_at = {ANSWERED: at, REOPENED: None}.get(kind, gap.answered_at)
    gap.version += 1
    gap.save(update_fields=["answered_at", "version"])
    audit.record(by=by, action=f"offers.gap_{kind}", subject=("gap", gap.id))

"""Offering a service to a child, and recording what became of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.moments.measuring import CHECKS, check_due
from reachable.offers.checking import NOTHING_CHANGED, check_made_in, check_words, stands
from reachable.offers.models import Offer, OfferStep
from reachable.offers.rules import standing
from reachable.offers.rules.standing import may_follow
from reachable.offers.seeing import current_child, locked_offer, open_moment_of
from reachable.offers.words import HOW, NEEDS_WORDS, STANDS
from reachable.people.opening import works_with
from reachable.provision.selectors import listed_service

OFFERED, ATTENDING, ASKED_AGAIN = "offered", "attending", "asked_again"
"""Why somebody works with a child because of an offer: they made it, are asked of it, or are to ask
the child again."""
LAST = "3_months"
"""The last time of which it is asked: with its answer nothing more is to be heard."""
DERIVED = ("state", "since", "attended_at", "ended_at", "again_on")


@transaction.atomic
def offer(
    *,
    by: Actor,
    person_id: UUID,
    service_id: UUID,
    answer: str,
    note: str = "",
    help: str = "",
    form: str = "",
    at: datetime | None = None,
    again_on: date | None = None,
    conversation_id: UUID | None = None,
) -> UUID:
    """Record that a service was offered to a child, and what the child said to it.

    A child who said not now is asked again on the day that was agreed, or in four weeks.
    """
    by.require_to_write("welfare")
    current = current_child(by=by, person_id=person_id)
    service = listed_service(by=by, service_id=service_id)
    if answer not in standing.ANSWERS:
        raise BadInput("Please choose what the child said.", kept=NOTHING_CHANGED)
    check_words(help=help, form=form)
    check_made_in(by=by, conversation_id=conversation_id, current_id=current)
    recorded = now()
    at = _not_ahead(at, recorded)
    again = _asked_again(answer, again_on)
    _refuse_second(current, service.id, service.name)
    open_moment = open_moment_of(by=by, current_id=current)
    made = Offer.objects.create(
        person_id=current,
        moment=open_moment,
        conversation_id=conversation_id,
        service_id=service.id,
        help=help,
        form=form,
        offered_at=at,
        offered_by_id=by.id,
        recorded_at=recorded,
        state=standing.BEGINS[answer],
        since=at,
    )
    _append(by, made, answer, at=at, note=note, again_on=again)
    if works_with(by=by, current_id=current):
        _keep_open(by, made)
    audit.record(
        by=by,
        action="offers.offered",
        subject=("offer", made.id),
        person=current,
        service=service.id,
        answer=answer,
    )
    return made.id


def _refuse_second(current: UUID, service_id: UUID, name: str) -> None:
    """One offer of a service goes on until it has ended: a second would part its story."""
    before = Offer.objects.filter(
        person__now__current_id=current, service_id=service_id, state__in=standing.OPEN
    )
    if before.exists():
        raise Conflict(
            f"“{name}” was offered to this child already.",
            kept=NOTHING_CHANGED,
            next="Open that offer, and record there what the child says now.",
        )


@transaction.atomic
def record(
    *,
    by: Actor,
    offer_id: UUID,
    kind: str,
    how: str = "",
    note: str = "",
    after: str = "",
    at: datetime | None = None,
    again_on: date | None = None,
    version: int | None = None,
) -> str:
    """Append what became of an offer; return in which state it stands now."""
    found = locked_offer(by, offer_id)
    lasts = works_with(by=by, current_id=found.person.now.current_id)
    if version is not None and version != found.version:
        raise Conflict(
            "Somebody recorded something of this offer while you had it open.",
            kept=NOTHING_CHANGED,
            next="Look at what is new, then do it again if it is still right.",
        )
    if not may_follow(found.state, kind):
        raise Conflict(
            f"That cannot be recorded now: {STANDS[found.state]}.",
            kept=NOTHING_CHANGED,
            next="The page of the offer shows what can.",
        )
    _check_said(kind, how, note)
    recorded = now()
    at = _not_ahead(at, recorded)
    _not_before(found, at)
    again = _asked_again(kind, again_on)
    if kind == standing.STILL:
        _check_asked(found, after, recorded)
    _append(by, found, kind, at=at, how=how, note=note, after=after, again_on=again)
    access_services.end_involvements(by=by, basis=ASKED_AGAIN, because_of=[found.id])
    if after == LAST or found.state in (standing.DECLINED, standing.ENDED):
        access_services.end_involvement(by=by, because_of=found.id)
    elif kind == standing.STILL:
        access_services.end_involvements(by=by, basis=ATTENDING, because_of=[found.id])
    elif lasts:
        _keep_open(by, found)
    audit.record(by=by, action=f"offers.{kind}", subject=("offer", found.id), how=how, after=after)
    return found.state


def _keep_open(by: Actor, found: Offer) -> None:
    """A moment ends before an offer does: whoever follows it sees the child until it is over.

    Not whoever was invited or in an emergency: what opens for a while ends by itself.
    """
    if by.id is None or found.state == standing.DECLINED:
        return
    has = access.involved_because(by=by, user_id=by.id, basis=OFFERED, because_of=[found.id])
    if not has:
        row = (by.id, None, found.person_id, OFFERED, found.id)
        access_services.involve(by=by, rows=[row], kind="person")


def _check_said(kind: str, how: str, note: str) -> None:
    choices = HOW.get(kind)
    if choices is not None and how not in dict(choices):
        raise BadInput("Please choose from the list.", kept=NOTHING_CHANGED)
    if choices is None and how:
        raise NotFound
    if (kind, how) in NEEDS_WORDS and not note.strip():
        raise BadInput("Please say in a few words what it was.", kept=NOTHING_CHANGED)


def _check_asked(found: Offer, after: str, at: datetime) -> None:
    if after not in CHECKS:
        raise NotFound
    assert found.attended_at is not None
    if after in stands(found).answered:
        raise Conflict(f"It was said of {CHECKS[after]} already.", kept=NOTHING_CHANGED)
    if at < check_due(found.attended_at, after):
        raise Conflict(
            f"{CHECKS[after]} are not over yet.",
            kept=NOTHING_CHANGED,
            next="You will be asked then.",
        )


def _asked_again(answer: str, wanted: date | None) -> date | None:
    day = standing.again_on(answer, wanted, today())
    if day is not None and not standing.may_be_asked_on(day, today()):
        weeks = standing.ASK_AGAIN_WITHIN.days // 7
        raise BadInput(
            f"The child is asked again on a day within the next {weeks} weeks.",
            kept=NOTHING_CHANGED,
        )
    return day


def _not_ahead(at: datetime | None, recorded: datetime) -> datetime:
    if at is not None and at > recorded:
        raise BadInput("That time has not come yet.", kept=NOTHING_CHANGED)
    return at or recorded


def _not_before(found: Offer, at: datetime) -> None:
    if at < found.since:
        raise BadInput(
            "That is before what was recorded last.",
            kept=NOTHING_CHANGED,
            next="Look at the days on the page of the offer.",
        )


def _append(
    by: Actor,
    found: Offer,
    kind: str,
    *,
    at: datetime,
    how: str = "",
    note: str = "",
    after: str = "",
    about: UUID | None = None,
    again_on: date | None = None,
) -> None:
    """Append a step, and bring where the offer stands up to date."""
    OfferStep.objects.create(
        offer=found,
        kind=kind,
        at=now(),
        said_at=at,
        by_id=by.id,
        about_id=about,
        how=how,
        after=after,
        again_on=again_on,
        note=note.strip(),
    )
    now_stands = stands(found)
    for name in DERIVED:
        setattr(found, name, getattr(now_stands, name))
    found.version += 1
    found.save(update_fields=[*DERIVED, "version"])


@transaction.atomic
def note_asked(*, by: Actor, offer_id: UUID, after: str, user_id: UUID) -> None:
    """Note that somebody is asked whether a child still goes there."""
    by.require("rebuild")
    found = Offer.objects.select_for_update().get(id=offer_id)
    _append(by, found, standing.ASKED, at=now(), after=after, about=user_id)
    audit.record(
        by=by, action="offers.asked", subject=("offer", found.id), about=user_id, after=after
    )

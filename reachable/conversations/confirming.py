"""Confirming what was noted of where, with whom and how: a person decides, and takes it back.

The conversation stays as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.conversations import candidates
from reachable.conversations.candidates import HOLDS, CandidateFacts
from reachable.conversations.models import CandidateDecision, ConfirmedContext, Conversation
from reachable.conversations.rules.after import RUN
from reachable.conversations.rules.candidates import (
    CONFIRMED,
    KINDS,
    PERSON,
    PUT_OFF,
    SET_ASIDE,
    TAKEN_BACK,
    names_child,
    names_whole,
)
from reachable.conversations.seeing import is_visible
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.geography.rules import standard_postcode
from reachable.geography.selectors import area_names, areas_of
from reachable.moments.kept_words import refuse_kept_words
from reachable.people import selectors as people

NOTHING_CHANGED = "Nothing was changed."
MOST_NAME, MOST_NOTE = 200, 2000
LONGEST = timedelta(days=92)
LOOK = system("names")


@dataclass(frozen=True)
class Naming:
    """What a candidate is called once it is confirmed, and where it is."""

    kind: str
    name: str
    postcode: str = ""
    area: str = ""
    note: str = ""


@transaction.atomic
def confirm(*, by: Actor, conversation_id: UUID, candidate_id: UUID, naming: Naming) -> UUID:
    """Confirm a candidate as something that was not confirmed before."""
    found = _waiting(by, conversation_id, candidate_id)
    postcode, area = _where(naming)
    _check_named(by, found, naming)
    at = now()
    made = ConfirmedContext.objects.create(
        kind=naming.kind,
        name=" ".join(naming.name.split()),
        postcode=postcode,
        area=area,
        note=naming.note.strip(),
        confirmed_by_id=by.own_id,
        confirmed_at=at,
    )
    _append(by, found, CONFIRMED, context_id=made.id)
    return made.id


@transaction.atomic
def confirm_same(*, by: Actor, conversation_id: UUID, candidate_id: UUID, same_as: UUID) -> None:
    """Confirm that a candidate is something that was confirmed before, of a child whom one sees."""
    found = _waiting(by, conversation_id, candidate_id)
    # Held until the end, so that it is not taken back meanwhile.
    ConfirmedContext.objects.select_for_update().filter(id=same_as).first()
    context = candidates.confirmed_context(by=by, context_id=same_as)
    if context is None:
        raise Conflict(
            "It is not among what is confirmed any more.",
            kept=NOTHING_CHANGED,
            next="Look at what may be the same once more.",
        )
    if found.kind and context.kind != found.kind:
        raise Conflict(
            "It was noted as something of another kind.",
            kept=NOTHING_CHANGED,
            next="Choose one of the same kind, or confirm it as something new.",
        )
    _append(by, found, CONFIRMED, context_id=same_as)


@transaction.atomic
def set_aside(*, by: Actor, conversation_id: UUID, candidate_id: UUID, reason: str) -> None:
    """Set a candidate aside: it is not confirmed, and why."""
    found = _waiting(by, conversation_id, candidate_id)
    _append(by, found, SET_ASIDE, reason=_said(reason))


@transaction.atomic
def put_off(*, by: Actor, conversation_id: UUID, candidate_id: UUID, until: date) -> None:
    """Come back to a candidate on a later day; until then it stands last."""
    found = _waiting(by, conversation_id, candidate_id)
    if not today() < until <= today() + LONGEST:
        raise BadInput("Choose a day within the next three months.", kept=NOTHING_CHANGED)
    _append(by, found, PUT_OFF, until=until)


@transaction.atomic
def take_back(*, by: Actor, conversation_id: UUID, candidate_id: UUID, reason: str) -> None:
    """Take a decision back: it was confirmed, or set aside, by mistake. Then it waits again."""
    found = _locked(by, conversation_id, candidate_id)
    if found.state not in (CONFIRMED, SET_ASIDE):
        raise Conflict("It is not decided any more.", kept=NOTHING_CHANGED)
    if found.decided is not None and found.decided.context_id is not None:
        held = ConfirmedContext.objects.select_for_update()
        held.filter(id=found.decided.context_id).first()
    _append(by, found, TAKEN_BACK, reason=_said(reason))


def _locked(by: Actor, conversation_id: UUID, candidate_id: UUID) -> CandidateFacts:
    """Lock the conversation, so that nobody decides or writes beside this; find the candidate."""
    by.require(HOLDS)
    by.require_to_write("welfare")
    held = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    if held is None or not is_visible(by=by, conversation=held):
        raise NotFound
    return candidates.candidate(by=by, conversation_id=conversation_id, candidate_id=candidate_id)


def _waiting(by: Actor, conversation_id: UUID, candidate_id: UUID) -> CandidateFacts:
    found = _locked(by, conversation_id, candidate_id)
    if not found.waits:
        raise Conflict(
            "Somebody decided it, or wrote something else, while you had it open.",
            kept=NOTHING_CHANGED,
            next="Look at what stands there now.",
        )
    return found


def _said(reason: str) -> str:
    if not reason.strip():
        raise BadInput("Please say why in a few words.", kept=NOTHING_CHANGED)
    return reason.strip()


def _where(naming: Naming) -> tuple[str, str]:
    """Return the postcode and the area: of a postcode that is known here, its own."""
    if naming.kind not in KINDS:
        raise BadInput("Please choose what it is.", kept=NOTHING_CHANGED)
    postcode = standard_postcode(naming.postcode)
    if naming.postcode.strip() and not postcode:
        raise BadInput("Enter a whole postcode, such as FX1 1AA.", kept=NOTHING_CHANGED)
    if naming.area and naming.area not in area_names():
        raise BadInput("Please choose an area from the list.", kept=NOTHING_CHANGED)
    lies = areas_of([postcode]).get(postcode, "")
    if naming.area and lies and naming.area != lies:
        raise BadInput(
            f"{postcode} lies in {area_names()[lies]}.",
            kept=NOTHING_CHANGED,
            next="Correct the postcode or the area.",
        )
    return postcode, naming.area or lies


def _check_named(by: Actor, found: CandidateFacts, naming: Naming) -> None:
    """Refuse what is too long, names the child or repeats their words: others read it who do not
    see this child."""
    if not naming.name.strip() or len(naming.name) > MOST_NAME or len(naming.note) > MOST_NOTE:
        raise BadInput("Please say what it is called, in a few words.", kept=NOTHING_CHANGED)
    child = people.known_as(by=LOOK, current_id=found.person_id)
    # Somebody else may have the same first name as the child.
    in_name = names_whole if naming.kind == PERSON else names_child
    named = in_name(naming.name, child) or names_child(naming.note, child)
    if named:
        raise BadInput(
            f"“{named.title()}” is the child’s name.",
            kept=NOTHING_CHANGED,
            next="Leave it out: whoever works with another child who shares this reads it.",
        )
    # What a place is called is often what the child called it too; a sentence is not a name.
    long_name = naming.name if len(naming.name.split()) >= RUN else ""
    for text in (long_name, naming.note):
        refuse_kept_words(by, found.person_id, text, kept=NOTHING_CHANGED)


def _append(
    by: Actor,
    found: CandidateFacts,
    decision: str,
    *,
    context_id: UUID | None = None,
    reason: str = "",
    until: date | None = None,
) -> None:
    made = CandidateDecision.objects.create(
        conversation_id=found.conversation_id,
        version_id=found.version_id,
        candidate_id=found.id,
        said_kind=found.kind,
        said=found.said,
        decision=decision,
        context_id=context_id,
        reason=reason,
        until=until,
        by_id=by.own_id,
        at=now(),
    )
    audit.record(
        by=by,
        action=f"conversations.candidate_{decision}",
        subject=("conversation", found.conversation_id),
        decision=made.id,
        candidate=found.id,
        context=context_id,
    )

"""Recording what was asked for, deciding to share or not, and ending what was shared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.access.models import User
from reachable.audit import services as audit
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.moments.kept_words import refuse_kept_words
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people
from reachable.practice import guidance
from reachable.practice.items import Part
from reachable.sharing.duty import is_on
from reachable.sharing.models import SharingDecision, SharingPiece, SharingRequest, SharingStep
from reachable.sharing.pieces import Piece, as_they_stand
from reachable.sharing.reading import as_said
from reachable.sharing.rules.deciding import may_decide
from reachable.sharing.rules.pieces import PieceKey, needs_second
from reachable.sharing.rules.standing import ENDED, LIVE, MADE, REFUSED, WAITS
from reachable.sharing.seeing import (
    AGREES,
    DECIDES,
    WRITES,
    current_child,
    has_conflict,
    locked_decision,
    may_receive,
    shareable,
    stands,
    visible_decisions,
    visible_requests,
)
from reachable.sharing.words import TOLD_BY

NOTHING_SHARED = "Nothing was shared, and nothing recorded."
NOTHING_CHANGED = "Nothing was changed."
LONGEST = timedelta(days=366)
LOOK = system("names")


@dataclass(frozen=True)
class Recipient:
    """With whom: somebody with an account, or a named person of another organisation."""

    user_id: UUID | None = None
    name: str = ""
    organisation: str = ""
    address: str = ""


@dataclass(frozen=True)
class Reasons:
    """What is weighed and recorded of every decision, made or refused."""

    purpose: str
    told: str
    told_note: str
    engaged: str
    harm_if_shared: str
    harm_if_not: str
    bases: Sequence[str] = ()


@transaction.atomic
def record_request(
    *,
    by: Actor,
    person_id: UUID,
    asked_by: Recipient,
    what: str,
    purpose: str,
    asked_on: date | None = None,
    due_on: date | None = None,
) -> UUID:
    """Record that somebody asked for information about a child, and what for."""
    by.require_to_write(WRITES)
    current = current_child(by=by, person_id=person_id)
    _check_recipient(asked_by, kept="Nothing was recorded.")
    asked_on = asked_on or today()
    if asked_on > today():
        raise BadInput("That day has not come yet.", kept="Nothing was recorded.")
    if not what.strip() or not purpose.strip():
        raise BadInput("Please say what was asked for, and what for.", kept="Nothing was recorded.")
    made = SharingRequest.objects.create(
        person_id=current,
        from_user_id=asked_by.user_id,
        from_name=asked_by.name.strip(),
        from_organisation=asked_by.organisation.strip(),
        from_address=asked_by.address.strip(),
        what=what.strip(),
        purpose=purpose.strip(),
        asked_on=asked_on,
        due_on=due_on,
        recorded_at=now(),
        recorded_by_id=by.own_id,
    )
    audit.record(
        by=by, action="sharing.asked", subject=("sharing_request", made.id), person=current
    )
    return made.id


@transaction.atomic
def share(
    *,
    by: Actor,
    person_id: UUID,
    to: Recipient,
    pieces: Mapping[PieceKey, str],
    reasons: Reasons,
    proportion: str,
    until: date,
    conditions: str = "",
    met: Mapping[PieceKey, str] | None = None,
    request_id: UUID | None = None,
    supersedes_id: UUID | None = None,
) -> UUID:
    """Decide to share these pieces, each with why it is needed, until the end of a day.

    `met` says of pieces that may be shared under conditions only how these are met.

    What goes outside, or belongs to intelligence or legal matters, opens nothing until a second
    person has agreed.
    """
    by.require_to_write(WRITES)
    current = current_child(by=by, person_id=person_id)
    asked = _request(by, current, request_id)
    _check_may_have(by, current, to)
    _check_may_decide(by, asked, to)
    _check_reasons(reasons)
    _check_bases(by, reasons.bases)
    _check_until(until)
    _check_outside(to, conditions)
    if not pieces or not proportion.strip() or not all(why.strip() for why in pieces.values()):
        raise BadInput(
            "Please choose at least one piece, and say of each why they need it.",
            kept=NOTHING_SHARED,
        )
    seen = as_they_stand(by=by, person_id=current, keys=list(pieces))
    allowed = shareable(by)
    if {each.key for each in seen if each.compartment in allowed} != set(pieces):
        raise NotFound
    how_met = _conditions_met(seen, met or {})
    _refuse_more(by, current, pieces, f"{reasons.purpose}\n{conditions}")
    before = _superseded(by, current, supersedes_id)
    second = needs_second(
        outside=to.user_id is None, compartments=[each.compartment for each in seen]
    )
    made = _create(by, current, MADE, to, reasons, asked, before)
    made.proportion, made.conditions = proportion.strip(), conditions.strip()
    made.until, made.needs_second = until, second
    made.save(force_insert=True)
    _create_pieces(made, seen, pieces, how_met)
    audit.record(
        by=by,
        action="sharing.made",
        subject=("sharing", made.id),
        person=current,
        to=to.user_id,
        pieces=[str(key) for key in pieces],
    )
    _tell_of(by, made, current)
    return made.id


@transaction.atomic
def refuse(
    *,
    by: Actor,
    person_id: UUID,
    to: Recipient,
    reasons: Reasons,
    reason: str,
    request_id: UUID | None = None,
) -> UUID:
    """Decide not to share, and say why: that is kept as well as what was shared."""
    by.require_to_write(WRITES)
    current = current_child(by=by, person_id=person_id)
    asked = _request(by, current, request_id)
    _check_recipient(to, kept="Nothing was recorded.")
    _check_may_decide(by, asked, to)
    _check_reasons(reasons)
    if not reason.strip():
        raise BadInput("Please say why it is not shared.", kept="Nothing was recorded.")
    made = _create(by, current, REFUSED, to, reasons, asked, None)
    made.reason = reason.strip()
    made.save(force_insert=True)
    audit.record(
        by=by, action="sharing.refused", subject=("sharing", made.id), person=current, to=to.user_id
    )
    return made.id


@transaction.atomic
def end(*, by: Actor, sharing_id: UUID, reason: str) -> None:
    """End what is shared, before its last day: from the next request on it opens nothing."""
    by.require(DECIDES)
    by.require_to_write(WRITES)
    found = locked_decision(by=by, sharing_id=sharing_id)
    if not reason.strip():
        raise BadInput("Please say why it ends.", kept=NOTHING_CHANGED)
    if stands(found) not in (LIVE, WAITS):
        raise Conflict("It is not shared any more.", kept=NOTHING_CHANGED)
    SharingStep.objects.create(
        decision=found, kind=ENDED, at=now(), by_id=by.own_id, note=reason.strip()
    )
    audit.record(by=by, action="sharing.ended", subject=("sharing", found.id))
    if found.to_user_id:
        telling = Telling(
            found.to_user_id, "sharing.ended", ("sharing_ended", found.id), f"ended:{found.id}"
        )
        notices.tell(by=by, tellings=[telling])


def _create(
    by: Actor,
    current: UUID,
    outcome: str,
    to: Recipient,
    reasons: Reasons,
    asked: SharingRequest | None,
    before: SharingDecision | None,
) -> SharingDecision:
    """Return a decision that is not inserted yet. A refusal rests on no record."""
    return SharingDecision(
        person_id=current,
        request=asked,
        supersedes=before,
        outcome=outcome,
        to_user_id=to.user_id,
        to_name=to.name.strip(),
        to_organisation=to.organisation.strip(),
        to_address=to.address.strip(),
        purpose=reasons.purpose.strip(),
        bases=list(reasons.bases),
        told=reasons.told,
        told_note=reasons.told_note.strip(),
        engaged=reasons.engaged.strip(),
        harm_if_shared=reasons.harm_if_shared.strip(),
        harm_if_not=reasons.harm_if_not.strip(),
        decided_at=now(),
        decided_by_id=by.own_id,
        records=[str(each) for each in people.records_of(by=by, person_id=current)]
        if outcome == MADE
        else [],
    )


def _create_pieces(
    made: SharingDecision,
    seen: Sequence[Piece],
    pieces: Mapping[PieceKey, str],
    met: Mapping[PieceKey, str],
) -> None:
    as_now = {each.key: each for each in seen}
    SharingPiece.objects.bulk_create(
        SharingPiece(
            decision=made,
            kind=key.kind,
            subject_id=key.subject_id,
            why=why.strip(),
            met=met.get(key, ""),
            compartment=as_now[key].compartment,
            agency=as_now[key].agency,
            said=as_said(made.id, as_now[key]),
        )
        for key, why in pieces.items()
    )


def _request(by: Actor, current: UUID, request_id: UUID | None) -> SharingRequest | None:
    """Lock what was asked for, so that it is answered once."""
    if request_id is None:
        return None
    seen = visible_requests(by=by).filter(id=request_id, person__now__current_id=current)
    if not seen.exists():
        raise NotFound
    found = SharingRequest.objects.select_for_update().get(id=request_id)
    if SharingDecision.objects.filter(request=found).exists():
        raise Conflict(
            "Somebody has answered this request already.",
            kept=NOTHING_CHANGED,
            next="Look at what they decided, on the child’s page.",
        )
    return found


def _check_recipient(to: Recipient, *, kept: str) -> None:
    """One of the two, whole; an account that may see nothing of any child is shown nothing."""
    if (to.user_id is None) == (not (to.name.strip() or to.organisation.strip())):
        raise BadInput("Please say with whom: a colleague, or somebody outside.", kept=kept)
    if to.user_id is None:
        if not (to.name.strip() and to.organisation.strip()):
            raise BadInput("Please name the person, and their organisation.", kept=kept)
        return
    user = User.objects.filter(id=to.user_id, is_active=True).select_related("agency").first()
    if user is None or not may_receive(access.actor_for(user)):
        raise BadInput("Please choose from the list.", kept=kept)


def _check_may_have(by: Actor, current: UUID, to: Recipient) -> None:
    _check_recipient(to, kept=NOTHING_SHARED)
    if to.user_id and has_conflict(by=by, current_id=current, user_id=to.user_id):
        raise BadInput(
            "Nothing of this child can be shared with them.",
            kept=NOTHING_SHARED,
            next="Choose somebody else, or ask your supervisor.",
        )


def _check_outside(to: Recipient, conditions: str) -> None:
    if to.user_id is None and not (to.address.strip() and conditions.strip()):
        raise BadInput(
            "What goes outside needs an address, and conditions on which it is given.",
            kept=NOTHING_SHARED,
        )


def _check_may_decide(by: Actor, asked: SharingRequest | None, to: Recipient) -> None:
    asked_by = asked.from_user_id if asked else None
    if not may_decide(by.own_id, asked_by=asked_by, to=to.user_id):
        raise Conflict(
            "You asked for this yourself, or would receive it.",
            kept=NOTHING_SHARED,
            next="Ask somebody else who works with the child to decide.",
        )


def _check_reasons(reasons: Reasons) -> None:
    if reasons.told not in TOLD_BY:
        raise BadInput("Please say who was told.", kept=NOTHING_SHARED)
    said = (
        reasons.purpose,
        reasons.told_note,
        reasons.engaged,
        reasons.harm_if_shared,
        reasons.harm_if_not,
    )
    if not all(text.strip() for text in said):
        raise BadInput("Please answer every question: “none” is an answer.", kept=NOTHING_SHARED)


def _check_bases(by: Actor, bases: Sequence[str]) -> None:
    """At least one basis in data protection law, and none that is not offered here."""
    on = is_on(by=by)
    offered = {each.key: each for each in guidance.sharing_bases() if on or not each.by_switch}
    if not set(bases) <= offered.keys():
        raise BadInput("Please choose from the list on what it rests.", kept=NOTHING_SHARED)
    if not any(offered[key].part is Part.BASIS for key in bases):
        raise BadInput("Please choose at least one lawful basis.", kept=NOTHING_SHARED)


def _check_until(until: date) -> None:
    if not today() <= until <= today() + LONGEST:
        raise BadInput(
            "The last day is today or later, and at most a year away.",
            kept=NOTHING_SHARED,
            next="Whatever is needed for longer is decided again then.",
        )


def _refuse_more(by: Actor, current: UUID, pieces: Mapping[PieceKey, str], text: str) -> None:
    """What the recipient reads beside the pieces gives away neither a child's own words nor, where
    the name is not shared, who it is."""
    refuse_kept_words(by, current, text, kept=NOTHING_SHARED)
    if PieceKey("name") in pieces:
        return
    known = people.known_as(by=LOOK, current_id=current)
    names = {part.casefold() for name in known for part in re.findall(r"\w{3,}", name)}
    told = sorted(names & {word.casefold() for word in re.findall(r"\w+", text)})
    if told:
        raise BadInput(
            f"The name is not among the pieces, and these texts hold it: {', '.join(told)}.",
            kept=NOTHING_SHARED,
            next="Share the name, or write without it: the recipient reads purpose and conditions.",
        )


def _conditions_met(seen: Sequence[Piece], met: Mapping[PieceKey, str]) -> dict[PieceKey, str]:
    """Return how the conditions are met of what is graded so; each has to be said."""
    said = {each.key: met.get(each.key, "").strip() for each in seen if each.has_conditions}
    if not all(said.values()):
        raise BadInput(
            "Whoever graded this lets it be shared under conditions only.",
            kept=NOTHING_SHARED,
            next="Say how they are met; where none are written down, ask the force.",
        )
    return said


def _superseded(by: Actor, current: UUID, supersedes_id: UUID | None) -> SharingDecision | None:
    """Lock the decision whose place this one takes."""
    if supersedes_id is None:
        return None
    seen = visible_decisions(by=by).filter(id=supersedes_id, person__now__current_id=current)
    if not seen.exists():
        raise NotFound
    found = locked_decision(by=by, sharing_id=supersedes_id)
    if stands(found) not in (LIVE, WAITS):
        raise Conflict(
            "What you wanted to replace is not shared any more.",
            kept=NOTHING_SHARED,
            next="Decide anew, without replacing it.",
        )
    return found


def _tell_of(by: Actor, made: SharingDecision, current: UUID) -> None:
    """Tell the recipient, or whoever may agree; of the child nothing is said."""
    if made.needs_second:
        same = people.same_people(by=by, current_ids=[current])
        able = access.working_now(by=by, kind="person", subject_ids=same, capability=AGREES)
        told = [
            (user, "sharing.to_agree") for user in able if user not in (by.own_id, made.to_user_id)
        ]
    else:
        told = [(made.to_user_id, "sharing.shared")] if made.to_user_id else []
    notices.tell(
        by=by,
        tellings=[
            Telling(user, kind, ("sharing", made.id), f"{kind}:{made.id}:{user}")
            for user, kind in told
        ],
    )

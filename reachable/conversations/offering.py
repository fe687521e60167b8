"""What a finished conversation offers: each offer, and the gap, recorded once in offers/.

What cannot be recorded stays in the conversation, and a sentence says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from reachable.conversations.models import Conversation
from reachable.conversations.rules.content import Content
from reachable.conversations.rules.offered import (
    Offered,
    gap_in,
    not_recordable,
    offered_in,
    to_record,
)
from reachable.conversations.seeing import is_visible, visible_conversations
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Forbidden, NotFound, ReachableError
from reachable.offers import gaps, services
from reachable.offers import selectors as offers
from reachable.offers.registries import MadeIn
from reachable.offers.rules.standing import BEGINS, NOT_NOW, PUT_OFF, WANTS, may_follow
from reachable.offers.seeing import current_child
from reachable.offers.selectors import GapRow, OfferRow
from reachable.provision.selectors import listed_service

NOTE = "Written down in the conversation."
THINKS = "The child wants to think about it. Written down in the conversation."
NO_LONGER = "you do not work with this child here any more"
GONE = "the directory does not list it any more"


def record(*, by: Actor, conversation: Conversation, content: Content) -> tuple[str, ...]:
    """Record what is written of offers; return sentences about what could not be recorded."""
    noted: dict[str, str] = dict(conversation.offers_noted)
    helps: list[str] = list(conversation.gaps_noted)
    unclear = not_recordable(content, noted)
    wanted, gap = to_record(content, noted), gap_in(content)
    said = [_unclear(each) for each in unclear]
    if wanted or (gap is not None and gap not in helps):
        said += _each(by, conversation, wanted, noted)
        if gap is not None and gap not in helps:
            said += _gap(by, conversation, gap, helps)
        conversation.offers_noted, conversation.gaps_noted = noted, helps
        conversation.save(update_fields=["offers_noted", "gaps_noted"])
    return tuple(said)


def _unclear(each: Offered) -> str:
    if each.service_id is None:
        why = "it is none of the services of the directory that were offered to choose from"
    else:
        why = "what the child said to it is not written"
    return _not_recorded(each.name, why)


def _not_recorded(name: str, why: str) -> str:
    return f"“{name}” is kept here, and not recorded as an offer: {why}."


def _each(
    by: Actor, conversation: Conversation, wanted: tuple[Offered, ...], noted: dict[str, str]
) -> Iterator[str]:
    for each in wanted:
        assert each.service_id is not None
        try:
            with transaction.atomic():
                _offer(by, conversation, each.service_id, each.answer)
        except (NotFound, Forbidden) as error:
            yield _not_recorded(each.name, _why(by, conversation, each, error))
        except ReachableError as error:
            yield f"“{each.name}” is kept here, and not recorded as an offer. {error.sentence}"
        else:
            noted[str(each.service_id)] = each.answer


def _why(by: Actor, conversation: Conversation, each: Offered, error: ReachableError) -> str:
    if isinstance(error, Forbidden):
        return "your role does not include it"
    try:
        current_child(by=by, person_id=conversation.person_id)
    except ReachableError:
        return NO_LONGER
    return GONE


def _offer(by: Actor, conversation: Conversation, service_id: UUID, answer: str) -> None:
    current = current_child(by=by, person_id=conversation.person_id)
    before = next(
        (
            row
            for row in offers.offers_of_child(by=by, person_id=current)
            if row.service_id == service_id
        ),
        None,
    )
    note = THINKS if answer == NOT_NOW else NOTE
    if before is not None and _goes_on(before, conversation.id):
        # Put off once more in another talk, the child is asked again that much later.
        again = answer == NOT_NOW and before.conversation_id != conversation.id
        if again or not _says_so(before.state, answer):
            _at(
                conversation.began_at,
                lambda at: services.record(
                    by=by, offer_id=before.id, kind=answer, note=note, at=at
                ),
            )
        return
    listed_service(by=by, service_id=service_id)
    _at(
        conversation.began_at,
        lambda at: services.offer(
            by=by,
            person_id=current,
            service_id=service_id,
            answer=answer,
            note=note,
            at=at,
            conversation_id=conversation.id,
        ),
    )


def _goes_on(before: OfferRow, conversation_id: UUID) -> bool:
    """Say whether what the child says now belongs to an earlier offer: one of the same talk, or one
    that the child wanted to think about."""
    return before.conversation_id == conversation_id or before.state == PUT_OFF


def _says_so(state: str, answer: str) -> bool:
    """Say whether an offer stands as the child says, or is further on."""
    return state == BEGINS[answer] or (answer == WANTS and not may_follow(state, WANTS))


def _at(began_at: datetime, act: Callable[[datetime | None], object]) -> None:
    """Record it for when the conversation began or, where that cannot be, for now."""
    try:
        with transaction.atomic():
            act(began_at)
    except BadInput:
        act(None)


def _gap(by: Actor, conversation: Conversation, help: str, helps: list[str]) -> Iterator[str]:
    try:
        with transaction.atomic():
            gaps.record_gap(
                by=by,
                person_id=conversation.person_id,
                help=help,
                conversation_id=conversation.id,
            )
    except ReachableError as error:
        why = NO_LONGER if isinstance(error, NotFound) else error.sentence.rstrip(".")
        yield f"That nothing fits is kept here, and not recorded as a gap: {why}."
    else:
        helps.append(help)


@dataclass(frozen=True)
class OfferedIn:
    """What was offered in a conversation and where it stands; `left` is written, not recorded."""

    offers: tuple[OfferRow, ...]
    gaps: tuple[GapRow, ...]
    left: tuple[Offered, ...]
    gap_left: str | None


NOTHING = OfferedIn((), (), (), None)


def offered_in_conversation(
    *, by: Actor, conversation_id: UUID, finished: tuple[Content, ...]
) -> OfferedIn:
    """Return it for whoever sees the conversation. `finished` are those versions that stand."""
    held = Conversation.objects.select_related("person__now").filter(id=conversation_id).first()
    if held is None or not is_visible(by=by, conversation=held):
        return NOTHING
    made = _offers_of(by, held)
    every = (each for content in finished for each in offered_in(content))
    written = {each.service_id or each.name: each for each in every}
    left = tuple(each for each in written.values() if not _recorded(held, made, each))
    gap_rows = tuple(offers.gaps_in(by=by, conversation_id=conversation_id))
    wanted = [gap for content in finished if (gap := gap_in(content)) is not None]
    gap_left = next((gap for gap in wanted if gap not in held.gaps_noted), None)
    return OfferedIn(tuple(made.values()), gap_rows, left, None if gap_rows else gap_left)


def _offers_of(by: Actor, held: Conversation) -> dict[UUID, OfferRow]:
    """Return service → its offer: made in the conversation, or before it and gone on with in it."""
    made = {row.service_id: row for row in offers.offers_in(by=by, conversation_id=held.id)}
    before = {UUID(each) for each in held.offers_noted} - made.keys()
    if before:
        of_child = offers.offers_of_child(by=by, person_id=held.person.now.current_id)
        for row in of_child:
            if row.service_id in before:
                made.setdefault(row.service_id, row)
    return made


def _recorded(held: Conversation, made: Mapping[UUID, OfferRow], each: Offered) -> bool:
    """Say whether what is written of a service is recorded: by the conversation, or by somebody
    who read that it could not be."""
    if each.service_id is None:
        return False
    noted, row = held.offers_noted.get(str(each.service_id)), made.get(each.service_id)
    if noted is None:
        return row is not None
    if not each.answer or noted == each.answer:
        return True
    return row is not None and _says_so(row.state, each.answer)


def is_of(*, by: Actor, conversation_id: UUID, current_id: UUID) -> bool:
    """Say whether a conversation is with this child; its identifier is made where it is begun, and
    may come in later than what was offered in it."""
    del by
    found = Conversation.objects.filter(id=conversation_id).values_list(
        "person__now__current_id", flat=True
    )
    return found.first() in (None, current_id)


def leads_to(*, by: Actor, conversation_id: UUID) -> tuple[str, str] | None:
    """Return the address of a conversation, and what a link to it says."""
    if not visible_conversations(by=by).filter(id=conversation_id).exists():
        return None
    return reverse(
        "conversation", args=[conversation_id]
    ), "The conversation in which it was offered"


MADE_IN = MadeIn(is_of, leads_to)

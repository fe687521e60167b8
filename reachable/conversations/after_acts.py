"""What is done after a conversation: tasks made, senders told, and what others need passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.conversations.after import HOLDS, REACHABLE, After, after
from reachable.conversations.models import Conversation, PassedOn
from reachable.conversations.seeing import is_visible
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.moments import summaries, tasks
from reachable.moments.kept_words import refuse_kept_words
from reachable.notices import services as notices
from reachable.notices.services import Telling

NOTHING_MADE = "No task was made."
NOTHING_TOLD = "Nobody was told anything."
NOTHING_PASSED = "Nothing was passed on."
OTHERWISE = ("telephone", "in_person")


@dataclass(frozen=True)
class Wanted:
    """A task as somebody wants it; `proposal` is what it was proposed for, if anything."""

    text: str
    for_whom: UUID
    due_on: date
    proposal: str = ""


@transaction.atomic
def make_tasks(*, by: Actor, conversation_id: UUID, wanted: Sequence[Wanted]) -> int:
    """Make these tasks in the moment, all or none; return how many are new."""
    found = _locked(by, conversation_id)
    if not wanted:
        raise BadInput("Tick at least one task, or write one.", kept=NOTHING_MADE)
    known = {each.proposal.key: each.task for each in found.proposed}
    fresh = [each for each in wanted if known.get(each.proposal) is None]
    for each in fresh:
        if each.proposal and each.proposal not in known:
            raise Conflict(
                "The conversation was written anew meanwhile.",
                kept=NOTHING_MADE,
                next="Look at what it proposes now.",
            )
        tasks.add_task(
            by=by,
            moment_id=found.moment.row.id,
            text=each.text,
            for_whom=each.for_whom,
            due_on=each.due_on,
            conversation_id=conversation_id,
            proposal=each.proposal,
        )
    return len(fresh)


@transaction.atomic
def tell_senders(
    *,
    by: Actor,
    conversation_id: UUID,
    said: Sequence[str],
    own: str,
    own_to_police: bool = False,
) -> int:
    """Tell whoever sent the signals what came of them; return of how many signals.

    Nothing of it repeats the child's own words, and no prepared sentence says what is not so.
    """
    found = _locked(by, conversation_id)
    if not found.may_tell:
        raise Conflict(
            "Whoever wrote it down or has the moment tells them, or somebody who leads the team.",
            kept=NOTHING_TOLD,
        )
    if not set(said) <= set(found.sentences):
        raise BadInput("A sentence does not fit what the child answered.", kept=NOTHING_TOLD)
    if found.only_police and not said and not own_to_police and own.strip():
        raise BadInput(
            "Nobody would read it: only police would hear of it.",
            kept=NOTHING_TOLD,
            next="Tick that police read your sentence too, or choose what else they are told.",
        )
    return summaries.tell_senders(
        by=by,
        moment_id=found.facts.moment_id,
        conversation_id=conversation_id,
        about_at=found.facts.began_at,
        said=said,
        own=own,
        own_to_police=own_to_police,
    )


@transaction.atomic
def pass_on(*, by: Actor, conversation_id: UUID, row: str, to: UUID) -> UUID:
    """Tell a worker here what they need to know; nothing else is opened to them by it."""
    found = _locked(by, conversation_id)
    what = _what(found, row)
    whom = next((each for each in found.whom if each.user_id == to), None)
    if whom is None:
        raise BadInput(
            "Please choose somebody who works with the child now, or who sent a signal.",
            kept=NOTHING_PASSED,
            next="Ring anybody else, and write down that you did.",
        )
    refuse_kept_words(by, found.facts.person_id, what, kept=NOTHING_PASSED)
    if PassedOn.objects.filter(conversation_id=conversation_id, row=row, to_id=to).exists():
        raise Conflict("It was passed on to them already.", kept=NOTHING_PASSED)
    at = now()
    passed = PassedOn.objects.create(
        conversation_id=conversation_id,
        row=row,
        what=what,
        how=REACHABLE,
        to_id=to,
        signal_id=whom.signal_id,
        told_at=at,
        at=at,
        by_id=by.own_id,
    )
    audit.record(
        by=by,
        action="conversations.passed_on",
        subject=("conversation", conversation_id),
        passed_on=passed.id,
        about=to,
    )
    subject, key = ("passed_on", passed.id), f"passed_on:{passed.id}"
    told = Telling(to, "conversation.passed_on", subject, key)
    notices.tell(by=by, tellings=[told])
    return passed.id


@transaction.atomic
def passed_on_otherwise(
    *,
    by: Actor,
    conversation_id: UUID,
    row: str,
    how: str,
    to_whom: str,
    told_at: datetime | None = None,
) -> None:
    """Record that somebody was told by telephone or in person."""
    found = _locked(by, conversation_id)
    what, to_whom, at = _what(found, row), " ".join(to_whom.split()), now()
    if how not in OTHERWISE:
        raise BadInput("Please choose how they were told.", kept=NOTHING_PASSED)
    if not to_whom or len(to_whom) > 200:
        raise BadInput("Please say who was told.", kept=NOTHING_PASSED)
    if told_at is not None and told_at > at:
        raise BadInput("That time has not come yet.", kept=NOTHING_PASSED)
    passed = PassedOn.objects.create(
        conversation_id=conversation_id,
        row=row,
        what=what,
        how=how,
        to_whom=to_whom,
        told_at=told_at or at,
        at=at,
        by_id=by.own_id,
    )
    audit.record(
        by=by,
        action="conversations.passed_on",
        subject=("conversation", conversation_id),
        passed_on=passed.id,
        how=how,
    )


def _locked(by: Actor, conversation_id: UUID) -> After:
    """Return what follows, with the conversation locked: two who press at once do one thing."""
    by.require(HOLDS)
    by.require_to_write("welfare")
    held = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    if held is None or not is_visible(by=by, conversation=held):
        raise NotFound
    return after(by=by, conversation_id=conversation_id)


def _what(found: After, row: str) -> str:
    """Return what is to be passed on, in the words that stand there."""
    for each in found.others:
        if each.needed.key == row:
            return each.needed.what or each.needed.who
    raise Conflict(
        "The conversation was written anew meanwhile.",
        kept=NOTHING_PASSED,
        next="Look at what others need to know now.",
    )

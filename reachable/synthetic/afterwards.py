"""What workers of the invented partnership do after a conversation, as people do: some of it."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import UUID

from reachable.conversations import after_acts
from reachable.conversations.after import After, after
from reachable.conversations.after_acts import Wanted
from reachable.foundation.actor import Actor
from reachable.foundation.time import today

_MAKES, _TELLS, _PASSES, _RINGS = 0.75, 0.6, 0.7, 0.5
OWN = "Please ring us if the child is with you again."


def follow(rng: Random, *, by: Actor, conversation_id: UUID) -> None:
    """Make tasks, tell whoever sent a signal, and pass on what others need to know."""
    found = after(by=by, conversation_id=conversation_id)
    if not found.is_open:
        return
    _make(rng, by, found)
    if found.hearing and found.may_tell and rng.random() < _TELLS:
        own = OWN if rng.random() < 0.5 else ""
        said = [*found.sentences[:1], "again"]
        after_acts.tell_senders(by=by, conversation_id=conversation_id, said=said, own=own)
    for each in found.others:
        if rng.random() < _PASSES:
            _pass_on(rng, by, found, each.needed.key, each.needed.who)


def _make(rng: Random, by: Actor, found: After) -> None:
    first = today()
    wanted = [
        Wanted(
            each.proposal.text,
            by.own_id,
            max(each.proposal.by or first + timedelta(days=rng.randint(2, 9)), first),
            each.proposal.key,
        )
        for each in found.proposed
        if each.task is None and rng.random() < _MAKES
    ]
    if wanted:
        after_acts.make_tasks(by=by, conversation_id=found.facts.id, wanted=wanted)


def _pass_on(rng: Random, by: Actor, found: After, row: str, who: str) -> None:
    senders = [each.user_id for each in found.whom if each.signal_id is not None]
    if senders and rng.random() >= _RINGS:
        after_acts.pass_on(by=by, conversation_id=found.facts.id, row=row, to=rng.choice(senders))
        return
    after_acts.passed_on_otherwise(
        by=by,
        conversation_id=found.facts.id,
        row=row,
        how="telephone",
        to_whom=f"{who}, whoever is on duty",
    )

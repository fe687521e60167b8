"""Conversations of the invented partnership: some meetings are written down part by part."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any
from uuid import UUID

from reachable.conversations import candidates, confirming, services
from reachable.conversations.confirming import Naming
from reachable.conversations.rules.parts import (
    DECLINED,
    HELP_OFFERED,
    NO,
    NOT_NOW,
    TALKED,
    THINKS,
    YES,
)
from reachable.conversations.services import Writing
from reachable.foundation.actor import Actor
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today
from reachable.moments.models import Moment
from reachable.offers.many import what_fits_each
from reachable.practice import guidance
from reachable.synthetic import afterwards

_SHARE, _TWICE, _OFFERED = 0.4, 0.04, 0.25
_DECIDED, _ASIDE = 0.5, 0.3
"""How much of what was noted is decided, and how much of that is set aside."""
_CHOSEN_FROM, _NOTHING_FOR = 5, ("legal", "housing", "mental_health")
_WAYS = {"seen": "in_person", "spoken": "spoken", "answered": "message"}
Content = dict[str, dict[str, Any]]


@cache
def _material() -> dict[str, list[Any]]:
    return tomllib.loads(
        files("reachable.synthetic.data").joinpath("talks.toml").read_text("utf-8")
    )


def is_written_down(rng: Random) -> bool:
    """Say whether a worker writes a meeting down as a conversation, and not as a line only."""
    return rng.random() < _SHARE


def talked(rng: Random, *, by: Actor, moment_id: UUID, how: str) -> None:
    """Write down a talk; now and then a second version comes in from another device."""
    content = _talk(rng) | {"invitation": {"answer": TALKED, "how": _WAYS[how]}}
    content |= _offered(rng, by, moment_id)
    begun = _writing(moment_id, content)
    services.keep(by=by, writing=begun)
    _confirm(rng, by, begun.conversation_id)
    if rng.random() < _TWICE:
        other = _writing(moment_id, {"safety": content["safety"]}, begun.conversation_id)
        services.keep(by=by, writing=other)
    afterwards.follow(rng, by=by, conversation_id=begun.conversation_id)


def _offered(rng: Random, by: Actor, moment_id: UUID) -> Content:
    """Now and then something is offered in the talk itself, from what fits the child."""
    if rng.random() >= _OFFERED:
        return {}
    moment = Moment.objects.select_related("person__now").get(id=moment_id)
    child_id = moment.person.now.current_id
    fits = what_fits_each(by=by, kinds={child_id: moment.kind}, at_most=_CHOSEN_FROM)
    free = [each for each in fits.get(child_id, ()) if not each.state and not each.full]
    if not free:
        return {HELP_OFFERED.key: {"nothing_fits": YES, "help": rng.choice(_NOTHING_FOR)}}
    service = rng.choice(free)
    row = {
        "service": {"id": str(service.service_id), "name": service.name},
        "said": rng.choice([YES, YES, THINKS, NO]),
    }
    return {HELP_OFFERED.key: {"services": [row]}}


def _confirm(rng: Random, by: Actor, conversation_id: UUID) -> None:
    """Some of what was noted is confirmed or set aside; the rest waits, as it does."""
    ids = {"conversation_id": conversation_id}
    for each in candidates.of_conversation(by=by, **ids):
        chance = rng.random()
        if chance > _DECIDED:
            continue
        if chance < _DECIDED * _ASIDE:
            reason = rng.choice(_material()["aside"])
            confirming.set_aside(by=by, **ids, candidate_id=each.id, reason=reason)
            continue
        known = candidates.may_be(by=by, kind=each.kind, what=each.said)
        if known:
            confirming.confirm_same(by=by, **ids, candidate_id=each.id, same_as=known[0][0].id)
        else:
            naming = Naming(each.kind, _material()["names"][0].get(each.said, each.said))
            confirming.confirm(by=by, **ids, candidate_id=each.id, naming=naming)


def declined(rng: Random, *, by: Actor, moment_id: UUID, how: str, again_on: date) -> None:
    """Write down that a child said no, and when they are asked again."""
    invitation = {
        "answer": rng.choice([DECLINED, NOT_NOW]),
        "how": how,
        "why": rng.choice(_material()["why"]),
        "again_on": again_on.isoformat(),
        "again_by": str(by.own_id),
    }
    held = _writing(moment_id, {"invitation": invitation})
    services.keep(by=by, writing=held)
    afterwards.follow(rng, by=by, conversation_id=held.conversation_id)


def _writing(moment_id: UUID, content: Content, conversation_id: UUID | None = None) -> Writing:
    at = now()
    kind = Moment.objects.values_list("kind", flat=True).get(id=moment_id)
    return Writing(
        version_id=new_id(),
        conversation_id=conversation_id or new_id(),
        moment_id=moment_id,
        guide=guidance.guide_for(kind).key,
        content=content,
        finished=True,
        began_at=at,
        written_at=at,
    )


def _talk(rng: Random) -> Content:
    """Return what is written of a talk: most parts are skipped, as people do."""
    held = _material()
    safe, done = rng.choice(held["safety"])
    talk: Content = {
        "told": {"who": rng.choice([["team"], ["team", "school"], ["childrens_social_care"], []])},
        "words": {"words": rng.choice(held["words"])},
        "safety": {"safe": safe, "done": done},
    }
    if rng.random() < 0.6:
        talk["wishes"] = {
            name: rng.choice(held[name]) for name in ("wants", "going_well", "trusts")
        }
    if rng.random() < 0.6:
        things = rng.sample(held["noticed"], rng.randint(1, 3))
        talk["noticed"] = {
            "things": [{"group": group, "how": how, "what": what} for group, how, what in things]
        }
    if rng.random() < 0.4:
        given, instead, by_whom = rng.choice(held["instead"])
        talk["instead"] = {"things": [{"given": given, "instead": instead, "by_whom": by_whom}]}
    if rng.random() < 0.4:
        things = rng.sample(held["places"], rng.randint(1, 2))
        talk["candidates"] = {"things": [{"kind": kind, "what": what} for kind, what in things]}
    if rng.random() < 0.5:
        how, when, avoid = rng.choice(held["contact"])
        talk["contact"] = {"how": how, "when": when, "avoid": avoid}
    if rng.random() < 0.7:
        talk["next"] = {"day": (today() + timedelta(days=rng.randint(2, 7))).isoformat()}
    if rng.random() < 0.3:
        who, what = rng.choice(held["others"])
        talk["others"] = {"things": [{"who": who, "what": what}]}
    return talk

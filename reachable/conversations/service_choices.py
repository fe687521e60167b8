"""Services to choose from where a conversation is written: at a desk, and on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from reachable.conversations.rules.offered import Content, services_in
from reachable.foundation.actor import Actor
from reachable.moments.selectors import Row
from reachable.offers.many import Suits, what_fits_each
from reachable.offers.rules.standing import PUT_OFF
from reachable.offers.wording import far
from reachable.offers.words import UNSAID
from reachable.provision.briefs import Brief, briefs

AT_DESK, ON_PHONE = 25, 12
_IN = "offered.services."
Json = dict[str, Any]


def for_form(*, by: Actor, row: Row, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return key → name: what fits the child now, the nearest first, and what was chosen.

    What fits changes by the hour: a service that was on the page when it was opened is still one.
    """
    fits = what_fits_each(by=by, kinds={row.person_id: row.kind.key}, at_most=AT_DESK)
    found = {str(each.service_id): each.name for each in fits.get(row.person_id, ())}
    return found | {key: name for key, name in chosen.items() if key not in found}


def chosen_in(
    *, by: Actor, contents: Iterable[Content], typed: Mapping[str, Any]
) -> dict[str, str]:
    """Return key → name of what was chosen: in versions before, and as it is sent now."""
    found: dict[str, str] = {}
    for content in contents:
        found |= services_in(content)
    sent = {str(value) for name, value in typed.items() if name.startswith(_IN)}
    missing = [UUID(each) for each in sent - found.keys() if _is_identifier(each)]
    named = briefs(by=by, service_ids=missing) if missing else {}
    return found | {str(each): brief.name for each, brief in named.items()}


def _is_identifier(said: str) -> bool:
    try:
        return str(UUID(said)) == said
    except ValueError:
        return False


def for_phone(*, by: Actor, rows: Sequence[Row]) -> tuple[list[Json], dict[UUID, list[Json]]]:
    """Return the services that fit any of these children, each once, and child → which of them, by
    their numbers in that list, with what is so for this child."""
    kinds = {row.person_id: row.kind.key for row in rows}
    fits = what_fits_each(by=by, kinds=kinds, at_most=ON_PHONE)
    wanted = dict.fromkeys(each.service_id for suits in fits.values() for each in suits)
    known = briefs(by=by, service_ids=wanted) if wanted else {}
    told = {each: known[each] for each in wanted if each in known}
    numbers = {service_id: number for number, service_id in enumerate(told)}
    return (
        [_service(each) for each in told.values()],
        {
            child: [
                _for_child(each, numbers[each.service_id])
                for each in suits
                if each.service_id in numbers
            ]
            for child, suits in fits.items()
        },
    )


def _service(told: Brief) -> Json:
    """What is not said takes no place on the phone."""
    said: Json = {
        "id": str(told.id),
        "name": told.name,
        "organisation": told.organisation,
        "help": told.help,
        "ages": told.ages,
        "referral": told.referral,
        "phones": list(told.phones),
    }
    return {key: value for key, value in said.items() if value}


def _for_child(each: Suits, number: int) -> Json:
    said: Json = {
        "n": number,
        "far": far(each.travel),
        "unsaid": [key for key in each.unsaid if key in UNSAID],
        "full": each.full,
        "before": each.state == PUT_OFF,
    }
    return {key: value for key, value in said.items() if value or key == "n"}

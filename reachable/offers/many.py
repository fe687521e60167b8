"""What fits each of many children: the directory is read once for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.geography.selectors import areas_of, positions_of
from reachable.offers.matching import how_far
from reachable.offers.models import Offer
from reachable.offers.rules.near import Spot, Travel, nearest_first
from reachable.offers.rules.needs import named
from reachable.offers.rules.standing import DECLINED, OPEN, PUT_OFF
from reachable.offers.seeing import MAKES, sees_welfare
from reachable.people import selectors as people
from reachable.people.rules import age_on
from reachable.people.selectors import Name
from reachable.practice.time import LONDON
from reachable.provision import comparing
from reachable.provision.comparing import Candidate
from reachable.provision.nudging import due_before
from reachable.provision.rules.fitting import Fit, Needed, fitting

NOT_ONCE_MORE = (OPEN | {DECLINED}) - {PUT_OFF}
"""Where an offer stands so, the same service is not offered once more unasked."""


@dataclass(frozen=True)
class Suits:
    """A service that fits one of these children; `state` is where an earlier offer of it stands."""

    service_id: UUID
    name: str
    travel: Travel
    unsaid: tuple[str, ...]
    full: bool
    state: str


@dataclass(frozen=True)
class _Child:
    needed: Needed
    home: str


def what_fits_each(
    *, by: Actor, kinds: Mapping[UUID, str], at_most: int
) -> dict[UUID, list[Suits]]:
    """Return what fits each child whom `by` sees, the nearest first. `kinds` is child → the kind of
    moment. What is going on, or what the child did not want, is left out."""
    if not kinds or not by.can(MAKES) or not sees_welfare(by):
        return {}
    listed = {
        each.offered.key: each for each in comparing.candidates(by=by, checked_since=due_before())
    }
    children, before = _children(by, kinds), _before(kinds)
    fits: dict[Needed, list[Fit]] = {}
    for child in children.values():
        if child.needed not in fits:
            fits[child.needed] = fitting((each.offered for each in listed.values()), child.needed)
    lie = _positions(listed, fits, children)
    return {
        child_id: _first(child, fits[child.needed], listed, lie, before[child_id], at_most)
        for child_id, child in children.items()
    }


def _children(by: Actor, kinds: Mapping[UUID, str]) -> dict[UUID, _Child]:
    """Return what is known of each child that services are compared with."""
    names = people.names(by=by, current_ids=kinds)
    areas = areas_of(name.postcode for name in names.values())
    said = people.communication_needs_of(by=by, current_ids=kinds)
    return {
        child_id: _Child(
            _needed(
                name, areas.get(name.postcode, ""), kinds[child_id], named(said.get(child_id, ()))
            ),
            name.postcode,
        )
        for child_id, name in names.items()
    }


def _needed(name: Name, area: str, kind: str, needs: frozenset[str]) -> Needed:
    at = now().astimezone(LONDON).replace(tzinfo=None, second=0, microsecond=0)
    age = age_on(name.birth_date, at.date()) if name.birth_date else None
    return Needed(at=at, age=age, area=area, moment=kind, needs=needs)


def _before(kinds: Mapping[UUID, str]) -> dict[UUID, dict[UUID, str]]:
    """Return child → service → where the newest offer of it stands."""
    found: dict[UUID, dict[UUID, str]] = {child_id: {} for child_id in kinds}
    rows = Offer.objects.filter(person__now__current_id__in=list(kinds)).order_by(
        "recorded_at", "id"
    )
    for child_id, service_id, state in rows.values_list(
        "person__now__current_id", "service_id", "state"
    ):
        found[child_id][service_id] = state
    return found


def _positions(
    listed: Mapping[str, Candidate],
    fits: Mapping[Needed, list[Fit]],
    children: Mapping[UUID, _Child],
) -> dict[str, tuple[float, float]]:
    """Return where the homes, and what fits anybody, lie, in one question."""
    anybody = {fit.offered.key for each in fits.values() for fit in each}
    homes = {child.home for child in children.values()}
    places = (place.postcode for key in anybody for place in listed[key].places)
    return positions_of(homes.union(places))


def _first(
    child: _Child,
    fits: list[Fit],
    listed: Mapping[str, Candidate],
    lie: Mapping[str, tuple[float, float]],
    before: Mapping[UUID, str],
    at_most: int,
) -> list[Suits]:
    home = Spot(child.needed.area, lie.get(child.home))

    open_to = [
        fit for fit in fits if before.get(listed[fit.offered.key].id, "") not in NOT_ONCE_MORE
    ]
    nearest = nearest_first(open_to, lambda fit: how_far(home, listed[fit.offered.key], lie))
    return [
        Suits(
            service_id=listed[fit.offered.key].id,
            name=fit.offered.name,
            travel=far,
            unsaid=fit.unsaid,
            full=fit.offered.full,
            state=before.get(listed[fit.offered.key].id, ""),
        )
        for fit, far in nearest[:at_most]
    ]

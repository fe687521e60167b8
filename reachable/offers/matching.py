"""What fits one child now: their needs as they are known here, and the directory beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now
from reachable.geography.selectors import area_names, areas_of
from reachable.offers.models import Offer
from reachable.offers.rules.near import Spot, Travel, nearest_first, travel
from reachable.offers.rules.needs import named
from reachable.offers.seeing import current_child, open_moment_of, visible_offers
from reachable.people import selectors as people
from reachable.people.rules import age_on
from reachable.practice.time import LONDON
from reachable.provision import comparing
from reachable.provision.comparing import Candidate
from reachable.provision.nudging import due_before
from reachable.provision.rules.fitting import Fit, Needed, fitting

SHOWN = 25


@dataclass(frozen=True)
class ChildNeeds:
    """What is known of a child that services are compared with."""

    person_id: UUID
    name: str
    age: int | None
    postcode: str
    area: str
    area_name: str
    said_needs: tuple[str, ...]
    needs: frozenset[str]
    moment_id: UUID | None
    moment_kind: str


@dataclass(frozen=True)
class FitFacts:
    """A service that fits, when it is open, how far away it is, and what its entry does not say.

    `state` is where an offer of it to this child stands, nothing where it was not offered.
    """

    service_id: UUID
    name: str
    organisation: str
    opens_in: timedelta | None
    travel: Travel
    unsaid: tuple[str, ...]
    full: bool
    waiting_days: int | None
    not_checked_lately: bool
    offer_id: UUID | None
    state: str


@dataclass(frozen=True)
class Found:
    """What fits a child, the first of them, and how many there are of all that are listed."""

    child: ChildNeeds
    fits: list[FitFacts]
    total: int
    listed: int


def child_needs(*, by: Actor, current_id: UUID) -> ChildNeeds:
    """Return what is known of a child with whom `by` works."""
    known = people.names(by=by, current_ids=[current_id]).get(current_id)
    if known is None:
        raise NotFound
    moment = open_moment_of(by=by, current_id=current_id)
    area = areas_of([known.postcode]).get(known.postcode, "")
    said = people.communication_needs(by=by, person_id=current_id)
    born = known.birth_date
    return ChildNeeds(
        person_id=current_id,
        name=known.name,
        age=age_on(born, now().astimezone(LONDON).date()) if born else None,
        postcode=known.postcode,
        area=area,
        area_name=area_names().get(area, ""),
        said_needs=said,
        needs=named(said),
        moment_id=moment.id if moment else None,
        moment_kind=moment.kind if moment else "",
    )


def what_fits(
    *, by: Actor, person_id: UUID, help: str = "", form: str = "", at_most: int = SHOWN
) -> Found:
    """Return what fits a child, open and nearest first; the look is logged."""
    current = current_child(by=by, person_id=person_id)
    audit.looked(by=by, subject=("person", current), page="offers")
    child = child_needs(by=by, current_id=current)
    return compared(by=by, child=child, help=help, form=form, at_most=at_most)


def compared(
    *,
    by: Actor,
    child: ChildNeeds,
    help: str,
    form: str,
    at_most: int,
    without_offered: bool = False,
) -> Found:
    """Compare all services that are listed with what this child needs."""
    listed = comparing.candidates(by=by, checked_since=due_before())
    needed = Needed(
        at=now().astimezone(LONDON).replace(tzinfo=None),
        age=child.age,
        area=child.area,
        form=form,
        moment=child.moment_kind,
        help=help,
        needs=child.needs,
    )
    by_key = {each.offered.key: each for each in listed}
    fits = fitting((each.offered for each in listed), needed)
    lie = comparing.positions(
        by=by, of=[by_key[fit.offered.key] for fit in fits], home=child.postcode
    )
    home = Spot(child.area, lie.get(child.postcode))

    offered = _offered(child.person_id)
    if without_offered:
        fits = [fit for fit in fits if by_key[fit.offered.key].id not in offered]
    ordered = nearest_first(fits, lambda fit: how_far(home, by_key[fit.offered.key], lie))
    facts = [_facts(by_key[fit.offered.key], fit, far, offered) for fit, far in ordered[:at_most]]
    return Found(child, facts, len(ordered), len(listed))


def how_far(home: Spot, each: Candidate, lie: Mapping[str, tuple[float, float]]) -> Travel:
    """Return how far it is from a home to a service; `lie` says where postcodes are."""
    spots = (Spot(place.area, lie.get(place.postcode)) for place in each.places)
    return travel(home, spots, kept_back=each.kept_back)


def _facts(
    each: Candidate,
    fit: Fit,
    far: Travel,
    offered: dict[UUID, tuple[UUID, str]],
) -> FitFacts:
    offer_id, state = offered.get(each.id, (None, ""))
    return FitFacts(
        service_id=each.id,
        name=each.offered.name,
        organisation=each.organisation,
        opens_in=fit.opens_in,
        travel=far,
        unsaid=fit.unsaid,
        full=each.offered.full,
        waiting_days=each.offered.waiting_days,
        not_checked_lately=each.not_checked_lately,
        offer_id=offer_id,
        state=state,
    )


def _offered(current: UUID) -> dict[UUID, tuple[UUID, str]]:
    """Return service → the newest offer of it to a child whom the caller may see, and its state."""
    rows = Offer.objects.filter(person__now__current_id=current).order_by("recorded_at", "id")
    return {
        service_id: (offer_id, state)
        for service_id, offer_id, state in rows.values_list("service_id", "id", "state")
    }


def what_fits_next(*, by: Actor, offer_id: UUID, at_most: int = 3) -> Found:
    """Return what fits after a refusal: the same need, without what was offered to the child.

    The page of the offer, on which it stands, has logged the look.
    """
    offer = visible_offers(by=by).select_related("person__now").filter(id=offer_id).first()
    if offer is None:
        raise NotFound
    child = child_needs(by=by, current_id=offer.person.now.current_id)
    return compared(
        by=by,
        child=child,
        help=offer.help,
        form=offer.form,
        at_most=at_most,
        without_offered=True,
    )


def child_of(*, by: Actor, person_id: UUID) -> ChildNeeds:
    """Return what is known of a child whom the page is about; the look is logged."""
    current = current_child(by=by, person_id=person_id)
    audit.looked(by=by, subject=("person", current), page="offers")
    return child_needs(by=by, current_id=current)

"""Offers and gaps, for those who may see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now
from reachable.geography.selectors import area_names
from reachable.offers.models import Gap, GapStep, Offer, OfferStep
from reachable.offers.rules.standing import (
    ALLOWED,
    ATTENDING,
    OPEN,
    REFUSED,
    Standing,
    Step,
    checks_due,
    standing,
)
from reachable.offers.seeing import (
    MAKES,
    SEES_GAPS,
    current_child,
    sees_gap,
    sees_welfare,
    visible_offers,
    works_with,
)
from reachable.people import looking
from reachable.people import selectors as people
from reachable.people.registries import Seen

MORE = "more"
FOLLOWED = 200
GAPS_SINCE = timedelta(days=365)
NAMED = ("person__now", "service", "service__organisation", "offered_by", "moment")


@dataclass(frozen=True)
class StepFacts:
    kind: str
    at: datetime
    said_at: datetime
    by: str
    about: str
    how: str
    after: str
    note: str
    again_on: date | None = None


@dataclass(frozen=True)
class OfferRow:
    """A line of a list of offers. `how` is the reason of the last step, such as a refusal."""

    id: UUID
    service_id: UUID
    service: str
    organisation: str
    state: str
    since: datetime
    offered_at: datetime
    offered_by: str
    how: str
    again_on: date | None
    conversation_id: UUID | None


@dataclass(frozen=True)
class FollowedRow:
    """An offer in the list of whoever follows it, with the child's name."""

    name: str
    row: OfferRow


@dataclass(frozen=True)
class OfferFacts:
    """Everything on an offer's page. `checks` are those that can be answered now."""

    row: OfferRow
    person_id: UUID
    name: str
    moment_id: UUID | None
    help: str
    form: str
    version: int
    steps: list[StepFacts]
    allowed: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class GapRow:
    """A gap in a list. Whoever does not work with the child gets neither name nor child."""

    id: UUID
    person_id: UUID | None
    name: str
    help: str
    form: str
    moment_kind: str
    needs: tuple[str, ...]
    age_band: str
    area: str
    recorded_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class GapFacts:
    """Everything on a gap's page.

    What a worker said more of it is kept from whoever does not work with the child: it often names
    somebody. What service was found is for all who see gaps.
    """

    row: GapRow
    recorded_by: str
    version: int
    offer_id: UUID | None
    steps: list[StepFacts]


@dataclass(frozen=True)
class GapsFacts:
    """The page of gaps: how many of each kind of help in each area are open, and all of them."""

    rows: list[GapRow]
    areas: list[str]
    counts: list[tuple[str, list[int], int]]
    """Kind of help, how many in each of `areas`, and together."""
    total: int
    open: int


def offers_of_child(*, by: Actor, person_id: UUID) -> list[OfferRow]:
    """Return what was offered to a child with whom `by` works, the newest first."""
    held = visible_offers(by=by).filter(person__now__current_id=person_id)
    return _rows(held.select_related(*NAMED).order_by("-offered_at", "-id"))


def offers_in(*, by: Actor, conversation_id: UUID) -> list[OfferRow]:
    """Return what was offered in a talk with a child with whom `by` works."""
    held = visible_offers(by=by).filter(conversation_id=conversation_id)
    return _rows(held.select_related(*NAMED).order_by("offered_at", "id"))


def _rows(offers: Iterable[Offer]) -> list[OfferRow]:
    found = list(offers)
    steps = OfferStep.objects.filter(offer__in=found).exclude(how="").order_by("id")
    last = {
        offer_id: (kind, how)
        for offer_id, kind, how in steps.values_list("offer_id", "kind", "how")
    }
    return [_row(each, *last.get(each.id, ("", ""))) for each in found]


def _row(each: Offer, kind: str, how: str) -> OfferRow:
    organisation = each.service.organisation
    return OfferRow(
        id=each.id,
        service_id=each.service_id,
        service=each.service.name,
        organisation=organisation.name if organisation else "",
        state=each.state,
        since=each.since,
        offered_at=each.offered_at,
        offered_by=each.offered_by.name if each.offered_by else "",
        how=how if kind == each.state else "",
        again_on=each.again_on,
        conversation_id=each.conversation_id,
    )


def followed(*, by: Actor) -> list[FollowedRow]:
    """Return the offers that this person made or recorded of, and of which more is to be heard."""
    by.require(MAKES)
    theirs = OfferStep.objects.filter(offer_id=OuterRef("id"), by_id=by.own_id)
    held = visible_offers(by=by).filter(Exists(theirs), state__in=[*OPEN, REFUSED])
    found = list(held.select_related(*NAMED).order_by("since", "id")[:FOLLOWED])
    names = people.names(by=by, current_ids={each.person.now.current_id for each in found})
    rows = zip(found, _rows(found), strict=True)
    return [
        FollowedRow(names[each.person.now.current_id].name, row)
        for each, row in rows
        if each.person.now.current_id in names
    ]


def offer(*, by: Actor, offer_id: UUID) -> OfferFacts:
    """Return one offer; hidden and absent are the same. The look is logged."""
    by.require(MAKES)
    found = visible_offers(by=by).select_related(*NAMED).filter(id=offer_id).first()
    if found is None:
        raise NotFound
    current = found.person.now.current_id
    audit.looked(by=by, subject=("offer", found.id), also=("person", current), page="offer")
    known = people.names(by=by, current_ids=[current]).get(current)
    steps = _steps(OfferStep.objects.filter(offer=found))
    return OfferFacts(
        row=_rows([found])[0],
        person_id=current,
        name=known.name if known else "Name kept back",
        moment_id=found.moment_id,
        help=found.help,
        form=found.form,
        version=found.version,
        steps=steps,
        allowed=_allowed(found, steps),
        checks=checks_due(_stands(steps), now()),
    )


def sees_offer(*, by: Actor, offer_id: UUID) -> bool:
    """Say whether an offer can still be seen, once something was recorded of it."""
    return visible_offers(by=by).filter(id=offer_id).exists()


def _stands(steps: Iterable[StepFacts]) -> Standing:
    return standing(
        Step(each.kind, each.said_at, each.how, each.after, each.again_on) for each in steps
    )


def _allowed(found: Offer, steps: list[StepFacts]) -> tuple[str, ...]:
    """What may be recorded now; whether the child still goes there only once it can be said."""
    allowed = ALLOWED[found.state]
    if found.state == ATTENDING and not checks_due(_stands(steps), now()):
        return tuple(kind for kind in allowed if kind != "still")
    return allowed


def _steps(held: QuerySet[OfferStep]) -> list[StepFacts]:
    rows = held.order_by("id").values_list(
        *("kind", "at", "said_at", "by__name", "about__name", "how", "after", "note"),
        "again_on",
    )
    return [
        StepFacts(kind, at, said_at, by or "", about or "", *said)
        for kind, at, said_at, by, about, *said in rows
    ]


def gaps_of_child(*, by: Actor, person_id: UUID) -> list[GapRow]:
    """Return the gaps of a child with whom `by` works, the newest first."""
    current = current_child(by=by, person_id=person_id)
    held = Gap.objects.select_related("person__now").filter(person__now__current_id=current)
    return _gap_rows(by, held.order_by("-recorded_at", "-id"))


def gaps_in(*, by: Actor, conversation_id: UUID) -> list[GapRow]:
    """Return what nobody could offer in a talk with a child with whom `by` works."""
    if not sees_welfare(by):
        return []
    held = Gap.objects.select_related("person__now").filter(conversation_id=conversation_id)
    rows = _gap_rows(by, held.order_by("recorded_at", "id"))
    return [row for row in rows if row.person_id is not None]


def who_looked_at_gap(*, by: Actor, gap_id: UUID, page: int = 1) -> looking.LooksOf:
    """Return who looked at a gap, for whoever sees it."""
    gap(by=by, gap_id=gap_id)
    return looking.looks_at(by=by, kind="gap", subject_ids=[gap_id], page=page)


def why_gap(*, by: Actor, subject_id: UUID) -> Seen:
    """Say why somebody sees a gap without its child."""
    del by
    return Seen(("Your role sees gaps, without the child",), "gap_looked", subject_id)


def gap(*, by: Actor, gap_id: UUID) -> GapFacts:
    """Return one gap: the child and the words only to whoever works with the child."""
    by.require(MAKES)
    found = Gap.objects.select_related("person__now", "recorded_by").filter(id=gap_id).first()
    if found is None or not sees_gap(by, found):
        raise NotFound
    works = works_with(by, found.person_id)
    child = ("person", found.person.now.current_id) if works else None
    audit.looked(by=by, subject=("gap", found.id), also=child, page="gap")
    rows = (
        GapStep.objects.filter(gap=found)
        .order_by("id")
        .values_list("kind", "at", "by__name", "note")
    )
    return GapFacts(
        row=_gap_rows(by, [found])[0],
        recorded_by=found.recorded_by.name if found.recorded_by else "",
        version=found.version,
        offer_id=found.offer_id if works else None,
        steps=[
            StepFacts(kind, at, at, who or "", "", "", "", note if works or kind != MORE else "")
            for kind, at, who, note in rows
        ],
    )


def gaps(*, by: Actor, show_answered: bool = False) -> GapsFacts:
    """Return the gaps of a year, counted by kind of help and area: what is missing, not who."""
    by.require(SEES_GAPS)
    since = now() - GAPS_SINCE
    held = Gap.objects.select_related("person__now").filter(recorded_at__gt=since)
    every = _gap_rows(by, held.order_by("-recorded_at", "-id"))
    still = [row for row in every if row.answered_at is None]
    counted = Counter((row.help, row.area) for row in still)
    areas = sorted({area for _, area in counted}, key=lambda area: (not area, area))
    helps = sorted({of for of, _ in counted})
    counts = [
        (of, [counted[of, area] for area in areas], sum(counted[of, area] for area in areas))
        for of in helps
    ]
    counts.sort(key=lambda row: (-row[2], row[0]))
    return GapsFacts(every if show_answered else still, areas, counts, len(every), len(still))


def _gap_rows(by: Actor, held: Iterable[Gap]) -> list[GapRow]:
    found = list(held)
    if not found:
        return []
    names = people.names(by=by, current_ids={each.person.now.current_id for each in found})
    areas = area_names()
    return [_gap_row(each, names.get(each.person.now.current_id), areas) for each in found]


def _gap_row(each: Gap, known: people.Name | None, areas: dict[str, str]) -> GapRow:
    return GapRow(
        id=each.id,
        person_id=known.person_id if known else None,
        name=known.name if known else "",
        help=each.help,
        form=each.form,
        moment_kind=each.moment_kind,
        needs=tuple(each.needs.split()),
        age_band=each.age_band,
        area=areas.get(each.area, ""),
        recorded_at=each.recorded_at,
        answered_at=each.answered_at,
    )

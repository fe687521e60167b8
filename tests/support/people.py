"""Small builders for tests below the way in: they call the services that the product calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from reachable.access import selectors as access_selectors
from reachable.access import services as access
from reachable.access.models import User
from reachable.chronology import services as chronology
from reachable.chronology.services import Happening
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now
from reachable.geography.rules import standard_postcode
from reachable.moments import rules as moment_rules
from reachable.moments import services as moments
from reachable.moments.models import Moment, Trigger
from reachable.moments.noticing import Noticeable
from reachable.people import services as people
from reachable.people.identification import Claim, Identified
from reachable.people.rules import Identity, standard_name
from reachable.practice import guidance
from reachable.practice.time import When

SYSTEM = system("tests")
_numbers = count(1)


@dataclass
class Partnership:
    """Two agencies and, as they are added, teams and workers by user name."""

    council: UUID
    police: UUID
    teams: dict[str, UUID] = field(default_factory=dict)
    workers: dict[str, UUID] = field(default_factory=dict)

    def team(self, key: str = "hub", *, areas: tuple[str, ...] = ()) -> UUID:
        self.teams[key] = access.create_team(
            by=SYSTEM, key=key, name=key.title(), agency_id=self.council, areas=areas
        )
        return self.teams[key]

    def worker(self, name: str, *roles: str, team: str = "", email: str = "") -> UUID:
        """Make an account; `name` is the user name too. Without roles, a practitioner."""
        self.workers[name] = access.create_account(
            by=SYSTEM,
            username=name,
            name=name.title(),
            agency_id=self.council,
            roles=roles or ["practitioner"],
            teams=[self.teams[team]] if team else [],
            email=email,
        )
        return self.workers[name]

    def duty(self, *names: str, team: str = "hub", days: int = 30) -> None:
        """Put workers on the rota from an hour ago, in this order."""
        start = now() - timedelta(hours=1)
        shifts = [
            (self.workers[name], start, start + timedelta(days=days), position)
            for position, name in enumerate(names, 1)
        ]
        access.plan_shifts(by=SYSTEM, team_id=self.teams[team], shifts=shifts)

    def actor(self, name: str) -> Actor:
        return access_selectors.actor_for(User.objects.get(username=name))


def make_partnership() -> Partnership:
    council, police = (
        access.create_agency(by=SYSTEM, key=key, name=name, kind=key)
        for key, name in (("council", "Fenmarch Council"), ("police", "Fenmarch Police"))
    )
    return Partnership(council, police)


def make_hub(*on_duty: str) -> Partnership:
    """A team with a supervisor “lead”; these practitioners are in it and on duty in this order."""
    place = make_partnership()
    place.team()
    place.worker("lead", "supervisor", team="hub")
    for name in on_duty:
        place.worker(name, team="hub")
    place.duty(*on_duty)
    return place


def claim(
    agency_id: UUID,
    reference: str = "",
    *,
    given: str = "Tamsin",
    family: str = "Orrell",
    born: str = "2012-03-03",
    postcode: str = "FX1 1AA",
    nhs_number: str = "",
    upn: str = "",
    needs: str = "",
    received_at: datetime | None = None,
    needed: bool = True,
    signal: str = "",
) -> Claim:
    """Say something of a child as an agency would; without a number, under a signal of its own."""
    content: dict[str, Any] = {
        "given_names": given,
        "family_name": family,
        "birth_date": born,
        "postcode": postcode,
        "nhs_number": nhs_number,
        "upn": upn,
        "communication_needs": needs,
    }
    content = {name: value for name, value in content.items() if value}
    return Claim(
        agency_id=agency_id,
        reference=reference,
        identity=Identity(
            family=standard_name(family),
            given=standard_name(given),
            birth_date=date.fromisoformat(born) if born else None,
            postcode=standard_postcode(postcode),
            nhs_number=nhs_number,
            upn=upn,
        ),
        shown_name=f"{given} {family}".strip(),
        content=content,
        content_hash=uuid4().hex if not content else _hash(content),
        received_at=received_at or now(),
        needed=needed,
        signal=signal or ("" if reference else f"signal-{next(_numbers)}"),
    )


def _hash(content: dict[str, Any]) -> str:
    return f"{abs(hash(tuple(sorted(content.items())))):032x}"[:32]


@transaction.atomic
def identify(*claims: Claim) -> list[Identified | None]:
    return people.identify(by=SYSTEM, claims=claims)


def identify_all(*claims: Claim) -> list[Identified]:
    """Identify claims of which each is needed, or of somebody known."""
    found = [each for each in identify(*claims) if each is not None]
    assert len(found) == len(claims)
    return found


def identify_one(what: Claim) -> Identified:
    return identify_all(what)[0]


@transaction.atomic
def happen(
    who: Identified,
    agency_id: UUID,
    kind: str = "arrest",
    *,
    occurred: datetime | date | None = None,
    born: date | None = date(2012, 3, 3),
    signal_id: UUID | None = None,
    postcode: str = "",
    news: bool = True,
) -> UUID:
    """Record an event of an identified child and notice it; return its signal."""
    received_at = now()
    occurred = occurred or received_at - timedelta(minutes=30)
    when = When.at(occurred) if isinstance(occurred, datetime) else When.on(occurred)
    revised = signal_id is not None
    signal_id = signal_id or uuid4()
    events = chronology.record(
        by=SYSTEM,
        happenings=[
            Happening(
                signal_id=signal_id,
                kind=kind,
                record_id=who.record_id,
                agency_id=agency_id,
                compartment=str(guidance.event_kind(kind).compartment),
                when=when,
                received_at=received_at,
                source="a test",
                news=news,
            )
        ],
        revised=[signal_id] if revised else [],
    )
    opening = moment_rules.opening(
        called_by=guidance.usual_rules().alone(kind) if news else (),
        occurred=when,
        received_at=received_at,
        birth_date=born,
    )
    noticeable = Noticeable(
        event_id=events[signal_id, kind],
        signal_id=signal_id,
        kind=kind,
        person_id=who.person_id,
        current_id=who.current_id,
        opening=opening,
        received_at=received_at,
        postcode=postcode,
        kept={opening.rule: opening} if revised and opening else {},
    )
    corrected = [signal_id] if revised else []
    moments.notice(by=SYSTEM, events=[noticeable], corrected=corrected)
    moments.reconsider(by=SYSTEM, current_ids={who.current_id}, signal_ids=corrected)
    return signal_id


def child_with_moment(
    place: Partnership, given: str = "Tamsin", kind: str = "arrest", **happening: Any
) -> tuple[Identified, Moment]:
    """Identify a child of that name and open a moment; return both."""
    who = identify_one(claim(place.police, f"P-{given}", given=given, postcode=""))
    signal_id = happen(who, place.police, kind, **happening)
    return who, moment_of(signal_id)


def moment_of(signal_id: UUID) -> Moment:
    return Moment.objects.get(triggers__signal_id=signal_id)


def triggers_of(moment: Moment) -> int:
    return Trigger.objects.filter(moment=moment).count()

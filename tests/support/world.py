"""A small partnership for tests of pages: two agencies, a team with a rota, and signals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.test import Client

from reachable.access import selectors as access_selectors
from reachable.access import services as access
from reachable.access.models import User
from reachable.access.selectors import agency_id
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now
from reachable.intake import services as intake
from reachable.intake.services import PhoneSignal
from reachable.moments.models import Moment, Trigger


class Answer(Protocol):
    """What the client of a test returns."""

    status_code: int
    content: bytes


PASSWORD = "not a secret in a test"


@dataclass(frozen=True)
class World:
    """The identifiers of what stands in the database."""

    team: UUID
    users: dict[str, UUID]

    def actor(self, username: str) -> Actor:
        return access_selectors.actor_for(User.objects.get(username=username))

    def client(self, username: str) -> Client:
        """Return a browser in which this person is signed in."""
        client = Client()
        client.force_login(User.objects.get(username=username))
        return client

    def signal(
        self,
        kind: str = "in_custody_now",
        *,
        by: str = "sergeant",
        given_names: str = "Tamsin",
        family_name: str = "Orrell",
        needs: str = "",
        said: str = "Looks exhausted and has said nothing.",
    ) -> UUID:
        """Send what happened half an hour ago; return the moment that it opened or joined."""
        signal_id = intake.send_signal(
            by=self.actor(by),
            signal=PhoneSignal(
                token=uuid4(),
                kind=kind,
                family_name=family_name,
                given_names=given_names,
                birth_date=date(2012, 3, 3),
                where="Fenmarch Police Station",
                said=said,
                reach="Custody desk, 07700 900123",
                postcode="FX1 1AA",
                communication_needs=needs,
                happened_at=now() - timedelta(minutes=30),
            ),
        )
        return Trigger.objects.values_list("moment_id", flat=True).get(signal_id=signal_id)


def make_world() -> World:
    """Put the partnership into the database. `first` is on duty, then `second`."""
    by = system("tests")
    council = access.create_agency(by=by, key="council", name="Fenmarch Council", kind="council")
    police = access.create_agency(by=by, key="police", name="Fenmarch Police", kind="police")
    school = access.create_agency(by=by, key="school", name="Osier School", kind="school")
    team = access.create_team(by=by, key="hub", name="Hub", agency_id=council, phone="07700 900100")
    password_hash = make_password(PASSWORD)

    def account(username: str, name: str, agency: UUID, role: str, *teams: UUID) -> UUID:
        return access.create_account(
            by=by,
            username=username,
            name=name,
            agency_id=agency,
            roles=[role],
            teams=teams,
            phone="07700 900200",
            password_hash=password_hash,
        )

    users = {
        "first": account("first", "Fern First", council, "practitioner", team),
        "second": account("second", "Sol Second", council, "practitioner", team),
        "lead": account("lead", "Lu Lead", council, "supervisor", team),
        "outsider": account("outsider", "Ola Outside", council, "practitioner"),
        "sergeant": account("sergeant", "Sam Sergeant", police, "custody"),
        "coordinator": account("coordinator", "Cora Ordina", council, "panel_coordinator"),
        "clerk": account("clerk", "Cas Clerk", police, "intake_worker"),
        "teacher": account("teacher", "Tay Teacher", school, "school_lead"),
        "governance": account("governance", "Gil Govern", council, "information_governance"),
        "steward": account("steward", "Stef Steward", council, "linkage_steward"),
        "fellow": account("fellow", "Fay Fellow", council, "linkage_steward"),
        "agency": account("agency", "Agi Agency", council, "agency_administrator"),
        "administrator": account("administrator", "Ade Min", council, "system_administrator"),
    }
    starts, ends = now() - timedelta(hours=8), now() + timedelta(days=8)
    access.plan_shifts(
        by=by,
        team_id=team,
        shifts=[(users["first"], starts, ends, 1), (users["second"], starts, ends, 2)],
    )
    return World(team, users)


def add_intake_worker(username: str, name: str, agency: str) -> UUID:
    """Let one more person send files, for an agency of that key."""
    return access.create_account(
        by=system("tests"),
        username=username,
        name=name,
        agency_id=agency_id(agency),
        roles=["intake_worker"],
        password_hash=make_password(PASSWORD),
    )


def moment(moment_id: UUID) -> Moment:
    return Moment.objects.get(id=moment_id)


def html(answer: Answer, status: int = 200) -> str:
    """Return the page, of an answer that has that status."""
    assert answer.status_code == status
    return answer.content.decode()


def without_token(page: str) -> str:
    """Return the page without what is different each time, against forged forms and scripts."""
    return re.sub(r'(name="csrfmiddlewaretoken" value="|nonce=")[^"]*', r"\1", page)

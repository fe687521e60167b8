"""Why somebody may see a child, in words: of what stands now, theirs alone, and each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from reachable.access import involved
from reachable.access.models import Involvement
from reachable.foundation.ids import new_id
from tests.support.people import Partnership, make_partnership

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = {
    "allocated": "You are the worker who is allocated to this child",
    "asked": "You are or were asked to take an open moment of this child",
    "attending": "You are asked whether this child still goes to a service",
    "asked_again": "You are to ask this child again about a service",
    "offered": "You offered this child something, and it is still to be heard what becomes of it",
    "holder": "You have an open moment of this child",
    "lasted": "You are asked whether contact with this child has lasted",
    "invited": "You were invited to see this child by somebody who works with them",
    "emergency": "You said that you must see this child at once",
    "panel": "This child is on the list that you keep for your panel",
}


@pytest.mark.parametrize("basis", WORDS)
def test_each_reason_is_said(basis: str) -> None:
    assert involved.reasons_in_words([(None, basis, None)]) == [WORDS[basis]]


def test_a_reason_says_the_team_until_when_and_is_said_once() -> None:
    found: list[tuple[Any, ...]] = [
        ("Hub", "team", None),
        (None, "invited", NOON),
        (None, "invited", NOON),
        ("Hub", "team", None),
        (None, "a new reason", None),
    ]
    assert involved.reasons_in_words(found) == [
        "Hub has an open moment for this child",
        f"{WORDS['invited']}, until Tuesday 24 November 2026, 12:00",
        "a new reason",
    ]
    assert involved.reasons_in_words([]) == []


class Works:
    """Somebody and their team, and what they and others work with."""

    def __init__(self) -> None:
        self.hub: Partnership = make_partnership()
        self.hub.team("hub")
        self.hub.team("east")
        self.hub.worker("ada")
        self.hub.worker("ben")
        self.subject = new_id()

    def on(self, who: str, basis: str, *, kind: str = "person", **more: Any) -> None:
        team = self.hub.teams.get(who)
        Involvement.objects.create(
            team_id=team,
            user_id=None if team else self.hub.workers[who],
            subject_kind=kind,
            subject_id=self.subject,
            basis=basis,
            **{"started_at": NOON - DAY, **more},
        )

    def reasons(self, *, at: datetime = NOON, kind: str = "person") -> list[tuple[Any, ...]]:
        teams: list[UUID] = [self.hub.teams["hub"]]
        ada = self.hub.workers["ada"]
        return list(involved.reasons_of(user_id=ada, team_ids=teams, at=at, kind=kind))


@pytest.mark.db
def test_the_reasons_are_ones_own_and_ones_teams_while_they_last() -> None:
    works = Works()
    works.on("ada", "invited", until=NOON + DAY)
    works.on("hub", "team")
    works.on("ada", "asked", kind="moment")
    works.on("ben", "allocated")
    works.on("east", "team")
    works.on("ada", "holder", ended_at=NOON - DAY / 2)
    assert sorted(works.reasons(), key=str) == [
        ("Hub", "team", None),
        (None, "invited", NOON + DAY),
    ]
    assert works.reasons(kind="moment") == [(None, "asked", None)]
    assert works.reasons(at=NOON + 2 * DAY) == [("Hub", "team", None)]

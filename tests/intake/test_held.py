"""A row of somebody unknown waits, and is recorded if the child becomes known meanwhile."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.time import today, travel
from reachable.intake import loading, services
from reachable.intake.models import Forgotten, HeldKey, Signal
from reachable.moments.models import Moment
from reachable.people.models import CurrentPerson, Person, Review
from tests.support.files import BY, CUSTODY
from tests.support.killing import AT
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

CHILD = "Surname,Forename(s),DOB,Postcode,Person No\n"
CUSTODY_HEADINGS = f"Custody No,Attendance,Arrived Date,Arrived Time,Station,{CHILD}"
MISSING_HEADINGS = f"Report No,Missing Date,Missing Time,Returned Date,Returned Time,{CHILD}"
CHANGE_HEADINGS = (
    "Change Ref,Change Type,Start Date,Admission No,UPN,Legal Surname,Legal Forename,DOB,Postcode,"
    "Record Status\n"
)
ARREST = "CU/1,Arrest,24/10/2026,20:15,Fenmarch,Vane,Idris,14/07/2010,FX1 1AB,P2\n"
"""Opens a moment, so that the child becomes known."""
SAME_NUMBER = "MI/1,20/10/2026,18:00,,,Vane,Idris J,14/07/2010,FX1 1AB,P2\n"
AT_HOME = "CH/1,Severe absence,19/10/2026,S9,Y999400011003,Vane,Idris,14/07/2010,FX1 1AB,\n"
BY_UPN = "CH/2,Managed move,21/10/2026,,Y999400011003,Vane,Idris,,FX9 9ZZ,\n"
"""Found only through the UPN, which no other agency gave."""
SOMEBODY_ELSE = "CH/3,Managed move,21/10/2026,,,Lark,Wren,05/05/2013,FX1 1AH,\n"
FILES = (
    ("police", "police_custody", CUSTODY_HEADINGS + ARREST),
    ("police", "police_missing", MISSING_HEADINGS + SAME_NUMBER),
    ("school", "school_change", CHANGE_HEADINGS + AT_HOME),
    ("school", "school_change", CHANGE_HEADINGS + BY_UPN + SOMEBODY_ELSE),
)


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def arrive(agency: str, feed: str, content: str, *, hours: float, history: bool = False) -> UUID:
    with travel(AT + timedelta(hours=hours)):
        received = services.receive(
            by=BY,
            agency_id=agency_id(agency),
            feed=feed,
            file_name="rows.csv",
            content=io.BytesIO(content.encode()),
            history=history,
        )
        services.begin_loading(by=BY, delivery_id=received.delivery_id)
        return received.delivery_id


def load(delivery_id: UUID, *, days: float = 1) -> None:
    with travel(AT + timedelta(days=days)):
        done = loading.load(by=BY, delivery_id=delivery_id)
        assert done.state == "loaded", done.error


def whose() -> dict[str, UUID]:
    """Source key of each recorded signal to who stands for its person now."""
    rows = Signal.objects.exclude(record=None).values_list("source_key", "record__person_id")
    current = dict(CurrentPerson.objects.values_list("person_id", "current_id"))
    return {key: current[person] for key, person in rows}


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_promise_32_which_row_of_a_child_came_first_makes_no_difference(
    world: World, order: tuple[int, ...]
) -> None:
    deliveries = [arrive(*file, hours=n / 10) for n, file in enumerate(FILES)]
    for n in order:
        load(deliveries[n])
    assert set(whose()) == {"CU/1", "MI/1", "CH/1", "CH/2"}
    assert len(set(whose().values())) == Person.objects.count() == 1
    assert Event.objects.count() == 4
    assert not Review.objects.exists()
    assert Moment.objects.count() == 1
    waiting = Signal.objects.get(record=None)
    assert waiting.source_key == "CH/3"
    assert waiting.forget_on
    assert set(HeldKey.objects.values_list("signal_id", flat=True)) >= {waiting.id}


def test_a_row_corrected_while_it_is_held_is_found_by_what_it_says_now(world: World) -> None:
    wrong = AT_HOME.replace("Y999400011003", "").replace("Vane,Idris,14/07/2010", "Lark,Wren,")
    load(arrive("school", "school_change", CHANGE_HEADINGS + wrong, hours=0))
    load(arrive("school", "school_change", CHANGE_HEADINGS + AT_HOME, hours=1))
    assert not whose()
    load(arrive(*FILES[0], hours=2))
    assert set(whose()) == {"CU/1", "CH/1"}
    assert len(set(whose().values())) == 1


def test_promise_06_what_is_forgotten_leaves_nothing_to_be_found_by(world: World) -> None:
    load(arrive(*FILES[2], hours=0))
    assert HeldKey.objects.exists()
    with travel(AT + timedelta(days=32)):
        assert services.forget(by=system("forget")) == 1
        assert Forgotten.objects.get(day=today()).count == 1
    assert not HeldKey.objects.exists()
    load(arrive(*FILES[0], hours=24 * 33, history=True), days=34)
    assert set(whose()) == {"CU/1"}


def test_what_was_recorded_is_no_longer_held(world: World) -> None:
    load(arrive(*FILES[2], hours=0))
    load(arrive(*FILES[0], hours=1))
    assert not Signal.objects.filter(forget_on__isnull=False).exists()
    with travel(AT + timedelta(days=32)):
        assert services.forget(by=system("forget")) == 0
    assert not HeldKey.objects.exists()


def test_past_events_build_up_the_record_and_open_nothing(world: World) -> None:
    past = CUSTODY.replace("2026", "2024")
    load(arrive("police", "police_custody", past, hours=0, history=True))
    known = set(Signal.objects.exclude(record=None).values_list("source_key", flat=True))
    # An adult's arrest would have opened nothing; what is wrong waits to be corrected.
    assert known == {"CU/1", "CU/2", "CU/3", "CU/4", "CU/5", "CU/7"}
    assert Event.objects.count() == len(known)
    assert not Moment.objects.exists()

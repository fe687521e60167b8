"""Social care's sets come before, after and between the rows of others: the same is known."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.time import travel
from reachable.intake import loading, services
from reachable.intake.models import QuarantinedRow, Signal
from reachable.intake.table_sets import SETS
from reachable.moments.models import Moment, Trigger
from reachable.people.models import CurrentPerson, Review
from tests.intake.test_held import CHANGE_HEADINGS, CUSTODY_HEADINGS, MISSING_HEADINGS
from tests.intake.test_table_sets import AT, BY
from tests.support.tables import Tables, changed, many, packed, without
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

LOADED = AT + timedelta(days=9)
"""When everything is loaded, whenever it was received."""


@dataclass(frozen=True)
class Sent:
    """A file of CONTENTS, and after how many days it was received.

    Those of the dataset only make sense in the order in which they were made.
    """

    name: str
    days: float
    agency: str
    feed: str
    whole: bool = False


def _everything() -> Tables:
    return changed(many(4), "ssd_contacts", "X1", cont_contact_date="soon")


def _changes() -> Tables:
    tables = changed(_everything(), "ssd_missing", "M1", miss_missing_rhi_accepted="Y")
    tables = changed(tables, "ssd_person", "L1", pers_upn="")
    return {table: tables[table] for table in ("ssd_person", "ssd_missing", "ssd_address")}


def _later() -> Tables:
    tables = changed(many(3), "ssd_missing", "M1", miss_missing_rhi_accepted="Y")
    tables = changed(
        tables, "ssd_missing", "M2", miss_missing_episode_end_date="2026-03-25 07:00:00.000"
    )
    return without(without(tables, "ssd_cp_plans", "CP1"), "ssd_contacts", "C2")


ARREST = (
    "CU/1,Arrest,22/03/2026,20:15,Fenmarch,Marwick-Sample,Tobin,19/11/2010,FX1 4QD,P1\n"
    "CU/2,Voluntary,22/03/2026,09:15,Fenmarch,Nobody,Else,19/11/2011,FX1 4QE,P4\n"
)
RETURN = "MI/1,22/03/2026,18:00,23/03/2026,06:00,Adeyemi-Sample,Ruth,02/06/2009,FX2 7HB,P2\n"
CHANGE = (
    "CH/1,Reduced timetable,19/03/2026,S9,,Sample,Kacper Jan,30/01/2011,FX6 2AA,\n"
    "CH/2,Managed move,21/03/2026,S8,V999400011001,Marwick,Tobi,19/11/2010,FX9 9ZZ,\n"
)
ONCE_MORE = "once more/{}.csv"
CONTENTS = {
    "everything": packed(_everything()),
    "changes": packed(_changes()),
    "later": packed(_later()),
    "everything again": packed(_everything(), ONCE_MORE),
    "changes again": packed(_changes(), ONCE_MORE),
    "later again": packed(_later(), ONCE_MORE),
    "census": (SETS / "cin_census" / "cin-census-sample.xml").read_bytes(),
    "arrests": (CUSTODY_HEADINGS + ARREST).encode(),
    "return": (MISSING_HEADINGS + RETURN).encode(),
    "changes at school": (CHANGE_HEADINGS + CHANGE).encode(),
}
SENT = (
    Sent("everything", 0, "council", "ssd", whole=True),
    Sent("changes", 1, "council", "ssd"),
    Sent("later", 2, "council", "ssd", whole=True),
    Sent("census", 3, "council", "cin_census"),
    Sent("arrests", 0.5, "police", "police_custody"),
    Sent("return", 1.5, "police", "police_missing"),
    Sent("changes at school", 2.5, "school", "school_change"),
)
AGAIN = tuple(
    replace(sent, name=f"{sent.name} again", days=sent.days + 0.1)
    for sent in SENT
    if sent.feed == "ssd"
)
"""Sets whose tables come once more, before the next is made."""


def in_their_order(sent: Sequence[Sent]) -> list[Sent]:
    """Put those of the dataset into the order in which they were made, in the places they have."""
    made = iter(sorted((at for at in sent if at.feed == "ssd"), key=lambda at: at.days))
    return [next(made) if at.feed == "ssd" else at for at in sent]


@st.composite
def orders(draw: st.DrawFn) -> list[Sent]:
    again = draw(st.lists(st.sampled_from(AGAIN), unique=True))
    return in_their_order(draw(st.permutations([*SENT, *again])))


def receive(sent: Sent) -> UUID:
    with travel(AT + timedelta(days=sent.days)):
        return services.receive(
            by=BY,
            agency_id=agency_id(sent.agency),
            feed=sent.feed,
            file_name="sent",
            content=io.BytesIO(CONTENTS[sent.name]),
            whole=sent.whole,
        ).delivery_id


def load_in(order: Sequence[Sent], *, repeated: Mapping[int, int]) -> None:
    """Load them as they are; after the one in that place, an earlier file comes once more."""
    received = {sent: receive(sent) for sent in sorted(order, key=lambda sent: sent.days)}
    with travel(LOADED):
        for place, sent in enumerate(order):
            load(received[sent])
            if place in repeated:
                earlier = order[repeated[place] % (place + 1)]
                assert receive(earlier) == received[earlier]
                load(received[earlier])


def load(delivery_id: UUID) -> None:
    services.begin_loading(by=BY, delivery_id=delivery_id)
    done = loading.load(by=BY, delivery_id=delivery_id)
    assert done.state == "loaded", done.error
    assert done.rows == done.accepted + done.duplicates + done.quarantined


def known() -> dict[str, Any]:
    """What is derived, in words that do not depend on identifiers.

    What a source took back before anybody knew the child is forgotten, and afterwards is kept as
    withdrawn: neither says anything of the child. Whoever waits for a person to say that they are
    one counts as one: a record that was first nameless can only be asked about.
    """
    current = dict(CurrentPerson.objects.values_list("person_id", "current_id"))
    signals = Signal.objects.values_list("id", "feed", "source_key", "record__person_id")
    name = {signal_id: f"{feed} {key}" for signal_id, feed, key, _ in signals}
    events = [
        event for event in Event.objects.all() if event.details.get("record_status") != "withdrawn"
    ]
    standing = {event.signal_id for event in events}
    current = _taken_together(current)
    people: dict[UUID, set[str]] = {}
    for signal_id, _, _, person in signals:
        if person and signal_id in standing:
            people.setdefault(current[person], set()).add(name[signal_id])
    return {
        "people": sorted(map(sorted, people.values())),
        "held": sorted(name[row[0]] for row in signals if row[3] is None),
        "events": sorted(
            [name[at.signal_id], at.kind, str(at.occurred_at), str(at.details), at.place]
            for at in events
        ),
        "contents": sorted(
            [name[row[0]], row[1]]
            for row in Signal.objects.values_list("id", "content_hash")
            if row[0] in standing
        ),
        "clocks": Counter(
            Trigger.objects.filter(ended_at=None).values_list("event_kind", "kind", "due_at")
        ),
        # What a moment is called follows from what came first; all that joined is above.
        "moments": Counter(Moment.objects.values_list("child_due_at", flat=True)),
        "waiting": sorted(
            QuarantinedRow.objects.filter(state="open").values_list("source_key", flat=True)
        ),
    }


def _taken_together(current: dict[UUID, UUID]) -> dict[UUID, UUID]:
    asked = Review.objects.filter(decided_at=None).values_list(
        "record__person_id", "candidates__record__person_id"
    )
    for one, other in asked:
        mine, theirs = current[one], current[other]
        current = {at: mine if now == theirs else now for at, now in current.items()}
    return current


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def outcome(order: Sequence[Sent], repeated: Mapping[int, int]) -> dict[str, Any]:
    with transaction.atomic():
        load_in(order, repeated=repeated)
        found = known()
        transaction.set_rollback(True)
    return found


AS_THEY_CAME: list[dict[str, Any]] = []


@settings(
    deadline=None,
    max_examples=8,
    # Each takes seconds: what fails is shown as it was found.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(orders(), st.dictionaries(st.integers(0, 9), st.integers(0, 9), max_size=3))
def test_promise_32_sets_and_rows_of_others_converge_in_any_order(
    world: World, order: list[Sent], repeated: dict[int, int]
) -> None:
    if not AS_THEY_CAME:
        AS_THEY_CAME.append(outcome(sorted(SENT, key=lambda sent: sent.days), {}))
    assert outcome(order, repeated) == AS_THEY_CAME[0]


def test_promise_32_what_the_orders_converge_to_is_right(world: World) -> None:
    """Three children, each with what all agencies say of them, and one who is nobody's yet."""
    load_in(sorted(SENT, key=lambda sent: sent.days), repeated={})
    assert not Review.objects.exists()
    found = known()
    assert [
        {name.split()[0] for name in of_one if not name.startswith(("ssd_", "cin_"))}
        for of_one in found["people"]
    ] == [
        *({"police_custody", "school_change"}, {"police_missing"}),
        *({"police_custody"}, {"school_change"}),
    ]
    first, second, _, third = (set(of_one) for of_one in found["people"])
    assert {"cin_section_47 9001 2026-02-24", "ssd_s47_enquiry E1"} <= first
    assert {"cin_referral 9002 2025-09-02", "ssd_missing M2", "ssd_address A3"} <= second
    assert {"ssd_missing M1", "ssd_cla_placement PL1"} <= third
    assert found["held"] == ["cin_child 9005", "cin_referral 9005 2026-03-30", "ssd_person 9004"]
    assert found["waiting"] == []
    assert sum(found["moments"].values()) == 4

"""What somebody reads of what was shared, beside the rule, on partnerships drawn at random.

Whoever decided works with nobody any more: nothing that is read may come from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reachable.access.models import Involvement, Restriction
from reachable.access.rules.seeing import Conflicted
from reachable.chronology.models import Event
from reachable.foundation.acting import asked_by
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now, today
from reachable.people.models import Record
from reachable.sharing import given as sharing
from reachable.sharing import services
from reachable.sharing.models import SharingDecision, SharingStep
from reachable.sharing.rules.given import Decided, KeptFrom, Said, opens, reads
from reachable.sharing.rules.pieces import PieceKey
from reachable.sharing.rules.standing import ENDED, LIVE, OVER
from reachable.sharing.services import Recipient
from tests.access.test_seeing import CHILDREN, WORKERS, Drawn, Place, drawn, make_children, put
from tests.support.sharing import REASONS

STANDS = st.sampled_from([LIVE, LIVE, LIVE, ENDED, OVER])
RECEIVES = ("ada", "ben", "lead")
KEYS = ("name", "birth_date", "postcode", "event")


@dataclass(frozen=True)
class Later:
    """What came after the decisions: which children are restricted since, what agencies sent."""

    stands: tuple[str, ...]
    restricted: frozenset[int]
    renamed: frozenset[int]
    moved: frozenset[int]
    elsewhere: frozenset[int]
    graded: frozenset[int]
    known_to_more: frozenset[int]


SOME = st.frozensets(st.sampled_from(list(CHILDREN)))
LATER = st.builds(
    Later,
    st.tuples(*(STANDS for _ in CHILDREN)),
    *(SOME for _ in range(6)),
)


@dataclass(frozen=True)
class Shared:
    """What was shared of each child, and with whom: the decisions, and the event of each."""

    made: tuple[UUID, ...]
    to: tuple[str, ...]
    events: tuple[UUID, ...]


def share(place: Place, to: tuple[str, ...]) -> Shared:
    """“third” shares four pieces of each child, and works with nobody any more."""
    by, made, events = place.hub.actor("third"), [], []
    for child, who in zip(place.children, to, strict=True):
        works = Involvement.objects.create(
            user_id=place.id_of("third"),
            subject_kind="person",
            subject_id=child.person_id,
            basis="invited",
            started_at=now(),
        )
        event = Event.objects.values_list("id", flat=True).get(record_id=child.record_id)
        keys = [PieceKey(each) for each in KEYS[:3]] + [PieceKey("event", event)]
        made.append(
            services.share(
                by=by,
                person_id=child.person_id,
                to=Recipient(user_id=place.id_of(who)),
                pieces=dict.fromkeys(keys, "They need it."),
                reasons=REASONS,
                proportion="Less would not do.",
                until=today(),
            )
        )
        events.append(event)
        works.delete()
    return Shared(tuple(made), to, tuple(events))


def happen_later(place: Place, shared: Shared, later: Later) -> None:
    for number, child in enumerate(place.children):
        record = Record.objects.filter(id=child.record_id)
        if number in later.renamed:
            record.update(shown_name="Another Name", detail_at=now())
        if number in later.moved:
            record.update(postcode="FX9 9ZZ", detail_at=now())
        if number in later.known_to_more:
            Record.objects.create(
                agency_id=place.hub.council,
                source_ref=f"more-{number}",
                person_id=child.person_id,
                detail_hash="",
                detail_at=now(),
                shown_name="Known Elsewhere",
                postcode="FX8 8AA",
            )
        event = Event.objects.filter(id=shared.events[number])
        if number in later.elsewhere:
            event.update(compartment="health")
        if number in later.graded:
            event.update(details={"handling_code": "C"})
        if number in later.restricted:
            Restriction.objects.filter(subject_id=child.person_id).update(set_at=now())
        stands = later.stands[number]
        if stands == ENDED:
            SharingStep.objects.create(
                decision_id=shared.made[number], kind=ENDED, at=now(), by_id=place.id_of("third")
            )
        if stands == OVER:
            before = today() - timedelta(days=1)
            SharingDecision.objects.filter(id=shared.made[number]).update(until=before)


def by_the_rule(
    place: Place, what: Drawn, shared: Shared, later: Later, name: str, number: int
) -> dict[str, tuple[str, ...]] | None:
    """Return kind → what is read of it, or nothing where the decision opens nothing."""
    stands_for: list[int] = []
    for child, other in enumerate(what.merged):
        stands_for.append(child if other == child else stands_for[other])
    kept_from = [
        KeptFrom(str(child), since)
        for child, (ended, readers) in what.restricted.items()
        if not ended and readers.get(name, True)
        for since in [_since(child, readers, name, later)]
    ]
    if not opens(
        Decided(shared.to[number], str(number), EARLIER, later.stands[number]),
        name,
        receives=name != "steward",
        same=[str(each) for each in CHILDREN if stands_for[each] == stands_for[number]],
        kept_from=kept_from,
        conflicted=[
            Conflicted(who, str(whom)) for who, whom, ended in what.conflicted if not ended
        ],
    ):
        return None
    first = ("Ada", "Ben", "Cai", "Dee")[number]
    born = f"{number + 1} March 2012"
    then = {
        "name": Said((f"{first} Orrell",), "identity"),
        "birth_date": Said((born,), "identity"),
        "postcode": Said(("FX1 1AA",), "identity"),
        "event": Said((), "justice"),
    }
    now_said = {
        "name": Said(("Another Name",), "identity") if number in later.renamed else then["name"],
        "birth_date": then["birth_date"],
        "postcode": Said(("FX9 9ZZ",), "identity") if number in later.moved else then["postcode"],
        "event": Said(
            (),
            "health" if number in later.elsewhere else "justice",
            on_conditions=number in later.graded,
        ),
    }
    read = {kind: reads(kind, then[kind], now_said[kind], met=False) for kind in KEYS}
    return {kind: each.said.values for kind, each in read.items() if each is not None}


EARLIER = datetime(2026, 1, 2, tzinfo=UTC)
BEFORE, AFTER = EARLIER - timedelta(days=1), EARLIER + timedelta(days=1)


def _since(child: int, readers: Mapping[str, bool], name: str, later: Later) -> datetime:
    """Whoever was a reader and is none any more is kept from it since, as after any restriction."""
    no_reader_any_more = readers.get(name, False)
    return AFTER if child in later.restricted or no_reader_any_more else BEFORE


def read_of(
    place: Place, shared: Shared, name: str, number: int
) -> dict[str, tuple[str, ...]] | None:
    by, made = place.hub.actor(name), shared.made[number]
    with asked_by(by):
        listed = made in [each.id for each in sharing.shared_with_me(by=by)]
        try:
            found = sharing.shared(by=by, shared_id=made)
        except NotFound:
            assert not listed
            return None
    assert listed
    return {
        each.key.kind: () if each.key.kind == "event" else tuple(said for _, said in each.said)
        for each in found.pieces
    }


def compare(place: Place, what: Drawn, later: Later, to: tuple[str, ...]) -> None:
    with transaction.atomic():
        shared = share(place, to)
        at = now()
        put(place, what, at)
        happen_later(place, shared, later)
        for name, number in product(WORKERS, CHILDREN):
            rule = by_the_rule(place, what, shared, later, name, number)
            assert read_of(place, shared, name, number) == rule, (name, number)
        transaction.set_rollback(True)


TO = st.tuples(*(st.sampled_from(RECEIVES) for _ in CHILDREN))
HOW = settings(
    max_examples=20,
    deadline=None,
    # A smaller example is made of rows again, which takes minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def place(db: None) -> Place:
    del db
    return make_children()


@pytest.mark.db
@HOW
@given(drawn(), LATER, TO)
def test_promise_10_a_recipient_reads_what_the_decision_opens_and_nothing_else(
    place: Place, what: Drawn, later: Later, to: tuple[str, ...]
) -> None:
    compare(place, what, later, to)

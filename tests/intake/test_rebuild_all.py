"""Every derived fact can be lost, and comes back exactly from what was received and decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, models

from reachable.access import allocating
from reachable.access.models import Involvement, User
from reachable.audit.models import Entry
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.registries import rebuilders
from reachable.foundation.time import travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.offers import gaps
from reachable.offers.models import Gap, Offer
from reachable.people.models import CurrentPerson, Merge, Record, RecordKey, Review
from reachable.provision import taxonomy
from reachable.provision.models import (
    AreaCovered,
    Opening,
    Organisation,
    Place,
    Service,
    ServiceTerm,
)
from tests.intake.test_table_sets import come
from tests.support.directory import fill_directory, load_directory, offer
from tests.support.files import CORRECTED, CUSTODY, MISSING, load
from tests.support.killing import AT
from tests.support.merging import agree
from tests.support.moments import close_as_declined
from tests.support.offers import OTHER, offered
from tests.support.tables import sample
from tests.support.world import World, make_world, moment

pytestmark = pytest.mark.db
BY = system("rebuild")


@pytest.fixture
def lived(db: None) -> World:
    """A place where files came and were corrected, moments were worked and two people merged."""
    with travel(AT):
        world = make_world()
        for name in ("Ada", "Ben", "Cai", "Dee"):
            world.signal(given_names=name, family_name=f"{name}son")
        allocating.give_staff_number(by=BY, user_id=world.users["outsider"], number="S100")
    come(sample(), history=True)
    for hours, feed, content in (
        (1, "police_custody", CUSTODY),
        (2, "police_missing", MISSING),
        (3, "police_custody", CORRECTED),
    ):
        with travel(AT + timedelta(hours=hours)):
            load(content, feed=feed)
    with travel(AT + timedelta(hours=4), ticking=True):
        _work(world)
        fill_directory(4)
        terms = [{"id": str(uuid4()), "taxonomy_term": taxonomy.described("help", "safe_place")}]
        load_directory(offer(5, attributes=terms), agency="police")
        _offer(world)
    return world


def _offer(world: World) -> None:
    """One that is wanted, one to which a child went, and a gap that was answered."""
    held = Moment.objects.filter(holder_id=world.users["first"]).order_by("id").first()
    assert held
    offered(world, held.person_id)
    offered(world, held.person_id, "wants", "sent", "attended", service=OTHER)
    by = world.actor("first")
    gap_id = gaps.record_gap(by=by, person_id=held.person_id, help="legal")
    gaps.answer_gap(by=by, gap_id=gap_id, note="Lanterns")


def _work(world: World) -> None:
    open_now = list(Moment.objects.order_by("id").values_list("id", flat=True))
    assert len(open_now) > 6
    first, second = world.actor("first"), world.actor("second")
    for moment_id in open_now[:4]:
        moments.take(by=first, moment_id=moment_id)
    moments.attempt(by=first, moment_id=open_now[0], how="visited", note="Nobody in.")
    moments.reach(by=first, moment_id=open_now[1], how="seen", note="", at=None)
    moments.close(by=first, moment_id=open_now[1], outcome="reached", reason="Meets Fern.")
    close_as_declined(by=first, moment_id=open_now[2], reason="No for now.")
    moments.pass_on(by=first, moment_id=open_now[3], reason="Off sick")
    moments.take(by=second, moment_id=open_now[4])
    moments.hand_over(
        by=second, moment_id=open_now[4], to_user=world.users["lead"], reason="Knows the family"
    )
    steward = world.actor("steward")
    for review in Review.objects.filter(outcome=""):
        same = review.candidates.values_list("record_id", flat=True).first()
        agree(steward, review.id, same)
    assert Merge.objects.exists()


def everything() -> dict[str, list[Any]]:
    """All that is derived, row by row; of those who are allocated, who is now."""
    allocated = Involvement.objects.filter(basis="allocated", ended_at=None)
    derived: list[tuple[type[models.Model], list[str]]] = [
        (CurrentPerson, ["person_id", "current_id"]),
        (Record, [field.attname for field in Record._meta.concrete_fields]),
        (RecordKey, ["key", "record_id"]),
        (Event, EVENT),
        (Moment, MOMENT),
        *((model, columns_of(model)) for model in DIRECTORY),
        (Offer, ["id", "state", "since", "attended_at", "ended_at"]),
        (Gap, ["id", "answered_at"]),
    ]
    return {
        "allocated": sorted(
            map(str, allocated.values_list("user_id", "subject_id", "because_of", "started_at"))
        ),
        **{
            model.__name__: sorted(map(str, model._default_manager.values_list(*columns)))
            for model, columns in derived
        },
    }


# An event that was lost gets a new identifier and a new time of recording.
EVENT = [
    field.attname
    for field in Event._meta.concrete_fields
    if field.attname not in {"id", "recorded_at"}
]
MOMENT = [field.attname for field in Moment._meta.concrete_fields]


DIRECTORY: tuple[type[models.Model], ...] = (
    Organisation,
    Service,
    ServiceTerm,
    Opening,
    Place,
    AreaCovered,
)


def columns_of(model: type[models.Model]) -> list[str]:
    """Return what is derived of a service; rows that were lost get new identifiers."""
    own = model in (Organisation, Service)
    return [each.attname for each in model._meta.concrete_fields if own or each.attname != "id"]


def rebuild() -> dict[str, int]:
    return {listed.key: listed.item(BY) for listed in rebuilders.listed()}


def test_a_rebuild_of_an_untouched_place_changes_nothing(lived: World) -> None:
    before, entries = everything(), Entry.objects.count()
    assert all(before.values())
    assert set(rebuild().values()) == {0}
    assert everything() == before
    assert Entry.objects.count() == entries


def _lose_keys() -> None:
    RecordKey.objects.all().delete()


def _spoil_keys() -> None:
    first = RecordKey.objects.order_by("pk").first()
    assert first
    RecordKey.objects.create(key=42, record_id=first.record_id)
    RecordKey.objects.create(key=first.key, record_id=uuid4())
    RecordKey.objects.filter(pk=first.pk).delete()


def _spoil_records() -> None:
    Record.objects.update(
        family_name="x", birth_date=None, detail_hash="", postcode="", shown_name="X"
    )


def _spoil_records_and_keys() -> None:
    _spoil_records()
    _lose_keys()


def _mix_up_people() -> None:
    one = CurrentPerson.objects.order_by("person_id").first()
    assert one
    CurrentPerson.objects.update(current_id=one.person_id)


def _lose_people() -> None:
    CurrentPerson.objects.all().delete()


def _spoil_moments() -> None:
    Moment.objects.update(
        state="closed",
        asked=None,
        holder=None,
        answer_by=None,
        reached_at=AT,
        outcome="",
        child_due_at=AT,
        next_due_at=None,
    )


def _spoil_events() -> None:
    Event.objects.filter(kind="arrest").update(place="elsewhere", precision="approximate")


def _lose_events() -> None:
    Event.objects.filter(kind="returned_from_missing").delete()


def _lose_allocations() -> None:
    Involvement.objects.filter(basis="allocated").update(ended_at=AT)


def _invent_an_allocation() -> None:
    """To somebody whom no row names."""
    Involvement.objects.filter(basis="allocated").update(
        user=User.objects.exclude(involvement__basis="allocated").order_by("id").first()
    )


def _spoil_directory() -> None:
    Organisation.objects.update(name="Nobody")
    Service.objects.update(
        name="x", words="", status="defunct", minimum_age=None, organisation=None, missing="age"
    )
    ServiceTerm.objects.update(key="mentoring")
    Place.objects.update(kept_back=False)


def _lose_directory() -> None:
    for model in (ServiceTerm, Opening, Place, AreaCovered):
        model.objects.all().delete()


def _spoil_offers() -> None:
    Offer.objects.update(state="ended", attended_at=None, ended_at=AT)
    Gap.objects.update(answered_at=None)


SPOILT: dict[str, list[Callable[[], None]]] = {
    "people": [_mix_up_people, _lose_people],
    "records": [_spoil_records, _spoil_records_and_keys],
    "keys": [_lose_keys, _spoil_keys],
    "events": [_spoil_events, _lose_events],
    "moments": [_spoil_moments],
    "directory": [_spoil_directory, _lose_directory],
    "offers": [_spoil_offers],
    "allocated": [_lose_allocations, _invent_an_allocation],
}


@pytest.mark.parametrize(
    ("key", "spoil"), [(key, spoil) for key, spoils in SPOILT.items() for spoil in spoils]
)
def test_what_was_spoilt_is_restored_exactly(
    lived: World, key: str, spoil: Callable[[], None]
) -> None:
    before = everything()
    spoil()
    assert everything() != before
    assert rebuild()[key] > 0
    assert everything() == before
    assert set(rebuild().values()) == {0}


def test_everything_spoilt_at_once_is_restored_by_one_run(lived: World) -> None:
    before = everything()
    for spoils in SPOILT.values():
        spoils[0]()
    rebuild()
    assert everything() == before


def test_every_rebuilder_is_spoilt_here() -> None:
    assert {listed.key for listed in rebuilders.listed()} == SPOILT.keys()


def test_a_person_may_not_rebuild(lived: World) -> None:
    for username in lived.users:
        for listed in rebuilders.listed():
            with pytest.raises(Exception, match="Your role does not include"):
                listed.item(lived.actor(username))


def test_a_missed_clock_stays_missed(lived: World) -> None:
    """What guidance says now gives nobody more time than the trigger gave."""
    found = Moment.objects.exclude(state="closed").first()
    assert found
    with connection.cursor() as cursor:
        cursor.execute("UPDATE moments_trigger SET due_at = %s", [AT - timedelta(hours=1)])
    rebuild()
    assert moment(found.id).child_due_at == AT - timedelta(hours=1)

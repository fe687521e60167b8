"""What hangs on a child in every room goes with the records that it came of, and comes back."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import transaction

from reachable.access.selectors import agency_id
from reachable.chronology import selectors as chronology
from reachable.conversations.models import Conversation
from reachable.foundation.errors import NotFound
from reachable.moments import selectors as moments
from reachable.offers import gaps
from reachable.offers import selectors as offers
from reachable.people import selectors, services, splitting
from reachable.people.models import Record, Split, SplitMove
from tests.support.conversations import followed
from tests.support.directory import fill_directory
from tests.support.merging import decide
from tests.support.offers import offered
from tests.support.people import claim, identify_one
from tests.support.world import World, moment

pytestmark = pytest.mark.db


def lived(world: World) -> tuple[UUID, UUID]:
    """The council’s record and, by the computer, the sergeant’s, with all that came of it."""
    fill_directory(3)
    with transaction.atomic():
        known = identify_one(claim(agency_id("council"), "C-1", given="Tamsin"))
    held = world.signal()
    assert moment(held).person_id == known.current_id
    followed(world, held)
    offered(world, known.current_id)
    gaps.record_gap(by=world.actor("first"), person_id=known.current_id, help="legal")
    return known.current_id, Record.objects.get(agency__key="police").id


def seen(world: World, person_id: UUID) -> dict[str, list[object]]:
    """All that everybody sees of this child, in every room."""
    found: dict[str, list[object]] = {}
    for name in sorted(world.users):
        by = world.actor(name)
        try:
            child = selectors.child(by=by, person_id=person_id)
        except Exception as error:
            found[name] = [type(error).__name__]
            continue
        found[name] = [
            sorted(record.agency for record in child.records),
            chronology.time_line(by=by, person_id=person_id).total,
            sorted(row.id for row in moments.moments_of_child(by=by, person_id=person_id)),
            sorted(row.id for row in offers.offers_of_child(by=by, person_id=person_id)),
            sorted(row.id for row in offers.gaps_of_child(by=by, person_id=person_id)),
            sorted(Conversation.objects.filter(person__now__current=person_id).values_list("id")),
        ]
    return found


def test_promise_33_what_came_of_a_record_goes_and_comes_back_in_every_room(world: World) -> None:
    one, record_id = lived(world)
    before = seen(world, one)
    split_id = splitting.split(
        by=world.actor("steward"), record_ids=[record_id], into=None, reason="Cousins"
    )
    other = Split.objects.get().to_person_id
    assert set(map(str, seen(world, one).values())) <= {"['NotFound']", "['Forbidden']"}
    after = seen(world, other)
    for name, rows in before.items():
        if len(rows) > 1:
            assert after[name][0] == ["Fenmarch Police"]
            assert after[name][1:] == rows[1:]
        else:
            assert after[name] == rows
    moved = set(SplitMove.objects.values_list("pointer", flat=True))
    assert moved == {
        "people.Record.person",
        "moments.Moment.person",
        "conversations.Conversation.person",
        "offers.Offer.person",
        "offers.Gap.person",
        "access.Involvement.subject_id",
    }
    splitting.undo_split(by=world.actor("steward"), split_id=split_id, reason="One child")
    assert seen(world, one) == before


def test_promise_33_a_merge_and_its_undo_leave_every_room_as_it_was(world: World) -> None:
    one, record_id = lived(world)
    with transaction.atomic():
        cai = identify_one(claim(agency_id("school"), "S-1", given="Cai", born="2010-10-10"))
        first = identify_one(claim(agency_id("council"), "C-1", given="Tamsin"))
    steward = world.actor("steward")
    before = seen(world, one), seen(world, cai.current_id)
    merge_id = decide(steward, cai.record_id, first.record_id)
    assert seen(world, one) != before[0]
    services.undo_merge(by=steward, merge_id=merge_id, reason="Two children")
    assert (seen(world, one), seen(world, cai.current_id)) == before
    with pytest.raises(NotFound):
        selectors.child(by=world.actor("first"), person_id=cai.current_id)
    assert record_id

"""What was shared stands by the decision, whatever becomes of whoever decided."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from reachable.access import services as access
from reachable.access.models import Involvement
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now, travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.people import conflicts
from reachable.people.models import CurrentPerson, Person, Record, RecordDetail
from reachable.sharing import acting, answering, given, selectors, services
from reachable.sharing.answering import LEFT, WATCHED
from reachable.sharing.models import SharingPiece, SharingUnanswered
from reachable.sharing.pieces import CORRECTED, MOVED, Piece
from reachable.sharing.reading import as_said
from reachable.sharing.rules.pieces import PieceKey
from reachable.sharing.watching import watched
from tests.support.closing import restrict
from tests.support.moments import close_as_declined
from tests.support.offers import child_of
from tests.support.sharing import OUTSIDE, shared
from tests.support.world import World, html

pytestmark = pytest.mark.db
BY = system("tests")
FIELDS = ("name", "birth_date", "postcode", "communication_needs", "moment")


@pytest.fixture
def child(world: World) -> UUID:
    moment_id = world.signal(needs="Short sentences")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def nobody_works_with(child: UUID) -> None:
    Involvement.objects.filter(subject_id=child).update(ended_at=now())


def pieces(world: World, made: UUID) -> dict[str, Piece]:
    found = given.shared(by=world.actor("teacher"), shared_id=made).pieces
    return {str(each.key): each for each in found}


def texts(world: World, made: UUID) -> dict[str, str]:
    return {key: each.text for key, each in pieces(world, made).items()}


def told_of(kind: str) -> set[UUID]:
    return set(Notice.objects.filter(kind=kind).values_list("user_id", flat=True))


def works_with(world: World, username: str, child: UUID) -> None:
    Involvement.objects.create(
        user_id=world.users[username],
        subject_kind="person",
        subject_id=child,
        basis="invited",
        started_at=now(),
    )


def test_a_worker_who_changes_jobs_takes_nothing_from_the_school(world: World, child: UUID) -> None:
    made = shared(world, child, *FIELDS)
    assert texts(world, made).keys() == {*FIELDS}
    conflicts.declare(
        by=world.actor("lead"), person_id=child, reason="Nephew", whose=world.users["first"]
    )
    access.end_role(by=BY, user_id=world.users["first"], role="practitioner")
    access.end_account(by=BY, user_id=world.users["first"])
    before = texts(world, made)
    assert before.keys() == {*FIELDS}
    nobody_works_with(child)
    assert texts(world, made) == before
    assert "Tamsin Orrell" in html(world.client("teacher").get(f"/shared-with-me/{made}/"))
    with travel(now() + timedelta(days=15)), pytest.raises(NotFound):
        given.shared(by=world.actor("teacher"), shared_id=made)


def test_the_same_fact_put_right_is_read_and_another_fact_is_not(world: World, child: UUID) -> None:
    made = shared(world, child, *FIELDS)
    nobody_works_with(child)
    held = Record.objects.filter(person_id=child)
    held.update(
        shown_name="Tamzin Orrell", birth_date="2012-03-13", postcode="FX9 9ZZ", detail_at=now()
    )
    RecordDetail.objects.create(
        record=held.get(), content={"communication_needs": "Signs"}, received_at=now()
    )
    read = pieces(world, made)
    assert (read["name"].text, read["name"].changed) == ("Tamzin Orrell", CORRECTED)
    assert (read["birth_date"].text, read["birth_date"].changed) == ("13 March 2012", CORRECTED)
    assert (read["postcode"].text, read["postcode"].changed) == ("", MOVED)
    assert read["communication_needs"].text == "Short sentences"
    assert read["name"].at is not None
    assert read["postcode"].at is None, "when it came tells of the move"
    assert "FX9" not in html(world.client("teacher").get(f"/shared-with-me/{made}/"))
    held.update(postcode="FX1 1AA")
    assert (texts(world, made)["postcode"], pieces(world, made)["postcode"].changed) == (
        "FX1 1AA",
        "",
    )


def test_what_was_said_then_is_known_again_under_a_newer_key(
    world: World, child: UUID, tmp_path: Path, settings: Any
) -> None:
    made, another = (shared(world, child, *FIELDS) for _ in range(2))
    kept = json.loads(Path(settings.KEY_FILE).read_text())
    newer = tmp_path / "keys.json"
    newer.write_text(json.dumps({"current": "k2", "keys": {**kept["keys"], "k2": "ab" * 32}}))
    newer.chmod(0o600)
    settings.KEY_FILE = str(newer)
    read = pieces(world, made)
    assert {each.changed for each in read.values()} == {""}
    assert read["postcode"].text == "FX1 1AA"
    said = SharingPiece.objects.filter(kind="name", decision__in=[made, another])
    assert len({tuple(each.said or ()) for each in said}) == 2, (
        "one decision tells nothing of another"
    )
    as_number = replace(read["name"], key=PieceKey("upn"))
    assert as_said(made, as_number) != as_said(made, read["name"]), "nor one field of another"


def test_what_was_decided_before_anything_was_kept_of_it_is_read_as_it_stands(
    world: World, child: UUID
) -> None:
    made = shared(world, child, *FIELDS)
    SharingPiece.objects.filter(decision=made).update(said=None)
    Record.objects.filter(person_id=child).update(shown_name="Tamzin Orrell", postcode="FX9 9ZZ")
    read = pieces(world, made)
    assert (read["name"].text, read["name"].changed) == ("Tamzin Orrell", "")
    assert (read["postcode"].text, read["postcode"].changed) == ("FX9 9ZZ", "")


def test_the_page_of_a_decision_says_what_the_recipient_reads_where_that_is_not_what_stands(
    world: World, child: UUID
) -> None:
    made = shared(world, child, "name", "postcode", "moment")
    lead = world.client("lead")
    assert "Tay Teacher reads:" not in html(lead.get(f"/sharing/{made}/"))
    Record.objects.filter(person_id=child).update(postcode="FX9 9ZZ")
    Moment.objects.filter(person_id=child).update(opened_at=now())
    page = html(lead.get(f"/sharing/{made}/"))
    assert "Tay Teacher reads: that it has changed" in page
    assert "Tay Teacher reads: nothing of it now" in page
    chosen = selectors.decision(by=world.actor("lead"), sharing_id=made).chosen
    assert [each.otherwise for each in chosen] == ["", "that it has changed", "nothing of it now"]


def test_what_another_agency_says_of_the_child_later_is_not_read(world: World, child: UUID) -> None:
    made = shared(world, child, *FIELDS)
    before = texts(world, made)
    clinic = access.create_agency(by=BY, key="clinic", name="Heron Clinic", kind="health")
    later = Record.objects.create(
        agency_id=clinic,
        source_ref="C1",
        person_id=child,
        detail_hash="",
        detail_at=now(),
        shown_name="Tammy Heron",
        family_name="heron",
        given_names="tammy",
        postcode="FX8 8AA",
    )
    assert texts(world, made) == before
    anew = shared(world, child, *FIELDS, by="second")
    nobody_works_with(child)
    assert texts(world, anew)["name"] == "Tammy Heron"
    other = Person.objects.create(made_at=now())
    CurrentPerson.objects.create(person=other, current=other)
    Record.objects.filter(id=later.id).update(person=other)
    assert "Heron" not in str(texts(world, anew)), "it was found to be of somebody else"


def test_two_children_merged_later_add_nothing_and_what_was_shared_follows(
    world: World, child: UUID
) -> None:
    made = shared(world, child, *FIELDS)
    before = texts(world, made)
    other = child_of(world.signal(given_names="Otter", family_name="Elsewhere", needs="Pictures"))
    CurrentPerson.objects.filter(person_id=child).update(current_id=other)
    assert texts(world, made) == before


def test_a_moment_that_opens_later_is_not_what_was_shared(world: World, child: UUID) -> None:
    made = shared(world, child, "moment", "name")
    moment_id = Moment.objects.values_list("id", flat=True).get(person_id=child)
    Moment.objects.filter(id=moment_id).update(opened_at=now())
    assert texts(world, made).keys() == {"name"}
    Moment.objects.filter(id=moment_id).update(opened_at=now() - timedelta(hours=1))
    Moment.objects.filter(id=moment_id).update(holder=world.users["second"])
    assert "Sol Second" in texts(world, made)["moment"]
    close_as_declined(by=world.actor("second"), moment_id=moment_id, reason="Enough")
    assert texts(world, made).keys() == {"name"}


def test_an_event_that_came_to_belong_elsewhere_or_to_another_child_drops_out(
    world: World, child: UUID
) -> None:
    event = Event.objects.get(record__person_id=child)
    made = shared(world, child, "name", f"event:{event.id}")
    nobody_works_with(child)
    assert f"event:{event.id}" in texts(world, made)
    Event.objects.update(compartment="health")
    assert texts(world, made).keys() == {"name"}
    Event.objects.update(compartment=event.compartment)
    assert f"event:{event.id}" in texts(world, made)
    other = Person.objects.create(made_at=now())
    CurrentPerson.objects.create(person=other, current=other)
    Record.objects.filter(person_id=child).update(person=other)
    assert texts(world, made) == {}


def test_what_the_decider_did_not_see_as_a_source_is_not_named_later(
    world: World, child: UUID
) -> None:
    made = shared(world, child, "name")
    assert pieces(world, made)["name"].agency == "Fenmarch Police"
    SharingPiece.objects.update(agency="")
    assert pieces(world, made)["name"].agency == ""


@pytest.mark.parametrize("way", ["closed", "ended", "until", "conflict", "restricted", "account"])
def test_others_are_asked_once_for_whatever_reason_nobody_answers(
    world: World, child: UUID, way: str
) -> None:
    made = shared(world, child, "name")
    answering.look(by=BY)
    assert not SharingUnanswered.objects.exists()
    _stop(world, child, way)
    answering.look(by=BY)
    answering.look(by=BY)
    gap = SharingUnanswered.objects.get(decision_id=made, ended_at=None)
    lead, governance = world.users["lead"], world.users["governance"]
    assert (told_of(LEFT), told_of(WATCHED)) == (
        ({lead}, set()) if way in ("conflict", "restricted", "account") else (set(), {governance})
    )
    (row,) = watched(by=world.actor("governance")).rows
    assert row.unanswered == gap.since
    page = html(world.client("governance").get("/sharing/"))
    assert "nobody answers for it" in page
    told = Notice.objects.filter(kind__in=(LEFT, WATCHED))
    assert told.count() == 1


def _stop(world: World, child: UUID, way: str) -> None:
    first = world.users["first"]
    if way == "closed":
        held = Moment.objects.get(person_id=child)
        close_as_declined(by=world.actor("first"), moment_id=held.id, reason="Asked us not to")
    elif way == "ended":
        nobody_works_with(child)
    elif way == "until":
        Involvement.objects.filter(subject_id=child).update(until=now())
    elif way == "conflict":
        conflicts.declare(by=world.actor("lead"), person_id=child, reason="Nephew", whose=first)
    elif way == "restricted":
        restrict(world.actor("lead"), child, world.users["lead"], world.users["second"])
    else:
        access.end_account(by=BY, user_id=first)


def test_the_page_of_a_decision_says_who_answers_and_since_when_nobody_does(
    world: World, child: UUID
) -> None:
    made = shared(world, child, "name")
    lead = world.client("lead")
    assert "Fern First answers for it" in html(lead.get(f"/sharing/{made}/"))
    access.end_account(by=BY, user_id=world.users["first"])
    said = html(lead.get(f"/sharing/{made}/"))
    assert "Nobody answers for it" in said
    assert "Nobody answers for it" in html(lead.get(f"/children/{child}/"))
    facts = selectors.decision(by=world.actor("lead"), sharing_id=made)
    assert facts.row.unanswered == SharingUnanswered.objects.get().since
    told = html(world.client("teacher").get(f"/shared-with-me/{made}/"))
    assert "nobody answers for this since" in told
    assert "Fenmarch Council" in told
    anew = shared(world, child, "name", by="lead", supersedes_id=made)
    assert "Lu Lead answers for it" in html(lead.get(f"/sharing/{anew}/"))
    assert "Nobody answers for it" not in html(lead.get(f"/sharing/{made}/"))


def test_whoever_decided_answers_again_once_they_see_the_child_again(
    world: World, child: UUID
) -> None:
    made = shared(world, child, "name")
    nobody_works_with(child)
    answering.look(by=BY)
    works_with(world, "first", child)
    answering.look(by=BY)
    assert SharingUnanswered.objects.get().ended_at is not None
    assert selectors.decisions_of(by=world.actor("first"), person_id=child)[0].unanswered is None
    Involvement.objects.all().update(ended_at=now())
    answering.look(by=BY)
    assert SharingUnanswered.objects.filter(decision_id=made).count() == 2
    assert Notice.objects.filter(kind=WATCHED).count() == 2, "they are asked anew"


def test_nobody_is_asked_of_what_is_over_ended_or_was_never_opened(
    world: World, child: UUID
) -> None:
    ended = shared(world, child, "name")
    services.end(by=world.actor("first"), sharing_id=ended, reason="No longer needed")
    outside = shared(world, child, "name", to=OUTSIDE)
    acting.agree(by=world.actor("lead"), sharing_id=outside, agreed=False, note="Too much")
    shared(world, child, "name", until=now().date())
    nobody_works_with(child)
    with travel(now() + timedelta(days=3)):
        answering.look(by=BY)
    assert not SharingUnanswered.objects.exists()
    assert told_of(LEFT) | told_of(WATCHED) == set()


def test_the_recipients_list_leaves_out_what_a_later_decision_replaced(
    world: World, child: UUID
) -> None:
    made, teacher = shared(world, child, "name"), world.actor("teacher")
    shared(world, child, "name", to="outsider", by="second", supersedes_id=made)
    assert given.shared_with_me(by=teacher) == []

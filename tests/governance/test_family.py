"""A family who ask are told who may read about the child, who did, and with whom it was shared."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from docx import Document

from reachable.access import services as access
from reachable.access.models import Involvement
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden
from reachable.foundation.ids import new_id
from reachable.foundation.time import travel
from reachable.governance import families, keeping
from reachable.governance.families import Request
from reachable.governance.rules import WatchRules
from reachable.governance.rules.family import (
    ASKS,
    EXEMPTIONS,
    WORKS,
    Kept,
    Reading,
    Shared,
    Worked,
    lines_of,
)
from reachable.people import selectors as people
from reachable.people.models import CurrentPerson
from reachable.sharing import acting, services
from tests.support.conversations import followed
from tests.support.reading import reading_age
from tests.support.sharing import OUTSIDE, refused, shared
from tests.support.world import World, html, make_world, moment

pytestmark = pytest.mark.db
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
OLDEST = 12


@pytest.fixture
def place(db: None) -> Iterator[World]:
    with travel(NOON):
        world = make_world()
        world.users["other"] = access.create_account(
            by=system("tests"),
            username="other",
            name="Ori Other",
            agency_id=agency_id("council"),
            roles=["information_governance"],
        )
        yield world


@pytest.fixture
def child(place: World) -> UUID:
    person_id = moment(place.signal()).person_id
    for who in ("first", "second", "first"):
        people.child(by=place.actor(who), person_id=person_id)
    return person_id


def asked(child: UUID, **changed: Any) -> Request:
    given: dict[str, Any] = {
        "person_id": child,
        "asked_by_whom": "parent",
        "identity_checked": "Passport seen by a worker.",
        "first": NOON.date() - timedelta(days=7),
        "last": NOON.date(),
        "exemptions": (),
        "weighed": "Nothing is held back.",
    }
    return Request(**{**given, **changed})


def said(world: World, request: Request, by: str = "governance") -> str:
    request_id = families.put_together(by=world.actor(by), request=request)
    found = families.request(by=world.actor(by), request_id=request_id)
    return "\n".join(text for _, text in found.content)


def test_it_says_by_role_and_agency_who_may_read_and_who_did(place: World, child: UUID) -> None:
    told = said(place, asked(child))
    assert "The team Hub of Fenmarch Council: from 18 November 2026 and still can." in told
    assert "Practitioner, Fenmarch Council: 3 times, 18 November 2026." in told
    for word in ("Fern", "Second", "Tamsin", "Orrell", str(child), "Custody"):
        assert word not in told, word


def test_names_of_staff_stand_there_only_where_the_partnership_says_so(
    place: World, child: UUID
) -> None:
    keeping.set_rules(by=place.actor("governance"), rules=WatchRules(staff_names=True))
    told = said(place, asked(child))
    assert "Fern First, Practitioner, Fenmarch Council: 2 times, 18 November 2026." in told


def test_only_the_time_that_was_asked_about_is_in_it(place: World, child: UUID) -> None:
    before = NOON.date() - timedelta(days=3)
    told = said(place, asked(child, first=before, last=before))
    assert "Nobody could." in told
    assert "Nobody opened it in this time." in told
    Involvement.objects.filter(subject_id=child).update(ended_at=NOON + timedelta(hours=1))
    with travel(NOON + timedelta(days=2)):
        people_later = said(place, asked(child, last=NOON.date() + timedelta(days=1)))
    assert "to 18 November 2026" in people_later


def test_whoever_read_a_record_that_turned_out_to_be_the_same_child_is_in_it(
    place: World, child: UUID
) -> None:
    other = moment(place.signal(family_name="Elsewhere")).person_id
    people.child(by=place.actor("lead"), person_id=other)
    assert "Supervisor" not in said(place, asked(child))
    CurrentPerson.objects.filter(person_id=other).update(current_id=child)
    assert "Supervisor, Fenmarch Council: once" in said(place, asked(child))
    assert "Supervisor" in said(place, asked(other)), "the older reference leads there too"


def test_what_was_passed_on_is_said_without_what_it_was(place: World) -> None:
    held = place.signal()
    followed(place, held)
    told = said(place, asked(moment(held).person_id))
    assert "18 November 2026: Fenmarch Police. A worker told them one thing" in told
    assert "meet" not in told.lower()


def test_what_was_shared_by_decision_is_said_with_whom_and_until_when(
    place: World, child: UUID
) -> None:
    made = shared(place, child, "name", "birth_date")
    outside = shared(place, child, "name", to=OUTSIDE)
    refused(place, child)
    told = said(place, asked(child))
    line = "18 November 2026: {}. A worker chose what to share with them, until {}."
    assert line.format("Osier School", "2 December 2026") in told
    assert "Boxing" not in told, "nothing went outside yet"
    acting.agree(by=place.actor("lead"), sharing_id=outside, agreed=True)
    acting.make_document(by=place.actor("first"), sharing_id=outside, how="word")
    with travel(NOON + timedelta(days=1)):
        services.end(by=place.actor("first"), sharing_id=made, reason="The meeting was held.")
        told = said(place, asked(child))
        assert line.format("Osier School", "19 November 2026") in told
        assert line.format("Osier Boxing Club", "2 December 2026") in told
    for word in ("Tay", "Vic", "gate", "Tamsin", "Housing"):
        assert word not in told, word
    with travel(NOON + timedelta(days=9)):
        later = asked(child, first=date(2026, 11, 20), last=date(2026, 11, 27))
        told = said(place, later)
    assert "Osier School" not in told, "it had ended before that time"
    assert "Osier Boxing Club" in told
    before = asked(child, first=date(2026, 11, 10), last=date(2026, 11, 17))
    assert "Osier" not in said(place, before)


def test_what_is_held_back_is_said_plainly_and_its_law_is_marked_unconfirmed(
    place: World, child: UUID
) -> None:
    every = tuple(each.key for each in EXEMPTIONS)
    request_id = families.put_together(
        by=place.actor("governance"), request=asked(child, exemptions=every)
    )
    page = html(place.client("governance").get(f"/families/{request_id}/"))
    for each in EXEMPTIONS:
        assert each.told.replace("’", "’") in page
        assert f"{each.source}, not confirmed" in page
    told = families.request(by=place.actor("governance"), request_id=request_id).content
    assert "Schedule" not in str(told), "no schedule is cited to a family"


def test_promise_14_nobody_releases_what_they_put_together(place: World, child: UUID) -> None:
    request_id = families.put_together(by=place.actor("governance"), request=asked(child))
    with pytest.raises(BadInput, match="yourself"):
        families.decide(
            by=place.actor("governance"), request_id=request_id, released=True, reason="Right."
        )
    maker, other = place.client("governance"), place.client("other")
    assert maker.get(f"/families/{request_id}/answer.docx").status_code == 409
    answers = {"decision": "release", "reason": "Right."}
    assert "yourself" in html(maker.post(f"/families/{request_id}/", answers), 422)
    assert other.get(f"/families/{request_id}/answer.pdf").status_code == 409
    assert other.post(f"/families/{request_id}/", answers).status_code == 302
    word = maker.get(f"/families/{request_id}/answer.docx")
    text = "\n".join(each.text for each in Document(io.BytesIO(word.content)).paragraphs)
    assert "Practitioner, Fenmarch Council" in text
    assert maker.get(f"/families/{request_id}/answer.pdf").content.startswith(b"%PDF")
    acts = Entry.objects.filter(action__startswith="governance.family").order_by("id")
    assert [(entry.action, entry.subject_id) for entry in acts] == [
        ("governance.family_put_together", child),
        ("governance.family_released", child),
        ("governance.family_taken", child),
        ("governance.family_taken", child),
    ]
    with pytest.raises(Conflict):
        families.decide(
            by=place.actor("other"), request_id=request_id, released=False, reason="No."
        )


def test_each_answer_has_a_reference_of_its_own(place: World, child: UUID) -> None:
    by = place.actor("governance")
    for _ in range(2):
        families.put_together(by=by, request=asked(child))
    references = [each.reference for each in families.requests(by=by)]
    assert references == ["F-20261118-2", "F-20261118-1"]


def test_what_was_sent_back_is_never_given_out(place: World, child: UUID) -> None:
    request_id = families.put_together(by=place.actor("governance"), request=asked(child))
    client = place.client("other")
    answers = {"decision": "back", "reason": "The period is wrong."}
    assert client.post(f"/families/{request_id}/", answers).status_code == 302
    assert "Sent back" in html(client.get(f"/families/{request_id}/"))
    assert client.get(f"/families/{request_id}/answer.pdf").status_code == 409


def test_it_stands_as_it_was_read(place: World, child: UUID) -> None:
    """What happens between putting together and releasing does not change what is given out."""
    request_id = families.put_together(by=place.actor("governance"), request=asked(child))
    people.child(by=place.actor("lead"), person_id=child)
    families.decide(by=place.actor("other"), request_id=request_id, released=True, reason="Right.")
    paper = families.paper(by=place.actor("other"), request_id=request_id)
    assert "Supervisor" not in str(paper.blocks)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"person_id": new_id()}, "No record has that reference."),
        ({"last": date(2027, 1, 1)}, "none is yet to come"),
        ({"first": date(2026, 11, 18), "last": date(2026, 11, 17)}, "the first comes before"),
    ],
)
def test_what_cannot_be_answered_is_said(
    place: World, child: UUID, changed: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        families.put_together(by=place.actor("governance"), request=asked(child, **changed))
    assert families.requests(by=place.actor("governance")) == []
    page = html(place.client("governance").get("/families/"))
    assert "No family has asked yet." in page


def test_a_form_that_is_empty_says_what_is_missing(place: World) -> None:
    page = html(place.client("governance").post("/families/new/", {"weighed": ""}), 422)
    for label in ("Who asks?", "What did you weigh?", "Reference of the child’s record"):
        assert f"“{label}” needs an answer" in page


@pytest.mark.parametrize("username", ["first", "lead", "administrator", "clerk"])
def test_nobody_else_answers_families(place: World, child: UUID, username: str) -> None:
    with pytest.raises(Forbidden):
        families.put_together(by=place.actor(username), request=asked(child))
    assert place.client(username).get("/families/").status_code == 403


def test_a_family_can_read_it_at_twelve() -> None:
    """Names of roles and agencies are not ours to shorten, so that they stand for a word each."""
    day = date(2026, 3, 3)
    kept = Kept(
        first=day,
        last=date(2026, 5, 5),
        worked=tuple(Worked("A team", day, None, basis) for basis in (*WORKS, "another")),
        readings=(Reading("Nurse", 3, day, date(2026, 4, 4)), Reading("Police", 1, day, day)),
        shared=(
            Shared(day, "The school", "A worker told them one thing that they needed to know."),
            Shared(day, "The club", "A worker chose what to share with them, until 4 April 2026."),
        ),
        held_back=tuple(each.key for each in EXEMPTIONS),
    )
    text = " ".join(re.sub(r"[.]?$", ".", text) for _, text in lines_of(kept))
    assert reading_age(text) <= OLDEST
    for _, line in lines_of(kept):
        for sentence in re.split(r"(?<=[.?!:])\s+", line):
            assert len(sentence.split()) <= 20, sentence
    assert set(ASKS) == {"child", "parent", "carer", "representative"}

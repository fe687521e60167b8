"""Deciding to share: what is refused, what is kept, who is told, and that nothing is edited."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from docx import Document

from reachable.access import services as access
from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.audit.models import Entry
from reachable.chronology.models import Event
from reachable.chronology.selectors import time_line
from reachable.conversations import services as conversations
from reachable.foundation.actor import system
from reachable.foundation.documents import as_word
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today
from reachable.moments import services as moments
from reachable.notices.models import Notice
from reachable.sharing import acting, given, selectors, services
from reachable.sharing.answering import LEFT
from reachable.sharing.models import SharingDecision, SharingPiece, SharingStep
from reachable.sharing.papers import paper_of
from reachable.sharing.pieces import CORRECTED, TAKEN_BACK
from reachable.sharing.services import Reasons, Recipient
from tests.support.conversations import writing
from tests.support.offers import child_of
from tests.support.sharing import (
    ASKED,
    OUTSIDE,
    REASONS,
    answers,
    asked,
    key,
    refused,
    shared,
)
from tests.support.world import World

pytestmark = pytest.mark.db
BY = system("tests")


@pytest.fixture
def moment_id(world: World) -> UUID:
    moment_id = world.signal(needs="Short sentences")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


@pytest.fixture
def child(moment_id: UUID) -> UUID:
    return child_of(moment_id)


def event_of(world: World, child: UUID) -> str:
    (event,) = time_line(by=world.actor("first"), person_id=child).events
    return f"event:{event.id}"


def id_of(piece: str) -> UUID:
    subject_id = key(piece).subject_id
    assert subject_id is not None
    return subject_id


def told(world: World, username: str) -> list[str]:
    held = Notice.objects.filter(user_id=world.users[username], kind__startswith="sharing.")
    return list(held.order_by("created_at").values_list("kind", flat=True))


WRONG = [
    ({"until": today() - timedelta(days=1)}, "at most a year away"),
    ({"until": today() + timedelta(days=367)}, "at most a year away"),
    ({"reasons": Reasons(**{**vars(REASONS), "bases": ()})}, "at least one lawful basis"),
    ({"reasons": Reasons(**{**vars(REASONS), "bases": ("children_act_2004_s10",)})}, "basis"),
    ({"reasons": Reasons(**{**vars(REASONS), "bases": ("duty_16la", "public_task")})}, "list"),
    ({"reasons": Reasons(**{**vars(REASONS), "told_note": " "})}, "every question"),
    ({"reasons": Reasons(**{**vars(REASONS), "harm_if_not": ""})}, "every question"),
    ({"reasons": Reasons(**{**vars(REASONS), "told": "everybody"})}, "who was told"),
    ({"to": Recipient()}, "with whom"),
    ({"to": Recipient(name="Somebody")}, "their organisation"),
    ({"to": OUTSIDE, "conditions": ""}, "conditions"),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_what_is_missing_is_said_and_nothing_is_recorded(
    world: World, child: UUID, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        shared(world, child, "name", **more)
    assert not SharingDecision.objects.exists()


def test_each_piece_needs_a_reason(world: World, child: UUID) -> None:
    for pieces in ({}, {key("name"): " "}):
        with pytest.raises(BadInput, match="of each why they need it"):
            services.share(
                by=world.actor("first"),
                person_id=child,
                to=Recipient(user_id=world.users["teacher"]),
                pieces=pieces,
                reasons=REASONS,
                proportion="Little.",
                until=today(),
            )


def test_promise_05_a_childs_own_words_go_nowhere_by_sharing(
    world: World, moment_id: UUID, child: UUID
) -> None:
    content = {
        **writing(moment_id).content,
        "words": {"words": "they took my phone and my shoes and said pay"},
    }
    conversations.keep(by=world.actor("first"), writing=writing(moment_id, content=content))
    said = "She told us: they took my phone and my shoes and said pay."
    reasons = Reasons(**{**vars(REASONS), "purpose": said})
    with pytest.raises(BadInput, match="the child’s own words"):
        shared(world, child, "name", reasons=reasons)
    with pytest.raises(BadInput, match="the child’s own words"):
        shared(world, child, "name", to=OUTSIDE, conditions=said)
    made = shared(world, child, "name", "moment", event_of(world, child))
    pieces = given.shared(by=world.actor("teacher"), shared_id=made).pieces
    assert "my shoes" not in repr(pieces)


def test_where_the_name_is_not_shared_the_purpose_does_not_tell_it(
    world: World, child: UUID
) -> None:
    reasons = Reasons(**{**vars(REASONS), "purpose": "To meet tamsin at the gate."})
    with pytest.raises(BadInput, match="hold it: tamsin"):
        shared(world, child, "birth_date", reasons=reasons)
    shared(world, child, "birth_date", "name", reasons=reasons)


def test_promise_10_nobody_shares_what_they_do_not_see_themselves(
    world: World, child: UUID
) -> None:
    """Neither a piece of another child, nor one of a compartment that is closed to them."""
    other = child_of(world.signal("other_worry", given_names="Idris", family_name="Whitlock"))
    theirs = event_of(world, other)
    for piece in (theirs, f"offer:{child}", f"event:{child}"):
        with pytest.raises(NotFound):
            shared(world, child, "name", piece)
    own = event_of(world, child)
    Event.objects.filter(id=id_of(own)).update(compartment="intelligence")
    with pytest.raises(NotFound):
        shared(world, child, "name", own)
    with pytest.raises(Forbidden):
        shared(world, child, "name", by="sergeant")
    with pytest.raises(NotFound):
        shared(world, child, "name", by="outsider")


def test_promise_14_whoever_asked_for_it_does_not_decide(world: World, child: UUID) -> None:
    request = asked(world, child, of="second")
    with pytest.raises(Conflict, match="You asked for this yourself"):
        shared(world, child, "name", by="second", request_id=request)
    with pytest.raises(Conflict, match="You asked for this yourself"):
        refused(world, child, by="second", request_id=request)
    with pytest.raises(Conflict, match="would receive it"):
        shared(world, child, "name", to="first")
    assert not SharingDecision.objects.exists()
    shared(world, child, "name", to="second", request_id=request)
    with pytest.raises(Conflict, match="answered this request already"):
        refused(world, child, request_id=request)


def test_promise_14_outside_needs_a_second_person(world: World, child: UUID) -> None:
    made = shared(world, child, "name", to=OUTSIDE)
    assert told(world, "lead") == ["sharing.to_agree"]
    with pytest.raises(Forbidden):
        acting.agree(by=world.actor("first"), sharing_id=made, agreed=True)
    with pytest.raises(Conflict, match="not shared now"):
        acting.make_document(by=world.actor("first"), sharing_id=made, how="pdf")
    own = shared(world, child, "birth_date", to=OUTSIDE, by="lead")
    with pytest.raises(Conflict, match="somebody else"):
        acting.agree(by=world.actor("lead"), sharing_id=own, agreed=True)
    acting.agree(by=world.actor("lead"), sharing_id=made, agreed=True)
    with pytest.raises(Conflict, match="does not wait"):
        acting.agree(by=world.actor("lead"), sharing_id=made, agreed=False, note="Too late")
    assert told(world, "first") == ["sharing.answered"]
    handing = acting.make_document(by=world.actor("first"), sharing_id=made, how="word")
    words = "\n".join(
        each.text for each in Document(BytesIO(as_word(paper_of(handing)))).paragraphs
    )
    for said in (
        "OFFICIAL-SENSITIVE",
        "Tamsin Orrell",
        "at the gate",
        "Tell nobody else",
        "Destroy",
    ):
        assert said in words
    for hidden in ("2012", "FX1 1AA", "Short sentences", "exhausted"):
        assert hidden not in words


def test_a_second_person_who_does_not_agree_ends_it(world: World, child: UUID) -> None:
    made = shared(world, child, "name", to=OUTSIDE)
    with pytest.raises(BadInput, match="why you do not agree"):
        acting.agree(by=world.actor("lead"), sharing_id=made, agreed=False)
    acting.agree(by=world.actor("lead"), sharing_id=made, agreed=False, note="Too much.")
    facts = selectors.decision(by=world.actor("first"), sharing_id=made)
    assert facts.row.stands == "declined"


def test_a_later_decision_takes_the_place_of_an_earlier(world: World, child: UUID) -> None:
    first = shared(world, child, "name", "birth_date")
    second = shared(world, child, "name", supersedes_id=first)
    teacher = world.actor("teacher")
    with pytest.raises(NotFound):
        given.shared(by=teacher, shared_id=first)
    assert [each.title for each in given.shared(by=teacher, shared_id=second).pieces] == ["Name"]
    assert [each.id for each in given.shared_with_me(by=teacher)] == [second]
    with pytest.raises(Conflict, match="not shared any more"):
        shared(world, child, "name", supersedes_id=first)


def test_an_end_is_told_and_recorded_and_nothing_before_it_is_changed(
    world: World, child: UUID
) -> None:
    made = shared(world, child, "name")
    before = [
        list(model.objects.order_by("id").values()) for model in (SharingDecision, SharingPiece)
    ]
    services.end(by=world.actor("second"), sharing_id=made, reason="The meeting was held.")
    after = [
        list(model.objects.order_by("id").values()) for model in (SharingDecision, SharingPiece)
    ]
    assert before == after
    assert SharingStep.objects.get().note == "The meeting was held."
    assert told(world, "teacher") == ["sharing.shared", "sharing.ended"]
    actions = Entry.objects.filter(subject_kind="sharing").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["sharing.made", "sharing.ended"]


def test_an_account_that_may_see_nothing_of_any_child_is_shown_nothing(
    world: World, child: UUID
) -> None:
    for username in ("governance", "administrator"):
        with pytest.raises(BadInput, match="from the list"):
            shared(world, child, "name", to=username)
    made = shared(world, child, "name")
    offered = {name for _, name, _ in selectors.recipients(by=world.actor("first"))}
    assert {"Tay Teacher", "Sam Sergeant"} <= offered
    assert not {"Gil Govern", "Ade Min", "Fern First"} & offered
    access.end_role(by=BY, user_id=world.users["teacher"], role="school_lead")
    with pytest.raises(NotFound):
        given.shared(by=world.actor("teacher"), shared_id=made)


def test_promise_09_what_is_somebody_elses_is_not_found(world: World, child: UUID) -> None:
    made = shared(world, child, "name")
    for username in ("sergeant", "first", "lead", "outsider", "clerk"):
        with pytest.raises(NotFound):
            given.shared(by=world.actor(username), shared_id=made)
        assert given.shared_with_me(by=world.actor(username)) == []
    for verb in (
        lambda by: selectors.decision(by=by, sharing_id=made),
        lambda by: services.end(by=by, sharing_id=made, reason="x"),
    ):
        with pytest.raises(NotFound):
            verb(world.actor("outsider"))


def test_what_was_shared_stands_when_the_decider_sees_the_child_no_more(
    world: World, child: UUID
) -> None:
    made, teacher = shared(world, child, "name", "moment"), world.actor("teacher")
    access.end_membership(by=BY, user_id=world.users["first"], team_id=world.team)
    read = given.shared(by=teacher, shared_id=made).pieces
    assert [each.title for each in read] == [
        "Name",
        "That a reachable moment is open, and who has it",
    ]


def test_when_the_decider_leaves_their_manager_is_asked_once_whether_it_goes_on(
    world: World, child: UUID
) -> None:
    made = shared(world, child, "name")
    ended = shared(world, child, "birth_date")
    services.end(by=world.actor("first"), sharing_id=ended, reason="No longer needed")
    assert told(world, "lead") == []
    access.end_membership(by=BY, user_id=world.users["first"], team_id=world.team)
    access.end_account(by=BY, user_id=world.users["first"])
    held = Notice.objects.filter(kind=LEFT)
    asked_of = {(each.user_id, each.subject_id) for each in held}
    assert asked_of == {(world.users["lead"], made)}
    assert held.count() == 1
    (still,) = given.shared(by=world.actor("teacher"), shared_id=made).pieces
    assert still.title == "Name"
    anew = shared(world, child, "name", by="lead", supersedes_id=made)
    (left,) = given.shared(by=world.actor("teacher"), shared_id=anew).pieces
    assert left.title == "Name"


def test_with_the_account_of_the_decider_nothing_of_it_ends(world: World, child: UUID) -> None:
    made, teacher = shared(world, child, "name"), world.actor("teacher")
    before = given.shared(by=teacher, shared_id=made)
    User.objects.filter(id=world.users["first"]).update(is_active=False)
    after = given.shared(by=teacher, shared_id=made)
    assert after.pieces == before.pieces
    assert (before.ask, after.ask) == ("Fern First", "Fenmarch Council")


def test_promise_17_the_child_shows_who_read_what_was_shared(world: World, child: UUID) -> None:
    made = shared(world, child, "name")
    given.shared(by=world.actor("teacher"), shared_id=made)
    page = world.client("first").get(f"/children/{child}/who-looked/").content.decode()
    assert "Tay Teacher" in page
    facts = selectors.decision(by=world.actor("lead"), sharing_id=made)
    assert [name for _, name in facts.looks] == ["Tay Teacher"]


def test_a_request_is_answered_to_whoever_asked(world: World, child: UUID) -> None:
    with pytest.raises(BadInput, match="what was asked for"):
        services.record_request(
            by=world.actor("first"), person_id=child, asked_by=ASKED, what=" ", purpose="x"
        )
    with pytest.raises(BadInput, match="not come yet"):
        services.record_request(
            by=world.actor("first"),
            person_id=child,
            asked_by=ASKED,
            what="Where",
            purpose="x",
            asked_on=today() + timedelta(days=1),
        )
    request = asked(world, child)
    (open_now,) = selectors.open_requests(by=world.actor("lead"), person_id=child)
    assert open_now.id == request
    refused(world, child, request_id=request)
    assert selectors.open_requests(by=world.actor("lead"), person_id=child) == []
    with pytest.raises(NotFound):
        refused(world, child, request_id=child)


def test_promise_14_intelligence_needs_a_second_person_also_if_it_becomes_so_later(
    world: World, child: UUID
) -> None:
    event, teacher = event_of(world, child), world.actor("teacher")
    before = shared(world, child, "name", event, by="lead")
    assert len(given.shared(by=teacher, shared_id=before).pieces) == 2
    Event.objects.filter(id=id_of(event)).update(compartment="intelligence")
    (left,) = given.shared(by=teacher, shared_id=before).pieces
    assert left.title == "Name"
    made = shared(world, child, event, by="lead")
    with pytest.raises(NotFound):
        given.shared(by=teacher, shared_id=made)
    access.create_account(
        by=BY,
        username="other_lead",
        name="Olu Lead",
        agency_id=world.actor("lead").own_agency_id,
        roles=["supervisor"],
        teams=[world.team],
    )
    acting.agree(
        by=actor_for(User.objects.get(username="other_lead")), sharing_id=made, agreed=True
    )
    assert len(given.shared(by=teacher, shared_id=made).pieces) == 1


def test_what_was_corrected_or_taken_back_says_so(world: World, child: UUID) -> None:
    event, teacher = event_of(world, child), world.actor("teacher")
    made = shared(world, child, event)
    held = Event.objects.filter(id=id_of(event))
    (piece,) = given.shared(by=teacher, shared_id=made).pieces
    assert (piece.changed, piece.agency) == ("", "Fenmarch Police")
    assert "exhausted" in piece.text
    held.update(received_at=now() + timedelta(minutes=1))
    (piece,) = given.shared(by=teacher, shared_id=made).pieces
    assert piece.changed == CORRECTED
    held.update(details={"record_status": "withdrawn", "said": "Looks exhausted"})
    (piece,) = given.shared(by=teacher, shared_id=made).pieces
    assert piece.changed == TAKEN_BACK
    assert "exhausted" not in piece.text
    held.delete()
    assert given.shared(by=teacher, shared_id=made).pieces == ()


def test_what_is_for_sharing_under_conditions_says_how_they_are_met(
    world: World, child: UUID
) -> None:
    event, teacher = event_of(world, child), world.actor("teacher")
    before = shared(world, child, event)
    graded = {"source_grade": "2", "handling_code": "C", "handling_conditions": "Not the family"}
    held = Event.objects.filter(id=id_of(event))
    held.update(details={**graded, "handling_code": "P"})
    (piece,) = given.shared(by=teacher, shared_id=before).pieces
    assert "Who may have it, as police say: P: may be shared lawfully" in piece.text
    assert "How police grade the source: 2: untested source" in piece.text
    held.update(details=graded)
    assert given.shared(by=teacher, shared_id=before).pieces == ()
    for met in ({}, {key(event): " "}, {key("name"): "Yes"}):
        with pytest.raises(BadInput, match="under conditions only"):
            shared(world, child, "name", event, met=met)
    made = shared(world, child, "name", event, met={key(event): "The school tells nobody."})
    assert len(given.shared(by=teacher, shared_id=made).pieces) == 2
    assert SharingPiece.objects.get(decision=made, kind="event").met == "The school tells nobody."
    page = f"/children/{child}/share/decide/?way=worker&piece={event}"
    asked_for = world.client("first").get(page).content.decode()
    assert "This may be shared under conditions only" in asked_for
    assert "Not the family" in asked_for
    said = answers([event], to_user=str(world.users["teacher"]))
    without = world.client("first").post(page, said)
    assert without.status_code == 422
    with_it = world.client("first").post(page, {**said, "met-0": "They tell nobody."})
    assert with_it.status_code == 302

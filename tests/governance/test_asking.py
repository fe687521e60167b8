"""Governance asks about a look, the worker answers, somebody else says what was found."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.access import services as access
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.time import today
from reachable.governance import asking, watching
from reachable.governance.models import LookStep
from reachable.governance.watching import Narrowing
from reachable.notices.models import Notice
from reachable.people import selectors as people
from tests.support.world import World, html, moment

pytestmark = pytest.mark.db


@pytest.fixture
def child(world: World) -> UUID:
    person_id = moment(world.signal()).person_id
    people.child(by=world.actor("first"), person_id=person_id)
    return person_id


@pytest.fixture
def other(world: World) -> str:
    """Another person of information governance."""
    world.users["other"] = access.create_account(
        by=system("tests"),
        username="other",
        name="Ori Other",
        agency_id=agency_id("council"),
        roles=["information_governance"],
    )
    return "other"


def ask(world: World, child: UUID | None, who: str = "first", by: str = "governance") -> UUID:
    return asking.ask(
        by=world.actor(by),
        worker_id=world.users[who],
        day=today(),
        kind="person" if child else "audit",
        subject_id=child,
        question="Why did you open this record?",
    )


def test_a_look_is_asked_about_answered_and_found(world: World, child: UUID) -> None:
    governance, worker = world.client("governance"), world.client("first")
    line = {"worker": str(world.users["first"]), "day": today().isoformat(), "kind": "person"}
    line["subject"] = str(child)
    assert "Ask the worker" in html(governance.get("/watch/looks/", line))
    empty = governance.post("/watch/ask/", {**line, "question": ""})
    assert "“What do you ask?” needs an answer" in html(empty, 422)
    sent = governance.post("/watch/ask/", {**line, "question": "Why was this?"})
    assert sent.status_code == 302
    (mine,) = asking.asked_of_me(by=world.actor("first"))
    notice = Notice.objects.get(user_id=world.users["first"], kind="look.asked")
    led = worker.get(f"/notices/{notice.id}/", follow=True)
    assert "Why was this?" in html(led)
    assert "Orrell" not in led.content.decode()
    worker.post(f"/your-looks/{mine.id}/", {"text": "I took a call for a colleague."})
    page = html(governance.get(f"/watch/questions/{mine.id}/"))
    assert "I took a call for a colleague." in page
    governance.post(
        f"/watch/questions/{mine.id}/", {"outcome": "nothing_further", "text": "Clear."}
    )
    assert "found: nothing further" in html(worker.get(f"/your-looks/{mine.id}/"))
    kinds = LookStep.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["answered", "found"]
    acts = Entry.objects.filter(subject_kind="look_question").order_by("id")
    assert [(entry.action, entry.actor_id) for entry in acts] == [
        ("governance.asked", world.users["governance"]),
        ("governance.answered", world.users["first"]),
        ("governance.found", world.users["governance"]),
    ]
    assert "colleague" not in str(list(Entry.objects.values()))
    with pytest.raises(BadInput, match="already recorded"):
        asking.answer(by=world.actor("first"), question_id=mine.id, text="And another thing.")


def test_what_is_followed_elsewhere_needs_its_reference(world: World, child: UUID) -> None:
    question_id = ask(world, child)
    with pytest.raises(BadInput, match="needs a reference"):
        asking.find(
            by=world.actor("governance"),
            question_id=question_id,
            outcome="elsewhere",
            text="",
            reference="",
        )
    client = world.client("governance")
    answer = client.post(f"/watch/questions/{question_id}/", {"outcome": "elsewhere"})
    assert "Enter the reference" in html(answer, 422)
    answers = {"outcome": "elsewhere", "reference": "HR-12"}
    assert client.post(f"/watch/questions/{question_id}/", answers).status_code == 302
    assert "under HR-12" in html(client.get(f"/watch/questions/{question_id}/"))


def test_promise_14_nobody_asks_or_decides_about_their_own_looks(
    world: World, child: UUID, other: str
) -> None:
    watching.watch(by=world.actor("governance"), narrowing=Narrowing())
    with pytest.raises(BadInput, match="your own looks"):
        ask(world, None, "governance")
    client = world.client("governance")
    line = {"worker": str(world.users["governance"]), "day": today().isoformat(), "kind": "audit"}
    page = html(client.get("/watch/looks/", line))
    assert "nobody reviews their own" in page
    assert "/watch/ask/" not in page
    refused = client.post("/watch/ask/", {**line, "question": "Me?"})
    assert "nobody reviews their own" in html(refused, 422)
    question_id = ask(world, None, "governance", by=other)
    with pytest.raises(BadInput, match="your own looks"):
        asking.find(
            by=world.actor("governance"),
            question_id=question_id,
            outcome="nothing_further",
            text="",
            reference="",
        )
    asking.answer(by=world.actor("governance"), question_id=question_id, text="The weekly review.")
    asking.find(
        by=world.actor(other),
        question_id=question_id,
        outcome="nothing_further",
        text="",
        reference="",
    )
    assert asking.question(by=world.actor(other), question_id=question_id).state == "found"


def test_nobody_else_sees_or_answers_a_question(world: World, child: UUID) -> None:
    question_id = ask(world, child)
    with pytest.raises(NotFound):
        asking.answer(by=world.actor("second"), question_id=question_id, text="I know why.")
    assert world.client("second").get(f"/your-looks/{question_id}/").status_code == 404
    assert world.client("lead").get(f"/watch/questions/{question_id}/").status_code == 403
    with pytest.raises(Forbidden):
        ask(world, child, by="lead")
    assert "You were asked nothing." in html(world.client("second").get("/your-looks/"))


def test_what_was_not_looked_at_cannot_be_asked_about(world: World, child: UUID) -> None:
    with pytest.raises(NotFound):
        ask(world, child, "second")


def test_questions_say_what_they_wait_for(world: World, child: UUID) -> None:
    client = world.client("governance")
    assert "Nobody was asked anything yet." in html(client.get("/watch/questions/"))
    question_id = ask(world, child)
    assert "Waits for the worker" in html(client.get("/watch/questions/"))
    assert "Asked" in html(client.get("/watch/"))
    client.post(f"/watch/questions/{question_id}/", {"outcome": "nothing_further"})
    assert "Nothing waits." in html(client.get("/watch/questions/?show=waiting"))

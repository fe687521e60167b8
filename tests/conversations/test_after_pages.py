"""The page after a conversation: where it is reached from, what it keeps, and what it refuses."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from reachable.conversations import after_acts, services
from reachable.conversations.after import after
from reachable.conversations.models import PassedOn
from reachable.foundation.time import now, today, travel
from reachable.intake.models import Signal
from reachable.moments import services as moments
from reachable.moments.models import Summary, Task
from reachable.notices.models import Notice
from tests.conversations.test_pages import html, write
from tests.support.conversations import KEEP, SAID, content, writing
from tests.support.queries import queries_of
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def talk(world: World) -> UUID:
    held = writing(world.signal(), content=content())
    services.keep(by=world.actor("first"), writing=held)
    return held.conversation_id


def at(talk: UUID) -> str:
    return f"/conversations/{talk}/after/"


def post(
    world: World, talk: UUID, what: str, name: Any = "first", follow: Any = False, **given: Any
) -> Any:
    return world.client(name).post(at(talk), {"what": what, **given}, follow=follow)


def day(name: str, on: date) -> dict[str, str]:
    parts = zip(("day", "month", "year"), (on.day, on.month, on.year), strict=True)
    return {f"{name}-{part}": str(value) for part, value in parts}


def keys(world: World, talk: UUID) -> list[str]:
    found = after(by=world.actor("first"), conversation_id=talk)
    return [each.proposal.key for each in found.proposed]


def row(world: World, talk: UUID, place: int = 0) -> str:
    found = after(by=world.actor("first"), conversation_id=talk)
    return found.others[place].needed.key


def test_a_finished_conversation_leads_there_and_a_draft_does_not(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    done = write(client, moment_id, invitation__answer="talked")
    assert done["Location"].endswith("/after/")
    assert "After this conversation" in html(client.get(done["Location"]))
    draft = write(client, moment_id, draft="1")
    assert not draft["Location"].endswith("/after/")


def test_once_its_moment_is_closed_it_promises_no_task(world: World, talk: UUID) -> None:
    by, held = world.actor("first"), after(by=world.actor("first"), conversation_id=talk)
    moments.close(
        by=by,
        moment_id=held.moment.row.id,
        outcome="declined",
        reason="Moved away",
        not_again="others_ask",
    )
    # Something new happened to her, so that she is seen again.
    world.signal(kind="other_worry")
    page = html(world.client("first").get(at(talk)))
    assert "No task can be added to it" in page
    assert "None came out of it." in page
    assert "is told now, and on the day" not in page


def test_what_is_proposed_is_there_to_be_ticked_amended_and_added_to(
    world: World, talk: UUID
) -> None:
    page = html(world.client("first").get(at(talk)))
    assert "A bus pass instead of “Lifts home”, from the Hub" in page
    assert "Meet the child again: Four, by the bench" in page
    first, second, third = keys(world, talk)
    answer = post(
        world,
        talk,
        "tasks",
        follow=True,
        **{
            f"{third}.do": "on",
            f"{third}.text": "Meet her at five instead",
            f"{third}.whom": str(world.users["second"]),
            **day(f"{third}.day", today() + timedelta(days=1)),
            f"{first}.text": "Not ticked",
            "own0.text": "Ring the aunt",
            "own0.whom": str(world.users["first"]),
            **day("own0.day", today()),
            "make": "1",
        },
    )
    assert answer.redirect_chain == [(at(talk), 302)]
    made = dict(Task.objects.values_list("text", "proposal"))
    assert made == {"Meet her at five instead": third, "Ring the aunt": ""}
    page = html(answer)
    assert "2 tasks are made." in page
    assert f'name="{third}.do"' not in page
    assert f'name="{second}.do"' in page
    assert "Meet her at five instead" in page
    page = html(world.client("second").get(f"/conversations/{talk}/"))
    assert "2 tasks are proposed" in page


def test_one_more_task_keeps_what_was_typed(world: World, talk: UUID) -> None:
    first, *_ = keys(world, talk)
    page = html(
        post(
            world,
            talk,
            "tasks",
            **{
                "own": "1",
                "more": "1",
                "own0.text": "Ring the aunt",
                "own0.day-day": "3",
                "own0.day-month": "december",
                "own0.day-year": "2026",
                f"{first}.text": "A bike",
                f"{first}.do": "on",
            },
        )
    )
    assert 'name="own1.text"' in page
    assert "Ring the aunt" in page
    assert 'value="december"' in page
    assert ">A bike</textarea>" in page
    assert re.search(rf'name="{first}\.do"[^>]*checked', page)
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Tick at least one task, or write one of your own"),
        ({"own0.text": "Ring"}, "Enter the day by which it is to be done"),
        ({"own0.text": "Ring", **day("own0.day", date(2020, 1, 1))}, "That day has passed"),
        ({**day("own0.day", date(2030, 1, 1))}, "Say what is to be done, or leave it out"),
        ({"own0.text": "Ring", "own0.day-day": "31"}, "The date needs a month"),
        ({"own0.text": f"Ask: {SAID}", **day("own0.day", date(2026, 12, 31))}, "own words"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    world: World, talk: UUID, given: dict[str, str], said: str
) -> None:
    answer = post(world, talk, "tasks", **given)
    assert answer.status_code == 422
    page = html(answer)
    assert said in page
    assert given.get("own0.text", "") in page
    assert not Task.objects.exists()


def test_whoever_sent_the_signal_is_told_and_the_page_says_what_police_are_not(
    world: World, talk: UUID
) -> None:
    page = html(world.client("first").get(at(talk)))
    assert "1 person reads it on the page of their own signal." in page
    assert "Police are among them: they learn nothing of what was said" in page
    assert "Police read this sentence too" in page
    assert "They do not read your own sentence unless you tick that they do" in page
    assert "said not now" not in page
    refused = post(world, talk, "senders", own=f"She told us: {SAID}", own_to_police="on")
    assert refused.status_code == 422
    assert "These are the child’s own words" in html(refused)
    assert SAID in html(refused), "what was typed stays"
    assert post(world, talk, "senders").status_code == 422
    own = {"said": ["talked"], "own": "Please ring us first."}
    assert post(world, talk, "senders", **own).status_code == 302
    page = html(world.client("first").get(at(talk)))
    assert "Please ring us first." in page
    assert "Police do not read this sentence." in page
    signal = Signal.objects.get()
    page = html(world.client("sergeant").get(f"/signals/{signal.id}/"))
    assert "Somebody talked with the child." in page
    assert "Please ring us first." not in page
    for _ in range(2):
        assert post(world, talk, "senders", own_to_police="on", **own).status_code == 302
    assert Summary.objects.count() == 2
    assert "Please ring us first." in html(world.client("sergeant").get(f"/signals/{signal.id}/"))
    assert "Police read this sentence too." in html(world.client("first").get(at(talk)))


def test_a_sentence_that_nobody_would_read_is_refused_and_kept(world: World, talk: UUID) -> None:
    answer = post(world, talk, "senders", own="Please ring us first.")
    assert answer.status_code == 422
    page = html(answer)
    assert "only police would hear of it" in page
    assert "Tick that police read your sentence too" in page
    assert ">Please ring us first.</textarea>" in page
    assert not Summary.objects.exists()


def test_where_no_police_hear_nothing_is_asked_of_them(world: World) -> None:
    held = writing(world.signal("other_worry", by="teacher"), content=content())
    services.keep(by=world.actor("first"), writing=held)
    talk = held.conversation_id
    assert "Police read this sentence" not in html(world.client("first").get(at(talk)))
    own = {"own": "Please ring us first.", "own_to_police": "on"}
    assert post(world, talk, "senders", **own).status_code == 302
    assert not Summary.objects.get().own_to_police


def test_where_nobody_would_read_it_the_page_says_why(world: World) -> None:
    began = Signal.objects.count()
    held = writing(world.signal(), content=content())
    before = held.began_at - timedelta(days=1)
    held = type(held)(**{**vars(held), "began_at": before})
    services.keep(by=world.actor("first"), writing=held)
    assert Signal.objects.count() == began + 1
    page = html(world.client("first").get(at(held.conversation_id)))
    assert "Nobody would read it." in page


def test_whoever_would_learn_that_the_child_was_known_is_marked_where_one_chooses(
    world: World, talk: UUID
) -> None:
    with travel(now() + timedelta(hours=1)):
        world.signal("other_worry", by="teacher")
        world.signal("other_worry", by="sergeant")
        page = html(world.client("first").get(at(talk)))
    after_it = "their signal came after this talk: it would tell that the child was known"
    assert f"Tay Teacher, Osier School ({after_it})" in page
    assert "Sam Sergeant, Fenmarch Police (sent a signal)" in page, "they sent one before it too"
    assert "Sol Second, Fenmarch Council (works with the child)" in page


def test_one_thing_is_passed_on_and_the_rest_is_counted(world: World, talk: UUID) -> None:
    client = world.client("first")
    conversation = f"/conversations/{talk}/"
    moment_id = after(by=world.actor("first"), conversation_id=talk).facts.moment_id
    for address in (conversation, f"/moments/{moment_id}/"):
        assert "2 things others need to know are not passed on yet." in html(client.get(address))
    key = row(world, talk)
    given = {f"{key}-how": "reachable", f"{key}-to": str(world.users["sergeant"]), "row": key}
    assert post(world, talk, "others", **given).status_code == 302
    for address in (conversation, f"/moments/{moment_id}/"):
        assert "1 thing others need to know is not passed on yet." in html(client.get(address))
    assert "Sam Sergeant, Fenmarch Police: told here" in html(client.get(at(talk)))
    passed = PassedOn.objects.get()
    sergeant = world.client("sergeant")
    notice = Notice.objects.get(kind="conversation.passed_on")
    led = sergeant.get(f"/notices/{notice.id}/")
    assert led["Location"] == f"/passed-on/{passed.id}/"
    page = html(sergeant.get(led["Location"]))
    assert KEEP in page
    assert "Tamsin Orrell" in page
    assert "nothing else of it is opened to you" in page
    assert f"/conversations/{talk}/" not in page
    assert sergeant.get(conversation).status_code == 403
    assert world.client("teacher").get(led["Location"]).status_code == 404
    Notice.objects.get(id=notice.id, read_at__isnull=False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "“How?” needs an answer"),
        ({"how": "reachable"}, "Choose who is told here"),
        ({"how": "telephone"}, "Say who was told"),
        ({"how": "in_person", "to_whom": "Ray", "at": "25:00"}, "Write the time with hours"),
        (
            {"how": "in_person", "to_whom": "Ray", **day("day", date(2020, 1, 1))},
            "Enter the time too",
        ),
        (
            {"how": "telephone", "to_whom": "Ray", "at": "10:00", **day("day", date(2100, 1, 1))},
            "has not come yet",
        ),
    ],
)
def test_what_is_missing_of_passing_on_is_said(
    world: World, talk: UUID, given: dict[str, str], said: str
) -> None:
    key = row(world, talk)
    sent = {f"{key}-{name}": value for name, value in given.items()}
    answer = post(world, talk, "others", row=key, **sent)
    assert answer.status_code == 422
    assert said in html(answer)
    assert not PassedOn.objects.exists()


def test_a_row_or_a_proposal_that_was_written_anew_says_so(world: World, talk: UUID) -> None:
    for what, given in (("others", {"row": "others-gone"}), ("no such", {})):
        page = html(post(world, talk, what, follow=True, **given))
        assert "The conversation was written anew meanwhile." in page
    assert not PassedOn.objects.exists()


def test_who_may_not_see_the_child_sees_no_page(world: World, talk: UUID) -> None:
    for name, status in (("outsider", 404), ("sergeant", 403), ("teacher", 403), ("clerk", 403)):
        assert world.client(name).get(at(talk)).status_code == status
        assert post(world, talk, "tasks", name, **{"own0.text": "x"}).status_code == status
    assert world.client("first").get(at(uuid4())).status_code == 404


def test_the_childs_words_are_not_on_the_page(world: World, talk: UUID) -> None:
    assert SAID not in html(world.client("first").get(at(talk)))


def test_a_moment_asks_as_many_questions_however_many_conversations(
    world: World, talk: UUID
) -> None:
    moment_id = after(by=world.actor("first"), conversation_id=talk).facts.moment_id
    client = world.client("first")
    address = f"/moments/{moment_id}/"
    one = queries_of(client, address)
    for _ in range(4):
        held = writing(moment_id, content=content())
        services.keep(by=world.actor("first"), writing=held)
        due = today() + timedelta(days=1)
        own = after_acts.Wanted("Ring", world.users["first"], due)
        after_acts.make_tasks(
            by=world.actor("first"), conversation_id=held.conversation_id, wanted=[own]
        )
    assert queries_of(client, address) == one

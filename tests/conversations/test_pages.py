"""Writing a conversation down at a desk, reading it, and sharing a child’s words."""

from __future__ import annotations

import io
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from docx import Document

from reachable.audit.models import Entry
from reachable.conversations import lone_working, services
from reachable.conversations.forms import initial_of, rows_of
from reachable.conversations.models import ConversationVersion, Sharing
from reachable.foundation.actor import system
from reachable.foundation.time import now, today, travel
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from tests.support.conversations import WORDS, writing
from tests.support.queries import queries_of
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def moment_id(world: World) -> UUID:
    return world.signal()


def html(answer: Any) -> str:
    return unescape(str(answer.content, "utf-8"))


def write(client: Client, moment_id: UUID, **answers: Any) -> Any:
    given = {
        "version_id": str(uuid4()),
        "conversation_id": str(uuid4()),
        "guide": "custody",
        "words.words": WORDS,
        **{name.replace("__", "."): value for name, value in answers.items()},
    }
    if "draft" not in given and "more" not in given:
        given["finish"] = "1"
    return client.post(f"/moments/{moment_id}/conversation/", given)


def test_what_is_written_at_a_desk_is_kept_to_the_letter(world: World, moment_id: UUID) -> None:
    # A browser ends lines in its own way; that is not how they were typed.
    sent = {"invitation__answer": "talked", "words__words": WORDS.replace("\n", "\r\n")}
    answer = write(world.client("first"), moment_id, **sent)
    assert answer.status_code == 302
    version = ConversationVersion.objects.get()
    assert version.content["words"]["words"] == WORDS
    assert version.finished
    assert Moment.objects.get(id=moment_id).reached_at is not None
    page = html(world.client("first").get(answer["Location"].removesuffix("after/")))
    assert WORDS in page
    assert "They talked" in page
    assert "Tamsin Orrell" in page


def test_a_no_asks_when_and_by_whom_and_keeps_what_was_typed(world: World, moment_id: UUID) -> None:
    client = world.client("first")
    refused = write(client, moment_id, invitation__answer="declined")
    assert refused.status_code == 422
    assert "Choose a day on which the child is asked again." in html(refused)
    assert "Choose who asks again." in html(refused)
    assert WORDS in html(refused)
    day = today() + timedelta(days=3)
    kept = write(
        client,
        moment_id,
        invitation__answer="declined",
        **{
            "invitation__again_on-day": day.day,
            "invitation__again_on-month": day.month,
            "invitation__again_on-year": day.year,
        },
        invitation__again_by=str(world.users["second"]),
    )
    assert kept.status_code == 302
    assert Moment.objects.get(id=moment_id).ask_again_at is not None
    assert "Sol Second" in html(client.get(kept["Location"]))


def test_a_list_grows_by_a_press_and_keeps_what_was_typed(world: World, moment_id: UUID) -> None:
    client = world.client("first")
    answers: dict[str, Any] = {
        "noticed.things.0.what": "Two phones",
        "noticed.things.0.how": "seen",
        "communication.needs": ["welsh"],
        "next.day-day": "3",
        "next.day-month": "december",
        "next.day-year": "2026",
    }
    page = html(write(client, moment_id, more="noticed.things", **answers))
    assert 'name="noticed.things.1.what"' in page
    assert "Two phones" in page
    assert 'value="december"' in page
    assert not ConversationVersion.objects.exists()
    write(
        client,
        moment_id,
        draft="1",
        **{"rows.noticed.things": "2", "noticed.things.1.what": "Hungry", **answers},
    )
    version = ConversationVersion.objects.get()
    assert version.content["noticed"]["things"] == [
        {"what": "Two phones", "how": "seen"},
        {"what": "Hungry"},
    ]
    assert version.content["next"] == {"day": "2026-12-03"}
    assert version.content["communication"] == {"needs": ["welsh"]}
    assert not version.finished


def test_a_press_twice_counts_once(world: World, moment_id: UUID) -> None:
    client = world.client("first")
    same = {"version_id": str(uuid4()), "conversation_id": str(uuid4())}
    for _ in range(2):
        assert write(client, moment_id, **same).status_code == 302
    assert ConversationVersion.objects.count() == 1


def test_two_versions_are_shown_beside_each_other_and_one_is_written_on_both(
    world: World, moment_id: UUID
) -> None:
    client, by = world.client("first"), world.actor("first")
    one, other = writing(moment_id), writing(moment_id, content={"safety": {"done": "Rang Sol"}})
    other = type(other)(**{**vars(other), "conversation_id": one.conversation_id})
    for each in (one, other):
        services.keep(by=by, writing=each)
    address = f"/conversations/{one.conversation_id}/"
    page = html(client.get(address))
    assert "Two versions stand beside each other" in page
    assert WORDS in page
    assert "Rang Sol" in page
    form = html(client.get(f"{address}write/"))
    assert f"{one.version_id} {other.version_id}" in form
    answer = client.post(
        f"{address}write/",
        {
            "version_id": str(uuid4()),
            "conversation_id": str(one.conversation_id),
            "based_on": f"{one.version_id} {other.version_id}",
            "guide": "return_interview",
            "words.words": WORDS,
            "safety.done": "Rang Sol",
            "finish": "1",
        },
    )
    assert answer.status_code == 302
    assert "Two versions" not in html(client.get(address))
    assert "2 earlier versions are kept" in html(client.get(address))


def test_what_is_written_is_what_the_form_begins_with(world: World, moment_id: UUID) -> None:
    content: dict[str, dict[str, Any]] = {
        "next": {"day": "2026-12-03", "when": "At four"},
        "noticed": {"things": [{"what": "Two phones"}, {"what": "Hungry"}]},
    }
    assert rows_of(content) == {"noticed.things": 3}
    assert initial_of(content)["noticed.things.1.what"] == "Hungry"
    services.keep(by=world.actor("first"), writing=writing(moment_id, content=content))
    (version,) = ConversationVersion.objects.all()
    page = html(world.client("first").get(f"/conversations/{version.conversation_id}/write/"))
    assert "Two phones" in page
    assert 'value="At four"' in page


def test_words_are_kept_back_from_a_colleague_who_was_not_named(
    world: World, moment_id: UUID
) -> None:
    content = {"words": {"words": WORDS}, "safety": {"done": "Rang Sol"}}
    held = writing(moment_id, content=content)
    services.keep(by=world.actor("first"), writing=held)
    address = f"/conversations/{held.conversation_id}/"
    page = html(world.client("second").get(address))
    assert WORDS not in page
    assert "The child’s own words are kept back" in page
    assert "Rang Sol" in page
    assert world.client("outsider").get(address).status_code == 404
    assert world.client("teacher").get(address).status_code == 403


def test_sharing_says_that_it_may_be_disclosed_and_is_kept(world: World, moment_id: UUID) -> None:
    held = writing(moment_id)
    services.keep(by=world.actor("first"), writing=held)
    client, address = world.client("first"), f"/conversations/{held.conversation_id}/share/"
    assert "What is shared may have to be disclosed in court" in html(client.get(address))
    answers = {"agency_kind": "police", "reason": "Threats", "child_told": "Agreed"}
    refused = client.post(address, answers)
    assert (refused.status_code, Sharing.objects.count()) == (422, 0)
    assert client.post(address, {**answers, "understood": "on"}).status_code == 302
    assert Sharing.objects.get().child_told == "Agreed"
    assert "Threats" in html(client.get(f"/conversations/{held.conversation_id}/"))


def test_the_thread_stands_on_the_pages_of_the_child_and_the_moment(
    world: World, moment_id: UUID
) -> None:
    client, by = world.client("first"), world.actor("first")
    held = writing(moment_id)
    services.keep(by=by, writing=held)
    person_id = Moment.objects.values_list("person_id", flat=True).get(id=moment_id)
    for address in (f"/moments/{moment_id}/", f"/children/{person_id}/"):
        page = html(client.get(address))
        assert f"/conversations/{held.conversation_id}/" in page
        assert "Fern First. They talked." in page
    of_one = queries_of(client, f"/moments/{moment_id}/")
    for _ in range(3):
        services.keep(by=by, writing=writing(moment_id))
    assert queries_of(client, f"/moments/{moment_id}/") == of_one


@pytest.mark.parametrize("reader", ["first", "second"])
def test_a_document_holds_what_its_reader_may_read(
    world: World, moment_id: UUID, reader: str
) -> None:
    content = {
        "words": {"words": WORDS},
        "noticed": {"things": [{"what": "Two phones", "how": "seen"}]},
    }
    held = writing(moment_id, content=content)
    services.keep(by=world.actor("first"), writing=held)
    client, address = world.client(reader), f"/conversations/{held.conversation_id}/document"
    word = client.get(f"{address}.docx")
    assert 'filename="conversation-' in word["Content-Disposition"]
    said = "\n".join(each.text for each in Document(io.BytesIO(word.content)).paragraphs)
    assert "Two phones" in said
    assert (WORDS in said) is (reader == "first")
    assert ("kept back" in said) is (reader == "second")
    assert client.get(f"{address}.pdf").content.startswith(b"%PDF")
    assert world.client("outsider").get(f"{address}.pdf").status_code == 404
    looked = Entry.objects.filter(action="looked", subject_id=held.conversation_id)
    assert {each.details["page"] for each in looked} == {"document"}


def test_a_card_is_made_only_if_the_child_says_it_is_safe_and_names_nobody(
    world: World, moment_id: UUID
) -> None:
    held = writing(moment_id)
    services.keep(by=world.actor("first"), writing=held)
    client, address = world.client("first"), f"/conversations/{held.conversation_id}/card/"
    answers = {"safe": "yes", "text": "Czwartek o czwartej.\nPrzy ławce.", "language": "pl"}
    answers |= {"card_id": str(uuid4())}
    refused = client.post(address, {**answers, "safe": "no"})
    assert (refused.status_code, Entry.objects.filter(action="conversations.card").count()) == (
        422,
        0,
    )
    named = html(client.post(address, {**answers, "text": "Tamsin, ring Hub of Fenmarch Council"}))
    assert "would learn something: “council”, “Fenmarch Council”, “Tamsin”" in named
    made = client.post(address, answers)
    assert '<ul class="card" id="card" lang="pl" dir="ltr">' in html(made)
    assert "Przy ławce." in html(made)
    assert Entry.objects.filter(action="conversations.card").count() == 1


def test_whoever_is_told_sees_where_somebody_went_and_has_read_it_then(world: World) -> None:
    note_id, back = uuid4(), now() + timedelta(hours=1)
    lone_working.note(
        by=world.actor("first"),
        note_id=note_id,
        place="Osier Lane",
        expected_back=back,
        tell=world.users["second"],
        back=False,
    )
    client = world.client("second")
    assert "Expected back" in html(client.get("/out-alone/"))
    with travel(back + timedelta(minutes=1)):
        lone_working.tell_who_is_not_back(by=system("clock"))
        assert Notice.objects.get().read_at is None
        page = html(client.get("/out-alone/"))
    assert "Not back." in page
    assert "Osier Lane" in page
    assert "07700 900200" in page
    assert Notice.objects.get().read_at is not None

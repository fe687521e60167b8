"""Going through candidates on the web, and what was offered in a conversation on its page."""

from __future__ import annotations

from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from reachable.conversations import candidates, services
from reachable.conversations.models import (
    CandidateDecision,
    ConfirmedContext,
    ConversationVersion,
)
from reachable.moments import services as moments
from reachable.offers.models import Gap, Offer
from tests.support.conversations import writing
from tests.support.directory import load_directory, offer
from tests.support.offers import child_of, offered
from tests.support.queries import queries_of
from tests.support.world import World

pytestmark = pytest.mark.db

THINGS = [
    {"kind": "place", "what": "The arcade"},
    {"kind": "person", "what": "Somebody called Dan"},
    {"what": "The blue bag"},
]


def html(answer: Any) -> str:
    return unescape(str(answer.content, "utf-8"))


@pytest.fixture
def moment_id(world: World) -> UUID:
    load_directory(*(offer(number) for number in range(1, 4)))
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


@pytest.fixture
def talk(world: World, moment_id: UUID) -> UUID:
    held = writing(moment_id, content={"candidates": {"things": THINGS}})
    services.keep(by=world.actor("first"), writing=held)
    return held.conversation_id


def address(world: World, talk: UUID, said: str) -> str:
    found = candidates.of_conversation(by=world.actor("first"), conversation_id=talk)
    (each,) = [each for each in found if each.said == said]
    return f"/conversations/{talk}/candidates/{each.id}/"


def test_the_list_says_what_was_said_of_whom_by_whom(world: World, talk: UUID) -> None:
    client = world.client("second")
    page = html(client.get("/to-confirm/"))
    assert "3 wait" in page
    for words in ("The arcade", "A place. Tamsin Orrell", "Noted by Fern First"):
        assert words in page
    assert "Somebody called Dan" not in html(client.get("/to-confirm/?kind=place"))
    assert "The blue bag" in html(client.get("/to-confirm/?kind=not_said"))
    assert "Nothing of this kind waits." in html(client.get("/to-confirm/?kind=online"))
    assert client.get("/to-confirm/?kind=nonsense").status_code == 200
    assert "Nothing waits to be confirmed." in html(world.client("outsider").get("/to-confirm/"))
    assert world.client("teacher").get("/to-confirm/").status_code == 403


def test_what_is_confirmed_is_listed_with_the_conversations_it_comes_from(
    world: World, talk: UUID
) -> None:
    client = world.client("first")
    assert "Nothing is confirmed yet." in html(client.get("/to-confirm/confirmed/"))
    arcade = address(world, talk, "The arcade")
    client.post(f"{arcade}confirm/", {"name": "Pier Arcade", "kind": "place"})
    page = html(client.get("/to-confirm/confirmed/"))
    assert "Pier Arcade" in page
    assert f"/conversations/{talk}/" in page
    narrowed = html(client.get("/to-confirm/confirmed/?kind=person"))
    assert "Nothing of this kind is confirmed." in narrowed
    # Whoever works with no child of these is told of nothing.
    assert "Pier Arcade" not in html(world.client("outsider").get("/to-confirm/confirmed/"))
    assert world.client("teacher").get("/to-confirm/confirmed/").status_code == 403


def test_how_many_wait_stands_on_the_conversation_and_on_the_moment(
    world: World, moment_id: UUID, talk: UUID
) -> None:
    client = world.client("first")
    assert "3 things wait to be confirmed" in html(client.get(f"/conversations/{talk}/"))
    assert "3 to confirm" in html(client.get(f"/moments/{moment_id}/"))
    coordinator = world.client("coordinator").get(f"/conversations/{talk}/candidates/")
    assert coordinator.status_code == 403
    assert world.client("outsider").get(f"/conversations/{talk}/candidates/").status_code == 404


def test_one_after_the_other_is_decided_and_leads_to_the_next(world: World, talk: UUID) -> None:
    client = world.client("first")
    arcade = address(world, talk, "The arcade")
    assert "a source’s identity is never entered" in html(client.get(arcade))
    refused = client.post(f"{arcade}confirm/", {"name": "", "kind": "place"})
    assert refused.status_code == 422
    named = client.post(f"{arcade}confirm/", {"name": "Tamsin’s arcade", "kind": "place"})
    assert "“Tamsin” is the child’s name. Nothing was changed." in html(named)
    done = client.post(f"{arcade}confirm/", {"name": "Pier Arcade", "kind": "place"}, follow=True)
    assert "“Pier Arcade” is confirmed." in html(done)
    following = done.redirect_chain[-1][0]
    assert following.startswith(f"/conversations/{talk}/candidates/")
    assert following != arcade
    for said, way, answer in (
        ("Somebody called Dan", "set-aside/", {"reason": "A teacher"}),
        ("The blue bag", "later/", {"days": "7"}),
    ):
        assert client.post(f"{address(world, talk, said)}{way}", answer).status_code == 302
    page = html(client.get(f"/conversations/{talk}/candidates/"))
    assert "Confirmed as “Pier Arcade”" in page
    assert "Set aside</strong> by Fern First" in page
    assert "Put off until" in page
    assert "1 thing waits to be confirmed" in html(client.get(f"/conversations/{talk}/"))


def test_confirmed_by_mistake_is_taken_back_on_its_page(world: World, talk: UUID) -> None:
    client, arcade = world.client("first"), address(world, talk, "The arcade")
    client.post(f"{arcade}confirm/", {"name": "Pier Arcade", "kind": "place"})
    page = html(client.get(arcade))
    assert "It was confirmed by mistake" in page
    assert "Confirm it</a>" not in page
    assert client.post(f"{arcade}take-back/", {"reason": ""}).status_code == 422
    assert client.post(f"{arcade}take-back/", {"reason": "Another"}).status_code == 302
    assert "Confirm it</a>" in html(client.get(arcade))
    again = client.post(f"{arcade}take-back/", {"reason": "Another"}, follow=True)
    assert "It is not decided any more. Nothing was changed." in html(again)


def test_something_like_it_is_shown_before_a_second_one_is_confirmed(
    world: World, talk: UUID
) -> None:
    client, arcade = world.client("first"), address(world, talk, "The arcade")
    first = {"name": "Pier Arcade", "kind": "place", "postcode": "FX1 1AA"}
    client.post(f"{arcade}confirm/", first)
    bag = address(world, talk, "The blue bag")
    second = {"name": "Left luggage", "kind": "place", "postcode": "fx11aa"}
    shown = client.post(f"{bag}confirm/", second)
    assert shown.status_code == 422
    assert "Something like it was confirmed before" in html(shown)
    assert "It is the same: Pier Arcade" in html(shown)
    assert ConfirmedContext.objects.count() == 1
    made = ConfirmedContext.objects.get().id
    assert f'name="seen" value="{made}"' in html(shown)
    same = client.post(f"{bag}same/", {"same_as": str(made)})
    assert same.status_code == 302
    assert list(CandidateDecision.objects.values_list("context_id", flat=True)) == [made, made]
    client.post(f"{bag}take-back/", {"reason": "No: the locker beside it"})
    assert client.post(f"{bag}confirm/", {**second, "seen": str(made)}).status_code == 302
    assert ConfirmedContext.objects.count() == 2


@pytest.mark.parametrize("same_as", ["", "nonsense", str(UUID(int=9))])
def test_what_is_not_there_is_not_the_same(world: World, talk: UUID, same_as: str) -> None:
    arcade = address(world, talk, "The arcade")
    answer = world.client("first").post(f"{arcade}same/", {"same_as": same_as}, follow=True)
    assert "Nothing was changed." in html(answer)
    assert not CandidateDecision.objects.exists()


def test_children_who_share_a_place_are_shown_to_whoever_may_see_both(
    world: World, talk: UUID
) -> None:
    client = world.client("first")
    arcade = address(world, talk, "The arcade")
    client.post(f"{arcade}confirm/", {"name": "Pier Arcade", "kind": "place"})
    other = world.signal(given_names="Idris", family_name="Whitlock")
    held = writing(other, content={"candidates": {"things": [THINGS[0]]}})
    services.keep(by=world.actor("first"), writing=held)
    his = address(world, held.conversation_id, "The arcade")
    assert "Tamsin Orrell" in html(client.get(his))
    client.post(f"{his}same/", {"same_as": str(ConfirmedContext.objects.get().id)})
    for page in (html(client.get(arcade)), html(client.get(his))):
        assert "Tamsin Orrell" in page
        assert "Idris Whitlock" in page


def test_pages_ask_as_much_however_much_there_is(world: World, moment_id: UUID, talk: UUID) -> None:
    client = world.client("first")
    address_of = f"/conversations/{talk}/"
    asked = [queries_of(client, each) for each in (address_of, "/to-confirm/")]
    more = [{"kind": "place", "what": f"Bench {number}"} for number in range(9)]
    for _ in range(3):
        held = writing(moment_id, content={"candidates": {"things": more}})
        services.keep(by=world.actor("first"), writing=held)
    assert [queries_of(client, each) for each in (address_of, "/to-confirm/")] == asked


def write(client: Client, moment_id: UUID, talk: UUID, **answers: Any) -> Any:
    given = {
        "version_id": str(uuid4()),
        "conversation_id": str(talk),
        "guide": "custody",
        "invitation.answer": "talked",
        "finish": "1",
        **{name.replace("__", "."): value for name, value in answers.items()},
    }
    return client.post(f"/moments/{moment_id}/conversation/", given, follow=True)


SERVICE = "offered.services.0."


def test_what_is_offered_at_a_desk_becomes_an_offer(world: World, moment_id: UUID) -> None:
    client, talk = world.client("first"), uuid4()
    form = html(client.get(f"/moments/{moment_id}/conversation/"))
    assert "Invented Service 1" in form
    assert "opens in a new tab" in form
    chosen = {f"{SERVICE}service": str(UUID(int=1)), f"{SERVICE}said": "yes"}
    write(client, moment_id, talk, **chosen, offered__nothing_fits="yes")
    page = html(client.get(f"/conversations/{talk}/"))
    assert Offer.objects.get().conversation_id == talk
    assert Gap.objects.get().conversation_id == talk
    assert "What was offered in it" in page
    assert "To be sent" in page
    assert "Nothing fitted:" in page
    offer_page = html(client.get(f"/offers/{Offer.objects.get().id}/"))
    assert "The conversation in which it was offered" in offer_page
    # Gone on with, the form has what was chosen, and makes nothing twice.
    again = html(client.get(f"/conversations/{talk}/write/"))
    assert f'value="{UUID(int=1)}" selected' in again


def test_a_service_that_fits_no_more_stays_chosen_and_what_could_not_be_is_said(
    world: World, moment_id: UUID
) -> None:
    client, talk = world.client("first"), uuid4()
    offered(world, child_of(moment_id), "wants", "sent")
    chosen = {f"{SERVICE}service": str(UUID(int=1)), f"{SERVICE}said": "yes"}
    page = html(write(client, moment_id, talk, **chosen))
    assert "kept here, and not recorded as an offer" in page
    page = html(client.get(f"/conversations/{talk}/"))
    assert "Written in it, and not recorded as an offer" in page
    kept = ConversationVersion.objects.get().content["offered"]["services"][0]["service"]
    assert kept == {"id": str(UUID(int=1)), "name": "Invented Service 1"}
    refused = write(client, moment_id, uuid4(), **{f"{SERVICE}service": str(uuid4())})
    assert refused.status_code == 422


def test_a_row_more_keeps_the_service_that_was_chosen(world: World, moment_id: UUID) -> None:
    chosen = {f"{SERVICE}service": str(UUID(int=2)), "more": "offered.services"}
    page = html(write(world.client("first"), moment_id, uuid4(), **chosen))
    assert 'name="offered.services.1.service"' in page
    assert f'value="{UUID(int=2)}" selected' in page
    assert not ConversationVersion.objects.exists()


def test_an_offer_and_a_gap_made_from_a_conversation_remember_it(
    world: World, talk: UUID, moment_id: UUID
) -> None:
    client, child = world.client("first"), child_of(moment_id)
    page = html(client.get(f"/conversations/{talk}/"))
    fits = f"/children/{child}/fits/?conversation_id={talk}"
    assert fits in page
    page = html(client.get(fits))
    assert f"/children/{child}/fits/{UUID(int=1)}/?conversation_id={talk}" in page
    answer = {"answer": "wants", "conversation_id": str(talk)}
    client.post(f"/children/{child}/fits/{UUID(int=1)}/", answer)
    client.post(f"/children/{child}/gap/", {"help": "legal", "conversation_id": str(talk)})
    assert Offer.objects.get().conversation_id == Gap.objects.get().conversation_id == talk
    page = html(client.get(f"/conversations/{talk}/"))
    assert "Invented Service 1" in page
    assert "Legal advice" in page
    # Without one, they are as before.
    client.post(f"/children/{child}/fits/{UUID(int=2)}/", {"answer": "no"})
    assert Offer.objects.get(service_id=UUID(int=2)).conversation_id is None

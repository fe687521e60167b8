"""The pages of what fits and of an offer: asking, recording, refused, never a dead end."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.moments import services as moments
from reachable.offers.models import Offer
from tests.support.directory import fill_directory
from tests.support.offers import SERVICE, child_of, offered
from tests.support.queries import queries_of
from tests.support.world import World, html

pytestmark = pytest.mark.db


@pytest.fixture
def moment_id(world: World) -> UUID:
    fill_directory(5)
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


@pytest.fixture
def child(moment_id: UUID) -> UUID:
    return child_of(moment_id)


def test_from_the_moment_to_what_fits_and_to_the_offer(
    world: World, moment_id: UUID, child: UUID
) -> None:
    client = world.client("first")
    page = html(client.get(f"/moments/{moment_id}/"))
    assert "No service was offered to this child yet." in page
    assert f'href="/children/{child}/fits/"' in page
    page = html(client.get(f"/children/{child}/fits/"))
    assert "4 services fit" in page
    assert "does not say" in page
    form = f"/children/{child}/fits/{SERVICE}/"
    assert "Invented Service 1" in html(client.get(f"{form}?help=legal"))
    assert "needs an answer" in html(client.post(form, {}), 422)
    answer = client.post(form, {"answer": "wants", "note": "“Maybe”", "help": "legal"})
    offer = Offer.objects.get()
    assert answer["Location"] == f"/offers/{offer.id}/"
    assert offer.help == "legal"
    page = html(client.get(answer["Location"]))
    assert "The referral is sent" in page
    assert "“Maybe”" in page
    for address in (f"/moments/{moment_id}/", f"/children/{child}/"):
        assert "Invented Service 1" in html(client.get(address))
    again = client.post(form, {"answer": "wants"})
    assert "was offered to this child already" in html(again, 422)


def test_a_refusal_shows_what_fits_next_and_one_tap_for_the_gap(world: World, child: UUID) -> None:
    client, offer_id = world.client("first"), offered(world, child, "wants", "sent")
    answer = client.post(f"/offers/{offer_id}/refused/", {"how": "full", "version": "3"})
    assert answer.status_code == 302, html(answer, answer.status_code)
    page = html(client.get(f"/offers/{offer_id}/"))
    assert "Refused by the service: it is full" in page
    assert "What fits next" in page
    assert "Invented Service 2" in page
    assert f'action="/offers/{offer_id}/gap/"' in page


def test_a_form_that_cannot_be_recorded_now_leads_back_with_the_reason(
    world: World, child: UUID
) -> None:
    client, offer_id = world.client("first"), offered(world, child, "not_now")
    answer = client.get(f"/offers/{offer_id}/sent/", follow=True)
    assert "That cannot be recorded now: the child said not now." in html(answer)
    lost = client.post(f"/offers/{offer_id}/answered/", {"answer": "wants", "version": "1"})
    assert lost.status_code == 302
    assert "while you had it open" in html(client.get(f"/offers/{offer_id}/"))
    assert Offer.objects.get().state == "put_off"


def test_what_is_wrong_is_said_in_the_form(world: World, child: UUID) -> None:
    client, offer_id = world.client("first"), offered(world, child, "wants", "sent")
    data = {"how": "other", "note": "", "version": "3"}
    page = html(client.post(f"/offers/{offer_id}/refused/", data), 422)
    assert "Please say in a few words what it was." in page
    assert Offer.objects.get().state == "sent"


def test_who_sees_no_welfare_sees_no_panel(world: World, child: UUID) -> None:
    offered(world, child)
    assert world.client("outsider").get(f"/children/{child}/").status_code == 404
    assert "What was offered" in html(world.client("second").get(f"/children/{child}/"))


def test_the_childs_page_asks_as_many_questions_for_many_offers_as_for_one(
    world: World, child: UUID
) -> None:
    client = world.client("first")
    offered(world, child)
    one = queries_of(client, f"/children/{child}/")
    for number in (2, 3, 4):
        offered(world, child, "wants", "sent", service=UUID(int=number))
    assert queries_of(client, f"/children/{child}/") == one


def test_what_is_still_to_be_heard_of_is_listed_for_whoever_follows_it_after_the_moment(
    world: World, moment_id: UUID, child: UUID
) -> None:
    client = world.client("first")
    assert "Nothing of yours is still to be heard of." in html(client.get("/offers/"))
    offered(world, child, "wants", "sent")
    offered(world, child, "no", service=UUID(int=2))
    offered(world, child, "wants", "sent", "refused", service=UUID(int=3))
    offered(world, child, by="second", service=UUID(int=4))
    moments.close(
        by=world.actor("first"),
        moment_id=moment_id,
        outcome="declined",
        reason="No",
        not_again="others_ask",
    )
    page = html(client.get("/offers/"))
    assert "Tamsin Orrell: Invented Service 1" in page
    assert "Invented Service 3" in page
    for other in ("Invented Service 2", "Invented Service 4"):
        assert other not in page
    assert "Invented Service 4" in html(world.client("second").get("/offers/"))
    assert "Tamsin" not in html(world.client("coordinator").get("/offers/"))


def test_the_list_asks_as_many_questions_for_many_offers_as_for_one(
    world: World, child: UUID
) -> None:
    client = world.client("first")
    offered(world, child)
    one = queries_of(client, "/offers/")
    for number in (2, 3, 4):
        offered(world, child, "wants", "sent", service=UUID(int=number))
    assert queries_of(client, "/offers/") == one

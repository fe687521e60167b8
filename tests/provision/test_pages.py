"""The pages of the directory: looking, reading, writing, checking."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.foundation.time import now
from reachable.provision import selectors
from reachable.provision.models import Service
from reachable.provision.searching import Asked
from tests.support.directory import at, fill_directory, offer
from tests.support.world import World, html

pytestmark = pytest.mark.db

DRAFT = {
    "name": "Night Bus",
    "description": "Somebody to talk to on the way home.",
    "status": "active",
    "minimum_age": "11",
    "maximum_age": "17",
    "help": ["mentoring", "activities"],
    "form": ["county_lines"],
}
ONE = f"/directory/{UUID(int=1)}/"


def test_an_empty_directory_says_what_to_do(world: World) -> None:
    assert "The directory is empty." in html(world.client("first").get("/directory/"))


def test_a_long_directory_goes_over_pages_and_keeps_what_was_asked(world: World) -> None:
    fill_directory(60)
    client = world.client("sergeant")
    page = html(client.get("/directory/"))
    assert "60 services" in page
    assert "Page 1 of 2" in page
    second = html(client.get("/directory/?words=invented&age=14&page=2"))
    assert "59 services" in second
    assert "words=invented&amp;age=14&amp;page=1" in second
    assert "The entry does not say for which ages and where." in page


def test_services_are_found_by_words_age_and_help(world: World) -> None:
    fill_directory(4)
    lead = world.client("lead")
    lead.post("/directory/add/", DRAFT)
    found = html(lead.get("/directory/?words=BUS&age=14&help=mentoring"))
    assert "1 service<" in found
    assert "Ages 11 to 17" in found
    for query in ("words=bus&age=18", "words=bus&help=legal", "words=tram"):
        assert "No service fits what you asked for." in html(lead.get(f"/directory/?{query}"))
    wrong = html(lead.get("/directory/?age=fourteen"))
    assert "Enter the age as a number, such as 14" in wrong


def test_a_service_is_added_changed_and_checked(world: World) -> None:
    lead = world.client("lead")
    answer = lead.post("/directory/add/", DRAFT)
    address = answer["Location"]
    page = html(lead.get(address))
    for said in ("Somebody to talk to, a mentor", "11 to 17", "does not say where", "Nobody has"):
        assert said in page
    form = html(lead.get(f"{address}edit/"))
    assert 'value="Night Bus"' in form
    service = Service.objects.get()
    changed = DRAFT | {"name": "Late Bus", "seen": str(service.current_id)}
    assert lead.post(f"{address}edit/", changed).status_code == 302
    again = lead.post(f"{address}edit/", changed | {"name": "Last Bus"})
    assert again.status_code == 422
    assert "changed this entry meanwhile" in html(again, 422)
    assert 'value="Last Bus"' in html(again, 422)
    told = {"capacity": "waiting_list", "waiting_days": "21", "evidence": "Evaluated in 2025"}
    lead.post(f"{address}checked/", told)
    page = html(lead.get(address))
    assert "within 21 days" in page
    assert "Last checked today" in page
    assert 'value="21"' in html(lead.get(f"{address}checked/"))


def test_what_is_wrong_with_an_entry_is_said_and_kept_in_the_form(world: World) -> None:
    answer = world.client("lead").post("/directory/add/", DRAFT | {"minimum_age": "18"})
    assert answer.status_code == 422
    page = html(answer, 422)
    assert "The youngest age, 18, is above the oldest, 17." in page
    assert 'value="Night Bus"' in page
    assert not Service.objects.exists()


def test_a_place_is_kept_back_and_shown_again(world: World) -> None:
    fill_directory(3)
    lead, first = world.client("lead"), world.client("first")
    address = f"/directory/places/{at(1)['location']['id']}/"
    assert "1 Invented Row" in html(first.get(ONE))
    assert lead.post(address, {"then": "keep"})["Location"] == ONE
    assert "1 Invented Row" not in html(first.get(ONE))
    page = html(lead.get(ONE))
    assert "1 Invented Row" in page
    assert "Kept back: in no feed" in page
    lead.post(address, {"then": "show"})
    assert "1 Invented Row" in html(first.get(ONE))


def test_only_whoever_keeps_the_directory_is_offered_to_change_it(world: World) -> None:
    fill_directory(3)
    for name, offered in (("lead", True), ("coordinator", True), ("first", False)):
        client = world.client(name)
        assert ("Change this entry" in html(client.get(ONE))) is offered
        assert (client.get("/directory/add/").status_code == 200) is offered
        assert (client.post(f"{ONE}checked/", {}).status_code == 302) is offered


def test_the_feed_is_opened_and_closed_on_its_page(world: World) -> None:
    coordinator = world.client("coordinator")
    assert "Whoever signs in here, and nobody else." in html(coordinator.get("/directory/feed/"))
    coordinator.post("/directory/feed/", {"then": "open"})
    assert selectors.feed_is_open(by=world.actor("first"))
    assert "Everybody, without signing in" in html(coordinator.get("/directory/feed/"))
    coordinator.post("/directory/feed/", {"then": "close"})
    assert not selectors.feed_is_open(by=world.actor("first"))


def test_an_entry_that_is_no_longer_listed_says_so(world: World) -> None:
    fill_directory(3)
    Service.objects.filter(id=UUID(int=1)).update(ended_at=now())
    assert "No longer listed" in html(world.client("first").get(ONE))
    assert offer(1)["name"] not in html(world.client("first").get("/directory/"))


def test_a_file_that_is_held_is_said_to_whoever_keeps_the_directory(world: World) -> None:
    fill_directory(10)
    fill_directory(3)
    assert "waits for a decision" in html(world.client("lead").get("/directory/"))
    assert "waits for a decision" not in html(world.client("first").get("/directory/"))
    found = selectors.found_services(by=world.actor("lead"), asked=Asked(), number=1)
    assert found.total == 10

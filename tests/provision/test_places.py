"""Places on the page of an entry; those that are kept back, encrypted in the database."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.crypto import CannotDecrypt, key_ring
from reachable.provision import loading, selectors, services, taxonomy
from reachable.provision.deriving import rebuild
from reachable.provision.models import Place, Service, ServiceVersion
from tests.support.directory import at, fill_directory, in_file, offer
from tests.support.world import World, html

pytestmark = pytest.mark.db

BY = system("tests")
ONE = f"/directory/{UUID(int=1)}/"
STREET, POSTCODE = "9 Hidden Lane", "FX7 7ZZ"
WHERE_SHOWN = {"provision_place.postcode", "provision_service.given_at"}
SAFE = {"id": str(UUID(int=9)), "taxonomy_term": taxonomy.described("help", "safe_place")}


def load(*sent: Any) -> None:
    content = in_file(*sent)
    loading.load(by=BY, agency_id=agency_id("council"), file_name="d.json", content=content)


def hidden(number: int = 1) -> Any:
    place = at(number, STREET)
    place["location"]["addresses"][0]["postal_code"] = POSTCODE
    return place


def in_the_clear(*words: str) -> list[str]:
    """Return the columns of the directory's tables and of the audit in which a word stands."""
    found = []
    for room in ("provision", "audit", "notices"):
        for model in apps.get_app_config(room).get_models():
            table = model._meta.db_table
            with connection.cursor() as cursor:
                cursor.execute(" ".join(("SELECT * FROM", connection.ops.quote_name(table))))
                columns = [column[0] for column in cursor.description]
                rows = cursor.fetchall()
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    held = bytes(value) if isinstance(value, bytes | memoryview) else str(value)
                    text = held.decode("latin-1") if isinstance(held, bytes) else held
                    found += [f"{table}.{column}" for word in words if word in text]
    return found


def seen() -> str:
    return str(Service.objects.values_list("current_id", flat=True).get(id=UUID(int=1)))


def test_where_a_safe_place_is_stands_nowhere_in_the_database(world: World) -> None:
    sent = offer(1, attributes=[SAFE], service_at_locations=[hidden()], local_note=STREET)
    load(sent)
    assert in_the_clear(STREET, POSTCODE) == []
    assert in_the_clear("Invented Service 1") != []
    lead = world.actor("lead")
    assert selectors.service(by=lead, service_id=UUID(int=1)).document == sent
    services.keep_back(by=lead, location_id=UUID(at(1)["location"]["id"]), kept_back=False)
    assert set(in_the_clear(POSTCODE)) == WHERE_SHOWN
    assert json.loads(selectors.export(by=BY))["contents"] == [sent]


def test_a_place_that_is_kept_back_later_is_in_the_clear_no_more(world: World) -> None:
    load(offer(1, service_at_locations=[hidden()]), offer(2))
    lead, location = world.actor("lead"), UUID(at(1)["location"]["id"])
    assert in_the_clear(STREET) == []
    assert set(in_the_clear(POSTCODE)) == WHERE_SHOWN
    services.keep_back(by=lead, location_id=location, kept_back=True)
    assert in_the_clear(STREET, POSTCODE) == []
    load(offer(1, name="Renamed", service_at_locations=[hidden()]), offer(2))
    assert in_the_clear(STREET, POSTCODE) == []
    assert rebuild(BY) == 0


def test_a_place_that_another_service_makes_safe_is_kept_back_for_both(world: World) -> None:
    shared_place = hidden() | {"id": str(UUID(int=77))}
    load(offer(1, service_at_locations=[hidden()]))
    assert set(in_the_clear(POSTCODE)) == WHERE_SHOWN
    load(
        offer(1, service_at_locations=[hidden()]),
        offer(2, attributes=[SAFE], service_at_locations=[shared_place]),
    )
    assert in_the_clear(POSTCODE) == []
    assert set(Place.objects.values_list("kept_back", flat=True)) == {True}
    assert b"Hidden" not in selectors.export(by=BY)
    assert rebuild(BY) == 0
    load(offer(1, service_at_locations=[hidden()]), offer(2, service_at_locations=[shared_place]))
    assert set(Place.objects.values_list("kept_back", flat=True)) == {False}
    assert rebuild(BY) == 0


def test_what_nobody_here_knows_leaves_with_no_entry_that_hides_a_place(world: World) -> None:
    load(offer(1, attributes=[SAFE], service_at_locations=[hidden()], local_note=STREET))
    assert b"Hidden" not in selectors.export(by=BY)
    first = selectors.service(by=world.actor("first"), service_id=UUID(int=1))
    assert "local_note" not in first.document


def test_what_is_encrypted_cannot_be_searched_nor_read_for_another_purpose(world: World) -> None:
    load(offer(1))
    asked = {"document__contains": "Row"}
    with pytest.raises(FieldError, match="document is encrypted"):
        ServiceVersion.objects.filter(**asked).exists()
    ring = key_ring()
    held = ring.encrypt("directory", b"9 Hidden Lane")
    assert ring.decrypt("directory", held) == b"9 Hidden Lane"
    assert ring.encrypt("directory", b"9 Hidden Lane") != held
    wrong = (held[:-1] + bytes([held[-1] ^ 1]), b"k99:" + held[3:], b"", b"k1:short")
    for purpose, each in [("another", held), *(("directory", each) for each in wrong)]:
        with pytest.raises(CannotDecrypt, match="cannot be read"):
            ring.decrypt(purpose, each)


def test_a_place_is_added_changed_and_taken_out(world: World) -> None:
    fill_directory(3)
    lead = world.client("lead")
    given = {"address": "2 New Road", "town": "Fenmarch", "postcode": "fx11aa", "seen": seen()}
    assert lead.post(f"{ONE}places/", given)["Location"] == ONE
    page = html(lead.get(ONE))
    assert "2 New Road, Fenmarch, FX1 1AA" in page
    assert "1 Invented Row" in page
    document = selectors.service(by=world.actor("lead"), service_id=UUID(int=1)).document
    new = document["service_at_locations"][1]["id"]
    form = html(lead.get(f"{ONE}places/{new}/"))
    assert 'value="2 New Road"' in form
    again = given | {"address": "3 New Road", "name": "Lantern House", "seen": seen()}
    lead.post(f"{ONE}places/{new}/", again)
    page = html(world.client("first").get(ONE))
    assert "Lantern House" in page
    assert "3 New Road" in page
    assert "2 New Road" not in page
    old = html(lead.post(f"{ONE}places/{new}/", again, follow=False), 422)
    assert "changed this entry meanwhile" in old
    lead.post(f"{ONE}places/{new}/", {"then": "remove", "seen": seen()})
    page = html(lead.get(ONE))
    assert "3 New Road" not in page
    assert "1 Invented Row" in page
    assert ServiceVersion.objects.filter(service_id=UUID(int=1)).count() == 4
    assert lead.get(f"{ONE}places/{new}/").status_code == 404


def test_a_safe_address_is_written_without_being_in_the_clear_for_a_moment(world: World) -> None:
    fill_directory(3)
    lead = world.client("lead")
    given = {"address": STREET, "town": "Osier", "postcode": POSTCODE, "seen": seen()}
    lead.post(f"{ONE}places/", given | {"kept_back": "on"})
    assert in_the_clear(STREET, POSTCODE) == []
    assert STREET in html(lead.get(ONE))
    assert STREET not in html(world.client("first").get(ONE))
    assert b"Hidden" not in selectors.export(by=BY)
    place = Place.objects.get(service_id=UUID(int=1), kept_back=True)
    address = f"{ONE}places/{place.at_id}/"
    assert "checked" in html(lead.get(address))
    moved = given | {"address": "10 Hidden Lane", "kept_back": "on", "seen": seen()}
    lead.post(address, moved)
    assert in_the_clear("Hidden", POSTCODE) == []
    lead.post(address, moved | {"kept_back": "", "seen": seen()})
    assert "10 Hidden Lane" in html(world.client("first").get(ONE))


def test_a_place_of_a_service_that_gives_a_safe_place_is_ticked_from_the_first(
    world: World,
) -> None:
    load(offer(1, attributes=[SAFE]))
    assert "checked" in html(world.client("lead").get(f"{ONE}places/"))
    load(offer(1))
    assert "checked" not in html(world.client("lead").get(f"{ONE}places/"))


def test_an_address_that_moves_leaves_its_position_behind(world: World) -> None:
    place = at(1)
    place["location"] |= {"latitude": 52.5, "longitude": 0.1, "description": "Ring the bell"}
    place["location"]["addresses"].insert(
        0, place["location"]["addresses"][0] | {"id": str(UUID(int=6)), "address_type": "postal"}
    )
    load(offer(1, service_at_locations=[place]))
    lead = world.client("lead")
    given = {"address": "2 New Road", "town": "Fenmarch", "postcode": "FX1 1AA", "seen": seen()}
    lead.post(f"{ONE}places/{place['id']}/", given)
    (held,) = selectors.service(by=BY, service_id=UUID(int=1)).document["service_at_locations"]
    assert held["location"].keys() == {"id", "location_type", "description", "addresses"}
    postal, physical = held["location"]["addresses"]
    assert postal["address_1"] == "1 Invented Row"
    assert physical["address_1"] == "2 New Road"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"postcode": "FX1"}, "Enter a whole postcode, such as FX1 1AA"),
        ({"address": " "}, "“Number and street” needs an answer"),
        ({"town": ""}, "“Town or city” needs an answer"),
    ],
)
def test_what_is_wrong_with_a_place_is_said(
    world: World, changed: dict[str, str], said: str
) -> None:
    fill_directory(3)
    given = {"address": "2 New Road", "town": "Fenmarch", "postcode": "FX1 1AA", "seen": seen()}
    answer = world.client("lead").post(f"{ONE}places/", given | changed)
    assert said in html(answer, 422)
    assert ServiceVersion.objects.filter(service_id=UUID(int=1)).count() == 1

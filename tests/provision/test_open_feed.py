"""The directory on the standard's paths: closed until opened, each answer as the standard says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from django.test import Client

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.provision import loading, services, taxonomy
from reachable.provision.rules.standard import Json
from reachable.provision.taxonomy import taxonomies
from reachable.site.addresses import IDENTIFIER, addresses
from tests.support.directory import at, in_file, offer, validator
from tests.support.world import World

pytestmark = pytest.mark.db

BASE = "/open-referral"
BY = system("tests")
MENTOR: Json = {"id": str(UUID(int=9)), "taxonomy_term": taxonomy.described("help", "mentoring")}
ELSEWHERE: Json = {
    "id": str(UUID(int=8)),
    "taxonomy_term": {"id": str(UUID(int=88)), "name": "Elsewhere", "description": "A word"},
}


@pytest.fixture
def filled(world: World) -> World:
    """Three services, of which one is kept at a place that is kept back, and the feed open."""
    sent = (
        offer(1, name="Lantern Walks", attributes=[MENTOR, ELSEWHERE], minimum_age=10),
        offer(2, name="Night Bus", maximum_age=25, service_at_locations=[at(2, "9 Hidden Lane")]),
        offer(3, name="Quiet Room", schedules=[], minimum_age=14),
    )
    loading.load(by=BY, agency_id=agency_id("council"), file_name="d.json", content=in_file(*sent))
    location = UUID(at(2)["location"]["id"])
    services.keep_back(by=BY, location_id=location, kept_back=True)
    services.switch_open_feed(by=BY, on=True)
    return world


def ask(path: str, **query: Any) -> Any:
    answer = Client().get(f"{BASE}{path}", query)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"
    return json.loads(answer.content)


def names(**query: Any) -> list[str]:
    return [each["name"] for each in ask("/services", **query)["contents"]]


def test_the_feed_is_closed_until_somebody_opens_it_and_after_it_is_closed(filled: World) -> None:
    paths = [f"/{each.route}" for each in addresses() if each.name.startswith("open_")]
    standard = [path for path in paths if path.startswith(BASE)]
    identifiers = {
        "service_id": UUID(int=1),
        "taxonomy_id": taxonomies()["help"].id,
        "term_id": UUID(int=88),
        "at_id": UUID(at(1)["id"]),
    }
    asked = [IDENTIFIER.sub(lambda it: str(identifiers[it.group(1)]), path) for path in standard]
    assert len(asked) == 9
    for on, status in ((False, 404), (True, 200), (False, 404)):
        services.switch_open_feed(by=BY, on=on)
        for path in asked:
            assert Client().get(path).status_code == status, path
            assert filled.client("lead").get(path).status_code == status, path


def test_every_answer_is_as_the_standard_says(filled: World, shared: Path) -> None:
    document = json.loads((shared / "data/open-referral/openapi.json").read_text("utf-8"))
    a_page = jsonschema_rs.Draft202012Validator(
        {**document["components"]["schemas"]["Page"], "additionalProperties": True}
    )
    fields = set(document["components"]["schemas"]["Page"]["properties"])
    judge = validator(shared)
    of_place = jsonschema_rs.Draft202012Validator(_place_schema(shared), validate_formats=True)
    of_term = jsonschema_rs.Draft202012Validator(_term_schema(shared), validate_formats=True)
    about = document["paths"]["/"]["get"]["responses"]["200"]["content"]["application/json"]
    jsonschema_rs.Draft202012Validator(about["schema"], validate_formats=True).validate(ask("/"))
    for path in ("/services", "/service_at_locations", "/taxonomies", "/taxonomy_terms"):
        found = ask(path)
        a_page.validate(found)
        assert found.keys() == {*fields, "contents"}
        assert found["size"] == len(found["contents"]) > 0
        for each in found["contents"]:
            whole = ask(f"{path}/{each['id']}")
            if path == "/services":
                judge.validate(each)
                judge.validate(whole)
                assert each.items() <= (whole | {"organization": each["organization"]}).items()
                assert not any(isinstance(value, list) for value in each.values())
            elif path == "/service_at_locations":
                of_place.validate(each)
                of_place.validate(whole)
                judge.validate(each["service"])
                judge.validate(whole["service"])
                judge.validate(whole)
                assert each.keys() == {"id", "service_id", "location_id", "location", "service"}
                assert "addresses" not in each["location"]
                assert whole["location"] == at(_number(each["service_id"]))["location"]
            else:
                assert each == whole
                assert {"id", "name", "description"} <= each.keys()
                if path == "/taxonomy_terms":
                    of_term.validate(each)


def _number(service_id: str) -> int:
    return UUID(service_id).int


def _place_schema(shared: Path) -> Json:
    held = json.loads((shared / "data/open-referral/service.json").read_text("utf-8"))
    schema: Json = held["properties"]["service_at_locations"]["items"]
    return schema


def _term_schema(shared: Path) -> Json:
    held = json.loads((shared / "data/open-referral/service.json").read_text("utf-8"))
    schema: Json = held["properties"]["attributes"]["items"]["properties"]["taxonomy_term"]
    return schema


def test_a_whole_service_has_no_place_that_is_kept_back(filled: World) -> None:
    assert ask(f"/services/{UUID(int=1)}")["service_at_locations"] == [at(1)]
    assert ask(f"/services/{UUID(int=2)}")["service_at_locations"] == []
    assert Client().get(f"{BASE}/service_at_locations/{at(2)['id']}").status_code == 404
    shown = [each["id"] for each in ask("/service_at_locations")["contents"]]
    assert shown == [at(1)["id"], at(3)["id"]]
    for path in ("/services", f"/services/{UUID(int=2)}", "/service_at_locations"):
        assert b"Hidden" not in Client().get(f"{BASE}{path}").content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "lantern"}, ["Lantern Walks", "Night Bus", "Quiet Room"]),
        ({"search": "NIGHT bus"}, ["Night Bus"]),
        ({"search": "Hidden"}, []),
        ({"search": "%"}, []),
        ({"minimum_age": "11"}, ["Night Bus", "Quiet Room"]),
        ({"maximum_age": "17"}, ["Lantern Walks", "Quiet Room"]),
        ({"day": "MO"}, ["Lantern Walks", "Night Bus"]),
        (
            {"day": "friday", "start_time": "10:00", "end_time": "18:00"},
            ["Lantern Walks", "Night Bus"],
        ),
        ({"day": "SU"}, []),
        ({"start_time": "11:00"}, []),
        ({"taxonomy_term_id": MENTOR["taxonomy_term"]["id"]}, ["Lantern Walks"]),
        ({"taxonomy_id": str(taxonomies()["help"].id)}, ["Lantern Walks"]),
        ({"taxonomy_id": str(taxonomies()["form"].id)}, []),
    ],
)
def test_services_are_narrowed_as_the_standard_says(
    filled: World, query: dict[str, str], found: list[str]
) -> None:
    assert names(**query) == found


def test_pages_follow_each_other_without_loss(filled: World) -> None:
    seen = []
    for number in (1, 2, 3):
        page = ask("/services", page=number, per_page=1)
        seen += [each["name"] for each in page["contents"]]
        assert (page["total_items"], page["total_pages"], page["size"]) == (3, 3, 1)
        assert (page["first_page"], page["last_page"]) == (number == 1, number == 3)
    assert seen == ["Lantern Walks", "Night Bus", "Quiet Room"]
    beyond = ask("/services", page=4, per_page=1)
    assert (beyond["empty"], beyond["contents"], beyond["last_page"]) == (True, [], True)
    assert len(ask("/taxonomy_terms", per_page=10_000)["contents"]) <= 200
    for odd in ("0", "-1", "x", "9" * 40):
        assert ask("/services", page=odd, per_page=odd)["page_number"] == 1


@pytest.mark.parametrize(
    "query",
    [
        {"minimum_age": "eleven"},
        {"maximum_age": "nan"},
        {"day": "someday"},
        {"start_time": "25:00"},
        {"taxonomy_id": "x"},
    ],
)
def test_what_cannot_be_read_is_said(filled: World, query: dict[str, str]) -> None:
    answer = Client().get(f"{BASE}/services", query)
    assert answer.status_code == 422
    said = json.loads(answer.content)["detail"]
    assert said.startswith(f"“{next(iter(query))}” is not ")
    assert "Nothing was looked up" in said


def test_what_is_no_longer_listed_is_not_in_the_feed(filled: World) -> None:
    found = loading.load(
        by=BY,
        agency_id=agency_id("council"),
        file_name="d.json",
        content=in_file(offer(2, name="Night Bus")),
    )
    assert found.ended == 2
    assert names() == ["Night Bus"]
    assert Client().get(f"{BASE}/services/{UUID(int=1)}").status_code == 404
    assert Client().get(f"{BASE}/taxonomy_terms/{UUID(int=88)}").status_code == 404

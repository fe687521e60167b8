"""Services near a postcode or an area, the nearest first."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.geography.services import load_areas
from reachable.provision import loading, selectors, services, taxonomy
from reachable.provision.searching import Asked, whereabouts
from tests.support.directory import at, in_file, offer
from tests.support.world import World, html

pytestmark = pytest.mark.db

BY = system("tests")
SAFE = {"id": "00000000-0000-0000-0000-000000000009"}


def place(number: int, postcode: str) -> Any:
    held = at(number)
    held["location"]["addresses"][0]["postal_code"] = postcode
    return held


def serving(number: int, *names: str) -> list[Any]:
    return [
        {"id": f"00000000-0000-0000-{each:04}-{number:012}", "name": name}
        for each, name in enumerate(names)
    ]


@pytest.fixture
def filled(world: World) -> World:
    load_areas(
        by=BY,
        areas=[("E1", "Fenmarch East"), ("W1", "Osier")],
        postcodes=[("FX1 1AA", "E1"), ("FX1 2BB", "E1"), ("FX3 3CC", "E1"), ("FX9 9DD", "W1")],
    )
    safe = {**SAFE, "taxonomy_term": taxonomy.described("help", "safe_place")}
    sent = (
        offer(1, name="A: serves", service_areas=serving(1, "e1"), service_at_locations=[]),
        offer(2, name="B: says nothing", service_areas=[], service_at_locations=[]),
        offer(
            3, name="C: in the area", service_areas=[], service_at_locations=[place(3, "FX33CC")]
        ),
        offer(4, name="D: close by", service_areas=[], service_at_locations=[place(4, "FX1 2BB")]),
        offer(5, name="E: elsewhere", service_areas=serving(5, "Osier")),
        offer(
            6,
            name="F: everywhere",
            service_areas=serving(6, "England", "Osier"),
            service_at_locations=[],
        ),
        offer(
            7,
            name="G: a refuge",
            service_areas=[],
            service_at_locations=[place(7, "FX1 1AA")],
            attributes=[safe],
        ),
    )
    content = in_file(*sent)
    loading.load(by=BY, agency_id=agency_id("council"), file_name="d.json", content=content)
    return world


def found(typed: str) -> list[tuple[str, int | None]]:
    near = whereabouts(typed)
    assert near is not None
    held = selectors.found_services(by=BY, asked=Asked(near=near), number=1)
    assert held.total == len(held.services)
    return [(each.name[0], each.near) for each in held.services]


def test_the_nearest_come_first_and_what_serves_others_only_is_left_out(filled: World) -> None:
    rest = [("A", 2), ("B", 3), ("F", 3), ("G", 3)]
    assert found("fx11aa") == [("D", 0), ("C", 1), *rest]
    assert found("FX3 3CC") == [("C", 0), ("D", 1), *rest]
    assert found("fenmarch east") == [("C", 1), ("D", 1), *rest]
    assert [name for name, _ in found("Osier")] == ["E", "F", "B", "C", "D", "G"]


def test_the_page_says_how_near_each_is(filled: World) -> None:
    page = html(filled.client("first").get("/directory/?where=fx1+1aa"))
    order = [page.index(name) for name in ("D: close by", "C: in the area", "A: serves")]
    assert order == sorted(order)
    for said in ("Close by.", "In this area.", "Serves this area.", "Does not say whether it"):
        assert said in page
    assert "E: elsewhere" not in page
    plain = html(filled.client("first").get("/directory/"))
    assert "Close by." not in plain


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("FX5+5EE", "No area here has the postcode FX5 5EE"),
        ("Atlantis", "There is no postcode or area “Atlantis” here"),
        ("FX1", "There is no postcode or area “FX1” here"),
    ],
)
def test_a_place_that_nobody_knows_is_said(filled: World, typed: str, said: str) -> None:
    page = html(filled.client("first").get(f"/directory/?where={typed}"))
    assert said in page
    assert "an area such as Fenmarch East, Osier" in page
    assert "7 services" in page


def test_programs_ask_for_places_by_postcode(filled: World) -> None:
    services.switch_open_feed(by=BY, on=True)

    def ask(query: str) -> Any:
        answer = Client().get(f"/open-referral/service_at_locations?{query}")
        return answer.status_code, json.loads(answer.content)

    def shown(query: str) -> list[str]:
        return [each["service"]["name"][0] for each in ask(query)[1]["contents"]]

    assert shown("") == ["C", "D", "E"]
    assert shown("postcode=FX1%201AA") == ["C", "D"]
    assert shown("postcode=fx99dd&search=elsewhere") == ["E"]
    for query, said in (
        ("postcode=Osier", "“postcode” is not a postcode of this area"),
        ("postcode=FX5+5EE", "“postcode” is not a postcode of this area"),
        ("postcode=FX1+1AA&proximity=500", "the positions of postcodes are not known here"),
    ):
        status, answer = ask(query)
        assert status == 422
        assert said in answer["detail"]

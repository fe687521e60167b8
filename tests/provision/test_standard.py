"""What is kept of a service as it was sent, held against the standard's own schema."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from reachable.provision.rules.feeds import is_held
from reachable.provision.rules.reading import Hours, read, without_places
from reachable.provision.rules.standard import SERVICE, Many, Shape, kept_of
from tests.support.directory import at, offer, things, validator

WRONG: tuple[Any, ...] = (None, "", 3, "x y", [], {}, [{}], ["x"], [{"id": "x"}], True)
EASY = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)


def test_every_field_of_the_standard_is_known(shared: Path) -> None:
    def compare(schema: dict[str, Any], shape: Shape) -> None:
        assert set(schema["properties"]) == set(shape.fields)
        assert set(schema["required"]) == shape.required
        for name, field in shape.fields.items():
            inside = schema["properties"][name]
            if isinstance(field, Many):
                compare(inside["items"], field.of)
            elif isinstance(field, Shape):
                compare(inside, field)
            elif isinstance(field, tuple):
                assert set(inside["enum"]) == set(field)

    path = shared / "data/open-referral/service.json"
    compare(json.loads(path.read_text(encoding="utf-8")), SERVICE)


@EASY
@given(document=things())
def test_what_the_standard_allows_is_kept_whole(document: dict[str, Any]) -> None:
    assert kept_of(document) == (document, [])


@EASY
@given(document=things())
def test_what_is_kept_validates_whatever_was_put_in(document: dict[str, Any], shared: Path) -> None:
    judge = validator(shared)
    assert judge.is_valid(document)
    for name in document:
        for wrong in WRONG:
            kept, _ = kept_of(document | {name: wrong})
            assert kept is None or judge.is_valid(kept), (name, wrong)


def test_the_examples_of_the_standard_are_kept_whole(shared: Path) -> None:
    path = shared / "data/open-referral/service_full.json"
    assert kept_of(json.loads(path.read_text(encoding="utf-8")))[1] == []


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("email", "ask at the desk", "“email” is not an e-mail address. It was left out."),
        ("url", "www.lantern.example", "“url” is not a web address. It was left out."),
        ("minimum_age", "eleven", "“minimum_age” is not a number. It was left out."),
        ("minimum_age", True, "“minimum_age” is not a number. It was left out."),
        ("description", "a\0b", "“description” is not text. It was left out."),
        ("schedules", {}, "“schedules” is not a list. It was left out."),
        (
            "schedules",
            [{"freq": "WEEKLY"}],
            "“schedules 1” has no usable id. It was left out.",
        ),
        (
            "last_modified",
            "2026-02-30T10:00:00Z",
            "“last_modified” is not a date with a time and its offset. It was left out.",
        ),
    ],
)
def test_what_is_optional_and_wrong_is_left_out_in_words(field: str, wrong: Any, said: str) -> None:
    kept, told = kept_of(offer(1) | {field: wrong})
    assert kept is not None
    assert told == [said]
    whole = {key: value for key, value in offer(1).items() if key != field}
    assert {key: value for key, value in kept.items() if key != field} == whole


def test_an_address_without_a_town_is_left_out_and_its_place_kept() -> None:
    sent = offer(1)
    del sent["service_at_locations"][0]["location"]["addresses"][0]["city"]
    kept, told = kept_of(sent)
    assert kept is not None
    assert kept["service_at_locations"][0]["location"]["addresses"] == []
    where = "service_at_locations 1, location, addresses 1"
    assert told == [f"“{where}” has no usable city. It was left out."]


@pytest.mark.parametrize("name", ["id", "name", "status"])
def test_only_what_the_standard_requires_of_a_service_refuses_it(name: str) -> None:
    kept, told = kept_of(offer(1) | {name: None})
    assert kept is None
    assert told == [f"The entry has no usable {name}. It was left out."]


def test_what_the_standard_does_not_name_is_kept_as_it_came() -> None:
    sent = offer(1) | {"local_note": {"any": [1, None]}}
    assert kept_of(sent) == (sent, [])


def test_hours_ages_and_areas_are_read() -> None:
    it = read(offer(1))
    assert it.hours == tuple(Hours(day, time(10), time(18)) for day in (0, 4))
    assert (it.minimum_age, it.maximum_age, it.areas, it.missing) == (11, 17, ("Fenmarch",), ())
    assert [place.postcode for place in it.places] == ["FX1 1AA"]


def test_an_entry_without_age_or_place_is_marked() -> None:
    nothing: dict[str, Any] = {"minimum_age": None, "maximum_age": None, "service_at_locations": []}
    kept, said = kept_of(offer(1) | nothing | {"service_areas": None})
    assert kept is not None
    assert said == []
    assert read(kept).missing == ("age", "place")
    assert read(offer(1) | {"service_at_locations": []}).missing == ()


@pytest.mark.parametrize(
    "changed",
    [{"freq": "MONTHLY"}, {"interval": 2}, {"opens_at": "ten"}, {"valid_to": "2026-01-01"}],
)
def test_hours_that_do_not_come_every_week_are_for_people_to_read(changed: dict[str, Any]) -> None:
    document = offer(1)
    document["schedules"][0] |= changed
    assert read(document).hours == ()


def test_a_place_that_is_kept_back_goes_with_its_hours() -> None:
    document = offer(1, service_at_locations=[at(1), at(2)])
    document["schedules"][0]["service_at_location_id"] = at(1)["id"]
    shown = without_places(document, {UUID(at(1)["location"]["id"])})
    assert shown["service_at_locations"] == [at(2)]
    assert shown["schedules"] == []
    assert without_places(document, {UUID(int=1)}) == document


@pytest.mark.parametrize(
    ("listed", "kept", "held"),
    [(10, 5, True), (10, 6, False), (10, 0, True), (3, 0, False), (0, 0, False), (4, 2, True)],
)
def test_a_file_that_shrinks_by_half_is_held(listed: int, kept: int, held: bool) -> None:
    assert is_held(listed=listed, kept=kept) is held

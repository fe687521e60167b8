"""The invented place: boundaries that meet, points inside them, schools, homes and services."""

import csv
import json
from datetime import date
from random import Random
from uuid import UUID

import pytest

from reachable.synthetic import atlas
from reachable.synthetic.boundaries import boundaries, point_in
from reachable.synthetic.schools import Roll, is_pupil, is_school_day


def inside(point, ring):
    """Whether a point lies in a ring, by the number of lines to its right."""
    x, y = point
    crossed = 0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            crossed += 1
    return crossed % 2 == 1


def area(ring):
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False)) / 2


@pytest.fixture(scope="module")
def areas(sent):
    return json.loads((sent.folder / atlas.AREAS_FILE).read_text("utf-8"))["features"]


def test_every_place_has_a_boundary(areas, fenmarch):
    places = (*fenmarch.places.localities, *fenmarch.places.elsewhere)
    assert [feature["properties"]["code"] for feature in areas] == [at.code for at in places]
    within = {feature["properties"]["within"] for feature in areas}
    assert within == {"fenmarch", ""}


def test_boundaries_are_closed_anticlockwise_and_in_the_sea(areas):
    for feature in areas:
        [ring] = feature["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert area(ring) > 0
        assert all(1.2 < x < 2.8 and 54.1 < y < 54.7 for x, y in ring)


def test_neighbours_meet_without_a_gap():
    """Each piece of line inside the area belongs to two localities, once in each direction."""
    rings = {code: ring for code, ring in boundaries().items() if len(code) == 3}
    pieces = [
        (one, other) for ring in rings.values() for one, other in zip(ring, ring[1:], strict=False)
    ]
    assert len(set(pieces)) == len(pieces)
    shared = [piece for piece in pieces if piece[::-1] in set(pieces)]
    assert len(shared) == 2 * 8 * 10  # ten lines of eight pieces between neighbours
    whole = sum(area(ring) for ring in rings.values())
    outer = [piece for piece in pieces if piece[::-1] not in set(pieces)]
    assert whole == pytest.approx(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in outer) / 2)


def test_postcodes_lie_in_their_areas(sent, areas, fenmarch):
    rings = {f["properties"]["code"]: f["geometry"]["coordinates"][0] for f in areas}
    with (sent.folder / atlas.POSTCODES_FILE).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["postcode"] for row in rows] == [p.code for p in fenmarch.places.postcodes]
    for row in rows:
        assert inside((float(row["longitude"]), float(row["latitude"])), rings[row["area"]])


@pytest.mark.parametrize("seed", range(5))
def test_points_are_inside_whatever_the_chance(seed):
    rng = Random(seed)
    for ring in boundaries().values():
        assert all(inside(point_in(rng, ring), ring) for _ in range(100))


def test_services_are_as_open_referral_has_them(sent):
    services = json.loads((sent.folder / atlas.SERVICES_FILE).read_text("utf-8"))
    assert len(services) >= 12
    assert len({service["id"] for service in services}) == len(services)
    for service in services:
        UUID(service["id"])
        assert service["name"]
        assert service["status"] == "active"
        assert service["minimum_age"] <= service["maximum_age"]
        assert {"id", "name", "description"} <= service["organization"].keys()
        assert service["contacts"][0]["phones"][0]["number"].startswith("07700 900")
        assert all(area["name"].startswith("FX") for area in service["service_areas"])


def test_schools_and_homes_are_written(sent, fenmarch):
    schools = json.loads((sent.folder / atlas.SCHOOLS_FILE).read_text("utf-8"))
    homes = json.loads((sent.folder / atlas.HOMES_FILE).read_text("utf-8"))
    assert {school["phase"] for school in schools} == {"primary", "secondary", "alternative"}
    assert [home["name"] for home in homes] == [home.name for home in fenmarch.places.homes]


def test_a_pupil_stays_at_a_school_of_their_age(fenmarch):
    roll = Roll(fenmarch.seed, fenmarch.schools)
    for child in fenmarch.children[:300]:
        if is_pupil(child, fenmarch.starts):
            school = roll.school_of(child, fenmarch.starts)
            assert school == roll.school_of(child, fenmarch.starts)
            assert (school.phase == "primary") == (child.age_on(fenmarch.starts) < 11)


def test_schools_are_shut_at_weekends_and_in_august():
    assert not is_school_day(date(2026, 8, 12))
    assert not is_school_day(date(2026, 11, 22))
    assert is_school_day(date(2026, 11, 23))

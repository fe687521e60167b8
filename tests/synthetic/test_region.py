"""The areas of a region: as many as its people fill, all of them invented and none twice."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.geography.rules import standard_postcode
from reachable.synthetic import region
from reachable.synthetic.material import material

UNTIL = date(2026, 11, 24)


@given(st.integers(1, region.MOST_PEOPLE), st.none() | st.integers(1, 25))
def test_areas_share_out_all_people(people, count):
    areas = region.areas_of(people, count)
    assert sum(area.people for area in areas) == people
    assert max(area.people for area in areas) - min(area.people for area in areas) <= 1
    assert [area.number for area in areas] == list(range(1, len(areas) + 1))
    if count is None:
        assert max(area.people for area in areas) <= region.PEOPLE_AN_AREA * 6 // 5


def test_a_million_people_fill_25_areas():
    assert len(region.areas_of(1_000_000)) == 25


@pytest.mark.parametrize("people", [0, -1, region.MOST_PEOPLE + 1])
def test_nobody_or_too_many_are_refused(people):
    with pytest.raises(BadInput, match="from 1 to"):
        region.areas_of(people)


def test_no_two_areas_have_a_place_or_a_district_in_common():
    elsewhere = {row["code"] for row in material("place")["elsewhere"]}
    codes: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for number in range(1, 26):
        made = region.make_area(3, region.Area(number, 30), 1, UNTIL)
        codes.update(at.code for at in made.places.localities)
        names.update(at.name for at in made.places.localities)
        assert {p.code.split(" ")[0] for p in made.places.postcodes} >= elsewhere
        assert {school.locality for school in made.schools} <= set(codes)
    assert len(codes) == len(names) == 200
    assert set(codes.values()) == set(names.values()) == {1}
    assert not elsewhere & set(codes)
    assert all(code.startswith("FX") for code in codes)


def test_postcodes_homes_and_people_grow_together():
    made = region.make_area(3, region.Area(2, 8000), 1, UNTIL)
    inside = [p for p in made.places.postcodes if p.locality in made.places.localities]
    assert len({p.code for p in inside}) == len(inside)
    assert all(standard_postcode(p.code) for p in inside)
    assert 38 <= 8000 / len(inside) <= 42
    assert len(made.places.homes) == 3
    assert len({home.name for home in made.places.homes}) == 3
    assert len(made.children) + len(made.adults) == 8000

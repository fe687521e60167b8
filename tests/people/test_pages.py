"""The page of a child, and who looked at it."""

from __future__ import annotations

from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.support.world import World, html, moment

pytestmark = pytest.mark.db


def test_a_childs_page_says_who_first_then_moments_then_what_happened(world: World) -> None:
    person = moment(world.signal(needs="Short sentences")).person_id
    page = html(world.client("first").get(f"/children/{person}/"))
    order = ["Tamsin Orrell", "Short sentences", "Reachable moments", "Chronology", "Happened"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "Fenmarch Police" in page
    assert "Why you see this" in page


def test_promise_17_whoever_sees_a_child_sees_who_else_looked(world: World) -> None:
    found = moment(world.signal())
    world.client("second").get(f"/moments/{found.id}/")
    world.client("first").get(f"/children/{found.person_id}/")
    page = html(world.client("lead").get(f"/children/{found.person_id}/who-looked/"))
    for name in ("Sol Second", "Fern First", "Lu Lead"):
        assert name in page


@pytest.mark.parametrize("end", ["", "who-looked/"])
def test_promise_09_a_child_of_others_is_not_found(world: World, end: str) -> None:
    person = moment(world.signal()).person_id
    client = world.client("outsider")
    hidden = client.get(f"/children/{person}/{end}")
    absent = client.get(f"/children/{UUID(int=7)}/{end}")
    assert hidden.status_code == absent.status_code == 404


@pytest.mark.parametrize("username", ["sergeant", "governance", "administrator"])
def test_roles_that_work_with_no_child_are_refused(world: World, username: str) -> None:
    person = moment(world.signal()).person_id
    assert world.client(username).get(f"/children/{person}/").status_code == 403


def test_a_child_is_gone_for_the_team_once_the_moment_closed(world: World) -> None:
    found = moment(world.signal())
    client = world.client("first")
    client.post(f"/moments/{found.id}/take/")
    given = {
        "version": moment(found.id).version,
        "outcome": "declined",
        "reason": "Offered by Fern. The aunt asks again.",
        "not_again": "others_ask",
    }
    assert client.post(f"/moments/{found.id}/close/", given).status_code == 302
    assert client.get(f"/children/{found.person_id}/").status_code == 404


def test_a_long_chronology_comes_in_pages_with_a_constant_number_of_questions(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for turn in range(55):
        moment_id = world.signal("other_worry", said=f"Worry number {turn}")
    person = moment(moment_id).person_id
    client = world.client("first")
    with django_assert_max_num_queries(35):
        page = html(client.get(f"/children/{person}/"))
    assert "Page 1 of 2" in page
    assert "Worry number 54" in page
    assert "Worry number 0<" not in page
    assert "Worry number 0<" in html(client.get(f"/children/{person}/", {"page": "2"}))
    assert "Page 2 of 2" in html(client.get(f"/children/{person}/", {"page": "99"}))
    assert "Page 1 of 2" in html(client.get(f"/children/{person}/", {"page": "x"}))

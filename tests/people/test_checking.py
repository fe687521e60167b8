"""Pairs drawn by chance and judged blind, and the figures that follow."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from reachable.foundation.errors import Forbidden
from reachable.foundation.time import now, travel
from reachable.notices.models import Notice
from reachable.people import checking, labels, record_checks
from reachable.people.models import CannotLink, LinkCheck, Merge, RecordCheck, Review
from reachable.practice.time import LONDON
from tests.support.merging import agree
from tests.support.people import SYSTEM, claim, identify_all
from tests.support.world import World, html

pytestmark = pytest.mark.db
MARCH, APRIL = (datetime(2027, month, 5, 12, tzinfo=LONDON) for month in (3, 4))


@pytest.fixture
def drawn(world: World) -> World:
    """In March one record was linked, and a brother of the same day was kept apart."""
    council, police = (world.actor(name).own_agency_id for name in ("steward", "clerk"))
    with travel(MARCH):
        identify_all(
            claim(council, "C1", given="Ada"),
            claim(police, "P1", given="Ada"),
            claim(police, "P2", given="Zebedee"),
        )
    return world


def draw(world: World) -> dict[str, Review]:
    del world
    with travel(APRIL):
        checking.draw_month(by=SYSTEM)
    return {each.sample: each.review for each in LinkCheck.objects.select_related("review")[:2]}


def test_a_month_is_drawn_once_from_what_the_computer_decided(drawn: World) -> None:
    assert set(draw(drawn)) == {"linked", "apart"}
    count = LinkCheck.objects.count()
    assert draw(drawn)
    assert LinkCheck.objects.count() == count
    assert Review.objects.filter(rule="check").count() == count
    linked = LinkCheck.objects.get(sample="linked")
    assert (linked.out_of, str(linked.month)) == (1, "2027-03-01")


def test_the_page_never_says_what_the_computer_had_decided(drawn: World) -> None:
    pages = {}
    for sample, review in draw(drawn).items():
        page = html(drawn.client("steward").get(f"/review/{review.id}/"))
        main = page.split("<main")[1].split("</main")[0]
        assert "drawn by chance" in main
        assert "linked" not in main
        assert "other record" not in main.lower()
        pages[sample] = main
    list_page = html(drawn.client("steward").get("/review/"))
    assert "linked" not in list_page.split("<main")[1]


@pytest.mark.parametrize("same", [True, False])
def test_a_check_joins_and_parts_nobody_by_itself(drawn: World, same: bool) -> None:
    for review in draw(drawn).values():
        beside = review.candidates.values_list("record_id", flat=True)[0]
        agree(drawn.actor("steward"), review.id, beside if same else None)
        assert Review.objects.get(id=review.id).outcome == ("same" if same else "different")
    assert not Merge.objects.exists()
    assert not CannotLink.objects.exists()
    asked = Review.objects.filter(rule="check_found")
    assert asked.count() == (1 if same else 0)
    apart = checking.to_take_apart(by=drawn.actor("steward"))
    assert len(apart) == (0 if same else 1)
    page = html(drawn.client("steward").get("/review/"))
    assert ("To be taken apart" in page) is (not same)


def test_figures_come_from_labels_alone(drawn: World) -> None:
    empty = labels.figures(by=drawn.actor("steward"))
    assert (empty.recall, empty.rules, empty.precision.of) == (None, [], 0)
    reviews = draw(drawn)
    for sample, same in (("linked", True), ("apart", False)):
        beside = reviews[sample].candidates.values_list("record_id", flat=True)[0]
        agree(drawn.actor("steward"), reviews[sample].id, beside if same else None)
    found = labels.figures(by=drawn.actor("steward"))
    assert (found.linked.judged, found.linked.same, found.linked.out_of) == (1, 1, 1)
    assert (found.apart.judged, found.apart.same) == (1, 0)
    assert found.precision.share == 1
    assert found.precision.low < 0.3
    assert found.recall
    assert found.recall.value == 1
    assert found.rules == []


def test_reviews_are_counted_by_what_sent_them_and_whether_two_agreed(world: World) -> None:
    council, police = (world.actor(name).own_agency_id for name in ("steward", "clerk"))
    identify_all(claim(council, "C1", given="Tamsin"), claim(police, "P1", given="Tam"))
    agree(world.actor("steward"), Review.objects.get().id, None)
    (row,) = labels.figures(by=world.actor("governance")).rules
    assert (row.why, row.same, row.different, row.neither) == (
        "the same birth date and postcode, and a similar name",
        *(0, 1, 0),
    )


@pytest.mark.parametrize("username", ["steward", "governance"])
def test_the_figures_name_nobody(drawn: World, username: str) -> None:
    draw(drawn)
    page = html(drawn.client(username).get("/linkage/"))
    assert "How well it links" in page
    assert "What these figures cannot show" in page
    for name in ("Ada", "Zebedee", "Orrell"):
        assert name not in page


@pytest.mark.parametrize("username", ["first", "lead", "clerk", "teacher", "agency"])
def test_others_see_no_figures(world: World, username: str) -> None:
    assert world.client(username).get("/linkage/").status_code == 403
    with pytest.raises(Forbidden):
        labels.figures(by=world.actor(username))


def test_agencies_are_asked_by_chance_once_a_month_about_older_records(drawn: World) -> None:
    with travel(MARCH + timedelta(days=1)):
        assert record_checks.ask_by_chance(by=SYSTEM) == 0
    with travel(APRIL):
        assert record_checks.ask_by_chance(by=SYSTEM) == 3
        assert record_checks.ask_by_chance(by=SYSTEM) == 0
    assert Notice.objects.filter(kind="record.check", user=drawn.users["clerk"]).count() == 2
    assert set(RecordCheck.objects.values_list("review_id", flat=True)) == {None}
    assert now() < APRIL

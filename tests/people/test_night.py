"""Each night the records of the day are judged again, with everybody who is known by then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reachable.audit.models import Entry
from reachable.foundation.time import now, travel
from reachable.people import checking, night
from reachable.people.linkage import keys
from reachable.people.linkage.deciding import Judge
from reachable.people.models import CannotLink, LinkCheck, Merge, RecordKey, Review
from tests.support.linkage import apart
from tests.support.merging import agree
from tests.support.people import SYSTEM, claim, identify_all
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def alike(agencies: tuple[Any, Any]) -> list[Any]:
    """Two records that neither found when it came, as they share a key of the model alone."""
    found = apart(
        claim(agencies[0], "C1", given="Thomas", family="Brannigan", born="2011-05-06"),
        claim(agencies[1], "P1", given="Tom", family="Brannigan", born="2011-05-06"),
    )
    RecordKey.objects.create(key=keys.hashed("test"), record_id=found[0].record_id)
    return found


def test_who_is_like_somebody_known_is_asked_about_once(alike: list[Any], judge: Judge) -> None:
    first = night.check_day(by=SYSTEM)
    assert (first.records, first.doubted, first.alike) == (2, 0, 1)
    review = Review.objects.get()
    assert (review.rule, review.model) == ("weighed", judge.model.hash)
    beside = review.candidates.values_list("record_id", flat=True)
    assert {review.record_id, *beside} == {each.record_id for each in alike}
    again = night.check_day(by=SYSTEM)
    assert (again.records, again.alike, Review.objects.count()) == (2, 0, 1)
    assert not Merge.objects.exists()
    assert Entry.objects.filter(action="people.day_checked").count() == 1


def test_the_day_before_yesterday_is_left_alone(alike: list[Any], judge: Judge) -> None:
    del alike, judge
    with travel(now() + timedelta(days=3)):
        assert night.check_day(by=SYSTEM).records == 0


def test_what_is_decided_is_not_asked_again(alike: list[Any], judge: Judge, world: World) -> None:
    del alike, judge
    night.check_day(by=SYSTEM)
    agree(world.actor("steward"), Review.objects.get().id, None)
    assert CannotLink.objects.exists()
    assert night.check_day(by=SYSTEM).alike == 0


def test_a_link_that_would_not_be_made_now_is_put_before_a_steward(
    agencies: tuple[Any, Any], judge: Judge, world: World
) -> None:
    council, police = agencies
    identify_all(
        claim(council, "C1", given="Tamsin", family="Orrell"),
        claim(police, "P1", given="Tamsin", family="Orrell"),
    )
    identify_all(claim(police, "P1", given="Tamsin", family="Okafor", born="2012-03-03"))
    corrected = claim(council, "C1", given="Tamsin", family="Orrell", born="2012-03-04")
    identify_all(corrected)
    found = night.check_day(by=SYSTEM)
    assert (found.doubted, found.alike) == (1, 0)
    check = LinkCheck.objects.get(sample=checking.DOUBTED)
    assert (check.review.rule, check.review.model) == ("linked_no_longer", judge.model.hash)
    assert night.check_day(by=SYSTEM).doubted == 0
    other = check.review.candidates.values_list("record_id", flat=True)[0]
    assert {check.review.record_id, other} <= set(
        check.review.record.person.records.values_list("id", flat=True)
    )
    page = world.client("steward").get(f"/review/{check.review_id}/").content.decode()
    assert "by what is known now it would ask" in page
    agree(world.actor("steward"), check.review_id, None)
    assert not CannotLink.objects.exists()
    assert len(checking.to_take_apart(by=world.actor("steward"))) == 1


def test_a_doubt_keeps_no_month_from_being_drawn(agencies: tuple[Any, Any], judge: Judge) -> None:
    del judge
    council, police = agencies
    identify_all(claim(council, "C1"), claim(police, "P1"))
    month = (now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
    review = Review.objects.create(
        record_id=identify_all(claim(council, "C1"))[0].record_id, rule="check", opened_at=now()
    )
    first = now().date().replace(day=1)
    LinkCheck.objects.create(review=review, sample=checking.DOUBTED, month=first, out_of=0)
    with travel(now() + timedelta(days=31)):
        assert checking.draw_month(by=SYSTEM) == 1
    assert month < first


def test_only_so_many_a_night(agencies: tuple[Any, Any], judge: Judge) -> None:
    del judge
    council, police = agencies
    for number, name in enumerate(("Brannigan", "Whitlock")):
        apart(
            claim(council, f"C{number}", given="Thomas", family=name, born="2011-05-06"),
            claim(police, f"P{number}", given="Tom", family=name, born="2011-05-06"),
        )
    found = night.check_day(by=SYSTEM, at_most=1)
    assert (found.alike, Review.objects.count()) == (1, 1)
    assert found.left > 0

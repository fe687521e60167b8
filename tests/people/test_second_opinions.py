"""Two stewards, blind; the third way; who sees a review; what the page tells and what it hides."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from reachable.access.models import ConflictOfInterest, Restriction
from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.notices.models import Notice
from reachable.people import deciding, labels, record_checks
from reachable.people import review as waiting_reviews
from reachable.people.linkage.in_force import in_force
from reachable.people.models import (
    CannotLink,
    CurrentPerson,
    Merge,
    Opinion,
    Record,
    RecordCheck,
    Review,
)
from reachable.people.registries import Explaining, explaining
from reachable.people.waterfall import Part
from tests.people.test_review_pages import beside, waiting
from tests.support.world import World, html

pytestmark = pytest.mark.db
WHY = "The same desk"


def says(world: World, username: str, review_id: UUID, same_as: object, why: str = WHY) -> str:
    given = {"same_as": str(same_as), "reason": why}
    return html(world.client(username).post(f"/review/{review_id}/", given, follow=True))


def test_the_second_steward_chooses_without_knowing_what_the_first_did(
    world: World,
) -> None:
    """Both have an open moment, so that two have to agree that it is one child."""
    review_id = waiting(world)
    page = says(world, "steward", review_id, beside(review_id), "The aunt says so")
    assert "Another steward is asked" in page
    assert Review.objects.get(id=review_id).outcome == ""
    assert not Merge.objects.exists()
    second = html(world.client("fellow").get(f"/review/{review_id}/"))
    assert "The aunt says so" not in second
    assert "Stef Steward" not in second
    assert "Who is this?" in second
    says(world, "fellow", review_id, beside(review_id), "The same school")
    assert Merge.objects.count() == 1
    after = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "The aunt says so" in after
    assert "The same school" in after


def test_nobody_says_it_twice_and_their_list_goes_on_without_it(world: World) -> None:
    review_id = waiting(world)
    says(world, "steward", review_id, "unsure", "Too little")
    assert "You have said what you think" in says(world, "steward", review_id, "nobody")
    assert Opinion.objects.count() == 1
    page = html(world.client("steward").get("/review/"))
    assert "Nothing waits for you." in page
    assert "Another steward is asked" in page
    assert "1 record waits" in html(world.client("fellow").get("/review/"))
    own = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "Not sure: Too little" in own
    assert "Who is this?" not in own


def test_what_hangs_on_it_is_never_told_to_a_steward(world: World) -> None:
    review_id = waiting(world)
    says(world, "steward", review_id, beside(review_id))
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "The policy asks for two here." in page
    for word in ("moment", "restricted", "protection"):
        assert word not in page.split("<main")[1].split("</main")[0].lower()


def test_one_who_is_sure_of_a_different_child_is_enough(world: World) -> None:
    review_id = waiting(world)
    says(world, "steward", review_id, "unsure")
    assert "Decided: a different child" in says(world, "fellow", review_id, "nobody")
    assert CannotLink.objects.get().review_id == review_id


def unsettled(world: World) -> UUID:
    review_id = waiting(world)
    says(world, "steward", review_id, beside(review_id), "The same aunt")
    says(world, "fellow", review_id, "nobody", "Two cousins")
    return review_id


def test_where_two_do_not_agree_they_choose_what_follows(world: World) -> None:
    review_id = unsettled(world)
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "Two stewards could not settle it" in page
    assert "The same aunt" in page
    assert "Two cousins" in page
    client = world.client("fellow")
    said = html(client.post(f"/review/{review_id}/third/", {"way": "apart"}), 422)
    assert "“Why, in a few words” needs an answer" in said
    client.post(f"/review/{review_id}/third/", {"way": "apart", "reason": "Nobody knows"})
    held = Review.objects.get(id=review_id)
    assert (held.outcome, held.reason) == ("apart", "Nobody knows")
    assert not CannotLink.objects.exists()
    assert not Merge.objects.exists()


def test_only_what_two_left_open_has_a_third_way(world: World) -> None:
    review_id, by = waiting(world), world.actor("steward")
    with pytest.raises(Conflict):
        deciding.leave_apart(by=by, review_id=review_id, reason="x")
    with pytest.raises(Conflict):
        record_checks.ask_agencies(by=by, review_id=review_id)
    page = world.client("steward").post(f"/review/{review_id}/third/", {"way": "ask"}, follow=True)
    assert "not left open by two stewards any more" in html(page)
    with pytest.raises(NotFound):
        deciding.leave_apart(by=by, review_id=UUID(int=7), reason="x")


def test_agencies_are_asked_of_their_own_record_alone_and_then_it_is_asked_anew(
    world: World,
) -> None:
    """Both were sent by the police here, whose clerk answers; nothing tells of the other."""
    review_id = unsettled(world)
    world.client("steward").post(f"/review/{review_id}/third/", {"way": "ask"})
    assert "The agencies are asked" in html(world.client("steward").get(f"/review/{review_id}/"))
    clerk = world.client("clerk")
    assert Notice.objects.filter(kind="record.check").count() == 2
    assert set(Notice.objects.filter(kind="record.check").values_list("user_id", flat=True)) == {
        world.users["clerk"]
    }
    one, two = RecordCheck.objects.order_by("asked_at", "id")
    page = html(clerk.get(f"/records/to-check/{one.id}/"))
    assert one.record.shown_name in page
    assert two.record.shown_name not in page
    assert "Stef Steward" not in page
    assert world.client("teacher").get(f"/records/to-check/{one.id}/").status_code == 403
    assert "needs an answer" in html(clerk.post(f"/records/to-check/{one.id}/", {}), 422)
    clerk.post(f"/records/to-check/{one.id}/", {"answer": "right"})
    assert clerk.get(f"/records/to-check/{one.id}/").status_code == 404
    assert Review.objects.get(id=review_id).asked_at
    clerk.post(f"/records/to-check/{two.id}/", {"answer": "corrected"})
    held = Review.objects.get(id=review_id)
    assert (held.asked_at, held.round) == (None, 2)
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "It is right as it stands" in page
    assert "Who is this?" in page
    assert "The same aunt" not in page
    says(world, "steward", review_id, beside(review_id))
    says(world, "fellow", review_id, beside(review_id))
    assert Merge.objects.count() == 1


def test_another_agency_checks_no_record_of_the_police(world: World) -> None:
    review_id = unsettled(world)
    record_checks.ask_agencies(by=world.actor("steward"), review_id=review_id)
    held = RecordCheck.objects.order_by("id")[0]
    Record.objects.filter(id=held.record_id).update(agency_id=world.actor("teacher").own_agency_id)
    by = world.actor("clerk")
    assert held.id not in {each.id for each in record_checks.to_check(by=by)}
    with pytest.raises(NotFound):
        record_checks.one_to_check(by=by, check_id=held.id)
    with pytest.raises(NotFound):
        record_checks.answer(by=by, check_id=held.id, said="right")
    with pytest.raises(BadInput):
        record_checks.answer(by=by, check_id=held.id, said="perhaps")


def close_to(world: World, username: str, person_id: UUID) -> None:
    ConflictOfInterest.objects.create(
        user_id=world.users[username],
        subject_kind="person",
        subject_id=person_id,
        reason="A niece",
        declared_by_id=world.users[username],
        declared_at=now(),
    )


def restrict(world: World, person_id: UUID) -> None:
    Restriction.objects.create(
        subject_kind="person",
        subject_id=person_id,
        kind="staff_family",
        reason="x",
        set_by_id=world.users["lead"],
        set_at=now(),
        review_on=today() + timedelta(days=90),
    )


@pytest.mark.parametrize("side", ["record", "beside"])
def test_a_steward_in_conflict_with_either_child_finds_no_review(world: World, side: str) -> None:
    review_id = waiting(world)
    record = Review.objects.get(id=review_id).record_id if side == "record" else beside(review_id)
    close_to(world, "steward", Record.objects.get(id=record).person_id)
    client = world.client("steward")
    assert "Nothing waits for you." in html(client.get("/review/"))
    for page in ("", "who-looked/", "undo/"):
        assert client.get(f"/review/{review_id}/{page}").status_code == 404
    given = {"same_as": "nobody", "reason": "x"}
    assert client.post(f"/review/{review_id}/", given).status_code == 404
    assert "1 record waits" in html(world.client("fellow").get("/review/"))


def test_a_restricted_child_takes_two_whatever_is_said(world: World) -> None:
    review_id = waiting(world)
    restrict(world, Record.objects.get(id=beside(review_id)).person_id)
    says(world, "steward", review_id, "nobody")
    assert Review.objects.get(id=review_id).outcome == ""
    says(world, "fellow", review_id, "nobody")
    assert Review.objects.get(id=review_id).outcome == "different"


def test_the_household_is_shown_but_nobody_who_is_closed_to_the_steward(world: World) -> None:
    world.signal(given_names="Bartholomew", family_name="Orrell")
    world.signal(given_names="Clementine", family_name="Orrell")
    world.signal(given_names="Dorothea", family_name="Orrell")
    world.signal(given_names="Xanthippe", family_name="Hale")
    review_id = waiting(world)
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    for name in ("Bartholomew", "Clementine", "Dorothea"):
        assert f"{name} Orrell, born 3 March 2012" in page
    assert "Xanthippe" not in page
    restrict(world, Record.objects.get(shown_name="Clementine Orrell").person_id)
    close_to(world, "steward", Record.objects.get(shown_name="Dorothea Orrell").person_id)
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "Bartholomew" in page
    assert "Clementine" not in page
    assert "Dorothea" not in page


def test_a_look_at_the_household_is_noted_for_everybody_in_it(world: World) -> None:
    world.signal(given_names="Bartholomew", family_name="Orrell")
    review_id = waiting(world)
    world.client("steward").get(f"/review/{review_id}/")
    looks = Entry.objects.filter(action="looked", details__page="review")
    people = set(CurrentPerson.objects.values_list("current_id", flat=True))
    assert len(people) == 3
    assert set(looks.values_list("subject_id", flat=True)) == people | {review_id}


def test_other_records_of_each_child_are_shown(world: World) -> None:
    world.signal(given_names="Tamsin", family_name="Orrell")
    world.signal("other_worry", given_names="Tamsin", family_name="Orrell")
    world.signal("other_worry", given_names="Tam", family_name="Orrell")
    review_id = Review.objects.latest("opened_at", "id").id
    facts = waiting_reviews.review(by=world.actor("steward"), review_id=review_id)
    assert [other.name for other in facts.beside[0].others] == ["Tamsin Orrell"]
    restrict(world, Record.objects.get(id=facts.beside[0].record_id).person_id)
    facts = waiting_reviews.review(by=world.actor("steward"), review_id=review_id)
    assert facts.beside[0].others == ()


def test_a_reason_can_be_picked_and_words_added(world: World) -> None:
    review_id = waiting(world)
    given = {"same_as": "nobody", "quick": "relative", "reason": "asked the school"}
    world.client("steward").post(f"/review/{review_id}/", given)
    assert (
        Review.objects.get(id=review_id).reason
        == "Brothers, sisters or twins, or a parent: asked the school"
    )
    other = waiting(world, "Adarin", "Ada", "Ashdown")
    world.client("steward").post(
        f"/review/{other}/", {"same_as": "nobody", "quick": "mistyped", "reason": ""}
    )
    assert Review.objects.get(id=other).reason == "A mistyped letter, digit or date"


def test_what_agrees_is_said_by_the_rule_until_a_model_says_what_it_weighs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    review_id = waiting(world)
    monkeypatch.setattr(explaining, "listed", list)
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "<strong>Born:</strong> the same day" in page
    assert 'class="waterfall"' not in page
    parts = [Part("Name", "one letter differs", 3.2), Part("Born", "the same <b>day</b>", -1.5)]
    model = Explaining(lambda: "abc", lambda one, other: parts)
    monkeypatch.setattr(explaining, "listed", lambda: [type("L", (), {"item": model})()])
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    assert 'class="waterfall" role="img"' in page
    assert "speaks for it, 9.2 to one" in page
    assert "the same &lt;b&gt;day&lt;/b&gt;" in page
    assert "style=" not in page.split('class="waterfall"')[1].split("</svg>")[0]


def test_the_model_in_force_says_in_words_what_each_field_weighs(world: World) -> None:
    page = html(world.client("steward").get(f"/review/{waiting(world)}/"))
    drawn = page.split('class="waterfall" role="img"')[1]
    for words in (
        "Before anything is compared",
        "similar given names",
        "the same family name, which few have",
        "the same birth date",
        "the same postcode",
        "not known of both",
    ):
        assert words in drawn
    assert "All together it speaks for it" in drawn


def test_labels_say_pair_by_whom_and_what_had_sent_it(world: World) -> None:
    review_id = unsettled(world)
    one, two = labels.labels(by=world.actor("steward"))
    assert (one.said, two.said) == ("same", "different")
    assert {one.other, two.other} == {beside(review_id)}
    assert one.by == world.users["steward"]
    assert (one.rule, one.model) == ("birth_postcode_similar", in_force().hash)

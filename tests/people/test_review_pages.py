"""Records that wait for a person: the list, one of them, deciding, undoing."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.audit.models import Entry
from reachable.people.models import CurrentPerson, LinkDecision, Merge, Review
from tests.support.queries import queries_of
from tests.support.world import World, html

pytestmark = pytest.mark.db


def waiting(
    world: World, known: str = "Tamsin", again: str = "Tam", family_name: str = "Orrell"
) -> UUID:
    """Send two signals, the second about somebody who looks like the child of the first.

    A letter that was mistyped the computer settles by itself; a short form that it does not know,
    or two names that both exist, it does not.
    """
    world.signal(given_names=known, family_name=family_name)
    world.signal("other_worry", given_names=again, family_name=family_name)
    return Review.objects.latest("opened_at", "id").id


def another(world: World) -> UUID:
    return waiting(world, "Idris", "Idr", "Whitlock")


def beside(review_id: UUID) -> UUID:
    return Review.objects.values_list("candidates__record_id", flat=True).get(id=review_id)


def decide(world: World, review_id: UUID, same_as: object, reason: str = "The same desk") -> str:
    given = {"same_as": str(same_as), "reason": reason}
    answer = world.client("steward").post(f"/review/{review_id}/", given, follow=True)
    if Review.objects.get(id=review_id).outcome == "":
        answer = world.client("fellow").post(f"/review/{review_id}/", given, follow=True)
    return html(answer)


def test_nothing_waits_and_the_page_says_when_something_would(world: World) -> None:
    page = html(world.client("steward").get("/review/"))
    assert "Nothing waits for you." in page
    assert world.client("steward").get("/")["Location"] == "/review/"


def test_what_waits_is_listed_with_its_reason_oldest_first(world: World) -> None:
    waiting(world)
    another(world)
    page = html(world.client("steward").get("/review/"))
    assert "2 records wait" in page
    assert page.index("Tam Orrell") < page.index("Idr Whitlock")
    assert "The same birth date and postcode, and a similar name" in page


def test_differences_are_in_words(world: World) -> None:
    page = html(world.client("steward").get(f"/review/{waiting(world, 'Jade', 'Jude')}/"))
    assert "Jude Orrell" in page
    assert "Jade Orrell" in page
    assert "different: has “a” for “u”" in page
    assert 'J<mark class="differs">u</mark>de' in page
    assert 'J<mark class="differs">a</mark>de' in page
    assert "the same" in page
    assert "Why it is asked" in page


def test_a_look_is_noted_for_every_child_shown(world: World) -> None:
    review_id = waiting(world)
    world.client("steward").get(f"/review/{review_id}/")
    looks = Entry.objects.filter(action="looked", details__page="review")
    people = set(CurrentPerson.objects.values_list("current_id", flat=True))
    assert set(looks.values_list("subject_id", flat=True)) == people | {review_id}


def test_the_same_child_becomes_one_and_the_next_review_is_shown(world: World) -> None:
    review_id = waiting(world)
    following = another(world)
    given = {"same_as": str(beside(review_id)), "reason": "The same desk"}
    for username in ("fellow", "steward"):
        client = world.client(username)
        answer = client.post(f"/review/{review_id}/", given)
        assert answer["Location"] == f"/review/{following}/#question"
    assert "the records are one child now" in html(client.get(answer["Location"]))
    merge = Merge.objects.get(review_id=review_id)
    assert CurrentPerson.objects.get(person_id=merge.joined_id).current_id == merge.kept_id


def test_nobody_of_these_changes_no_child(world: World) -> None:
    page = decide(world, waiting(world), "nobody")
    assert "Decided: a different child" in page
    assert not Merge.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "x"}, "“Who is this?” needs an answer"),
        ({"same_as": "nobody"}, "“Why, in a few words” needs an answer"),
        ({"same_as": "nobody", "reason": "   "}, "“Why, in a few words” needs an answer"),
        ({"same_as": str(UUID(int=7)), "reason": "x"}, "not one of the available choices"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_decided(
    world: World, given: dict[str, str], said: str
) -> None:
    review_id = waiting(world)
    page = html(world.client("steward").post(f"/review/{review_id}/", given), 422)
    assert said in page
    assert Review.objects.get(id=review_id).outcome == ""


def test_a_decided_review_is_shown_and_not_decided_twice(world: World) -> None:
    review_id = waiting(world)
    decide(world, review_id, "nobody", "Two sisters")
    page = html(world.client("steward").get(f"/review/{review_id}/"))
    assert "Decided: a different child" in page
    assert "Two sisters" in page
    assert "Somebody else has decided this already" in decide(world, review_id, "nobody")


def test_a_merge_is_undone_with_a_reason_and_everything_is_as_it_was(world: World) -> None:
    review_id = waiting(world)
    before = sorted(CurrentPerson.objects.values_list("person_id", "current_id"))
    page = decide(world, review_id, beside(review_id))
    assert f"/review/{review_id}/undo/" in page
    client = world.client("steward")
    assert "needs an answer" in html(client.post(f"/review/{review_id}/undo/", {"reason": ""}), 422)
    page = html(client.post(f"/review/{review_id}/undo/", {"reason": "Cousins"}, follow=True))
    assert "Undone since" in page
    assert "Cousins" in page
    assert sorted(CurrentPerson.objects.values_list("person_id", "current_id")) == before
    assert LinkDecision.objects.latest("decided_at").rule == "undone"
    page = html(client.get(f"/review/{review_id}/undo/", follow=True))
    assert "There is nothing to undo here" in page


def test_one_that_is_left_leads_to_the_next_and_round_again(world: World) -> None:
    first = waiting(world)
    second = another(world)
    client = world.client("steward")
    third = waiting(world, "Kofana", "Kof", "Hale")
    for way, here, there in (
        ("", first, second),
        ("", second, third),
        ("", third, first),
        ("", UUID(int=7), first),
        ("?way=back", third, second),
        ("?way=back", first, third),
    ):
        answer = client.get(f"/review/{here}/next/{way}")
        assert answer["Location"] == f"/review/{there}/#question"


@pytest.mark.parametrize("username", ["first", "lead", "sergeant", "governance"])
def test_others_review_nothing(world: World, username: str) -> None:
    review_id = waiting(world)
    for address in (
        *("/review/", f"/review/{review_id}/", f"/review/{review_id}/undo/"),
        *("/review/apart/", f"/review/apart/{review_id}/"),
    ):
        assert world.client(username).get(address).status_code == 403


def test_each_page_asks_as_much_of_many_reviews_as_of_one(world: World) -> None:
    client = world.client("steward")
    decide(world, waiting(world, "Adarin", "Ada", "Ashdown"), "nobody")
    one = waiting(world, "Belano", "Bel", "Birkett")
    once = [queries_of(client, page) for page in ("/review/", f"/review/{one}/")]
    for decided, open_still in (
        (("Kofana", "Kof", "Hartwell"), ("Velira", "Vel", "Stokes")),
        (("Miralo", "Mir", "Penrose"), ("Zubano", "Zub", "Brandt")),
        (("Noorin", "Noo", "Quickly"), ("Quostan", "Quo", "Fairley")),
    ):
        decide(world, waiting(world, *decided), "nobody")
        last = waiting(world, *open_still)
    assert [queries_of(client, page) for page in ("/review/", f"/review/{last}/")] == once

"""The worklist, a moment, and what people say they did about it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.moments import services
from reachable.moments.models import Moment
from tests.support.moments import close_as_declined
from tests.support.world import World, html, moment

pytestmark = pytest.mark.db


def do(client: Client, moment_id: UUID, what: str, **answers: object) -> str:
    """Answer the question as a browser does, with the version that the page showed."""
    given = {name: str(answer) for name, answer in answers.items()}
    given["version"] = str(moment(moment_id).version)
    return html(client.post(f"/moments/{moment_id}/{what}/", given, follow=True))


def test_an_empty_worklist_says_what_comes_next(world: World) -> None:
    page = html(world.client("first").get("/worklist/"))
    assert "Nothing is open for your teams." in page
    assert "a moment appears here by itself" in page
    mine = html(world.client("first").get("/worklist/?show=mine"))
    assert "Nothing is with you." in mine
    assert "See all of my teams" in mine


def test_an_empty_part_of_the_worklist_says_so(world: World) -> None:
    world.signal()
    page = html(world.client("first").get("/worklist/"))
    assert "Nothing waits to be taken up." not in page
    assert "Nothing else is due today." in page
    assert "Nothing is due later." in page


def test_a_clock_that_ran_out_before_we_were_told_says_so(world: World) -> None:
    moment_id = world.signal()
    held = moment(moment_id)
    Moment.objects.filter(id=moment_id).update(
        child_due_at=held.received_at - timedelta(hours=2),
        next_due_at=held.received_at - timedelta(hours=2),
    )
    client = world.client("first")
    assert "Had run out before we were told" in html(client.get("/worklist/"))
    page = html(client.get(f"/moments/{moment_id}/"))
    assert "It had run out before we were told on" in page
    assert "The child can still be reached." in page


def test_the_childs_page_folds_earlier_moments_away(world: World) -> None:
    client = world.client("first")
    for _ in range(6):
        moment_id = world.signal()
        client.post(f"/moments/{moment_id}/take/")
        close_as_declined(by=world.actor("first"), moment_id=moment_id, reason="No for now")
    person_id = moment(world.signal()).person_id
    page = html(client.get(f"/children/{person_id}/"))
    assert "3 earlier moments" in page
    assert page.count("Closed: the child said no for now") == 6


def test_the_worklist_shows_who_is_on_duty_in_their_order(world: World) -> None:
    page = html(world.client("lead").get("/worklist/"))
    assert 0 < page.index("Fern First") < page.index("Sol Second")
    assert 'href="tel:07700900200"' in page


def test_a_moment_shows_clocks_steps_and_what_not_to_do(world: World) -> None:
    moment_id = world.signal(needs="Short sentences")
    page = html(world.client("first").get(f"/moments/{moment_id}/"))
    assert "You are asked" in page
    assert "Short sentences" in page
    assert "The child’s clock" in page
    assert "Our clock" in page
    assert "Asking about the offence" in page
    assert "Custody desk, 07700 900123" in page
    assert page.index("Short sentences") < page.index("What happened")


def test_a_moment_is_acknowledged_tried_reached_and_closed(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    assert "You have this moment." in do(client, moment_id, "take")
    page = do(client, moment_id, "attempt", how="visited", note="Nobody opened.")
    assert "Trying is not reaching" in page
    assert "Fern First went to see the child" in page
    assert "Nobody opened." in page
    page = do(client, moment_id, "reached", how="seen", note="“I want it to stop.”")
    assert "stays open until that has lasted" in page
    assert "done in time" in page
    page = do(client, moment_id, "close", outcome="reached", reason="She meets Fern on Friday.")
    assert "The moment is closed." in page
    found = moment(moment_id)
    assert (found.state, found.outcome) == ("closed", "reached")


@pytest.mark.parametrize("outcome", ["declined", "held_elsewhere"])
def test_an_ending_that_is_not_reached_never_counts_as_reached(world: World, outcome: str) -> None:
    client, moment_id = world.client("first"), world.signal()
    do(client, moment_id, "take")
    given = {"not_again": "others_ask"} if outcome == "declined" else {}
    do(client, moment_id, "close", outcome=outcome, reason="Agreed with the school.", **given)
    found = moment(moment_id)
    assert found.outcome == outcome
    assert found.reached_at is None


def test_closing_as_a_no_asks_for_a_day_or_for_why_there_is_none(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    do(client, moment_id, "take")
    page = html(client.get(f"/moments/{moment_id}/close/?outcome=declined"))
    assert "If the child may be asked again, do not close it" in page
    assert "offered again" not in page
    assert f'href="/moments/{moment_id}/declined/"' in page
    given = {"version": moment(moment_id).version, "outcome": "declined", "reason": "Not now"}
    page = html(client.post(f"/moments/{moment_id}/close/", given), 422)
    assert "Choose why the child is not asked again, or name a day on which they are" in page
    assert moment(moment_id).state == "held"
    do(client, moment_id, "close", outcome="declined", reason="No.", not_again="others_ask")
    assert moment(moment_id).state == "closed"


def test_reached_cannot_be_chosen_before_somebody_recorded_it(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    do(client, moment_id, "take")
    page = html(client.get(f"/moments/{moment_id}/close/"))
    assert "The child said no for now" in page
    assert "The child was reached, and it lasted" not in page
    given = {"version": moment(moment_id).version, "outcome": "reached", "reason": "Yes"}
    answer = client.post(f"/moments/{moment_id}/close/", given)
    assert "Nobody has recorded yet that the child was reached." in html(answer, 422)
    assert moment(moment_id).state == "held"


def test_a_question_left_open_is_asked_again_and_keeps_what_was_typed(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    do(client, moment_id, "take")
    given = {"version": moment(moment_id).version, "how": "", "note": "At her nan’s."}
    page = html(client.post(f"/moments/{moment_id}/attempt/", given), 422)
    assert "“How did you try?” needs an answer" in page
    assert "At her nan’s." in page


def test_when_the_child_was_reached_may_lie_in_the_past_but_not_ahead(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    do(client, moment_id, "take")
    with travel((now() + timedelta(days=1)).replace(hour=12, minute=0)):
        do(client, moment_id, "reached", how="seen", at="11:45")
        found = moment(moment_id)
        assert found.reached_at is not None
        assert timedelta(minutes=14) < now() - found.reached_at < timedelta(minutes=76)
        given = {"version": found.version, "how": "seen", "at": "23:50"}
        answer = client.post(f"/moments/{moment_id}/reached/", given)
        assert "That time has not come yet." in html(answer, 422)


def test_two_people_cannot_take_it_at_once(world: World) -> None:
    moment_id = world.signal()
    version = moment(moment_id).version
    do(world.client("first"), moment_id, "take")
    answer = world.client("second").post(
        f"/moments/{moment_id}/take/", {"version": version}, follow=True
    )
    page = html(answer)
    assert "Somebody changed this moment while you had it open." in page
    assert "Nothing was changed." in page
    assert "Fern First has it" in page


def test_whoever_cannot_take_it_passes_it_on_with_a_reason(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    answer = client.post(
        f"/moments/{moment_id}/pass-on/", {"version": moment(moment_id).version, "reason": " "}
    )
    assert "needs an answer" in html(answer, 422)
    do(client, moment_id, "pass-on", reason="With another child.")
    assert moment(moment_id).asked_id == world.users["second"]
    page = html(world.client("lead").get(f"/moments/{moment_id}/"))
    assert "Fern First could not take it; Sol Second was asked" in page
    assert "With another child." in page


def test_a_supervisor_gives_it_to_a_named_person(world: World) -> None:
    client, moment_id = world.client("lead"), world.signal()
    page = html(client.get(f"/moments/{moment_id}/hand-over/"))
    offered = page[page.index("To whom?") :]
    assert offered.index("Fern First") < offered.index("Lu Lead"), "who is on duty comes first"
    do(client, moment_id, "hand-over", to_user=world.users["second"], reason="Knows her.")
    assert moment(moment_id).asked_id == world.users["second"]


def test_somebody_outside_the_team_cannot_be_given_it(world: World) -> None:
    client, moment_id = world.client("lead"), world.signal()
    given = {
        "version": moment(moment_id).version,
        "to_user": world.users["teacher"],
        "reason": "Knows her.",
    }
    assert client.post(f"/moments/{moment_id}/hand-over/", given).status_code == 422
    assert moment(moment_id).asked_id == world.users["first"]


def test_what_nobody_answers_passes_on_and_then_to_the_team(world: World) -> None:
    moment_id = world.signal()
    with travel(now() + timedelta(minutes=16), ticking=True):
        services.pass_on_unanswered(by=system("pass on"))
        assert moment(moment_id).asked_id == world.users["second"]
    with travel(now() + timedelta(minutes=40), ticking=True):
        services.pass_on_unanswered(by=system("pass on"))
        page = html(world.client("lead").get(f"/moments/{moment_id}/"))
    assert "No answer in time; Sol Second was asked" in page
    assert "Nobody on duty answered; the whole team was told" in page


def test_steps_are_ticked_by_whoever_has_it(world: World) -> None:
    client, moment_id = world.client("first"), world.signal()
    assert f'action="/moments/{moment_id}/steps/"' not in html(client.get(f"/moments/{moment_id}/"))
    do(client, moment_id, "take")
    page = do(client, moment_id, "steps", step="communication")
    assert "Fern First did: Find out how the child understands and is understood" in page
    assert client.post(f"/moments/{moment_id}/steps/", {"step": "nothing"}).status_code == 404


def test_promise_09_a_moment_of_others_is_not_found(world: World) -> None:
    client, moment_id = world.client("outsider"), world.signal()
    for end in ("", "attempt/", "reached/", "pass-on/", "hand-over/", "close/"):
        hidden = client.get(f"/moments/{moment_id}/{end}")
        absent = client.get(f"/moments/{UUID(int=7)}/{end}")
        assert hidden.status_code == absent.status_code == 404
    assert client.post(f"/moments/{moment_id}/take/").status_code == 404


@pytest.mark.parametrize("username", ["sergeant", "teacher", "governance", "administrator"])
def test_roles_that_hold_no_moments_are_refused(world: World, username: str) -> None:
    answer = world.client(username).get("/worklist/")
    assert "take, work and close a reachable moment" in html(answer, 403)


def test_promise_29_what_somebody_wrote_is_shown_as_text(world: World) -> None:
    moment_id = world.signal(said="<script>alert(1)</script><img src=x onerror=alert(2)>")
    page = html(world.client("first").get(f"/moments/{moment_id}/"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_only_with_me_leaves_out_what_others_have(world: World) -> None:
    world.signal()
    world.signal(given_names="Kofi", family_name="Brannigan")
    other = world.signal(given_names="Idris", family_name="Whitlock")
    do(world.client("lead"), other, "take")
    page = html(world.client("first").get("/worklist/", {"show": "mine"}))
    assert "Tamsin Orrell" in page
    assert "Idris Whitlock" not in page


def test_the_worklist_asks_as_many_questions_for_many_moments_as_for_one(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = world.client("first")
    for name in ("Ada", "Ben", "Cai", "Dee", "Eli", "Fay"):
        world.signal(given_names=name, family_name=f"{name}son")
    with django_assert_max_num_queries(25):
        assert "Adason" in html(client.get("/worklist/"))

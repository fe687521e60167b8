"""A signal from a phone: what is asked, what is refused, and who may see what became of it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from reachable.audit.models import Entry
from reachable.foundation.time import now, today, travel
from reachable.intake.models import Signal, SignalVersion
from reachable.intake.signal_forms import SignalForm
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.practice import guidance
from tests.support.moments import close_as_declined
from tests.support.queries import queries_of
from tests.support.world import World, html, without_token

pytestmark = pytest.mark.db

SHORTEST = {
    "kind": "in_custody_now",
    "given_names": "Tamsin",
    "where": "Fenmarch Police Station, cell 4",
    "reach": "Custody desk, 07700 900123, until 06:00",
}


@pytest.fixture
def sergeant(world: World) -> Client:
    return world.client("sergeant")


def send(client: Client, **given: str) -> str:
    """Fill the form in as a browser does; return the page that follows."""
    answers = {"token": str(uuid4()), **SHORTEST, **given}
    return html(client.post("/signal/", answers, follow=True))


def refused(client: Client, **given: str) -> str:
    page = html(client.post("/signal/", {"token": str(uuid4()), **SHORTEST, **given}), 422)
    assert not Signal.objects.exists()
    return page


def test_four_answers_are_enough_and_one_of_them_is_there_already(world: World) -> None:
    """A minute at night: a press, a name, a place; how to reach them is known."""
    form = SignalForm(kinds=guidance.signal_kinds(), reach=lambda: "07700 900200")
    needed = {name for name, field in form.fields.items() if field.required}
    assert needed == {"token", "kind", "where", "reach"}
    page = html(world.client("sergeant").get("/signal/"))
    assert 'value="07700 900200"' in page
    assert page.index("How can we reach you") < page.index("If you know more")
    assert "Hub has been told" in send(world.client("sergeant"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": ""}, "“What happened?” needs an answer"),
        ({"kind": "arrest"}, "not one of the available choices"),
        ({"given_names": " "}, "Enter a name, even if it is only a first name"),
        ({"where": ""}, "“Where is the child now?” needs an answer"),
        ({"reach": ""}, "needs an answer"),
        ({"postcode": "Fenmarch"}, "Write the whole postcode, such as FX1 1AA, or leave it."),
        ({"birth_date-year": "2012"}, "The date needs a day and a month"),
        (
            {"birth_date-day": "30", "birth_date-month": "2", "birth_date-year": "2012"},
            "There is no such date: 30 2 2012",
        ),
        (
            {"birth_date-day": "1", "birth_date-month": "1", "birth_date-year": "1970"},
            "That makes them over 25. Check the year, or leave the date empty",
        ),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    sergeant: Client, given: dict[str, str], said: str
) -> None:
    page = refused(sergeant, **given)
    assert said in page
    assert "Please look at this again" in page
    typed = SHORTEST | given
    for name in ("where", "given_names"):
        assert not typed[name].strip() or typed[name] in page


def test_a_birth_date_in_the_future_is_refused(sergeant: Client) -> None:
    day = today() + timedelta(days=1)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    given = {f"birth_date-{part}": str(value) for part, value in parts.items()}
    assert "The date of birth lies in the future" in refused(sergeant, **given)


def test_a_wrong_postcode_is_not_folded_away(sergeant: Client) -> None:
    page = refused(sergeant, postcode="Fenmarch")
    assert re.search(r"<details[^>]* open[^>]*>\s*<summary>If you know more", page)
    assert not re.search(
        r"<details[^>]* open[^>]*>\s*<summary>If you know more", html(sergeant.get("/signal/"))
    )


def test_promise_31_a_signal_that_is_sent_twice_counts_once(sergeant: Client) -> None:
    """As when the answer was lost in a cellar and the button is pressed again."""
    token = str(uuid4())
    first, again = (sergeant.post("/signal/", {"token": token, **SHORTEST}) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert (Signal.objects.count(), SignalVersion.objects.count()) == (1, 1)


def test_promise_46_the_sender_sees_each_turn_that_it_takes(world: World) -> None:
    moment_id = world.signal()
    signal_id = Signal.objects.get().id
    client = world.client("sergeant")

    def seen(in_list: str) -> str:
        assert in_list in html(client.get("/signals/"))
        return html(client.get(f"/signals/{signal_id}/"))

    first = world.actor("first")
    assert "To speak with somebody now: Fern First is on duty for Hub" in seen("Hub has been told")
    moments.take(by=first, moment_id=moment_id)
    assert "Fern First has it" in seen("Fern First has it")
    moments.reach(by=first, moment_id=moment_id, how="in_person", note="", at=now())
    assert "stays with it" in seen("Fern First has reached the child")
    close_as_declined(by=first, moment_id=moment_id, reason="Not today")
    page = seen("The child was reached; finished")
    assert "Hub has finished what this began. Fern First had it." in page
    assert "Not today" not in page
    assert "said no for now" not in page


def test_promise_09_somebody_else_finds_no_signal_of_mine(world: World) -> None:
    world.signal()
    signal_id = Signal.objects.get().id
    teacher = world.client("teacher")
    assert "You have sent nothing yet." in html(teacher.get("/signals/"))
    for address in (f"/signals/{signal_id}/", f"/signals/{UUID(int=7)}/"):
        assert teacher.get(address).status_code == 404
    assert world.client("clerk").get(f"/signals/{signal_id}/").status_code in (403, 404)


def test_promise_16_the_sender_does_not_learn_whether_the_child_was_known(world: World) -> None:
    """The second of two signals about one child reads as the first did."""
    pages = []
    for sender in ("sergeant", "teacher"):
        world.signal(by=sender)
        mine = Signal.objects.get(sent_by_id=world.users[sender])
        page = html(world.client(sender).get(f"/signals/{mine.id}/"))
        # What is asked of them depends on what their agency is.
        said = page[page.index('<div id="who-has-it"') : page.index('<h2 id="asked">')]
        pages.append(said.replace(str(mine.id), ""))
    assert pages[0] == pages[1]


def test_promise_16_a_child_whom_somebody_has_reads_as_one_whom_nobody_knows(
    world: World,
) -> None:
    with travel(now() - timedelta(days=2)):
        moments.take(by=world.actor("first"), moment_id=world.signal(by="sergeant"))
    pages = []
    with travel(now()):
        for name in ("Tamsin", "Nobody"):
            world.signal(by="teacher", given_names=name)
            mine = Signal.objects.filter(sent_by_id=world.users["teacher"]).latest("id")
            page = html(world.client("teacher").get(f"/signals/{mine.id}/"))
            said = page[page.index('<div id="who-has-it"') : page.index("<h2>What you sent")]
            pages.append(without_token(said.replace(str(mine.id), "")))
            assert "Hub has been told" in said
    assert pages[0] == pages[1]
    assert not Notice.objects.filter(user_id=world.users["teacher"]).exists()


def test_promise_16_the_sender_does_not_read_what_was_done_before_they_wrote(world: World) -> None:
    hour = timedelta(hours=1)
    with travel(now() - 3 * hour):
        moment_id = world.signal(by="sergeant")
        moments.take(by=world.actor("first"), moment_id=moment_id)
    with travel(now() - 2 * hour):
        moments.reach(by=world.actor("first"), moment_id=moment_id, how="seen", note="", at=None)
    assert world.signal(by="teacher") == moment_id
    signal_of = {each.sent_by_id: each.id for each in Signal.objects.all()}

    def said_to(sender: str) -> str:
        page = html(world.client(sender).get(f"/signals/{signal_of[world.users[sender]]}/"))
        return page[page.index('<div id="who-has-it"') : page.index("<h2>What you sent")]

    assert "has reached the child" in said_to("sergeant")
    assert "Hub has been told" in said_to("teacher")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    assert "Fern First has it" in said_to("teacher")
    assert "has reached" not in said_to("teacher")
    moments.reach(by=world.actor("first"), moment_id=moment_id, how="seen", note="", at=None)
    assert "has reached the child" in said_to("teacher")


def test_my_signals_ask_as_much_of_many_as_of_one(world: World) -> None:
    client = world.client("sergeant")
    world.signal(given_names="Ada", family_name="Ashdown")
    once = queries_of(client, "/signals/")
    for name in ("Bela", "Kofi", "Mira", "Noor", "Idris", "Oskar"):
        world.signal(given_names=name, family_name=f"{name}son")
    moments.take(by=world.actor("first"), moment_id=world.signal(given_names="Zed"))
    assert queries_of(client, "/signals/") == once
    one = f"/signals/{Signal.objects.earliest('received_at').id}/"
    whose, begin, entries, end = 1, 1, 1, 1
    noting = whose + begin + entries + end
    assert queries_of(client, one) <= once + 1 + noting
    client.defaults["HTTP_HX_REQUEST"] = "true"
    assert queries_of(client, one) <= once + 1, "what asks again by itself notes nothing"


def test_promise_22_a_look_at_ones_own_signal_is_one_at_that_child(world: World) -> None:
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    signal_id = Signal.objects.get().id
    child = Moment.objects.get(id=moment_id).person_id
    client = world.client("sergeant")
    page = html(client.get(f"/signals/{signal_id}/"))
    assert "Why you see this: You sent it" in page
    assert f"/signals/{signal_id}/who-looked/" in page
    assert str(child) not in page
    noted = Entry.objects.filter(action="looked", actor_id=world.users["sergeant"])
    assert {(each.subject_kind, each.subject_id) for each in noted} == {
        ("signal", signal_id),
        ("person", child),
    }
    count = noted.count()
    part = html(client.get(f"/signals/{signal_id}/", headers={"HX-Request": "true"}))
    assert "Tamsin" not in part
    assert noted.count() == count, "an open page that asks again is no look anew"
    told = html(world.client("first").get(f"/children/{child}/who-looked/"))
    assert "Sam Sergeant" in told
    assert "what they sent themselves" in told


def test_who_looked_at_a_signal_says_nothing_of_who_works_with_the_child(world: World) -> None:
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    signal_id = Signal.objects.get().id
    child = Moment.objects.get(id=moment_id).person_id
    world.client("second").get(f"/moments/{moment_id}/")
    world.client("second").get(f"/children/{child}/")
    looked = html(world.client("sergeant").get(f"/signals/{signal_id}/who-looked/"))
    assert "Sam Sergeant" in looked
    assert "Sol Second" not in looked
    assert str(child) not in looked
    for other in ("teacher", "first"):
        address = f"/signals/{signal_id}/who-looked/"
        assert world.client(other).get(address).status_code in (403, 404)

"""Giving somebody their sign-in back: never by the phone or the mailbox alone, never to oneself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reachable.access import giving_back
from reachable.access.cli import group
from reachable.access.models import SignInCode, User
from reachable.access.services import create_account
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Forbidden
from reachable.foundation.time import now, travel
from reachable.notices.models import Notice
from tests.support.signing_in import App, show_password, sign_in_whole, with_app
from tests.support.world import PASSWORD, World, html

pytestmark = pytest.mark.db
NEW = "heron kettle lantern"


def code_for(world: World, username: str, lost: str, by: str = "administrator") -> str:
    """Make a code by the page, as an administrator does who has seen the person."""
    given = {"username": username, "lost": lost, "seen": "on"}
    page = html(world.client(by).post("/give-sign-in-back/", given))
    found = re.search(r'given-code"><strong class="code">([A-Z0-9-]+)<', page)
    assert found
    return found[1]


def is_signed_in(client: Client) -> bool:
    return client.get("/help/").status_code == 200


def set_up_anew(client: Client) -> App:
    found = re.search(r'qr__secret">([A-Z2-7 ]+)<', html(client.get("/sign-in/set-up/app/")))
    assert found
    app = App(found[1])
    assert client.post("/sign-in/set-up/app/", {"code": app.code()}).status_code == 302
    return app


def second_administrator(world: World) -> str:
    create_account(
        by=system("tests"),
        username="other.administrator",
        name="Otis Other",
        agency_id=User.objects.get(username="administrator").agency_id,
        roles=["system_administrator"],
    )
    return "other.administrator"


def test_promise_19_a_lost_second_factor_comes_back_only_with_a_code_and_the_password(
    world: World,
) -> None:
    lost, elsewhere = with_app("first"), world.client("first")
    code = code_for(world, "first", "factor")
    client = Client()
    assert client.post("/sign-in/lost/", {"code": code})["Location"] == "/sign-in/"
    show_password(client, "first")
    assert "not right for this account" in html(
        client.post("/sign-in/lost/", {"code": "AAAA-BBBB-CCCC"}), 422
    )
    answer = client.post("/sign-in/lost/", {"code": code.lower().replace("-", " ")})
    assert answer["Location"] == "/sign-in/set-up/"
    assert not is_signed_in(client), "another factor has to be set up first"
    assert not is_signed_in(elsewhere)
    app = set_up_anew(client)
    assert is_signed_in(client)
    assert app.secret != lost.secret
    other = Client()
    show_password(other, "first")
    assert other.post("/sign-in/second/", {"code": lost.code()}).status_code == 422
    kinds = set(Notice.objects.filter(user_id=world.users["first"]).values_list("kind", flat=True))
    assert "sign_in.given_back" in kinds
    actions = list(Entry.objects.order_by("at").values_list("action", flat=True))
    for action in ("access.sign_in_code_given", "access.sign_in_given_back"):
        assert action in actions
    assert code.replace("-", "") not in str(list(Entry.objects.values()))
    assert code.replace("-", "") not in str(list(SignInCode.objects.values()))


def test_a_code_works_once_and_within_an_hour_and_the_newest_counts(world: World) -> None:
    with_app("first")
    by, administrator = world.actor("first"), world.actor("administrator")

    def made() -> str:
        return giving_back.give_code(by=administrator, username="first", lost="factor").code

    older, newer = made(), made()
    assert not giving_back.take_code(by=by, lost="factor", code=older)
    assert not giving_back.take_code(by=by, lost="password", code=newer)
    assert not giving_back.take_code(by=world.actor("second"), lost="factor", code=newer)
    assert giving_back.take_code(by=by, lost="factor", code=newer)
    assert not giving_back.take_code(by=by, lost="factor", code=newer)
    late = made()
    with travel(now() + timedelta(minutes=61)):
        assert not giving_back.take_code(by=by, lost="factor", code=late)


def test_promise_14_nobody_gives_their_own_sign_in_back(world: World) -> None:
    given = {"username": "ADMINISTRATOR", "lost": "factor", "seen": "on"}
    answer = world.client("administrator").post("/give-sign-in-back/", given)
    assert "Nobody gives their own sign-in back" in html(answer, 422)
    assert not SignInCode.objects.exists()
    with pytest.raises(Forbidden):
        giving_back.give_code(by=world.actor("lead"), username="first", lost="factor")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"username": "nobody"}, "There is no account of that user name"),
        ({"username": "<script>"}, "There is no account of that user name"),
        ({"seen": ""}, "Only for somebody whom you have seen"),
        ({"lost": "both"}, "Select a valid choice"),
        ({"lost": "password"}, "They have no second factor yet"),
    ],
)
def test_no_code_is_made_of_what_is_wrong(world: World, more: dict[str, Any], said: str) -> None:
    given = {"username": "first", "lost": "factor", "seen": "on"} | more
    page = html(world.client("administrator").post("/give-sign-in-back/", given), 422)
    assert said in page
    assert not SignInCode.objects.exists()


def test_promise_14_one_administrator_never_gives_both_halves(world: World) -> None:
    with_app("first")
    code_for(world, "first", "factor")
    given = {"username": "first", "lost": "password", "seen": "on"}
    answer = world.client("administrator").post("/give-sign-in-back/", given)
    assert "one administrator could sign in as them" in html(answer, 422)
    assert code_for(world, "first", "password", by=second_administrator(world))


def test_a_forgotten_password_comes_back_with_a_code_and_the_second_factor(world: World) -> None:
    app, elsewhere = with_app("first"), world.client("first")
    code = code_for(world, "first", "password")
    client = Client()
    answer = client.post("/sign-in/forgotten/", {"username": "first", "code": code})
    assert answer["Location"] == "/sign-in/second/"
    assert not is_signed_in(elsewhere)
    assert client.get("/sign-in/new-password/")["Location"] == "/sign-in/second/"
    answer = client.post("/sign-in/second/", {"code": app.code()})
    assert answer["Location"] == "/sign-in/new-password/"
    assert not is_signed_in(client)
    client.post("/sign-in/new-password/", {"password": NEW, "again": NEW})
    assert is_signed_in(client)
    user = User.objects.get(username="first")
    assert user.check_password(NEW)
    assert not user.check_password(PASSWORD)


def test_whoever_lost_both_needs_two_administrators(world: World) -> None:
    with_app("first")
    password = code_for(world, "first", "password")
    factor = code_for(world, "first", "factor", by=second_administrator(world))
    client = Client()
    client.post("/sign-in/forgotten/", {"username": "first", "code": password})
    client.post("/sign-in/lost/", {"code": factor})
    set_up_anew(client)
    assert not is_signed_in(client)
    client.post("/sign-in/new-password/", {"password": NEW, "again": NEW})
    assert is_signed_in(client)


def test_promise_19_a_code_for_a_password_is_void_once_there_is_no_second_factor(
    world: World,
) -> None:
    with_app("first")
    code = code_for(world, "first", "password")
    Authenticator.objects.all().delete()
    client = Client()
    given = {"username": "first", "code": code}
    assert client.post("/sign-in/forgotten/", given).status_code == 422
    assert client.get("/sign-in/set-up/")["Location"] == "/sign-in/"


def test_promise_20_codes_of_administrators_are_slowed_and_tell_no_names(world: World) -> None:
    with_app("first")
    code = code_for(world, "first", "password")

    def tried(username: str, code: str) -> str:
        given = {"username": username, "code": code}
        page = html(Client().post("/sign-in/forgotten/", given), 422)
        return re.sub(r'(token" value="|nonce=")[^"]*', "", page).replace(username, "NAME")

    for _ in range(5):
        assert tried("first", "AAAABBBBCCCC") == tried("nobody", "AAAABBBBCCCC")
    assert "tried too often" in tried("first", code)
    for minute in range(1, 4):
        with travel(now() + timedelta(minutes=minute)):
            assert "not right for this account" in tried("first", "AAAABBBBCCCC")
    with travel(now() + timedelta(minutes=5)):
        given = {"username": "FIRST", "code": code}
        assert Client().post("/sign-in/forgotten/", given).status_code == 302


def test_an_ended_account_gets_nothing_back(world: World) -> None:
    with_app("first")
    code = code_for(world, "first", "password")
    User.objects.filter(username="first").update(is_active=False)
    answer = Client().post("/sign-in/forgotten/", {"username": "first", "code": code})
    assert answer.status_code == 422
    with pytest.raises(BadInput):
        giving_back.give_code(by=system("tests"), username="first", lost="password")


def test_where_no_administrator_is_left_the_shell_makes_a_code(world: World) -> None:
    sign_in_whole(Client(), "administrator")
    done = CliRunner().invoke(group, ["recover", "administrator", "--lost", "factor"])
    assert done.exit_code == 0
    code = done.output.split()[0]
    by = world.actor("administrator")
    assert giving_back.take_code(by=by, lost="factor", code=code)
    assert not Authenticator.objects.filter(user_id=by.own_id).exists()
    given = Entry.objects.get(action="access.sign_in_code_given")
    assert given.actor_kind == "system"
    wrong = CliRunner().invoke(group, ["recover", "nobody", "--lost", "factor"])
    assert wrong.exit_code == 1
    assert "There is no account of that user name. No code was made." in wrong.output


def test_an_unknown_name_is_as_much_work_as_a_wrong_code(world: World) -> None:
    """The same questions to the database, the same answer, and no mail, whoever was named.

    Work is compared and not time: each question is the same but for what is in it.
    """
    with_app("first")
    code_for(world, "first", "password")
    notices = Notice.objects.count()

    def asked(name: str) -> tuple[list[str], str, int]:
        given = {"username": name, "code": "AAAA-BBBB-CCCC"}
        client = Client()
        client.get("/sign-in/forgotten/")
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/sign-in/forgotten/", given)
        # Which of the two counters comes first goes by a digest of the name.
        shapes = sorted(plain_of(each["sql"]) for each in queries.captured_queries)
        page = re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"', "", html(answer, 422))
        return shapes, page.replace(name, "NAME"), len(answer.content) - len(name)

    asked("somebody.before")  # Counts the address for the first time.
    known, coded, nobody = asked("second"), asked("first"), asked("nobody.known")
    assert known[0] == coded[0] == nobody[0]
    assert known[1] == coded[1] == nobody[1]
    assert Notice.objects.count() == notices


def plain_of(sql: str) -> str:
    """Return a question without what is in it."""
    return re.sub(r"'[^']*'|\b[0-9a-f-]{32,36}\b| ?-?\b\d+\b|NULL|\(%s[^)]*\)|[0-9.:]+", "…", sql)


def test_only_the_right_code_tells_somebody(world: World) -> None:
    with_app("first")
    code = code_for(world, "first", "password")
    before = Notice.objects.count()
    answer = Client().post("/sign-in/forgotten/", {"username": "first", "code": code})
    assert answer["Location"] == "/sign-in/second/"
    assert Notice.objects.count() == before + 1

"""How long a sign-in lasts, and what ends it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dev.paths import ROOT
from reachable.access import sessions
from reachable.access.models import Role, SignIn, User
from reachable.access.services import end_account, end_role
from reachable.foundation.actor import system
from reachable.foundation.time import now, today
from tests.access.test_signed_out import CANARY, TYPED, sign_in_again
from tests.support.signing_in import (
    asked,
    localhost,
    show_password,
    sign_in_whole,
    with_app,
    with_passkey,
)
from tests.support.world import World, html

pytestmark = pytest.mark.db
MINUTE, HOUR = 60, 3600


def older(client: Client, **stamps: int) -> None:
    """Make a session as if it had begun, or had last been used, so many seconds before."""
    session = client.session
    for name, seconds in stamps.items():
        session[name] -= seconds
    session.save()


def is_signed_in(client: Client) -> bool:
    return client.get("/help/").status_code == 200


def cookie(client: Client) -> str:
    return str(client.cookies["sessionid"].value)


@pytest.mark.parametrize(
    ("stamps", "lasts"),
    [
        ({"active": 29 * MINUTE}, True),
        ({"active": 31 * MINUTE}, False),
        ({"began": 11 * HOUR}, True),
        ({"began": 12 * HOUR + MINUTE}, False),
    ],
)
def test_promise_18_a_session_ends_unused_after_half_an_hour_and_used_after_twelve(
    world: World, stamps: dict[str, int], lasts: bool
) -> None:
    client = world.client("first")
    held = cookie(client)
    older(client, **stamps)
    assert is_signed_in(client) is lasts
    assert Session.objects.filter(session_key=held).exists() is lasts


def test_promise_18_what_was_typed_outlives_the_time_in_which_nobody_did_anything(
    world: World,
) -> None:
    client = world.client("sergeant")
    found = re.search(r'name="made_for" value="([^"]+)"', html(client.get("/signal/")))
    assert found
    older(client, active=31 * MINUTE)
    came = client.post("/signal/", {**TYPED, "token": str(uuid4()), "made_for": found[1]})
    assert "sent=kept" in came["Location"]
    assert CANARY in html(sign_in_again(client, came, "sergeant"))


@pytest.mark.parametrize(
    ("path", "headers", "counts"),
    [
        ("/worklist/", {}, True),
        ("/worklist/", {"HX-Request": "true"}, False),
        ("/worklist/wall/", {}, False),
        ("/worklist/wall/", {"HX-Request": "true"}, False),
        ("/progress/", {"HX-Request": "true"}, False),
    ],
)
def test_promise_18_what_a_page_asks_by_itself_keeps_no_session_going(
    world: World, path: str, headers: dict[str, str], counts: bool
) -> None:
    client = world.client("first")
    older(client, active=20 * MINUTE)
    assert client.get(path, headers=headers).status_code == 200
    older(client, active=11 * MINUTE)
    assert is_signed_in(client) is counts


def test_promise_18_a_phone_that_asks_keeps_no_session_of_its_browser_going(world: World) -> None:
    client = world.client("first")
    held = client.cookies["sessionid"].value
    made = world.client("first").post("/app/device/", {}, content_type="application/json").json()
    older(client, active=20 * MINUTE)
    secret = {"Authorization": f"Device {made['device_id']}:{made['read_secret']}"}
    assert client.get("/app/day/", headers=secret).status_code == 200
    sent = client.post("/app/send/", {"items": []}, content_type="application/json", headers=secret)
    assert sent.status_code == 200
    assert client.cookies["sessionid"].value == held
    older(client, active=11 * MINUTE)
    assert not is_signed_in(client)


def test_whoever_types_for_long_is_there(world: World) -> None:
    client = world.client("first")
    assert 'data-still-here="/my-sign-in/still-here/"' in html(client.get("/help/"))
    older(client, active=20 * MINUTE)
    assert client.get("/my-sign-in/still-here/").status_code == 200
    older(client, active=20 * MINUTE)
    assert is_signed_in(client)


def test_only_one_place_signs_anybody_in() -> None:
    """It asks for both halves; a view that called Django's login itself would not."""
    using = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "reachable").rglob("*.py")
        if re.search(r"import .*\b(login|aperform_login|perform_login)\b", path.read_text("utf-8"))
    ]
    assert using == ["reachable/access/signing_in.py"]


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(world: World) -> None:
    client = world.client("first")
    older(client, active=31 * MINUTE)
    answer = client.get("/worklist/", headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert answer.content == b""


def test_the_session_is_written_once_a_minute_at_most(world: World) -> None:
    client = world.client("first")

    def writes() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/help/")
        return [each["sql"] for each in asked if "UPDATE" in each["sql"]]

    assert not writes()
    older(client, active=61)
    assert any("django_session" in each for each in writes())
    assert not writes()


def test_promise_18_a_new_session_identifier_at_each_half(world: World) -> None:
    app, client = with_app("first"), Client()
    client.get("/sign-in/passkey/")
    before = cookie(client)
    show_password(client, "first")
    between = cookie(client)
    client.post("/sign-in/second/", {"code": app.code()})
    after = cookie(client)
    assert len({before, between, after}) == 3
    for stolen in (before, between):
        other = Client()
        other.cookies["sessionid"] = stolen
        assert not is_signed_in(other)


def test_promise_18_a_new_session_identifier_when_a_role_begins_or_ends(world: World) -> None:
    """Nothing else changes for whoever is signed in: they stay, and stay listed."""
    client, thief = Client(), Client()
    sign_in_whole(client, "first")
    assert is_signed_in(client)
    known, row = cookie(client), SignIn.objects.get()
    user_id, seen = world.users["first"], {known}
    more = "supervisor"
    changes: list[Callable[[], Any]] = [
        lambda: Role.objects.create(started_at=now(), user_id=user_id, role=more),
        lambda: end_role(by=system("tests"), user_id=user_id, role=more),
    ]
    for change in changes:
        change()
        thief.cookies["sessionid"] = cookie(client)
        assert is_signed_in(client)
        assert not is_signed_in(thief)
        assert cookie(client) not in seen
        seen.add(cookie(client))
        assert is_signed_in(client)
        assert cookie(client) in seen, "once for each change"
    row.refresh_from_db()
    assert row.session_key == cookie(client)
    assert Session.objects.filter(session_key__in=seen).count() == 1
    assert "(here)" in html(client.get("/my-sign-in/"))


@pytest.mark.parametrize("chosen", ["attackers", "0" * 32])
def test_promise_18_a_cookie_that_somebody_else_chose_opens_nothing(
    world: World, chosen: str
) -> None:
    """An attacker puts a session of their own, or one that never was, into another's browser."""
    attacker, client = Client(), Client()
    attacker.get("/sign-in/passkey/")
    fixed = cookie(attacker) if chosen == "attackers" else chosen
    app = with_app("first")
    for step in (
        lambda: client.get("/sign-in/"),
        lambda: show_password(client, "first"),
        lambda: client.post("/sign-in/second/", {"code": app.code()}),
    ):
        if "sessionid" not in client.cookies:
            client.cookies["sessionid"] = fixed
        step()
        attacker.cookies["sessionid"] = fixed
        assert not is_signed_in(attacker)
        assert attacker.get("/sign-in/second/")["Location"] == "/sign-in/"
    assert is_signed_in(client)
    assert cookie(client) != fixed


def test_promise_18_a_stolen_cookie_is_dead_after_signing_out(world: World) -> None:
    client, thief = Client(), Client()
    sign_in_whole(client, "first")
    thief.cookies["sessionid"] = cookie(client)
    assert is_signed_in(thief)
    client.post("/sign-out/")
    thief.cookies["sessionid"] = thief.cookies["sessionid"].value or ""
    assert not is_signed_in(thief)
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("forged", ["", "x", "0" * 32, "a" * 5000, "../../etc/passwd", "é"])
def test_a_forged_session_opens_nothing(world: World, forged: str) -> None:
    client = Client()
    client.cookies["sessionid"] = forged
    assert not is_signed_in(client)


def test_a_session_that_is_none_of_ours_opens_nothing(world: World) -> None:
    """As one from before there was a second factor: it has no stamps."""
    client = world.client("first")
    session = client.session
    for name in ("began", "active", "fresh"):
        del session[name]
    session.save()
    assert not is_signed_in(client)


@pytest.mark.parametrize("stamp", ["x", None, -1, 10**12, 1.5, []])
def test_a_spoilt_stamp_ends_a_session(world: World, stamp: Any) -> None:
    client = world.client("first")
    session = client.session
    session["active"] = stamp
    session.save()
    assert is_signed_in(client) is (stamp == 10**12), "a clock that was put back ends nothing"


def test_promise_18_ending_an_account_ends_all_its_sessions(world: World) -> None:
    one, two = world.client("first"), Client()
    sign_in_whole(two, "first")
    end_account(by=system("tests"), user_id=world.users["first"])
    assert not is_signed_in(one)
    assert not is_signed_in(two)
    User.objects.filter(username="first").update(is_active=True)
    assert not is_signed_in(one), "an account that comes back brings no session back"
    assert not is_signed_in(two)


def test_promise_18_nobody_is_let_in_after_their_last_day_though_nothing_ends_accounts(
    world: World,
) -> None:
    key, signed_in, half = with_passkey("first"), world.client("first"), Client()
    with_app("first")
    User.objects.filter(username="first").update(last_day=today())
    show_password(half, "first")
    assert is_signed_in(signed_in)
    assert half.get("/sign-in/second/").status_code == 200
    over = User.objects.filter(username__in=("first", "administrator"))
    over.update(last_day=today() - timedelta(days=1))
    assert not is_signed_in(signed_in)
    assert half.get("/sign-in/second/")["Location"] == "/sign-in/"
    assert not show_password(Client(), "first").redirect_chain
    by_key = localhost()
    given = key.answer(asked(by_key.get("/sign-in/passkey/")))
    assert by_key.post("/sign-in/passkey/", {"answer": given}).status_code == 422
    assert is_signed_in(world.client("administrator")), "the last one stays"


def test_promise_18_changing_the_password_ends_every_other_session(world: World) -> None:
    here, other = Client(), world.client("first")
    sign_in_whole(here, "first")
    given = {"password": "heron kettle lantern", "again": "heron kettle lantern"}
    assert here.post("/my-sign-in/password/", given).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(other)
    assert User.objects.get(username="first").check_password("heron kettle lantern")
    assert "(here)" in html(here.get("/my-sign-in/"))


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("tiny heron", "tiny heron", "at least 12 characters"),
        ("heron kettle lantern", "heron kettle lanterns", "not the same"),
        ("password1234", "password1234", "too common"),
    ],
)
def test_a_password_that_is_not_taken_changes_nothing(
    world: World, password: str, again: str, said: str
) -> None:
    client = world.client("first")
    before = User.objects.get(username="first").password
    answer = client.post("/my-sign-in/password/", {"password": password, "again": again})
    assert said in html(answer, 422)
    assert User.objects.get(username="first").password == before
    assert password not in html(answer, 422)


def test_somebody_sees_where_they_are_signed_in_and_ends_it(world: World) -> None:
    office = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0 <script>"})
    phone = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile"})
    sign_in_whole(office, "first")
    sign_in_whole(phone, "first")
    page = html(office.get("/my-sign-in/"))
    assert "Firefox on Windows" in page
    assert "Chrome on Android" in page
    assert "script>alert" not in page
    elsewhere = SignIn.objects.get(browser="Chrome on Android")
    stranger = world.client("second")
    assert stranger.post(f"/my-sign-in/{elsewhere.id}/end/").status_code == 404
    assert is_signed_in(phone)
    office.post(f"/my-sign-in/{elsewhere.id}/end/")
    assert not is_signed_in(phone)
    assert is_signed_in(office)
    assert "Chrome on Android" not in html(office.get("/my-sign-in/"))


def test_everywhere_else_is_ended_though_it_is_not_known(world: World) -> None:
    here, unknown = Client(), world.client("first")
    sign_in_whole(here, "first")
    here.post("/my-sign-in/others/end/")
    assert is_signed_in(here)
    assert not is_signed_in(unknown)


def test_what_is_over_is_tidied_away(world: World) -> None:
    client = Client()
    sign_in_whole(client, "first")
    assert sessions.tidy(by=system("sign-ins")) == 0
    Session.objects.all().delete()
    assert sessions.tidy(by=system("sign-ins")) == 1
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("given", ["4", "121", "0", "-30", "half", "30.5", "３０"])
def test_a_time_out_that_is_out_of_bounds_stops_the_start(given: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import reachable.site.settings"],
        env={**os.environ, "REACHABLE_IDLE_MINUTES": given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "REACHABLE_IDLE_MINUTES is a whole number from 5 to 120" in done.stderr

"""A password alone opens nothing: passkeys, codes from an app, recovery codes on paper."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

from reachable.access import second_factors, throttle
from reachable.access.models import User
from reachable.access.rules.waiting import FREE
from reachable.access.services import name_partnership
from reachable.access.throttle import Source, Throttled
from reachable.access.views import DEMONSTRATION_PASSWORD
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.urls import BY_SECRET, PUBLIC
from reachable.notices.models import Notice
from reachable.site.addresses import IDENTIFIER, addresses
from tests.support.databases import Database
from tests.support.signing_in import (
    App,
    Key,
    asked,
    localhost,
    show_password,
    sign_in_whole,
    with_app,
    with_passkey,
)
from tests.support.world import PASSWORD, World, html, make_world

pytestmark = pytest.mark.db
SECOND, BY_KEY = "/sign-in/second/", "/sign-in/passkey/"


def is_signed_in(client: Client) -> bool:
    return client.get("/help/").status_code == 200


def recovery_codes(client: Client) -> list[str]:
    page = html(client.post("/my-sign-in/recovery-codes/"))
    return re.findall(r"<li class=\"code\">([\d ]+)</li>", page)


@pytest.mark.parametrize("has_app", [True, False])
def test_promise_19_a_password_alone_opens_nothing(world: World, has_app: bool) -> None:
    if has_app:
        with_app("first")
    client = Client()
    show_password(client, "first")
    opened = []
    for address in addresses():
        if address.needs in {PUBLIC, *BY_SECRET}:
            continue
        path = "/" + IDENTIFIER.sub(lambda _: str(uuid4()), address.route)
        for method in address.methods:
            answer = client.generic(method, path)
            if answer.status_code != 302 or not answer["Location"].startswith("/sign-in/?"):
                opened.append(f"{method} {path}: {answer.status_code}")
    assert not opened
    assert not client.get("/app/day/").content.count(b"moment")


def test_promise_19_everybody_without_a_second_factor_sets_one_up_at_their_first_sign_in(
    world: World,
) -> None:
    client = Client()
    answer = show_password(client, "first", next="/notices/")
    assert answer.redirect_chain[-1][0] == "/sign-in/set-up/"
    for leads_there in (SECOND, "/sign-in/new-password/", "/sign-in/lost/"):
        assert client.get(leads_there)["Location"] == "/sign-in/set-up/"
    page = html(client.get("/sign-in/set-up/app/"))
    found = re.search(r'qr__secret">([A-Z2-7 ]+)<', page)
    assert found
    app = App(found[1])
    wrong = client.post("/sign-in/set-up/app/", {"code": "000000"})
    assert wrong.status_code == 422
    assert found[1] in wrong.content.decode(), "the picture that was scanned stays the same"
    assert not is_signed_in(client)
    answer = client.post("/sign-in/set-up/app/", {"code": app.code()})
    assert answer["Location"] == "/my-sign-in/recovery-codes/?next=/notices/"
    assert is_signed_in(client)
    assert app.secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_promise_19_a_code_works_once(world: World) -> None:
    app = with_app("first")
    code = app.code()
    client, other = Client(), Client()
    for each in (client, other):
        show_password(each, "first")
    assert client.post(SECOND, {"code": code}).status_code == 302
    assert is_signed_in(client)
    again = other.post(SECOND, {"code": code})
    assert again.status_code == 422
    assert "was used already" in again.content.decode()
    assert not is_signed_in(other)
    assert other.post(SECOND, {"code": app.code(steps=1)}).status_code == 302


def test_promise_19_a_code_of_before_the_one_that_was_used_opens_nothing(world: World) -> None:
    app = with_app("first")
    older, newer = app.code(steps=-1), app.code()
    by = world.actor("first")
    assert second_factors.answer_code(by=by, code=newer) == "code"
    assert second_factors.answer_code(by=by, code=older) == ""


def test_promise_19_a_code_of_another_account_opens_nothing(world: World) -> None:
    with_app("first")
    other = with_app("second")
    client = Client()
    show_password(client, "first")
    assert client.post(SECOND, {"code": other.code()}).status_code == 422
    assert not is_signed_in(client)


@pytest.mark.parametrize("code", ["", "abc", "½½½½½½", "١٢٣٤٥٦", "0" * 5000, "'; --", "\x00"])
def test_what_is_no_code_is_told_and_opens_nothing(world: World, code: str) -> None:
    with_app("first")
    client = Client()
    show_password(client, "first")
    assert client.post(SECOND, {"code": code}).status_code == 422
    assert not is_signed_in(client)


def test_promise_19_ten_recovery_codes_are_shown_once_and_each_works_once(world: World) -> None:
    client = Client()
    sign_in_whole(client, "first")
    codes = recovery_codes(client)
    assert len(set(codes)) == 10
    assert codes[0] not in html(client.get("/my-sign-in/recovery-codes/"))
    assert codes[0].replace(" ", "") not in str(
        list(Authenticator.objects.values_list("data", flat=True))
    )
    for code, opens in ((codes[3], True), (codes[3], False), (codes[4].replace(" ", ""), True)):
        other = Client()
        show_password(other, "first")
        other.post(SECOND, {"code": code})
        assert is_signed_in(other) is opens
    assert "8 of 10 left" in html(client.get("/my-sign-in/"))
    fresh = recovery_codes(client)
    other = Client()
    show_password(other, "first")
    assert other.post(SECOND, {"code": codes[5]}).status_code == 422, "those of before are void"
    assert other.post(SECOND, {"code": fresh[0]}).status_code == 302


def test_a_passkey_is_the_second_factor(world: World) -> None:
    key, client = with_passkey("first"), localhost()
    answer = client.post("/sign-in/", {"username": "first", "password": PASSWORD}, follow=True)
    on = asked(answer)
    assert len(on["publicKey"]["allowCredentials"]) == 1
    assert client.post(SECOND, {"answer": key.answer(on)}).status_code == 302
    assert is_signed_in(client)


def test_promise_19_a_passkey_alone_is_both_since_it_checks_who_holds_it(world: World) -> None:
    key, client = with_passkey("first"), localhost()
    answer = client.get(BY_KEY, {"next": "/notices/"})
    on = asked(answer)
    assert on["publicKey"]["userVerification"] == "required"
    assert "allowCredentials" not in on["publicKey"] or not on["publicKey"]["allowCredentials"]
    answer = client.post(BY_KEY, {"answer": key.answer(on), "next": "/notices/"})
    assert answer["Location"] == "/notices/"
    assert is_signed_in(client)


def test_promise_19_a_passkey_that_has_not_checked_who_holds_it_opens_nothing(
    world: World,
) -> None:
    key, client = with_passkey("first"), localhost()
    given = key.answer(asked(client.get(BY_KEY)), verified=False)
    assert client.post(BY_KEY, {"answer": given}).status_code == 422
    assert not is_signed_in(client)


def test_promise_19_an_answer_of_a_passkey_works_once(world: World) -> None:
    key, client = with_passkey("first"), localhost()
    given = key.answer(asked(client.get(BY_KEY)))
    assert client.post(BY_KEY, {"answer": given}).status_code == 302
    client.post("/sign-out/")
    client.get(BY_KEY)
    assert client.post(BY_KEY, {"answer": given}).status_code == 422
    assert not is_signed_in(client)


def test_promise_19_what_was_asked_is_answered_once_however_the_session_is_put_back(
    world: World,
) -> None:
    """As with two requests at once, of which neither has seen yet what the other took."""
    key, client = with_passkey("first"), localhost()
    on = client.get(BY_KEY)
    held = Session.objects.get(session_key=client.cookies["sessionid"].value)
    given = key.answer(asked(on))
    assert client.post(BY_KEY, {"answer": given}).status_code == 302
    other = localhost()
    Session.objects.filter(session_key=held.session_key).delete()
    held.save(force_insert=True)
    other.cookies["sessionid"] = held.session_key
    assert other.post(BY_KEY, {"answer": given}).status_code == 422
    assert not is_signed_in(other)


def test_a_copy_of_a_passkey_is_found_by_its_counter(world: World) -> None:
    key, client = with_passkey("first"), localhost()
    key.counter = 5
    assert client.post(BY_KEY, {"answer": key.answer(asked(client.get(BY_KEY)))}).status_code == 302
    key.counter, other = 2, localhost()
    assert other.post(BY_KEY, {"answer": key.answer(asked(other.get(BY_KEY)))}).status_code == 422


def test_a_passkey_of_another_origin_or_person_opens_nothing(world: World) -> None:
    key, client = with_passkey("first"), localhost()
    key.origin = "https://localhost.example.org"
    assert client.post(BY_KEY, {"answer": key.answer(asked(client.get(BY_KEY)))}).status_code == 422
    key.origin, key.user = "http://localhost", world.users["lead"].hex.encode()
    assert client.post(BY_KEY, {"answer": key.answer(asked(client.get(BY_KEY)))}).status_code == 422
    other = Key()
    other.user = world.users["first"].hex.encode()
    assert (
        client.post(BY_KEY, {"answer": other.answer(asked(client.get(BY_KEY)))}).status_code == 422
    )
    assert not is_signed_in(client)


STRANGE: list[Any] = [
    "",
    "x",
    "null",
    "[]",
    "{}",
    '{"response": null}',
    '{"response": {"userHandle": 5}}',
    '{"response": {"userHandle": "////"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "QUE"}}',
    json.dumps({"response": {"userHandle": "'" * 9000}}),
    "[" * 19_000,
]


@pytest.mark.parametrize("given", STRANGE)
def test_what_no_browser_sends_is_refused(world: World, given: str) -> None:
    with_passkey("first")
    client = localhost()
    client.get(BY_KEY)
    assert client.post(BY_KEY, {"answer": given}).status_code == 422
    client = localhost("first")
    client.get("/sign-in/set-up/passkey/")
    answer = client.post("/sign-in/set-up/passkey/", {"name": "Desk", "answer": given})
    assert answer.status_code == 422
    assert Authenticator.objects.filter(type="webauthn").count() == 1


@pytest.mark.parametrize(
    ("told", "bytes_left"), [("algorithm", 10_000), ("point", 10_000), ("", 0), ("", 37), ("", 60)]
)
def test_a_passkey_that_could_never_sign_in_is_not_added(
    world: World, told: str, bytes_left: int
) -> None:
    client, key = localhost("first"), Key()
    given = json.loads(key.made(asked(client.get("/sign-in/set-up/passkey/"))))
    held: Any = cbor.decode(websafe_decode(given["response"]["attestationObject"]))
    data, size = held["authData"], 37 + 16 + 2 + 16
    wrong: dict[str, Any] = {"algorithm": {3: -9999}, "point": {-2: bytes(32)}}
    public: Any = cbor.decode(data[size:])
    cose = {**public, **wrong.get(told, {})}
    held["authData"] = (data[:size] + cbor.encode(cose))[:bytes_left]
    given["response"]["attestationObject"] = websafe_encode(cbor.encode(held))
    sent = {"name": "Desk", "answer": json.dumps(given)}
    assert client.post("/sign-in/set-up/passkey/", sent).status_code == 422
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("left", [0, 32, 36])
def test_an_answer_of_a_passkey_that_is_cut_short_is_refused(world: World, left: int) -> None:
    key, client = with_passkey("first"), localhost()
    given = json.loads(key.answer(asked(client.get(BY_KEY))))
    data = websafe_decode(given["response"]["authenticatorData"])
    given["response"]["authenticatorData"] = websafe_encode(data[:left])
    assert client.post(BY_KEY, {"answer": json.dumps(given)}).status_code == 422


def test_an_ended_account_opens_nothing_with_its_passkey(world: World) -> None:
    key, client = with_passkey("first"), localhost()
    User.objects.filter(username="first").update(is_active=False)
    assert client.post(BY_KEY, {"answer": key.answer(asked(client.get(BY_KEY)))}).status_code == 422


def test_several_passkeys_have_names_and_are_removed_but_never_the_last_factor(
    world: World,
) -> None:
    with_passkey("first")
    key = Key()
    client = localhost("first")
    on = asked(client.get("/sign-in/set-up/passkey/"))
    given = {"name": "<b>Blue</b> key", "answer": key.made(on)}
    assert client.post("/sign-in/set-up/passkey/", given).status_code == 302
    page = html(client.get("/my-sign-in/"))
    assert "&lt;b&gt;Blue&lt;/b&gt; key" in page
    first, second = Authenticator.objects.order_by("id")
    assert client.post(f"/my-sign-in/passkeys/{first.data['id']}/remove/").status_code == 302
    answer = client.post(f"/my-sign-in/passkeys/{second.data['id']}/remove/")
    assert answer.status_code == 400
    assert "only second factor" in answer.content.decode()
    assert Authenticator.objects.get() == second
    other = localhost("second")
    assert other.post(f"/my-sign-in/passkeys/{second.data['id']}/remove/").status_code == 404


def test_a_change_is_audited_and_told_without_content(world: World) -> None:
    with_passkey("first")
    assert Entry.objects.filter(action="access.passkey_added").count() == 1
    notice = Notice.objects.get(user_id=world.users["first"])
    assert notice.kind == "sign_in.passkey_added"
    page = html(localhost("first").get("/notices/"))
    assert "A passkey was added to your account" in page
    assert "Desk" not in page


def test_a_change_needs_to_be_confirmed_after_ten_minutes(world: World) -> None:
    key, client = with_passkey("first"), localhost("first")
    session = client.session
    session["fresh"] -= 11 * 60
    session.save()
    for path in ("/my-sign-in/recovery-codes/", "/my-sign-in/password/", "/sign-in/set-up/app/"):
        assert client.get(path)["Location"] == f"/sign-in/confirm/?next={path}"
    assert "/confirm/" in client.post("/my-sign-in/recovery-codes/")["Location"]
    assert not Authenticator.objects.filter(type="recovery_codes").exists()
    confirm = "/sign-in/confirm/"
    on = asked(client.get(confirm, {"next": "/my-sign-in/password/"}))
    given = {"answer": key.answer(on), "next": "/my-sign-in/password/"}
    assert client.post(confirm, given)["Location"] == "/my-sign-in/password/"
    assert client.get("/my-sign-in/password/").status_code == 200


def test_the_demonstration_shows_codes_of_invented_accounts_and_never_of_others(
    world: World,
) -> None:
    User.objects.update(password=make_password(DEMONSTRATION_PASSWORD))
    second_factors.give_demonstration_app(by=system("tests"), user_ids=[world.users["first"]])
    given = {"password": DEMONSTRATION_PASSWORD}
    page = html(show_password(Client(), "first", **given))
    assert "You are trying it out" not in page, "this place is real"
    name_partnership(by=system("tests"), name="Fenmarch", fictional=True)
    client = Client()
    page = html(show_password(client, "first", **given))
    shown = re.search(r'name="code" value="(\d{6})"', page)
    assert shown
    assert client.post(SECOND, {"code": shown[1]})["Location"] == "/"
    assert is_signed_in(client)
    with_app("first")
    assert "You are trying it out" not in html(show_password(Client(), "first", **given))


def test_nobody_adds_a_passkey_that_was_not_asked_for(world: World) -> None:
    key, client = Key(), localhost("first")
    on = asked(client.get("/sign-in/set-up/passkey/"))
    other = localhost("second")
    other.get("/sign-in/set-up/passkey/")
    answer = other.post("/sign-in/set-up/passkey/", {"name": "Desk", "answer": key.made(on)})
    assert answer.status_code == 422
    with pytest.raises(BadInput):
        second_factors.add_passkey({}, by=world.actor("first"), name="x", answer=key.made(on))


def test_promise_19_who_was_to_set_up_a_factor_does_not_once_there_is_one(world: World) -> None:
    """Somebody knows the password and waits until its owner has set up theirs."""
    thief = localhost()
    show_password(thief, "first")
    secret = re.search(r'qr__secret">([A-Z2-7 ]+)<', html(thief.get("/sign-in/set-up/app/")))
    on = asked(thief.get("/sign-in/set-up/passkey/"))
    assert secret
    session = thief.session
    with_app("first")
    by, theirs = world.actor("first"), App(secret[1])
    assert not second_factors.add_app(session, by=by, code=theirs.code(), first=True)
    request = RequestFactory().get("/")
    request.session = session
    with pytest.raises(BadInput), request_context(request):
        second_factors.add_passkey(session, by=by, name="x", answer=Key().made(on), first=True)
    answer = thief.post("/sign-in/set-up/app/", {"code": theirs.code()})
    assert answer["Location"] == "/sign-in/"
    assert thief.get("/sign-in/set-up/passkey/")["Location"] == "/sign-in/"
    assert Authenticator.objects.count() == 1
    assert not is_signed_in(thief)


def test_promise_19_an_app_is_not_set_up_with_what_the_one_before_at_a_computer_saw(
    world: World,
) -> None:
    def shown(client: Client) -> str:
        found = re.search(r'qr__secret">([A-Z2-7 ]+)<', html(client.get("/sign-in/set-up/app/")))
        assert found
        return found[1]

    client = Client()
    show_password(client, "first")
    seen = shown(client)
    session = client.session
    show_password(client, "second")
    assert shown(client) != seen
    code, by = App(seen).code(), world.actor("second")
    assert not second_factors.add_app(session, by=by, code=code)
    assert second_factors.new_app(session, by=by)[0] != seen.replace(" ", "")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("after", ["word", "staff", "a:b", "//example.org", "/\\example.org", ""])
def test_a_strange_address_to_go_on_to_stops_nobody(world: World, after: str) -> None:
    app, client = with_app("first"), Client()
    show_password(client, "first", next=after)
    assert client.post(SECOND, {"code": app.code()})["Location"] == "/"
    assert client.get("/sign-in/", {"next": after})["Location"] == "/"


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """Let that many threads do it, each on a connection of its own."""
    ready = Barrier(count)

    def one(_: int) -> Any:
        ready.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_promise_19_a_code_works_once_for_many_who_send_it_at_once(own_database: Database) -> None:
    world = make_world()
    by, code = world.actor("first"), with_app("first").code()
    answers = at_once(6, lambda: second_factors.answer_code(by=by, code=code))
    assert sorted(answers) == ["", "", "", "", "", "code"]
    on_paper = second_factors.make_recovery_codes(by=by)[0]
    answers = at_once(6, lambda: second_factors.answer_code(by=by, code=on_paper))
    assert answers.count("recovery_code") == 1


def test_promise_20_many_tries_at_once_are_no_more_than_many_in_a_row(
    own_database: Database,
) -> None:
    def tried() -> bool:
        try:
            throttle.count(Source("factor", "somebody", "192.0.2.1"))
        except Throttled:
            return False
        return True

    assert at_once(12, tried).count(True) == FREE["factor"]

"""Signing in through one's own organisation, against a real provider on loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.test import Client

from reachable.access import invitations, organisations, providers, proving
from reachable.access import services as access
from reachable.access.models import Invitation, OrganisationSignIn, SignInAttempts, User
from reachable.access.rules.joining import Asked
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.time import now, unmoved
from tests.support.provider import (
    KEY,
    NAME,
    Organisation,
    led_to,
    path_of,
    query_of,
    running,
    through,
)
from tests.support.signing_in import show_password, with_app
from tests.support.world import World, make_world

pytestmark = pytest.mark.db
BY = system("tests")
BEGIN = f"/sign-in/organisation/{KEY}/"
CONFIGURATION = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    with running(tmp_path_factory.mktemp("organisation")) as organisation:
        yield organisation


@pytest.fixture
def there(started: Organisation, settings: Any, tmp_path: Path) -> Iterator[Organisation]:
    started.file = tmp_path / "sign_in_providers.toml"
    settings.SIGN_IN_PROVIDERS = started.write()
    settings.OUTBOUND_LOOPBACK = True
    settings.SITE_URL = "http://testserver"
    proving.forget()
    yield started
    started.spoil()
    proving.forget()


@pytest.fixture
def world() -> World:
    return make_world()


def html(answer: Any) -> str:
    """What a page says, whether it opened or refused."""
    page: str = answer.content.decode()
    return page


def linked(username: str, there: Organisation, subject: str) -> User:
    user = User.objects.get(username=username)
    OrganisationSignIn.objects.create(
        user=user, provider=KEY, issuer=there.url, subject=subject, linked_at=now()
    )
    return user


def is_signed_in(client: Client) -> bool:
    return client.get("/my-sign-in/").status_code == 200


def entries(action: str) -> list[dict[str, Any]]:
    return [each.details for each in Entry.objects.filter(action=action).order_by("id")]


def test_promise_19_a_second_factor_shown_there_counts_as_the_file_says(
    world: World, there: Organisation, client: Client
) -> None:
    linked("first", there, "ff-1")
    there.knows("ff-1", amr=["pwd", "mfa"])
    client.get("/sign-in/")
    before = client.session.session_key
    answer = through(client, there, "ff-1", next="/notices/")
    assert (answer.status_code, answer["Location"]) == (302, "/notices/")
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert entries("access.signed_in")[-1] == {"how": "organisation", "through": KEY}
    assert NAME in html(client.post("/sign-out/"))
    assert not is_signed_in(client)


@pytest.mark.parametrize("claims", [{}, {"amr": ["pwd"]}, {"acr": "mfa"}, {"amr": []}])
def test_promise_19_otherwise_our_own_second_factor_is_asked(
    world: World, there: Organisation, client: Client, claims: dict[str, Any]
) -> None:
    linked("first", there, "ff-2")
    there.knows("ff-2", **claims)
    app = with_app("first")
    answer = through(client, there, "ff-2", next="/notices/")
    assert answer["Location"] == "/sign-in/second/"
    assert not is_signed_in(client)
    answer = client.post("/sign-in/second/", {"code": app.code()})
    assert answer["Location"] == "/notices/"
    assert is_signed_in(client)
    assert entries("access.signed_in")[-1] == {"how": "code", "through": KEY}


def test_whoever_has_no_factor_sets_one_up_first(
    world: World, there: Organisation, client: Client
) -> None:
    linked("first", there, "ff-3")
    there.knows("ff-3")
    assert through(client, there, "ff-3")["Location"] == "/sign-in/set-up/"


def test_pkce_state_nonce_and_the_secret_are_sent(
    world: World, there: Organisation, client: Client
) -> None:
    linked("first", there, "ff-4")
    there.knows("ff-4", amr=["mfa"])
    address = led_to(client.post(BEGIN))
    asked = query_of(address)
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"
    assert len(asked["nonce"]) >= 20
    assert len(asked["state"]) >= 20
    client.get(path_of(there.signs_in(address, "ff-4")))
    sent = query_of("?" + there.asked()[-1]["body"])
    made = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(made).rstrip(b"=").decode() == asked["code_challenge"]
    secret = base64.b64decode(there.asked()[-1]["with"].removeprefix("Basic ")).decode()
    assert secret == f"{there.client_id}:{there.secret}"


NEVER: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"iss": "https://elsewhere.invalid"}, "was not made for this sign-in"),
    "another audience": ({"aud": "another"}, "was not made for this sign-in"),
    "another nonce": ({"nonce": "another"}, "was not made for this sign-in"),
    "over long ago": ({"exp": 1}, "differ by more than two minutes"),
    "made tomorrow": ({"iat": 4_000_000_000}, "differ by more than two minutes"),
    "no list": ({"amr": "mfa"}, "cannot be read"),
}


@pytest.mark.parametrize("case", NEVER)
def test_an_answer_that_proves_nothing_opens_nothing(
    world: World, there: Organisation, client: Client, case: str
) -> None:
    claims, said = NEVER[case]
    linked("first", there, "ff-5")
    there.knows("ff-5", **({"amr": ["mfa"]} | claims))
    answer = through(client, there, "ff-5")
    assert answer.status_code == 422
    assert said in html(answer)
    assert "You are not signed in, and nothing was changed." in html(answer)
    assert not is_signed_in(client)


def test_a_signature_with_another_key_opens_nothing(
    world: World, there: Organisation, client: Client
) -> None:
    from joserfc.jwk import RSAKey

    linked("first", there, "ff-6")
    there.knows("ff-6", amr=["mfa"])
    real = requests.get(f"{there.url}/jwks", timeout=10).json()["keys"][0]
    other = RSAKey.generate_key(2048).as_dict(private=False)
    body = json.dumps({"keys": [{**other, "kid": real.get("kid"), "alg": "RS256", "use": "sig"}]})
    there.spoil(paths={"/jwks": {"body": body}})
    answer = through(client, there, "ff-6")
    assert answer.status_code == 422
    assert f"is not signed by {NAME}" in html(answer)
    assert not is_signed_in(client)


def test_promise_19_an_answer_counts_once(
    world: World, there: Organisation, client: Client
) -> None:
    linked("first", there, "ff-7")
    there.knows("ff-7", amr=["mfa"])
    address = there.signs_in(led_to(client.post(BEGIN)), "ff-7")
    stolen = Client()
    answer = stolen.get(path_of(address))
    assert answer.status_code == 422
    assert "not begun in this browser" in html(answer)
    assert client.get(path_of(address)).status_code == 302
    client.post("/sign-out/")
    answer = client.get(path_of(address))
    assert answer.status_code == 422
    assert "not begun in this browser" in html(answer)
    # The same code with a state that is right: the provider gives nothing for it.
    state = query_of(led_to(client.post(BEGIN)))["state"]
    again = {"code": query_of(address)["code"], "state": state}
    answer = client.get(f"{BEGIN}back/?{urlencode(again)}")
    assert answer.status_code == 422
    assert "used already, or is too old" in html(answer)
    assert not is_signed_in(client)


def test_an_answer_comes_within_a_quarter_of_an_hour(
    world: World, there: Organisation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked("first", there, "ff-8")
    there.knows("ff-8", amr=["mfa"])
    address = there.signs_in(led_to(client.post(BEGIN)), "ff-8")
    later = unmoved() + proving.GONE_FOR + 1
    monkeypatch.setattr(proving, "unmoved", lambda: later)
    assert client.get(path_of(address)).status_code == 422
    assert not is_signed_in(client)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "down": ({CONFIGURATION: {"status": "503 Down"}}, "does not answer now"),
    "no json": ({CONFIGURATION: {"body": "<p>"}}, "cannot be read"),
    "a list": ({CONFIGURATION: {"body": "[]"}}, "cannot be read"),
    "another": ({CONFIGURATION: {"body": '{"issuer": "https://x.invalid"}'}}, "another issuer"),
    "led on": (
        {CONFIGURATION: {"status": "302 Found", "to": "http://127.0.0.1:9/"}},
        "not allowed (a redirect)",
    ),
    "large": ({CONFIGURATION: {"body": " " * 700_000}}, "cannot be read"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_provider_that_is_broken_is_a_sentence(
    world: World, there: Organisation, client: Client, case: str
) -> None:
    spoilt, said = BROKEN[case]
    there.spoil(paths=spoilt)
    answer = client.post(BEGIN)
    assert answer.status_code == 422
    assert said in html(answer)


def test_pages_of_a_provider_on_another_host_are_not_called(
    world: World, there: Organisation, client: Client
) -> None:
    real = requests.get(there.url + CONFIGURATION, timeout=10).json()
    body = json.dumps(real | {"token_endpoint": "https://elsewhere.invalid/token"})
    there.spoil(paths={CONFIGURATION: {"body": body}})
    assert "a host that is not on the list" in html(client.post(BEGIN))


def test_a_provider_that_is_slow_is_a_sentence(
    world: World, there: Organisation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reachable.foundation.outbound.READ_WITHIN", 0.3)
    there.spoil(paths={CONFIGURATION: {"after": 2}})
    assert "did not answer in time" in html(client.post(BEGIN))


def test_a_provider_that_is_not_there_is_a_sentence(
    world: World, there: Organisation, client: Client, settings: Any
) -> None:
    there.file = there.file.with_name("gone.toml")
    settings.SIGN_IN_PROVIDERS = there.write(issuer='"http://127.0.0.1:9"')
    assert "does not answer now" in html(client.post(BEGIN))


def test_cancelled_there(world: World, there: Organisation, client: Client) -> None:
    address = led_to(client.post(BEGIN))
    said = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=10)
    come = query_of(said.headers["Location"]) | {"state": query_of(address)["state"]}
    answer = client.get(f"{BEGIN}back/?{urlencode(come)}")
    assert answer.status_code == 422
    assert "cancelled there" in html(answer)


def test_unknown_ended_and_of_another_agency_are_the_same_sentence(
    world: World, there: Organisation, settings: Any
) -> None:
    there.knows("nobody", amr=["mfa"], email="fern.first@fenmarch.invalid")
    there.knows("ff-9", amr=["mfa"])
    there.knows("ff-10", amr=["mfa"])
    user = linked("first", there, "ff-9")
    linked("sergeant", there, "ff-10")
    pages = [html(through(Client(), there, "nobody")), html(through(Client(), there, "ff-10"))]
    User.objects.filter(id=user.id).update(is_active=False)
    pages.append(html(through(Client(), there, "ff-9")))
    for page in pages:
        assert "No account here goes with your sign-in" in page
        assert "Ask who looks after accounts at your agency." in page
    noted = Entry.objects.filter(action="access.sign_in_failed").order_by("id")
    assert [each.subject_id for each in noted][0] is None
    assert [each.details["through"] for each in noted] == [KEY] * 3


def test_ending_an_account_ends_its_link(world: World, there: Organisation) -> None:
    user = linked("first", there, "ff-11")
    access.end_account(by=BY, user_id=user.id)
    assert not OrganisationSignIn.objects.exists()


def offered(world: World, username: str = "first") -> None:
    organisations.offer(by=world.actor("agency"), user_id=world.users[username], provider_key=KEY)


def link_page(client: Client) -> Any:
    return client.post("/my-sign-in/organisation/", {"provider": KEY})


def test_it_is_linked_once_as_an_administrator_offered(
    world: World, there: Organisation, client: Client
) -> None:
    user = User.objects.get(username="first")
    client.force_login(user)
    assert link_page(client).status_code == 422
    offered(world)
    assert NAME in html(client.get("/my-sign-in/"))
    address = led_to(link_page(client))
    assert (query_of(address)["prompt"], query_of(address)["max_age"]) == ("login", "0")
    there.knows("ff-12")
    answer = client.get(path_of(there.signs_in(address, "ff-12")))
    assert (answer.status_code, answer["Location"]) == (302, "/my-sign-in/")
    held = OrganisationSignIn.objects.get()
    assert (held.user_id, held.issuer, held.subject) == (user.id, there.url, "ff-12")
    assert entries("access.organisation_linked") == [{"through": KEY}]
    assert link_page(client).status_code == 422

    second = Client()
    second.force_login(User.objects.get(username="second"))
    offered(world, "second")
    answer = second.get(path_of(there.signs_in(led_to(link_page(second)), "ff-12")))
    assert answer.status_code == 422
    assert "has another account here" in html(answer)


def test_linking_needs_a_sign_in_there_that_is_new(
    world: World, there: Organisation, client: Client
) -> None:
    client.force_login(User.objects.get(username="first"))
    offered(world)
    there.knows("ff-13", auth_time=1_000_000)
    answer = client.get(path_of(there.signs_in(led_to(link_page(client)), "ff-13")))
    assert answer.status_code == 422
    assert "did not ask you anew" in html(answer)
    assert OrganisationSignIn.objects.get().linked_at is None


def test_an_administrator_offers_only_within_their_own_agency(
    world: World, there: Organisation
) -> None:
    client = Client()
    client.force_login(User.objects.get(username="agency"))
    page = f"/staff/{world.users['first']}/organisation/"
    assert "Let them link it" in html(client.get(page))
    assert client.post(page, {"what": "offer", "provider": KEY}).status_code == 302
    assert "They can link it until" in html(client.get(page))
    assert client.post(page, {"what": "end", "provider": KEY}).status_code == 302
    assert not OrganisationSignIn.objects.exists()
    away = f"/staff/{world.users['sergeant']}/organisation/"
    assert client.post(away, {"what": "offer", "provider": KEY}).status_code == 404
    everybody = Client()
    everybody.force_login(User.objects.get(username="administrator"))
    assert everybody.post(away, {"what": "offer", "provider": KEY}).status_code == 422


def test_a_link_by_which_nobody_of_the_agency_comes_any_more_is_shown_and_can_be_ended(
    world: World, there: Organisation, settings: Any
) -> None:
    client = Client()
    client.force_login(User.objects.get(username="agency"))
    person = f"/staff/{world.users['first']}/"
    linked("first", there, "ff-20")
    settings.SIGN_IN_PROVIDERS = there.write(agencies='["police"]')
    assert f"{NAME}: linked since" in html(client.get(person))
    page = html(client.get(f"{person}organisation/"))
    assert "people of Fenmarch Council do not come by it any more" in page
    assert "Nobody of this agency" not in page
    assert "Let them link it" not in page
    ended = {"what": "end", "provider": KEY}
    assert client.post(f"{person}organisation/", ended).status_code == 302
    assert not OrganisationSignIn.objects.exists()
    assert "Nobody of this agency comes by" in html(client.get(f"{person}organisation/"))


def test_promise_18_ending_a_link_ends_their_sessions(
    world: World, there: Organisation, client: Client
) -> None:
    user = linked("first", there, "ff-14")
    there.knows("ff-14", amr=["mfa"])
    through(client, there, "ff-14")
    assert is_signed_in(client)
    organisations.unlink(by=world.actor("agency"), user_id=user.id, provider_key=KEY)
    assert not is_signed_in(client)
    assert through(client, there, "ff-14").status_code == 422


def test_the_only_way_in_is_not_ended(world: World, there: Organisation, client: Client) -> None:
    user = linked("first", there, "ff-15")
    client.force_login(user)
    User.objects.filter(id=user.id).update(password="!")
    client.force_login(User.objects.get(id=user.id))
    answer = client.post("/my-sign-in/organisation/end/", {"provider": KEY}, follow=True)
    assert "You have no other way to sign in." in html(answer)
    assert OrganisationSignIn.objects.exists()


def test_an_invitation_is_accepted_through_the_organisation(
    world: World, there: Organisation, client: Client
) -> None:
    asked = Asked("Ada Fenwick", "ada", "ada@fenmarch.invalid", roles=("practitioner",))
    held = invitations.invite(by=world.actor("agency"), agency_id=agency_id("council"), asked=asked)
    letter = invitations.make_link(by=BY, invitation_id=held)
    assert letter is not None
    path = letter.link[letter.link.index("/join/") :]
    assert f"Accept through {NAME}" in html(client.get(path))
    address = led_to(client.post(path, {"through": KEY}))
    assert path.split("/")[-2] not in json.dumps(dict(client.session))
    there.knows("ada-1", amr=["mfa"])
    back = path_of(there.signs_in(address, "ada-1"))
    assert client.get(back).status_code == 302
    assert is_signed_in(client)
    ada = User.objects.get(username="ada")
    assert not ada.has_usable_password()
    assert Invitation.objects.get(id=held).account_id == ada.id
    assert client.post(path, {"through": KEY}).status_code == 404


def test_confirming_there_when_it_counts(world: World, there: Organisation, client: Client) -> None:
    linked("first", there, "ff-16")
    there.knows("ff-16", amr=["mfa"])
    through(client, there, "ff-16")
    session = client.session
    session["fresh"] = 0
    session.save()
    page = client.get("/my-sign-in/recovery-codes/", follow=True)
    assert f"Confirm at {NAME}" in html(page)
    address = led_to(client.post("/sign-in/confirm/", {"through": KEY, "next": "/my-sign-in/"}))
    there.knows("ff-17", amr=["mfa"])
    wrong = client.get(path_of(there.signs_in(address, "ff-17")))
    assert wrong.status_code == 422
    assert "is not who is signed in here" in html(wrong)
    address = led_to(client.post("/sign-in/confirm/", {"through": KEY, "next": "/my-sign-in/"}))
    assert client.get(path_of(there.signs_in(address, "ff-16")))["Location"] == "/my-sign-in/"
    assert client.get("/my-sign-in/recovery-codes/").status_code == 200


def test_promise_20_tries_are_slowed_by_address_and_never_for_others(
    world: World, there: Organisation
) -> None:
    there.knows("stranger")
    linked("first", there, "ff-18")
    there.knows("ff-18", amr=["mfa"])
    pages = [html(through(Client(), there, "stranger")) for _ in range(32)]
    assert "tried too often" in pages[-1]
    assert "tried too often" not in pages[20]
    elsewhere = Client(REMOTE_ADDR="192.0.2.77")
    assert through(elsewhere, there, "ff-18").status_code == 302
    SignInAttempts.objects.all().delete()


def test_promise_24_no_log_and_no_page_names_anybody(
    world: World, there: Organisation, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="reachable")
    linked("first", there, "canary-subject")
    there.knows("canary-subject", iss="https://x.invalid", email="canary@fenmarch.invalid")
    pages = html(through(client, there, "canary-subject"))
    there.knows("canary-other", email="canary@fenmarch.invalid")
    pages += html(through(client, there, "canary-other"))
    assert "canary" not in pages + caplog.text
    assert "iss" in caplog.text
    assert there.secret not in caplog.text


def test_without_providers_nothing_is_there(world: World, settings: Any, tmp_path: Path) -> None:
    settings.SIGN_IN_PROVIDERS = tmp_path / "none.toml"
    assert providers.providers() == {}
    client = Client()
    assert "organisation" not in html(client.get("/sign-in/"))
    assert client.post(BEGIN).status_code == 404
    assert show_password(client, "first").status_code == 200
    client.force_login(User.objects.get(username="first"))
    assert "organisation" not in html(client.get("/my-sign-in/"))

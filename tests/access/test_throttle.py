"""Failed sign-ins are slowed by account and by address, never for everybody."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory, override_settings

from reachable.access import throttle
from reachable.access.models import SignInAttempts
from reachable.access.rules.waiting import (
    FADES,
    FREE,
    LONGEST,
    LONGEST_OF,
    in_words,
    still_counts,
    wait_after,
)
from reachable.access.throttle import Source, Throttled, address_of
from reachable.audit.models import Entry
from reachable.foundation.time import now, travel
from tests.support.signing_in import asked, localhost, show_password, with_app, with_passkey
from tests.support.world import PASSWORD, World, without_token

CANARY = "correct horse typed into the wrong box"


def attempt(client: Client, username: str, password: str = "wrong", **headers: str) -> str:
    given = {"username": username, "password": password}
    return without_token(client.post("/sign-in/", given, headers=headers).content.decode())


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (13, 3600), (9000, 3600)],
)
def test_each_failure_makes_the_wait_twice_as_long_up_to_an_hour(
    failures: int, seconds: int
) -> None:
    assert wait_after("account", failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "a minute"),
        (1, "a minute"),
        (60, "a minute"),
        (60.5, "2 minutes"),
        (61, "2 minutes"),
        (120, "2 minutes"),
        (121, "3 minutes"),
        (3600, "60 minutes"),
    ],
)
def test_the_wait_is_said_in_words(seconds: float, said: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("kind", "failures", "since", "count"),
    [
        ("account", 5, timedelta(days=1), 5),
        ("account", 5, timedelta(days=1, seconds=1), 0),
        ("address", 30, timedelta(days=1, seconds=1), 0),
        ("address", 30, timedelta(), 30),
        ("address", 30, timedelta(seconds=599), 30),
        ("address", 30, timedelta(minutes=10), 29),
        ("address", 2, timedelta(hours=1), 0),
        # The clock of the server was set back.
        ("address", 30, timedelta(minutes=-30), 30),
    ],
)
def test_how_many_failures_still_count(
    kind: str, failures: int, since: timedelta, count: int
) -> None:
    assert still_counts(kind, failures, since) == count


@pytest.mark.parametrize(
    ("kind", "free"), [("account", 4), ("factor", 4), ("given", 4), ("address", 29)]
)
def test_a_few_failures_of_each_kind_cost_nothing(kind: str, free: int) -> None:
    assert wait_after(kind, free) == timedelta()
    assert wait_after(kind, free + 1) == timedelta(seconds=30)


@pytest.mark.db
def test_promise_20_an_account_is_slowed_and_no_other(world: World) -> None:
    client = Client()
    for _ in range(FREE["account"]):
        assert "do not belong together" in attempt(client, "first")
    slowed = attempt(client, "FIRST", PASSWORD)
    assert "Wait a minute, then try again" in slowed
    assert "A passkey signs you in without waiting" in slowed
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"
    assert show_password(Client(), "second").redirect_chain
    with travel(now() + timedelta(seconds=31)):
        assert show_password(Client(), "first").redirect_chain
    assert "do not belong together" in attempt(client, "first"), "what was right is a new start"


@pytest.mark.db
def test_promise_20_a_name_that_nobody_has_looks_and_is_slowed_as_one_that_somebody_has(
    world: World,
) -> None:
    for _ in range(FREE["account"] + 2):
        known = attempt(Client(), "first").replace("first", "NAME")
        unknown = attempt(Client(), "nobody").replace("nobody", "NAME")
        assert known == unknown


@pytest.mark.db
def test_promise_20_a_wrong_name_takes_as_long_as_a_wrong_password_slowed_or_not(
    world: World,
) -> None:
    times: dict[str, list[float]] = {"first": [], "nobody": [], "slowed": []}
    source = Source("account", "second", "127.0.0.1")
    for _ in range(FREE["account"]):
        throttle.count(source)
    client = Client()
    for _ in range(4):
        for name, username in (("first", "first"), ("nobody", "nobody"), ("slowed", "second")):
            started = time.perf_counter()
            attempt(client, username)
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(took) for name, took in times.items()}
    assert max(medians.values()) < 1.6 * min(medians.values()), medians


@pytest.mark.db
def test_promise_20_an_address_is_slowed_whatever_names_it_tries_and_others_are_not(
    world: World,
) -> None:
    here = Source("account", "somebody", "192.0.2.1")
    for number in range(FREE["address"]):
        throttle.count(Source("account", f"name {number}", here.address))
    with pytest.raises(Throttled):
        throttle.count(here)
    throttle.count(Source("account", "somebody", "192.0.2.2"))


def too_many_here() -> None:
    """Fail as often from one address as costs nothing, under names of nobody."""
    for number in range(FREE["address"]):
        throttle.count(Source("account", f"name {number}", "127.0.0.1"))


@pytest.mark.db
def test_promise_20_whoever_signs_in_makes_nobody_behind_the_same_address_wait(
    world: World,
) -> None:
    too_many_here()
    with travel(now() + timedelta(seconds=31)):
        for username in ("first", "second", "lead"):
            assert show_password(Client(), username).redirect_chain, username


@pytest.mark.db
def test_failures_of_an_address_fade_though_there_are_some_every_day(world: World) -> None:
    too_many_here()
    with travel(now() + FADES * (FREE["address"] - 3)):
        for _ in range(FREE["account"] - 1):
            assert "do not belong together" in attempt(Client(), "nobody")
    start = now()
    for number in range(40):
        with travel(start + timedelta(days=1, minutes=9 * number)):
            throttle.count(Source("account", f"slow {number}", "192.0.2.7"))
    assert still_counts("address", 30, 3 * FADES - timedelta(seconds=1)) == 28
    assert still_counts("account", 30, 3 * FADES) == 30


@pytest.mark.db
def test_promise_20_a_second_factor_waits_for_no_address(world: World) -> None:
    app, client = with_app("first"), Client()
    show_password(client, "first")
    too_many_here()
    assert "tried too often" in attempt(Client(), "second", PASSWORD)
    assert client.post("/sign-in/second/", {"code": app.code()})["Location"] == "/"


@pytest.mark.parametrize("written", ["fi\u0131na", "FIINA", "ſ\u0131lk", "straße"])
def test_a_user_name_is_slowed_however_the_database_would_fold_it(written: str) -> None:
    assert throttle.one_name(written) == throttle.one_name(written.upper())
    assert throttle.one_name("\u0131") == throttle.one_name("I") == throttle.one_name("i")


@pytest.mark.db
def test_promise_20_whoever_has_no_account_fills_no_audit_with_passkeys(world: World) -> None:
    before, client = Entry.objects.count(), Client()
    for given in ("", "[]", "x"):
        client.get("/sign-in/passkey/")
        assert client.post("/sign-in/passkey/", {"answer": given}).status_code == 422
    assert Entry.objects.count() == before


@pytest.mark.db
def test_a_try_that_has_to_wait_makes_nobody_wait_longer(world: World) -> None:
    source = Source("account", "first", "192.0.2.1")
    for _ in range(FREE["account"]):
        throttle.count(source)
    for _ in range(20):
        with pytest.raises(Throttled):
            throttle.count(source)
    with travel(now() + timedelta(seconds=31)):
        throttle.count(source)


@pytest.mark.db
def test_what_is_counted_is_what_the_rule_says(db: None) -> None:
    """Each try is one failure more, of the name and of the address, and waits from that instant."""
    start = now()
    source = Source("account", "somebody", "192.0.2.9")
    assert sorted(source.keys().values()) == ["account", "address"]
    assert list(source.keys()) == sorted(source.keys())
    assert list(Source("factor", "somebody").keys().values()) == ["factor"]
    one = "192.0.2.9"
    kinds_of_one = [Source(kind, one).keys() for kind in ("account", "factor", "given")]
    apart = {key for keys in (*kinds_of_one, source.keys()) for key in keys}
    assert len(apart) == 5, "what is typed as a name counts against no address and no factor"
    with travel(start):
        for _ in range(FREE["account"] - 1):
            throttle.count(source)
    kinds = source.keys()
    rows = {kinds[row.key]: row for row in SignInAttempts.objects.all()}
    assert {kind: (row.failures, row.wait_until) for kind, row in rows.items()} == {
        "account": (4, None),
        "address": (4, None),
    }
    with travel(start + timedelta(minutes=14)):
        throttle.count(source)
    rows = {kinds[row.key]: row for row in SignInAttempts.objects.all()}
    account, address = rows["account"], rows["address"]
    assert (account.failures, address.failures) == (5, 4)
    assert account.last_at == start + timedelta(minutes=14)
    assert address.last_at == start + timedelta(minutes=10), "what is left of ten minutes goes on"
    assert account.wait_until == start + timedelta(minutes=14, seconds=30)
    with travel(start + timedelta(minutes=14, seconds=29)), pytest.raises(Throttled):
        throttle.count(source)
    with travel(start + timedelta(minutes=14, seconds=30)):
        throttle.count(source)


@pytest.mark.db
def test_the_longest_of_two_waits_is_said(db: None) -> None:
    both, start = Source("account", "somebody", "192.0.2.9"), now()
    SignInAttempts.objects.bulk_create(
        SignInAttempts(
            key=key,
            failures=9,
            last_at=start,
            wait_until=start + timedelta(minutes=3 if kind == "account" else 7),
        )
        for key, kind in both.keys().items()
    )
    with travel(start), pytest.raises(Throttled, match="Wait 7 minutes"):
        throttle.count(both)


@pytest.mark.db
def test_what_was_right_is_forgiven_to_the_account_and_once_to_the_address(db: None) -> None:
    source, other = Source("account", "one", "192.0.2.9"), Source("account", "two", "192.0.2.9")
    throttle.forgive(source)
    assert not SignInAttempts.objects.exists()
    for _ in range(3):
        throttle.count(source)
    throttle.count(other)
    SignInAttempts.objects.update(wait_until=now() + timedelta(minutes=1))
    throttle.forgive(source)
    kinds = {**source.keys(), **other.keys()}
    left = {kinds[row.key]: row for row in SignInAttempts.objects.all()}
    assert (left["address"].failures, left["address"].wait_until) == (3, None)
    assert (left["account"].failures, len(left)) == (1, 2)
    assert left["account"].wait_until is not None, "another name waits on"
    for _ in range(5):
        throttle.forgive(source)
    assert {row.failures for row in SignInAttempts.objects.all()} == {0, 1}
    for number in range(12):
        # Of some the account is locked first, of others the address.
        each = Source("account", f"name {number}", f"198.51.100.{number}")
        throttle.count(each)
        throttle.forgive(each)
    waits = SignInAttempts.objects.get(failures__gt=0)
    assert kinds[waits.key] == "account", "the other name's, as before"


@pytest.mark.db
def test_what_failed_a_day_ago_is_forgotten(world: World) -> None:
    source = Source("account", "first", "192.0.2.1")
    for _ in range(FREE["account"]):
        throttle.count(source)
    next_day = now() + timedelta(days=1, minutes=1)
    with travel(next_day):
        throttle.count(source)
        throttle.count(source)
        assert throttle.forget() == 0
    with travel(next_day + timedelta(days=2, minutes=-2)):
        assert throttle.forget() == 0, "it is not two days old yet"
    with travel(next_day + timedelta(days=2, seconds=1)):
        assert throttle.forget() == 2
    assert not SignInAttempts.objects.exists()


@pytest.mark.db
def test_promise_20_codes_are_slowed_too_and_a_passkey_still_signs_in(world: World) -> None:
    with_app("first")
    key = with_passkey("first")
    client = Client()
    show_password(client, "first")
    for _ in range(FREE["factor"]):
        assert client.post("/sign-in/second/", {"code": "000000"}).status_code == 422
    app = with_app("first")
    answer = client.post("/sign-in/second/", {"code": app.code()})
    assert "That was tried too often" in answer.content.decode()
    for _ in range(FREE["account"]):
        attempt(client, "first")
    owner = localhost()
    given = key.answer(asked(owner.get("/sign-in/passkey/")))
    assert owner.post("/sign-in/passkey/", {"answer": given}).status_code == 302


@pytest.mark.db
def test_promise_20_a_failed_sign_in_is_audited_without_what_was_typed(world: World) -> None:
    attempt(Client(), CANARY, CANARY)
    attempt(Client(), "first", CANARY)
    unknown, known = Entry.objects.filter(action="access.sign_in_failed").order_by("at")
    assert unknown.subject_id is None
    assert known.subject_id == world.users["first"]
    assert CANARY not in str(list(Entry.objects.values()))
    assert CANARY not in str(list(SignInAttempts.objects.values()))
    assert "first" not in str(list(SignInAttempts.objects.values()))


def asking(here: str, said: str | None = None) -> str:
    headers = {} if said is None else {"X-Forwarded-For": said}
    return address_of(RequestFactory(REMOTE_ADDR=here).get("/", headers=headers))


@pytest.fixture
def proxy() -> Iterator[None]:
    with override_settings(PROXIES=frozenset({"10.0.0.1", "10.0.0.2", "fd00::1"})):
        yield


def test_promise_20_a_forged_forwarded_for_is_ignored() -> None:
    for said in ("198.51.100.9", "127.0.0.1", "x", "198.51.100.9, 198.51.100.8", "," * 5000):
        assert asking("192.0.2.1", said) == "192.0.2.1"


@pytest.mark.parametrize(
    ("here", "said", "address"),
    [
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "203.0.113.7, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.1", "'; --", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("", "198.51.100.9", "unknown"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, "192.0.2.1"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.9", "198.51.100.9"),
        ("FD00:0::1", "198.51.100.9", "198.51.100.9"),
    ],
)
def test_promise_20_only_a_proxy_of_ones_own_is_believed(
    proxy: None, here: str, said: str | None, address: str
) -> None:
    assert asking(here, said) == address


def test_proxies_are_named_with_spaces_or_without() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from reachable.site.settings import PROXIES as p; print(sorted(p))",
        ],
        env={**os.environ, "REACHABLE_PROXIES": "10.0.0.1, 10.0.0.2 ,"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['10.0.0.1', '10.0.0.2']"


def test_the_longest_wait_is_no_lock() -> None:
    assert wait_after("account", 10**6) == wait_after("factor", 10**6) == LONGEST
    assert wait_after("given", 10**6) == LONGEST_OF["given"] == timedelta(minutes=1)

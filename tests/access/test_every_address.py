"""Every address × method × role × agency, against what the address and the record declare.

The outcome is declared twice and in no other place: `page()` says who may open an address and how,
and `reachable.site.addresses.IDENTIFIERS` says for whom an identifier leads to something. Both are
in docs/reference/addresses.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from reachable.access import services as access
from reachable.access.models import Involvement, Team
from reachable.foundation.actor import system
from reachable.foundation.db import is_postgres
from reachable.foundation.time import now
from reachable.foundation.urls import BY_SECRET, PUBLIC, SIGNED_IN
from reachable.site.addresses import (
    ANYBODY,
    IDENTIFIER,
    IDENTIFIERS,
    INVITED,
    KNOWN,
    Address,
    addresses,
)
from tests.access.place import ACCOUNTS, INVOLVED, STANDINGS, Account, Place, Row, make_place

pytestmark = [pytest.mark.db, pytest.mark.under_the_role]

ANONYMOUS = {
    "/sign-in/": {"GET", "POST"},
    "/sign-in/passkey/": {"GET", "POST"},
    "/sign-in/forgotten/": {"GET", "POST"},
    "/sign-in/organisation/<str:provider_key>/": {"GET", "POST"},
    "/sign-in/organisation/<str:provider_key>/back/": {"GET"},
    "/sign-out/": {"POST"},
    "/progress/": {"GET"},
    "/api/openapi.json": {"GET"},
    "/calendar/<uuid:address_id>/<str:secret>.ics": {"GET"},
    "/join/<uuid:join_id>/<str:join_secret>/": {"GET", "POST"},
    "/app/": {"GET"},
    "/app/sw.js": {"GET"},
    "/app/manifest.webmanifest": {"GET"},
    "/app/device/": {"GET", "POST"},
    "/open-referral/": {"GET"},
    "/open-referral/services": {"GET"},
    "/open-referral/services/<uuid:service_id>": {"GET"},
    "/open-referral/service_at_locations": {"GET"},
    "/open-referral/service_at_locations/<uuid:at_id>": {"GET"},
    "/open-referral/taxonomies": {"GET"},
    "/open-referral/taxonomies/<uuid:taxonomy_id>": {"GET"},
    "/open-referral/taxonomy_terms": {"GET"},
    "/open-referral/taxonomy_terms/<uuid:term_id>": {"GET"},
}
"""All that somebody without an account can open. It grows by a decision, never by itself."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

SIGN_IN, UNSIGNED, REFUSED, NOT_ALLOWED, NOT_FOUND, OPENED = (
    "led to sign in",
    "not signed with a key",
    "refused in words",
    "method not allowed",
    "not found",
    "opened",
)

LEADS_ON = {"review_skip": "it only leads to whatever waits longest, and shows nothing of its own"}
"""Addresses that answer any identifier alike, and why that tells nothing."""
BETWEEN = {
    *("second_factor", "set_up", "set_up_app", "set_up_passkey"),
    *("lost_factor", "new_password", "confirm_sign_in"),
}
"""What asks for a second half of whoever has shown the first, and leads others to sign in."""

EVERY = list(addresses())


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    return make_place()


@pytest.fixture
def place(placed: Place, undone: None) -> Place:
    return placed


def expected(account: Account | None, address: Address, method: str, rows: dict[str, Row]) -> str:
    """Return the outcome that is declared.

    Nobody here has a key or a phone: intake/test_api.py and conversations/test_phone_api.py do.
    """
    if address.needs in BY_SECRET:
        return UNSIGNED if method in address.methods else NOT_ALLOWED
    if address.needs != PUBLIC and account is None:
        return SIGN_IN
    if account and not _opens(account, address):
        return REFUSED
    if method not in address.methods:
        return NOT_ALLOWED
    if address.name in LEADS_ON:
        return OPENED
    if address.name in BETWEEN and account is None:
        return SIGN_IN
    if address.needs == PUBLIC:
        return OPENED if all(row.of for row in rows.values()) else NOT_FOUND
    found = all(account and account.finds(name, row) for name, row in rows.items())
    return OPENED if found else NOT_FOUND


def outcome(answer: Any) -> str:
    """Name what came back; anything unforeseen is named by its number."""
    status = answer.status_code
    if status in (301, 302) and answer["Location"].startswith("/sign-in/"):
        return SIGN_IN
    if status == 401:
        return UNSIGNED
    if status == 403:
        return REFUSED
    if status == 405:
        return NOT_ALLOWED
    if status == 404:
        return NOT_FOUND
    return OPENED if status in (200, 302, 409, 422) else f"status {status}"


def ways(place: Place, account: Account | None, address: Address) -> Iterator[dict[str, Row]]:
    """Yield a row for each identifier: first absent ones, then existing ones."""
    if not address.identifiers:
        yield {}
        return
    choices = {name: place.rows_for(account, name) for name in address.identifiers}
    for at in range(max(map(len, choices.values()))):
        yield {name: rows[min(at, len(rows) - 1)] for name, rows in choices.items()}


def methods_at(turn: int, address: Address, account: Account | None) -> tuple[str, ...]:
    """Every method for the first row; then those that the address has, HEAD being GET.

    Who is refused is refused whatever the row: the first two are asked for, an absent and a real
    one. Their role refuses them, whatever their standing: methods that an address does not have
    are asked for in one of them.
    """
    if turn == 0 and (account is None or account.standing == INVOLVED or _opens(account, address)):
        return METHODS
    return tuple(each for each in address.methods if each != "HEAD")


def _opens(account: Account, address: Address) -> bool:
    return address.needs in (PUBLIC, SIGNED_IN, *BY_SECRET) or account.can(address.needs)


def ask(client: Client, address: Address, method: str, rows: dict[str, Row]) -> Any:
    """Ask, and undo whatever it did, so that each question meets the same place."""
    path = "/" + IDENTIFIER.sub(lambda found: str(rows[found.group(1)].id), address.route)
    signed_in = deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.generic(method, path)
        transaction.set_rollback(True)
    client.cookies = signed_in
    return answer


def plain(answer: Any, rows: dict[str, Row]) -> tuple[int, str, dict[str, str]]:
    """Return an answer without what is new in each: the tokens, and the identifier asked for."""

    def without(text: str) -> str:
        for row in rows.values():
            text = text.replace(str(row.id), "ID")
        text = re.sub(r"nonce-[\w+/=-]+|nonce=\"[^\"]+\"", "NONCE", text)
        return re.sub(r'value="\w{64}"', "TOKEN", text)

    headers = {name: without(value) for name, value in answer.items()}
    return answer.status_code, without(answer.content.decode()), headers


def test_every_identifier_is_found_by_somebody_and_hidden_from_somebody(place: Place) -> None:
    """Or the walk below would compare nothing with nothing."""
    for address in EVERY:
        if not address.identifiers or address.name in LEADS_ON or address.needs in BY_SECRET:
            continue
        declared = {
            expected(account, address, address.methods[0], rows)
            for account in ACCOUNTS
            for rows in ways(place, account, address)
            if all(row.of for row in rows.values())
        }
        finders = {IDENTIFIERS[name].found_by for name in address.identifiers}
        anybody = finders <= {ANYBODY, INVITED, KNOWN}
        wanted = {OPENED} if anybody else {OPENED, NOT_FOUND}
        assert declared - {REFUSED} == wanted, address.route


EVERY_OTHER_ROLE = range(0, len(ACCOUNTS), 2 * len(STANDINGS))
WALKED = ACCOUNTS
if is_postgres():
    # What a role may do is decided in the same code there, and test_rows.py compares every role's
    # rows: every other role walks, each in one standing.
    WALKED = [ACCOUNTS[at + at // len(STANDINGS) % len(STANDINGS)] for at in EVERY_OTHER_ROLE]
WHO = [None, *WALKED]


@pytest.mark.parametrize("account", WHO, ids=lambda one: one.username if one else "anonymous")
def test_promise_07_every_address_answers_as_declared(
    place: Place, account: Account | None
) -> None:
    client = account.client() if account else Client()
    different = []
    for address in EVERY:
        for turn, rows in enumerate(ways(place, account, address)):
            for method in methods_at(turn, address, account):
                wanted = expected(account, address, method, rows)
                if turn > 1 and wanted == REFUSED:
                    continue
                answer = ask(client, address, method, rows)
                came = outcome(answer)
                if came == NOT_ALLOWED and set(answer["Allow"].split(", ")) != set(address.methods):
                    came = f"{came}, but {answer['Allow']}"
                if came != wanted:
                    asked = f"{method} /{address.route} of {[row.of for row in rows.values()]}"
                    different.append(f"{asked}: {came}, declared: {wanted}")
    assert not different, "\n".join(different)


@pytest.mark.parametrize("account", WALKED, ids=lambda one: one.username)
def test_promise_09_hidden_and_absent_are_the_same_to_the_byte(
    place: Place, account: Account
) -> None:
    client, compared = account.client(), 0
    for address in EVERY:
        for method in ("GET", "POST"):
            hidden = [
                rows
                for rows in ways(place, account, address)
                if rows and expected(account, address, method, rows) == NOT_FOUND
            ]
            answers = [plain(ask(client, address, method, rows), rows) for rows in hidden]
            assert all(answer == answers[0] for answer in answers), f"{method} /{address.route}"
            compared += max(0, len(answers) - 1)
    assert compared, "everybody has at least the notices of others"


def test_promise_08_only_the_short_list_opens_without_signing_in(place: Place) -> None:
    opened: dict[str, set[str]] = {}
    for address in EVERY:
        for turn, rows in enumerate(ways(place, None, address)):
            for method in methods_at(turn, address, None):
                answer = ask(Client(), address, method, rows)
                if outcome(answer) == OPENED and method != "HEAD":
                    opened.setdefault(f"/{address.route}", set()).add(method)
    assert opened == ANONYMOUS


def test_promise_08_what_is_no_address_tells_nobody_anything(place: Place) -> None:
    for path in ("/admin/", "/api/", "/children/", "/static/../reachable.db", "/moments/1/"):
        answer = Client().get(path)
        assert outcome(answer) == NOT_FOUND, path


@pytest.mark.parametrize("role", sorted({account.role for account in ACCOUNTS}))
def test_promise_13_a_role_that_ended_opens_nothing_at_the_next_request(
    place: Place, role: str
) -> None:
    account = Account(role, INVOLVED)
    client = account.client()
    theirs = [
        address
        for address in EVERY
        if "GET" in address.methods and account.can(address.needs) and not address.identifiers
    ]
    assert theirs
    for address in theirs:
        assert outcome(client.get(f"/{address.route}")) == OPENED
    access.end_role(by=system("tests"), user_id=place.user(account), role=role)
    for address in theirs:
        assert outcome(client.get(f"/{address.route}")) == REFUSED, address.route
    for identifier in ("moment_id", "person_id", "signal_id", "delivery_id", "row_id", "key_id"):
        for address in EVERY:
            if identifier in address.identifiers and "GET" in address.methods:
                rows = {name: place.rows[name][0] for name in address.identifiers}
                wanted = UNSIGNED if address.needs in BY_SECRET else REFUSED
                assert outcome(ask(client, address, "GET", rows)) == wanted


def _leave_team(place: Place, account: Account) -> None:
    user_id, team_id = place.user(account), Team.objects.values_list("id", flat=True).get()
    access.end_membership(by=system("tests"), user_id=user_id, team_id=team_id)


def _end_involvements(place: Place, account: Account) -> None:
    for because_of in set(Involvement.objects.values_list("because_of", flat=True)):
        if because_of:
            access.end_involvement(by=system("tests"), because_of=because_of)


@pytest.mark.parametrize("end", [_leave_team, _end_involvements])
@pytest.mark.parametrize("role", ["practitioner", "supervisor"])
def test_promise_13_an_involvement_that_ended_hides_the_record_at_the_next_request(
    place: Place, role: str, end: Any
) -> None:
    account = Account(role, INVOLVED)
    client = account.client()
    # What opens the record beside the team is over: each has a test of its own.
    by_itself = Involvement.objects.filter(user=place.user(account), because_of=None)
    by_itself.update(ended_at=now())
    Involvement.objects.filter(basis__in=["emergency", "invited"]).update(ended_at=now())
    looked = [
        (address, {name: place.rows[name][0] for name in address.identifiers})
        for address in EVERY
        if {"moment_id", "person_id"}.intersection(address.identifiers)
        and not {"invited_id", "conflict_id"}.intersection(address.identifiers)
        and account.can(address.needs)
    ]
    assert len(looked) > 8
    for address, rows in looked:
        assert outcome(ask(client, address, address.methods[0], rows)) == OPENED, address.route
    end(place, account)
    for address, rows in looked:
        assert outcome(ask(client, address, address.methods[0], rows)) == NOT_FOUND, address.route


@pytest.mark.parametrize("account", ACCOUNTS[::3], ids=lambda one: one.username)
def test_promise_13_an_account_that_ended_is_signed_out_at_the_next_request(
    place: Place, account: Account
) -> None:
    client = account.client()
    assert outcome(client.get("/help/")) == OPENED
    access.end_account(by=system("tests"), user_id=place.user(account))
    assert outcome(client.get("/help/")) == SIGN_IN

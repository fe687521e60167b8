"""Each page that shows a child's record notes the look, and says why it may be seen and who looked.

The walk goes over every address, as whoever works with the child, and compares what the page says
with the entries that it left in the audit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from reachable.audit.models import Entry
from reachable.foundation.urls import BY_SECRET, PUBLIC
from reachable.people.registries import seen_because
from reachable.site.addresses import GAPS, IDENTIFIER, IDENTIFIERS, INVOLVED, Address, addresses
from tests.access.place import ACCOUNTS, Account, Place, make_place

pytestmark = pytest.mark.db

CHILDS = {
    *("person", "moment", "conversation", "offer", "gap", "passed_on", "review", "signal"),
    *("record", "merge", "split"),
}
"""Kinds of records that are about a child; figures, files and the audit itself name none."""
SENSITIVE = {
    *(name for name, leads in IDENTIFIERS.items() if leads.found_by in {INVOLVED, GAPS}),
    *("passed_id", "review_id", "record_id", "merge_id", "split_id"),
}
SHOWS_NOTHING = {
    "review_skip": "it leads on to whatever waits longest",
}
"""Addresses of a child’s record that show nothing of it, and why."""
SEEN = re.compile(r'<p class="seen [^>]*>(.*?)</p>', re.DOTALL)


@dataclass(frozen=True)
class Opened:
    """A page that somebody opened, and the looks that it left."""

    address: Address
    account: Account
    page: str
    is_page: bool
    looks: frozenset[str]
    asked: frozenset[str]


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    return make_place()


@pytest.fixture
def place(placed: Place, undone: None) -> Place:
    return placed


def pages_of(place: Place, account: Account) -> Iterator[Opened]:
    client = account.client()
    for address in addresses():
        if "GET" not in address.methods or address.needs in {PUBLIC, *BY_SECRET}:
            continue
        for rows in _rows(place, account, address):
            answer, looks = _get(client, _path(address, rows), account, place)
            if answer.status_code == 200:
                kind = answer["Content-Type"].partition(";")[0]
                text = b"".join(answer) if answer.streaming else answer.content
                yield Opened(
                    address,
                    account,
                    text.decode(errors="replace"),
                    kind == "text/html" and b"<main" in text,
                    looks,
                    frozenset(rows),
                )


def _path(address: Address, rows: dict[str, object]) -> str:
    return "/" + IDENTIFIER.sub(lambda found: str(rows[found.group(1)]), address.route)


def _rows(place: Place, account: Account, address: Address) -> Iterator[dict[str, object]]:
    """Rows that stand for something this person finds."""
    if not address.identifiers:
        yield {}
        return
    choices = {
        name: [row.id for row in place.rows[name] if account.finds(name, row)]
        for name in address.identifiers
    }
    if all(choices.values()):
        yield {name: held[0] for name, held in choices.items()}


def _get(client: Client, path: str, account: Account, place: Place) -> tuple[Any, frozenset[str]]:
    """Open a page, and undo what it left."""
    with transaction.atomic():
        before = set(Entry.objects.values_list("id", flat=True))
        answer: Any = client.get(path)
        left = Entry.objects.exclude(id__in=before).filter(
            action="looked", actor_id=place.user(account)
        )
        looks = frozenset(left.values_list("subject_kind", flat=True))
        transaction.set_rollback(True)
    return answer, looks


WORK_WITH = [account for account in ACCOUNTS if account.standing == "involved"]


@pytest.fixture(scope="module")
def walked() -> dict[Account, list[Opened]]:
    """What each has opened: both promises are held by one walk."""
    return {}


def opened_by(place: Place, account: Account, walked: dict[Account, list[Opened]]) -> list[Opened]:
    if account not in walked:
        walked[account] = list(pages_of(place, account))
    return walked[account]


@pytest.mark.parametrize("account", WORK_WITH, ids=lambda one: one.username)
def test_promise_22_each_address_of_a_record_notes_the_look(
    place: Place, account: Account, walked: dict[Account, list[Opened]]
) -> None:
    wrong = [
        f"{opened.address.name} (/{opened.address.route}) shows a record and notes no look"
        for opened in opened_by(place, account, walked)
        if opened.asked & SENSITIVE and opened.address.name not in SHOWS_NOTHING
        if not opened.looks & CHILDS
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("account", WORK_WITH, ids=lambda one: one.username)
def test_promise_17_each_page_of_a_record_says_why_it_is_seen_and_who_looked(
    place: Place, account: Account, walked: dict[Account, list[Opened]]
) -> None:
    wrong = []
    for opened in opened_by(place, account, walked):
        name = f"{opened.address.name} (/{opened.address.route})"
        if not opened.is_page:
            continue
        said = SEEN.search(opened.page)
        if opened.looks & CHILDS and not opened.address.route.endswith("who-looked/"):
            if said is None or "Why you see this: " not in said[1] or ": ." in said[1]:
                wrong.append(f"{name} does not say why it is seen")
            elif "who-looked/" not in said[1] and "the page of each says who" not in said[1]:
                wrong.append(f"{name} does not lead to who else looked")
        elif said is not None:
            wrong.append(f"{name} says why, and notes no look")
    assert not wrong, "\n".join(wrong)


def test_the_walk_meets_every_kind_of_record(
    place: Place, walked: dict[Account, list[Opened]]
) -> None:
    met: set[str] = set()
    told: set[str] = set()
    for role in ("practitioner", "supervisor", "linkage_steward"):
        for opened in opened_by(place, Account(role, "involved"), walked):
            met |= opened.looks & CHILDS
            told |= {said[1] for said in [SEEN.search(opened.page)] if said}
    assert met == CHILDS
    assert {listed.key for listed in seen_because.listed()} == {
        *("person", "review", "passed_on", "gap", "sharing", "signal"),
        *("record", "merge", "split"),
    }
    assert len(told) >= 5
